"""Several serving processes on one port, kept alive and stopped together."""

from __future__ import annotations

import logging
import multiprocessing
import signal
import socket
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from typing import Protocol, TypeVar

from trimtab.errors import ConfigError

_log = logging.getLogger("trimtab.gateway")

_TOO_SOON_S = 5.0
_TRIES = 3
"""So many workers that end as soon as they have started are enough to give up."""
_EXTRA_S = 10.0
"""Beyond the grace for running streams: for the books, before a worker is killed."""


class Listening(Protocol):
    """What a worker serves, and where."""

    @property
    def address(self) -> str: ...

    @property
    def port(self) -> int: ...


J = TypeVar("J", bound=Listening)


def supervise(work: Callable[[J], None], job: J, workers: int, grace_s: float, ready: Callable[[], object]) -> None:
    """Run ``work`` in so many processes until SIGTERM or SIGINT. Raises ConfigError where they cannot run."""
    if sys.platform != "linux":
        raise ConfigError(f"server.workers = {workers}: only Linux shares a port between processes; use 1")
    team = _Team(work, job)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: team.stop())
    try:
        for _ in range(workers):
            team.start()
        team.until_listening()
        ready()
        team.keep_alive()
    finally:
        team.end(grace_s + _EXTRA_S)


class _Team:
    def __init__(self, work: Callable[[J], None], job: J) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._work: Callable[..., None] = work
        self._job = job
        self._processes: dict[int, tuple[SpawnProcess, float]] = {}
        self._stopping = False
        self._listening = False
        self._failed = 0

    def start(self) -> None:
        process = self._context.Process(target=self._work, args=(self._job,), name="trimtab-worker")
        process.start()
        self._processes[process.sentinel] = process, time.monotonic()

    def stop(self) -> None:
        """Ask all to finish what they are at."""
        self._stopping = True
        for process, _ in self._processes.values():
            process.terminate()

    def until_listening(self) -> None:
        while not self._stopping:
            self._look_after(0.05)
            with socket.socket(socket.AF_INET6 if ":" in self._job.address else socket.AF_INET) as probe:
                self._listening = probe.connect_ex((self._job.address, self._job.port)) == 0
            if self._listening:
                return

    def keep_alive(self) -> None:
        while not self._stopping:
            self._look_after(None)

    def end(self, within_s: float) -> None:
        """Wait for all to end; kill those that do not."""
        self.stop()
        until = time.monotonic() + within_s
        for process, _ in self._processes.values():
            process.join(max(0.0, until - time.monotonic()))
            if process.is_alive():
                _log.error("worker %s did not end in time and is killed", process.pid)
                process.kill()
                process.join()

    def _look_after(self, timeout: float | None) -> None:
        """Replace a worker that has died. Raises ConfigError where it had hardly begun."""
        ended = set(wait(list(self._processes), timeout))
        for sentinel in [one for one in self._processes if one in ended]:
            process, since = self._processes.pop(sentinel)
            process.join()
            if self._stopping:
                continue
            self._failed = self._failed + 1 if time.monotonic() - since < _TOO_SOON_S else 0
            if not self._listening or self._failed >= _TRIES:
                raise ConfigError(f"a worker ended with status {process.exitcode} as soon as it had started")
            _log.error("worker %s ended with status %s; another takes its place", process.pid, process.exitcode)
            self.start()
