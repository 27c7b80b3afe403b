"""Answers in the OpenAI Responses format: what they say, cost and hide, streamed and not."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai import APIError
from openai.types.responses import ResponseErrorEvent
from pydantic import TypeAdapter

from tests.wire.openai_responses_provider import (
    CODEC,
    USAGE,
    body_of,
    call_item,
    client,
    events_for,
    filtered,
    plain,
    reasoning_item,
    response,
    sdk_reads,
    sdk_reads_body,
    sse,
    stream_of,
    text_item,
)
from trimtab.response import ToolCall, Usage
from trimtab.wire.codec import StreamEnd, ToolResult

# A stream as the API sent it: spaces, obfuscation, an event of a type that nobody here knows.
GOLDEN = b"""event: response.created
data: {"type":"response.created","sequence_number":0,"response":{"id":"resp_68a","object":"response","created_at":1755,\
"status":"in_progress","background":false,"error":null,"incomplete_details":null,"model":"gpt-5-mini-2025-08-07",\
"output":[],"parallel_tool_calls":true,"store":true,"tool_choice":"auto","tools":[],"usage":null,"metadata":{}}}

event: response.in_progress
data: {"type":"response.in_progress","sequence_number":1,"response":{"id":"resp_68a","object":"response",\
"created_at":1755,"status":"in_progress","model":"gpt-5-mini-2025-08-07","output":[],"parallel_tool_calls":true,\
"tool_choice":"auto","tools":[],"usage":null}}

event: response.output_item.added
data: {"type":"response.output_item.added","sequence_number":2,"output_index":0,"item":{"id":"msg_68b",\
"type":"message","status":"in_progress","content":[],"role":"assistant"}}

: keep-alive

event: response.content_part.added
data: {"type":"response.content_part.added","sequence_number":3,"item_id":"msg_68b","output_index":0,\
"content_index":0,"part":{"type":"output_text","annotations":[],"logprobs":[],"text":""}}

event: response.output_text.delta
data: {"type":"response.output_text.delta","sequence_number":4,"item_id":"msg_68b","output_index":0,\
"content_index":0,"delta":"Hello","logprobs":[],"obfuscation":"x9Ga1"}

event: response.from_the_future
data: {"type":"response.from_the_future","sequence_number":5,"anything":1}

event: response.output_text.done
data: {"type":"response.output_text.done","sequence_number":6,"item_id":"msg_68b","output_index":0,\
"content_index":0,"text":"Hello","logprobs":[]}

event: response.content_part.done
data: {"type":"response.content_part.done","sequence_number":7,"item_id":"msg_68b","output_index":0,\
"content_index":0,"part":{"type":"output_text","annotations":[],"logprobs":[],"text":"Hello"}}

event: response.output_item.done
data: {"type":"response.output_item.done","sequence_number":8,"output_index":0,"item":{"id":"msg_68b",\
"type":"message","status":"completed","content":[{"type":"output_text","annotations":[],"logprobs":[],\
"text":"Hello"}],"role":"assistant"}}

event: response.completed
data: {"type":"response.completed","sequence_number":9,"response":{"id":"resp_68a","object":"response",\
"created_at":1755,"status":"completed","background":false,"error":null,"incomplete_details":null,\
"model":"gpt-5-mini-2025-08-07","output":[{"id":"msg_68b","type":"message","status":"completed","content":\
[{"type":"output_text","annotations":[],"logprobs":[],"text":"Hello"}],"role":"assistant"}],\
"parallel_tool_calls":true,"store":true,"tool_choice":"auto","tools":[],"usage":{"input_tokens":9,\
"input_tokens_details":{"cached_tokens":4},"output_tokens":2,"output_tokens_details":{"reasoning_tokens":0},\
"total_tokens":11},"metadata":{}}}

