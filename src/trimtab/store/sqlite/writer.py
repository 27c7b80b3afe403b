"""The one thread that writes: it commits what has gathered as one transaction, then settles the waiting futures."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from trimtab.errors import StoreError
from trimtab.store.later import Later
from trimtab.store.sqlite.file import FAULTS, explain, is_busy

T = TypeVar("T")
Work = Callable[[sqlite3.Connection, float], T]

MOST_PER_COMMIT = 512
MOST_LATER_PER_COMMIT = 256  # keeps the wait of a compare-and-set behind buffered writes to a few milliseconds
BUSY_S = 2.0

log = logging.getLogger(__name__)


class _Op:
    """One piece of work, and whom to tell. ``alone``: outside a transaction, as VACUUM and checkpoints need it.

    ``parts``: the same work piece by piece, for when one piece is at fault and the others should not pay for it.
    """

    __slots__ = ("alone", "future", "loop", "parts", "work")

    def __init__(
        self,
        work: Work[Any],
        future: asyncio.Future[Any] | None = None,
        loop: asyncio.AbstractEventLoop | None = None,
        alone: bool = False,
        parts: Sequence[Work[Any]] = (),
    ) -> None:
        self.parts = parts
        self.work = work
        self.future = future
        self.loop = loop
        self.alone = alone


_Outcome = tuple[_Op, Any, StoreError | None]
_WAKE = _Op(lambda connection, now: None)
_STOP = _Op(lambda connection, now: None)


class Writer:
    """Takes work from any loop and thread. Work runs in the order in which it was handed in.

    ``lock`` is held during a transaction; it matters only where readers share the connection (a store in memory).
    Work that raises StoreError has to do so before it changes anything: the rest of its transaction is kept.
    """

    def __init__(
        self,
        path: str,
        connection: sqlite3.Connection,
        lock: threading.Lock,
        *,
        later: Later,
        later_work: Callable[[Sequence[Any]], list[Sequence[Work[Any]]]],
        clock: Callable[[], float],
    ) -> None:
        self._path = path
        self._connection = connection
        self._lock = lock
        self._later = later
        self._later_work = later_work
        self._clock = clock
        self._queue: SimpleQueue[_Op] = SimpleQueue()
        self._held: _Op | None = None
        self._current: list[_Op] = []
        self._open = True
        self._alive = True
        self._thread = threading.Thread(target=self._run, name="trimtab-store-writer", daemon=True)
        self._thread.start()

    async def submit(self, work: Work[T], *, alone: bool = False) -> T:
        """Run ``work(connection, now)`` in the next transaction; its result, once that is committed."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._hand_in(_Op(work, future, loop, alone))
        return await future

    def put_in(self, item: Any) -> None:
        """Queue a buffered write whose turn has come early, because something that must follow it is on its way."""
        for op in self._later_ops([item]):
            self._hand_in(op)

    def wake(self) -> None:
        """Make the thread look at the buffer of later writes."""
        self._queue.put(_WAKE)

    def stop(self) -> None:
        """Write what is buffered, close the connection, end the thread. Blocks until that is done."""
        self._open = False
        self._queue.put(_STOP)
        self._thread.join()

    def _hand_in(self, op: _Op) -> None:
        if not self._open:
            raise StoreError(f"{self._path}: the store is closed")
        self._queue.put(op)
        if not self._alive:  # it ended between the check and the put
            self._refuse_waiting()

    def _run(self) -> None:
        try:
            stopping = False
            while not stopping:
                self._current, stopping = self._gather()
                if self._current:
                    self._settle(self._write(self._current))
                    self._current = []
            while left := self._due_later(everything=True):
                self._settle(self._write(left))
        finally:
            self._alive = self._open = False
            self._refuse_waiting()
            with self._lock:
                self._connection.close()

    def _gather(self) -> tuple[list[_Op], bool]:
        """Wait for work, then take all that is there; whether the store is closing."""
        ops: list[_Op] = []
        stopping = False
        if self._held is not None:
            op, self._held = self._held, None
            return [op], False
        try:
            op = self._queue.get(timeout=self._later.due_in())
            while True:
                if op is _STOP:
                    stopping = True
                    break
                if op.alone and ops:
                    self._held = op
                    break
                if op is not _WAKE:
                    ops.append(op)
                if op.alone or len(ops) >= MOST_PER_COMMIT:
                    break
                op = self._queue.get_nowait()
        except Empty:
            pass
        if not (ops and ops[0].alone):
            ops.extend(self._due_later())
        return ops, stopping

    def _due_later(self, *, everything: bool = False) -> list[_Op]:
        due = self._later.due_in()
        if due is None or (due > 0 and not everything):
            return []
        return self._later_ops(self._later.take(MOST_LATER_PER_COMMIT))

    def _later_ops(self, items: Sequence[Any]) -> list[_Op]:
        """Buffered writes as work: what goes together in one statement first, then the same one by one."""
        return [_Op(whole, parts=parts) for whole, *parts in self._later_work(items)]

    def _write(self, ops: list[_Op]) -> list[_Outcome]:
        try:
            with self._lock:
                return self._alone(ops[0]) if ops[0].alone else self._transact(ops)
        except FAULTS as error:
            if len(ops) == 1 and len(ops[0].parts) > 1:
                ops = [_Op(part) for part in ops[0].parts]
            if len(ops) > 1 and not is_busy(error):
                # One of them is at fault; the others should not pay for it.
                return [outcome for op in ops for outcome in self._write([op])]
            explained = explain(self._path, error)
            return [(op, None, explained) for op in ops]

    def _alone(self, op: _Op) -> list[_Outcome]:
        return [(op, op.work(self._connection, self._clock()), None)]

    def _transact(self, ops: list[_Op]) -> list[_Outcome]:
        connection, now = self._connection, self._clock()
        outcomes: list[_Outcome] = []
        self._begin()
        try:
            for op in ops:
                try:
                    outcomes.append((op, op.work(connection, now), None))
                except StoreError as error:
                    outcomes.append((op, None, error))
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        return outcomes

    def _begin(self) -> None:
        """Take the write lock that all processes share. SQLite's own waiting would sleep up to 100 ms at a time."""
        deadline = time.monotonic() + BUSY_S
        pause = 0.0002
        while True:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if not is_busy(error) or time.monotonic() >= deadline:
                    raise
                time.sleep(pause)
                pause = min(pause * 1.5, 0.01)

    def _settle(self, outcomes: list[_Outcome]) -> None:
        """Hand the results to the loops that wait for them: one wake-up a loop."""
        loops: dict[asyncio.AbstractEventLoop, list[_Outcome]] = {}
        for outcome in outcomes:
            op, _, error = outcome
            if op.loop is not None:
                loops.setdefault(op.loop, []).append(outcome)
            elif error is not None:
                self._later.gave_up()
                log.warning("a buffered write was lost: %s", error)
        for loop, settled in loops.items():
            with contextlib.suppress(RuntimeError):  # the loop has ended, and with it whoever waited
                loop.call_soon_threadsafe(_complete, settled)

    def _refuse_waiting(self) -> None:
        left, self._current = self._current, []
        if self._held is not None:
            left.append(self._held)
        with contextlib.suppress(Empty):
            while True:
                left.append(self._queue.get_nowait())
        closed = StoreError(f"{self._path}: the store is closed")
        self._settle([(op, None, closed) for op in left if op is not _WAKE and op is not _STOP])


def _complete(settled: list[_Outcome]) -> None:
    for op, result, error in settled:
        future = op.future
        if future is None or future.done():  # the caller gave up
            continue
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)
