"""LangChain's OpenAI client against the running gateway."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from tests.e2e.gateway import GatewayProcess
from tests.fakes.formats import Turn
from tests.fakes.provider import Behaviour, FakeProvider, saying

pytestmark = pytest.mark.asyncio(loop_scope="module")

Telling = Callable[[Behaviour], FakeProvider]


@pytest.mark.parametrize("responses", [False, True])
async def test_a_chat_model_answers_streams_and_calls_tools(
    responses: bool, gateway: GatewayProcess, provider: Telling
) -> None:
    """Over Chat Completions and over Responses."""
    provider(saying("hello", "one two three", Turn(calls=[("call_1", "weather", {"city": "Oslo"})])))
    model = ChatOpenAI(
        model="gpt-4.1", base_url=gateway.url + "/v1", api_key=SecretStr("sk-lc"), use_responses_api=responses
    )
    assert (await model.ainvoke("hi")).text == "hello"
    assert "".join([chunk.text async for chunk in model.astream("stream")]) == "one two three"

    def weather(city: str) -> str:
        """The weather of a city."""
        return city

    called = await model.bind_tools([weather]).ainvoke("Oslo?")
    assert [(call["name"], call["args"]) for call in called.tool_calls] == [("weather", {"city": "Oslo"})]  # type: ignore[attr-defined]
