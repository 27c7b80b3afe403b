"""The file on disk: how it is created and connected to, and what to tell the user when it cannot be used."""

from __future__ import annotations

import errno
import os
import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from trimtab.errors import StoreError

MEMORY = ":memory:"
FAULTS = (sqlite3.Error, UnicodeError, OverflowError, TypeError, ValueError)
"""What a write can raise: SQLite's errors, a lone surrogate in a key, a value of the wrong type or beyond its sizes.

None of them may end the writer thread, or one caller's mistake would close the store for all.
"""

_OLDEST_SQLITE = (3, 35, 0)  # RETURNING


def prepare(path: str) -> None:
    """Make sure that ``path`` is a file that only its owner can read, creating it and its folder where absent."""
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        raise StoreError(f"this Python carries SQLite {sqlite3.sqlite_version}; trimtab needs 3.35 or later")
    if path == MEMORY:
        return
    place = Path(path)
    if place.is_dir():
        raise StoreError(f"{path} is a folder; name a file in it for the store, such as {place / 'trimtab.db'}")
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # SQLite gives its -wal and -shm files the mode of this one.
        os.close(os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise StoreError(_of_the_system(path, error)) from error


def _of_the_system(path: str, error: OSError) -> str:
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return f"{path} cannot be written ({error.strerror}); give its folder to this user or choose another path"
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"no space is left for {path}; free some, or choose a path on another disk"
    return f"{path} cannot be opened ({error.strerror}); choose a path whose folder exists and can be written"


def connect(path: str, *, busy_s: float) -> sqlite3.Connection:
    """A connection in autocommit mode that may move between threads; its user sees that one uses it at a time."""
    return sqlite3.connect(path, timeout=busy_s, isolation_level=None, check_same_thread=False, cached_statements=64)


def is_busy(error: BaseException) -> bool:
    """Whether somebody else held the file at that moment, so that trying again makes sense."""
    name = getattr(error, "sqlite_errorname", "") or ""
    return name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


_ADVICE = {
    "SQLITE_FULL": "the disk is full; free some space, or lower the store's size bound and sweep",
    "SQLITE_READONLY": "the file or its folder cannot be written; give both to this user or choose another path",
    "SQLITE_PERM": "the file cannot be accessed; give it to this user or choose another path",
    "SQLITE_CANTOPEN": "the file cannot be opened; check that its folder exists and can be written",
    "SQLITE_NOTADB": "this is not a trimtab store; choose another path, or move the file away and start afresh",
    "SQLITE_CORRUPT": "the file is damaged; move it away and start again, everything in it can be rebuilt from traffic",
    "SQLITE_BUSY": "another process kept the store locked for too long; try again, or give each gateway its own file",
    "SQLITE_LOCKED": "another connection kept the store locked for too long; try again",
    "SQLITE_IOERR": "the disk reported an error; check it, or choose a path on another disk",
    "SQLITE_TOOBIG": "the value is larger than SQLite can hold (1 GB); store less under one key",
}


def explain(path: str, error: BaseException) -> StoreError:
    """The StoreError for what sqlite3 raised: which file, what is wrong, what to do."""
    if isinstance(error, StoreError):
        return error
    if isinstance(error, UnicodeError):
        return StoreError(f"{path}: a namespace or key is not valid text ({error}); use characters that UTF-8 can hold")
    if isinstance(error, sqlite3.ProgrammingError) and "closed" in str(error):
        return StoreError(f"{path}: the store is closed")
    name = getattr(error, "sqlite_errorname", "") or ""
    for prefix, advice in _ADVICE.items():
        if name.startswith(prefix):
            return StoreError(f"{path}: {advice} ({error})")
    return StoreError(f"{path}: SQLite refused the operation: {error}")


class Reader:
    """A connection for reading. Any thread may use it; none waits longer than ``wait_s`` for another."""

    def __init__(self, path: str, connection: sqlite3.Connection, lock: threading.Lock, *, wait_s: float) -> None:
        self.path = path
        self._connection = connection
        self._lock = lock
        self._wait_s = wait_s

    def all(self, sql: str, arguments: Sequence[object] = ()) -> list[Any]:
        """Every row of a query."""
        if not self._lock.acquire(timeout=self._wait_s):
            raise StoreError(f"{self.path}: the store is busy; try again")
        try:
            return self._connection.execute(sql, arguments).fetchall()
        except FAULTS as error:
            raise explain(self.path, error) from error
        finally:
            self._lock.release()

    def one(self, sql: str, arguments: Sequence[object] = ()) -> Any:
        """The first row of a query, or None."""
        if not self._lock.acquire(timeout=self._wait_s):
            raise StoreError(f"{self.path}: the store is busy; try again")
        try:
            return self._connection.execute(sql, arguments).fetchone()
        except FAULTS as error:
            raise explain(self.path, error) from error
        finally:
            self._lock.release()

    def close(self) -> None:
        """Close the connection; later reads raise StoreError."""
        with self._lock:
            self._connection.close()
