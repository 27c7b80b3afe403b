"""The real OpenAI SDK against the running gateway."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import openai
import orjson
import pytest
import pytest_asyncio
from openai import AsyncOpenAI

from tests.e2e.gateway import GatewayProcess
from tests.fakes.formats import Turn
from tests.fakes.provider import JSON, Answering, Behaviour, FakeProvider, Received, giving, in_turn, saying

pytestmark = pytest.mark.asyncio(loop_scope="module")

Telling = Callable[[Behaviour], FakeProvider]
WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}
BOTH = Turn("Let me look.", [("call_1", "weather", {"city": "Oslo"}), ("call_2", "weather", {"city": "Rome"})])


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def sdk(gateway: GatewayProcess) -> AsyncIterator[AsyncOpenAI]:
    async with AsyncOpenAI(base_url=gateway.url + "/v1", api_key="sk-test") as client:
        yield client


async def test_chat(sdk: AsyncOpenAI, provider: Telling) -> None:
    """A plain answer, with the SDK's own headers and key at the provider."""
    fake = provider(saying("hello"))
    answer = await sdk.chat.completions.create(model="gpt-4.1", messages=[{"role": "user", "content": "chat"}])
    assert answer.choices[0].message.content == "hello"
    assert fake.received[0].header("authorization") == "Bearer sk-test"
    assert (fake.received[0].header("user-agent") or "").startswith("AsyncOpenAI/Python")


