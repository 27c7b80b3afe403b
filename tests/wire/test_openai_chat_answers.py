"""Chat Completions answers: read in every provider's shape, hidden, sent back, reissued, and our own errors."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.types.chat import ChatCompletion

from tests.wire.test_fragments import JSON, spaced
from trimtab.errors import NotUnderstood
from trimtab.request import Message
from trimtab.response import ToolCall, Usage
from trimtab.wire import fragments
from trimtab.wire.codec import ToolResult
from trimtab.wire.openai_chat import OpenAIChat

CODEC = OpenAIChat()
USAGE = {
    "prompt_tokens": 100,
    "completion_tokens": 20,
    "total_tokens": 120,
    "prompt_tokens_details": {"cached_tokens": 64, "audio_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": 5},
}


def call(name: str, arguments: str = "{}", call_id: str = "") -> dict[str, Any]:
    function = {"name": name, "arguments": arguments}
    return {"id": call_id or f"call_{name}", "type": "function", "function": function}


def completion(message: dict[str, Any] | None = None, finish: str = "stop", **more: Any) -> dict[str, Any]:
    message = {"role": "assistant", "content": "hi", **(message or {})}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1700000000,
        "model": "gpt-5-2025",
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": finish}],
        "usage": USAGE,
        "service_tier": "default",
        "system_fingerprint": "fp_1",
        **more,
    }


def encoded(value: Any) -> bytes:
    return json.dumps(value).encode()


def read(value: Any, status: int = 200) -> Any:
    return CODEC.read_response(status, encoded(value))


# -- reading --------------------------------------------------------------------------------------------------


def test_an_answer_is_read_whole() -> None:
    """Text, id, model, usage, tier and completeness of a plain answer."""
    answer = read(completion())
    assert (answer.text, answer.id, answer.model, answer.finish) == ("hi", "chatcmpl-1", "gpt-5-2025", "stop")
    assert answer.usage == Usage(fresh=36, read=64, output=20)
    assert (answer.complete, answer.successful, answer.choices) == (True, True, 1)
    assert answer.details == {"service_tier": "default", "system_fingerprint": "fp_1"}


def test_calls_of_every_kind_are_read() -> None:
    """Parallel, custom and legacy calls, and arguments that are not a string."""
    custom = {"id": "c2", "type": "custom", "custom": {"name": "g", "input": "free"}}
    odd = {"id": "c3", "type": "function", "function": {"name": "h", "arguments": {"a": 1}}}
    calls = [call("f", '{"x": 1}', "c1"), custom, odd, 7, {}]
    answer = read(completion({"content": None, "tool_calls": calls}, "tool_calls"))
    assert answer.tool_calls[:3] == (ToolCall("c1", "f", '{"x": 1}'), ToolCall("c2", "g", "free"),
                                     ToolCall("c3", "h", '{"a":1}'))  # fmt: skip
    legacy = read(completion({"content": None, "function_call": {"name": "f", "arguments": "{}"}}, "function_call"))
    assert (legacy.tool_calls, legacy.finish) == ((ToolCall("", "f", "{}"),), "tool_calls")


@pytest.mark.parametrize(
    ("reason", "message", "finish"),
    [
        ("stop", {}, "stop"),
        ("stop", {"refusal": "I can't"}, "refusal"),
        ("stop", {"tool_calls": [call("f")]}, "tool_calls"),
        ("stop", {"tool_calls": []}, "stop"),
        ("tool_calls", {"tool_calls": [call("f")]}, "tool_calls"),
        ("function_call", {"function_call": {"name": "f", "arguments": ""}}, "tool_calls"),
        ("length", {}, "length"),
        ("content_filter", {}, "filtered"),
        ("error", {}, "error"),
        ("something new", {}, "unknown"),
    ],
)
def test_finish_reasons(reason: str, message: dict[str, Any], finish: str) -> None:
    """Each reason is mapped; only a meant ending counts as success."""
    answer = read(completion(message, reason))
    assert answer.finish == finish
    assert answer.successful == (finish in ("stop", "tool_calls"))


def test_of_several_choices_the_worst_ending_counts() -> None:
    """With n>1 the text is the first choice's, and one that was cut off spoils the answer."""
    one = completion()["choices"][0]
    cut = {"index": 1, "message": {"role": "assistant", "content": "cu"}, "finish_reason": "length"}
    answer = read(completion(choices=[one, cut]))
    assert (answer.text, answer.choices, answer.finish, answer.successful) == ("hi", 2, "length", False)


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (USAGE, Usage(36, 0, 64, 20)),
        ({"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13}, Usage(9, 0, 0, 4)),
        ({"prompt_tokens": 9, "completion_tokens": 4, "prompt_tokens_details": None}, Usage(9, 0, 0, 4)),
        # OpenAI's explicit breakpoints
        (
            {"prompt_tokens": 90, "completion_tokens": 4,
             "prompt_tokens_details": {"cached_tokens": 30, "cache_write_tokens": 50}},
            Usage(10, 50, 30, 4),
        ),
        # Anthropic behind LiteLLM, which counts the cached part in, and behind proxies that leave it out
        (
            {"prompt_tokens": 90, "completion_tokens": 4, "total_tokens": 94,
             "cache_read_input_tokens": 30, "cache_creation_input_tokens": 50},
            Usage(10, 50, 30, 4),
        ),
        (
            {"prompt_tokens": 10, "completion_tokens": 4, "total_tokens": 14,
             "cache_read_input_tokens": 30, "cache_creation_input_tokens": 50},
            Usage(10, 50, 30, 4),
        ),
        (
            {"prompt_tokens": 90, "completion_tokens": 4,
             "prompt_tokens_details": {"cached_tokens": 30, "cache_creation_tokens": 50,
                                       "cache_creation_token_details": {"ephemeral_1h_input_tokens": 20}}},
            Usage(10, 50, 30, 4, 20),
        ),
        # DeepSeek, Moonshot
        (
            {"prompt_tokens": 90, "completion_tokens": 4, "prompt_cache_hit_tokens": 64,
             "prompt_cache_miss_tokens": 26},
            Usage(26, 0, 64, 4),
        ),
        ({"prompt_tokens": 90, "completion_tokens": 4, "cached_tokens": 64}, Usage(26, 0, 64, 4)),
        # xAI and Gemini: reasoning is in the total only
        ({"prompt_tokens": 10, "completion_tokens": 4, "total_tokens": 114}, Usage(10, 0, 0, 104)),
        ({"prompt_tokens": "9", "completion_tokens": None}, Usage()),
        ({}, None),
        (None, None),
        ([], None),
        (7, None),
    ],
)  # fmt: skip
def test_usage_in_each_provider_s_shape(usage: Any, expected: Usage | None) -> None:
    """Fresh, written and read add up to the whole input, whatever the provider calls them."""
    assert read(completion(usage=usage)).usage == expected


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<html>502</html>", b"[]", b"null", b'"x"', b"{", b"\xff", b'{"choices":null}', b'{"choices":[]}',
        b'{"choices":[1]}', b'{"choices":[{}]}', b'{"choices":{"a":1}}',
        b'{"choices":[{"message":null,"finish_reason":null}]}',
        b'{"error":{"message":"no"},"choices":[{"message":{"content":"x"},"finish_reason":"stop"}]}',
    ],
)  # fmt: skip
def test_what_is_no_answer_is_incomplete(body: bytes) -> None:
    """HTML, errors, empty and broken bodies are read without a crash and never count as an answer."""
    answer = CODEC.read_response(200, body)
    assert (answer.complete, answer.body) == (False, body)


