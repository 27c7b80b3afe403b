"""A Chat Completions stream without the model's internal calls, over all rounds of one answer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.test_openai_chat_answers import USAGE, call
from tests.wire.test_openai_chat_streams import (
    DONE,
    STREAMS,
    USAGE_CHUNK,
    assembled,
    begin,
    calls,
    chunk,
    delta,
    event,
    more,
    normal,
    opening,
    sdk_answer,
    stream_of,
    text,
)
from trimtab.wire.openai_chat import OpenAIChat
from trimtab.wire.sse import SseParser, events_of

CODEC = OpenAIChat()
INTERNAL = ("find_tools", "call_tool", "recall")
CALLED = chunk(delta(finish="tool_calls"))
STOPPED = chunk(delta(finish="stop"))


def filtered(*rounds: bytes, internal: Any = INTERNAL, at: list[int] | None = None) -> bytes:
    """What the client gets of several rounds; ``at`` cuts each round's bytes in two at these places."""
    passing = CODEC.stream_filter(internal)
    out = b""
    for number, stream in enumerate(rounds):
        if number:
            passing.next_round()
        parser, begun = SseParser(), 0
        for border in [*sorted(place % (len(stream) + 1) for place in at or []), len(stream)]:
            for found in parser.feed(stream[begun:border]):
                out += passing.feed(found)
            begun = border
        for found in parser.close():
            out += passing.feed(found)
    return out + passing.finish()


def hidden(*rounds: bytes) -> Any:
    """The same rounds as one body without streaming."""
    return json.loads(CODEC.hide([CODEC.read_stream(200, stream).body for stream in rounds], INTERNAL))


@pytest.mark.parametrize("name", STREAMS)
def test_without_internal_tools_each_event_passes_as_it_is(name: str) -> None:
    """The identity on every event, at once, with nothing held back."""
    passing = CODEC.stream_filter(())
    for found in events_of(b": ping\n\n" + stream_of(*STREAMS[name]) + b"data: odd\r\r"):
        assert passing.feed(found) == found.raw
    assert passing.finish() == b""


@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_without_internal_calls_keeps_every_byte(name: str, ending: bytes) -> None:
    """Comments, unknown events, text, the client's calls and the ending come out as they came in."""
    stream = b": ping" + ending * 2 + stream_of({"type": "odd"}, *STREAMS[name], ending=ending)
    assert filtered(stream, internal=("recall", "trimtab_find")) == stream


MIXED = stream_of(
    opening(),
    text("Looking."),
    calls(begin(0, "find_tools")),
    calls(more(0, '{"q":')),
    calls(begin(1, "theirs")),
    calls(more(0, "1}"), more(1, '{"a"')),
    calls(more(1, ":1}")),
    calls({"index": 2, **call("recall")}),
    calls({"index": 3, **call("other", "[]")}),
    CALLED,
    USAGE_CHUNK,
)


def test_the_client_s_calls_pass_with_shifted_indexes() -> None:
    """Of internal and client calls, interleaved, the client sees its own, numbered from 0 without a hole."""
    stream = filtered(MIXED)
    want = hidden(MIXED)
    assert sdk_answer(stream) == normal(want)
    assert want["choices"][0]["message"]["tool_calls"] == [call("theirs", '{"a":1}'), call("other", "[]")]
    assert want["choices"][0]["finish_reason"] == "tool_calls"
    for name in INTERNAL:
        assert name.encode() not in stream


def test_events_of_nothing_internal_keep_their_bytes() -> None:
    """In a mixed stream too, what needs no change is passed on byte for byte."""
    out = [found.raw for found in events_of(filtered(MIXED))]
    came = [found.raw for found in events_of(MIXED)]
    untouched = [raw for raw in came if b"tool_calls" not in raw or b'"finish_reason": "tool_calls"' in raw]
    assert [raw for raw in out if raw in came] == untouched


def test_an_edited_event_loses_nothing_else() -> None:
    """Unknown fields, big integers and other lines of an event with a shifted index stay."""
    whole = {"index": 1, **call("theirs"), "vendor": 10**30}
    raw = b": note\nid: 7\n" + event({**calls({"index": 0, **call("recall")}, whole), "big": 10**25})
    out = filtered(raw)
    assert out.startswith(b": note\nid: 7\ndata: {")
    data = json.loads(events_of(out)[0].data)
    assert data == {**calls({**whole, "index": 0}), "big": 10**25}


