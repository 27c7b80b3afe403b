"""The tables of the store's file, and how a file becomes or proves to be one of ours."""

from __future__ import annotations

import sqlite3
import time

from trimtab.errors import StoreError
from trimtab.store.sqlite.file import MEMORY, connect, explain, is_busy

VERSION = 1
APPLICATION_ID = 0x74726D74  # "trmt", so that a file of another program is never taken for ours
WRITER_BUSY_S = 0.0  # the writer waits in a loop of its own, which answers faster than SQLite's
SETUP_S = 5.0

_TABLES = (
    # `data` comes last: everything before it can be read without touching its overflow pages.
    """CREATE TABLE items (
        id INTEGER PRIMARY KEY, ns TEXT NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL,
        tenant TEXT NOT NULL, thread TEXT NOT NULL, content INTEGER NOT NULL, sealed INTEGER NOT NULL,
        size INTEGER NOT NULL, created REAL NOT NULL, expires REAL, data BLOB NOT NULL,
        UNIQUE (ns, key))""",
    "CREATE INDEX items_expiry ON items (expires) WHERE expires IS NOT NULL",
    "CREATE INDEX items_age ON items (created) WHERE content = 1",
    "CREATE INDEX items_owner ON items (tenant, thread)",
    # A key that is deleted and written again must not reuse a version that an old reader may still name.
    "CREATE TABLE floor (version INTEGER NOT NULL)",
    "INSERT INTO floor VALUES (0)",
    """CREATE TRIGGER items_floor AFTER DELETE ON items WHEN old.version > (SELECT version FROM floor)
        BEGIN UPDATE floor SET version = old.version; END""",
    """CREATE TABLE vectors (
        id INTEGER PRIMARY KEY AUTOINCREMENT, ns TEXT NOT NULL, key TEXT NOT NULL, expires REAL,
        data BLOB NOT NULL, UNIQUE (ns, key))""",
    "CREATE INDEX vectors_order ON vectors (ns)",
    "CREATE INDEX vectors_expiry ON vectors (expires) WHERE expires IS NOT NULL",
    # One row a namespace, by which a mirror in any process sees in one look-up what it has missed.
    """CREATE TABLE spaces (
        ns TEXT PRIMARY KEY, dim INTEGER NOT NULL, live INTEGER NOT NULL, last_id INTEGER NOT NULL,
        removed INTEGER NOT NULL) WITHOUT ROWID""",
    """CREATE TRIGGER vectors_added AFTER INSERT ON vectors
        BEGIN UPDATE spaces SET live = live + 1, last_id = new.id WHERE ns = new.ns; END""",
    """CREATE TRIGGER vectors_removed AFTER DELETE ON vectors
        BEGIN UPDATE spaces SET live = live - 1, removed = removed + 1 WHERE ns = old.ns; END""",
    """CREATE TABLE events (
        id INTEGER PRIMARY KEY AUTOINCREMENT, stream TEXT NOT NULL, at REAL NOT NULL,
        tenant TEXT NOT NULL, thread TEXT NOT NULL, data BLOB NOT NULL)""",
    "CREATE INDEX events_order ON events (stream)",
    "CREATE INDEX events_time ON events (stream, at)",
    "CREATE INDEX events_owner ON events (tenant, thread)",
)


def open_writer(path: str) -> sqlite3.Connection:
    """The writing connection to ``path``, with the tables in place. Raises StoreError if the file is not usable."""
    try:
        connection = connect(path, busy_s=WRITER_BUSY_S)
    except sqlite3.Error as error:
        raise explain(path, error) from error
    deadline = time.monotonic() + SETUP_S
    while True:
        try:
            _set_up(path, connection)
            return connection
        except sqlite3.Error as error:
            # Two processes that create the same file at once meet here.
            if is_busy(error) and time.monotonic() < deadline:
                time.sleep(0.005)
                continue
            connection.close()
            raise explain(path, error) from error
        except StoreError:
            connection.close()
            raise


def _set_up(path: str, connection: sqlite3.Connection) -> None:
    empty = _check(path, connection)
    if empty:
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")  # has to stand before the first page is written
    mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal" and path != MEMORY:
        raise StoreError(f"{path}: this file system cannot hold a shared SQLite store; choose a path on a local disk")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA secure_delete = ON")  # what is purged must not stay in free pages
    connection.execute("PRAGMA journal_size_limit = 16777216")
    if empty:
        _create(path, connection)


def _check(path: str, connection: sqlite3.Connection) -> bool:
    """Whether the file is still empty. Raises StoreError if it is not ours, or from a later trimtab."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if tables == 0 and version == 0 and application in {0, APPLICATION_ID}:
        return True
    if application != APPLICATION_ID:
        raise StoreError(f"{path} is the SQLite file of another program; choose another path for the store")
    if version > VERSION:
        raise StoreError(
            f"{path} was written by a later trimtab (schema {version}, this one knows {VERSION}); "
            "upgrade trimtab, or choose another path for the store"
        )
    return False


def _create(path: str, connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        if _check(path, connection):
            for statement in _TABLES:
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