def test_an_error_status_is_incomplete() -> None:
    """A body that looks like an answer under an error status is none; an error keeps its details."""
    assert not read(completion(), 500).complete
    error = read({"error": {"message": "slow down", "type": "rate_limit_error"}}, 429)
    assert (error.finish, error.details["error"]["message"]) == ("error", "slow down")


@given(JSON | st.dictionaries(st.sampled_from(["id", "model", "usage", "choices", "error"]), JSON | st.lists(
    st.dictionaries(st.sampled_from(["message", "finish_reason", "index"]), JSON | st.dictionaries(
        st.sampled_from(["content", "tool_calls", "function_call"]), JSON)))))  # fmt: skip
def test_no_body_crashes(value: Any) -> None:
    """Whatever JSON comes, it is read, hidden and reissued without a crash."""
    body = encoded(value)
    assert CODEC.read_response(200, body).body == body
    assert isinstance(CODEC.hide([body, body], {"find"}), bytes)


def test_content_in_parts_is_joined() -> None:
    """Providers that answer with a list of parts are read too; thinking is not text."""
    parts = [{"type": "thinking", "thinking": []}, {"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    assert read(completion({"content": parts})).text == "ab"


# -- rounds ---------------------------------------------------------------------------------------------------


def turn(message: dict[str, Any]) -> Any:
    [sent] = CODEC.turn(read(completion(message)))
    assert sent.role == "assistant"
    return json.loads(sent.raw)


def test_a_turn_goes_back_verbatim_less_what_providers_refuse() -> None:
    """Calls and reasoning stay as they are; nulls, empty lists and audio data do not go back."""
    calls = [call("f", '{"x":  1}'), call("g")]
    sent = turn({"content": None, "refusal": None, "annotations": [], "audio": None, "tool_calls": calls,
                 "function_call": None, "reasoning_content": "hm"})  # fmt: skip
    assert sent == {"role": "assistant", "content": None, "tool_calls": calls, "reasoning_content": "hm"}
    audio = {"id": "a1", "data": "AAAA", "transcript": "hi", "expires_at": 1}
    assert turn({"content": None, "audio": audio})["audio"] == {"id": "a1"}


def test_a_turn_keeps_the_bytes_of_calls() -> None:
    """Arguments are repeated byte for byte."""
    raw = b'{"id":"c","type":"function","function":{"name":"f","arguments":"{\\"a\\": \\u0031}"} }'
    body = b'{"choices":[{"message":{"tool_calls":[' + raw + b'],"content":null}}]}'
    [sent] = CODEC.turn(CODEC.read_response(200, body))
    assert raw in sent.raw
    assert json.loads(sent.raw)["role"] == "assistant"


def test_an_answer_without_a_message_has_no_turn() -> None:
    """An error body raises NotUnderstood."""
    for body in (b"<html>", b'{"error":{}}', b'{"choices":[]}', b'{"choices":[{}]}'):
        with pytest.raises(NotUnderstood):
            CODEC.turn(CODEC.read_response(200, body))


def test_results_are_joined_before_the_client_s_message() -> None:
    """One tool message a result; a legacy call, which has no id, gets a function message."""
    following = CODEC.read_message(b'{"role":"tool","tool_call_id":"c3","content":"theirs"}')
    results = [ToolResult("c1", "find", "found"), ToolResult("", "old", "done")]
    joined = CODEC.join(results, following)
    assert [json.loads(message.raw) for message in joined] == [
        {"role": "tool", "tool_call_id": "c1", "content": "found"},
        {"role": "function", "name": "old", "content": "done"},
        {"role": "tool", "tool_call_id": "c3", "content": "theirs"},
    ]
    assert joined[-1] is following
    assert all(isinstance(message, Message) for message in CODEC.join(results, None))
    assert len(CODEC.join(results, None)) == 2


def hide(*answers: dict[str, Any]) -> Any:
    body = CODEC.hide([encoded(answer) for answer in answers], {"find", "recall"})
    ChatCompletion.model_validate_json(body)
    return json.loads(body)


def test_internal_calls_are_hidden_and_texts_joined() -> None:
    """Text of all rounds in order; id, usage and all else are the last round's."""
    first = completion({"content": "Let me look.", "tool_calls": [call("find")]}, "tool_calls", id="chatcmpl-0")
    second = completion({"content": None, "tool_calls": [call("recall")]}, "tool_calls")
    third = completion({"content": "Here it is.", "vendor": 10**30}, id="chatcmpl-3")
    hidden = hide(first, second, third)
    want = completion({"content": "Let me look.\n\nHere it is.", "vendor": 10**30}, id="chatcmpl-3")
    assert hidden == want


def test_the_client_s_calls_stay() -> None:
    """Of a mixed message the internal calls go; the finish reason stays while a call is left."""
    mixed = [call("find"), call("theirs"), call("recall"), call("more")]
    hidden = hide(completion({"content": None, "tool_calls": mixed}, "tool_calls"))
    assert hidden == completion({"content": None, "tool_calls": [mixed[1], mixed[3]]}, "tool_calls")


def test_a_last_round_of_internal_calls_only_ends_in_stop() -> None:
    """Nobody is told of calls that nobody sees, legacy ones included."""
    hidden = hide(completion({"content": "x", "tool_calls": [call("find")]}, "tool_calls"))
    assert hidden == completion({"content": "x"}, "stop")
    legacy = hide(completion({"function_call": {"name": "find", "arguments": "{}"}}, "function_call"))
    assert legacy == completion({}, "stop")


def test_text_is_joined_with_parts_too() -> None:
    """Where the last round answers in parts, earlier text becomes the first part."""
    parts = [{"type": "text", "text": "b"}]
    body = CODEC.hide([encoded(completion({"content": "a"})), encoded(completion({"content": parts}))], {"find"})
    assert json.loads(body)["choices"][0]["message"]["content"] == [{"type": "text", "text": "a"}, *parts]


@given(spaced(completion({"vendor": {"a": [1.5, 10**40]}})))
def test_hiding_nothing_changes_nothing(body: str) -> None:
    """One round without internal calls goes out as it came in, byte for byte."""
    assert CODEC.hide([body.encode()], {"find"}) == body.encode()


@pytest.mark.parametrize("last", [b"<html>", b'{"error":{"message":"x"}}', b'{"choices":null}', b'{"choices":[7]}'])
def test_an_error_in_the_last_round_goes_out_as_it_is(last: bytes) -> None:
    """What is no answer is not edited."""
    assert CODEC.hide([encoded(completion()), last], {"find"}) == last


# -- reissue and errors ---------------------------------------------------------------------------------------


def test_a_reissued_answer_has_a_new_id_and_costs_nothing() -> None:
    """Usage keeps its shape at zero, everything else its bytes."""
    body = encoded(completion({"vendor": 10**30}))
    again = CODEC.reissue(body, "abc")
    fields, before = fragments.object_fields(again), fragments.object_fields(body)
    assert fields.pop("id") == b'"chatcmpl-abc"'
    usage = json.loads(fields.pop("usage"))
    assert usage["prompt_tokens_details"] == {"cached_tokens": 0, "audio_tokens": 0}
    assert CODEC.read_response(200, again).usage == Usage()
    assert fields == {name: raw for name, raw in before.items() if name not in ("id", "usage")}
    assert json.loads(CODEC.reissue(body, "chatcmpl-x"))["id"] == "chatcmpl-x"
    ChatCompletion.model_validate_json(again)


def client_for(status: int, body: bytes, media_type: str = "application/json") -> openai.OpenAI:
    def answer(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(status, content=body, headers={"content-type": media_type})

    http = httpx2.Client(transport=httpx2.MockTransport(answer))
    return openai.OpenAI(api_key="test", http_client=http, max_retries=0)


@pytest.mark.parametrize(
    ("status", "raised"),
    [
        (400, openai.BadRequestError),
        (401, openai.AuthenticationError),
        (403, openai.PermissionDeniedError),
        (404, openai.NotFoundError),
        (413, openai.APIStatusError),
        (429, openai.RateLimitError),
        (502, openai.InternalServerError),
        (504, openai.InternalServerError),
    ],
)
def test_the_sdk_understands_our_errors(status: int, raised: type[openai.APIStatusError]) -> None:
    """The SDK raises the class of the status and reads message and type."""
    with client_for(status, CODEC.error(status, "because")) as client, pytest.raises(raised) as caught:
        client.chat.completions.create(model="m", messages=[])
    assert "because" in caught.value.message
    assert caught.value.type
    assert set(json.loads(CODEC.error(status, "because"))["error"]) == {"message", "type", "param", "code"}


def test_the_sdk_raises_our_error_inside_a_stream() -> None:
    """An error event in a stream that has begun raises APIError with our message."""
    chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m",
             "choices": [{"index": 0, "delta": {"content": "hi"}, "finish_reason": None}]}  # fmt: skip
    stream = b"data: " + encoded(chunk) + b"\n\n" + CODEC.stream_error("the upstream went away")
    with client_for(200, stream, "text/event-stream") as client:
        chunks = client.chat.completions.create(model="m", messages=[], stream=True)
        assert next(chunks).choices[0].delta.content == "hi"
        with pytest.raises(openai.APIError, match="the upstream went away"):
            next(chunks)
