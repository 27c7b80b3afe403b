"""One Redis server: bounded waiting, connections, and the circuit breaker that keeps a dead one from costing time.

Nothing is tried twice. After `FAILURES` failures in a row every call is refused at once, until a `PING` in the
background has been answered.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from trimtab.errors import StoreError
from trimtab.store.redis.keys import Command

FAILURES = 3
PAUSE_S = 0.5
LONGEST_PAUSE_S = 5.0
PATIENT_S = 2.0
"""How long what is off every request's path may take: upkeep, buffered writes, probes."""
WAITS = 10
"""How many times its waiting time a pipeline may take that does get answers, and a lane that does move."""
MOST_AT_ONCE = 32
"""Connections to a server; who comes later waits for one."""
_TICKS = 10

log = logging.getLogger(__name__)


_FULL = "OutOfMemoryError"
_ADVICE = {
    _FULL: "its memory is full; raise its maxmemory, or lower store.max_bytes",
    "NoPermissionError": "its user may not do that; give it what docs/redis.md lists",
    "MISCONF": "it cannot save to its disk and refuses writes; see its log",
    "TryAgainError": "the shard is just being moved",
    "WRONGTYPE": "another program uses the same keys; give trimtab a prefix of its own",
}


class Unreachable(StoreError):
    """The server gave no answer, or none that says anything about the call. Whether a write took place is not known."""


def load(name: str) -> Any:
    """A module of redis-py, which is an extra. StoreError where it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise StoreError(f"a Redis store needs redis-py ({error}): install trimtab[redis]") from error


class Full(StoreError):
    """The server's memory is full, and its policy lets it evict nothing."""


def checked(answer: Any) -> Any:
    """A server's answer; StoreError with what to do about it if it is an error."""
    if isinstance(answer, Exception):
        kind, words = type(answer).__name__, str(answer)  # redis-py has classes for some errors, and words for others
        advice = _ADVICE.get(kind) or _ADVICE.get(words.partition(" ")[0])
        said = f"{advice} ({words})" if advice else words
        raise (Full if kind == _FULL else StoreError)(f"Redis refused the operation: {said}") from answer
    return answer


@asynccontextmanager
async def within(seconds: float) -> AsyncIterator[Callable[[], None]]:
    """Raise TimeoutError in a block that takes longer. What is yielded starts the time anew, up to `WAITS` times of it.

    A loop that is busy itself would look like a slow server. So the time is counted in ticks of the loop's own, and
    however late one comes, what has arrived meanwhile has its turn before the next.
    """
    loop = asyncio.get_running_loop()
    left, left_at_all = _TICKS, _TICKS * WAITS
    timer: asyncio.TimerHandle | None = None

    def again() -> None:
        nonlocal left
        left = min(_TICKS, left_at_all)

    async with asyncio.timeout(None) as scope:

        def tick() -> None:
            nonlocal left, left_at_all, timer
            left -= 1
            left_at_all -= 1
            if left > 0:
                timer = loop.call_later(seconds / _TICKS, tick)
            else:
                scope.reschedule(loop.time())

        timer = loop.call_later(seconds / _TICKS, tick)
        try:
            yield again
        finally:
            timer.cancel()


@dataclass(frozen=True)
class Health:
    """How the store's servers are doing.

    ``closed``: no circuit breaker is open. ``failures`` counts calls that got no answer, ``refused`` those that were
    not tried because a breaker was open. ``search`` says how vectors are searched for, or why not; ``doubts`` what
    about the server's settings is probably not meant.
    """

    closed: bool
    failures: int
    refused: int
    dropped: int
    last_error: str
    unreachable: tuple[str, ...]
    server: str
    can_search: bool
    search: str
    doubts: tuple[str, ...]


class Node:
    """A server, by its address. Used in one event loop."""

    def __init__(self, address: str, options: dict[str, Any], *, before_probe: Callable[[], Awaitable[None]]) -> None:
        self.address = address
        self.open = False
        self.failures = 0
        self.refused = 0
        self.last_error = ""
        connection = load("redis.asyncio.connection")
        errors = load("redis.exceptions")
        self._answers = errors.ResponseError
        self._down = (errors.ClusterDownError, errors.MasterDownError, errors.ReadOnlyError)
        self._faults = (errors.ConnectionError, errors.TimeoutError, errors.AuthenticationError, OSError, TimeoutError)
        self._pool = connection.ConnectionPool(**options)
        try:
            self._pool.make_connection()
        except TypeError as error:
            raise StoreError(f"the Redis URL has an option that redis-py does not know: {error}") from None
        self._turns = asyncio.Semaphore(MOST_AT_ONCE)
        self._in_a_row = 0
        self._before_probe = before_probe
        self._probe: asyncio.Task[None] | None = None

    async def ask(self, commands: Sequence[Command], seconds: float) -> list[Any]:
        """The answers to a pipeline; an answer may be an error of redis-py.

        ``seconds`` is how long each answer may let wait. Raises Unreachable.
        """
        if self.open:
            self._start_probe()
            self.refused += 1
            raise Unreachable(f"{self.address} is left alone after failures in a row: {self.last_error}")
        try:
            async with within(seconds) as again:
                answers = await self._exchange(commands, again)
        except self._faults as error:
            self.failed(_reason(error, seconds))
            raise Unreachable(f"{self.address}: {_reason(error, seconds)}") from error
        for answer in answers:
            if isinstance(answer, self._down):
                self.failed(str(answer))
                await self._pool.disconnect(inuse_connections=False)  # its name may lead to another server by now
                raise Unreachable(f"{self.address}: {answer}")
        self._in_a_row = 0
        return answers

    async def _exchange(self, commands: Sequence[Command], again: Callable[[], None]) -> list[Any]:
        async with self._turns:
            connection = await self._pool.get_connection()
            try:
                await connection.send_packed_command(connection.pack_commands(commands))
                answers = []
                for _ in commands:
                    answers.append(await self._answer(connection))
                    again()
                return answers
            except BaseException:
                await connection.disconnect(nowait=True)  # or the next user would read answers that are not its own
                raise
            finally:
                await self._pool.release(connection)

    async def _answer(self, connection: Any) -> Any:
        try:
            return await connection.read_response()
        except self._answers as error:
            return error

    def failed(self, reason: str) -> None:
        """Count a failure; after some in a row the circuit opens and the probe begins."""
        self.failures += 1
        self._in_a_row += 1
        self.last_error = reason
        if self._in_a_row >= FAILURES and not self.open:
            self.open = True
            log.warning("%s does not answer and is left alone until it does: %s", self.address, reason)
            self._start_probe()

    def _start_probe(self) -> None:
        if self._probe is None or self._probe.done():
            self._probe = asyncio.get_running_loop().create_task(self._wait_for_it())

    async def _wait_for_it(self) -> None:
        pause = PAUSE_S
        while self.open:
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)
            try:
                await self._before_probe()
                async with within(PATIENT_S) as again:
                    (answer,) = await self._exchange([("PING",)], again)
            except (*self._faults, StoreError) as error:
                self.last_error = _reason(error, PATIENT_S)
            else:
                self.open = isinstance(answer, Exception)
        self._in_a_row = 0
        log.warning("%s answers again", self.address)

    async def close(self) -> None:
        """Close all connections and end the probe."""
        if self._probe is not None:
            self._probe.cancel()
            await asyncio.gather(self._probe, return_exceptions=True)
        await self._pool.disconnect()


def _reason(error: BaseException, seconds: float) -> str:
    if isinstance(error, TimeoutError) or not str(error):
        return f"no answer within {seconds * 1000:.0f} ms"
    return str(error)
