"""The embedded store: one SQLite file in WAL mode that several processes may share.

Writes go through one thread, which commits what has gathered together; reads of single keys take tens of
microseconds and run where they are called; everything longer runs in threads of its own.
What was acknowledged survives the end of the process, kill -9 included; only a power cut may cost the last moments.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

import orjson

from trimtab.errors import StoreError
from trimtab.store.base import Entry, Event, Neighbour, Put, Usage, Value, Vector
from trimtab.store.encryption import Sealer
from trimtab.store.later import Later, Line
from trimtab.store.sqlite import rows
from trimtab.store.sqlite.file import MEMORY, Reader, connect, explain, prepare
from trimtab.store.sqlite.schema import open_writer
from trimtab.store.sqlite.writer import Work, Writer

if TYPE_CHECKING:
    from trimtab.store.vectors import VectorIndex

T = TypeVar("T")

LOOP_WAIT_S = 0.05
"""How long a read on the event loop may wait for a lock before it gives up."""
THREAD_WAIT_S = 2.0
_KEYS_AT_ONCE = 64
_FEW_KEYS = 4
"""Most threads are short, and a statement with room for 64 keys takes four times as long (34 and 9 microseconds)."""

GET = """SELECT data, version, sealed FROM items
    WHERE ns = ? AND key = ? AND (expires IS NULL OR expires > ?)"""
GET_MANY, GET_FEW = (
    f"""SELECT key, data, version, sealed FROM items
    WHERE ns = ? AND key IN ({", ".join("?" * room)}) AND (expires IS NULL OR expires > ?)"""
    for room in (_KEYS_AT_ONCE, _FEW_KEYS)
)
ENTRIES = """SELECT ns, key, size, tenant, thread, content, created, expires FROM items
    WHERE (expires IS NULL OR expires > ?)"""
USAGE = """SELECT substr(ns, 1, instr(ns || ':', ':') - 1), count(*), sum(size), content FROM items
    WHERE expires IS NULL OR expires > ? GROUP BY 1, 4
    UNION ALL SELECT * FROM (SELECT 'vectors', count(*) AS n, sum(length(data)), 1 FROM vectors
        WHERE expires IS NULL OR expires > ?) WHERE n > 0
    UNION ALL SELECT * FROM (SELECT 'events', count(*) AS n, sum(length(data)), 0 FROM events) WHERE n > 0"""

log = logging.getLogger(__name__)


class SQLiteStore:
    """The Store contract on one SQLite file. Made by `open`; to be closed by `close`."""

    def __init__(
        self, path: str, connection: sqlite3.Connection, policy: rows.Rows, clock: Callable[[], float]
    ) -> None:
        self.path = path
        self._rows = policy
        self._clock = clock
        self._later = Later()
        lock = threading.Lock()
        self._shared = (connection, lock) if path == MEMORY else None  # what is in memory has one connection only
        self._here = self._reader(LOOP_WAIT_S)
        self._there = self._reader(THREAD_WAIT_S)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="trimtab-store-reader")
        self._vector_pool = ThreadPoolExecutor(1, thread_name_prefix="trimtab-store-vectors")
        self._index: VectorIndex | None = None
        self._closed = False
        self._writer = Writer(path, connection, lock, later=self._later, later_work=self._later_work, clock=clock)

    @classmethod
    def open(
        cls,
        path: str,
        *,
        key: bytes | None = None,
        max_bytes: int | None = None,
        retention_s: float | None = None,
        event_retention_s: float | None = None,
        clock: Callable[[], float] = time.time,
    ) -> SQLiteStore:
        """Open or create the store at ``path`` (":memory:": in this process only, nothing on disk).

        ``key``: 32 bytes with which content is encrypted. ``max_bytes``: beyond it, the oldest content goes.
        ``retention_s`` and ``event_retention_s``: how long content and events are kept at most, in seconds.
        Raises StoreError if the file cannot be used, with a sentence that says what to do.
        """
        policy = rows.Rows(Sealer(key), max_bytes, retention_s, event_retention_s)
        prepare(path)
        return cls(path, open_writer(path), policy, clock)

    def _reader(self, wait_s: float) -> Reader:
        if self._shared is not None:
            return Reader(self.path, *self._shared, wait_s=wait_s)
        try:
            connection = connect(self.path, busy_s=wait_s)
            connection.execute("PRAGMA query_only = ON")
            connection.execute("PRAGMA cache_size = -256")  # KiB; every commit of the writer empties it anyway
        except sqlite3.Error as error:
            raise explain(self.path, error) from error
        return Reader(self.path, connection, threading.Lock(), wait_s=wait_s)

    @property
    def dropped(self) -> int:
        """Writes handed over to be done later that were given up: the buffer overflowed, or the disk refused."""
        return self._later.dropped

    async def get(self, ns: str, key: str) -> Value | None:
        row = self._here.one(GET, (ns, key, self._clock()))
        return None if row is None else self._value(ns, key, *row)

    async def get_many(self, ns: str, keys: Sequence[str]) -> dict[str, Value]:
        now = self._clock()
        found: dict[str, Value] = {}
        room, sql = (_FEW_KEYS, GET_FEW) if len(keys) <= _FEW_KEYS else (_KEYS_AT_ONCE, GET_MANY)
        for start in range(0, len(keys), room):
            part: list[str | None] = [*keys[start : start + room]]
            part += [None] * (room - len(part))  # one statement, prepared once
            for key, *row in self._here.all(sql, (ns, *part, now)):
                found[key] = self._value(ns, key, *row)
        return found

    def _value(self, ns: str, key: str, data: bytes, version: int, sealed: int) -> Value:
        return Value(self._rows.sealer.open(ns, key, data) if sealed else data, version)

    async def put(self, item: Put) -> int:
        self._in_order(item.ns, item.key)
        return await self._writer.submit(lambda connection, now: self._rows.put(connection, now, item))

    async def compare_and_set(self, item: Put, expected: int) -> int:
        self._in_order(item.ns, item.key)
        return await self._writer.submit(
            lambda connection, now: self._rows.compare_and_set(connection, now, item, expected)
        )

    async def delete(self, ns: str, key: str) -> bool:
        self._in_order(ns, key)
        return await self._writer.submit(lambda connection, now: self._rows.delete(connection, now, ns, key))

    def put_later(self, item: Put) -> None:
        self._take_later(item)

    def append_later(self, stream: str, data: Mapping[str, object], *, at: float) -> None:
        try:
            encoded = orjson.dumps(data, default=str, option=orjson.OPT_NON_STR_KEYS)
        except TypeError as error:
            self._later.gave_up()
            log.warning("an event of the stream %s is not JSON and was lost: %s", stream, error)
            return
        tenant, thread = data.get("tenant"), data.get("thread")
        self._take_later(Line(stream, at, str(tenant or ""), str(thread or ""), encoded))

    def _take_later(self, item: Put | Line) -> None:
        if self._closed:
            self._later.gave_up()
        elif self._later.add(item):
            self._writer.wake()

    def _later_work(self, items: Sequence[Put | Line]) -> list[Sequence[Work[Any]]]:
        """Values and events, each as one piece of work followed by its parts."""
        found: list[Sequence[Work[Any]]] = []
        puts = [item for item in items if isinstance(item, Put)]
        lines = [item for item in items if isinstance(item, Line)]
        if puts:
            found.append([self._putting(puts), *(self._putting([item]) for item in puts)])
        if lines:
            found.append([self._appending(lines), *(self._appending([line]) for line in lines)])
        return found

    def _putting(self, items: Sequence[Put]) -> Work[None]:
        return lambda connection, now: self._rows.put_all(connection, now, items)

    def _appending(self, lines: Sequence[Line]) -> Work[None]:
        return lambda connection, now: self._rows.append(connection, lines)

    def _in_order(self, ns: str, key: str) -> None:
        """Put a buffered write of the key in front of the write that comes now."""
        waiting = self._later.pop(ns, key)
        if waiting is not None:
            self._writer.put_in(waiting)

    def _all_in_order(self) -> None:
        while waiting := self._later.take(rows.CHUNK):
            for item in waiting:
                self._writer.put_in(item)

    async def entries(
        self, *, kind: str | None = None, tenant: str | None = None, thread: str | None = None, limit: int = 1000
    ) -> list[Entry]:
        sql = ENTRIES
        arguments: list[object] = [self._clock()]
        if kind is not None:
            sql += " AND (ns = ? OR (ns >= ? AND ns < ?))"
            arguments += [kind, f"{kind}:", f"{kind};"]  # ";" follows ":"
        for column, value in (("tenant", tenant), ("thread", thread)):
            if value is not None:
                sql += f" AND {column} = ?"
                arguments.append(value)
        sql += " ORDER BY created DESC, id DESC LIMIT ?"
        found = await self._read(self._there.all, sql, (*arguments, limit))
        return [
            Entry(ns, key, size, owner, conversation, bool(content), created, expires)
            for ns, key, size, owner, conversation, content, created, expires in found
        ]

    async def usage(self) -> list[Usage]:
        now = self._clock()
        found = await self._read(self._there.all, USAGE, (now, now))
        return [Usage(kind, count, size, bool(content)) for kind, count, size, content in found]

    async def purge(self, *, tenant: str | None = None, thread: str | None = None, content_only: bool = False) -> int:
        self._all_in_order()
        went, more = 0, True
        while more:
            gone, more = await self._writer.submit(
                lambda connection, now: self._rows.purge(connection, tenant, thread, content_only)
            )
            went += gone
        await self._writer.submit(rows.checkpoint, alone=True)
        return went

    async def sweep(self) -> int:
        went, more = 0, True
        while more:
            gone, more = await self._writer.submit(self._rows.sweep)
            went += gone
        while await self._writer.submit(rows.vacuum):
            pass
        await self._writer.submit(rows.checkpoint, alone=True)
        return went

    async def vector_add(self, ns: str, key: str, vector: Vector, ttl: float | None = None) -> None:
        data = await self._in_vector_thread(lambda index: index.pack(vector))
        await self._writer.submit(
            lambda connection, now: self._rows.add_vector(connection, now, ns, key, data=data, ttl=ttl)
        )

    async def vector_search(self, ns: str, vector: Vector, k: int) -> list[Neighbour]:
        return await self._in_vector_thread(lambda index: index.search(ns, vector, k, self._clock()))

    async def vector_delete(self, ns: str, key: str) -> bool:
        return await self._writer.submit(lambda connection, now: self._rows.delete_vector(connection, now, ns, key))

    async def _in_vector_thread(self, work: Callable[[VectorIndex], T]) -> T:
        def run() -> T:
            if self._index is None:
                # Here, because numpy costs memory and a tenth of a second that a store without vectors does not owe.
                from trimtab.store.vectors import VectorIndex  # noqa: PLC0415

                self._index = VectorIndex(self._reader(THREAD_WAIT_S))
            return work(self._index)

        self._check_open()
        return await asyncio.get_running_loop().run_in_executor(self._vector_pool, run)

    async def read(
        self, stream: str, *, after: int = 0, since: float | None = None, limit: int = 10_000
    ) -> list[Event]:
        # SQLite would not know that a position in the log narrows more than a time, and the other way round.
        index = "events_order" if since is None or after > 0 else "events_time"
        sql = f"SELECT id, at, data FROM events INDEXED BY {index} WHERE stream = ? AND id > ?"
        arguments: list[object] = [stream, after]
        if since is not None:
            sql += " AND at >= ?"
            arguments.append(since)
        found = await self._read(self._there.all, f"{sql} ORDER BY id LIMIT ?", (*arguments, limit))
        return [Event(number, at, orjson.loads(data)) for number, at, data in found]

    async def trim(self, stream: str, *, before: float | None = None, keep: int | None = None) -> int:
        self._all_in_order()
        went, gone = 0, rows.CHUNK
        while gone >= rows.CHUNK:
            gone = await self._writer.submit(lambda connection, now: self._rows.trim(connection, stream, before, keep))
            went += gone
        return went

    async def _read(self, query: Callable[..., T], *arguments: object) -> T:
        """Run a read that may take long in the reader's thread."""
        self._check_open()
        return await asyncio.get_running_loop().run_in_executor(self._pool, query, *arguments)

    def _check_open(self) -> None:
        if self._closed:
            raise StoreError(f"{self.path}: the store is closed")

    async def flush(self) -> None:
        self._all_in_order()
        await self._writer.submit(lambda connection, now: None)

    async def close(self) -> None:
        """Write what is buffered and let go of the file; later calls raise StoreError. May be called twice."""
        if not self._closed:
            self._closed = True
            await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._pool.shutdown()
        self._vector_pool.shutdown()
        readers = [self._here, self._there] if self._index is None else [self._here, self._there, self._index.reader]
        if self._shared is None:
            for reader in readers:
                reader.close()
        self._writer.stop()
