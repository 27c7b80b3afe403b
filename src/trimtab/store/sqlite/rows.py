"""What is written, statement by statement. Everything here runs in the writer thread, inside its transaction."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass

from trimtab.errors import Conflict, StoreError
from trimtab.store.base import Put
from trimtab.store.encryption import Sealer
from trimtab.store.later import Line

CHUNK = 500
"""Rows that one transaction of a purge or sweep deletes, so that other writes get their turn in between."""

EVICTED_AT_ONCE = 4096

_COLUMNS = "ns, key, tenant, thread, content, sealed, size, created, expires, data, version"
_REPLACE = """tenant = excluded.tenant, thread = excluded.thread, content = excluded.content,
    sealed = excluded.sealed, size = excluded.size, created = excluded.created, expires = excluded.expires,
    data = excluded.data, version = items.version + 1"""
_INSERT = f"""INSERT INTO items ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1 + (SELECT version FROM floor))
    ON CONFLICT (ns, key) DO UPDATE SET {_REPLACE}"""
PUT = f"{_INSERT} RETURNING version"
CREATE = f"{_INSERT} WHERE items.expires <= ? RETURNING version"
UPDATE = """UPDATE items SET tenant = ?, thread = ?, content = ?, sealed = ?, size = ?, created = ?, expires = ?,
    data = ?, version = version + 1
    WHERE ns = ? AND key = ? AND version = ? AND (expires IS NULL OR expires > ?)"""
LIVE_VERSION = "SELECT version FROM items WHERE ns = ? AND key = ? AND (expires IS NULL OR expires > ?)"


@dataclass
class Rows:
    """The writes, and the policy that they keep: encryption, retention in seconds, the size bound in bytes."""

    sealer: Sealer
    max_bytes: int | None = None
    retention_s: float | None = None
    event_retention_s: float | None = None
    _since_check: int = 0

    def put(self, connection: sqlite3.Connection, now: float, item: Put) -> int:
        """Write unconditionally; the new version."""
        row = self._row(item, now)
        version: int = connection.execute(PUT, (item.ns, item.key, *row)).fetchone()[0]
        self._grown(connection, len(item.data))
        return version

    def put_all(self, connection: sqlite3.Connection, now: float, items: Sequence[Put]) -> None:
        """Write many unconditionally, in order; a third of the time that one by one takes."""
        connection.executemany(_INSERT, [(item.ns, item.key, *self._row(item, now)) for item in items])
        self._grown(connection, sum(len(item.data) for item in items))

    def compare_and_set(self, connection: sqlite3.Connection, now: float, item: Put, expected: int) -> int:
        """Write if the live version is ``expected``; the new version, or Conflict before anything is changed."""
        row = self._row(item, now)
        version: int
        if expected > 0:
            arguments = (*row, item.ns, item.key, expected, now)
            version = expected + 1 if connection.execute(UPDATE, arguments).rowcount == 1 else 0
        else:
            created = connection.execute(CREATE, (item.ns, item.key, *row, now)).fetchone()
            version = created[0] if created else 0
        if version == 0:
            found = connection.execute(LIVE_VERSION, (item.ns, item.key, now)).fetchone()
            raise Conflict(f"{item.ns}/{item.key}: expected version {expected}, found {found[0] if found else 0}")
        self._grown(connection, len(item.data))
        return version

    def _row(self, item: Put, now: float) -> tuple[object, ...]:
        ttl, data, sealed = item.ttl, item.data, 0
        if item.content:
            if self.retention_s is not None:
                ttl = self.retention_s if ttl is None else min(ttl, self.retention_s)
            if self.sealer.active:
                data, sealed = self.sealer.seal(item.ns, item.key, data), 1
        expires = None if ttl is None else now + ttl
        return (item.tenant, item.thread, int(item.content), sealed, len(item.data), now, expires, data)

    def delete(self, connection: sqlite3.Connection, now: float, ns: str, key: str) -> bool:
        """Remove one key; whether it was live."""
        sql = "DELETE FROM items WHERE ns = ? AND key = ? RETURNING expires"
        gone = connection.execute(sql, (ns, key)).fetchall()
        return bool(gone) and (gone[0][0] is None or gone[0][0] > now)

    def add_vector(
        self, connection: sqlite3.Connection, now: float, ns: str, key: str, *, data: bytes, ttl: float | None
    ) -> None:
        """Add or replace a vector, given as normalised float16. It gets a new id, by which mirrors notice it."""
        dim = len(data) // 2
        space = connection.execute("SELECT dim, live FROM spaces WHERE ns = ?", (ns,)).fetchone()
        if space is None:
            connection.execute("INSERT INTO spaces VALUES (?, ?, 0, 0, 0)", (ns, dim))
        elif space[0] != dim:
            if space[1] > 0:
                raise StoreError(
                    f"the vectors of {ns} have {space[0]} dimensions, this one has {dim}; "
                    "use another namespace for another embedding model"
                )
            connection.execute("UPDATE spaces SET dim = ? WHERE ns = ?", (dim, ns))
        connection.execute("DELETE FROM vectors WHERE ns = ? AND key = ?", (ns, key))
        expires = None if ttl is None else now + ttl
        connection.execute("INSERT INTO vectors (ns, key, expires, data) VALUES (?, ?, ?, ?)", (ns, key, expires, data))
        self._grown(connection, len(data))

    def delete_vector(self, connection: sqlite3.Connection, now: float, ns: str, key: str) -> bool:
        """Remove one vector; whether it was live."""
        sql = "DELETE FROM vectors WHERE ns = ? AND key = ? RETURNING expires"
        gone = connection.execute(sql, (ns, key)).fetchall()
        return bool(gone) and (gone[0][0] is None or gone[0][0] > now)

    def append(self, connection: sqlite3.Connection, lines: Sequence[Line]) -> None:
        """Append to event logs."""
        sql = "INSERT INTO events (stream, at, tenant, thread, data) VALUES (?, ?, ?, ?, ?)"
        connection.executemany(sql, [(line.stream, line.at, line.tenant, line.thread, line.data) for line in lines])
        self._grown(connection, sum(len(line.data) for line in lines))

    def trim(self, connection: sqlite3.Connection, stream: str, before: float | None, keep: int | None) -> int:
        """Drop a chunk of a stream's events that are older than ``before`` or beyond the newest ``keep``."""
        went = 0
        if before is not None:
            inner = "SELECT id FROM events INDEXED BY events_time WHERE stream = ? AND at < ? LIMIT ?"
            went += _delete(connection, "events", inner, (stream, before, CHUNK))
        if keep is not None:
            inner = "SELECT id FROM events INDEXED BY events_order WHERE stream = ? ORDER BY id DESC LIMIT ? OFFSET ?"
            went += _delete(connection, "events", inner, (stream, CHUNK, keep))
        return went

    def purge(
        self, connection: sqlite3.Connection, tenant: str | None, thread: str | None, content_only: bool
    ) -> tuple[int, bool]:
        """Delete a chunk of what belongs to an owner: how many entries and events went, and whether more may."""
        owner = [f"{column} = ?" for column, value in (("tenant", tenant), ("thread", thread)) if value is not None]
        values = tuple(value for value in (tenant, thread) if value is not None)
        mine = " AND ".join(owner) or "1"
        of_items = f"SELECT id FROM items WHERE {mine}{' AND content = 1' if content_only else ''} LIMIT {CHUNK}"
        items = _delete_with_vectors(connection, of_items, values)
        events = 0
        if not content_only:
            events = _delete(connection, "events", f"SELECT id FROM events WHERE {mine} LIMIT {CHUNK}", values)
        vectors = 0
        if thread is None:
            vectors = _purge_vectors(connection, tenant)
        return items + events, CHUNK in {items, events, vectors}

    def sweep(self, connection: sqlite3.Connection, now: float) -> tuple[int, bool]:
        """Delete a chunk of what has expired, and what is over the bound: how many went, and whether more may."""
        counts = [
            _delete(connection, "items", f"SELECT id FROM items WHERE expires <= ? LIMIT {CHUNK}", (now,)),
            _delete(connection, "vectors", f"SELECT id FROM vectors WHERE expires <= ? LIMIT {CHUNK}", (now,)),
        ]
        if self.retention_s is not None:  # for what was written while a longer retention was set
            inner = f"SELECT id FROM items WHERE content = 1 AND created <= ? ORDER BY created LIMIT {CHUNK}"
            counts.append(_delete_with_vectors(connection, inner, (now - self.retention_s,)))
        if self.event_retention_s is not None:
            # By id, which is nearly the order of time and needs no index of its own.
            inner = f"SELECT id FROM (SELECT id, at FROM events ORDER BY id LIMIT {CHUNK}) WHERE at < ?"
            counts.append(_delete(connection, "events", inner, (now - self.event_retention_s,)))
        evicted = self.evict(connection)
        return sum(counts) + evicted, CHUNK in counts or evicted >= EVICTED_AT_ONCE

    def _grown(self, connection: sqlite3.Connection, size: int) -> None:
        """Look at the size bound now and then, so that a burst between two sweeps does not go far beyond it."""
        if self.max_bytes is None:
            return
        self._since_check += size + 200
        if self._since_check >= max(256 * 1024, self.max_bytes // 64):
            self.evict(connection)

    def evict(self, connection: sqlite3.Connection) -> int:
        """Over the size bound, delete down to 95% of it: oldest content first, state only when nothing else is left."""
        self._since_check = 0
        if self.max_bytes is None or used_bytes(connection) <= self.max_bytes:
            return 0
        went = 0
        for table, condition, order in (
            ("items", "content = 1", "created, id"),
            ("vectors", "1", "id"),
            ("events", "1", "id"),
            ("items", "ns <> 'secret'", "created, id"),  # without it, every caller would be another tenant
        ):
            inner = f"SELECT id FROM {table} WHERE {condition} ORDER BY {order} LIMIT 32"
            while went < EVICTED_AT_ONCE and used_bytes(connection) > self.max_bytes * 0.95:
                if table == "items":
                    gone = _delete_with_vectors(connection, inner, ())
                else:
                    gone = _delete(connection, table, inner, ())
                if gone == 0:
                    break
                went += gone
        return went


def used_bytes(connection: sqlite3.Connection) -> int:
    """Bytes of the file that hold something."""
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    free = connection.execute("PRAGMA freelist_count").fetchone()[0]
    size: int = connection.execute("PRAGMA page_size").fetchone()[0]
    return int(pages - free) * size


def vacuum(connection: sqlite3.Connection, now: float) -> int:
    """Give a chunk of free pages back to the file system; how many are left."""
    before = connection.execute("PRAGMA freelist_count").fetchone()[0]
    connection.execute("PRAGMA incremental_vacuum(2048)").fetchall()
    left: int = connection.execute("PRAGMA freelist_count").fetchone()[0]
    return left if left < before else 0  # a file that was not made by us may not be able to shrink


def checkpoint(connection: sqlite3.Connection, now: float) -> None:
    """Empty the write-ahead log, in which deleted content would outlive its row, unless a reader is in the way."""
    for _ in range(20):
        with contextlib.suppress(sqlite3.OperationalError):
            blocked = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            if not blocked:
                return
        time.sleep(0.002)


def _delete(connection: sqlite3.Connection, table: str, inner: str, arguments: tuple[object, ...]) -> int:
    return connection.execute(f"DELETE FROM {table} WHERE id IN ({inner})", arguments).rowcount


def _delete_with_vectors(connection: sqlite3.Connection, inner: str, arguments: tuple[object, ...]) -> int:
    """Delete items and the vectors of the same namespace and key, which tell about the same content."""
    same = f"SELECT vectors.id FROM items JOIN vectors USING (ns, key) WHERE items.id IN ({inner})"
    _delete(connection, "vectors", same, arguments)
    return _delete(connection, "items", inner, arguments)


def _purge_vectors(connection: sqlite3.Connection, tenant: str | None) -> int:
    """Delete a chunk of the vectors whose namespace names the tenant (``kind:tenant`` or ``kind:tenant:...``)."""
    if tenant is None:
        went = _delete(connection, "vectors", f"SELECT id FROM vectors LIMIT {CHUNK}", ())
    else:
        spaces = """SELECT ns FROM spaces WHERE substr(ns || ':', instr(ns || ':', ':') + 1, length(?1) + 1) = ?1 || ':'
            OR (?1 = '' AND instr(ns, ':') = 0)"""
        inner = f"SELECT id FROM vectors WHERE ns IN ({spaces}) LIMIT {CHUNK}"
        went = _delete(connection, "vectors", inner, (tenant,))
    connection.execute("DELETE FROM spaces WHERE live = 0")
    return went
