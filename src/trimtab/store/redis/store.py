"""The store that several gateways share: one Redis, or a cluster of them.

Writes go through a lane for each shard of namespaces, in the order in which they were called; what gathers meanwhile
goes out as one pipeline. Reads of keys and vectors are one round trip. Redis down, slow or full costs a request at
most the waiting time of the URL (50 ms), and nothing while the circuit breaker is open: see `redis_node`.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson

from trimtab.errors import Conflict, StoreError
from trimtab.store.base import Entry, Event, Neighbour, Put, Usage, Value, Vector
from trimtab.store.encryption import Sealer
from trimtab.store.redis.keys import Layout, event_of, moment, shard_of, text, value_of
from trimtab.store.redis.lanes import Lanes
from trimtab.store.redis.link import Link, place_of
from trimtab.store.redis.node import PATIENT_S, Full, Health, checked
from trimtab.store.redis.rows import Rows, Write, stream_space
from trimtab.store.redis.server import Server, look
from trimtab.store.redis.upkeep import Bounds, Upkeep
from trimtab.store.redis.vectors import Vectors
from trimtab.store.redis.writer import Writer

_READ_AT_ONCE = 1000
_LEAST_GROWTH = 256 * 1024

log = logging.getLogger(__name__)


class RedisStore:
    """The Store contract on Redis. Made by `open`, to be closed by `close`; belongs to the event loop of `open`.

    Only `put_later`, `append_later`, `dropped` and `health` may be used from other threads.
    """

    def __init__(
        self, link: Link, layout: Layout, server: Server, *, sealer: Sealer, bounds: Bounds, clock: Callable[[], float]
    ) -> None:
        self._link = link
        self._layout = layout
        self._server = server
        self._sealer = sealer
        self._clock = clock
        self._lanes = Lanes(link)
        self._rows = Rows(layout, sealer, clock, bounds.retention_s, server.engine)
        self._writer = Writer(self._lanes, self._rows, grown=self._grown, refused=self._refused)
        self._vectors = Vectors(layout, server, link=link, lanes=self._lanes)
        self._upkeep = Upkeep(link, layout, self._vectors, bounds)
        self._loop = asyncio.get_running_loop()
        self._closed = False
        self._growth = 0
        self._most_growth = None if bounds.max_bytes is None else max(_LEAST_GROWTH, bounds.max_bytes // 64)
        self._evicting: asyncio.Task[None] | None = None

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        key: bytes | None = None,
        max_bytes: int | None = None,
        retention_s: float | None = None,
        event_retention_s: float | None = None,
        clock: Callable[[], float] = time.time,
    ) -> RedisStore:
        """Open the store at ``redis://``, ``rediss://`` or ``unix://``; a cluster is recognised.

        The URL's query may hold ``prefix`` (of all keys, "trimtab"), ``timeout_ms`` (50), ``vectors`` ("auto", "sets",
        "engine") and what redis-py knows, such as ``ssl_ca_certs``. ``key``: 32 bytes with which content is encrypted;
        vectors are not, since they are searched. ``max_bytes``: beyond it, by our own reckoning, the oldest content
        goes. ``retention_s`` and ``event_retention_s``: how long content and events are kept at most, in seconds.
        Raises StoreError if the server cannot be reached or used.
        """
        sealer = Sealer(key)
        place = place_of(url)
        layout = Layout(place.prefix)
        link = Link(place)
        try:
            server = await look(link, layout)
        except BaseException:
            await link.close()
            raise
        for doubt in server.doubts:
            log.warning("%s: %s", link.nodes[0].address, doubt)
        bounds = Bounds(max_bytes, retention_s, event_retention_s)
        return cls(link, layout, server, sealer=sealer, bounds=bounds, clock=clock)

    @property
    def dropped(self) -> int:
        """Writes handed over to be done later that were given up: the buffer overflowed, or the server refused."""
        return self._writer.later.dropped

    @property
    def health(self) -> Health:
        """How the servers are doing, for `trimtab doctor` and metrics."""
        nodes = self._link.nodes
        return Health(
            closed=not any(node.open for node in nodes),
            failures=sum(node.failures for node in nodes),
            refused=sum(node.refused for node in nodes),
            dropped=self.dropped,
            last_error=next((node.last_error for node in nodes if node.last_error), ""),
            unreachable=tuple(node.address for node in nodes if node.open),
            server=f"{self._server.version}{', cluster' if self._link.is_cluster else ''}",
            can_search=bool(self._server.engine),
            search=self._server.search,
            doubts=self._server.doubts,
        )

    def _check_open(self) -> None:
        if self._closed:
            raise StoreError(f"{self._link.place.seeds[0]}: the store is closed")
        if asyncio.get_running_loop() is not self._loop:
            raise StoreError("a Redis store belongs to the event loop that it was opened in; open one for each loop")

    async def get(self, ns: str, key: str) -> Value | None:
        return (await self.get_many(ns, [key])).get(key)

    async def get_many(self, ns: str, keys: Sequence[str]) -> dict[str, Value]:
        self._check_open()
        if not keys:
            return {}
        names = [self._layout.value(ns, key) for key in keys]
        (answer,) = await self._link.run(shard_of(ns), [("MGET", *names)], self._link.place.quick_s)
        now = self._clock()
        found: dict[str, Value] = {}
        for key, raw in zip(keys, checked(answer), strict=True):
            stored = None if raw is None else value_of(raw)
            if stored is not None and stored.expires > now:
                data = self._sealer.open(ns, key, stored.data) if stored.sealed else stored.data
                found[key] = Value(data, stored.version)
        return found

    async def put(self, item: Put) -> int:
        _, version = await self._put(item, None)
        return version

    async def compare_and_set(self, item: Put, expected: int) -> int:
        done, version = await self._put(item, expected)
        if not done:
            raise Conflict(f"{item.ns}/{item.key}: expected version {expected}, found {version}")
        return version

    async def _put(self, item: Put, expected: int | None) -> tuple[int, int]:
        self._check_open()
        self._writer.in_order(item.ns, item.key)
        done, version = await self._write(self._rows.put(item, expected))
        return done, version

    async def _write(self, write: Write) -> Any:
        try:
            answer = checked(await self._lanes.write(write.shard, write.command, write.size))
        except Full as error:
            self._refused(error)
            raise
        self._grown(write.size)
        return answer

    def put_later(self, item: Put) -> None:
        if self._closed:
            self._writer.later.gave_up()
        else:
            self._writer.add(item)

    async def delete(self, ns: str, key: str) -> bool:
        self._check_open()
        self._writer.in_order(ns, key)
        return bool(await self._write(self._rows.delete(ns, key)))

    async def entries(
        self, *, kind: str | None = None, tenant: str | None = None, thread: str | None = None, limit: int = 1000
    ) -> list[Entry]:
        self._check_open()
        return await self._upkeep.entries(self._clock(), kind=kind, tenant=tenant, thread=thread, limit=limit)

    async def usage(self) -> list[Usage]:
        self._check_open()
        return await self._upkeep.usage(self._clock())

    async def purge(self, *, tenant: str | None = None, thread: str | None = None, content_only: bool = False) -> int:
        self._check_open()
        await self._writer.flush()
        return await self._upkeep.purge(tenant, thread, content_only)

    async def sweep(self) -> int:
        self._check_open()
        return await self._upkeep.sweep(self._clock())

    async def vector_add(self, ns: str, key: str, vector: Vector, ttl: float | None = None) -> None:
        self._check_open()
        try:
            self._grown(await self._vectors.add(ns, key, vector, now=self._clock(), ttl=ttl))
        except Full as error:
            self._refused(error)
            raise

    async def vector_search(self, ns: str, vector: Vector, k: int) -> list[Neighbour]:
        self._check_open()
        return await self._vectors.search(ns, vector, k, self._clock())

    async def vector_delete(self, ns: str, key: str) -> bool:
        self._check_open()
        return await self._vectors.delete(ns, key, self._clock())

    def append_later(self, stream: str, data: Mapping[str, object], *, at: float) -> None:
        try:
            encoded = orjson.dumps(data, default=str, option=orjson.OPT_NON_STR_KEYS)
        except TypeError as error:
            self._writer.later.gave_up()
            log.warning("an event of the stream %s is not JSON and was lost: %s", stream, error)
            return
        if self._closed:
            self._writer.later.gave_up()
        else:
            tenant, thread = data.get("tenant"), data.get("thread")
            self._writer.append(stream, at, str(tenant or ""), str(thread or ""), encoded)

    async def read(
        self, stream: str, *, after: int = 0, since: float | None = None, limit: int = 10_000
    ) -> list[Event]:
        self._check_open()
        found: list[Event] = []
        shard, name = shard_of(stream_space(stream)), text(stream)
        while len(found) < limit:
            count = min(_READ_AT_ONCE, limit - len(found))
            call = self._layout.call(shard, self._server.engine, "read", name, after, moment(since), count)
            (answer,) = await self._link.run(shard, [call], PATIENT_S)
            members = [event_of(member) for member in checked(answer)]
            found += [Event(number, at, orjson.loads(data)) for number, at, data in members]
            if len(members) < count:
                break
            after = found[-1].id
        return found

    async def trim(self, stream: str, *, before: float | None = None, keep: int | None = None) -> int:
        self._check_open()
        await self._writer.flush()
        kept = "" if keep is None else str(keep)
        return await self._upkeep.trim(shard_of(stream_space(stream)), text(stream), moment(before), kept)

    async def flush(self) -> None:
        self._check_open()
        await self._writer.flush()

    def _grown(self, size: int) -> None:
        """Look at the size bound now and then, so that a burst between two sweeps does not go far beyond it."""
        self._growth += size + 200
        if self._most_growth is None or self._growth < self._most_growth:
            return
        self._growth = 0
        self._make_room(full=False)

    def _refused(self, error: StoreError) -> None:
        if isinstance(error, Full):
            self._make_room(full=True)

    def _make_room(self, *, full: bool) -> None:
        if not self._closed and (self._evicting is None or self._evicting.done()):
            self._evicting = self._loop.create_task(self._evict(full))

    async def _evict(self, full: bool) -> None:
        try:
            await self._upkeep.evict(full=full)
        except StoreError as error:
            log.warning("the store could not be held to its bound: %s", error)

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        if self._evicting is not None:
            self._evicting.cancel()
            await asyncio.gather(self._evicting, return_exceptions=True)
        await self._writer.close()
        await self._link.close()
