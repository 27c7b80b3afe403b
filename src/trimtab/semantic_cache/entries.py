"""Stored answers: what an entry holds, and where entries, keys of whole requests and use counts lie in the store.

An entry lies under the scope of its question (``cached:POOL:SCOPE``), with its vector beside it. The key of a whole
request only points to an entry (``answer_exact:POOL``): what deletes the entry deletes the answer for every tier.
Answers that must not be compared by meaning lie in the scope ``exact``, without a vector.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from trimtab.semantic_cache.error_bound import EntryRecord
from trimtab.semantic_cache.question import Question
from trimtab.store import Put, Store

T = TypeVar("T")

KIND = "cached"
USE = "cache_use"
_NEWEST = 256
_NEWEST_BYTES = 32 << 10
"""Answers remembered in memory until the store has them: how many, and how large each may be."""
REMEMBERED_S = 2.0
"""How long memory may speak for the store. What is written later is in the store within a second; what another process
deletes or counts is seen here this much later at most."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """One answer at rest: the provider's non-streaming JSON, what it answers, and who wrote it when.

    ``exact`` is the key of the whole request; ``user`` the hashed end user who asked, ``tokens`` what one hit saves
    (input and output as we count them); ``ttl`` the seconds that it may be served.
    """

    body: bytes
    at: float
    format: str
    model: str
    tenant: str
    thread: str
    exact: str
    ttl: float
    user: str = ""
    tokens: int = 0
    turns: tuple[str, ...] = ()
    replies: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    embedder: str = ""
    scope: str = ""
    """`Scope.digest` of the question: what another embedder needs to place it anew."""
    group: str = ""
    """Key of an entry of the same scope whose answer was found to say the same; empty where none was."""

    @property
    def question(self) -> Question:
        return Question(self.turns, self.replies)


class Use(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """How often an entry was served, when last, what that saved in tokens, and what checks said of it."""

    hits: int = 0
    last: float = 0.0
    saved: int = 0
    record: EntryRecord = EntryRecord()


@dataclass(frozen=True)
class Place:
    """Where an entry lies."""

    ns: str
    key: str

    @property
    def id(self) -> str:
        """One name for clients, logs and the command line."""
        return f"{self.ns.rpartition(':')[2]}.{self.key}"

    @property
    def pool(self) -> str:
        """The pool that the entry belongs to."""
        return self.ns.partition(":")[2].rpartition(":")[0]

    @classmethod
    def of(cls, pool: str, entry_id: str) -> Place:
        """The place in a pool that has this id."""
        scope, _, key = entry_id.partition(".")
        return cls(f"{KIND}:{pool}:{scope}", key)


class _Pointer(msgspec.Struct, frozen=True, array_like=True):
    ns: str
    key: str


_encode = msgspec.msgpack.Encoder().encode
_entry = msgspec.msgpack.Decoder(Entry)
_pointer = msgspec.msgpack.Decoder(_Pointer)
_use = msgspec.msgpack.Decoder(Use)


def exact_place(ns: str, key: str) -> Place:
    """Where an answer lies that only the same whole request may have. ``ns``: the pool's pointers."""
    return Place(f"{KIND}:{ns.partition(':')[2]}:exact", key)


def use_ns(place_ns: str) -> str:
    """Where the use counts of a scope's entries lie: by pool."""
    return f"{USE}:{Place(place_ns, '').pool}"


@dataclass(frozen=True)
class _Remembered:
    """An entry that was just written, and the time by which the store has it."""

    place: Place
    entry: Entry
    until: float


