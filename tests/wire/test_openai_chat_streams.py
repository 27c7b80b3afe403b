"""Chat Completions streams: assembled, ended and replayed as the openai SDK's own accumulator sees them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import httpx2
import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.lib.streaming.chat import ChatCompletionStreamState
from openai.types.chat import ChatCompletion

from tests.wire.test_fragments import JSON
from tests.wire.test_openai_chat_answers import USAGE, call, completion, encoded
from trimtab.response import ToolCall, Usage
from trimtab.wire.openai_chat import OpenAIChat

CODEC = OpenAIChat()
DONE = b"data: [DONE]\n\n"


def delta(value: Any = None, finish: str | None = None, index: int = 0, **more: Any) -> dict[str, Any]:
    """One choice of a chunk."""
    return {"index": index, "delta": value or {}, "logprobs": None, "finish_reason": finish, **more}


def chunk(*choices: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1700000000,
        "model": "gpt-5-2025",
        "service_tier": "default",
        "system_fingerprint": "fp_1",
        "choices": list(choices),
        **more,
    }


def event(value: Any, ending: bytes = b"\n") -> bytes:
    return b"data: " + encoded(value) + ending * 2


def stream_of(*chunks: Any, done: bool = True, ending: bytes = b"\n") -> bytes:
    return b"".join(event(value, ending) for value in chunks) + (b"data: [DONE]" + ending * 2 if done else b"")


def opening(**more: Any) -> dict[str, Any]:
    return chunk(delta({"role": "assistant", "content": "", "refusal": None}), **more)


def text(value: str) -> dict[str, Any]:
    return chunk(delta({"content": value}))


def calls(*entries: dict[str, Any]) -> dict[str, Any]:
    return chunk(delta({"tool_calls": list(entries)}))


def begin(index: int, name: str, call_id: str = "") -> dict[str, Any]:
    return {"index": index, **call(name, "", call_id)}


def more(index: int, arguments: str) -> dict[str, Any]:
    return {"index": index, "function": {"arguments": arguments}}


USAGE_CHUNK = chunk(usage=USAGE)


def sdk_chunks(stream: bytes) -> list[Any]:
    """The chunks that the real SDK's client yields for a stream."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, content=stream, headers={"content-type": "text/event-stream"})

    http = httpx2.Client(transport=httpx2.MockTransport(answer))
    with openai.OpenAI(api_key="test", http_client=http, max_retries=0) as client:
        return list(client.chat.completions.create(model="m", messages=[], stream=True))


def sdk_answer(stream: bytes) -> Any:
    """What the SDK's accumulator makes of a stream, as plain JSON."""
    state: ChatCompletionStreamState[None] = ChatCompletionStreamState()
    for value in sdk_chunks(stream):
        state.handle_chunk(value)
    return normal(state.current_completion_snapshot.to_dict())


def normal(answer: Any) -> Any:
    """An answer without nulls, and without the index and parse results that the accumulator leaves in calls."""
    if isinstance(answer, dict):
        hidden = {"parsed_arguments", "parsed"} | ({"index"} if "function" in answer else set())
        return {name: normal(value) for name, value in answer.items() if value is not None and name not in hidden}
    return [normal(value) for value in answer] if isinstance(answer, list) else answer


def assembled(stream: bytes) -> Any:
    answer = CODEC.read_stream(200, stream)
    ChatCompletion.model_validate_json(answer.body)
    return json.loads(answer.body)


