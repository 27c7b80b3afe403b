"""Starting, reloading, ending."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import formats
from tests.fakes.provider import Answering, FakeProvider, Received, saying, silence
from tests.gateway.asgi import Exchange, running
from tests.gateway.conftest import Start, configured
from trimtab.config import Config, load
from trimtab.errors import ConfigError, StoreError
from trimtab.gateway.app import build_app
from trimtab.gateway.housekeeping import keep_house
from trimtab.gateway.port import Port
from trimtab.gateway.reload import ConfigWatcher
from trimtab.store import Put

CHAT = "/v1/chat/completions"
BODY = formats.request("openai_chat", ["hi"])


# -- starting -------------------------------------------------------------------------------------------------


async def test_a_gateway_that_may_not_start_says_why_and_leaves_the_store() -> None:
    """An ASGI server is told, so that it ends instead of serving anybody."""
    app = build_app(configured("http://x", server={"host": "0.0.0.0"}))
    said: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "lifespan.startup"}

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    await app({"type": "lifespan"}, receive, send)  # type: ignore[arg-type]
    assert said[0]["type"] == "lifespan.startup.failed"
    assert "auth.keys" in said[0]["message"]
    with pytest.raises(StoreError):
        await app.optimizer.store.get("a", "b")


def test_a_port_in_use_is_named() -> None:
    """Also where the other process allows sharing, as another gateway would."""
    for option in (None, socket.SO_REUSEPORT):
        with socket.socket() as other:
            if option is not None:
                other.setsockopt(socket.SOL_SOCKET, option, 1)
            other.bind(("127.0.0.1", 0))
            other.listen()
            taken = other.getsockname()[1]
            with pytest.raises(ConfigError, match=rf"server\.port = {taken}: another process"):
                Port("127.0.0.1", taken)


def test_a_free_port_is_found_and_kept() -> None:
    """Two gateways that start at once on port 0 get two ports."""
    one, two = Port("127.0.0.1", 0), Port("127.0.0.1", 0)
    try:
        assert one.number != two.number
        assert one.url == f"http://127.0.0.1:{one.number}"
        with pytest.raises(ConfigError), socket.socket() as _:
            Port("127.0.0.1", one.number)
    finally:
        one.close()
        two.close()


@pytest.mark.parametrize("host", ["no.such.host.invalid", "203.0.113.1"])
def test_an_address_that_is_not_ours_is_named(host: str) -> None:
    """A name that does not resolve, or an address of another machine."""
    with pytest.raises(ConfigError, match=r"server\.host"):
        Port(host, 0)


# -- reloading ------------------------------------------------------------------------------------------------


def written(file: Path, provider: FakeProvider, more: str = "") -> Config:
    file.write_text(
        f'{more}\n[store]\npath = ":memory:"\n[upstreams.own]\nurl = "{provider.url}"\n[[routes]]\nupstream = "own"\n'
    )
    return load(file)


async def test_a_changed_file_takes_effect_while_running(provider: FakeProvider, tmp_path: Path) -> None:
    """New routes and stages' settings apply to the next request; the one under way is not disturbed."""
    file = tmp_path / "trimtab.toml"
    config = written(file, provider)
    hold = asyncio.Event()

    async def slow(request: Received, answering: Answering) -> None:
        await hold.wait()
        await saying("old")(request, answering)

    provider.behave = slow
    async with FakeProvider(saying("new")) as other, running(config) as call:
        watcher = ConfigWatcher(config, file, None, call.gateway.reload)
        under_way = asyncio.create_task(call(CHAT, BODY))
        await provider.arrived.wait()
        assert not watcher.changed()
        written(file, other, "cache = { exact = false }")
        assert watcher.changed()
        assert watcher.reload()
        assert b"new" in (await call(CHAT, BODY)).body
        assert not call.gateway.optimizer.config.cache.exact
        hold.set()
        assert b"old" in (await under_way).body


