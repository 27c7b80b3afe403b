"""What walks over all shards of a Redis store: listing, counting, purging, sweeping, and holding it to its bound.

Nothing here is on the path of a request. Each step is one short script, so that requests get their turn in between.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from trimtab.store.base import Entry, Usage
from trimtab.store.redis.keys import SHARDS, Layout, entry_of, moment, namespace_of, only, space_of
from trimtab.store.redis.link import Link
from trimtab.store.redis.node import PATIENT_S, checked
from trimtab.store.redis.vectors import Vectors

CHUNK = 500
PAGE = 1000
_EVICTED_AT_ONCE = 32
_SIZE_OF_ONE = 1000
"""About how many bytes a vector or an event takes: no more of them should go than have to."""
_AT_A_TIME = 16
_LOCK_MS = 30_000
_CONTENT, _OTHERS = 2, 3
"""Where the two orders of entries stand among a script's keys."""


@dataclass(frozen=True)
class Bounds:
    """How much may be kept, and how long: bytes, and seconds of content and of events."""

    max_bytes: int | None = None
    retention_s: float | None = None
    event_retention_s: float | None = None


class Upkeep:
    """Upkeep of a store over all its shards."""

    def __init__(self, link: Link, layout: Layout, vectors: Vectors, bounds: Bounds) -> None:
        self._link = link
        self._layout = layout
        self._vectors = vectors
        self._bounds = bounds
        self._turns = asyncio.Semaphore(_AT_A_TIME)

    async def _everywhere(self, name: str, *arguments: bytes | str | int | float) -> list[Any]:
        engine = self._vectors.engine
        answers = await self._link.everywhere(lambda shard: [self._layout.call(shard, engine, name, *arguments)])
        return [checked(answer) for (answer,) in answers]

    async def _on(self, shard: int, name: str, *arguments: bytes | str | int | float) -> Any:
        call = self._layout.call(shard, self._vectors.engine, name, *arguments)
        async with self._turns:
            (answer,) = await self._link.run(shard, [call], PATIENT_S)
        return checked(answer)

    async def entries(
        self, now: float, *, kind: str | None, tenant: str | None, thread: str | None, limit: int
    ) -> list[Entry]:
        """Live entries, newest first."""
        filters = (moment(now), space_of(kind) if kind is not None else b"", only(tenant), only(thread))
        page = min(PAGE, limit)
        found: dict[bytes, bytes] = {}

        async def walk(shard: int, which: int, first: Any) -> None:
            mine, start, (looked_at, flat) = 0, 0, first
            while True:
                found.update(zip(flat[::2], flat[1::2], strict=True))
                mine += len(flat) // 2
                start += looked_at
                if looked_at < page or mine >= limit:
                    return
                looked_at, flat = await self._on(shard, "page", which, start, page, *filters)

        if limit <= 0:
            return []
        for which in (_CONTENT, _OTHERS):
            firsts = await self._everywhere("page", which, 0, page, *filters)
            await asyncio.gather(*(walk(shard, which, first) for shard, first in enumerate(firsts)))
        entries = (entry_of(name, meta) for name, meta in found.items())
        return heapq.nlargest(limit, entries, key=lambda entry: entry.created)

    async def usage(self, now: float) -> list[Usage]:
        """Rows and bytes by kind, content apart, then vectors and events."""
        sums: dict[tuple[str, bool], tuple[int, int]] = {}

        async def walk(shard: int, which: int, first: Any) -> None:
            start, (looked_at, flat) = 0, first
            while True:
                for at in range(0, len(flat), 3):
                    place = namespace_of(flat[at]), which == _CONTENT
                    rows, size = sums.get(place, (0, 0))
                    sums[place] = rows + flat[at + 1], size + flat[at + 2]
                start += looked_at
                if looked_at < PAGE:
                    return
                looked_at, flat = await self._on(shard, "sums", which, start, PAGE, moment(now))

        for which in (_CONTENT, _OTHERS):
            firsts = await self._everywhere("sums", which, 0, PAGE, moment(now))
            await asyncio.gather(*(walk(shard, which, first) for shard, first in enumerate(firsts)))
        for name, content, answers in (
            ("vectors", True, await self._everywhere("vsums", moment(now))),
            ("events", False, await self._everywhere("esums")),
        ):
            sums[name, content] = sum(rows for rows, _ in answers), sum(size for _, size in answers)
        return [Usage(kind, rows, size, content) for (kind, content), (rows, size) in sorted(sums.items()) if rows]

    async def purge(self, tenant: str | None, thread: str | None, content_only: bool) -> int:
        """Delete what belongs to an owner, as `Store.purge` says."""
        owner = only(tenant), only(thread)
        went = 0

        async def items(shard: int, first: Any) -> None:
            nonlocal went
            cursor, gone = first
            went += gone
            while cursor != b"0":
                cursor, gone = await self._on(shard, "purge", cursor, CHUNK, *owner, int(content_only))
                went += gone

        async def events(shard: int, stream: bytes) -> None:
            nonlocal went
            after: bytes = b"0"
            while after != b"":
                after, gone = await self._on(shard, "epurge", stream, after, CHUNK, *owner)
                went += gone

        firsts = await self._everywhere("purge", "0", CHUNK, *owner, int(content_only))
        await asyncio.gather(*(items(shard, first) for shard, first in enumerate(firsts)))
        if not content_only:
            await self._each(await self._everywhere("streams"), events)
        if thread is None:
            await self._each(await self._everywhere("vspaces"), self._drop, lambda space: _is_of(space, tenant))
        return went

    async def _drop(self, shard: int, space: bytes) -> None:
        async with self._turns:
            await self._vectors.drop(shard, space, CHUNK, PATIENT_S)

    async def _each(
        self, found: list[list[bytes]], work: Any, chosen: Callable[[bytes], bool] = lambda name: True
    ) -> None:
        parts = [(shard, name) for shard, names in enumerate(found) for name in names if chosen(name)]
        await asyncio.gather(*(work(shard, name) for shard, name in parts))

    async def sweep(self, now: float) -> int:
        """Delete what has expired and what is over the bounds; how many went."""
        bounds = self._bounds
        written_before = moment(None if bounds.retention_s is None else now - bounds.retention_s)
        went = 0

        async def rest(shard: int, first: Any) -> None:
            nonlocal went
            gone, more = first
            went += gone
            while more:
                gone, more = await self._on(shard, "sweep", moment(now), CHUNK, written_before)
                went += gone

        async def events(shard: int, stream: bytes) -> None:
            nonlocal went
            gone = await self.trim(shard, stream, moment(now - (bounds.event_retention_s or 0)), "")
            went += gone

        firsts = await self._everywhere("sweep", moment(now), CHUNK, written_before)
        await asyncio.gather(*(rest(shard, first) for shard, first in enumerate(firsts)))
        if bounds.event_retention_s is not None:
            await self._each(await self._everywhere("streams"), events)
        return went + await self.evict()

    async def trim(self, shard: int, stream: bytes, before: str, keep: str) -> int:
        """Drop a stream's events that are older than ``before`` or beyond the newest ``keep``; how many went."""
        went, gone = 0, 1
        while gone:
            gone = await self._on(shard, "trim", stream, before, keep, CHUNK)
            went += gone
        return went

    async def used(self) -> tuple[int, int, int]:
        """About how many bytes entries, vectors and events take."""
        answers = await self._everywhere("used")
        items, vectors, events = (sum(column) for column in zip(*answers, strict=True))
        return items, vectors, events

    async def evict(self, *, full: bool = False) -> int:
        """Over the size bound, delete down to 95% of it: oldest content first, state only when nothing else is left.

        ``full``: the server has no room for what there is, whatever the bound says. One process does so at a time.
        """
        most, used = self._bounds.max_bytes, sum(await self.used())
        if full:
            most = min(used if most is None else most, used - 1)
        if most is None or used <= most:
            return 0
        lock = self._layout.base(0) + b"evicting"
        (taken,) = await self._link.run(0, [("SET", lock, "1", "NX", "PX", _LOCK_MS)], PATIENT_S)
        if taken is None:
            return 0
        # Any other answer than OK is that there is no room for a lock either: then several may make room at once.
        try:
            return await self._evict(int(most * 0.95))
        finally:
            await self._link.run(0, [("DEL", lock)], PATIENT_S)

    async def _evict(self, most: int) -> int:
        went = 0
        sheds: tuple[Callable[[int], Awaitable[int]], ...] = (
            partial(self._evict_oldest, _CONTENT),
            partial(self._evict_any, "vevict"),
            partial(self._evict_any, "eevict"),
            partial(self._evict_oldest, _OTHERS),
        )
        for shed in sheds:
            gone = 1
            while gone:
                over = sum(await self.used()) - most
                if over <= 0:  # and not on to the next kind, even if somebody writes meanwhile
                    return went
                gone = await shed(over)
                went += gone
        return went

    async def _evict_any(self, name: str, over: int) -> int:
        each = max(1, min(_EVICTED_AT_ONCE, over // (SHARDS * _SIZE_OF_ONE)))
        return sum(await self._everywhere(name, each))

    async def _evict_oldest(self, which: int, over: int) -> int:
        """Delete the oldest entries of all shards together, as many as are known to be and as free ``over`` bytes."""
        heads = await self._everywhere("oldest", which, _EVICTED_AT_ONCE)
        rows = sorted(
            (float(flat[at]), shard, flat[at + 1]) for shard, flat in enumerate(heads) for at in range(0, len(flat), 2)
        )
        chosen = [0] * SHARDS
        for _, shard, size in rows:
            chosen[shard] += 1
            over -= size
            if over <= 0 or chosen[shard] == _EVICTED_AT_ONCE:  # what follows in that shard is not known
                break
        gone = await asyncio.gather(
            *(self._on(shard, "evict", which, count) for shard, count in enumerate(chosen) if count)
        )
        return sum(gone)


def _is_of(space: bytes, tenant: str | None) -> bool:
    """Whether a namespace names the tenant: ``kind:tenant`` or ``kind:tenant:...``."""
    if tenant is None:
        return True
    _, colon, rest = namespace_of(space).partition(":")
    return (rest + ":").startswith(tenant + ":") if colon else tenant == ""
