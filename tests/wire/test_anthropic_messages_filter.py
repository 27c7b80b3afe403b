"""The Anthropic stream filter: internal calls vanish, everything else stays, over all rounds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.wire.test_anthropic_messages_stream import PING, RICH, block, call, end, event, sdk_reads, start, text
from trimtab.response import Usage
from trimtab.wire.anthropic_messages import AnthropicMessages
from trimtab.wire.sse import SseParser, events_of

CODEC = AnthropicMessages()
INTERNAL = {"find_tools", "recall"}


def filtered(*rounds: bytes, internal: set[str] = INTERNAL, cuts: Sequence[int] = ()) -> bytes:
    """What a client gets of these rounds, each fed in chunks cut at ``cuts``."""
    passing = CODEC.stream_filter(internal)
    out = b""
    for number, stream in enumerate(rounds):
        if number:
            passing.next_round()
        parser = SseParser()
        borders = [0, *sorted(cut for cut in cuts if cut < len(stream)), len(stream)]
        for begin, stop in pairwise(borders):
            out += b"".join(passing.feed(e) for e in parser.feed(stream[begin:stop]))
        out += b"".join(passing.feed(e) for e in parser.close())
    return out + passing.finish()


def indexes(stream: bytes) -> list[int]:
    return [json.loads(e.data)["index"] for e in events_of(stream) if e.event == "content_block_start"]


def test_without_internal_names_every_event_passes_at_once() -> None:
    passing = CODEC.stream_filter(())
    assert all(passing.feed(e) == e.raw for e in events_of(RICH))
    assert passing.finish() == b""


@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_a_stream_without_internal_calls_passes_byte_for_byte(ending: bytes) -> None:
    stream = (b": comment\n\n" + RICH + b"garbage\n\nid: 7\ndata: {nonsense\n\n").replace(b"\n", ending)
    held = filtered(stream)
    tail = stream[stream.index(b"event: message_delta") : stream.index(b"garbage")]
    assert held == stream.replace(tail, b"") + tail
    assert filtered(RICH.replace(b"\n", ending)) == RICH.replace(b"\n", ending)


def test_an_internal_call_vanishes_and_later_blocks_move_up() -> None:
    stream = start() + text(0, "I look.") + call(1, "find_tools", '{"q":1}') + PING + call(2, "read", "{}") + end()
    assert filtered(stream) == start() + text(0, "I look.") + PING + call(1, "read", "{}") + end()


def test_a_shifted_event_keeps_all_other_bytes() -> None:
    odd = b'id: 5\nevent: content_block_stop\n: note\ndata: { "index" : 1,  "type":"content_block_stop", "x":1.50 }\n\n'
    begin = start() + call(0, "recall", "{}")
    opened = event("content_block_start", index=1, content_block={"type": "text", "text": ""})
    assert filtered(begin + opened + odd).endswith(odd.replace(b'"index" : 1', b'"index" : 0'))


def test_parallel_calls_may_interleave() -> None:
    def piece(kind: str, index: int, **members: Any) -> bytes:
        return event(f"content_block_{kind}", index=index, **members)

    def begun(index: int, name: str) -> bytes:
        return piece("start", index, content_block={"type": "tool_use", "id": name, "name": name, "input": {}})

    def delta(index: int, part: str) -> bytes:
        return piece("delta", index, delta={"type": "input_json_delta", "partial_json": part})

    def stream(read: int, ours: Sequence[int]) -> bytes:
        internal = bool(ours)
        return b"".join(
            [
                start(),
                begun(0, "recall") if internal else b"",
                begun(read, "read"),
                begun(2, "find_tools") if internal else b"",
                delta(2, '{"a"') if internal else b"",
                delta(read, '{"p":'),
                delta(0, "{}") if internal else b"",
                piece("stop", 0) if internal else b"",
                delta(read, "1}"),
                delta(2, ":1}") if internal else b"",
                piece("stop", 2) if internal else b"",
                piece("stop", read),
                end("tool_use"),
            ]
        )

    assert filtered(stream(1, (0, 2))) == stream(0, ())


def test_rounds_become_one_message_for_the_sdk() -> None:
    rounds = (
        start(id="msg_1") + text(0, "One.") + call(1, "find_tools", '{"q":1}') + end("tool_use"),
        start(id="msg_2") + PING + call(0, "recall", "{}") + end("tool_use"),
        start(id="msg_3") + text(0, "Two.") + call(1, "read", '{"p":', "1}", call_id="c") + end("tool_use"),
    )
    out = filtered(*rounds)
    message = sdk_reads(out)
    assert message["id"] == "msg_1"
    assert [item.get("text", item.get("name")) for item in message["content"]] == ["One.", "Two.", "read"]
    assert message["content"][2]["input"] == {"p": 1}
    assert message["stop_reason"] == "tool_use"
    assert indexes(out) == [0, 1, 2]
    assert out.count(b"message_start\n") == out.count(b"message_delta\n") == out.count(b"message_stop\n") == 1
    assert CODEC.stream_end(out).complete


def test_the_last_rounds_usage_is_what_the_client_reads() -> None:
    first = start() + call(0, "recall", "{}") + end("tool_use", input_tokens=9)
    later = {"input_tokens": 400, "cache_read_input_tokens": 175, "cache_creation_input_tokens": 0, "output_tokens": 1}
    usage = sdk_reads(filtered(first, start(usage=later) + text(0, "x") + end()))["usage"]
    assert [usage[name] for name in later] == [400, 175, 0, 15]
    told = sdk_reads(filtered(first, start(usage=later) + text(0, "x") + end(input_tokens=401)))["usage"]
    assert [told[name] for name in later] == [401, 175, 0, 15]
    assert CODEC.stream_end(filtered(first, start(usage=later) + end())).usage == Usage(400, 0, 175, 15, written_1h=40)


def test_an_ending_that_already_tells_the_input_passes_unchanged() -> None:
    whole = end(input_tokens=1, cache_read_input_tokens=2, cache_creation_input_tokens=3)
    assert filtered(start() + call(0, "recall", "{}") + end("tool_use"), start() + text(0, "x") + whole).endswith(whole)


def test_a_stop_for_internal_calls_only_becomes_the_end_of_the_turn() -> None:
    ours = start() + text(0, "x") + call(1, "recall", "{}")
    assert sdk_reads(filtered(ours + end("tool_use")))["stop_reason"] == "end_turn"
    assert filtered(ours + end("tool_use")).endswith(end("end_turn"))
    assert filtered(ours + end("max_tokens")).endswith(end("max_tokens"))
    assert filtered(ours + call(2, "read", "{}") + end("tool_use")).endswith(end("tool_use"))
    again = filtered(ours + end("tool_use"), start() + call(0, "recall", "{}") + end("tool_use"))
    assert sdk_reads(again)["stop_reason"] == "end_turn"
    mixed = filtered(start() + call(0, "read", "{}") + end("tool_use"), ours + end("tool_use"))
    assert sdk_reads(mixed)["stop_reason"] == "end_turn"


def test_streams_and_bodies_are_filtered_to_the_same_message() -> None:
    """What a streaming client accumulates is what ``hide`` gives to one that does not stream (ids aside)."""
    thinking = block(
        0,
        {"type": "thinking", "thinking": "", "signature": ""},
        {"type": "thinking_delta", "thinking": "hm"},
        {"type": "signature_delta", "signature": "s=="},
    )
    rounds = (
        start() + thinking + text(1, "One.") + call(2, "find_tools", "{}") + end("tool_use"),
        start() + call(0, "recall", "{}") + call(1, "read", '{"p":2}') + call(2, "recall", "{}") + end("tool_use"),
    )
    bodies = [CODEC.read_stream(200, stream).body for stream in rounds]
    assert json.loads(CODEC.hide(bodies, INTERNAL)) == json.loads(CODEC.read_stream(200, filtered(*rounds)).body)


def test_an_error_comes_at_once_and_nothing_after_it() -> None:
    broken = start() + call(0, "recall", "{}") + CODEC.stream_error("gone")
    assert filtered(broken) == start() + CODEC.stream_error("gone")
    late = start() + text(0, "x") + end() + CODEC.stream_error("gone")
    assert filtered(late) == late
    passing = CODEC.stream_filter(INTERNAL)
    assert b"".join(passing.feed(e) for e in events_of(late)) == late


def test_a_server_tool_of_the_same_name_is_not_ours() -> None:
    stream = start() + block(0, {"type": "server_tool_use", "id": "s", "name": "recall", "input": {}}) + end()
    assert filtered(stream) == stream


def test_malformed_blocks_pass() -> None:
    stream = start() + b"".join(
        [
            event("content_block_start", index="x", content_block={"type": "tool_use", "name": "recall"}),
            event("content_block_start", index=0, content_block=None),
            event("content_block_start", index=1, content_block={"type": "tool_use", "name": ["recall"]}),
            event("content_block_delta", index=9, delta={}),
            event("content_block_stop"),
            end(),
        ]
    )
    assert filtered(stream) == stream


def test_data_that_we_cannot_read_still_moves_up() -> None:
    """Half a surrogate pair is no JSON for us, but the SDK reads it."""
    head = 'event: content_block_delta\ndata: {"type":"content_block_delta","index":%d,'
    delta = head + r'"delta":{"type":"text_delta","text":"\ud83d"}}' + "\n\n"
    opened = event("content_block_start", index=1, content_block={"type": "text", "text": ""})
    shifted = event("content_block_start", index=0, content_block={"type": "text", "text": ""})
    stream = start() + call(0, "recall", "{}") + opened + (delta % 1).encode()
    assert filtered(stream) == start() + shifted + (delta % 0).encode()


MIXED = (
    start() + text(0, "é\n\ndata: x") + call(1, "recall", '{"a":1}') + PING + call(2, "read", "{}") + end("tool_use")
)


@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_chunk_borders_do_not_matter(ending: bytes) -> None:
    """The same bytes come out wherever the stream is cut in two, and when it comes byte by byte."""
    stream = MIXED.replace(b"\n", ending)
    whole = filtered(stream, stream)
    assert b"recall" not in whole
    for cut in range(1, len(stream)):
        assert filtered(stream, stream, cuts=[cut]) == whole
    assert filtered(stream, stream, cuts=range(len(stream))) == whole


PARTS = st.lists(st.sampled_from(["text", "ours", "theirs", "ping", "unknown"]), max_size=6)


@given(st.lists(PARTS, min_size=1, max_size=3), st.lists(st.integers(0, 3000), max_size=5))
@settings(max_examples=100, deadline=None)
def test_any_mixture_over_any_rounds_leaves_the_clients_part(rounds: list[list[str]], cuts: list[int]) -> None:
    """The output is exactly the stream of a model that never made the internal calls."""
    streams, expected, shown = [], start(), 0
    for number, parts in enumerate(rounds):
        stream, index = start(id=f"msg_{number}") if number else start(), 0
        for part in parts:
            if part in ("ping", "unknown"):
                piece = PING if part == "ping" else event("novelty", index=index)
                stream, expected = stream + piece, expected + piece
                continue
            make = {"text": text, "ours": lambda i: call(i, "recall", "{}"), "theirs": lambda i: call(i, "read", "{}")}
            stream += make[part](index)
            index += 1
            if part != "ours":
                expected += make[part](shown)
                shown += 1
        streams.append(stream + end("max_tokens", input_tokens=1, cache_read_input_tokens=2))
    written = {"cache_creation_input_tokens": 100} if len(rounds) > 1 else {}
    expected += end("max_tokens", input_tokens=1, cache_read_input_tokens=2, **written)
    assert filtered(*streams, cuts=cuts) == expected
    assert sdk_reads(expected)["usage"]["input_tokens"] == 1
