"""The answer cache through the running gateway."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import aiohttp
import pytest
from openai import AsyncOpenAI
from openai.types.chat import ChatCompletion

from tests.e2e.gateway import GatewayProcess
from tests.fakes.provider import Answering, Behaviour, FakeProvider, Received, saying

pytestmark = pytest.mark.asyncio(loop_scope="module")

Telling = Callable[[Behaviour], FakeProvider]


async def ask(sdk: AsyncOpenAI, text: str) -> tuple[str, ChatCompletion]:
    raw = await sdk.chat.completions.with_raw_response.create(
        model="gpt-4.1", messages=[{"role": "user", "content": text}]
    )
    return raw.headers["x-trimtab-cache"], raw.parse()


async def until_hit(sdk: AsyncOpenAI, text: str) -> ChatCompletion:
    """Ask until the answer is stored, which happens after it was given."""
    async with asyncio.timeout(30):
        while True:
            outcome, answer = await ask(sdk, text)
            if outcome == "hit":
                return answer


async def under_way(gateway: GatewayProcess, count: int) -> None:
    """Wait until the gateway is at so many requests, and for a few turns of its loop more."""
    seen = 0
    async with asyncio.timeout(30), aiohttp.ClientSession() as session:
        while seen < 10:
            async with session.get(gateway.url + "/healthz") as answer:
                seen += (await answer.json())["running"] >= count


async def test_the_same_request_is_answered_from_the_cache(gateway: GatewayProcess, provider: Telling) -> None:
    """The same words under a new id and free of charge; as a stream where one is asked for."""
    fake = provider(saying("an answer"))
    async with AsyncOpenAI(base_url=gateway.url + "/v1", api_key="sk-cache") as sdk:
        outcome, first = await ask(sdk, "repeated")
        assert outcome == "miss"
        again = await until_hit(sdk, "repeated")
        assert again.choices[0].message == first.choices[0].message
        assert again.id != first.id
        asked = len(fake.received)
        async with sdk.chat.completions.stream(
            model="gpt-4.1", messages=[{"role": "user", "content": "repeated"}]
        ) as stream:
            streamed = await stream.get_final_completion()
        assert streamed.choices[0].message.content == "an answer"
        assert len(fake.received) == asked


async def test_fifty_who_ask_the_same_are_one_request(gateway: GatewayProcess, provider: Telling) -> None:
    """The first one asks the provider, the others wait for its answer."""
    proceed = asyncio.Event()

    async def slowly(request: Received, answering: Answering) -> None:
        await proceed.wait()
        await saying("for all")(request, answering)

    fake = provider(slowly)
    async with AsyncOpenAI(base_url=gateway.url + "/v1", api_key="sk-flight") as sdk:
        first = asyncio.create_task(ask(sdk, "at once"))
        await fake.arrived.wait()
        others = [asyncio.create_task(ask(sdk, "at once")) for _ in range(49)]
        await under_way(gateway, 50)
        proceed.set()
        answers = await asyncio.gather(first, *others)
    assert {answer.choices[0].message.content for _, answer in answers} == {"for all"}
    assert answers[0][0] == "miss"
    assert len(fake.received) == 1