FIRST = stream_of(opening(), text("Let me look."), calls({"index": 0, **call("find_tools", "{}")}), CALLED, USAGE_CHUNK)
SECOND_ID = {"id": "chatcmpl-2", "created": 1700000009}
SECOND = stream_of(
    *({**value, **SECOND_ID} for value in [opening(), calls({"index": 0, **call("recall")}), CALLED, USAGE_CHUNK])
)
THIRD = stream_of(
    *({**value, "id": "chatcmpl-3"} for value in [opening(), text("Here"), text(" it is."), STOPPED]),
    {**USAGE_CHUNK, "id": "chatcmpl-3", "usage": {**USAGE, "completion_tokens": 7}},
)


def test_three_rounds_are_one_answer() -> None:
    """One beginning, one id, one ending: the SDK sees the text of all rounds and the last usage."""
    stream = filtered(FIRST, SECOND, THIRD)
    want = {**hidden(FIRST, SECOND, THIRD), "id": "chatcmpl-1"}
    assert sdk_answer(stream) == normal(want)
    assert want["choices"][0]["message"]["content"] == "Let me look.\n\nHere it is."
    assert want["usage"]["completion_tokens"] == 7
    values = [json.loads(found.data) for found in events_of(stream)[:-1]]
    assert {value["id"] for value in values} == {"chatcmpl-1"}
    assert {value["created"] for value in values} == {1700000000}
    assert stream.count(b'"role"') == 1
    assert stream.count(b'"usage"') == 1
    assert stream.count(b"[DONE]") == 1


def test_a_later_round_may_call_the_client_s_tools() -> None:
    """Internal calls first, then a mixed round: the client's calls are numbered from 0."""
    stream = filtered(FIRST, SECOND, MIXED)
    assert sdk_answer(stream) == normal(hidden(FIRST, SECOND, MIXED))


def test_text_flows_while_the_ending_is_held() -> None:
    """Text passes at once; finish reason, usage and end marker wait for `finish`, and a new round forgets them."""
    passing = CODEC.stream_filter(INTERNAL)
    events = events_of(stream_of(opening(), text("a"), STOPPED, USAGE_CHUNK))
    assert [passing.feed(found) for found in events] == [events[0].raw, events[1].raw, b"", b"", b""]
    assert passing.finish() == b"".join(found.raw for found in events[2:])
    assert passing.finish() == b""
    passing = CODEC.stream_filter(INTERNAL)
    assert b"".join(passing.feed(found) for found in events) == events[0].raw + events[1].raw
    passing.next_round()
    assert passing.finish() == b""


def test_a_last_round_of_internal_calls_only_ends_in_stop() -> None:
    """A client that gets no call is not told to answer one."""
    assert sdk_answer(filtered(FIRST)) == normal(hidden(FIRST))
    assert hidden(FIRST)["choices"][0]["finish_reason"] == "stop"


def test_text_that_comes_with_the_finish_reason_is_not_lost() -> None:
    """Where a provider sends the last text in the chunk that ends a round, the next round does not swallow it."""
    last = chunk(delta({"content": "Look.", "tool_calls": [{"index": 0, **call("recall")}]}, "tool_calls"), usage=USAGE)
    first = stream_of(opening(), last)
    stream = filtered(first, THIRD)
    assert sdk_answer(stream)["choices"][0]["message"]["content"] == "Look.\n\nHere it is."
    assert sdk_answer(stream) == normal({**hidden(first, THIRD), "id": "chatcmpl-1"})
    assert filtered(stream_of(opening(), chunk(delta({"content": "x"}, "stop")))) == stream_of(
        opening(), chunk(delta({"content": "x"}, "stop"))
    )


