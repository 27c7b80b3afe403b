"""Real SDKs talk to the offline provider and get the recorded answers."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import anthropic
import openai
import pytest

from tests.conftest import Clock
from tests.replay.material import FORMATS, played
from trimtab.replay import Library, ReplayProvider, ReplayServer
from trimtab.replay.server import Received


@dataclass
class Served:
    url: str
    received: list[Received] = field(default_factory=list)


@pytest.fixture
async def served(clock: Clock) -> AsyncIterator[Served]:
    library = Library()
    for wire in FORMATS:
        for one in played(wire):
            library.add(one)
    served = Served("")
    provider = ReplayProvider(library, clock)
    async with ReplayServer(provider, models=library.models, received=served.received.append) as server:
        served.url = server.url
        yield served


async def test_the_openai_sdk_gets_chat_completions(served: Served) -> None:
    """Whole and streamed, the SDK reads text, calls and usage."""
    body = json.loads(played("openai_chat")[0].request)
    async with openai.AsyncOpenAI(base_url=f"{served.url}/v1", api_key="k", max_retries=0) as client:
        whole = await client.chat.completions.create(**body)
        assert whole.choices[0].message.content == "I look both up."
        assert whole.usage is not None
        calls = whole.choices[0].message.tool_calls or []
        assert [call.id for call in calls] == ["call_a", "call_b"]
        async with client.chat.completions.stream(**body, stream_options={"include_usage": True}) as stream:
            final = await stream.get_final_completion()
        assert final.choices[0].message.content == "I look both up."
        assert final.usage == whole.usage
        assert [model.id async for model in client.models.list()] == ["gpt-4.1", "claude-sonnet-5"]


async def test_the_openai_sdk_gets_responses(served: Served) -> None:
    """Responses work the same, whole and streamed."""
    body = json.loads(played("openai_responses")[1].request)
    async with openai.AsyncOpenAI(base_url=f"{served.url}/v1", api_key="k", max_retries=0) as client:
        whole = await client.responses.create(**body)
        assert whole.output_text == "Esbjerg at 04:12, says station DK-7731."
        events = [event async for event in await client.responses.create(**body, stream=True)]
        assert events[-1].type == "response.completed"
        assert events[-1].response.output_text == whole.output_text


async def test_the_anthropic_sdk_gets_messages(served: Served) -> None:
    """Messages work, whole, streamed and counted."""
    body = json.loads(played("anthropic_messages")[1].request)
    async with anthropic.AsyncAnthropic(base_url=served.url, api_key="k", max_retries=0) as client:
        whole = await client.messages.create(**body)
        assert whole.content[0].type == "text"
        assert whole.content[0].text == "Esbjerg at 04:12, says station DK-7731."
        async with client.messages.stream(**body) as stream:
            final = await stream.get_final_message()
        assert [block.text for block in final.content if block.type == "text"] == [whole.content[0].text]
        body.pop("max_tokens")
        assert (await client.messages.count_tokens(**body)).input_tokens > 50


async def test_a_benchmark_sees_the_bytes_that_arrived(served: Served) -> None:
    """The callback gets body, headers and what was answered; the answer names its exchange."""
    one = played("openai_chat")[1]
    async with openai.AsyncOpenAI(base_url=f"{served.url}/v1", api_key="k", max_retries=0) as client:
        raw = await client.chat.completions.with_raw_response.create(
            **json.loads(one.request), extra_headers={"x-replay-id": one.id}
        )
    assert raw.headers["x-replay-id"] == one.id
    (received,) = served.received
    assert received.path == "/v1/chat/completions"
    assert json.loads(received.body) == json.loads(one.request)
    assert received.headers["x-replay-id"] == one.id
    assert received.given.recorded is not None
    assert received.given.recorded.id == one.id


async def test_the_sdk_sees_a_refusal_as_the_providers(served: Served) -> None:
    """An invalid request is a BadRequestError with the provider's words, as it would be with the real one."""
    body = json.loads(played("anthropic_messages")[1].request)
    body["messages"].pop()
    async with anthropic.AsyncAnthropic(base_url=served.url, api_key="k", max_retries=0) as client:
        with pytest.raises(anthropic.BadRequestError, match="tool_result"):
            await client.messages.create(**body)
    assert served.received[0].given.status == 400