TOKENS = [{"token": piece, "logprob": -0.5, "bytes": [104], "top_logprobs": []} for piece in ("he", "llo")]
STREAMS = {
    "text": [opening(), text("he"), text("llo"), chunk(delta(finish="stop")), USAGE_CHUNK],
    "no usage": [opening(), text("hello"), chunk(delta(finish="length"))],
    "parallel calls": [
        chunk(delta({"role": "assistant", "content": None, "tool_calls": [begin(0, "f")], "refusal": None})),
        calls(more(0, '{"a"')), calls(more(0, ":1}")), calls(begin(1, "g")), calls(more(1, "{}")),
        chunk(delta(finish="tool_calls")), USAGE_CHUNK,
    ],
    "interleaved calls": [
        opening(), text("ok"), calls(begin(0, "f"), begin(1, "g")), calls(more(1, "{")), calls(more(0, "{")),
        calls(more(0, "}"), more(1, "}")), chunk(delta(finish="tool_calls")),
    ],
    "refusal": [opening(), chunk(delta({"refusal": "I "})), chunk(delta({"refusal": "can't"})),
                chunk(delta(finish="stop"))],
    "legacy": [chunk(delta({"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": ""}})),
               chunk(delta({"function_call": {"arguments": "{"}})), chunk(delta({"function_call": {"arguments": "}"}})),
               chunk(delta(finish="function_call"))],
    "two choices": [
        opening(), chunk(delta({"role": "assistant", "content": ""}, index=1)), chunk(delta({"content": "a"}, index=1)),
        text("b"), chunk(delta({"content": "c"}, index=1)), chunk(delta(finish="stop", index=1)),
        chunk(delta(finish="length")), USAGE_CHUNK,
    ],
    "logprobs": [
        opening(),
        chunk(delta({"content": "he"}, logprobs={"content": [TOKENS[0]], "refusal": None})),
        chunk(delta({"content": "llo"}, logprobs={"content": [TOKENS[1]], "refusal": None})),
        chunk(delta(finish="stop")),
    ],
    "reasoning": [
        chunk(delta({"role": "assistant", "content": None, "reasoning_content": "let "})),
        chunk(delta({"reasoning_content": "me"})), chunk(delta({"content": "hi"})), chunk(delta(finish="stop")),
    ],
    "audio": [
        chunk(delta({"role": "assistant", "content": None, "audio": {"id": "a1", "transcript": "he"}})),
        chunk(delta({"audio": {"data": "AA"}})), chunk(delta({"audio": {"data": "BB", "transcript": "llo"}})),
        chunk(delta({"audio": {"expires_at": 17}})), chunk(delta(finish="stop")),
    ],
    "unknown fields": [
        opening(provider="X", obfuscation="abc"), chunk(delta({"content": "hi", "vendor": "a"})),
        chunk(delta({"vendor": "b", "list": [1]})), chunk(delta({"list": [2]})), chunk(delta(finish="stop")),
    ],
    "indexed details": [
        opening(), chunk(delta({"reasoning_details": [{"index": 0, "type": "t", "text": "a"}]})),
        chunk(delta({"reasoning_details": [{"index": 0, "type": "t", "text": "b"}]})),
        chunk(delta({"reasoning_details": [{"index": 1, "type": "t", "text": "c"}]})), chunk(delta(finish="stop")),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", STREAMS)
def test_an_assembled_stream_is_what_the_sdk_accumulates(name: str) -> None:
    """The body made of a stream equals the SDK's own final object, field by field."""
    stream = stream_of(*STREAMS[name])
    assert normal(assembled(stream)) == sdk_answer(stream)
    answer = CODEC.read_stream(200, stream)
    assert answer.complete
    assert (answer.usage is not None) == (b'"usage"' in stream)


def test_assembled_answers_have_the_shape_of_plain_ones() -> None:
    """Calls carry no index, the object is no chunk, and text, calls, usage and finish are read."""
    answer = CODEC.read_stream(200, stream_of(*STREAMS["parallel calls"]))
    assert json.loads(answer.body) == completion(
        {"content": None, "refusal": None, "tool_calls": [call("f", '{"a":1}'), call("g", "{}")]}, "tool_calls"
    )
    assert answer.tool_calls == (ToolCall("call_f", "f", '{"a":1}'), ToolCall("call_g", "g", "{}"))
    assert (answer.finish, answer.usage, answer.id) == ("tool_calls", Usage(36, 0, 64, 20), "chatcmpl-1")
    assert json.loads(CODEC.read_stream(200, stream_of(*STREAMS["logprobs"])).body)["choices"][0]["logprobs"] == {
        "content": TOKENS,
        "refusal": None,
    }


# -- other providers ------------------------------------------------------------------------------------------


def test_azure_s_first_chunk_without_choices() -> None:
    """An empty id and model in a first chunk without choices are filled from later ones; what it says is kept."""
    first = {"id": "", "object": "", "created": 0, "model": "", "choices": [], "prompt_filter_results": [{"x": 1}]}
    filtered = delta({"content": "hi"}, content_filter_results={"hate": {"filtered": False}})
    body = assembled(stream_of(first, opening(), chunk(filtered), chunk(delta(finish="stop"))))
    assert (body["id"], body["model"], body["created"]) == ("chatcmpl-1", "gpt-5-2025", 1700000000)
    assert body["object"] == "chat.completion"
    assert body["prompt_filter_results"] == [{"x": 1}]
    assert body["choices"][0]["content_filter_results"] == {"hate": {"filtered": False}}


@pytest.mark.parametrize(
    "entries",
    [
        # no index, then no id
        [call("f", ""), {"function": {"arguments": '{"a"'}}, {"function": {"arguments": ":1}"}}, call("g", "{}")],
        # no index, the id in every delta
        [call("f", '{"a"'), {"id": "call_f", "function": {"arguments": ":1}"}}, call("g", "{}")],
        # id and name in every delta
        [{"index": 0, **call("f", '{"a"')}, {"index": 0, **call("f", ":1}")}, {"index": 1, **call("g", "{}")}],
        # a new id in every delta
        [begin(0, "f"), {**more(0, '{"a":1}'), "id": "random"}, {"index": 1, **call("g", "{}")}],
        # Gemini: whole calls, all numbered 0
        [{"index": 0, **call("f", '{"a":1}')}, {"index": 0, **call("g", "{}")}],
        # numbered from 1, and with holes
        [begin(1, "f"), more(1, '{"a":1}'), begin(5, "g"), more(5, "{}")],
        # empty strings and nulls where nothing is meant
        [begin(0, "f"), {"index": 0, "id": "", "type": None, "function": {"name": None, "arguments": '{"a":1}'}},
         {"index": 1, **call("g", "{}")}],
    ],
)  # fmt: skip
def test_calls_are_told_apart_however_they_are_numbered(entries: list[dict[str, Any]]) -> None:
    """Deltas without index, with repeated, fresh or missing ids end up in the right call."""
    stream = stream_of(opening(), *(calls(entry) for entry in entries), chunk(delta(finish="tool_calls")))
    answer = CODEC.read_stream(200, stream)
    assert answer.tool_calls == (ToolCall("call_f", "f", '{"a":1}'), ToolCall("call_g", "g", "{}"))


def test_roles_repeated_in_every_chunk_are_one_role() -> None:
    """Many providers send the role again and again."""
    values = [chunk(delta({"role": "assistant", "content": piece})) for piece in ("a", "b")]
    body = assembled(stream_of(*values, chunk(delta({"role": "assistant"}, "stop"))))
    assert body["choices"][0]["message"] == {"role": "assistant", "content": "ab"}


def test_content_that_turns_into_parts_loses_no_text() -> None:
    """Providers that stream thinking as parts and text as strings."""
    thinking = [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}]
    values = [chunk(delta({"role": "assistant", "content": ""})), chunk(delta({"content": thinking})), text("hi")]
    answer = CODEC.read_stream(200, stream_of(*values, chunk(delta(finish="stop"))))
    assert answer.text == "hi"
    assert thinking[0] in json.loads(answer.body)["choices"][0]["message"]["content"]


