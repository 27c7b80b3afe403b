"""Looking after the cache: which answers are kept, what one of them says, and taking answers out of it.

Everything works on the store, from whatever process. What was written less than a second ago may not be in it yet;
what is deleted here is served by no process for more than `entries.REMEMBERED_S` seconds.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar

import msgspec

from trimtab.errors import ConfigError, TrimtabError
from trimtab.semantic_cache.entries import KIND, Entries, Entry, Place, Use, decode_entry, decode_use, use_ns
from trimtab.semantic_cache.scope import end_users
from trimtab.store import Store
from trimtab.store.base import Entry as Stored
from trimtab.telemetry.since import parse_since
from trimtab.wire import CODECS

T = TypeVar("T")

ALL = 10_000_000
SHORTEST_ID = 8
"""Characters of an id that have to be given at least."""
_PAGE = 64
"""Entries read or deleted at a time, so that requests get their turn in between."""


class UnknownEntry(TrimtabError):
    """No entry of the cache, or more than one, has the id that was given."""


@dataclass(frozen=True)
class Selection:
    """Which entries are meant: those to which all that is given applies. Raises ConfigError for what is empty.

    ``writer``: the end user as requests name it (in whichever field), its hash, or a thread. ``like``: what the
    question says, in any case, or a regular expression between slashes. An entry without a question that could be
    compared is known by its answer, its model and the tools that it calls instead.
    """

    tenant: str | None = None
    writer: str | None = None
    like: str | None = None
    older_than_s: float | None = None

    def __post_init__(self) -> None:
        for name in ("tenant", "writer", "like"):
            if getattr(self, name) == "":
                raise ConfigError(f"{name} is empty: leave it out to mean all")
        if self.older_than_s is not None and not self.older_than_s >= 0:
            raise ConfigError(f"older_than = {self.older_than_s:g}: give a number of seconds from 0 on")
        _ = self._pattern  # to be refused at once where it is none

    @property
    def everything(self) -> bool:
        """Whether nothing narrows it."""
        return self == Selection()

    @property
    def reads(self) -> bool:
        """Whether entries have to be read to know whether they are meant."""
        return self.writer is not None or self.like is not None

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        like = self.like or ""
        if not is_pattern(like):
            return None
        try:
            return re.compile(like[1:-1], re.IGNORECASE)
        except re.error as error:
            raise ConfigError(f"like = {like!r} is not a regular expression: {error}") from error

    @cached_property
    def _writers(self) -> frozenset[str]:
        return frozenset() if self.writer is None else end_users(self.writer) | {self.writer}

    def covers(self, stored: Stored, now: float) -> bool:
        """Whether an entry is old enough."""
        return self.older_than_s is None or stored.created <= now - self.older_than_s

    def matches(self, entry: Entry) -> bool:
        """Whether an entry was written by whom is meant, and says what is meant."""
        if self.writer is not None and entry.thread != self.writer and entry.user not in self._writers:
            return False
        if self.like is None:
            return True
        said = "\n".join(_said(entry))
        pattern = self._pattern
        return self.like.casefold() in said.casefold() if pattern is None else pattern.search(said) is not None


@dataclass(frozen=True)
class Kept:
    """An entry of the cache as it lies in the store, and how it was used."""

    place: Place
    entry: Entry
    use: Use
    size: int
    expires: float | None

    @property
    def id(self) -> str:
        return self.place.id

    @property
    def question(self) -> str:
        """The newest words of the person; empty where only the same whole request may have this answer."""
        return self.entry.turns[-1] if self.entry.turns else ""

    @property
    def answer(self) -> str:
        """The answer's text."""
        return _answer(self.entry)

    def to_dict(self) -> dict[str, Any]:
        """The entry as JSON-like values, its answer aside."""
        entry, use = self.entry, self.use
        return {
            "id": self.id,
            "tenant": entry.tenant,
            "thread": entry.thread,
            "user": entry.user,
            "format": entry.format,
            "model": entry.model,
            "question": self.question,
            "tools": list(entry.tools),
            "written": entry.at,
            "expires": self.expires,
            "bytes": self.size,
            "hits": use.hits,
            "last_hit": use.last or None,
            "tokens_saved": use.saved,
            "verdicts": {"right": use.record.right, "wrong": use.record.wrong, "unsure": use.record.unsure},
        }


def is_pattern(like: str) -> bool:
    """Whether ``like`` is written as a regular expression."""
    return len(like) > 2 and like.startswith("/") and like.endswith("/")


def age_of(field: str, text: str, now: float) -> float:
    """Seconds since what a span such as ``7d`` or a date names. Raises ConfigError, which names the field."""
    try:
        return now - parse_since(text, now)
    except ConfigError as error:
        raise ConfigError(f"{field} = {text!r}: give a span such as 30m, 24h or 7d, or a date in the past") from error


