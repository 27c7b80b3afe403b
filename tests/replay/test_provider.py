"""The offline provider answers with what was recorded, counts as a provider counts and refuses what one refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Clock
from tests.replay.material import FORMATS, played
from trimtab.replay import Library, Recorded, ReplayProvider
from trimtab.request import Format
from trimtab.response import Usage
from trimtab.wire import CODECS


def provider_of(clock: Clock, *recordings: list[Recorded]) -> ReplayProvider:
    library = Library()
    for recording in recordings:
        for one in recording:
            library.add(one)
    return ReplayProvider(library, clock)


@pytest.mark.parametrize("wire", FORMATS)
@pytest.mark.parametrize("named", [True, False])
def test_the_recorded_answer_is_found(wire: Format, named: bool, clock: Clock) -> None:
    """By the id in the header, or by what the request says."""
    session = played(wire)
    provider = provider_of(clock, session)
    codec = CODECS[wire]
    for one in session:
        given = provider.respond(wire, one.request, "key", one.id if named else "")
        assert given.status == 200, given.body
        assert given.recorded is not None
        assert given.recorded.id == one.id
        got, meant = codec.read_response(200, given.body), codec.read_response(200, one.response)
        assert (got.text, got.tool_calls, got.id) == (meant.text, meant.tool_calls, meant.id)


@pytest.mark.parametrize("wire", FORMATS)
def test_a_shortened_request_is_still_recognised(wire: Format, clock: Clock) -> None:
    """System text, tool schemas and tool results may be changed on the way; the answer stays the recorded one."""
    one = played(wire)[1]
    provider = provider_of(clock, played(wire))
    shorter = one.request.replace(b"You answer questions about tides.", b"Tides.").replace(b"04:12", b"4h")
    shorter = shorter.replace(b"Times of the tides.", b"Tides")
    assert shorter != one.request
    given = provider.respond(wire, shorter, "key")
    assert given.recorded is not None
    assert given.recorded.step == 1


def test_sessions_that_begin_alike_are_told_apart(clock: Clock) -> None:
    """By their system text where they differ in it, else one after the other."""
    first = played("openai_chat", session_id="a")
    second = played("openai_chat", session_id="b")
    third = played("openai_chat", session_id="c")
    third = [
        Recorded(o.session, o.step, o.format, o.request.replace(b"You answer", b"You gladly answer"), o.response)
        for o in third
    ]
    provider = provider_of(clock, first, second, third)
    ids = [provider.respond("openai_chat", one[0].request, "key").recorded for one in (first, first, third)]
    assert [one and one.session for one in ids] == ["a", "b", "c"]


@pytest.mark.parametrize("wire", FORMATS)
def test_a_stream_says_the_same(wire: Format, clock: Clock) -> None:
    """Asked for a stream, the provider gives events from which the same answer and usage come."""
    one = played(wire)[0]
    provider, other = provider_of(clock, [one]), provider_of(clock, [one])
    body: dict[str, Any] = {**json.loads(one.request), "stream": True}
    if wire == "openai_chat":
        body["stream_options"] = {"include_usage": True}
    given = provider.respond(wire, json.dumps(body).encode(), "key")
    assert given.content_type.startswith("text/event-stream")
    codec = CODECS[wire]
    streamed = codec.read_stream(200, given.body)
    whole = codec.read_response(200, other.respond(wire, one.request, "key").body)
    assert streamed.complete
    assert (streamed.text, streamed.tool_calls, streamed.usage) == (whole.text, whole.tool_calls, whole.usage)


def long_session(wire: Format) -> list[Recorded]:
    """System text of 1,200 tokens and one token a message; 3 more for each, as providers add them."""
    messages = [
        {"role": "system", "content": "hello" + " hello" * 1199},
        {"role": "user", "content": "hi"},
        {"role": "assistant", "content": "yes"},
        {"role": "user", "content": "go"},
        {"role": "assistant", "content": "yes"},
    ]
    return played(wire, tools=[], messages=messages, requests=[2, 4])


def test_openai_reads_from_cache_in_steps_of_128(clock: Clock) -> None:
    """1,207 tokens are fresh at first; of them 1,152, nine steps of 128, are read again, for five minutes."""
    first, second = long_session("openai_chat")
    provider = provider_of(clock, [first, second])
    assert provider.respond("openai_chat", first.request, "key").usage == Usage(fresh=1207, output=1)
    given = provider.respond("openai_chat", second.request, "key")
    assert json.loads(given.body)["usage"] == {
        "prompt_tokens": 1215,
        "completion_tokens": 1,
        "total_tokens": 1216,
        "prompt_tokens_details": {"cached_tokens": 1152},
    }
    other = provider.respond("openai_chat", second.request, "another key")
    assert other.usage == Usage(fresh=1215, output=1)
    clock.advance(301)
    assert provider.respond("openai_chat", second.request, "key").usage == Usage(fresh=1215, output=1)


def test_anthropic_reads_and_writes_at_breakpoints(clock: Clock) -> None:
    """The first request writes all 1,207 tokens, the second reads them and writes the 8 that are new."""
    first, second = long_session("anthropic_messages")
    provider = provider_of(clock, [first, second])
    assert provider.respond("anthropic_messages", first.request, "key").usage == Usage(written=1207, output=1)
    usage = json.loads(provider.respond("anthropic_messages", second.request, "key").body)["usage"]
    assert usage == {
        "input_tokens": 0,
        "cache_creation_input_tokens": 8,
        "cache_read_input_tokens": 1207,
        "cache_creation": {"ephemeral_5m_input_tokens": 8, "ephemeral_1h_input_tokens": 0},
        "output_tokens": 1,
    }


def test_responses_report_cached_tokens_in_their_own_shape(clock: Clock) -> None:
    """The same prompt in Responses has its cached part under the input's details."""
    first, second = long_session("openai_responses")
    provider = provider_of(clock, [first, second])
    provider.respond("openai_responses", first.request, "key")
    usage = json.loads(provider.respond("openai_responses", second.request, "key").body)["usage"]
    assert usage["input_tokens_details"] == {"cached_tokens": 1152}
    assert usage["input_tokens"] == 1215


