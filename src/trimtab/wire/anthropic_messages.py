"""Anthropic Messages: requests as fragments, edits in Anthropic's shapes, rounds behind one answer."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, ClassVar

import orjson

from trimtab.errors import EditError, NotUnderstood
from trimtab.request import AddTool, ChatRequest, Format, Message, Tool
from trimtab.response import ChatResponse
from trimtab.wire import anthropic_messages_stream as streams
from trimtab.wire import fragments
from trimtab.wire.anthropic_messages_answer import FORMAT, hide_calls, read_answer, reissue_answer
from trimtab.wire.anthropic_messages_blocks import content_of, is_marked, read_message, read_system
from trimtab.wire.anthropic_messages_filter import MessagesFilter
from trimtab.wire.base import FragmentCodec
from trimtab.wire.codec import StreamEnd, StreamFilter, ToolResult
from trimtab.wire.sse import render_event

_BREAKPOINT = b'{"type":"ephemeral"}'
_MARKABLE = {"text", "image", "document", "search_result", "tool_use", "tool_result", "server_tool_use"}
"""Block types that take ``cache_control``, and all ``…_tool_result`` and ``…_tool_use``. Thinking never does."""
_ERROR_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    529: "overloaded_error",
}


class AnthropicMessages(FragmentCodec):
    """The codec of ``/v1/messages`` (and of ``/v1/messages/count_tokens``, whose requests are the same)."""

    format: ClassVar[Format] = FORMAT
    system_slot: ClassVar[str | None] = "system"

    # -- requests ---------------------------------------------------------------------------------------------

    def _read_message(self, raw: bytes, slot: str) -> Message:
        return read_system(raw) if slot == self.system_slot else read_message(raw)

    def _read_tool(self, raw: bytes, slot: str) -> Tool:
        value = fragments.value_of(raw)
        if not isinstance(value, dict):
            raise NotUnderstood(f"a tool is an object, this is a {type(value).__name__}")
        name = value.get("name") or value.get("mcp_server_name")
        return Tool(
            name=name if isinstance(name, str) else "",
            raw=raw,
            builtin=value.get("type") not in (None, "custom"),
            cache_marked=is_marked(value),
            strict=value.get("strict") is True,
            slot=slot,
        )

    def _make_tool(self, tool: AddTool) -> bytes:
        schema = {"type": "object", **tool.parameters}
        return orjson.dumps({"name": tool.name, "description": tool.description, "input_schema": schema})

    def _with_text(self, message: Message, raw: bytes, number: int, text: str) -> bytes:
        changed = super()._with_text(message, raw, number, text)
        block = message.blocks[number]
        whole_result = block.kind == "tool_result" and block.path is not None and block.path[-1] == "content"
        if not text.strip() and text != block.text and not whole_result:
            raise EditError(f"block {number} of a {message.role} message would be empty, which Anthropic refuses")
        return changed

    # -- breakpoints ------------------------------------------------------------------------------------------

    def _mark_message(self, raw: bytes, slot: str) -> bytes:
        if slot == self.system_slot:
            return _mark_content(raw)
        fields = fragments.object_fields(raw)
        content = fields.get("content", b"null")
        marked = _mark_content(content)
        return raw if marked is content else fragments.with_member(raw, "content", marked)

    def _mark_tool(self, raw: bytes) -> bytes:
        marked = is_marked(fragments.value_of(raw))
        return raw if marked else fragments.with_member(raw, "cache_control", _BREAKPOINT)

    def _tool_to_mark(self, tools: Sequence[Tool]) -> int | None:
        """The last tool that is loaded from the start: a deferred one is not in the prefix, and refuses the mark."""
        loaded = [at for at, tool in enumerate(tools) if not _is_deferred(fragments.value_of(tool.raw))]
        return loaded[-1] if loaded else None

    # -- rounds -----------------------------------------------------------------------------------------------

    def turn(self, response: ChatResponse) -> tuple[Message, ...]:
        """The assistant's message, every block verbatim save empty texts, which the API does not take back."""
        try:
            items = content_of(response.body) or []
            kept = [raw for raw in items if not _is_empty_text(fragments.value_of(raw))]
        except NotUnderstood:
            return ()
        if not kept:
            return ()
        return (self.read_message(b'{"role":"assistant","content":' + fragments.render_array(kept) + b"}"),)

    def join(self, results: Sequence[ToolResult], following: Message | None) -> tuple[Message, ...]:
        """All results of a turn have to open the next user message: into ``following`` where it is one."""
        after = () if following is None else (following,)
        if not results:
            return after
        blocks = [_result_block(result) for result in results]
        if following is not None and following.role in ("user", "tool"):
            own = _as_list(fragments.object_fields(following.raw).get("content", b"null"))
            if own is not None:
                merged = fragments.render_array(blocks + own)
                return (self.read_message(fragments.with_member(following.raw, "content", merged)),)
        return (self.read_message(b'{"role":"user","content":' + fragments.render_array(blocks) + b"}"), *after)

    def hide(self, bodies: Sequence[bytes], internal: Collection[str]) -> bytes:
        return hide_calls(bodies, internal)

    def stream_filter(self, internal: Collection[str]) -> StreamFilter:
        return MessagesFilter(internal)

    # -- responses --------------------------------------------------------------------------------------------

    def read_response(self, status: int, body: bytes) -> ChatResponse:
        return read_answer(status, body)

    def read_stream(self, status: int, stream: bytes) -> ChatResponse:
        return streams.read_stream(status, stream)

    def stream_end(self, stream: bytes) -> StreamEnd:
        return streams.stream_end(stream)

    def replay(self, body: bytes, request: ChatRequest) -> Iterator[bytes]:
        return streams.replay(body)

    def reissue(self, body: bytes, answer_id: str) -> bytes:
        return reissue_answer(body, answer_id)

    # -- errors -----------------------------------------------------------------------------------------------

    def error(self, status: int, message: str) -> bytes:
        kind = _ERROR_TYPES.get(status, "api_error" if status >= 500 else "invalid_request_error")
        return orjson.dumps({"type": "error", "error": {"type": kind, "message": message}})

    def stream_error(self, message: str) -> bytes:
        return render_event(self.error(500, message), "error")


