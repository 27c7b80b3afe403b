"""Anthropic's event streams: assembled into the answer they tell, looked at from behind, and played again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from trimtab.errors import NotUnderstood
from trimtab.response import ChatResponse, ToolCall
from trimtab.wire import fragments
from trimtab.wire.anthropic_messages_answer import FORMAT, members_of, read_answer, try_value, usage_of
from trimtab.wire.anthropic_messages_blocks import call_of, content_of
from trimtab.wire.codec import StreamEnd
from trimtab.wire.sse import SseEvent, SseParser, events_of, last_events, render_event

_NULL = b"null"
_HEAD = 4 << 10
"""Bytes of a stream's beginning that are looked at first: a message_start is small."""
_TAIL_EVENTS = 8
"""A stream ends in message_delta and message_stop; what else may come there (pings, unknown events) is rare."""
_CALL_TYPES = ("tool_use", "server_tool_use", "mcp_tool_use")
CUMULATIVE = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
"""Figures that a message_delta may repeat, and that replace those of the message_start."""
_WORDS = re.compile(r"\S+\s*|\s+")
_ARGUMENT_PIECES = 4


def kind_of(event: SseEvent, fields: dict[str, bytes]) -> str:
    kind = try_value(fields.get("type"))
    return kind if isinstance(kind, str) else event.event


# -- assembling -----------------------------------------------------------------------------------------------


@dataclass
class _OpenBlock:
    """A content block while its deltas come in."""

    fields: dict[str, bytes]
    texts: dict[str, list[str]] = field(default_factory=dict)
    arguments: list[str] = field(default_factory=list)
    citations: list[bytes] = field(default_factory=list)

    def take(self, delta: dict[str, Any], raw: bytes) -> bool:
        """Add the delta of the event ``raw``; False where it is of no known kind."""
        kind = delta.get("type")
        if kind == "text_delta":
            return _append(self.texts.setdefault("text", []), delta.get("text"))
        if kind == "thinking_delta":
            return _append(self.texts.setdefault("thinking", []), delta.get("thinking"))
        if kind == "input_json_delta":
            return _append(self.arguments, delta.get("partial_json"))
        members = members_of(members_of(raw).get("delta", b""))
        if kind == "citations_delta" and "citation" in members:
            self.citations.append(members["citation"])
        elif kind in ("signature_delta", "compaction_delta"):
            self.fields |= {name: member for name, member in members.items() if name != "type"}
        else:
            return False
        return True

    @property
    def cut(self) -> bool:
        """Whether the arguments broke off (at max_tokens, for example), so that they are no JSON."""
        written = "".join(self.arguments)
        return bool(written) and try_value(written.encode()) is None and written.strip() != "null"

    def render(self) -> bytes:
        fields = dict(self.fields)
        for name, parts in self.texts.items():
            begun = try_value(fields.get(name))
            fields[name] = orjson.dumps((begun if isinstance(begun, str) else "") + "".join(parts))
        if self.arguments and not self.cut:
            fields["input"] = "".join(self.arguments).encode() or fields.get("input", b"{}")
        if self.citations:
            begun_list = fields.get("citations", _NULL)
            begun = fragments.array_items(begun_list) if begun_list[:1] == b"[" else []
            fields["citations"] = fragments.render_array(begun + self.citations)
        return fragments.render_object(fields)


def _append(parts: list[str], text: object) -> bool:
    if isinstance(text, str):
        parts.append(text)
    return isinstance(text, str)


