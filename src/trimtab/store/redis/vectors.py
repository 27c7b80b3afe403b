"""Vector search in Redis: vector sets (Redis 8), or the query engine where a server has only that.

A vector set holds one byte a dimension above `_WHOLE_FLOATS_TO` dimensions, which moves a cosine by less than a
thousandth; below, rounding would show, and it holds floats. The query engine holds floats in an HNSW index for each
namespace. Neither knows times to live as we need them: every search asks for the expiry of what it found.
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from trimtab.errors import StoreError
from trimtab.store.base import Neighbour, Vector
from trimtab.store.redis.keys import Command, Layout, moment, shard_of, space_of, text
from trimtab.store.redis.lanes import Lanes
from trimtab.store.redis.link import Link
from trimtab.store.redis.node import checked
from trimtab.store.redis.server import Server

if TYPE_CHECKING:
    from trimtab.store.vectors import Floats

_WHOLE_FLOATS_TO = 256
_EFFORT = 64
"""Candidates that a search through the graph looks at. Among 10,000 vectors of 384 dimensions, 20 find as many."""
_MOST_ASKED = 4096
_NOTHING = ("no such index", "unknown index name")


class Vectors:
    """The vectors of a store."""

    def __init__(self, layout: Layout, server: Server, *, link: Link, lanes: Lanes) -> None:
        self.engine = server.engine
        self._layout = layout
        self._why_not = server.why_not
        self._link = link
        self._lanes = lanes
        self._quick_s = link.place.quick_s
        self._arrays: Any = None

    async def add(self, ns: str, key: str, vector: Vector, *, now: float, ttl: float | None) -> int:
        """Add or replace a vector; about how many bytes it takes."""
        data = await self._normalised(vector)
        dim = data.size
        whole = self.engine == "f" or dim <= _WHOLE_FLOATS_TO
        size = dim * (4 if whole else 1)
        shard, space, name = shard_of(ns), space_of(ns), text(key)
        rest = (data.astype("<f4").tobytes(), dim, size, "NOQUANT" if whole else "Q8")
        expires = moment(None if ttl is None else now + ttl)
        for indexed in (0, 1):
            call = self._layout.call(shard, self.engine, "vadd", space, name, moment(now), expires, *rest, indexed)
            status, known = checked(await self._lanes.write(shard, call, size))
            if status == 0:
                raise StoreError(
                    f"the vectors of {ns} have {known} dimensions, this one has {dim}; "
                    "use another namespace for another embedding model"
                )
            if status == 1:
                break
            await self._index(shard, space, dim, anew=True)
        return size

    async def search(self, ns: str, vector: Vector, k: int, now: float) -> list[Neighbour]:
        """Up to ``k`` nearest live vectors by cosine, best first; equal ones in the order of their keys."""
        query = await self._normalised(vector)
        if k <= 0:
            return []
        found = await (self._by_engine if self.engine == "f" else self._by_set)(ns, query, k, now)
        return sorted(found, key=lambda neighbour: (-neighbour.similarity, neighbour.key))[:k]

    async def delete(self, ns: str, key: str, now: float) -> bool:
        """Remove one vector; whether it was live."""
        self._check()
        shard = shard_of(ns)
        call = self._layout.call(shard, self.engine, "vdel", space_of(ns), text(key), moment(now))
        return bool(checked(await self._lanes.write(shard, call, 0)))

    async def drop(self, shard: int, space: bytes, at_once: int, seconds: float) -> None:
        """Delete every vector of a namespace."""
        went = at_once
        while went == at_once:
            call = self._layout.call(shard, self.engine, "vdrop", space, at_once)
            went = checked((await self._link.run(shard, [call], seconds))[0])
        if self.engine == "f":
            await self._link.run(shard, [("FT.DROPINDEX", self._index_name(shard, space))], seconds)

    def _check(self) -> None:
        if not self.engine:
            raise StoreError(self._why_not)

    async def _normalised(self, vector: Vector) -> Floats:
        self._check()
        if self._arrays is None:
            # numpy costs a tenth of a second, which a store without vectors does not owe, nor the loop in any case.
            self._arrays = await asyncio.to_thread(importlib.import_module, "trimtab.store.vectors")
        data: Floats = self._arrays.normalise(vector)
        return data

    async def _by_set(self, ns: str, query: Floats, k: int, now: float) -> list[Neighbour]:
        shard = shard_of(ns)
        rest = (space_of(ns), moment(now), query.astype("<f4").tobytes(), query.size, k, max(_EFFORT, 4 * k))
        call = self._layout.call(shard, self.engine, "vsim", *rest)
        status, found = checked((await self._link.run(shard, [call], self._quick_s))[0])
        if status == 0:
            raise _other_dimension(ns, found, query.size)
        return [_neighbour(found[at], 2 * float(found[at + 1]) - 1) for at in range(0, len(found), 2)]

    def _index_name(self, shard: int, space: bytes) -> bytes:
        return self._layout.base(shard) + b"q:" + space

    async def _by_engine(self, ns: str, query: Floats, k: int, now: float) -> list[Neighbour]:
        shard, space = shard_of(ns), space_of(ns)
        data = query.astype("<f4").tobytes()
        known: Command = ("HGET", self._layout.base(shard) + b"u", b"dim:" + space)
        asked, found = k, list[Neighbour]()
        while True:
            answer, dim = await self._link.run(shard, [self._nearest(shard, space, data, asked), known], self._quick_s)
            if checked(dim) is None:
                return []
            if int(dim) != query.size:
                raise _other_dimension(ns, int(dim), query.size)
            if isinstance(answer, Exception) and any(words in str(answer).lower() for words in _NOTHING):
                await self._index(shard, space, int(dim), anew=False)  # lost between two that made and dropped it
                return []
            answer = checked(answer)
            start = len(self._layout.base(shard) + b"h:" + space + b"/")
            rows = [(answer[at][start:], _fields(answer[at + 1])) for at in range(1, len(answer), 2)]
            # Filtered here: a filter in the query would make it walk over all that has not expired.
            found = [_neighbour(key, 1 - float(row[b"d"])) for key, row in rows if float(row[b"x"]) > now]
            if len(found) >= k or len(rows) < asked or asked > _MOST_ASKED:
                return found
            asked *= 4

    def _nearest(self, shard: int, space: bytes, data: bytes, k: int) -> Command:
        wanted = f"*=>[KNN {k} @v $q EF_RUNTIME {max(_EFFORT, 4 * k)} AS d]"
        return (
            *("FT.SEARCH", self._index_name(shard, space), wanted, "PARAMS", 2, "q", data),
            *("SORTBY", "d", "RETURN", 2, "d", "x", "LIMIT", 0, k, "DIALECT", 2),
        )

    async def _index(self, shard: int, space: bytes, dim: int, *, anew: bool) -> None:
        """Make the index of a namespace. ``anew``: nothing is in it, and it may be left from other dimensions."""
        name = self._index_name(shard, space)
        create: Command = (
            *("FT.CREATE", name, "ON", "HASH", "PREFIX", 1, self._layout.base(shard) + b"h:" + space + b"/"),
            *("SCHEMA", "v", "VECTOR", "HNSW", 6, "TYPE", "FLOAT32", "DIM", dim, "DISTANCE_METRIC", "COSINE"),
        )
        commands: list[Command] = [("FT.DROPINDEX", name), create] if anew else [create]
        made = (await self._link.run(shard, commands, self._quick_s))[-1]
        if isinstance(made, Exception) and "already exists" not in str(made).lower():
            raise StoreError(f"the query engine makes no index: {made}")


def _fields(flat: Sequence[bytes]) -> dict[bytes, bytes]:
    return dict(zip(flat[::2], flat[1::2], strict=True))


def _other_dimension(ns: str, known: int, given: int) -> StoreError:
    return StoreError(f"the vectors of {ns} have {known} dimensions, the one to search for has {given}")


def _neighbour(key: bytes, similarity: float) -> Neighbour:
    return Neighbour(key.decode(), max(-1.0, min(1.0, similarity)))
