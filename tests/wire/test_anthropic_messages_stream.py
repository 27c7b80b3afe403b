"""Anthropic answers and streams: what trimtab assembles and replays is what the real SDK reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import anthropic
import httpx2
import orjson
import pytest
from anthropic.types.beta import BetaMessage
from hypothesis import given, settings
from hypothesis import strategies as st

from trimtab.errors import NotUnderstood
from trimtab.response import ToolCall, Usage
from trimtab.wire.anthropic_messages import AnthropicMessages
from trimtab.wire.sse import events_of, render_event

CODEC = AnthropicMessages()
REQUEST = CODEC.parse(b'{"model":"m","messages":[{"role":"user","content":"hi"}],"stream":true}')


def event(kind: str, **members: Any) -> bytes:
    return render_event(orjson.dumps({"type": kind, **members}), kind)


def start(**fields: Any) -> bytes:
    message = {
        "id": "msg_01",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-4-5",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {
            "input_tokens": 25,
            "cache_creation_input_tokens": 100,
            "cache_read_input_tokens": 50,
            "cache_creation": {"ephemeral_5m_input_tokens": 60, "ephemeral_1h_input_tokens": 40},
            "output_tokens": 1,
            "service_tier": "standard",
        },
    }
    return event("message_start", message={**message, **fields})


def block(index: int, content_block: dict[str, Any], *deltas: dict[str, Any]) -> bytes:
    return (
        event("content_block_start", index=index, content_block=content_block)
        + b"".join(event("content_block_delta", index=index, delta=delta) for delta in deltas)
        + event("content_block_stop", index=index)
    )


def text(index: int, *parts: str) -> bytes:
    return block(index, {"type": "text", "text": ""}, *({"type": "text_delta", "text": part} for part in parts))


def call(index: int, name: str, *parts: str, call_id: str = "toolu_1") -> bytes:
    deltas = [{"type": "input_json_delta", "partial_json": part} for part in parts]
    return block(index, {"type": "tool_use", "id": call_id, "name": name, "input": {}}, *deltas)


def end(stop_reason: str = "end_turn", **usage: Any) -> bytes:
    return event(
        "message_delta",
        delta={"stop_reason": stop_reason, "stop_sequence": None},
        usage={"output_tokens": 15, **usage},
    ) + event("message_stop")


PING = event("ping")


def sdk_client(body: bytes, status: int = 200, kind: str = "text/event-stream") -> anthropic.Anthropic:
    def answer(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(status, content=body, headers={"content-type": kind})

    http = anthropic.DefaultHttpxClient(transport=httpx2.MockTransport(answer))
    return anthropic.Anthropic(api_key="k", base_url="http://upstream", max_retries=0, http_client=http)


def sdk_reads(stream: bytes) -> dict[str, Any]:
    """The final message that the real SDK accumulates from a stream."""
    with sdk_client(stream) as client, client.beta.messages.stream(model="m", max_tokens=9, messages=[]) as reading:
        return plain(reading.get_final_message())


def sdk_parses(body: bytes) -> dict[str, Any]:
    """The message that the real SDK makes of a non-streaming body."""
    with sdk_client(body, kind="application/json") as client:
        return plain(client.beta.messages.create(model="m", max_tokens=9, messages=[]))


def plain(message: BetaMessage) -> dict[str, Any]:
    """What a message says: members that are null or absent say the same."""
    value = message.to_dict(mode="json")
    value["content"] = [{k: v for k, v in item.items() if v is not None} for item in value["content"]]
    return {name: member for name, member in value.items() if member is not None}


RICH = (
    start()
    + PING
    + block(
        0,
        {"type": "thinking", "thinking": "", "signature": ""},
        {"type": "thinking_delta", "thinking": "Let me "},
        {"type": "thinking_delta", "thinking": "see 😀"},
        {"type": "signature_delta", "signature": "EqQBCg=="},
    )
    + block(1, {"type": "redacted_thinking", "data": "c2Vj"})
    + block(
        2,
        {"type": "text", "text": "", "citations": []},
        {"type": "citations_delta", "citation": {"type": "char_location", "cited_text": "a", "document_index": 0}},
        {"type": "text_delta", "text": "First.\n"},
        {"type": "citations_delta", "citation": {"type": "char_location", "cited_text": "b", "document_index": 1}},
        {"type": "text_delta", "text": "Second"},
    )
    + block(
        3,
        {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {}},
        {"type": "input_json_delta", "partial_json": '{"query":'},
        {"type": "input_json_delta", "partial_json": '"x"}'},
    )
    + block(4, {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": [], "future": {"n": 1}})
    + call(5, "read", "", '{"path": "/a', '", "n": 12345678901234567890, "s": "\\u00e9"}')
    + call(6, "now", "", call_id="toolu_2")
    + event("from_the_future", x=1)
    + end("tool_use", input_tokens=30, server_tool_use={"web_search_requests": 1})
)


# -- answers --------------------------------------------------------------------------------------------------


def body_of(*content: Any, **fields: Any) -> bytes:
    message = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-x",
        "content": list(content),
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 3, "output_tokens": 2},
    }
    return orjson.dumps({**message, **fields})


def test_an_answer_tells_its_text_calls_and_cost() -> None:
    raw = (
        b'{"id":"msg_7","type":"message","role":"assistant","model":"claude-x","content":[{"type":"text","text":"A"},'
        b'{"type":"text","text":"B"},{"type":"tool_use","id":"t1","name":"f","input":{ "n" : 1e2 }},'
        b'{"type":"server_tool_use","id":"s","name":"web_search","input":{}}],"stop_reason":"tool_use",'
        b'"usage":{"input_tokens":7,"cache_creation_input_tokens":5,"cache_read_input_tokens":3,"output_tokens":2,'
        b'"cache_creation":{"ephemeral_5m_input_tokens":1,"ephemeral_1h_input_tokens":4}}}'
    )
    answer = CODEC.read_response(200, raw)
    assert (answer.text, answer.finish, answer.model, answer.id) == ("AB", "tool_calls", "claude-x", "msg_7")
    assert answer.tool_calls == (ToolCall("t1", "f", '{ "n" : 1e2 }'),)
    assert answer.usage == Usage(fresh=7, written=5, read=3, output=2, written_1h=4)
    assert answer.usage.input == 15
    assert answer.complete
    assert answer.successful
    assert answer.body == raw


@pytest.mark.parametrize(
    ("reason", "finish"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("tool_use", "tool_calls"),
        ("max_tokens", "length"),
        ("model_context_window_exceeded", "length"),
        ("refusal", "refusal"),
        ("pause_turn", "paused"),
        ("something_new", "unknown"),
    ],
)
def test_every_stop_reason_has_its_meaning(reason: str, finish: str) -> None:
    answer = CODEC.read_response(200, body_of(stop_reason=reason))
    assert (answer.finish, answer.complete) == (finish, True)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (529, CODEC.error(529, "busy")),
        (200, CODEC.error(500, "oops")),
        (502, b"<html>bad gateway</html>"),
        (200, b""),
        (200, b"[1]"),
        (200, b'{"type":"message","content":null}'),
        (200, b'{"type":"completion","content":[]}'),
        (500, body_of()),
        (200, body_of(stop_reason=None)),
        (200, b'{"content":[{"type":"tool_use","name":"f","name":"g"}],"stop_reason":"end_turn"}'),
    ],
)
def test_what_is_no_whole_answer_is_not_complete(status: int, body: bytes) -> None:
    for answer in (CODEC.read_response(status, body), CODEC.read_stream(status, body)):
        assert not answer.complete
        assert answer.status == status


def test_odd_members_do_not_stop_the_reading() -> None:
    odd = body_of(5, {"type": "text"}, {"type": "tool_use", "id": 3}, {"type": "tool_use", "name": "f"}, usage=[], id=4)
    answer = CODEC.read_response(200, odd)
    assert (answer.complete, answer.text, answer.usage, answer.id) == (True, "", None, "")
    assert answer.tool_calls == (ToolCall("", "f", "{}"),)
    assert CODEC.read_response(200, body_of(usage={"input_tokens": "many", "output_tokens": True})).usage == Usage()


def test_tokens_of_a_compaction_are_paid_as_well() -> None:
    iterations = [
        {"type": "compaction", "input_tokens": 100, "cache_read_input_tokens": 7, "output_tokens": 9},
        {"type": "message", "input_tokens": 3, "output_tokens": 2},
    ]
    usage = {"input_tokens": 3, "output_tokens": 2, "iterations": iterations}
    assert CODEC.read_response(200, body_of(usage=usage)).usage == Usage(fresh=103, read=7, output=11)


def test_an_answer_is_issued_again_under_a_new_id_and_free() -> None:
    usage = {
        "input_tokens": 3,
        "cache_creation": {"ephemeral_1h_input_tokens": 2},
        "service_tier": "standard",
        "x": 1.5,
    }
    body = body_of({"type": "text", "text": "x"}, usage={**usage, "output_tokens": 4, "speed": None})
    again = json.loads(CODEC.reissue(body, "abc"))
    zero = {"input_tokens": 0, "cache_creation": {"ephemeral_1h_input_tokens": 0}, "service_tier": "standard", "x": 0}
    assert again == {**json.loads(body), "id": "msg_abc", "usage": {**zero, "output_tokens": 0, "speed": None}}
    assert json.loads(CODEC.reissue(body, "msg_z"))["id"] == "msg_z"
    assert CODEC.read_response(200, CODEC.reissue(body, "abc")).usage == Usage()
    assert json.loads(CODEC.reissue(b'{"content":[]}', "q")) == {"content": [], "id": "msg_q"}


# -- streams --------------------------------------------------------------------------------------------------


def test_an_assembled_stream_is_what_the_sdk_accumulates() -> None:
    answer = CODEC.read_stream(200, RICH)
    assert answer.complete
    assert sdk_parses(answer.body) == sdk_reads(RICH)
    assert answer.text == "First.\nSecond"
    assert answer.finish == "tool_calls"
    assert answer.tool_calls == (
        ToolCall("toolu_1", "read", '{"path": "/a", "n": 12345678901234567890, "s": "\\u00e9"}'),
        ToolCall("toolu_2", "now", "{}"),
    )
    assert answer.usage == Usage(fresh=30, written=100, read=50, output=15, written_1h=40)
    assert json.loads(answer.body)["content"][4]["future"] == {"n": 1}


def test_compaction_fallback_and_members_of_the_ending_are_assembled() -> None:
    stream = (
        start()
        + block(
            0,
            {"type": "compaction", "content": None},
            {"type": "compaction_delta", "content": "so far", "encrypted_content": "E"},
        )
        + block(1, {"type": "fallback", "from": {"model": "a"}, "to": {"model": "b"}, "trigger": {"type": "refusal"}})
        + text(2, "x")
        + event(
            "message_delta",
            delta={"stop_reason": "end_turn", "stop_sequence": None, "container": {"id": "c", "expires_at": "2030"}},
            usage={"output_tokens": 2, "cache_read_input_tokens": None},
            context_management={"applied_edits": []},
        )
        + event("message_stop")
    )
    answer = CODEC.read_stream(200, stream)
    assert (answer.complete, answer.model) == (True, "b")
    assert sdk_parses(answer.body) == sdk_reads(stream)
    assert json.loads(answer.body)["container"]["id"] == "c"
    assert answer.usage == Usage(fresh=25, written=100, read=50, output=2, written_1h=40)


def test_what_a_block_starts_with_is_kept_and_the_last_ending_counts() -> None:
    cited = {"type": "char_location", "cited_text": "a", "document_index": 0}
    stream = (
        start()
        + block(
            0,
            {"type": "text", "text": "Be", "citations": [cited]},
            {"type": "citations_delta", "citation": {**cited, "cited_text": "b"}},
            {"type": "text_delta", "text": "gun"},
        )
        + event("message_delta", delta={"stop_reason": None, "stop_sequence": "##"}, usage={"output_tokens": 1})
        + end()
    )
    answer = CODEC.read_stream(200, stream)
    assert sdk_parses(answer.body) == sdk_reads(stream)
    assert answer.text == "Begun"
    assert len(json.loads(answer.body)["content"][0]["citations"]) == 2
    assert json.loads(answer.body)["stop_sequence"] is None


@pytest.mark.parametrize(
    "stream",
    [
        start() + text(0, "half"),
        start() + text(0, "half") + end().split(b"event: message_stop")[0],
        start() + text(0, "half") + event("error", error={"type": "overloaded_error", "message": "busy"}),
        start() + text(0, "x") + end() + event("error", error={}),
        start() + event("content_block_delta", index=3, delta={"type": "text_delta", "text": "lost"}) + end(),
        start() + block(0, {"type": "text", "text": ""}, {"type": "hologram_delta", "x": 1}) + end(),
        start() + event("content_block_start", index="0", content_block={}) + end(),
        start() + event("content_block_delta", index=[0]) + end(),
        text(0, "no start") + end(),
        event("error", error={"type": "api_error", "message": "m"}),
        b"event: message_start\ndata: not json\n\n" + end(),
        b"",
        b": only a comment\n\n",
        start() + b"\xff\xfe\n\n",
    ],
)
def test_a_broken_stream_is_never_complete(stream: bytes) -> None:
    assert not CODEC.read_stream(200, stream).complete


def test_an_error_event_is_told() -> None:
    answer = CODEC.read_stream(200, CODEC.stream_error("gone"))
    assert (answer.finish, answer.complete) == ("error", False)
    assert answer.details["error"] == {"type": "api_error", "message": "gone"}
    half = CODEC.read_stream(200, start() + text(0, "half") + CODEC.stream_error("gone"))
    assert (half.finish, half.text) == ("error", "half")


def test_arguments_cut_at_max_tokens_are_kept_as_written() -> None:
    answer = CODEC.read_stream(200, start() + call(0, "write", '{"text": "abc', " de") + end("max_tokens"))
    assert (answer.finish, answer.complete, answer.successful) == ("length", True, False)
    assert answer.tool_calls == (ToolCall("toolu_1", "write", '{"text": "abc de'),)
    assert json.loads(answer.body)["content"][0]["input"] == {}


def test_a_body_that_did_not_stream_is_read_all_the_same() -> None:
    assert CODEC.read_stream(200, body_of({"type": "text", "text": "x"})).text == "x"
    assert CODEC.read_stream(429, CODEC.error(429, "slow")).details["error"]["type"] == "rate_limit_error"


ENDINGS = [b"\n", b"\r\n", b"\r"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_line_endings_and_a_missing_blank_line_change_nothing(ending: bytes) -> None:
    whole = CODEC.read_stream(200, RICH)
    stream = RICH.replace(b"\n", ending).rstrip()
    assert CODEC.read_stream(200, stream).body == whole.body
    assert CODEC.stream_end(stream) == CODEC.stream_end(RICH)


def test_the_end_of_a_stream_tells_usage_and_completeness() -> None:
    whole = CODEC.stream_end(RICH)
    assert (whole.usage, whole.complete) == (CODEC.read_stream(200, RICH).usage, True)
    huge = start() + text(0, "x" * 300_000) + end(input_tokens=7) + PING + event("from_the_future", y="z" * 50_000)
    seen = CODEC.stream_end(huge)
    assert (seen.usage, seen.complete) == (Usage(fresh=7, written=100, read=50, output=15, written_1h=40), True)


def test_the_end_of_a_broken_stream_is_not_complete_and_has_cost_its_input() -> None:
    for tail in (b"", CODEC.stream_error("x"), end().split(b"event: message_stop")[0], b"event: message_stop\ndata: {"):
        seen = CODEC.stream_end(start() + PING + text(0, "half") + tail)
        assert not seen.complete
        assert seen.usage is not None
        assert seen.usage.input == 175
    for other in (b"", b"\n\n", body_of(), b"<html>\n\n", text(0, "x"), b"data: [1]\n\n", b"\xff" * 99):
        assert not CODEC.stream_end(other).complete
        assert CODEC.stream_end(other).usage is None
    assert not CODEC.stream_end(text(0, "no start") + end()).complete


def test_only_text_that_looks_like_an_ending_is_no_ending() -> None:
    fake = 'event: message_stop\ndata: {"type":"message_stop"}\n\n'
    seen = CODEC.stream_end(start() + text(0, fake * 300))
    assert not seen.complete


# -- replay ---------------------------------------------------------------------------------------------------


def replayed(body: bytes) -> bytes:
    return b"".join(CODEC.replay(body, REQUEST))


def test_a_replayed_answer_is_the_stored_one_for_the_sdk() -> None:
    body = CODEC.read_stream(200, RICH).body
    assert sdk_reads(replayed(body)) == sdk_parses(body)
    assert CODEC.read_stream(200, replayed(body)).tool_calls == CODEC.read_response(200, body).tool_calls


def test_a_replay_has_the_providers_events_in_order_and_words_as_chunks() -> None:
    body = body_of({"type": "text", "text": "Hello  big\nworld"}, stop_reason="stop_sequence", stop_sequence="###")
    events = events_of(replayed(body))
    assert [e.event for e in events] == [
        "message_start",
        "ping",
        "content_block_start",
        *["content_block_delta"] * 3,
        "content_block_stop",
        "message_delta",
        "message_stop",
    ]
    assert all(json.loads(e.data)["type"] == e.event for e in events)
    assert [json.loads(e.data)["delta"]["text"] for e in events[3:6]] == ["Hello  ", "big\n", "world"]
    begun = json.loads(events[0].data)["message"]
    assert (begun["content"], begun["stop_reason"], begun["stop_sequence"]) == ([], None, None)
    assert json.loads(events[-2].data) == {
        "type": "message_delta",
        "delta": {"stop_reason": "stop_sequence", "stop_sequence": "###"},
        "usage": {"input_tokens": 3, "output_tokens": 2},
    }


def test_an_issued_again_answer_replays_as_free_and_complete() -> None:
    stream = replayed(CODEC.reissue(body_of({"type": "text", "text": "x"}), "new"))
    assert CODEC.stream_end(stream).usage == Usage()
    assert CODEC.stream_end(stream).complete
    assert sdk_reads(stream)["id"] == "msg_new"


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"content":null}', b'{"content":[3]}', b"nonsense"])
def test_what_is_no_answer_is_not_replayed(body: bytes) -> None:
    with pytest.raises(NotUnderstood):
        replayed(body)


WORDS = st.text(st.characters(codec="utf-8"), max_size=30)
INPUTS = st.dictionaries(WORDS, st.none() | st.booleans() | st.integers(-(2**70), 2**70) | WORDS, max_size=3)
CONTENT = st.one_of(
    st.builds(lambda t: {"type": "text", "text": t}, WORDS),
    st.builds(lambda t: {"type": "text", "text": t, "citations": None}, WORDS),
    st.builds(lambda i, n: {"type": "tool_use", "id": i, "name": n, "input": {}}, WORDS, WORDS),
    st.builds(lambda i: {"type": "tool_use", "id": "t", "name": "f", "input": i, "caller": {"type": "direct"}}, INPUTS),
    st.builds(lambda t, s: {"type": "thinking", "thinking": t, "signature": s}, WORDS, WORDS),
    st.builds(lambda t: {"type": "redacted_thinking", "data": t}, WORDS),
    st.just({"type": "container_upload", "file_id": "f"}),
)


@given(st.lists(CONTENT, max_size=4), st.sampled_from([None, 1]), st.booleans())
@settings(max_examples=60, deadline=None)
def test_any_answer_survives_replay_and_assembly(content: list[Any], indent: int | None, escape: bool) -> None:
    """The SDK accumulates the stored answer, and so does trimtab, whatever the text and the body's whitespace."""
    message = {**json.loads(body_of()), "content": content, "usage": {"input_tokens": 1, "output_tokens": 9}}
    body = json.dumps(message, indent=indent, ensure_ascii=escape).encode()
    stream = replayed(body)
    assert sdk_reads(stream) == sdk_parses(body)
    again = CODEC.read_stream(200, stream)
    assert again.complete
    assert json.loads(again.body) == json.loads(body)


