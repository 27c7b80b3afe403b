"""How things are named and packed in Redis.

A namespace lies in one of 64 shards. All keys of a shard begin with ``PREFIX{N}:``, where ``{N}`` is a hash tag, so
that a cluster keeps a shard together; the tags are chosen so that the shards lie evenly among the slots. Ours is the
first brace of a key, so that no name that a caller chooses can be taken for a hash tag.
"""

from __future__ import annotations

import struct
from binascii import crc_hqx
from dataclasses import dataclass
from functools import cache
from itertools import count
from urllib.parse import quote, unquote_to_bytes
from zlib import crc32

from trimtab.errors import StoreError
from trimtab.store.base import Entry
from trimtab.store.redis.scripts import SHA, SHARED

SHARDS = 64
SLOTS = 16384
"""Of every cluster; the protocol says so."""
CONTENT = 1
SEALED = 2

Command = tuple[bytes | str | int | float, ...]

_VALUE = struct.Struct(">ddB")
META = struct.Struct(">ddddBII")
_OWNER = struct.Struct(">II")
_EVENT = struct.Struct(">ddII")


@dataclass(frozen=True)
class Layout:
    """The keys of one trimtab installation in a Redis that others may use too."""

    prefix: str = "trimtab"

    def __post_init__(self) -> None:
        if not self.prefix or set(self.prefix) & set("{}"):
            raise StoreError(f"prefix={self.prefix!r}: the prefix of Redis keys must not be empty or hold braces")

    def base(self, shard: int) -> bytes:
        """How all keys of a shard begin."""
        return f"{self.prefix}{{{_tags()[shard]}}}:".encode()

    def call(self, shard: int, engine: str, name: str, *arguments: bytes | str | int | float) -> Command:
        """A command that runs ``name`` of the Lua library on a shard."""
        base = self.base(shard)
        return ("EVALSHA", SHA, len(SHARED), *(base + key.encode() for key in SHARED), name, engine, *arguments)

    def value(self, ns: str, key: str) -> bytes:
        """The key under which an entry's data lie."""
        return self.base(shard_of(ns)) + b"i:" + name_of(ns, key)


@cache
def _tags() -> tuple[int, ...]:
    """A hash tag for each shard: the first number whose slot lies in the shard's part of them."""
    found: dict[int, int] = {}
    numbers = count()
    while len(found) < SHARDS:
        number = next(numbers)
        found.setdefault(_slot(number) * SHARDS // SLOTS, number)
    return tuple(found[shard] for shard in range(SHARDS))


def _slot(tag: int) -> int:
    return crc_hqx(str(tag).encode(), 0) % SLOTS


def slot_of(shard: int) -> int:
    """The slot of a cluster that a shard lies in."""
    return _slot(_tags()[shard])


def shard_of(ns: str) -> int:
    """The shard that a namespace lies in."""
    return crc32(space_of(ns)) % SHARDS


def space_of(ns: str) -> bytes:
    """A namespace as part of a name: percent-encoded, so that it holds neither slashes nor braces."""
    try:
        return quote(ns, safe=":").encode()
    except UnicodeError as error:
        raise _not_text(error) from error


def name_of(ns: str, key: str) -> bytes:
    """The name of an entry. No two entries share one, since a namespace has no slash in it."""
    return space_of(ns) + b"/" + text(key)


def namespace_of(space: bytes) -> str:
    """The namespace that `space_of` encoded."""
    return unquote_to_bytes(space).decode()


def text(given: str) -> bytes:
    """A caller's text as bytes; StoreError if it is none."""
    try:
        return given.encode()
    except UnicodeError as error:
        raise _not_text(error) from error


def _not_text(error: UnicodeError) -> StoreError:
    return StoreError(f"a namespace or key is not valid text ({error}); use characters that UTF-8 can hold")


def moment(at: float | None) -> str:
    """A time as a script reads it: exact, and empty for never."""
    return "" if at is None or at == float("inf") else repr(float(at))


def only(wanted: str | None) -> bytes:
    """A filter as a script reads it: ``-`` for all, otherwise ``+`` and the text."""
    return b"-" if wanted is None else b"+" + text(wanted)


def owner(tenant: str, thread: str) -> bytes:
    """Whose an entry is, as the end of its META."""
    packed = text(tenant), text(thread)
    return _OWNER.pack(len(packed[0]), len(packed[1])) + packed[0] + packed[1]


@dataclass(frozen=True)
class Stored:
    """An entry's value as it lies in Redis."""

    version: int
    expires: float
    sealed: bool
    data: bytes


def value_of(raw: bytes) -> Stored:
    """Read what the script `put` wrote."""
    if len(raw) < _VALUE.size:
        raise StoreError(
            "another program has written a value under one of the store's keys; give trimtab its own prefix"
        )
    version, expires, flags = _VALUE.unpack_from(raw)
    return Stored(int(version), expires, bool(flags & SEALED), raw[_VALUE.size :])


def entry_of(name: bytes, meta: bytes) -> Entry:
    """An entry without its data, from its name and META."""
    space, _, key = name.partition(b"/")
    _, expires, created, size, flags, tenant, thread = META.unpack_from(meta)
    names = meta[META.size :]
    return Entry(
        ns=namespace_of(space),
        key=key.decode(),
        size=int(size),
        tenant=names[:tenant].decode(),
        thread=names[tenant : tenant + thread].decode(),
        content=bool(flags & CONTENT),
        created=created,
        expires=None if expires == float("inf") else expires,
    )


def event_of(member: bytes) -> tuple[int, float, bytes]:
    """Id, time and JSON of an event."""
    number, at, tenant, thread = _EVENT.unpack_from(member)
    return int(number), at, member[_EVENT.size + tenant + thread :]
