"""LangChain's chat models with their base URL pointed at the gateway."""

from __future__ import annotations

from typing import Any

import pytest

from tests.compat.conftest import Between

pytest.importorskip("langchain_anthropic", reason="langchain-anthropic is not in this environment: run `make compat`")
pytestmark = pytest.mark.asyncio(loop_scope="module")  # LangChain keeps its connections for all its clients


def models(between: Between) -> dict[str, Any]:
    from langchain_anthropic import ChatAnthropic
    from langchain_openai import ChatOpenAI

    return {
        "openai": ChatOpenAI(model="gpt-4.1-mini", base_url=f"{between.url}/v1", api_key="sk-compat"),
        "responses": ChatOpenAI(
            model="gpt-4.1-mini", base_url=f"{between.url}/v1", api_key="sk-compat", use_responses_api=True
        ),
        "anthropic": ChatAnthropic(model="claude-sonnet-4-5", base_url=between.url, api_key="sk-compat"),
    }


def weather(city: str) -> str:
    """The weather of a city."""
    return city


every = pytest.mark.parametrize("which", ["openai", "responses", "anthropic"])


@every
async def test_a_chat_model_answers(between: Between, which: str) -> None:
    answer = await models(between)[which].ainvoke(f"hi from langchain {which}")
    assert answer.text == "hello"
    assert answer.usage_metadata["input_tokens"] == 10


@every
async def test_a_chat_model_streams(between: Between, which: str) -> None:
    chunks = [chunk.text async for chunk in models(between)[which].astream(f"stream to {which}")]
    assert "".join(chunks) == "one two three"


@every
async def test_a_chat_model_calls_a_tool_and_reads_its_result(between: Between, which: str) -> None:
    from langchain_core.messages import HumanMessage, ToolMessage

    model = models(between)[which].bind_tools([weather])
    asked = HumanMessage(f"The weather, {which}?")
    called = await model.ainvoke([asked])
    assert [(call["name"], call["args"]) for call in called.tool_calls] == [("weather", {"city": "Oslo"})]
    result = ToolMessage("sunny", tool_call_id=called.tool_calls[0]["id"])
    answer = await model.ainvoke([asked, called, result])
    assert answer.text == "It is sunny in Oslo."