"""


def read(items: list[dict[str, Any]], **more: Any) -> Any:
    return CODEC.read_response(200, body_of(items, **more))


# -- a whole answer ----------------------------------------------------------------------------------------------


def test_an_answer_is_read_whole() -> None:
    answer = read([reasoning_item(1), text_item("Hello "), text_item("there", "msg_2")])
    assert (answer.text, answer.finish, answer.complete, answer.successful) == ("Hello there", "stop", True, True)
    assert (answer.id, answer.model, answer.format, answer.choices) == ("resp_1", "gpt-5.1", "openai_responses", 1)
    assert answer.tool_calls == ()


def test_usage_is_split_into_the_three_prices_of_an_input_token() -> None:
    usage = read([text_item("x")]).usage
    assert usage == Usage(fresh=300, written=100, read=600, output=50)
    assert usage.input == USAGE["input_tokens"]


@given(st.integers(0, 100), st.integers(-5, 200), st.integers(-5, 200))
def test_fresh_written_and_read_are_always_the_whole_input(total: int, cached: int, written: int) -> None:
    details = {"cached_tokens": cached, "cache_write_tokens": written}
    usage = read([], usage={"input_tokens": total, "input_tokens_details": details, "output_tokens": 1}).usage
    assert usage.input == total
    assert min(usage.fresh, usage.written, usage.read) >= 0


@pytest.mark.parametrize("usage", [None, {}, {"input_tokens": "5"}, 7, {"input_tokens": None}])
def test_usage_that_was_not_reported_is_none(usage: Any) -> None:
    assert read([], usage=usage).usage is None


def test_function_calls_are_the_answers_tool_calls() -> None:
    answer = read([text_item("I look."), call_item("look", '{"a": 1}', 1), call_item("see", "{}", 2)])
    assert answer.tool_calls == (ToolCall("call_1", "look", '{"a": 1}'), ToolCall("call_2", "see", "{}"))
    assert answer.finish == "tool_calls"
    assert answer.successful


@pytest.mark.parametrize(
    "item",
    [
        {"type": "custom_tool_call", "call_id": "c", "name": "patch", "input": "*** Begin"},
        {"type": "computer_call", "call_id": "c", "id": "cu", "action": {"type": "click"}},
        {"type": "local_shell_call", "call_id": "c", "id": "ls", "action": {"command": ["ls"]}},
        {"type": "apply_patch_call", "call_id": "c", "operation": {"type": "delete_file", "path": "a"}},
    ],
)
def test_every_call_that_the_client_has_to_answer_counts_as_a_call(item: dict[str, Any]) -> None:
    """A round with one of these is not over by answering the internal calls beside it."""
    answer = read([item])
    assert answer.finish == "tool_calls"
    assert [call.id for call in answer.tool_calls] == ["c"]
    assert answer.tool_calls[0].name in ("patch", item["type"])


def test_a_shell_call_that_the_provider_answered_itself_waits_for_nobody() -> None:
    items = [{"type": "shell_call", "call_id": "c"}, {"type": "shell_call_output", "call_id": "c"}, text_item("ok")]
    answer = read(items)
    assert (answer.finish, answer.tool_calls) == ("stop", ())


def test_a_call_without_an_id_is_not_answered_by_a_result_without_one() -> None:
    answer = read([{"type": "function_call", "id": "fc_1", "name": "look"}, {"type": "shell_call_output"}])
    assert answer.tool_calls == (ToolCall("fc_1", "look", ""),)


@pytest.mark.parametrize(
    ("more", "finish", "complete"),
    [
        ({"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}, "length", True),
        ({"status": "incomplete", "incomplete_details": {"reason": "content_filter"}}, "filtered", True),
        ({"status": "incomplete", "incomplete_details": None}, "unknown", True),
        ({"status": "failed", "error": {"code": "server_error", "message": "x"}}, "error", False),
        ({"status": "failed"}, "error", False),
        ({"status": "cancelled"}, "error", False),
        ({"status": "queued"}, "unknown", False),
        ({"status": "in_progress"}, "unknown", False),
        ({"status": None}, "stop", True),
        ({"output": [{"type": "message", "content": [{"type": "refusal", "refusal": "No"}]}]}, "refusal", True),
        ({"output": [{"type": "mcp_approval_request", "id": "m", "name": "x", "arguments": "{}"}]}, "paused", True),
    ],
)
def test_how_an_answer_ended(more: dict[str, Any], finish: str, complete: bool) -> None:
    answer = read([text_item("x")], **more)
    assert (answer.finish, answer.complete) == (finish, complete)
    assert answer.successful == (finish == "stop")


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b""),
        (200, b"<html>"),
        (200, b"[1]"),
        (200, b"{}"),
        (200, b'{"output": null}'),
        (200, b'{"output": "x"}'),
        (500, b'{"error": {"message": "down", "type": "server_error"}}'),
        (429, b'{"error": {"message": "slow", "code": "rate_limit_exceeded"}}'),
        (400, body_of([text_item("x")])),
    ],
)
def test_an_error_or_unreadable_body_is_never_a_complete_answer(status: int, body: bytes) -> None:
    answer = CODEC.read_response(status, body)
    assert (answer.complete, answer.finish, answer.body) == (False, "error", body)


@pytest.mark.parametrize(
    "output",
    [
        [None, 5, "x", []],
        [{"type": 5, "content": 5}, {"type": ["message"], "call_id": []}],
        [{"type": "message", "content": [None, {"type": "output_text", "text": 5}, {"type": []}]}],
        [{"type": "function_call"}, {"type": "function_call", "name": [], "arguments": {}, "call_id": {}}],
    ],
)
def test_malformed_items_in_an_answer_never_crash(output: list[Any]) -> None:
    body = body_of([], output=output)
    assert CODEC.read_response(200, body).text == ""
    assert json.loads(CODEC.hide([body], ["x"]))["output"] == output
    assert list(CODEC.replay(body, None))  # type: ignore[arg-type]
    stream = sse([{"type": "response.completed", "sequence_number": 0, "response": json.loads(body)}])
    assert CODEC.read_stream(200, stream).text == ""
    assert filtered([stream], ["x"]) == stream


# -- a finished stream -------------------------------------------------------------------------------------------


def test_a_recorded_stream_gives_the_body_that_the_sdk_accumulates() -> None:
    answer = CODEC.read_stream(200, GOLDEN)
    assert (answer.text, answer.id, answer.complete, answer.finish) == ("Hello", "resp_68a", True, "stop")
    assert answer.usage == Usage(fresh=5, read=4, output=2)
    assert plain(sdk_reads(GOLDEN)[1]) == plain(sdk_reads_body(answer.body)) == json.loads(answer.body)
    assert CODEC.stream_end(GOLDEN) == StreamEnd(answer.usage, True)


@pytest.mark.parametrize(
    "items",
    [
        [text_item("Hi, Grüße €")],
        [reasoning_item(1, "Hm."), text_item("a"), call_item("x", '{"b": 1}', 1), call_item("y", "{}", 2)],
        [],
    ],
)
def test_a_streamed_answer_is_the_answer_that_came_without_streaming(items: list[dict[str, Any]]) -> None:
    streamed, whole = CODEC.read_stream(200, stream_of(items)), read(items)
    assert json.loads(streamed.body) == json.loads(whole.body)
    assert (streamed.text, streamed.tool_calls, streamed.usage) == (whole.text, whole.tool_calls, whole.usage)
    assert (streamed.finish, streamed.complete) == (whole.finish, whole.complete)
    assert plain(sdk_reads(stream_of(items))[1]) == plain(sdk_reads_body(streamed.body))


@pytest.mark.parametrize("output", [None, []])
def test_items_missing_at_the_end_are_taken_from_their_own_events(output: Any) -> None:
    """Some backends end a stream with a response without output."""
    items = [text_item("Hello"), call_item("x")]
    events = events_for(response(items))
    events[-1]["response"] = {**events[-1]["response"], "output": output}
    answer = CODEC.read_stream(200, sse(events))
    assert json.loads(answer.body)["output"] == items
    if output is None:
        assert plain(sdk_reads(sse(events))[1])["output"] == items


def test_a_broken_stream_gives_what_came_and_is_not_complete() -> None:
    events = events_for(response([call_item("x"), text_item("Hello you")]))
    cut = next(i for i, event in enumerate(events) if event["type"] == "response.output_text.done")
    stream = sse(events[:cut])
    answer = CODEC.read_stream(200, stream)
    assert (answer.complete, answer.text, answer.usage) == (False, "Hello you", None)
    assert json.loads(answer.body)["output"] == [call_item("x")]
    assert CODEC.stream_end(stream) == StreamEnd(None, False)


@pytest.mark.parametrize("rest", [b"", b"\n", b"event: response.comp", b": ping\n\n", b"data: [DONE]\n\n"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_tail_of_a_stream_tells_usage_and_completeness(rest: bytes, newline: str) -> None:
    stream = sse(events_for(response([text_item("x" * 50_000)])), newline)
    expected = StreamEnd(Usage(300, 100, 600, 50), True)
    assert CODEC.stream_end(stream + rest) == expected
    assert CODEC.stream_end(stream.rstrip(b"\r\n")) == expected
    assert CODEC.stream_end(stream[: len(stream) // 2] + rest) == StreamEnd(None, False)


@pytest.mark.parametrize(
    "stream",
    [
        b"",
        b"\n\n",
        b"data: {\n\n",
        b"<html></html>",
        b'{"error": {"message": "no"}}',
        b'event: error\ndata: {"type":"error","code":"x","message":"gone","param":null,"sequence_number":3}\n\n',
        stream_of([text_item("x")], status="failed", error={"code": "server_error", "message": "gone"}),
        stream_of([text_item("x")]) + CODEC.stream_error("gone"),
        sse(events_for(response([text_item("x")]))[:-1]) + CODEC.stream_error("gone"),
    ],
)
def test_streams_that_ended_in_an_error_are_not_complete(stream: bytes) -> None:
    assert not CODEC.read_stream(200, stream).complete
    assert not CODEC.stream_end(stream).complete


def test_a_failed_stream_still_reports_its_usage() -> None:
    stream = stream_of([], status="failed")
    assert CODEC.stream_end(stream) == StreamEnd(Usage(300, 100, 600, 50), False)


# -- rounds ------------------------------------------------------------------------------------------------------


def test_hide_joins_the_rounds_and_leaves_out_internal_calls() -> None:
    first = body_of([reasoning_item(1), text_item("Let me see. "), call_item("recall", "{}", 1)], "resp_1")
    last = body_of([text_item("Done", "msg_2"), call_item("weather", "{}", 2)], "resp_2", usage={"input_tokens": 3})
    hidden = json.loads(CODEC.hide([first, last], ["recall"]))
    assert [item["id"] for item in hidden["output"]] == ["rs_1", "msg_1", "msg_2", "fc_2"]
    assert {**hidden, "output": None} == {**json.loads(last), "output": None}
    assert sdk_reads_body(CODEC.hide([first, last], ["recall"])).output_text == "Let me see. Done"


def test_hide_leaves_one_plain_body_as_it_is_and_an_error_too() -> None:
    body = body_of([text_item("x"), call_item("weather")])
    assert CODEC.hide([body], ["recall"]) is body
    error = CODEC.error(500, "down")
    assert CODEC.hide([error, body], ["recall"]) is body
    assert CODEC.hide([body, error], ["recall"]) == error


def test_after_hiding_the_only_calls_the_answer_has_simply_stopped() -> None:
    hidden = CODEC.hide([body_of([text_item("x"), call_item("recall")])], ["recall"])
    assert CODEC.read_response(200, hidden).finish == "stop"


def test_the_turn_is_sent_back_verbatim_and_results_join_before_what_follows() -> None:
    items = [reasoning_item(1), text_item("Hm"), call_item("recall", '{"h":  1}', 1), call_item("weather", "{}", 2)]
    turn = CODEC.turn(read(items))
    assert [json.loads(message.raw) for message in turn] == items
    assert [message.role for message in turn] == ["assistant"] * 4
    following = CODEC.read_message(b'{"type":"function_call_output","call_id":"call_2","output":"sunny"}')
    joined = CODEC.join([ToolResult("call_1", "recall", "the text")], following)
    assert [json.loads(message.raw) for message in joined] == [
        {"type": "function_call_output", "call_id": "call_1", "output": "the text"},
        {"type": "function_call_output", "call_id": "call_2", "output": "sunny"},
    ]
    assert joined[1] is following
    assert CODEC.join([], None) == ()
    calls = {m.blocks[0].call_id for m in turn if m.blocks[0].kind == "tool_call"}
    assert calls == {m.blocks[0].call_id for m in joined}


def test_reasoning_that_the_provider_did_not_keep_is_left_out_of_the_turn() -> None:
    """Without storage and without its encrypted content, the provider refuses to see it by id."""
    items = [reasoning_item(1, encrypted_content=None), call_item("recall")]
    [call] = CODEC.turn(read(items, store=False))
    assert json.loads(call.raw) == {name: value for name, value in items[1].items() if name != "id"}
    assert len(CODEC.turn(read(items, store=True))) == 2
    stored_nowhere = response(items)
    del stored_nowhere["store"]
    assert len(CODEC.turn(CODEC.read_response(200, json.dumps(stored_nowhere).encode()))) == 2


# -- errors ------------------------------------------------------------------------------------------------------


def test_our_error_in_a_stream_raises_in_the_sdk_and_reads_as_the_documented_event() -> None:
    stream = sse(events_for(response([text_item("x")]))[:4]) + CODEC.stream_error("the upstream broke off")
    headers = {"content-type": "text/event-stream"}
    with (
        client(lambda _: httpx2.Response(200, headers=headers, content=stream)) as sdk,
        sdk.responses.create(model="m", input="x", stream=True) as events,
    ):
        assert next(events).type == "response.created"
        with pytest.raises(APIError, match="the upstream broke off") as raised:
            list(events)
    assert raised.value.code == "server_error"
    data = CODEC.stream_error("the upstream broke off").removeprefix(b"event: error\ndata: ")
    event = TypeAdapter(ResponseErrorEvent).validate_json(data)
    assert (event.type, event.message) == ("error", "the upstream broke off")
