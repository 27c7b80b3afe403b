"""What people say of served answers. A wrong one goes at once, and with it what lies near it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from trimtab.config import Config
from trimtab.engines import Embedder
from trimtab.errors import Conflict, EmbeddingError, TrimtabError
from trimtab.semantic_cache.administration import UnknownEntry, forgotten
from trimtab.semantic_cache.bounds import Bounds
from trimtab.semantic_cache.entries import Entries, Entry, Place
from trimtab.semantic_cache.scope import pool_name
from trimtab.store import Put, Store, Vector
from trimtab.telemetry.ledger import Row
from trimtab.telemetry.report import answered_from_cache

NEIGHBOUR = 0.9
"""Cosine from which on an entry of the same scope is so near that it likely has the same wrong answer."""
_AT_ONCE = 32
_CLOCKS_DIFFER_S = 60.0
"""By how much the clocks of two gateways may differ."""


class NotFromCache(TrimtabError):
    """Feedback on a request that no entry of the cache has answered."""


@dataclass(frozen=True)
class Caller:
    """Who gives feedback, and what its cache is (`scope.Asker`)."""

    tenant: str
    config: Config
    store: Store
    clock: Callable[[], float]


@dataclass(frozen=True)
class Heard:
    """What became of feedback: entries deleted, and whether a verdict was counted (each request has one)."""

    deleted: int = 0
    counted: bool = False


class Feedback:
    """Takes feedback in, on the entries and the bound of the stage that runs in this process.

    ``good`` false: the entry is deleted, every entry of its scope whose question has a cosine of `NEIGHBOUR` or more to
    its question, and of its nearest those whose answer was found to say the same. Where the verifier had scored it, the
    error bound learns of a wrong answer that was served. People tell of wrong answers rather than of right ones, so
    this errs on the side of fewer hits: it raises the threshold. It is no random sample either, so a handful of
    complaints does not close the tier.

    ``good`` true: a right verdict in the entry's own record, and nothing else. Praise is no random sample of what was
    served, so the tenant's estimate does not move; and it is counted at no risk (`EntryRecord.judged`), so that it
    never makes an entry look safer than its scores say. An entry is served below the threshold only for what checks
    have found.
    """

    def __init__(self, entries: Entries, bounds: Bounds, embedder: Embedder) -> None:
        self._entries = entries
        self._bounds = bounds
        self._embedder = embedder

    async def on_request(self, caller: Caller, row: Row, *, good: bool) -> Heard:
        """Feedback on the answer to one of the caller's requests. Raises NotFromCache, StoreError."""
        if not answered_from_cache(row):
            raise NotFromCache(f"the request {row.id} was not answered from the cache")
        if row.cache_tier == "shared" or not row.cache_entry:
            raise NotFromCache(f"the request {row.id} was given the fresh answer to another one, not an entry")
        place = Place.of(pool_name(caller), row.cache_entry)
        entry = await self._entries.at(caller.store, place, caller.clock())
        if entry is not None and entry.at > row.at + _CLOCKS_DIFFER_S:
            entry = None  # another answer stands there by now
        gone = 0 if good or entry is None else await self._delete(caller, place, entry)
        counted = await self._is_news(caller, row, good=good)
        if counted and row.cache_score is not None:
            if good:
                await self._praise(caller, place, entry, row.cache_score)
            else:
                await self._blame(caller, row.cache_score)
        return Heard(gone, counted)

    async def on_entry(self, caller: Caller, entry_id: str, *, good: bool) -> Heard:
        """Feedback on an entry that the caller's tenant wrote; it moves no estimate, for which question is not known.

        Raises UnknownEntry, StoreError.
        """
        place = Place.of(pool_name(caller), entry_id)
        entry = await self._entries.at(caller.store, place, caller.clock())
        if entry is None or entry.tenant != caller.tenant:
            raise UnknownEntry(f"there is no entry {entry_id!r} of this caller in the cache")
        return Heard() if good else Heard(await self._delete(caller, place, entry))

    async def _delete(self, caller: Caller, place: Place, entry: Entry) -> int:
        gone = await forgotten(caller.store, self._entries, [place])
        if not entry.turns or entry.embedder != self._embedder.name:
            return gone
        try:
            vector = await self._embedder.embed(entry.question.said)
        except EmbeddingError:
            return gone  # the entry itself is what must not stay
        while near := await self._near(caller, place, entry, vector):
            went = await forgotten(caller.store, self._entries, near)
            gone += went
            if len(near) < _AT_ONCE or not went:
                break
        return gone

    async def _near(self, caller: Caller, place: Place, entry: Entry, vector: Vector) -> list[Place]:
        found = await caller.store.vector_search(place.ns, vector, _AT_ONCE)
        entries = await self._entries.many(caller.store, place.ns, [each.key for each in found], caller.clock())
        group = entry.group or place.key
        return [
            Place(place.ns, each.key)
            for each in found
            if each.similarity >= NEIGHBOUR or (each.key in entries and (entries[each.key].group or each.key) == group)
        ]

    async def _blame(self, caller: Caller, score: float) -> None:
        alpha = caller.config.cache.max_error_rate
        await self._bounds.of(caller)
        await self._bounds.change(
            caller, lambda known: known.observed(score, "different", served=False).settled(alpha), now=True
        )

    async def _praise(self, caller: Caller, place: Place, entry: Entry | None, score: float) -> None:
        if entry is None:
            return
        use = await self._entries.use(caller.store, place)
        record = use.record.judged(score, "same", 0.0)
        self._entries.used(caller.store, place, entry, msgspec.structs.replace(use, record=record))

    @staticmethod
    async def _is_news(caller: Caller, row: Row, *, good: bool) -> bool:
        """Whether this request was not judged yet; a person may take praise back, but blame stands."""
        store, ns, said = caller.store, f"cache_feedback:{caller.tenant}", b"good" if good else b"bad"
        known = await store.get(ns, row.id)
        if known is not None and known.data in (said, b"bad"):
            return False
        ttl = caller.config.ledger.retention_days * 86400
        put = Put(ns, row.id, said, ttl, caller.tenant, row.thread)
        try:
            await store.compare_and_set(put, 0 if known is None else known.version)
        except Conflict:  # the same feedback came twice at the same time
            return False
        return True