class Entries:
    """Reads and writes entries. Writes are off the caller's path; what was just written is read from memory.

    Memory speaks for `REMEMBERED_S` only, so that what one process deletes is not served by another for longer.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._newest: OrderedDict[tuple[str, str], _Remembered] = OrderedDict()
        self._uses: OrderedDict[Place, tuple[Use, float]] = OrderedDict()

    def newest(self, ns: str, key: str, now: float) -> tuple[Place, Entry] | None:
        """What memory holds under a key: the answer to a whole request, or an entry, that was written lately."""
        found = self._recalled(ns, key, now)
        return None if found is None else (found.place, found.entry)

    async def exact(self, store: Store, ns: str, key: str, now: float) -> tuple[Place, Entry] | None:
        """The answer to the same whole request, if one may be served. Raises StoreError."""
        if (newest := self.newest(ns, key, now)) is not None:
            return newest
        value = await store.get(ns, key)
        if value is None:
            return None
        pointer = _read(_pointer, value.data)
        if pointer is None:
            return None
        place = Place(pointer.ns, pointer.key)
        entry = await self.at(store, place, now)
        return None if entry is None else (place, entry)

    async def at(self, store: Store, place: Place, now: float) -> Entry | None:
        """The entry of a place, if it may be served. Raises StoreError."""
        newest = self._recalled(place.ns, place.key, now)
        if newest is not None:
            return newest.entry
        value = await store.get(place.ns, place.key)
        entry = None if value is None else _read(_entry, value.data)
        return None if entry is None else _live(entry, now)

    async def many(self, store: Store, ns: str, keys: Sequence[str], now: float) -> dict[str, Entry]:
        """The entries among ``keys`` of one scope. Raises StoreError."""
        recalled = {key: self._recalled(ns, key, now) for key in keys}
        newest = {key: found.entry for key, found in recalled.items() if found is not None}
        values = await store.get_many(ns, [key for key in keys if key not in newest])
        read = newest | {key: _read(_entry, value.data) for key, value in values.items()}
        return {key: entry for key, entry in read.items() if entry is not None and _live(entry, now) is not None}

    def put(self, store: Store, place: Place, entry: Entry, exact_ns: str, ttl: float | None = None) -> None:
        """Write an entry and the pointer of its whole request, for ``ttl`` or for the entry's own. Never raises."""
        self._remember((exact_ns, entry.exact), place, entry)
        self._remember((place.ns, place.key), place, entry)
        owner = {"ttl": ttl or entry.ttl, "tenant": entry.tenant, "thread": entry.thread}
        store.put_later(Put(place.ns, place.key, _encode(entry), content=True, **owner))  # type: ignore[arg-type]
        pointer = _encode(_Pointer(place.ns, place.key))
        store.put_later(Put(exact_ns, entry.exact, pointer, **owner))  # type: ignore[arg-type]

    async def join(self, store: Store, place: Place, other: Place, exact_ns: str, now: float) -> None:
        """Note that the answers of two entries of a scope say the same. Raises StoreError."""
        entries = await self.many(store, place.ns, [place.key, other.key], now)
        if (entry := entries.get(place.key)) is not None and (first := entries.get(other.key)) is not None:
            group = first.group or other.key
            self.put(store, place, msgspec.structs.replace(entry, group=group), exact_ns, entry.ttl - (now - entry.at))

    async def delete(self, store: Store, place: Place) -> bool:
        """Remove an entry with its vector and counts; pointers to it then lead nowhere. Raises StoreError."""
        self.forget(place)
        there = await store.delete(place.ns, place.key)
        await store.vector_delete(place.ns, place.key)
        await store.delete(use_ns(place.ns), place.id)
        return there

    def forget(self, place: Place) -> None:
        """Remove what memory holds of an entry."""
        self._uses.pop(place, None)
        for key in [key for key, found in self._newest.items() if found.place == place]:
            del self._newest[key]

    def _remember(self, key: tuple[str, str], place: Place, entry: Entry) -> None:
        now = self._monotonic()
        self._newest.pop(key, None)
        if len(entry.body) <= _NEWEST_BYTES:
            self._newest[key] = _Remembered(place, entry, now + REMEMBERED_S)
        while self._newest:  # oldest first: texts that nobody will ask memory for stay in it no longer than they must
            oldest = next(iter(self._newest.values()))
            if len(self._newest) <= 2 * _NEWEST and oldest.until > now:
                break
            self._newest.popitem(last=False)

    def _recalled(self, ns: str, key: str, now: float) -> _Remembered | None:
        found = self._newest.get((ns, key))
        if found is None or found.until <= self._monotonic() or _live(found.entry, now) is None:
            return None
        return found

    # -- use --------------------------------------------------------------------------------------------------

    async def use(self, store: Store, place: Place) -> Use:
        """How an entry was used so far. Raises StoreError."""
        known = self._uses.get(place)
        if known is not None and self._monotonic() < known[1]:
            return known[0]
        value = await store.get(use_ns(place.ns), place.id)
        use = (None if value is None else _read(_use, value.data)) or Use()
        self._keep(place, use)
        return use

    def used(self, store: Store, place: Place, entry: Entry, use: Use) -> None:
        """Write how an entry was used. Several processes may count at once; a hit lost that way is no harm."""
        self._keep(place, use)
        data = _encode(use)
        store.put_later(Put(use_ns(place.ns), place.id, data, entry.ttl, entry.tenant, entry.thread))

    def _keep(self, place: Place, use: Use) -> None:
        self._uses[place] = use, self._monotonic() + REMEMBERED_S
        self._uses.move_to_end(place)
        if len(self._uses) > 4 * _NEWEST:
            self._uses.popitem(last=False)


def _live(entry: Entry, now: float) -> Entry | None:
    return entry if now - entry.at < entry.ttl else None


def _read(decoder: msgspec.msgpack.Decoder[T], data: bytes) -> T | None:
    """What lies in the store; None where another version wrote it, which is a miss."""
    try:
        return decoder.decode(data)
    except msgspec.DecodeError:
        return None


def decode_entry(data: bytes) -> Entry:
    """An entry as the store holds it. Raises msgspec.DecodeError for what another version wrote."""
    return _entry.decode(data)


def decode_use(data: bytes) -> Use:
    """Use counts as the store holds them."""
    return _use.decode(data)