async def test_chat_streams_with_usage(sdk: AsyncOpenAI, provider: Telling) -> None:
    """The chunks make the text, and the last one tells the usage."""
    provider(saying("one two three"))
    stream = await sdk.chat.completions.create(
        model="gpt-4.1",
        messages=[{"role": "user", "content": "stream"}],
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = [chunk async for chunk in stream]
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == "one two three"


async def test_tools_and_parallel_calls(sdk: AsyncOpenAI, provider: Telling) -> None:
    """Two calls at once come back with their ids, and their results go out as they were sent."""
    fake = provider(saying(BOTH, "Cold and warm."))
    messages: list[object] = [{"role": "user", "content": "weather in Oslo and Rome?"}]
    answer = await sdk.chat.completions.create(model="gpt-4.1", messages=messages, tools=[WEATHER])  # type: ignore[arg-type]
    calls = answer.choices[0].message.tool_calls or []
    assert [(call.id, call.function.name) for call in calls] == [("call_1", "weather"), ("call_2", "weather")]  # type: ignore[union-attr]
    messages.append(answer.choices[0].message)
    messages += [{"role": "tool", "tool_call_id": call.id, "content": "1 degree"} for call in calls]
    answer = await sdk.chat.completions.create(model="gpt-4.1", messages=messages, tools=[WEATHER])  # type: ignore[arg-type]
    assert answer.choices[0].message.content == "Cold and warm."
    sent = fake.bodies[1]["messages"]
    assert [message.get("tool_call_id") for message in sent] == [None, None, "call_1", "call_2"]


async def test_streamed_tool_calls(sdk: AsyncOpenAI, provider: Telling) -> None:
    """The SDK's accumulator puts the same calls together from the stream."""
    provider(saying(BOTH))
    async with sdk.chat.completions.stream(
        model="gpt-4.1",
        messages=[{"role": "user", "content": "both, streamed"}],
        tools=[WEATHER],  # type: ignore[list-item]
    ) as stream:
        answer = await stream.get_final_completion()
    calls = answer.choices[0].message.tool_calls or []
    assert [orjson.loads(call.function.arguments)["city"] for call in calls] == ["Oslo", "Rome"]


async def test_responses(sdk: AsyncOpenAI, provider: Telling) -> None:
    """The Responses API, plain and streaming."""
    provider(saying("hello", "one two three"))
    answer = await sdk.responses.create(model="gpt-4.1", input="responses")
    assert answer.output_text == "hello"
    async with sdk.responses.stream(model="gpt-4.1", input="responses, streamed") as stream:
        kinds = [event.type async for event in stream]
        final = await stream.get_final_response()
    assert final.output_text == "one two three"
    assert kinds[0] == "response.created"
    assert kinds[-1] == "response.completed"


async def test_stored_responses_are_fetched_and_deleted(sdk: AsyncOpenAI, provider: Telling) -> None:
    """GET and DELETE go to the provider, who holds them."""
    body = {"id": "resp_7", "object": "response", "output": [], "status": "completed", "model": "m", "created_at": 1}
    fake = provider(giving(orjson.dumps(body)))
    assert (await sdk.responses.retrieve("resp_7")).id == "resp_7"
    await sdk.responses.delete("resp_7")
    assert [(received.method, received.path) for received in fake.received] == [
        ("GET", "/v1/responses/resp_7"),
        ("DELETE", "/v1/responses/resp_7"),
    ]


async def test_embeddings(sdk: AsyncOpenAI, provider: Telling) -> None:
    """The SDK asks for base64 and gets floats."""
    body = {
        "object": "list",
        "model": "e",
        "data": [{"object": "embedding", "index": 0, "embedding": [0.5, -1.0]}],
        "usage": {"prompt_tokens": 1, "total_tokens": 1},
    }
    provider(giving(orjson.dumps(body)))
    answer = await sdk.embeddings.create(model="e", input="text", encoding_format="float")
    assert answer.data[0].embedding == [0.5, -1.0]


async def test_models(sdk: AsyncOpenAI, provider: Telling) -> None:
    """The list of models is the provider's."""
    model = {"id": "gpt-4.1", "object": "model", "created": 1, "owned_by": "x"}
    provider(giving(orjson.dumps({"object": "list", "data": [model]})))
    assert [listed.id async for listed in sdk.models.list()] == ["gpt-4.1"]


async def test_a_rate_limit_is_retried_by_the_sdk(sdk: AsyncOpenAI, provider: Telling) -> None:
    """The SDK sees the provider's 429 and its retry-after, waits and asks again."""
    fake = provider(in_turn(giving(b"{}", 429, (*JSON, ("retry-after-ms", "1"))), saying("at last")))
    answer = await sdk.chat.completions.create(model="gpt-4.1", messages=[{"role": "user", "content": "retry"}])
    assert answer.choices[0].message.content == "at last"
    assert fake.received[1].header("x-stainless-retry-count") == "1"


async def test_errors_are_the_sdks_own(sdk: AsyncOpenAI, provider: Telling) -> None:
    """The provider's error is raised as what it is, with the provider's words."""
    body = {"error": {"message": "no such model", "type": "invalid_request_error", "code": "model_not_found"}}
    provider(giving(orjson.dumps(body), 404))
    with pytest.raises(openai.NotFoundError, match="no such model") as raised:
        await sdk.chat.completions.create(model="gpt-9", messages=[{"role": "user", "content": "x"}])
    assert raised.value.code == "model_not_found"


async def test_fifty_at_once(sdk: AsyncOpenAI, provider: Telling) -> None:
    """Half of them streaming, each gets its own answer."""

    async def echoes(request: Received, answering: Answering) -> None:
        await saying("you said: " + request.json["messages"][-1]["content"])(request, answering)

    provider(echoes)

    async def ask(number: int) -> str:
        messages = [{"role": "user", "content": f"number {number}."}]
        if number % 2:
            answer = await sdk.chat.completions.create(model="gpt-4.1", messages=messages)  # type: ignore[call-overload]
            return str(answer.choices[0].message.content)
        stream = await sdk.chat.completions.create(model="gpt-4.1", messages=messages, stream=True)  # type: ignore[call-overload]
        return "".join([chunk.choices[0].delta.content or "" async for chunk in stream if chunk.choices])

    answers = await asyncio.gather(*(ask(number) for number in range(50)))
    assert answers == [f"you said: number {number}." for number in range(50)]


async def test_a_stream_that_breaks_off_is_noticed(sdk: AsyncOpenAI, provider: Telling) -> None:
    """The SDK must not take half an answer for a whole one."""

    async def breaks(request: Received, answering: Answering) -> None:
        await answering.start()
        await answering.chunk(b'data: {"id":"1","object":"chat.completion.chunk","choices":[]}\n\n')
        answering.close()

    provider(breaks)
    stream = await sdk.chat.completions.create(
        model="gpt-4.1", messages=[{"role": "user", "content": "break"}], stream=True
    )
    with pytest.raises(openai.APIConnectionError):
        async for _ in stream:
            pass


async def test_the_ledger_id_comes_with_every_answer(sdk: AsyncOpenAI, provider: Telling) -> None:
    """And explains the request to whoever made it."""
    provider(saying("hello"))
    answer = await sdk.chat.completions.with_raw_response.create(
        model="gpt-4.1", messages=[{"role": "user", "content": "explain"}]
    )
    row_id = answer.headers["x-trimtab-id"]
    row = await sdk.get(f"/trimtab/explain/{row_id}", cast_to=object)
    assert row["id"] == row_id  # type: ignore[index]
    assert row["model"] == "gpt-4.1"  # type: ignore[index]