def _mark_content(content: bytes) -> bytes:
    """Content with a breakpoint on the last block that takes one; the same object where none does or one is there."""
    if content[:1] not in (b'"', b"["):
        return content
    items = _as_list(content) or []
    for at in range(len(items) - 1, -1, -1):
        value = fragments.value_of(items[at])
        if is_marked(value):
            return content
        if _is_markable(value):
            items[at] = fragments.with_member(items[at], "cache_control", _BREAKPOINT)
            return fragments.render_array(items)
    return content


def _as_list(content: bytes) -> list[bytes] | None:
    """Content as a list of block fragments: a string is one text block, an empty one none."""
    if content[:1] == b"[":
        return fragments.array_items(content)
    if content[:1] != b'"':
        return None
    return [b'{"type":"text","text":' + content + b"}"] if fragments.value_of(content) else []


def _is_markable(value: Any) -> bool:
    kind = value.get("type") if isinstance(value, dict) else None
    if not isinstance(kind, str) or (kind == "text" and _is_empty_text(value)):
        return False
    return kind in _MARKABLE or kind.endswith(("_tool_result", "_tool_use"))


def _is_empty_text(value: Any) -> bool:
    if not isinstance(value, dict) or value.get("type") != "text":
        return False
    text = value.get("text")
    return not (isinstance(text, str) and text.strip())


def _is_deferred(value: Any) -> bool:
    return isinstance(value, dict) and value.get("defer_loading") is True


def _result_block(result: ToolResult) -> bytes:
    return orjson.dumps({"type": "tool_result", "tool_use_id": result.call_id, "content": result.text})