# -- errors ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "kind", "raised"),
    [
        (400, "invalid_request_error", anthropic.BadRequestError),
        (401, "authentication_error", anthropic.AuthenticationError),
        (403, "permission_error", anthropic.PermissionDeniedError),
        (404, "not_found_error", anthropic.NotFoundError),
        (413, "request_too_large", anthropic.APIStatusError),
        (422, "invalid_request_error", anthropic.UnprocessableEntityError),
        (429, "rate_limit_error", anthropic.RateLimitError),
        (500, "api_error", anthropic.InternalServerError),
        (502, "api_error", anthropic.InternalServerError),
        (503, "api_error", anthropic.InternalServerError),
        (504, "api_error", anthropic.InternalServerError),
        (529, "overloaded_error", anthropic.InternalServerError),
    ],
)
def test_errors_have_the_providers_shape(status: int, kind: str, raised: type[anthropic.APIStatusError]) -> None:
    body = CODEC.error(status, "why")
    assert json.loads(body) == {"type": "error", "error": {"type": kind, "message": "why"}}
    with sdk_client(body, status, "application/json") as client, pytest.raises(raised) as caught:
        client.messages.create(model="m", max_tokens=1, messages=[])
    assert caught.value.type == kind


def test_an_error_inside_a_stream_is_raised_by_the_sdk() -> None:
    with (
        sdk_client(start() + text(0, "half") + CODEC.stream_error("upstream broke off")) as client,
        client.messages.stream(model="m", max_tokens=9, messages=[]) as reading,
        pytest.raises(anthropic.APIStatusError, match="upstream broke off") as caught,
    ):
        reading.until_done()
    assert caught.value.type == "api_error"


def test_a_replay_is_made_piece_by_piece() -> None:
    made = CODEC.replay(body_of({"type": "text", "text": "x"}), REQUEST)
    assert isinstance(made, Iterator)
    assert next(made).startswith(b"event: message_start\n")