class _Assembly:
    """Builds the message that a stream tells, fragment by fragment, as the SDK's accumulator does."""

    def __init__(self) -> None:
        self.message: dict[str, bytes] = {}
        self.blocks: dict[int, _OpenBlock] = {}
        self.stopped = False
        self.error = b""
        self.faithful = True

    def take(self, event: SseEvent) -> None:
        if event.event == "content_block_delta" and self.message:  # nine of ten events
            self._block_delta(event.data)
            return
        fields = members_of(event.data)
        kind = kind_of(event, fields)
        if kind == "error":
            self.error = event.data
        elif not self.message:
            self.message = members_of(fields.get("message", b"")) if kind == "message_start" else {}
            self.faithful &= bool(self.message) or kind == "ping"
        elif kind == "content_block_start":
            self._start(fields)
        elif kind == "content_block_delta":
            self._block_delta(event.data)
        elif kind == "message_delta":
            self._delta(fields)
        elif kind == "message_stop":
            self.stopped = True

    def _start(self, fields: dict[str, bytes]) -> None:
        index, block = try_value(fields.get("index")), members_of(fields.get("content_block", b""))
        if not isinstance(index, int) or not block or index in self.blocks:
            self.faithful = False
            return
        self.blocks[index] = _OpenBlock(block)
        target = try_value(block.get("to"))
        if try_value(block.get("type")) == "fallback" and isinstance(target, dict):
            self.message["model"] = orjson.dumps(target.get("model"))

    def _block_delta(self, data: bytes) -> None:
        value = try_value(data)
        index, delta = (value.get("index"), value.get("delta")) if isinstance(value, dict) else (None, None)
        block = self.blocks.get(index) if isinstance(index, int) else None
        self.faithful &= block is not None and isinstance(delta, dict) and block.take(delta, data)

    def _delta(self, fields: dict[str, bytes]) -> None:
        for name, raw in members_of(fields.get("delta", b"")).items():
            if raw != _NULL or name.startswith("stop_"):
                self.message[name] = raw
        usage = members_of(self.message.get("usage", b""))
        usage |= {name: raw for name, raw in members_of(fields.get("usage", b"")).items() if raw != _NULL}
        self.message["usage"] = fragments.render_object(usage)
        others = {name: raw for name, raw in fields.items() if name not in ("type", "delta", "usage")}
        self.message |= {name: raw for name, raw in others.items() if raw != _NULL}

    def render(self) -> bytes:
        if not self.message:
            return self.error
        blocks = [self.blocks[index].render() for index in sorted(self.blocks)]
        return fragments.render_object({**self.message, "content": fragments.render_array(blocks)})


def read_stream(status: int, stream: bytes) -> ChatResponse:
    """Assemble a finished stream. One that broke off, or that has what we cannot read, is not ``complete``."""
    if stream[:64].lstrip()[:1] == b"{":  # an error, or an answer to somebody who did not stream after all
        return read_answer(status, stream)
    assembly = _Assembly()
    for event in events_of(stream):
        if event.data:
            assembly.take(event)
    if not assembly.message:
        error = try_value(assembly.error) if assembly.error else None
        details = {"error": error["error"]} if isinstance(error, dict) and "error" in error else {}
        return ChatResponse(FORMAT, status, assembly.error, finish="error", details=details)
    answer = read_answer(status, assembly.render())
    cut = {
        call[0]: ToolCall(call[0], call[1], "".join(block.arguments))
        for block in assembly.blocks.values()
        if block.cut and (call := call_of(fragments.render_object(block.fields)))
    }
    return replace(
        answer,
        tool_calls=tuple(cut.get(call.id, call) for call in answer.tool_calls),
        finish="error" if assembly.error else answer.finish,
        complete=answer.complete and assembly.stopped and assembly.faithful and not assembly.error,
    )


# -- the tail -------------------------------------------------------------------------------------------------


def stream_end(stream: bytes) -> StreamEnd:
    """Usage and completeness from the first and the last events. A broken stream has cost its input all the same."""
    stopped, ending = _last_delta(stream)
    start = _message_start(stream)
    usage = try_value(start.get("usage"))
    usage = dict(usage) if isinstance(usage, dict) else {}
    told = try_value(ending.get("usage"))
    usage |= {name: value for name, value in told.items() if value is not None} if isinstance(told, dict) else {}
    delta = try_value(ending.get("delta"))
    reason = delta.get("stop_reason") if isinstance(delta, dict) else None
    return StreamEnd(usage=usage_of(usage or None), complete=stopped and bool(start) and isinstance(reason, str))


def _last_delta(stream: bytes) -> tuple[bool, dict[str, bytes]]:
    """Whether the stream came to its message_stop, and the members of the message_delta before it."""
    stopped = False
    for event in reversed(last_events(stream, _TAIL_EVENTS)):
        fields = members_of(event.data)
        kind = kind_of(event, fields)
        if kind == "message_delta":
            return stopped, fields
        if kind == "error" or kind.startswith("content_block"):
            return False, {}
        stopped = stopped or kind == "message_stop"
    return stopped, {}