def test_custom_calls_and_vendor_members_of_calls_survive() -> None:
    """Free-text input is continued like arguments; what a provider adds to a call stays in it."""
    values = [
        calls({"index": 0, "id": "c", "type": "custom", "custom": {"name": "g", "input": ""}}),
        calls({"index": 0, "custom": {"input": "fr"}}), calls({"index": 0, "custom": {"input": "ee"}}),
        calls({**begin(1, "f"), "extra_content": {"google": {"thought_signature": "s"}}}),
        chunk(delta(finish="tool_calls")),
    ]  # fmt: skip
    answer = CODEC.read_stream(200, stream_of(opening(), *values))
    assert answer.tool_calls == (ToolCall("c", "g", "free"), ToolCall("call_f", "f", ""))
    assert b'"thought_signature":"s"' in answer.body


def test_usage_is_the_last_that_was_reported() -> None:
    """Usage in the final choice's chunk, in every chunk, or Groq's own place; a later null does not erase it."""
    growing = [opening(usage={**USAGE, "completion_tokens": n, "total_tokens": 100 + n}) for n in (1, 20)]
    for values in (
        [opening(), chunk(delta(finish="stop"), usage=USAGE)],
        [*growing, chunk(delta(finish="stop"), usage=None)],
        [opening(x_groq={"id": "r"}), chunk(delta(finish="stop"), x_groq={"usage": USAGE})],
    ):
        stream = stream_of(*values)
        assert CODEC.read_stream(200, stream).usage == Usage(36, 0, 64, 20)
        assert CODEC.stream_end(stream).usage == Usage(36, 0, 64, 20)


