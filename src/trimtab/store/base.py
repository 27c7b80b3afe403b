"""The store contract: what every backend gives to the rest of the house, in one test suite.

Values are bytes. A namespace (``ns``) is ``kind:tenant`` or ``kind``; a key is unique in its namespace.
All times are seconds since the epoch, from the clock that was handed in. Every method may raise `StoreError`;
callers treat that as a miss.

Writes take effect in the order in which they were called, the later ones included: a `put_later` or `append_later` is
not seen by reads until it is written (within a second, or by `flush`), but never overtakes a later call on its key.
What has expired is absent from every read at once; `sweep` gives its room back.
A vector under the namespace and key of an entry belongs to that entry: it goes when a purge or the size bound takes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

import msgspec

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Vector: TypeAlias = "Sequence[float] | npt.NDArray[np.float32]"
"""An embedding of any length but 0 (its direction counts), as numbers or as an array of one dimension."""


@dataclass(frozen=True)
class Value:
    """A stored value and the version that a compare-and-set must name.

    Versions start at 1 and only grow, also when a key is deleted and written again: no version names two values.
    """

    data: bytes
    version: int


@dataclass(frozen=True)
class Put:
    """One write: the value, its time to live in seconds (None: for ever), and whose content it is."""

    ns: str
    key: str
    data: bytes
    ttl: float | None = None
    tenant: str = ""
    thread: str = ""
    content: bool = False
    """Whether the data hold text of requests or answers: encrypted where a key is set, counted, purgeable."""


@dataclass(frozen=True)
class Entry:
    """What lies in the store, without its data: for `trimtab data show` and the dashboard.

    ``size`` is that of the data before encryption; ``created`` is when this version was written.
    """

    ns: str
    key: str
    size: int
    tenant: str
    thread: str
    content: bool
    created: float
    expires: float | None


@dataclass(frozen=True)
class Event:
    """One line of an event log. ``id`` grows within a stream; ``data`` is JSON-like."""

    id: int
    at: float
    data: Mapping[str, object]


@dataclass(frozen=True)
class Neighbour:
    """A vector-search result. ``similarity`` is the cosine, in [-1, 1]."""

    key: str
    similarity: float


class Usage(msgspec.Struct, frozen=True):
    """Rows and bytes per kind of namespace (the part before the colon)."""

    kind: str
    rows: int
    bytes: int
    content: bool


class Store(Protocol):
    """Key-value with expiry and compare-and-set, vectors per namespace, an event log."""

    @property
    def dropped(self) -> int:
        """How many writes handed over for later were given up since the store was opened."""

    async def get(self, ns: str, key: str) -> Value | None:
        """The live value, or None if absent or expired. ContentLocked if it is encrypted with a key not at hand."""

    async def get_many(self, ns: str, keys: Sequence[str]) -> dict[str, Value]:
        """The live values among ``keys``."""

    async def put(self, item: Put) -> int:
        """Write unconditionally; returns the new version."""

    async def compare_and_set(self, item: Put, expected: int) -> int:
        """Write if the live version is ``expected`` (0: absent). Returns the new version, raises Conflict."""

    def put_later(self, item: Put) -> None:
        """Write off the caller's path, within a second; never raises. The newest write of a key wins.

        The buffer is bounded: under a flood the oldest writes are dropped, and counted in `dropped`.
        """

    async def delete(self, ns: str, key: str) -> bool:
        """Remove one key; whether it was there."""

    async def entries(
        self, *, kind: str | None = None, tenant: str | None = None, thread: str | None = None, limit: int = 1000
    ) -> list[Entry]:
        """Live entries, newest first."""

    async def purge(self, *, tenant: str | None = None, thread: str | None = None, content_only: bool = False) -> int:
        """Delete what belongs to a tenant or thread, all when neither is given; how many entries and events went.

        Events belong to the ``tenant`` and ``thread`` that their data name; with ``content_only`` they stay, as do
        entries without content. Vectors go with their entry, and with the tenant whose namespace they are in
        (``kind:tenant`` or ``kind:tenant:...``).
        """

    async def vector_add(self, ns: str, key: str, vector: Vector, ttl: float | None = None) -> None:
        """Add or replace a vector; StoreError if it is not finite or has no direction.

        All vectors of a namespace have one dimension, which may change once they are all gone.
        """

    async def vector_search(self, ns: str, vector: Vector, k: int) -> list[Neighbour]:
        """Up to ``k`` nearest live vectors by cosine, best first; those of other processes are seen too.

        Exact while a namespace is small; in large ones a near neighbour may be missed now and then.
        """

    async def vector_delete(self, ns: str, key: str) -> bool:
        """Remove one vector; whether it was there."""

    def append_later(self, stream: str, data: Mapping[str, object], *, at: float) -> None:
        """Append to an event log off the caller's path; a crash loses at most the last second. Never raises."""

    async def read(
        self, stream: str, *, after: int = 0, since: float | None = None, limit: int = 10_000
    ) -> list[Event]:
        """Up to ``limit`` events with ids above ``after``, in order of id; ``since``: none from before it."""

    async def trim(self, stream: str, *, before: float | None = None, keep: int | None = None) -> int:
        """Drop events that are older than ``before``, and all but the newest ``keep``; how many went."""

    async def usage(self) -> list[Usage]:
        """What lies in the store, by kind; vectors and events under these names."""

    async def sweep(self) -> int:
        """Delete what has expired and, over the size bound, what is oldest; how many went."""

    async def flush(self) -> None:
        """Wait until everything handed to ``put_later`` and ``append_later`` is durable."""

    async def close(self) -> None:
        """Write what is buffered and let go. Later calls raise StoreError; closing again does nothing."""
