"""The LiteLLM SDK with its base URL pointed at the gateway, in OpenAI's and in Anthropic's format."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.compat.conftest import Between

litellm = pytest.importorskip("litellm", reason="litellm is not in this environment: run `make compat`")

TOOL = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather of a city.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}
both = pytest.mark.parametrize("model", ["openai/gpt-4.1-mini", "anthropic/claude-sonnet-4-5"])


def at(between: Between, model: str) -> dict[str, Any]:
    """How each of LiteLLM's providers is told where the gateway is."""
    base = f"{between.url}/v1" if model.startswith("openai/") else between.url
    return {"model": model, "api_base": base, "api_key": "sk-compat", "num_retries": 0}


def said(text: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": text}]


@both
def test_completion_gives_the_answer(between: Between, model: str) -> None:
    answer = litellm.completion(messages=said(f"hi from {model}"), **at(between, model))
    assert answer.choices[0].message.content == "hello"
    assert answer.usage.prompt_tokens == 10
    assert answer.usage.completion_tokens == 5


@both
async def test_acompletion_gives_the_answer_and_a_repeat_comes_from_the_cache(between: Between, model: str) -> None:
    for _ in range(2):
        answer = await litellm.acompletion(messages=said(f"hi again from {model}"), **at(between, model))
        assert answer.choices[0].message.content == "hello"
    assert len(between.received) == 1


@both
async def test_a_stream_comes_in_pieces_that_add_up(between: Between, model: str) -> None:
    stream = await litellm.acompletion(messages=said("stream, please"), stream=True, **at(between, model))
    pieces = [chunk.choices[0].delta.content or "" async for chunk in stream]
    assert "".join(pieces) == "one two three"
    assert len([piece for piece in pieces if piece]) > 1


@both
def test_a_tool_is_called_and_its_result_goes_back(between: Between, model: str) -> None:
    messages: list[Any] = said("What is the weather?")
    called = litellm.completion(messages=messages, tools=[TOOL], **at(between, model)).choices[0].message
    assert [call.function.name for call in called.tool_calls] == ["weather"]
    assert json.loads(called.tool_calls[0].function.arguments) == {"city": "Oslo"}
    result = {"role": "tool", "tool_call_id": called.tool_calls[0].id, "content": "sunny"}
    answer = litellm.completion(messages=[*messages, called, result], tools=[TOOL], **at(between, model))
    assert answer.choices[0].message.content == "It is sunny in Oslo."


@both
async def test_a_streamed_tool_call_comes_whole(between: Between, model: str) -> None:
    stream = await litellm.acompletion(
        messages=said("The weather, in pieces"), tools=[TOOL], stream=True, **at(between, model)
    )
    chunks = [chunk async for chunk in stream]
    call = litellm.stream_chunk_builder(chunks).choices[0].message.tool_calls[0]
    assert call.function.name == "weather"
    assert json.loads(call.function.arguments) == {"city": "Oslo"}


def test_metadata_and_headers_of_the_caller_reach_the_provider(between: Between) -> None:
    """What LiteLLM sends on as it is, the gateway does not lose."""
    litellm.completion(
        messages=said("with metadata"),
        extra_body={"metadata": {"team": "support"}},
        extra_headers={"x-team": "support"},
        user="somebody",
        **at(between, "openai/gpt-4.1-mini"),
    )
    (request,) = between.received
    assert request["body"]["metadata"] == {"team": "support"}
    assert request["body"]["user"] == "somebody"
    assert request["headers"]["x-team"] == "support"
    assert request["headers"]["authorization"] == "Bearer sk-compat"


def test_anthropic_callers_keep_their_version_and_key(between: Between) -> None:
    litellm.completion(messages=said("anthropic headers"), **at(between, "anthropic/claude-sonnet-4-5"))
    (request,) = between.received
    assert request["path"] == "/v1/messages"
    assert request["headers"]["anthropic-version"]
    assert request["headers"]["x-api-key"] == "sk-compat"
