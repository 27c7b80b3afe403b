"""Running the gateway: one process on granian, or several that share the port."""

from __future__ import annotations

import asyncio
import gc
import logging
import multiprocessing
import signal
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server.embed import Server

from trimtab.config import Config
from trimtab.errors import ConfigError, TrimtabError
from trimtab.gateway.app import Gateway
from trimtab.gateway.auth import check_exposure
from trimtab.gateway.port import Port
from trimtab.gateway.reload import ConfigWatcher
from trimtab.gateway.supervisor import supervise
from trimtab.optimizer import Optimizer

OpenWith: TypeAlias = Callable[[Config], Awaitable[Optimizer]]

_log = logging.getLogger("trimtab.gateway")

_CONNECTIONS = 16_384
_CUT_OFF_S = 3.0
_YOUNGEST = 5000
"""How long the server may take to close its connections after the last request was cut off."""
_LOGGING = {
    "formatters": {},
    "handlers": {},
    "loggers": {"_granian": {"level": "ERROR"}},  # to the root logger, like ours
}


@dataclass(frozen=True)
class Job:
    """What a serving process has to know."""

    config: Config
    address: str
    port: int
    config_file: str | Path | None
    overrides: Mapping[str, Any] | None
    open_optimizer: OpenWith


def serve(
    config: Config,
    *,
    config_file: str | Path | None = None,
    overrides: Mapping[str, Any] | None = None,
    log: Callable[[str], object] = print,
    open_optimizer: OpenWith = Optimizer.open,
) -> None:
    """Serve until SIGTERM or SIGINT, then let running streams finish.

    ``config_file`` and ``overrides`` are what the configuration was loaded from, to load it again when the file
    changes. ``log`` gets the line that says where the gateway listens. With several workers ``open_optimizer`` has
    to be importable. Raises ConfigError, StoreError.
    """
    check_exposure(config)
    port = Port(config.server.host, config.server.port)
    job = Job(config, port.address, port.number, config_file, overrides, open_optimizer)
    ready = f"trimtab listening on {port.url} -> {', '.join(_upstreams(config))}"
    try:
        if config.server.workers == 1:
            asyncio.run(_work(job, lambda: log(ready)))
        else:
            supervise(_work_alone, job, config.server.workers, config.server.shutdown_grace_s, lambda: log(ready))
    finally:
        port.close()


def _upstreams(config: Config) -> list[str]:
    """Where requests can go, by name; unnamed ones by address."""
    used = dict.fromkeys(route.upstream for route in reversed(config.routes))
    return [config.upstreams[name].url if name == "default" else name for name in used]


def _work_alone(job: Job) -> None:
    """A worker process. It ends when the one that started it does."""
    try:
        asyncio.run(_work(job, lambda: None))
    except TrimtabError as error:
        _log.error("%s", error)
        raise SystemExit(1) from error


async def _work(job: Job, ready: Callable[[], object]) -> None:
    gateway = Gateway(lambda: job.open_optimizer(job.config))
    await gateway.open()
    watcher = ConfigWatcher(job.config, job.config_file, job.overrides, gateway.reload)
    server = Server(
        gateway,
        job.address,
        job.port,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        websockets=False,
        backlog=2048,
        backpressure=_CONNECTIONS,
        log_level=LogLevels.error,
        log_dictconfig=_LOGGING,
    )
    stop = _stop_event()
    serving = asyncio.create_task(server.serve())
    watching = asyncio.create_task(watcher.run())
    stopping = asyncio.create_task(stop.wait())
    try:
        await _listening(job, serving)
        _spare_the_collector()
        ready()
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not serving.done():
            await _shut_down(server, serving, gateway)
        elif (error := serving.exception()) is not None:
            raise error
    finally:
        watching.cancel()
        stopping.cancel()
        await gateway.close(grace_s=0)


def _spare_the_collector() -> None:
    """Keep what was loaded at the start out of collections: a full one holds up a request for milliseconds."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNGEST, 20, 50)


async def _shut_down(server: Server, serving: asyncio.Task[None], gateway: Gateway) -> None:
    """Take no more connections, wait for running requests, cut off what outlasts the grace."""
    server.stop()  # type: ignore[no-untyped-call]
    await asyncio.wait({serving}, timeout=gateway.rules.config.server.shutdown_grace_s)
    if not serving.done():
        await gateway.drain(grace_s=0)
        await asyncio.wait({serving}, timeout=_CUT_OFF_S)
    if not serving.done():
        serving.cancel()


def _stop_event() -> asyncio.Event:
    """Set by SIGTERM, SIGINT, or the end of the process that started this one."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    with suppress(NotImplementedError):  # Windows: Ctrl-C ends the process as it is
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
    parent = multiprocessing.parent_process()
    if parent is not None:
        loop.add_reader(parent.sentinel, stop.set)
    return stop


async def _listening(job: Job, serving: asyncio.Task[None]) -> None:
    """Wait until the port takes connections. Raises ConfigError where the server ends before."""
    while not serving.done():
        try:
            _, writer = await asyncio.open_connection(job.address, job.port)
        except OSError:
            await asyncio.sleep(0.02)
            continue
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
        return
    error = serving.exception()
    if isinstance(error, TrimtabError):
        raise error
    raise ConfigError(f"server.port = {job.port}: the server could not start ({error or 'it ended at once'})")