# -- endings --------------------------------------------------------------------------------------------------


def both(stream: bytes) -> bool:
    """Completeness as told by the whole stream and by its tail, which have to agree."""
    whole, tail = CODEC.read_stream(200, stream), CODEC.stream_end(stream)
    assert whole.complete == tail.complete
    assert whole.usage == tail.usage
    return tail.complete


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("name", STREAMS)
def test_an_ended_stream_is_complete_and_a_broken_one_is_not(name: str, ending: bytes) -> None:
    """Any line ending, with and without last blank line or end marker; cut before the finish reason it is broken."""
    values = STREAMS[name]
    whole = stream_of(*values, ending=ending)
    assert both(whole)
    assert both(whole.rstrip())
    assert both(b": comment" + ending * 2 + whole + b": bye" + ending * 2)
    assert both(stream_of(*values, done=False, ending=ending))
    last = max(n for n, value in enumerate(values) if any(c["finish_reason"] for c in value["choices"]))
    assert not both(stream_of(*values[:last], done=False, ending=ending))
    assert not both(b"")


def test_errors_in_a_stream_make_it_incomplete() -> None:
    """Whether an end marker follows or not, and whatever the error event looks like."""
    for bad in (b'data: {"error":{"message":"x"}}\n\n', b'event: error\ndata: {"message":"x"}\n\n', b"data: <html>\n\n",
                b"data: \xff\n\n"):  # fmt: skip
        begun = stream_of(opening(), text("hi"), done=False)
        assert not both(begun + bad)
        assert not both(begun + bad + DONE)
    answer = CODEC.read_stream(200, begun + b'data: {"error":{"message":"x"}}\n\n')
    assert (answer.text, answer.finish, answer.details["error"]) == ("hi", "error", {"message": "x"})


def test_a_json_body_in_place_of_a_stream_is_read_as_one() -> None:
    """Some providers ignore `stream`; errors come as JSON as well."""
    assert CODEC.read_stream(200, encoded(completion())).text == "hi"
    assert CODEC.read_stream(200, encoded(completion())).complete
    assert not CODEC.read_stream(429, encoded({"error": {"message": "x"}})).complete
    assert not CODEC.read_stream(500, stream_of(*STREAMS["text"])).complete


