"""Where trimtab keeps what it must remember: values, vectors and event logs, behind one contract (`Store`)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from trimtab.errors import StoreError
from trimtab.store.base import Entry, Event, Neighbour, Put, Store, Usage, Value, Vector
from trimtab.store.encryption import KEY_VARIABLE, key_from_environment
from trimtab.store.sqlite.store import SQLiteStore

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
    "Vector",
    "file_of",
    "key_from_environment",
    "open_store",
    "shown",
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
    """Open the store that a URL or path names: ``trimtab.db``, ``sqlite:///var/trimtab.db``, ``:memory:``, or a Redis.

    ``sqlite:///`` is followed by a path as in SQLAlchemy: three slashes relative, four absolute. ``redis://``,
    ``rediss://`` (TLS) and ``unix://`` name a Redis, which needs the extra ``trimtab[redis]``; see `RedisStore.open`.
    Raises StoreError for a place that cannot be used, or a kind of store that there is not.
    """
    path = file_of(url_or_path)
    if path is None:
        # Imported here: most stores are files, which should not pay for the other kind.
        from trimtab.store.redis.store import RedisStore  # noqa: PLC0415

        return await RedisStore.open(
            url_or_path,
            key=key,
            max_bytes=max_bytes,
            retention_s=retention_s,
            event_retention_s=event_retention_s,
            clock=clock,
        )
    return await asyncio.to_thread(
        SQLiteStore.open,
        path,
        key=key,
        max_bytes=max_bytes,
        retention_s=retention_s,
        event_retention_s=event_retention_s,
        clock=clock,
    )


def file_of(url_or_path: str) -> str | None:
    """The SQLite file that a URL or path names, or ``:memory:``; None where the store is a server.

    Raises StoreError where it is nothing that there is a store for.
    """
    if not url_or_path:
        raise StoreError("the store has no path; name a file such as trimtab.db, or :memory:")
    if "://" not in url_or_path:
        return url_or_path
    url = urlsplit(url_or_path)
    if url.scheme in {"redis", "rediss", "unix"}:
        return None
    if url.scheme != "sqlite":
        # The URL may carry a password, so it is not repeated.
        raise StoreError(
            f"there is no store for {url.scheme}:// URLs; use a file path, sqlite:///path, :memory:, or redis://host"
        )
    path = unquote(url.path.removeprefix("/"))
    if url.netloc or not path:
        raise StoreError("a SQLite URL has three slashes before the path, as in sqlite:///trimtab.db")
    return path


def shown(url_or_path: str) -> str:
    """A store's URL or path without the user and passwords that it may carry."""
    scheme, separator, rest = url_or_path.partition("://")
    if not separator:
        return url_or_path
    place, mark, query = rest.partition("?")
    userinfo, at, place = place.rpartition("@")
    options = [option for option in query.split("&") if "password" not in option.lower()]
    return f"{scheme}://{'***' if userinfo else ''}{at}{place}{mark if any(options) else ''}{'&'.join(options)}"
