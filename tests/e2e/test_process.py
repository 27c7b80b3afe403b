"""The gateway as a process: its port, its end, its configuration, and clients that come and go."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import socket
import struct
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import openai
import pytest
from openai import AsyncOpenAI

from tests.e2e.gateway import GatewayProcess, until
from tests.fakes import formats
from tests.fakes.formats import Turn
from tests.fakes.provider import Answering, FakeProvider, Received, giving, saying, silence
from trimtab.store import open_store
from trimtab.telemetry.ledger import STREAM

CHAT = "/v1/chat/completions"
STREAMED = formats.request("openai_chat", ["hi"], stream=True)
EVENTS = formats.stream("openai_chat", Turn("a longer answer"))


class HalfWay:
    """Streams the first event, then waits until it may go on."""

    def __init__(self) -> None:
        self.proceed = asyncio.Event()
        self.left = asyncio.Event()

    async def __call__(self, request: Received, answering: Answering) -> None:
        await answering.start()
        await answering.chunk(EVENTS[0])
        waiting = [asyncio.create_task(event.wait()) for event in (self.proceed, answering.gone)]
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()
        if answering.gone.is_set():
            self.left.set()
            return
        await answering.chunk(b"".join(EVENTS[1:]))
        await answering.end()


# -- starting and ending --------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_running_stream_finishes_before_the_process_ends(tmp_path: Path, number: signal.Signals) -> None:
    """After the signal no connection is taken any more, the stream comes to its end, and the status is 0."""
    half_way = HalfWay()
    async with FakeProvider(half_way) as provider, GatewayProcess(tmp_path, provider.url) as gateway:
        assert gateway.ready == f"trimtab listening on {gateway.url} -> fake"
        async with aiohttp.ClientSession() as session, session.post(gateway.url + CHAT, data=STREAMED) as response:
            assert await response.content.readany() == EVENTS[0]
            gateway.signal(number)
            await refused(gateway)
            half_way.proceed.set()
            assert await response.read() == b"".join(EVENTS[1:])
        status, errors = await gateway.ended()
    assert (status, errors) == (0, "")


async def refused(gateway: GatewayProcess) -> None:
    """Wait until the gateway takes no more connections."""
    address = urlsplit(gateway.url)

    async def is_refused() -> bool:
        try:
            _, writer = await asyncio.open_connection(address.hostname, address.port)
        except OSError:
            return True
        writer.close()
        return False

    await until(is_refused)


async def test_idle_connections_do_not_keep_the_process(tmp_path: Path) -> None:
    """A client's kept connection is closed, whatever the grace."""
    settings = "[server]\nport = 0\nshutdown_grace_s = 3600\n"
    async with (
        FakeProvider(saying("hello")) as provider,
        GatewayProcess(tmp_path, provider.url, settings) as gateway,
        AsyncOpenAI(base_url=gateway.url + "/v1", api_key="k") as sdk,
    ):
        await sdk.chat.completions.create(model="gpt-4.1", messages=[{"role": "user", "content": "hi"}])
        gateway.signal()
        assert await gateway.ended() == (0, "")


async def test_what_outlasts_the_grace_is_cut_off(tmp_path: Path) -> None:
    """A provider that hangs, and a client that waits, do not keep the process."""
    settings = "[server]\nport = 0\nshutdown_grace_s = 0.1\n"
    async with (
        FakeProvider(silence) as provider,
        GatewayProcess(tmp_path, provider.url, settings) as gateway,
        aiohttp.ClientSession() as session,
    ):
        asking = asyncio.create_task(session.post(gateway.url + CHAT, data=STREAMED))
        await provider.arrived.wait()
        gateway.signal()
        status, _ = await gateway.ended()
        with pytest.raises(aiohttp.ClientError):
            (await asking).raise_for_status()
    assert status == 0


async def test_a_second_gateway_on_the_port_is_refused(tmp_path: Path) -> None:
    """With a sentence, not by taking half of the other's connections."""
    async with FakeProvider(saying("hello")) as provider, GatewayProcess(tmp_path, provider.url) as gateway:
        port = urlsplit(gateway.url).port
        second = GatewayProcess(tmp_path, provider.url, f"[server]\nport = {port}\n")
        with pytest.raises(
            AssertionError, match=rf"^the gateway did not start: trimtab: server\.port = {port}: another"
        ):
            await second.start()


async def test_several_workers_share_the_port_and_the_callers_names(tmp_path: Path) -> None:
    """One ready line, one ending, one tenant whichever worker answers."""
    settings = "[server]\nport = 0\nworkers = 2\n"
    async with FakeProvider(saying("hello")) as provider, GatewayProcess(tmp_path, provider.url, settings) as gateway:
        for _ in range(20):
            async with AsyncOpenAI(base_url=gateway.url + "/v1", api_key="k") as sdk:
                answer = await sdk.chat.completions.create(
                    model="gpt-4.1", messages=[{"role": "user", "content": "hi"}]
                )
                assert answer.choices[0].message.content == "hello"
        gateway.signal()
        assert await gateway.ended() == (0, "")
    await assert_one_tenant(tmp_path / "trimtab.db", rows=20)


async def test_a_worker_that_dies_is_replaced(tmp_path: Path) -> None:
    """The others serve on meanwhile, and the new one does afterwards."""
    settings = "[server]\nport = 0\nworkers = 2\n"
    async with FakeProvider(saying("hello")) as provider, GatewayProcess(tmp_path, provider.url, settings) as gateway:
        before = await workers_of(gateway.pid)
        os.kill(min(before), signal.SIGKILL)

        async def both_again() -> bool:
            return len(await workers_of(gateway.pid) - {min(before)}) == 2

        await until(both_again)
        gateway.signal()
        status, errors = await gateway.ended()
    assert status == 0
    assert "another takes its place" in errors