def test_the_end_is_found_without_reading_the_stream() -> None:
    """Bytes before the tail are not looked at: nonsense there changes nothing."""
    stream = b"data: nonsense\n\n" * 10_000 + stream_of(*STREAMS["text"] * 3)
    assert CODEC.stream_end(stream).complete


def test_without_end_marker_the_tail_vouches_for_the_choices_it_shows_only() -> None:
    """Where a choice ended long before the tail and no [DONE] came, the tail does not call the answer whole."""
    late = [chunk(delta({"content": "x"}, index=1))] * 20
    stream = stream_of(opening(), chunk(delta(finish="stop")), *late, chunk(delta(finish="stop", index=1)), done=False)
    assert CODEC.read_stream(200, stream).complete
    assert not CODEC.stream_end(stream).complete
    assert CODEC.stream_end(stream + DONE).complete


@given(st.lists(JSON | st.dictionaries(st.sampled_from(["id", "usage", "choices"]), JSON | st.lists(
    st.dictionaries(st.sampled_from(["index", "delta", "finish_reason", "logprobs", "x"]), JSON | st.dictionaries(
        st.sampled_from(["content", "role", "tool_calls", "function_call", "y"]), JSON | st.lists(
            st.dictionaries(st.sampled_from(["index", "id", "function", "type"]), JSON))))))))  # fmt: skip
def test_no_stream_crashes(values: list[Any]) -> None:
    """Whatever JSON the events hold, the stream is read, replayed and filtered without a crash."""
    stream = stream_of(*values)
    answer = CODEC.read_stream(200, stream)
    CODEC.stream_end(stream)
    assert list(CODEC.replay(answer.body, request()))[-1] == DONE


@given(st.lists(st.tuples(st.integers(0, 2), st.text(max_size=4)), min_size=1, max_size=30))
def test_pieces_of_many_choices_are_put_together_in_order(pieces: list[tuple[int, str]]) -> None:
    """Deltas of several choices in any order give each choice its text."""
    values = [chunk(delta({"content": piece}, index=n)) for n, piece in pieces]
    body = assembled(stream_of(*values, *(chunk(delta(finish="stop", index=n)) for n in {n for n, _ in pieces})))
    for choice in body["choices"]:
        assert choice["message"]["content"] == "".join(piece for n, piece in pieces if n == choice["index"])


# -- replay ---------------------------------------------------------------------------------------------------


def request(include_usage: bool = False) -> Any:
    options = {"stream_options": {"include_usage": True}} if include_usage else {}
    return CODEC.parse(encoded({"model": "m", "messages": [], "stream": True, **options}))


def replayed(body: Any, include_usage: bool = True) -> bytes:
    return b"".join(CODEC.replay(encoded(body), request(include_usage)))


def contents(stream: bytes) -> Sequence[str]:
    deltas: Iterable[Any] = (value.choices[0].delta for value in sdk_chunks(stream) if value.choices)
    return [piece.content for piece in deltas if piece.content]