@pytest.mark.parametrize(
    "broken",
    ["not toml", "[server]\nprot = 1", '[server]\nhost = "0.0.0.0"\n[auth]\nmode = "gateway_keys"', None],
)
async def test_a_broken_file_changes_nothing(
    broken: str | None, provider: FakeProvider, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The configuration in force stays, and the log says what is wrong."""
    file = tmp_path / "trimtab.toml"
    config = written(file, provider)
    async with running(config) as call:
        watcher = ConfigWatcher(config, file, None, call.gateway.reload)
        if broken is None:
            file.unlink()
        else:
            file.write_text(broken)
        assert watcher.changed()
        assert not watcher.reload()
        assert (await call(CHAT, BODY)).status == 200
    assert "the one before stays" in caplog.text


async def test_what_cannot_change_while_running_is_said_to(
    provider: FakeProvider, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A new port waits for the next start; the rest of the file applies."""
    file = tmp_path / "trimtab.toml"
    config = written(file, provider)
    async with running(config) as call:
        watcher = ConfigWatcher(config, file, None, call.gateway.reload)
        written(file, provider, "server = { port = 1, max_body_bytes = 2048 }")
        assert watcher.reload()
        server = call.gateway.rules.config.server
    assert (server.port, server.max_body_bytes) == (8787, 2048)
    assert "server.port changes with the next start" in caplog.text


async def test_the_watcher_looks_again_and_again(provider: FakeProvider, tmp_path: Path) -> None:
    """Each look reloads only what has changed."""
    file = tmp_path / "trimtab.toml"
    applied: list[Config] = []
    looks = 0

    async def sleep(seconds: float) -> None:
        nonlocal looks
        looks += 1
        if looks == 2:
            written(file, provider, "cache = { exact = false }")
        if looks == 4:
            raise asyncio.CancelledError

    watcher = ConfigWatcher(written(file, provider), file, None, applied.append, sleep=sleep)
    with pytest.raises(asyncio.CancelledError):
        await watcher.run()
    assert len(applied) == 1


# -- running --------------------------------------------------------------------------------------------------


async def test_what_has_expired_is_swept(start: Start) -> None:
    """The store gets its room back while the gateway runs; a fault in it does not end the housekeeping."""
    turns = 0

    async def sleep(seconds: float) -> None:
        nonlocal turns
        turns += 1
        if turns == 3:
            await store.close()
        if turns == 5:
            raise asyncio.CancelledError

    async with start() as call:
        store = call.gateway.optimizer.store
        await store.put(Put("a", "b", b"c", ttl=-1))
        with pytest.raises(asyncio.CancelledError):
            await keep_house(call.gateway.optimizer, sleep=sleep)
    assert turns == 5


# -- ending ---------------------------------------------------------------------------------------------------


async def test_running_streams_finish_before_the_gateway_ends(provider: FakeProvider) -> None:
    """The lifespan's end waits for them, and their rows are written."""
    events = formats.stream("openai_chat", formats.Turn("a longer answer"))
    proceed = asyncio.Event()

    async def behave(request: Received, answering: Answering) -> None:
        await answering.start()
        await answering.chunk(events[0])
        await proceed.wait()
        await answering.chunk(b"".join(events[1:]))
        await answering.end()

    provider.behave = behave
    exchange = Exchange()
    async with running(configured(provider.url)) as call:
        asking = asyncio.create_task(call(CHAT, formats.request("openai_chat", ["hi"], stream=True), exchange=exchange))
        await exchange.begun.wait()
        asyncio.get_running_loop().call_soon(proceed.set)
    assert asking.done()
    assert exchange.body == b"".join(events)
    assert exchange.complete


async def test_what_outlasts_the_grace_is_cut_off(provider: FakeProvider) -> None:
    """A provider that hangs does not keep the gateway from ending."""
    provider.behave = silence
    config = configured(provider.url, server={"shutdown_grace_s": 0})
    async with running(config) as call:
        asking = asyncio.create_task(call(CHAT, BODY))
        await provider.arrived.wait()
    with pytest.raises(asyncio.CancelledError):
        await asking