async def workers_of(pid: int) -> set[int]:
    """The serving processes: the children that do more than keep track of resources."""

    def look() -> set[int]:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return {int(child) for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()}

    return await asyncio.to_thread(look)


async def assert_one_tenant(file: Path, rows: int) -> None:
    store = await open_store(str(file))
    try:
        events = await store.read(STREAM)
    finally:
        await store.close()
    assert len(events) == rows
    assert len({event.data["tenant"] for event in events}) == 1


async def test_a_changed_file_takes_effect(tmp_path: Path) -> None:
    """Another provider without a restart; and a broken file changes nothing."""
    async with (
        FakeProvider(giving(b"one")) as one,
        FakeProvider(giving(b"two")) as two,
        GatewayProcess(tmp_path, one.url) as gateway,
        aiohttp.ClientSession() as session,
    ):

        async def models() -> bytes:
            async with session.get(gateway.url + "/v1/models") as response:
                return await response.read()

        async def changed() -> bool:
            return await models() == b"two"

        assert await models() == b"one"
        gateway.configure(tmp_path, two.url)
        await until(changed)
        gateway.file.write_text("[serber]")
        gateway.signal()
        status, errors = await gateway.ended()
    assert status == 0
    assert "was reloaded" in errors


# -- clients --------------------------------------------------------------------------------------------------


async def test_a_client_that_leaves_takes_the_upstream_call_with_it(tmp_path: Path) -> None:
    """In mid-stream and before the first byte: the provider's connection is closed within a second."""
    half_way = HalfWay()
    gone = asyncio.Event()

    async def silent(request: Received, answering: Answering) -> None:
        await answering.gone.wait()
        gone.set()

    async with (
        FakeProvider(half_way) as provider,
        GatewayProcess(tmp_path, provider.url) as gateway,
        aiohttp.ClientSession() as session,
    ):
        async with session.post(gateway.url + CHAT, data=STREAMED) as response:
            await response.content.readany()
            response.close()
        async with asyncio.timeout(1):
            await half_way.left.wait()
        provider.behave = silent
        provider.arrived.clear()
        asking = asyncio.create_task(session.post(gateway.url + CHAT, data=STREAMED))
        await provider.arrived.wait()
        asking.cancel()
        async with asyncio.timeout(1):
            await gone.wait()


async def test_a_provider_that_dies_in_mid_stream_breaks_the_clients_stream(tmp_path: Path) -> None:
    """The SDK raises; on the wire there is no final chunk."""

    async def dies(request: Received, answering: Answering) -> None:
        await answering.start()
        await answering.chunk(EVENTS[0])
        answering.close()

    async with FakeProvider(dies) as provider, GatewayProcess(tmp_path, provider.url) as gateway:
        async with AsyncOpenAI(base_url=gateway.url + "/v1", api_key="k", max_retries=0) as sdk:
            stream = await sdk.chat.completions.create(
                model="gpt-4.1", messages=[{"role": "user", "content": "hi"}], stream=True
            )
            with pytest.raises(openai.APIConnectionError):
                async for _ in stream:
                    pass
        address = urlsplit(gateway.url)
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        writer.write(
            b"POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % (CHAT.encode(), len(STREAMED))
        )
        writer.write(STREAMED)
        wire = await reader.read()
        writer.close()
        gateway.signal()
        _, errors = await gateway.ended()
    assert EVENTS[0] in wire
    assert not wire.endswith(b"0\r\n\r\n")
    assert "Traceback" not in errors


async def test_a_client_that_resets_its_connection_does_no_harm(tmp_path: Path) -> None:
    """Half a request and a reset; the next client is served."""
    async with FakeProvider(saying("hello")) as provider, GatewayProcess(tmp_path, provider.url) as gateway:
        address = urlsplit(gateway.url)
        for sent in (b"POST ", b"POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"):
            with socket.create_connection((address.hostname or "", address.port or 0)) as rude:
                rude.sendall(sent)
                rude.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        async with AsyncOpenAI(base_url=gateway.url + "/v1", api_key="k") as sdk:
            answer = await sdk.chat.completions.create(model="m", messages=[{"role": "user", "content": "hi"}])
        assert answer.choices[0].message.content == "hello"


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_client_with_too_large_a_body_reads_why(chunked: bool, tmp_path: Path) -> None:
    """It is still writing when the answer is decided, and gets it all the same."""
    settings = "[server]\nport = 0\nmax_body_bytes = 1000000\n"

    async def parts() -> object:
        for _ in range(30):
            yield b"x" * 50_000

    async with FakeProvider(saying("hello")) as provider, GatewayProcess(tmp_path, provider.url, settings) as gateway:
        data = parts() if chunked else b"x" * 1_000_001
        async with aiohttp.ClientSession() as session, session.post(gateway.url + CHAT, data=data) as response:
            assert response.status == 413
            assert "server.max_body_bytes" in (await response.json())["error"]["message"]
    assert provider.received == []


async def test_uploads_and_downloads_are_streamed(tmp_path: Path) -> None:
    """Twenty megabytes each way, whole."""
    body = b"0123456789abcdef" * (20 << 16)
    async with (
        FakeProvider(giving(body)) as provider,
        GatewayProcess(tmp_path, provider.url) as gateway,
        aiohttp.ClientSession() as session,
        session.post(gateway.url + "/v1/files", data=io.BytesIO(body)) as response,
    ):
        assert await response.read() == body
    assert provider.received[0].body == body