LONG = "The quick brown fox\n\n  jumps over the lazy dog. "
CITED = {"url": "u", "title": "t", "start_index": 0, "end_index": 1}
ANSWERS = {
    "text": completion({"content": LONG}),
    "empty": completion({"content": ""}),
    "null": completion({"content": None, "refusal": "I can't do that"}),
    "calls": completion({"content": None, "tool_calls": [call("f", '{"a": "long enough"}'), call("g")]}, "tool_calls"),
    "text and calls": completion({"content": LONG, "tool_calls": [call("f", "")]}, "tool_calls"),
    "legacy": completion({"content": None, "function_call": {"name": "f", "arguments": '{"a": 1}'}}, "function_call"),
    "reasoning": completion({"reasoning_content": LONG, "reasoning_details": [{"index": 0, "type": "t", "text": "a"}]}),
    "annotations": completion({"annotations": [{"type": "url_citation", "url_citation": CITED}]}),
    "audio": completion({"content": None, "audio": {"id": "a", "data": "AA", "transcript": "t", "expires_at": 1}}),
    "cut": completion({"content": LONG}, "length"),
    "unknown": completion({"vendor": {"a": 1}}, provider="X", citations=["u1", "u2"], metadata={"k": "v"}),
    "logprobs": completion(
        choices=[{"index": 0, "message": {"role": "assistant", "content": "hello"}, "finish_reason": "stop",
                  "logprobs": {"content": TOKENS, "refusal": None}}]
    ),
    "logprobs that do not spell the text": completion(
        choices=[{"index": 0, "message": {"role": "assistant", "content": "hell\u00f6"}, "finish_reason": "stop",
                  "logprobs": {"content": TOKENS, "refusal": []}}]
    ),
    "several choices": completion(
        choices=[{"index": n, "message": {"role": "assistant", "content": f"{LONG} {n}", "tool_calls": [call("f")]},
                  "logprobs": {"content": TOKENS, "refusal": None}, "finish_reason": "stop",
                  "content_filter_results": {"hate": {"filtered": False}}} for n in range(3)]
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ANSWERS)
def test_a_replayed_answer_accumulates_to_itself(name: str) -> None:
    """The SDK's accumulator, and our own, give back the stored answer from its replay."""
    answer = ANSWERS[name]
    stream = replayed(answer)
    assert sdk_answer(stream) == normal(answer)
    assert normal(assembled(stream)) == normal(answer)
    assert both(stream)


def test_custom_calls_are_replayed() -> None:
    """The SDK's accumulator has no custom calls, but its chunks and our assembly do."""
    custom = {"id": "c", "type": "custom", "custom": {"name": "g", "input": "some free text"}}
    answer = completion({"content": None, "tool_calls": [custom, call("f")]}, "tool_calls")
    stream = replayed(answer)
    assert normal(assembled(stream)) == normal(answer)
    assert len(sdk_chunks(stream)) > 5


@given(st.text(), st.text())
def test_any_text_is_replayed_to_the_letter(content: str, arguments: str) -> None:
    """Whitespace, emoji and control characters in text and arguments survive the pieces."""
    answer = completion({"content": content, "tool_calls": [call("f", arguments)]}, "tool_calls")
    message = assembled(replayed(answer))["choices"][0]["message"]
    assert (message["content"], message["tool_calls"]) == (content, [call("f", arguments)])


def test_a_replay_comes_in_pieces_as_a_provider_sends_it() -> None:
    """Words one by one, arguments in a few pieces, the role first, the finish reason alone, then the end marker."""
    stream = replayed(ANSWERS["text and calls"])
    assert contents(stream) == [
        "The",
        " quick",
        " brown",
        " fox",
        "\n\n  jumps",
        " over",
        " the",
        " lazy",
        " dog.",
        " ",
    ]
    values = sdk_chunks(stream)
    assert values[0].choices[0].delta.role == "assistant"
    assert values[-2].choices[0].finish_reason == "tool_calls"
    assert values[-2].choices[0].delta.to_dict() == {}
    assert all(value.id == "chatcmpl-1" and value.object == "chat.completion.chunk" for value in values)
    arguments = [value for value in sdk_chunks(replayed(ANSWERS["calls"])) if b"arguments" in value.to_json().encode()]
    assert 4 <= len(arguments) <= 10
    assert stream.endswith(DONE)


def test_usage_is_replayed_only_to_who_asks() -> None:
    """With include_usage every chunk has a null usage and the last the figures, without it none has the member."""
    asked = sdk_chunks(replayed(ANSWERS["text"], include_usage=True))
    assert all("usage" in value.model_fields_set for value in asked)
    assert [value.usage is None for value in asked] == [True] * (len(asked) - 1) + [False]
    assert asked[-1].choices == []
    unasked = sdk_chunks(replayed(ANSWERS["text"], include_usage=False))
    assert not any("usage" in value.model_fields_set for value in unasked)