@pytest.mark.parametrize(
    ("entries", "shown"),
    [
        # the id first, the name later
        ([{"index": 0, "id": "c"}, {"index": 0, "function": {"name": "recall", "arguments": ""}}, more(0, "{}")], []),
        ([{"index": 0, "id": "c", "type": "function"}, {"index": 0, "function": {"name": "f", "arguments": "{}"}}],
         [call("f", call_id="c")]),
        # names in pieces, and the client's names that begin or continue an internal one
        ([begin(0, "find_"), {"index": 0, "function": {"name": "tools"}}, more(0, "{}")], []),
        ([begin(0, "recall", "c"), {"index": 0, "function": {"name": "_all"}}, more(0, "{}")],
         [call("recall_all", call_id="c")]),
        ([begin(0, "find"), more(0, "{}")], [call("find")]),
        ([begin(0, "find"), {"index": 1, **call("recall")}, {"index": 2, **call("g")}],
         [call("find", ""), call("g")]),
        ([begin(0, "find")], [call("find", "")]),
        ([begin(0, "find_tools_more"), more(0, "{}")], [call("find_tools_more")]),
        # id and name in every delta
        ([{"index": 0, **call("recall", "{")}, {"index": 0, **call("recall", "}")}, {"index": 1, **call("f")}],
         [call("f")]),
        # Gemini: whole calls, all numbered 0
        ([{"index": 0, **call("recall")}, {"index": 0, **call("f")}], [call("f")]),
        # no index at all
        ([call("recall", ""), {"function": {"arguments": "{}"}}], []),
        # custom tools
        ([{"index": 0, "id": "c", "type": "custom", "custom": {"name": "recall", "input": ""}},
          {"index": 0, "custom": {"input": "x"}}], []),
    ],
)  # fmt: skip
def test_whose_call_it_is_shows_when_the_name_is_complete(entries: list[Any], shown: list[Any]) -> None:
    """Calls of every provider are told apart, and none of the client's is lost or half shown."""
    came = stream_of(opening(), *(calls(entry) for entry in entries), CALLED)
    answer = CODEC.read_stream(200, filtered(came))
    message = json.loads(answer.body)["choices"][0]["message"]
    assert message.get("tool_calls", []) == shown
    assert answer.finish == ("tool_calls" if shown else "stop")
    assert answer.complete
    deltas = [json.loads(found.data)["choices"][0]["delta"] for found in events_of(filtered(came))[:-1]]
    numbers = {entry.get("index", 0) for sent in deltas for entry in sent.get("tool_calls", [])}
    assert numbers == set(range(len(shown)))
    if all("function" in entry for entry in entries):  # the SDK knows no other calls
        assert sdk_answer(filtered(came)) == normal(json.loads(answer.body))


def test_a_role_in_every_delta_does_not_keep_hidden_calls_alive() -> None:
    """Of a delta that holds nothing but a role told before and an internal call, nothing is sent."""
    role = {"role": "assistant", "content": ""}
    hidden_call = [chunk(delta({**role, "tool_calls": [entry]})) for entry in (begin(0, "recall"), more(0, "{}"))]
    assert filtered(stream_of(opening(), *hidden_call, STOPPED)) == stream_of(opening(), STOPPED)


def test_owed_text_outlasts_rounds_without_events() -> None:
    """Text that came with an ending is sent, however many rounds pass before the next event."""
    passing = CODEC.stream_filter(INTERNAL)
    last = chunk(delta({"content": "Look."}, "stop"))
    assert passing.feed(events_of(event(last))[0]) == b""
    passing.next_round()
    passing.next_round()
    assert passing.finish() == event(chunk(delta({"content": "Look."})))


def test_legacy_function_calls_are_filtered() -> None:
    """A `function_call` to an internal function is hidden, another one passes byte for byte."""
    for name, kept in (("recall", False), ("theirs", True)):
        came = stream_of(
            opening(), chunk(delta({"function_call": {"name": name, "arguments": ""}})),
            chunk(delta({"function_call": {"arguments": "{}"}})), chunk(delta(finish="function_call")),
        )  # fmt: skip
        assert (filtered(came) == came) is kept
        assert sdk_answer(filtered(came)) == normal(hidden(came))


