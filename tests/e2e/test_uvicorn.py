"""The gateway on another ASGI server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
import uvicorn

from tests.e2e.gateway import until
from tests.fakes import formats
from tests.fakes.formats import Turn
from tests.fakes.provider import Answering, FakeProvider, Received, saying
from tests.gateway.conftest import configured
from trimtab.gateway import build_app

CHAT = "/v1/chat/completions"
STREAMED = formats.request("openai_chat", ["hi"], stream=True)
EVENTS = formats.stream("openai_chat", Turn("a longer answer"))


@asynccontextmanager
async def on_uvicorn(provider: FakeProvider) -> AsyncIterator[str]:
    """The gateway's URL while it runs in this process."""
    server = uvicorn.Server(uvicorn.Config(build_app(configured(provider.url)), port=0, log_level="critical"))
    serving = asyncio.create_task(server.serve())

    async def started() -> bool:
        return server.started

    await until(started)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


async def test_it_answers_and_streams() -> None:
    """Nothing in the gateway depends on granian."""
    async with (
        FakeProvider(saying("hello")) as provider,
        on_uvicorn(provider) as url,
        aiohttp.ClientSession() as session,
    ):
        async with session.post(url + CHAT, data=formats.request("openai_chat", ["hi"])) as response:
            assert "hello" in await response.text()
        async with session.post(url + CHAT, data=formats.request("openai_chat", ["again"], stream=True)) as response:
            assert (await response.text()).endswith("data: [DONE]\n\n")


async def test_a_stream_that_breaks_off_is_broken_off() -> None:
    """Here, too, the client notices."""

    async def breaks(request: Received, answering: Answering) -> None:
        await answering.start()
        await answering.chunk(EVENTS[0])
        answering.close()

    async with (
        FakeProvider(breaks) as provider,
        on_uvicorn(provider) as url,
        aiohttp.ClientSession() as session,
        session.post(url + CHAT, data=STREAMED) as response,
    ):
        with pytest.raises(aiohttp.ClientPayloadError):
            await response.read()


async def test_a_client_that_leaves_takes_the_upstream_call_with_it() -> None:
    """The disconnect is noticed while the stream stands still."""
    gone = asyncio.Event()

    async def hangs(request: Received, answering: Answering) -> None:
        await answering.start()
        await answering.chunk(EVENTS[0])
        await answering.gone.wait()
        gone.set()

    async with (
        FakeProvider(hangs) as provider,
        on_uvicorn(provider) as url,
        aiohttp.ClientSession() as session,
    ):
        async with session.post(url + CHAT, data=STREAMED) as response:
            await response.content.readany()
            response.close()
        async with asyncio.timeout(1):
            await gone.wait()
