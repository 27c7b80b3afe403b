"""Writes that were handed over for later: they wait a moment for company, and outlast a server that is away.

What could not be written goes back into the buffer, which is bounded, and is tried again when the server answers.
Events carry numbers, so that one whose first attempt did arrive is not written twice.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from uuid import uuid4

from trimtab.errors import StoreError
from trimtab.store.base import Put
from trimtab.store.later import Later, Line
from trimtab.store.redis.lanes import Lanes
from trimtab.store.redis.node import Unreachable, checked
from trimtab.store.redis.rows import Rows

MOST_AT_ONCE = 256
_RETRY_S = 0.25
_CLOSING_S = 5.0

log = logging.getLogger(__name__)


class Writer:
    """The buffer of later writes, and the task that empties it. `add` may be called from any thread."""

    def __init__(
        self, lanes: Lanes, rows: Rows, *, grown: Callable[[int], None], refused: Callable[[StoreError], None]
    ) -> None:
        self.later = Later()
        self._lanes = lanes
        self._rows = rows
        self._grown = grown
        self._refused = refused
        self._name = uuid4().hex
        self._numbers = itertools.count()
        self._numbering = threading.Lock()
        self._loop = asyncio.get_running_loop()
        self._wake = asyncio.Event()
        self._under_way: set[asyncio.Future[Any]] = set()
        self._losses = 0
        self._task = self._loop.create_task(self._run())

    def add(self, item: Put) -> None:
        """Take a value to be written soon."""
        self._woken(self.later.add(item))

    def append(self, stream: str, at: float, tenant: str, thread: str, data: bytes) -> None:
        """Take an event to be written soon."""
        with self._numbering:  # the order of the numbers is that of the buffer
            wake = self.later.add(Line(stream, at, tenant, thread, data, next(self._numbers)))
        self._woken(wake)

    def _woken(self, wake: bool) -> None:
        if wake:
            with contextlib.suppress(RuntimeError):  # the loop has ended, and with it whoever could write
                self._loop.call_soon_threadsafe(self._wake.set)

    async def _run(self) -> None:
        while True:
            due = self.later.due_in()
            if due is None or due > 0:
                self._wake.clear()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(due):
                        await self._wake.wait()
                continue
            before = self._losses
            futures = self._hand_in(self.later.take(MOST_AT_ONCE))
            if futures:
                await asyncio.wait(futures)
            if self._losses > before:
                await asyncio.sleep(_RETRY_S)

    def in_order(self, ns: str, key: str) -> None:
        """Put a buffered write of the key in front of the write that comes now."""
        waiting = self.later.pop(ns, key)
        if waiting is not None:
            self._hand_in([waiting])

    async def flush(self) -> None:
        """Write everything that was handed over until now. Raises StoreError if the server does not take it."""
        before = self._losses
        while items := self.later.take(MOST_AT_ONCE):
            self._hand_in(items)
            if self._losses > before:
                break
        if self._under_way:
            await asyncio.wait(set(self._under_way))
        if self._losses > before:
            raise StoreError("the buffered writes could not be written yet: Redis does not answer; they are kept")

    def _hand_in(self, items: Sequence[Put | Line]) -> list[asyncio.Future[Any]]:
        """Put writes into their lanes."""
        futures = []
        streams: dict[str, list[Line]] = {}
        for item in items:
            if isinstance(item, Put):
                futures.append(self._submit([item]))
            else:
                streams.setdefault(item.stream, []).append(item)
        futures += [self._submit(lines) for lines in streams.values()]
        return [future for future in futures if future is not None]

    def _submit(self, items: Sequence[Put] | Sequence[Line]) -> asyncio.Future[Any] | None:
        try:
            write = self._rows.append(items, self._name) if isinstance(items[0], Line) else self._rows.put(items[0])  # type: ignore[arg-type]
        except StoreError as error:
            self._gave_up(len(items), error)
            return None
        lost = partial(self._lost, items)
        future = self._lanes.submit(write.shard, write.command, write.size, lost=lost)
        self._under_way.add(future)
        future.add_done_callback(partial(self._settled, len(items), write.size))
        return future

    def _lost(self, items: Sequence[Put | Line]) -> None:
        self._losses += 1
        self.later.give_back(items)

    def _settled(self, count: int, size: int, future: asyncio.Future[Any]) -> None:
        self._under_way.discard(future)
        if future.cancelled() or isinstance(future.exception(), Unreachable):
            return  # it is in the buffer again
        try:
            checked(future.result())
        except StoreError as error:
            self._gave_up(count, error)
        else:
            self._grown(size)

    def _gave_up(self, count: int, error: StoreError) -> None:
        self.later.gave_up(count)
        self._refused(error)
        log.warning("%d buffered writes were lost: %s", count, error)

    async def close(self) -> None:
        """Write what is buffered; what the server does not take is counted as dropped."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        with contextlib.suppress(StoreError, TimeoutError):
            async with asyncio.timeout(_CLOSING_S):
                await self.flush()
        await self._lanes.close()
        while left := self.later.take(MOST_AT_ONCE):
            self.later.gave_up(len(left))
