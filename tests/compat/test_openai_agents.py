"""The OpenAI Agents SDK: its loop of tool calls goes through the gateway."""

from __future__ import annotations

import pytest

from tests.compat.conftest import Between

agents = pytest.importorskip("agents", reason="openai-agents is not in this environment: run `make compat`")


@pytest.mark.parametrize("responses", [False, True])
async def test_an_agent_calls_its_tool_and_answers(between: Between, responses: bool) -> None:
    """Over Chat Completions and over Responses."""
    from openai import AsyncOpenAI

    agents.set_tracing_disabled(True)
    client = AsyncOpenAI(base_url=f"{between.url}/v1", api_key="sk-compat")
    kind = agents.OpenAIResponsesModel if responses else agents.OpenAIChatCompletionsModel

    @agents.function_tool
    def weather(city: str) -> str:
        """The weather of a city."""
        return f"sunny in {city}"

    agent = agents.Agent(name="teller", model=kind(model="gpt-4.1-mini", openai_client=client), tools=[weather])
    done = await agents.Runner.run(agent, f"How is the weather? (responses: {responses})")
    assert done.final_output == "It is sunny in Oslo."
    assert len(between.received) == 2
