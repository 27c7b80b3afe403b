"""Internal tools through the running gateway: the client sees no trace, the provider a valid conversation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest
from anthropic import AsyncAnthropic
from openai import AsyncOpenAI

from tests.e2e.gateway import GatewayProcess
from tests.fakes import formats
from tests.fakes.formats import Turn
from tests.fakes.provider import FakeProvider, in_turn, saying
from trimtab.request import Format
from trimtab.wire import CODECS, PATHS

ECHO = "trimtab_echo"
INTERNAL = ("i1", ECHO, {"text": "psst"})
OWN = ("c1", "look", {"at": "sky"})


def with_echo(folder: Path, provider: FakeProvider, wire: Format) -> GatewayProcess:
    whose = "anthropic" if wire == "anthropic_messages" else "openai"
    return GatewayProcess(folder, provider.url, provider=whose, program="tests.e2e.with_echo")


async def post(gateway: GatewayProcess, wire: Format, body: bytes) -> tuple[int, bytes]:
    path = next(path for path, named in PATHS.items() if named == wire)
    async with aiohttp.ClientSession() as session, session.post(gateway.url + path, data=body) as response:
        return response.status, await response.read()


def turn_of(wire: Format, answer: bytes, *, stream: bool) -> Turn:
    """What a client read in an answer."""
    codec = CODECS[wire]
    read = codec.read_stream(200, answer) if stream else codec.read_response(200, answer)
    assert read.complete
    return Turn(read.text, [(call.id, call.name, orjson.loads(call.arguments)) for call in read.tool_calls])


def tool_names(body: Any) -> list[str]:
    return [tool.get("name") or tool["function"]["name"] for tool in body["tools"]]


def assert_paired(wire: Format, body: bytes) -> None:
    """Every call in a request has its result, and the other way round."""
    calls, results = formats.calls_and_results(wire, body)
    assert sorted(calls) == sorted(results)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("wire", formats.FORMATS)
async def test_an_internal_call_is_answered_on_the_way(wire: Format, stream: bool, tmp_path: Path) -> None:
    """Two upstream calls, one answer; the next turn carries what happened, though the client does not know it."""
    turns = (Turn("Wait.", [INTERNAL]), Turn("Done."), Turn("More."))
    async with FakeProvider(saying(*turns)) as provider, with_echo(tmp_path, provider, wire) as gateway:
        status, answer = await post(gateway, wire, formats.request(wire, ["hi"], stream=stream))
        seen = turn_of(wire, answer, stream=stream)
        assert (status, seen.calls) == (200, [])
        assert "Done." in seen.text
        assert b"trimtab" not in answer
        assert b"psst" not in answer
        status, answer = await post(gateway, wire, formats.request(wire, ["hi", seen, "go on"], stream=stream))
        assert turn_of(wire, answer, stream=stream) == Turn("More.", [])
    first, second, third = provider.received
    assert tool_names(first.json) == ["look", ECHO]
    for request in (second, third):
        assert_paired(wire, request.body)
        assert b"echo: psst" in request.body
    assert b"go on" in third.body


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("wire", formats.FORMATS)
async def test_a_mixed_turn_waits_for_the_clients_results(
    wire: Format, stream: bool, restarted: bool, tmp_path: Path
) -> None:
    """The client's call goes out, ours is answered when its result comes, in another process if need be."""
    turns = (Turn("Both.", [INTERNAL, OWN]), Turn("Done."))
    async with FakeProvider(saying(*turns)) as provider, with_echo(tmp_path, provider, wire) as gateway:
        _, answer = await post(gateway, wire, formats.request(wire, ["hi"], stream=stream))
        seen = turn_of(wire, answer, stream=stream)
        assert seen == Turn("Both.", [OWN])
        assert b"trimtab" not in answer
        if restarted:
            await gateway.stop()
            await gateway.start()
        following = formats.request(wire, ["hi", seen, {"c1": "blue"}], stream=stream)
        _, answer = await post(gateway, wire, following)
        assert turn_of(wire, answer, stream=stream).text == "Done."
    second = provider.received[1].body
    assert_paired(wire, second)
    assert formats.calls_and_results(wire, second)[0] == ["i1", "c1"]
    assert b"echo: psst" in second
    assert b"blue" in second


async def test_the_openai_sdk_sees_no_trace(tmp_path: Path) -> None:
    """Its accumulators read a stream of two rounds as one answer, over both of its APIs."""
    turns = (Turn("", [INTERNAL]), Turn("Done."), Turn("", [INTERNAL]), Turn("Done."))
    async with (
        FakeProvider(saying(*turns)) as provider,
        with_echo(tmp_path, provider, "openai_chat") as gateway,
        AsyncOpenAI(base_url=gateway.url + "/v1", api_key="sk-test", max_retries=0) as sdk,
    ):
        async with sdk.chat.completions.stream(
            model="gpt-4.1", messages=[{"role": "user", "content": "hi"}]
        ) as chat_stream:
            chat = (await chat_stream.get_final_completion()).choices[0]
        assert (chat.message.content, chat.message.tool_calls, chat.finish_reason) == ("Done.", None, "stop")
        async with sdk.responses.stream(model="gpt-4.1", input="hi", store=False) as response_stream:
            response = await response_stream.get_final_response()
        assert response.output_text == "Done."
        assert [item.type for item in response.output] == ["message"]
    assert len(provider.received) == 4


async def test_the_anthropic_sdk_sees_no_trace(tmp_path: Path) -> None:
    """A mixed turn keeps its text and the client's call, renumbered."""
    turns = (Turn("Both.", [INTERNAL, OWN]), Turn("Done."))
    async with (
        FakeProvider(saying(*turns)) as provider,
        with_echo(tmp_path, provider, "anthropic_messages") as gateway,
        AsyncAnthropic(base_url=gateway.url, api_key="sk-test", max_retries=0) as sdk,
    ):
        messages: list[Any] = [{"role": "user", "content": "hi"}]
        look: Any = {"name": "look", "input_schema": {"type": "object", "properties": {}}}
        async with sdk.messages.stream(model="c", max_tokens=9, messages=messages, tools=[look]) as stream:
            first = await stream.get_final_message()
        assert [block.type for block in first.content] == ["text", "tool_use"]
        assert first.stop_reason == "tool_use"
        result = {"type": "tool_result", "tool_use_id": "c1", "content": "blue"}
        messages += [{"role": "assistant", "content": first.content}, {"role": "user", "content": [result]}]
        second = await sdk.messages.create(model="c", max_tokens=9, messages=messages, tools=[look])
        assert second.content[0].text == "Done."  # type: ignore[union-attr]
    results = [block["tool_use_id"] for block in provider.bodies[1]["messages"][2]["content"]]
    assert sorted(results) == ["c1", "i1"]


async def test_a_model_that_never_stops_asking_gets_the_plain_request(tmp_path: Path) -> None:
    """After the third round the original is asked, without tools of ours."""
    endless = saying(Turn("", [INTERNAL]))
    behave = in_turn(endless, endless, endless, saying(Turn("Done.")))
    body = formats.request("openai_chat", ["hi"])
    async with FakeProvider(behave) as provider, with_echo(tmp_path, provider, "openai_chat") as gateway:
        _, answer = await post(gateway, "openai_chat", body)
    assert turn_of("openai_chat", answer, stream=False).text == "Done."
    assert len(provider.received) == 4
    assert provider.received[-1].body == body
