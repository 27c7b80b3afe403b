"""OpenAI Chat Completions, as OpenAI and the many providers that speak it send it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

import orjson

from trimtab import tokens
from trimtab.errors import NotUnderstood
from trimtab.request import MEDIA_TOKENS, AddTool, Author, Block, ChatRequest, Kind, Message, Path, Role, Tool
from trimtab.response import ChatResponse
from trimtab.wire import fragments, openai_chat_answer, openai_chat_stream
from trimtab.wire.base import FragmentCodec
from trimtab.wire.codec import StreamEnd, StreamFilter, ToolResult
from trimtab.wire.openai_chat_filter import ChatStreamFilter

_ROLES: Mapping[str, tuple[Role, Author, Kind]] = {
    "system": ("system", "system", "text"),
    "developer": ("system", "system", "text"),
    "user": ("user", "person", "text"),
    "assistant": ("assistant", "model", "text"),
    "tool": ("tool", "tool", "tool_result"),
    "function": ("tool", "tool", "tool_result"),
}
_MEDIA: Mapping[str, Kind] = {
    "image_url": "image",
    "image": "image",
    "input_image": "image",
    "input_audio": "audio",
    "audio": "audio",
    "file": "file",
    "input_file": "file",
    "video_url": "other",
}
_TEXTS = ("text", "input_text", "output_text")
_REASONING = ("reasoning_content", "reasoning")
_CACHE_MARKS = ("cache_control", "prompt_cache_breakpoint")


class OpenAIChat(FragmentCodec):
    """`/v1/chat/completions`. Stateless but for its memo; one instance serves all requests.

    Prompt-cache breakpoints are read but not written: which of ``cache_control`` and ``prompt_cache_breakpoint``
    a provider behind this format takes is not for the format to know.
    """

    format = "openai_chat"
    tool_slots = ("tools", "functions")

    # -- requests ---------------------------------------------------------------------------------------------

    def _read_message(self, raw: bytes, slot: str) -> Message:
        fields = fragments.object_fields(raw)
        name = _string(fields, "role") or ""
        role, author, kind = _ROLES.get(name, ("other", "system", "text"))
        about = Block(kind, "", author, call_id=_string(fields, "tool_call_id"), name=_string(fields, "name"))
        blocks = list(_content_blocks(fields.get("content", b"null"), about))
        if role == "assistant":
            blocks = [*_thinking_blocks(fields), *blocks, *_answer_blocks(fields)]
        if role == "other":  # not a role we know: nothing in it is ours to change
            blocks = [replace(block, path=None) for block in blocks]
        if blocks and _marked(fields):
            blocks[-1] = replace(blocks[-1], cache_marked=True)
        return Message(role, raw, tuple(blocks), slot)

    def _read_tool(self, raw: bytes, slot: str) -> Tool:
        fields = fragments.object_fields(raw)
        kind = _string(fields, "type") or "function"
        inner = _members(fields.get(kind, b"")) or fields
        name = _string(inner, "name") or ("" if kind == "function" else kind)
        return Tool(
            name=name,
            raw=raw,
            builtin=kind != "function" or not name,  # a custom tool takes free text: it has no schema either
            cache_marked=_marked(fields) or _marked(inner),
            strict=inner.get("strict") == b"true",
            slot=slot,
        )

    def _make_tool(self, tool: AddTool) -> bytes:
        return b'{"type":"function","function":' + _function(tool) + b"}"

    def _added_tool(self, op: AddTool, request: ChatRequest) -> Tool:
        if request.tools and all(tool.slot == "functions" for tool in request.tools):
            return self._read_tool(_function(op), "functions")  # a provider refuses both in one request
        return super()._added_tool(op, request)

    # -- rounds -----------------------------------------------------------------------------------------------

    def turn(self, response: ChatResponse) -> tuple[Message, ...]:
        return (self.read_message(openai_chat_answer.turn(response.body)),)

    def join(self, results: Sequence[ToolResult], following: Message | None) -> tuple[Message, ...]:
        answers = [self.read_message(orjson.dumps(_answer_to(result))) for result in results]
        return (*answers, following) if following is not None else tuple(answers)

    def hide(self, bodies: Sequence[bytes], internal: Collection[str]) -> bytes:
        return openai_chat_answer.hide(bodies, internal)

    def stream_filter(self, internal: Collection[str]) -> StreamFilter:
        return ChatStreamFilter(internal)

    # -- responses --------------------------------------------------------------------------------------------

    def read_response(self, status: int, body: bytes) -> ChatResponse:
        return openai_chat_answer.read(status, body)

    def read_stream(self, status: int, stream: bytes) -> ChatResponse:
        return openai_chat_stream.read(status, stream)

    def stream_end(self, stream: bytes) -> StreamEnd:
        return openai_chat_stream.end_of(stream)

    def replay(self, body: bytes, request: ChatRequest) -> Iterator[bytes]:
        options = request.params.get("stream_options")
        with_usage = isinstance(options, dict) and options.get("include_usage") is True
        return openai_chat_stream.replay(body, with_usage)

    def reissue(self, body: bytes, answer_id: str) -> bytes:
        return openai_chat_answer.reissue(body, answer_id)

    # -- errors -----------------------------------------------------------------------------------------------

    def error(self, status: int, message: str) -> bytes:
        return openai_chat_answer.error(status, message)

    def stream_error(self, message: str) -> bytes:
        return b"data: " + openai_chat_answer.error(502, message) + b"\n\n"


# -- reading one message --------------------------------------------------------------------------------------


def _string(fields: Mapping[str, bytes], name: str) -> str | None:
    """Member ``name`` where it is a string."""
    raw = fields.get(name, b"")
    if raw[:1] != b'"':
        return None
    value: str = fragments.value_of(raw)
    return value


def _members(raw: bytes) -> dict[str, bytes]:
    """The members of an object; nothing where ``raw`` is not one."""
    return fragments.object_fields(raw) if raw[:1] == b"{" else {}


def _items(raw: bytes) -> list[bytes]:
    return fragments.array_items(raw) if raw[:1] == b"[" else []


def _marked(fields: Mapping[str, bytes]) -> bool:
    return any(fields.get(mark, b"null") != b"null" for mark in _CACHE_MARKS)


def _opaque(raw: bytes, about: Block, kind: Kind = "other") -> Block:
    """A block that is sent as it is; what it may cost is estimated from its JSON."""
    return replace(about, kind=kind, path=None, opaque_tokens=tokens.count(raw.decode("utf-8", "replace")))


def _content_blocks(raw: bytes, about: Block) -> Iterator[Block]:
    """The blocks of a ``content`` member; ``about`` says what a text in it is."""
    if raw[:1] == b'"':
        yield replace(about, text=fragments.value_of(raw), path=("content",))
    elif raw[:1] == b"[":
        for index, part in enumerate(fragments.array_items(raw)):
            yield _part_block(part, ("content", index), about)
    elif raw != b"null":
        yield _opaque(raw, about)


def _part_block(raw: bytes, path: Path, about: Block) -> Block:
    if raw[:1] == b'"':
        return replace(about, text=fragments.value_of(raw), path=path)
    fields = _members(raw)
    about = replace(about, cache_marked=_marked(fields))
    kind, text = _string(fields, "type") or "text", _string(fields, "text")
    if kind in _TEXTS and text is not None:
        return replace(about, text=text, path=(*path, "text"))
    if kind in _MEDIA:
        return replace(about, kind=_MEDIA[kind], opaque_tokens=MEDIA_TOKENS)
    if kind == "refusal":
        return replace(about, kind="refusal", text=_string(fields, "refusal") or "")
    if kind in ("thinking", "reasoning"):
        return _opaque(raw, about, "thinking")
    return _opaque(raw, about)


def _thinking_blocks(fields: Mapping[str, bytes]) -> Iterator[Block]:
    """Reasoning that other providers put beside the content; at most one, since some send it twice."""
    for name in _REASONING:
        if text := _string(fields, name):
            yield Block("thinking", text, "model")
            return
    for name in ("reasoning_details", "thinking_blocks"):
        if _items(fields.get(name, b"")):
            yield _opaque(fields[name], Block("thinking", "", "model"), "thinking")
            return


def _answer_blocks(fields: Mapping[str, bytes]) -> Iterator[Block]:
    """What an assistant's message holds beside its content."""
    if refusal := _string(fields, "refusal"):
        yield Block("refusal", refusal, "model")
    if _members(fields.get("audio", b"")):
        yield Block("audio", "", "model", opaque_tokens=MEDIA_TOKENS)
    for raw in _items(fields.get("tool_calls", b"")):
        yield _call_block(raw)
    function = fields.get("function_call", b"")
    if _members(function):
        yield _call_block(b'{"type":"function","function":' + function + b"}")


def _call_block(raw: bytes) -> Block:
    fields = _members(raw)
    call = _members(fields.get(_string(fields, "type") or "function", b""))
    name = _string(call, "name")
    if name is None:
        return _opaque(raw, Block("other", "", "model"))
    given = _string(call, "arguments")
    if given is None:
        given = _string(call, "input")
    if given is None:  # some providers send the arguments as an object
        given = call.get("arguments", call.get("input", b"")).decode("utf-8", "replace")
    return Block("tool_call", name + given, "model", call_id=_string(fields, "id"), name=name)


# -- writing --------------------------------------------------------------------------------------------------


def _function(tool: AddTool) -> bytes:
    try:
        return orjson.dumps({"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters)})
    except orjson.JSONEncodeError as error:
        raise NotUnderstood(f"tool {tool.name!r} is not JSON: {error}") from error


def _answer_to(result: ToolResult) -> dict[str, str]:
    if not result.call_id:  # a legacy function call has no id
        return {"role": "function", "name": result.name, "content": result.text}
    return {"role": "tool", "tool_call_id": result.call_id, "content": result.text}