def test_recorded_output_tokens_are_kept(clock: Clock) -> None:
    """Where the recording has the provider's own count (with reasoning in it), that is what the answer costs."""
    one = played("openai_chat")[0]
    answer = {**json.loads(one.response), "usage": {"prompt_tokens": 9, "completion_tokens": 777, "total_tokens": 786}}
    recorded = Recorded(one.session, 0, one.format, one.request, json.dumps(answer).encode())
    given = provider_of(clock, [recorded]).respond("openai_chat", one.request, "key")
    assert json.loads(given.body)["usage"]["completion_tokens"] == 777


Change = Callable[[dict[str, Any]], object]


def without_result(body: dict[str, Any]) -> None:
    messages = body.get("messages") or body["input"]
    if isinstance(messages[-1].get("content"), list):
        messages[-1]["content"].pop()
    else:
        messages.pop()


def marked_everywhere(body: dict[str, Any]) -> None:
    for message in body["messages"]:
        for block in message["content"]:
            block["cache_control"] = {"type": "ephemeral"}


@pytest.mark.parametrize(
    ("wire", "change", "said"),
    [
        ("openai_chat", without_result, "tool_call_ids did not have response messages: call_b"),
        ("openai_chat", lambda body: body["messages"].pop(2), "has to answer a preceding 'tool_calls'"),
        ("openai_chat", lambda body: body["messages"].clear(), "empty array"),
        ("openai_chat", lambda body: body.update(tools=[]), "'tools'"),
        ("openai_chat", lambda body: body["messages"][1].update(content=None), "got null"),
        ("openai_chat", lambda body: body.update(prompt_cache_key="k" * 65), "prompt_cache_key"),
        ("openai_chat", lambda body: body["tools"][0]["function"].update(name="a tool"), "does not match pattern"),
        ("openai_responses", without_result, "No tool output found for function call call_b"),
        ("openai_responses", lambda body: body["input"].pop(2), "No tool call found"),
        ("openai_responses", lambda body: body["input"].clear(), "Missing required parameter"),
        ("anthropic_messages", without_result, "without `tool_result` blocks immediately after: call_b"),
        ("anthropic_messages", lambda body: body["messages"].pop(1), "unexpected `tool_use_id`"),
        ("anthropic_messages", lambda body: body["messages"].pop(0), "first message must use the user role"),
        ("anthropic_messages", lambda body: body["messages"].clear(), "at least one message"),
        ("anthropic_messages", marked_everywhere, "A maximum of 4 blocks with cache_control"),
        ("anthropic_messages", lambda body: body["messages"][0]["content"][0].update(text=" "), "non-whitespace"),
        ("anthropic_messages", lambda body: body["messages"][1].update(content=[]), "non-empty content"),
        ("anthropic_messages", lambda body: body.pop("max_tokens"), "max_tokens"),
        ("anthropic_messages", lambda body: body["tools"].append(body["tools"][0]), "must be unique"),
    ],
)
def test_invalid_requests_are_refused(wire: Format, change: Change, said: str, clock: Clock) -> None:
    """What an optimizer could break is answered with 400 in the provider's shape, and the reason is kept."""
    one = played(wire)[1]
    provider = provider_of(clock, [one])
    body = json.loads(one.request)
    change(body)
    given = provider.respond(wire, json.dumps(body).encode(), "key", one.id)
    assert given.status == 400
    assert said in json.loads(given.body)["error"]["message"]
    assert said in provider.refusals[-1]
    assert provider.respond(wire, one.request, "key", one.id).status == 200


def test_unknown_requests_and_broken_bodies_are_told_apart(clock: Clock) -> None:
    """404 for a request that nobody recorded, 400 for one that is no JSON."""
    provider = provider_of(clock, played("openai_chat"))
    unknown = {"model": "gpt-4.1", "messages": [{"role": "user", "content": "Something else"}]}
    assert provider.respond("openai_chat", json.dumps(unknown).encode(), "key").status == 404
    assert provider.respond("openai_chat", played("openai_chat")[0].request, "key", "no-such-id").status == 404
    assert provider.respond("openai_chat", b"{", "key").status == 400
    assert provider.count_tokens(b"{").status == 400