def test_azure_begins_a_later_round_unseen() -> None:
    """A first chunk without choices passes in the first round and not again."""
    azure = {"id": "", "object": "", "created": 0, "model": "", "choices": [], "prompt_filter_results": []}
    first, third = event(azure) + FIRST, event(azure) + THIRD
    stream = filtered(first, third)
    assert stream.startswith(event(azure))
    assert stream.count(b"prompt_filter_results") == 1
    assert {json.loads(found.data)["id"] for found in events_of(stream)[1:-1]} == {"chatcmpl-1"}


def test_comments_and_errors_pass_at_once_in_every_round() -> None:
    """Pings keep the connection alive while an ending is held; an error is not held back."""
    passing = CODEC.stream_filter(INTERNAL)
    for found in events_of(FIRST):
        passing.feed(found)
    passing.next_round()
    [ping, error, odd] = events_of(b": ping\n\n" + b'data: {"error": {"message": "x"}}\n\n' + b"data: <odd>\n\n")
    assert [passing.feed(found) for found in (ping, error, odd)] == [ping.raw, error.raw, odd.raw]


def test_a_round_that_breaks_off_ends_in_what_came() -> None:
    """Without an ending there is none to show: the client sees the stream break as it broke."""
    broken = stream_of(opening(), text("a"), done=False)
    assert filtered(broken) == broken
    assert filtered(FIRST, broken).endswith(event({**chunk(delta({"content": "\n\na"}))}))


def test_events_that_only_look_like_chunks_pass() -> None:
    """Doubled names and other oddities that cannot be edited faithfully go through as they are."""
    odd = b'data: {"choices":[],"choices":[{"index":0,"delta":{"tool_calls":[{"index":0}]}}]}\n\n'
    for raw in (odd, b'data: {"choices":7}\n\n', b'data: {"choices":[7]}\n\n', b'data: {"choices":[{"delta":8}]}\n\n'):
        assert filtered(raw) == raw


@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_the_filter_does_not_depend_on_chunk_borders(ending: bytes) -> None:
    """Split at every byte, three rounds give the same stream."""
    rounds = [stream.replace(b"\n", ending) for stream in (FIRST, SECOND, MIXED)]
    whole = filtered(*rounds)
    for place in range(max(map(len, rounds))):
        assert filtered(*rounds, at=[place]) == whole


# -- all together ---------------------------------------------------------------------------------------------

WORDS = st.lists(st.sampled_from(["a", " b", "c ", "\n", "", "d e"]), max_size=3)
NAMES = st.sampled_from([*INTERNAL, "theirs", "find", "recall_all"])
CALLS = st.lists(st.tuples(NAMES, st.lists(st.sampled_from(["{", '"x"', "}"]), max_size=3)), max_size=4)


@st.composite
def rounds_of(draw: st.DrawFn) -> list[bytes]:
    """One to three rounds; all but the last call internal tools only; deltas of parallel calls interleave."""
    streams = []
    count = draw(st.integers(1, 3))
    for number in range(count):
        made = draw(CALLS)
        if number < count - 1:
            made = [(INTERNAL[0], pieces) for _, pieces in made] or [(INTERNAL[1], [])]
        deltas: list[Any] = [opening(), *map(text, draw(WORDS))]
        waiting = []
        for index, (name, pieces) in enumerate(made):
            deltas.append(calls(begin(index, name, f"c{index}")))
            waiting.append([more(index, piece) for piece in pieces])
            while any(waiting) and draw(st.booleans()):
                deltas.append(calls(draw(st.sampled_from([queue for queue in waiting if queue])).pop(0)))
        deltas += [calls(entry) for queue in waiting for entry in queue]
        deltas += [chunk(delta(finish="tool_calls" if made else "stop")), USAGE_CHUNK]
        streams.append(stream_of(*({**value, "id": f"chatcmpl-{number}"} for value in deltas)))
    return streams


@given(rounds_of(), st.lists(st.integers(0, 5000), max_size=5))
def test_the_filtered_stream_is_the_hidden_answer(rounds: list[bytes], borders: list[int]) -> None:
    """Streamed or not, the client gets the same answer: the SDK's accumulator agrees with `hide`."""
    stream = filtered(*rounds, at=borders)
    assert stream == filtered(*rounds)
    want = normal({**hidden(*rounds), "id": "chatcmpl-0"})
    assert normal(assembled(stream)) == want
    assert sdk_answer(stream) == want
    assert stream.endswith(DONE)
