"""What is written, call by call, and the policy that writes keep: encryption and retention."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from trimtab.errors import StoreError
from trimtab.store.base import Put
from trimtab.store.encryption import Sealer
from trimtab.store.later import Line
from trimtab.store.redis.keys import CONTENT, SEALED, Command, Layout, moment, name_of, owner, shard_of, text

_LONGEST_S = 1e11
"""Redis counts milliseconds in 64 bits; what lives longer than three thousand years needs no help from it."""


@dataclass(frozen=True)
class Write:
    """A call that writes: the shard, the command, and about how many bytes it carries."""

    shard: int
    command: Command
    size: int


@dataclass(frozen=True)
class Rows:
    """Makes calls that write."""

    layout: Layout
    sealer: Sealer
    clock: Callable[[], float]
    retention_s: float | None
    engine: str

    def put(self, item: Put, expected: int | None = None) -> Write:
        """Write an entry, if its live version is ``expected`` (None: in any case). StoreError for what is no entry."""
        if not isinstance(item.data, bytes | bytearray):
            raise StoreError(f"{item.ns}/{item.key}: the data have to be bytes, not {type(item.data).__name__}")
        ttl, data, flags = item.ttl, bytes(item.data), 0
        if item.content:
            flags |= CONTENT
            if self.retention_s is not None:
                ttl = self.retention_s if ttl is None else min(ttl, self.retention_s)
            if self.sealer.active:
                data, flags = self.sealer.seal(item.ns, item.key, data), flags | SEALED
        now = self.clock()
        ttl = None if ttl is None or ttl > _LONGEST_S else ttl
        # The server's own expiry follows its own clock: a help for when no gateway sweeps, and only in real time.
        px = "" if ttl is None or self.clock is not time.time else max(1, math.ceil(ttl * 1000))
        expires = moment(None if ttl is None else now + ttl)
        arguments = (
            *(name_of(item.ns, item.key), moment(now), "" if expected is None else expected, expires, px, flags),
            *(len(item.data), owner(item.tenant, item.thread), data),
        )
        return self._write(item.ns, "put", *arguments, size=len(data))

    def delete(self, ns: str, key: str) -> Write:
        """Remove an entry."""
        return self._write(ns, "delete", name_of(ns, key), moment(self.clock()))

    def append(self, lines: Sequence[Line], writer: str) -> Write:
        """Append to one event log. ``writer`` names who numbered the lines: none of them is written twice."""
        stream = lines[0].stream
        name = text(stream)
        arguments: list[bytes | str | int | float] = [name, text(writer) + b"/" + name, int(self.clock() * 1000)]
        for line in lines:
            arguments += [line.number, moment(line.at), text(line.tenant), text(line.thread), line.data]
        return self._write(stream_space(stream), "append", *arguments, size=sum(len(line.data) for line in lines))

    def _write(self, ns: str, name: str, *arguments: bytes | str | int | float, size: int = 0) -> Write:
        shard = shard_of(ns)
        return Write(shard, self.layout.call(shard, self.engine, name, *arguments), size)


def stream_space(stream: str) -> str:
    """What stands for a namespace when the shard of an event stream is looked up."""
    return f"events:{stream}"