async def listed(store: Store, selection: Selection, *, now: float, limit: int = 50) -> list[Kept]:
    """The newest entries that are meant. Raises StoreError."""
    found: list[Kept] = []
    async for kept in _walk(store, await _stored(store, selection, now), selection):
        if len(found) >= limit:
            break
        found.append(kept)
    return await _with_use(store, found)


async def shown(store: Store, entry_id: str, *, tenant: str | None = None) -> Kept:
    """The entry with this id; the first `SHORTEST_ID` characters or more will do, of the id or of its second part.

    Raises UnknownEntry where there is none or more than one, StoreError.
    """
    if len(entry_id) < SHORTEST_ID:
        raise UnknownEntry(f"the id {entry_id!r} is too short: give {SHORTEST_ID} characters of it at least")
    candidates = []
    for stored in await store.entries(kind=KIND, tenant=tenant, limit=ALL):
        whole = _place(stored).id
        if whole == entry_id:
            candidates = [stored]
            break
        if whole.startswith(entry_id) or stored.key.startswith(entry_id):
            candidates.append(stored)
    if not candidates:
        raise UnknownEntry(f"there is no entry {entry_id!r} in the cache: it was deleted, has expired, or never was")
    if len(candidates) > 1:
        ids = ", ".join(_place(stored).id for stored in candidates[:3])
        raise UnknownEntry(
            f"{len(candidates)} entries have ids that begin with {entry_id!r}: give more of it ({ids} …)"
        )
    found = [kept async for kept in _walk(store, candidates, Selection())]
    if not found:
        raise UnknownEntry(f"the entry {entry_id!r} cannot be read: another version wrote it, or it has just gone")
    return (await _with_use(store, found))[0]


async def deleted(store: Store, entries: Entries, selection: Selection, *, now: float) -> int:
    """Delete the entries that are meant, with their vectors and counts; how many went.

    ``entries`` are those of the stage that runs in this process, so that its memory is cleared at once. Raises
    ConfigError where nothing is given that narrows it, StoreError.
    """
    if selection.everything:
        raise ConfigError("nothing says which entries are to be deleted: give a tenant, writer, like or older_than")
    stored = await _stored(store, selection, now)
    if selection.reads:
        places = [kept.place async for kept in _walk(store, stored, selection)]
    else:  # entries that this process cannot read go too
        places = [_place(each) for each in stored]
    return await forgotten(store, entries, places)


async def forgotten(store: Store, entries: Entries, places: Sequence[Place]) -> int:
    """Delete the entries of these places; how many were there. Raises StoreError."""
    gone = 0
    for start in range(0, len(places), _PAGE):
        page = places[start : start + _PAGE]
        gone += sum(await asyncio.gather(*(entries.delete(store, place) for place in page)))
    return gone


async def _stored(store: Store, selection: Selection, now: float) -> list[Stored]:
    found = await store.entries(kind=KIND, tenant=selection.tenant, limit=ALL)
    return [each for each in found if selection.covers(each, now)]


async def _walk(store: Store, stored: Sequence[Stored], selection: Selection) -> AsyncIterator[Kept]:
    """Read entries page by page, in order; what another version wrote is passed over."""
    for start in range(0, len(stored), _PAGE):
        page = stored[start : start + _PAGE]
        read = await _read(store, [(each.ns, each.key) for each in page])
        for each in page:
            entry = _decoded(decode_entry, read.get((each.ns, each.key)))
            if entry is not None and selection.matches(entry):
                yield Kept(_place(each), entry, Use(), each.size, each.expires)
        await asyncio.sleep(0)


async def _read(store: Store, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], bytes]:
    by_ns: dict[str, list[str]] = {}
    for ns, key in wanted:
        by_ns.setdefault(ns, []).append(key)
    answers = await asyncio.gather(*(store.get_many(ns, keys) for ns, keys in by_ns.items()))
    return {(ns, key): value.data for ns, values in zip(by_ns, answers, strict=True) for key, value in values.items()}


async def _with_use(store: Store, found: Sequence[Kept]) -> list[Kept]:
    read = await _read(store, [(use_ns(kept.place.ns), kept.id) for kept in found])
    uses = [_decoded(decode_use, read.get((use_ns(kept.place.ns), kept.id))) for kept in found]
    return [replace(kept, use=use or Use()) for kept, use in zip(found, uses, strict=True)]


def _place(stored: Stored) -> Place:
    return Place(stored.ns, stored.key)


def _decoded(decode: Callable[[bytes], T], data: bytes | None) -> T | None:
    try:
        return None if data is None else decode(data)
    except msgspec.DecodeError:
        return None


def _said(entry: Entry) -> Iterable[str]:
    return entry.turns or (_answer(entry), entry.model, *entry.tools)


def _answer(entry: Entry) -> str:
    codec = next((codec for name, codec in CODECS.items() if name == entry.format), None)
    return "" if codec is None else codec.read_response(200, entry.body).text
