"""The real Anthropic SDK against the running gateway."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import anthropic
import orjson
import pytest
import pytest_asyncio
from anthropic import AsyncAnthropic

from tests.e2e.gateway import GatewayProcess
from tests.fakes.formats import Turn
from tests.fakes.provider import JSON, SSE, Behaviour, FakeProvider, giving, in_turn, saying

pytestmark = pytest.mark.asyncio(loop_scope="module")

Telling = Callable[[Behaviour], FakeProvider]
ASK = {"model": "claude", "max_tokens": 100}
WEATHER = {"name": "weather", "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}}}
THINKING = [
    {"type": "thinking", "thinking": "Let me see.", "signature": "EqQBsignature=="},
    {"type": "redacted_thinking", "data": "opaque"},
    {"type": "text", "text": "Thought."},
]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def sdk(gateway: GatewayProcess) -> AsyncIterator[AsyncAnthropic]:
    async with AsyncAnthropic(base_url=gateway.url, api_key="sk-ant-test") as client:
        yield client


def user(text: str) -> list[object]:
    return [{"role": "user", "content": text}]


async def test_messages(sdk: AsyncAnthropic, provider: Telling) -> None:
    """A plain answer, with the SDK's version header and key at the provider."""
    fake = provider(saying("hello"))
    answer = await sdk.messages.create(**ASK, messages=user("hi"))  # type: ignore[call-overload]
    assert answer.content[0].text == "hello"
    keys = {fake.received[0].header(name) for name in ("x-api-key", "authorization")}
    assert keys & {"sk-ant-test", "Bearer sk-ant-test"}
    assert fake.received[0].header("anthropic-version") == sdk.default_headers["anthropic-version"]


async def test_messages_stream(sdk: AsyncAnthropic, provider: Telling) -> None:
    """The SDK's accumulator reads the stream to its end."""
    provider(saying("one two three"))
    async with sdk.messages.stream(**ASK, messages=user("stream")) as stream:  # type: ignore[arg-type]
        text = "".join([part async for part in stream.text_stream])
        final = await stream.get_final_message()
    assert text == "one two three"
    assert final.stop_reason == "end_turn"


async def test_count_tokens(sdk: AsyncAnthropic, provider: Telling) -> None:
    """Counting is the provider's, over the client's own request."""
    fake = provider(giving(b'{"input_tokens": 42}'))
    assert (await sdk.messages.count_tokens(model="claude", messages=user("count"))).input_tokens == 42  # type: ignore[arg-type]
    assert fake.received[0].path == "/v1/messages/count_tokens"


async def test_tools_and_parallel_calls(sdk: AsyncAnthropic, provider: Telling) -> None:
    """Two calls at once, answered in one message."""
    both = Turn("Let me look.", [("t1", "weather", {"city": "Oslo"}), ("t2", "weather", {"city": "Rome"})])
    fake = provider(saying(both, "Cold and warm."))
    messages = user("weather in Oslo and Rome?")
    answer = await sdk.messages.create(**ASK, messages=messages, tools=[WEATHER])  # type: ignore[call-overload]
    calls = [block for block in answer.content if block.type == "tool_use"]
    assert [call.input["city"] for call in calls] == ["Oslo", "Rome"]
    results = [{"type": "tool_result", "tool_use_id": call.id, "content": "1 degree"} for call in calls]
    messages += [{"role": "assistant", "content": answer.content}, {"role": "user", "content": results}]
    answer = await sdk.messages.create(**ASK, messages=messages, tools=[WEATHER])  # type: ignore[call-overload]
    assert answer.content[0].text == "Cold and warm."
    assert [block["tool_use_id"] for block in fake.bodies[1]["messages"][2]["content"]] == ["t1", "t2"]


async def test_streamed_tool_calls(sdk: AsyncAnthropic, provider: Telling) -> None:
    """The input of a call is put together from its parts."""
    provider(saying(Turn(calls=[("t1", "weather", {"city": "Oslo"})])))
    async with sdk.messages.stream(**ASK, messages=user("one"), tools=[WEATHER]) as stream:  # type: ignore[arg-type, list-item]
        final = await stream.get_final_message()
    assert final.stop_reason == "tool_use"
    assert final.content[0].input == {"city": "Oslo"}  # type: ignore[union-attr]


async def test_thinking_comes_and_goes_back_unchanged(sdk: AsyncAnthropic, provider: Telling) -> None:
    """Thoughts and their signatures reach the client, and the provider again, to the byte."""
    body = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude",
        "content": THINKING,
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 1, "output_tokens": 1},
    }
    fake = provider(in_turn(giving(orjson.dumps(body)), saying("done")))
    budget = {"type": "enabled", "budget_tokens": 1024}
    ask = {"model": "claude", "max_tokens": 2000, "thinking": budget}
    answer = await sdk.messages.create(**ask, messages=user("think"))  # type: ignore[call-overload]
    assert answer.content[0].signature == "EqQBsignature=="
    more = [*user("think"), {"role": "assistant", "content": answer.content}, *user("go on")]
    await sdk.messages.create(**ask, messages=more)  # type: ignore[call-overload]
    assert fake.bodies[1]["messages"][1]["content"][:2] == THINKING[:2]


async def test_an_overloaded_provider_is_retried_by_the_sdk(sdk: AsyncAnthropic, provider: Telling) -> None:
    """Anthropic's 529 is the SDK's to handle."""
    error = b'{"type":"error","error":{"type":"overloaded_error","message":"busy"}}'
    fake = provider(in_turn(giving(error, 529, (*JSON, ("retry-after-ms", "1"))), saying("at last")))
    answer = await sdk.messages.create(**ASK, messages=user("retry"))  # type: ignore[call-overload]
    assert answer.content[0].text == "at last"
    assert len(fake.received) == 2


async def test_an_error_inside_a_stream_is_raised(sdk: AsyncAnthropic, provider: Telling) -> None:
    """The provider's own error event goes through."""
    error = b'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"busy"}}\n\n'
    provider(giving(error, headers=SSE))
    with pytest.raises(anthropic.APIStatusError, match="busy"):
        async with sdk.messages.stream(**ASK, messages=user("error")) as stream:  # type: ignore[arg-type]
            await stream.get_final_message()


async def test_models_are_listed(sdk: AsyncAnthropic, provider: Telling) -> None:
    """The same path as OpenAI's, told apart by the caller's headers."""
    model = {"type": "model", "id": "claude", "display_name": "Claude", "created_at": "2025-01-01T00:00:00Z"}
    fake = provider(giving(orjson.dumps({"data": [model], "has_more": False, "first_id": None, "last_id": None})))
    assert [listed.id async for listed in sdk.models.list()] == ["claude"]
    assert fake.received[0].header("anthropic-version")
