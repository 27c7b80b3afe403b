"""The filter of Responses streams: what a client sees of an answer that took internal rounds."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.wire.openai_responses_provider import (
    CODEC,
    body_of,
    call_item,
    decoded,
    events_for,
    filtered,
    plain,
    reasoning_item,
    response,
    sdk_reads,
    sse,
    stream_of,
    text_item,
)
from trimtab.wire.openai_responses_stream import ResponsesFilter
from trimtab.wire.sse import events_of

INTERNAL = ["find_tools", "recall"]


def seen(rounds: list[bytes], internal: list[str] | None = None) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """What the client reads, raw and through the SDK; checks what must hold for every stream."""
    stream = filtered(rounds, INTERNAL if internal is None else internal)
    events = decoded(stream)
    numbers = [event["sequence_number"] for event in events]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert not any(name in json.dumps([e for e in events if "response" not in e]) for name in INTERNAL)
    fired, final = sdk_reads(stream)
    assert [event.type for event in fired] == [event["type"] for event in events]
    for kind in ("response.output_item.added", "response.output_item.done"):
        shown = sorted((e["output_index"], e["item"]["id"]) for e in events if e["type"] == kind)
        assert shown == [(index, item.id) for index, item in enumerate(final.output)]
    return events, plain(final)


def test_a_stream_without_internal_calls_passes_byte_for_byte() -> None:
    stream = b": hello\n\n" + stream_of([reasoning_item(), text_item("Hi there"), call_item("weather")])
    stream += b": bye\n\ndata: [DONE]\n\n"
    joined = filtered([stream], INTERNAL)
    assert sorted(joined) == sorted(stream)
    assert joined.replace(b": bye\n\n", b"") == stream.replace(b": bye\n\n", b"")


def test_with_no_internal_names_every_event_passes_at_once_unchanged() -> None:
    flt = ResponsesFilter([])
    for event in events_of(stream_of([call_item("find_tools")]) + b"data: [DONE]\n\n: x\r\n\r\ndata: {broken\n\n"):
        assert flt.feed(event) == event.raw
    assert flt.finish() == b""


def test_text_of_an_internal_round_is_followed_by_the_text_of_the_next_in_one_answer() -> None:
    first = [text_item("Let me look. ", "msg_1"), call_item("find_tools", '{"query": "mail"}')]
    last = [text_item("Done.", "msg_2")]
    events, final = seen([stream_of(first, "resp_1"), stream_of(last, "resp_2")])
    assert [event["type"] for event in events].count("response.created") == 1
    assert [event["type"] for event in events].count("response.completed") == 1
    assert final["id"] == "resp_1"
    assert final["output"] == [first[0], last[0]]
    assert [e["output_index"] for e in events if e["type"] == "response.output_item.added"] == [0, 1]


def test_client_calls_pass_beside_internal_ones_with_shifted_indexes() -> None:
    items = [call_item("find_tools", '{"query":"a"}', 1), call_item("weather", '{"city":"Ulm"}', 2)]
    events, final = seen([stream_of(items)])
    assert final["output"] == [items[1]]
    assert {event["output_index"] for event in events if "output_index" in event} == {0}


def test_parallel_calls_whose_deltas_take_turns_are_told_apart() -> None:
    items = [call_item("weather", '{"city":"Ulm"}', 1), call_item("recall", '{"handle":"h1"}', 2)]
    items += [call_item("news", '{"about":"boats"}', 3)]
    events, final = seen([sse(events_for(response(items), parallel=True))])
    assert final["output"] == [items[0], items[2]]
    for index, item in enumerate((items[0], items[2])):
        deltas = [e["delta"] for e in events if e["type"].endswith("arguments.delta") and e["output_index"] == index]
        assert "".join(deltas) == item["arguments"]


def test_items_that_begin_out_of_order_never_share_an_index() -> None:
    items = [call_item("recall", "{}", 1), call_item("weather", "{}", 2), call_item("news", "{}", 3)]
    events = events_for(response(items), parallel=True)
    events[2], events[3] = events[3], events[2]
    for number, event in enumerate(events):
        event["sequence_number"] = number
    stream = filtered([sse(events)], INTERNAL)
    added = [event for event in decoded(stream) if event["type"] == "response.output_item.added"]
    assert [(e["output_index"], e["item"]["name"]) for e in added] == [(1, "weather"), (2, "news")]
    assert plain(sdk_reads(stream)[1])["output"] == items[1:]


def test_three_rounds_make_one_answer_with_the_last_usage() -> None:
    usage = {"input_tokens": 7, "output_tokens": 8, "total_tokens": 15}
    usage |= {"input_tokens_details": {"cached_tokens": 1, "cache_write_tokens": 0}}
    usage |= {"output_tokens_details": {"reasoning_tokens": 0}}
    rounds = [
        stream_of([text_item("One ", "msg_1"), call_item("find_tools", "{}", 1)], "resp_1"),
        stream_of([reasoning_item(2, "Hm."), call_item("recall", "{}", 2), call_item("recall", "{}", 3)], "resp_2"),
        stream_of([text_item("two", "msg_3"), call_item("weather", "{}", 4)], "resp_3", usage=usage),
    ]
    events, final = seen(rounds)
    assert [item["id"] for item in final["output"]] == ["msg_1", "rs_2", "msg_3", "fc_4"]
    assert final["usage"] == usage
    assert [e["output_index"] for e in events if e["type"].endswith("item.done")] == [0, 1, 2, 3]


def test_reasoning_without_text_goes_with_the_internal_call_that_it_led_to() -> None:
    """A client that sent it back without what followed it would be refused."""
    rounds = [stream_of([reasoning_item(1), call_item("recall", "{}", 1)], "resp_1")]
    rounds += [stream_of([reasoning_item(2), text_item("Yes", "msg_2")], "resp_2")]
    _, final = seen(rounds)
    assert [item["id"] for item in final["output"]] == ["rs_2", "msg_2"]


def test_reasoning_stays_where_it_led_to_a_call_of_the_client_too() -> None:
    items = [reasoning_item(1), call_item("recall", "{}", 1), call_item("weather", "{}", 2)]
    events, final = seen([stream_of(items)])
    assert final["output"] == [items[0], items[2]]
    added = [event for event in events if event["type"] == "response.output_item.added"]
    assert [event["item"]["id"] for event in added] == ["rs_1", "fc_2"]


def test_reasoning_before_an_internal_call_goes_even_if_the_model_thinks_and_speaks_on() -> None:
    items = [reasoning_item(1), call_item("recall"), reasoning_item(2), text_item("x"), reasoning_item(3)]
    _, final = seen([stream_of(items)])
    assert final["output"] == items[2:]
    assert json.loads(CODEC.hide([body_of(items)], INTERNAL))["output"] == items[2:]


def test_reasoning_that_shows_a_summary_streams_at_once() -> None:
    flt = ResponsesFilter(INTERNAL)
    events = events_of(stream_of([reasoning_item(1, "Thinking about boats."), call_item("recall")]))
    passed = [flt.feed(event) for event in events]
    summary = next(i for i, event in enumerate(events) if event.event == "response.reasoning_summary_text.delta")
    assert passed[summary] == events[summary].raw
    assert b"".join(passed[: summary + 1]) == b"".join(event.raw for event in events[: summary + 1])


def test_a_comment_passes_while_reasoning_waits() -> None:
    flt = ResponsesFilter(INTERNAL)
    for event in events_of(sse(events_for(response([reasoning_item(1), text_item("x")]))[:3])):
        flt.feed(event)
    [ping] = events_of(b": keep-alive\n\n")
    assert flt.feed(ping) == ping.raw


def test_the_ending_is_held_back_and_forgotten_when_another_round_follows() -> None:
    flt = ResponsesFilter(INTERNAL)
    written = b"".join(flt.feed(event) for event in events_of(stream_of([text_item("a"), call_item("recall")])))
    assert b"response.completed" not in written
    flt.next_round()
    assert flt.finish() == b""


@pytest.mark.parametrize("status", ["incomplete", "failed"])
def test_other_endings_are_rewritten_like_a_completed_one(status: str) -> None:
    more = {"incomplete_details": {"reason": "max_output_tokens"}} if status == "incomplete" else {}
    first = stream_of([text_item("a", "msg_1"), call_item("recall")], "resp_1")
    last = stream_of([text_item("b", "msg_2")], "resp_2", status=status, **more)
    events = decoded(filtered([first, last], INTERNAL))
    assert events[-1]["type"] == f"response.{status}"
    assert events[-1]["response"]["id"] == "resp_1"
    assert [item["id"] for item in events[-1]["response"]["output"]] == ["msg_1", "msg_2"]


def test_an_error_event_passes_at_once_with_whatever_waited_before_it() -> None:
    events = events_for(response([reasoning_item(1), text_item("x")]))[:4]
    events.append({"type": "error", "code": "server_error", "message": "gone", "param": None, "sequence_number": 4})
    assert filtered([sse(events)], INTERNAL) == sse(events)


def test_a_stream_that_breaks_off_gives_what_came() -> None:
    events = events_for(response([text_item("abcdef"), call_item("recall")]))[:7]
    assert filtered([sse(events)], INTERNAL) == sse(events)


def test_an_ending_without_output_keeps_that_and_the_sdk_recovers_all_rounds() -> None:
    streams = []
    for number, items in ((1, [text_item("a", "msg_1"), call_item("recall")]), (2, [text_item("b", "msg_2")])):
        events = events_for(response(items, f"resp_{number}"))
        events[-1]["response"] = {**events[-1]["response"], "output": None}
        streams.append(sse(events))
    _, final = seen(streams)
    assert [item["id"] for item in final["output"]] == ["msg_1", "msg_2"]


def test_the_filter_knows_the_id_to_tell_the_client_and_the_one_to_continue_from() -> None:
    flt = ResponsesFilter(INTERNAL)
    for event in events_of(stream_of([call_item("recall")], "resp_1")):
        flt.feed(event)
    flt.next_round()
    for event in events_of(stream_of([text_item("x")], "resp_2")):
        flt.feed(event)
    assert (flt.first_id, flt.last_id) == ("resp_1", "resp_2")


def test_events_keep_their_other_lines_and_line_endings_when_renumbered() -> None:
    stream = sse(events_for(response([call_item("recall"), text_item("x")])), newline="\r\n")
    marked = stream.replace(b"event: response.output_text.delta", b"id: 7\r\nevent: response.output_text.delta")
    written = filtered([marked], INTERNAL)
    assert b"id: 7\r\nevent: response.output_text.delta\r\ndata: " in written
    assert written.count(b"\n") == written.count(b"\r\n")
    assert plain(sdk_reads(written)[1])["output"] == [text_item("x")]


def test_chunks_may_end_at_any_byte() -> None:
    """The client's bytes do not depend on how the network cut the provider's."""
    rounds = [
        stream_of([reasoning_item(1), text_item("Grüße €", "msg_1"), call_item("recall", '{"handle":"ü"}')], "resp_1"),
        stream_of([text_item("ende", "msg_2"), call_item("weather", "{}", 2)], "resp_2"),
    ]
    whole = filtered(rounds, INTERNAL)
    for size in (1, 2, 3, 7, 64, 1000):
        assert filtered(rounds, INTERNAL, cut=size) == whole
    stream = rounds[1]
    expected = filtered([stream], ["weather"])
    for border in range(1, len(stream)):
        assert _in_two(stream, border) == expected


def _in_two(stream: bytes, border: int) -> bytes:
    from trimtab.wire.sse import SseParser

    flt, parser = ResponsesFilter(["weather"]), SseParser()
    events = parser.feed(stream[:border]) + parser.feed(stream[border:]) + parser.close()
    return b"".join(flt.feed(event) for event in events) + flt.finish()


@pytest.mark.parametrize(
    "text", ['"output_index": 7', '\\"sequence_number":1', '{"output_index":3,"sequence_number":9}']
)
def test_text_that_looks_like_an_index_is_not_taken_for_one(text: str) -> None:
    items = [call_item("recall"), text_item(text), call_item("weather", json.dumps({"output_index": 1, "a": text}), 2)]
    items[1]["x"] = {"output_index": 5, "sequence_number": 6}
    _, final = seen([stream_of(items)])
    assert final["output"] == items[1:]


def test_events_that_are_no_json_pass_as_they_are() -> None:
    odd = b'event: x\ndata: {"a":\n\ndata: [1]\n\ndata: "s"\n\ndata: {"type":5,"output_index":"a"}\n\ndata: \xff{}\n\n'
    assert filtered([odd], INTERNAL) == odd


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_corrupted_stream_crashes_any_reader(data: st.DataObject) -> None:
    items = [reasoning_item(1), text_item("a"), call_item("recall"), call_item("weather", "{}", 2)]
    events = events_for(response(items))
    for _ in range(data.draw(st.integers(1, 4))):
        event = events[data.draw(st.integers(0, len(events) - 1))]
        name = data.draw(st.sampled_from(sorted(event)))
        event[name] = data.draw(st.sampled_from([None, 5, -1, "x", [], {}, [None], {"output": 5}, {"type": []}]))
    order = data.draw(st.permutations(range(len(events))) | st.just(range(len(events))))
    stream = sse([events[i] for i in order])
    junk = data.draw(st.binary(max_size=3))
    at = data.draw(st.integers(0, len(stream)))
    stream = stream[:at] + junk + stream[at:]
    for internal in ([], INTERNAL):
        written = filtered([stream, stream], internal)
        assert isinstance(written, bytes)
    assert filtered([stream], []) == stream
    assert isinstance(CODEC.read_stream(200, stream).complete, bool)
    assert isinstance(CODEC.stream_end(stream).complete, bool)


ITEMS = st.lists(
    st.one_of(
        st.builds(lambda text: ("text", text), st.text(max_size=12)),
        st.builds(lambda name: ("call", name), st.sampled_from([*INTERNAL, "weather", "news"])),
        st.builds(lambda summary: ("think", summary), st.sampled_from(["", "", "Hm, boats."])),
        st.just(("search", "")),
    ),
    max_size=6,
)


def build(kinds: list[tuple[str, str]], number: int) -> list[dict[str, Any]]:
    built: list[dict[str, Any]] = []
    for index, (kind, value) in enumerate(kinds):
        key = number * 100 + index
        if kind == "text":
            built.append(text_item(value, f"msg_{key}"))
        elif kind == "call":
            built.append(call_item(value, json.dumps({"n": key}), key))
        elif kind == "think":
            built.append(reasoning_item(key, value))
        else:
            action = {"type": "search", "query": "q", "queries": []}
            built.append({"id": f"ws_{key}", "type": "web_search_call", "status": "completed", "action": action})
    return built


@settings(max_examples=60, deadline=None)
@given(st.lists(ITEMS, min_size=1, max_size=3))
def test_for_any_rounds_the_sdk_sees_what_the_hidden_bodies_say(kinds: list[list[tuple[str, str]]]) -> None:
    """Streaming and not streaming show a client the same items, and the stream is sound for the SDK."""
    rounds = [build(items, number) for number, items in enumerate(kinds)]
    _, final = seen([stream_of(items, f"resp_{number}") for number, items in enumerate(rounds)])
    hidden = json.loads(CODEC.hide([body_of(items, f"resp_{n}") for n, items in enumerate(rounds)], INTERNAL))
    assert final["output"] == hidden["output"]
    assert hidden["id"] == f"resp_{len(rounds) - 1}"
    assert final["id"] == "resp_0"


@settings(max_examples=60, deadline=None)
@given(ITEMS)
def test_only_numbers_change_and_not_before_the_first_event_that_is_left_out(kinds: list[tuple[str, str]]) -> None:
    items = build(kinds, 0)
    stream = stream_of(items)
    kept = {item["id"] for item in json.loads(CODEC.hide([body_of(items)], INTERNAL))["output"]}
    gone = {index for index, item in enumerate(items) if item["id"] not in kept}
    before = decoded(stream)
    written = filtered([stream], INTERNAL)
    assert [_unnumbered(e) for e in decoded(written)[:-1]] == [
        _unnumbered(event) for event in before[:-1] if event.get("output_index") not in gone
    ]
    if not gone:
        assert written == stream
    untouched = b""
    for event, value in zip(events_of(stream), before, strict=True):
        if value.get("output_index") in gone or value is before[-1]:
            break
        untouched += event.raw
    assert written.startswith(untouched)


def _unnumbered(event: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in event.items() if name not in ("sequence_number", "output_index")}
