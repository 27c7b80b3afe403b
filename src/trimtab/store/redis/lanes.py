"""Writes in the order in which they were called: one lane a shard, each with one pipeline under way at a time.

What gathers while a pipeline is under way goes out together in the next one.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from trimtab.errors import StoreError
from trimtab.store.redis.keys import Command
from trimtab.store.redis.link import Link
from trimtab.store.redis.node import PATIENT_S, WAITS, Unreachable, within

MOST_PER_PIPELINE = 128
MOST_BYTES_PER_PIPELINE = 1024 * 1024
_BEHIND_S = 0.02
"""How much longer a caller waits whose write stands behind buffered ones, which are given more time than it has."""
_BYTES_PER_S = 10e6
"""What a connection is trusted to carry, so that a large value has the time that it takes."""


@dataclass(eq=False)
class _Write:
    command: Command
    size: int
    future: asyncio.Future[Any]
    lost: Callable[[], None] | None
    """Called at once, before anything else can be written, when it is not known whether the write took place."""


@dataclass
class _Lane:
    waiting: deque[_Write] = field(default_factory=deque)
    task: asyncio.Task[None] | None = None
    is_patient: bool = False
    """Whether what is under way are buffered writes, which nobody waits for."""


class Lanes:
    """The writes of a store, by shard. Used in one event loop."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._lanes: dict[int, _Lane] = {}

    async def write(self, shard: int, command: Command, size: int = 0) -> Any:
        """Write and wait for the answer, which may be an error of redis-py. Raises Unreachable."""
        quick = self._link.place.quick_s
        future = self.submit(shard, command, size)
        lane = self._lanes[shard]
        # A server that does not answer fails the whole lane, most often sooner.
        is_behind = lane.is_patient or any(write.lost is not None for write in lane.waiting)
        seconds = quick + _BEHIND_S if is_behind else quick * WAITS
        try:
            async with within(seconds):
                return await future
        except TimeoutError:
            node = self._link.node_of(shard)
            node.failed(f"a write had to wait for more than {seconds * 1000:.0f} ms")
            raise Unreachable(f"{node.address}: {node.last_error}") from None

    def submit(
        self, shard: int, command: Command, size: int = 0, lost: Callable[[], None] | None = None
    ) -> asyncio.Future[Any]:
        """Put a write into its lane; the future gives the answer, or Unreachable."""
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        lane = self._lanes.setdefault(shard, _Lane())
        lane.waiting.append(_Write(command, size, future, lost))
        if lane.task is None:
            lane.task = asyncio.get_running_loop().create_task(self._run(shard, lane))
        return future

    async def _run(self, shard: int, lane: _Lane) -> None:
        batch: list[_Write] = []
        try:
            while lane.waiting:
                batch = _next(lane.waiting)
                if not batch:
                    continue
                lane.is_patient = batch[0].lost is not None
                seconds = PATIENT_S if lane.is_patient else self._link.place.quick_s
                seconds += sum(write.size for write in batch) / _BYTES_PER_S
                answers = await self._link.run(shard, [write.command for write in batch], seconds)
                for write, answer in zip(batch, answers, strict=True):
                    if not write.future.done():
                        write.future.set_result(answer)
                batch = []
        except StoreError as error:
            _give_up(batch, lane, error)
        finally:
            # Whatever ends a lane, nobody may wait for it for ever.
            self._lanes.pop(shard, None)
            _give_up(batch, lane, Unreachable("the store was closed before this was written"))

    async def close(self) -> None:
        """Give up what is still under way."""
        tasks = [lane.task for lane in self._lanes.values() if lane.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _next(waiting: deque[_Write]) -> list[_Write]:
    """What goes out together. Buffered writes go alone: where they have to be written again, nothing that was called
    after them has been written.
    """
    batch: list[_Write] = []
    size = 0
    while waiting and len(batch) < MOST_PER_PIPELINE and size < MOST_BYTES_PER_PIPELINE:
        if batch and (batch[0].lost is None) != (waiting[0].lost is None):
            break
        write = waiting.popleft()
        if not write.future.cancelled():  # or the caller has given up
            batch.append(write)
            size += write.size
    return batch


def _give_up(batch: list[_Write], lane: _Lane, error: StoreError) -> None:
    """Fail the pipeline and all that waits behind it: written later, it would overtake what was not."""
    left = [*batch, *lane.waiting]
    batch.clear()
    lane.waiting.clear()
    for write in reversed(left):  # the last first: what goes back into the buffer goes in front of what is there
        if write.lost is not None:
            write.lost()
        if not write.future.done():
            write.future.set_exception(error)