def _message_start(stream: bytes) -> dict[str, bytes]:
    """The members of the message that the stream begins with."""
    size = _HEAD
    while True:
        for event in SseParser().feed(stream[:size]):
            fields = members_of(event.data)
            kind = kind_of(event, fields)
            if kind == "message_start":
                return members_of(fields.get("message", b""))
            if kind.startswith("content_block"):
                return {}
        if size >= len(stream):
            return {}
        size *= 8


# -- playing again --------------------------------------------------------------------------------------------


def replay(body: bytes) -> Iterator[bytes]:
    """The events that a provider would have streamed for this answer. Raises NotUnderstood if it is none."""
    message = fragments.object_fields(body)
    blocks = content_of(body)
    if blocks is None:
        raise NotUnderstood("an answer without content cannot be played again")
    usage = members_of(message.get("usage", b""))
    output = usage.get("output_tokens", b"0")
    ending = {name: message.get(name, _NULL) for name in ("stop_reason", "stop_sequence")}
    if "stop_details" in message:
        ending["stop_details"] = message["stop_details"]
    start = {**message, "content": b"[]", **dict.fromkeys(ending, _NULL)}
    if usage:
        start["usage"] = fragments.render_object({**usage, "output_tokens": b"0" if output == b"0" else b"1"})
    yield _event("message_start", message=fragments.render_object(start))
    yield _event("ping")
    for index, raw in enumerate(blocks):
        yield from _replay_block(orjson.dumps(index), raw)
    final = {name: usage[name] for name in (*CUMULATIVE, "server_tool_use") if name in usage} | {
        "output_tokens": output
    }
    yield _event("message_delta", delta=fragments.render_object(ending), usage=fragments.render_object(final))
    yield _event("message_stop")


def _event(kind: str, **members: bytes) -> bytes:
    return render_event(fragments.render_object({"type": orjson.dumps(kind), **members}), kind)


def _replay_block(index: bytes, raw: bytes) -> Iterator[bytes]:
    start, deltas = _taken_apart(fragments.object_fields(raw), fragments.value_of(raw))
    yield _event("content_block_start", index=index, content_block=fragments.render_object(start))
    for delta in deltas:
        yield _event("content_block_delta", index=index, delta=delta)
    yield _event("content_block_stop", index=index)


def _taken_apart(fields: dict[str, bytes], value: dict[str, Any]) -> tuple[dict[str, bytes], list[bytes]]:
    """A block as it starts, and the deltas that complete it. What has no deltas starts complete."""
    kind = value.get("type")
    if kind == "text" and isinstance(value.get("text"), str):
        cited = fragments.array_items(fields["citations"]) if value.get("citations") else []
        deltas = [fragments.render_object({"type": b'"citations_delta"', "citation": raw}) for raw in cited]
        deltas += [_delta("text_delta", text=word) for word in _WORDS.findall(value["text"])]
        return {**fields, "text": b'""'} | ({"citations": b"[]"} if cited else {}), deltas
    if kind in _CALL_TYPES and isinstance(value.get("input"), dict):
        pieces = ["", *_pieces(call_of(fragments.render_object(fields))[2])]
        return {**fields, "input": b"{}"}, [_delta("input_json_delta", partial_json=piece) for piece in pieces]
    if kind == "thinking" and isinstance(value.get("thinking"), str) and isinstance(value.get("signature"), str):
        deltas = [_delta("thinking_delta", thinking=word) for word in _WORDS.findall(value["thinking"])]
        deltas.append(_delta("signature_delta", signature=value["signature"]))
        return {**fields, "thinking": b'""', "signature": b'""'}, deltas
    return fields, []


def _delta(kind: str, **members: str) -> bytes:
    return orjson.dumps({"type": kind, **members})


def _pieces(text: str) -> list[str]:
    size = max(1, -(-len(text) // _ARGUMENT_PIECES))
    return [text[at : at + size] for at in range(0, len(text), size)]
