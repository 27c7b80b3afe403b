"""A client that goes away takes its upstream call with it, and the books still close."""

from __future__ import annotations

import asyncio

import pytest

from tests.fakes import formats
from tests.fakes.formats import Turn
from tests.fakes.provider import Answering, FakeProvider, Received, in_turn, saying
from tests.fakes.stages import OffersEcho
from tests.gateway.asgi import Exchange
from tests.gateway.conftest import Start
from tests.gateway.test_fidelity import path_of
from trimtab.request import Format
from trimtab.telemetry.ledger import Row


class Hanging:
    """A provider that answers as far as told, then waits, and notices that nobody is interested any more."""

    def __init__(self, *chunks: bytes) -> None:
        self.chunks = chunks
        self.left = asyncio.Event()

    async def __call__(self, request: Received, answering: Answering) -> None:
        if self.chunks:
            await answering.start()
        for chunk in self.chunks:
            await answering.chunk(chunk)
        await answering.gone.wait()
        self.left.set()


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("wire", formats.FORMATS)
async def test_leaving_before_the_first_byte_ends_the_upstream_call(
    wire: Format, stream: bool, provider: FakeProvider, start: Start
) -> None:
    """The provider is still thinking when the client goes: the call is cancelled and written down."""
    provider.behave = hanging = Hanging()
    async with start() as call:
        exchange = Exchange()
        asking = asyncio.create_task(
            call(path_of(wire), formats.request(wire, ["hi"], stream=stream), exchange=exchange)
        )
        await provider.arrived.wait()
        exchange.leave.set()
        async with asyncio.timeout(1):
            await hanging.left.wait()
            await asking
        await call.gateway.optimizer.settle()
        rows = await call.gateway.optimizer.ledger.rows()
    assert exchange.status == 0
    assert [(row.status, row.complete) for _, row in rows] == [(0, False)]


@pytest.mark.parametrize("wire", formats.FORMATS)
async def test_leaving_in_mid_stream_ends_the_upstream_call(wire: Format, provider: FakeProvider, start: Start) -> None:
    """The client has read enough: the provider's connection is closed, nothing is cached, the row is there."""
    events = formats.stream(wire, Turn("a longer answer"))
    hanging = Hanging(events[0])
    provider.behave = in_turn(hanging, saying("whole"))
    async with start() as call:
        exchange = Exchange()
        body = formats.request(wire, ["hi"], stream=True)
        asking = asyncio.create_task(call(path_of(wire), body, exchange=exchange))
        await exchange.begun.wait()
        exchange.leave.set()
        async with asyncio.timeout(1):
            await hanging.left.wait()
            await asking
        again = await call(path_of(wire), body)
        await call.gateway.optimizer.settle()
        row = (await call.gateway.optimizer.ledger.rows())[0][1]
    assert exchange.body == events[0]
    assert not exchange.complete
    assert again.header("x-trimtab-cache") == "miss"
    assert (row.status, row.complete) == (200, False)


async def test_leaving_ends_all_rounds(provider: FakeProvider, start: Start) -> None:
    """The client goes while the second round of an internal tool is under way."""
    hanging = Hanging()
    provider.behave = in_turn(saying(Turn(calls=[("c1", "trimtab_echo", {"text": "x"})])), hanging)
    async with start((OffersEcho(),)) as call:
        exchange = Exchange()
        asking = asyncio.create_task(
            call("/v1/messages", formats.request("anthropic_messages", ["hi"], stream=True), exchange=exchange)
        )
        while len(provider.received) < 2:
            provider.arrived.clear()
            await provider.arrived.wait()
        exchange.leave.set()
        async with asyncio.timeout(1):
            await hanging.left.wait()
            await asking
        await call.gateway.optimizer.settle()
        row: Row = (await call.gateway.optimizer.ledger.rows())[0][1]
    assert (row.rounds, row.complete) == (2, False)


async def test_a_leader_that_leaves_does_not_take_the_others_with_it(provider: FakeProvider, start: Start) -> None:
    """The same request waits for the first one's answer; when that client goes, it asks for itself."""
    hanging = Hanging()
    provider.behave = in_turn(hanging, saying("for the other"))
    async with start() as call:
        body = formats.request("openai_chat", ["hi"])
        first = Exchange()
        leading = asyncio.create_task(call("/v1/chat/completions", body, exchange=first))
        await provider.arrived.wait()
        waiting = asyncio.create_task(call("/v1/chat/completions", body))
        for _ in range(1000):  # until it waits for the first one's answer, or asks by itself
            await asyncio.sleep(0)
        first.leave.set()
        async with asyncio.timeout(5):
            answer = await waiting
            await leading
    assert b"for the other" in answer.body


async def test_leaving_ends_a_call_that_is_passed_through(provider: FakeProvider, start: Start) -> None:
    """The paths that the pipeline does not know are no exception."""
    provider.behave = hanging = Hanging(b"data: 1\n\n")
    async with start() as call:
        exchange = Exchange()
        asking = asyncio.create_task(call("/v1/files/1/content", method="GET", exchange=exchange))
        await exchange.begun.wait()
        exchange.leave.set()
        async with asyncio.timeout(1):
            await hanging.left.wait()
            await asking


async def test_a_client_that_leaves_while_it_sends_is_forgotten(provider: FakeProvider, start: Start) -> None:
    """Half a request goes nowhere."""
    async with start() as call:
        exchange = Exchange()
        exchange.leave.set()
        sent: list[object] = []

        async def receive() -> dict[str, object]:
            return {"type": "http.disconnect"}

        async def send(message: object) -> None:
            sent.append(message)

        scope = {"type": "http", "method": "POST", "path": "/v1/messages", "query_string": b"", "headers": []}
        await call.gateway(scope, receive, send)  # type: ignore[arg-type]
    assert sent == []
    assert provider.received == []
