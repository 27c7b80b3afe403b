"""Where trimtab keeps what it must remember: values, vectors and event logs, behind one contract (`Store`)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from trimtab.errors import StoreError
from trimtab.store.base import Entry, Event, Neighbour, Put, Store, Usage, Value
from trimtab.store.encryption import KEY_VARIABLE, key_from_environment
from trimtab.store.sqlite import SQLiteStore

__all__ = [
    "KEY_VARIABLE",
    "Entry",
    "Event",
    "Neighbour",
    "Put",
    "SQLiteStore",
    "Store",
    "Usage",
    "Value",
    "file_of",
    "key_from_environment",
    "open_store",
]


async def open_store(
    url_or_path: str,
    *,
    key: bytes | None = None,
    max_bytes: int | None = None,
    retention_s: float | None = None,
    event_retention_s: float | None = None,
    clock: Callable[[], float] = time.time,
) -> Store:
    """Open the store that a URL or path names: ``trimtab.db``, ``sqlite:///var/trimtab.db`` or ``:memory:``.

    ``sqlite:///`` is followed by a path as in SQLAlchemy: three slashes relative, four absolute.
    Raises StoreError for a place that cannot be used, or a kind of store that this release does not have.
    """
    path = file_of(url_or_path)
    return await asyncio.to_thread(
        SQLiteStore.open,
        path,
        key=key,
        max_bytes=max_bytes,
        retention_s=retention_s,
        event_retention_s=event_retention_s,
        clock=clock,
    )


def file_of(url_or_path: str) -> str:
    """The SQLite file that a URL or path names, or ``:memory:``. Raises StoreError where it names none."""
    if not url_or_path:
        raise StoreError("the store has no path; name a file such as trimtab.db, or :memory:")
    if "://" not in url_or_path:
        return url_or_path
    url = urlsplit(url_or_path)
    if url.scheme in {"redis", "rediss"}:
        # The URL may carry a password, so it is not repeated.
        raise StoreError(
            "the Redis store comes with the next release; until then use a file on a local disk, such as trimtab.db, "
            "which all gateway processes of one machine may share"
        )
    if url.scheme != "sqlite":
        raise StoreError(f"there is no store for {url.scheme}:// URLs; use a file path, sqlite:///path or :memory:")
    path = unquote(url.path.removeprefix("/"))
    if url.netloc or not path:
        raise StoreError("a SQLite URL has three slashes before the path, as in sqlite:///trimtab.db")
    return path
