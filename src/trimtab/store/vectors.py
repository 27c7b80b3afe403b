"""Vector search over rows: a compact mirror of each namespace in memory finds candidates, the rows give the answer.

Up to `EXACT_ROWS` the mirror holds float32 and the scan is exact. Above, it holds one sign bit a dimension: a Hamming
scan proposes candidates, and their float16 rows are scored.
Other processes write the same rows. A counter per namespace, read on every search, tells what the mirror has missed;
rows that are gone are noticed when their score is looked up.

numpy is imported when the first vector arrives; this module must not be imported before.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from trimtab.errors import StoreError
from trimtab.store.base import Neighbour, Vector
from trimtab.store.sqlite.file import Reader

Floats: TypeAlias = npt.NDArray[np.float32]
Ids: TypeAlias = npt.NDArray[np.int64]

EXACT_ROWS = 4096
LEAST_CANDIDATES = 128
CANDIDATES_PER_RESULT = 24
SPARE = 16  # exact candidates beyond k, for rows that turn out to be gone
MIRROR_BYTES = 48 * 1024 * 1024
"""Memory for all mirrors together; the one that was not searched for longest is dropped first."""

_LOADED_AT_ONCE = 4096
_LOOKED_UP_AT_ONCE = 128
_GONE = -np.inf

SPACE = "SELECT dim, last_id, removed FROM spaces WHERE ns = ?"
MISSED = "SELECT id, expires, data FROM vectors WHERE ns = ? AND id > ? AND length(data) = ? ORDER BY id LIMIT ?"
LOOK_UP = f"""SELECT id, key, data FROM vectors
    WHERE id IN ({", ".join("?" * _LOOKED_UP_AT_ONCE)}) AND (expires IS NULL OR expires > ?)"""


def normalise(vector: Vector) -> Floats:
    """The vector with length 1, as float32. StoreError if it is empty, not finite, or has no direction."""
    array = np.asarray(vector, dtype=np.float32)
    if array.ndim != 1 or array.size == 0:
        raise StoreError(f"a vector has to be a flat sequence of numbers; this one has the shape {array.shape}")
    with np.errstate(over="ignore", invalid="ignore"):
        largest = np.abs(array).max()
        if not np.isfinite(largest):
            raise StoreError("a vector has to be finite; this one holds NaN, an infinity or a value beyond float32")
        if largest == 0:
            raise StoreError("a vector of zeros has no direction, so nothing is near it; do not store or search it")
        scaled = array / largest  # or the squares of tiny and huge values would leave float32
        return np.asarray(scaled / np.linalg.norm(scaled), dtype=np.float32)


def pack(vector: Vector) -> bytes:
    """A vector as it lies in its row: normalised, float16, little endian."""
    return normalise(vector).astype("<f2").tobytes()


def unpack(blobs: Sequence[bytes], dim: int) -> Floats:
    """Rows of packed vectors, shape (len(blobs), dim)."""
    return np.frombuffer(b"".join(blobs), dtype="<f2").reshape(len(blobs), dim).astype(np.float32)


class Mirror:
    """What a search needs to know of one namespace's rows; arrays grow by doubling, ``count`` of them is in use."""

    def __init__(self, dim: int) -> None:
        self.dim = dim
        self.count = 0
        self.last_id = 0
        self.removed = 0
        self._words = -(-dim // 64)
        self._ids: Ids = np.empty(0, np.int64)
        self._expires: npt.NDArray[np.float64] = np.empty(0, np.float64)
        self._exact: Floats | None = np.empty((0, dim), np.float32)
        self._codes: npt.NDArray[np.uint64] = np.empty((self._words, 0), np.uint64)

    @property
    def nbytes(self) -> int:
        """Memory that the arrays take."""
        exact = 0 if self._exact is None else self._exact.nbytes
        return int(self._ids.nbytes + self._expires.nbytes + self._codes.nbytes + exact)

    def extend(self, rows: Sequence[tuple[int, float | None, bytes]]) -> None:
        """Take in rows of (id, expires, data), in order of id."""
        start, stop = self.count, self.count + len(rows)
        self._reserve(stop)
        matrix = unpack([row[2] for row in rows], self.dim)
        self._ids[start:stop] = [row[0] for row in rows]
        self._expires[start:stop] = [np.inf if row[1] is None else row[1] for row in rows]
        if self._exact is not None:
            self._exact[start:stop] = matrix
        else:
            self._codes[:, start:stop] = self._signs(matrix)
        self.count = stop
        self.last_id = rows[-1][0]

    def _reserve(self, size: int) -> None:
        if self._exact is not None and size > EXACT_ROWS:
            codes = self._signs(self._exact[: self.count])
            self._exact = None
            self._codes = np.empty((self._words, len(self._ids)), np.uint64)
            self._codes[:, : self.count] = codes
        if size <= len(self._ids):
            return
        room = max(size, 2 * len(self._ids), 64)
        self._ids = _grown(self._ids, room)
        self._expires = _grown(self._expires, room)
        if self._exact is not None:
            self._exact = np.concatenate([self._exact, np.empty((room - len(self._exact), self.dim), np.float32)])
        else:
            wider = np.empty((self._words, room), np.uint64)
            wider[:, : self.count] = self._codes[:, : self.count]
            self._codes = wider

    def _signs(self, matrix: Floats) -> npt.NDArray[np.uint64]:
        """One bit a dimension, shape (words, rows): word by word, so that a scan reads memory in order."""
        bits = np.packbits(matrix > 0, axis=1)
        padded = np.zeros((len(matrix), self._words * 8), np.uint8)
        padded[:, : bits.shape[1]] = bits
        return padded.view(np.uint64).T

    def nearest(self, query: Floats, most: int, now: float) -> Ids:
        """Ids of up to ``most`` live rows, those likely to be nearest."""
        live = self._expires[: self.count] > now
        distance: npt.NDArray[Any]
        if self._exact is not None:
            distance = -(self._exact[: self.count] @ query)
            distance[~live] = np.inf
        else:
            wanted = self._signs(query.reshape(1, -1))
            distance = np.zeros(self.count, np.int32)  # numpy partitions 16-bit integers four times slower
            for word in range(self._words):
                distance += np.bitwise_count(self._codes[word, : self.count] ^ wanted[word, 0])
            distance[~live] = np.iinfo(np.int32).max
        chosen = np.arange(self.count) if most >= self.count else np.argpartition(distance, most - 1)[:most]
        return self._ids[chosen[live[chosen]]]

    def forget(self, ids: Ids) -> None:
        """Never propose these again: their rows are gone."""
        self._expires[np.searchsorted(self._ids[: self.count], ids)] = _GONE


def _grown(array: npt.NDArray[Any], room: int) -> npt.NDArray[Any]:
    wider = np.empty(room, array.dtype)
    wider[: len(array)] = array
    return wider


class VectorIndex:
    """The mirrors of all namespaces. One thread at a time may use it."""

    def __init__(self, reader: Reader, *, mirror_bytes: int = MIRROR_BYTES) -> None:
        self.reader = reader
        self._mirrors: OrderedDict[str, Mirror] = OrderedDict()
        self._mirror_bytes = mirror_bytes

    def pack(self, vector: Vector) -> bytes:
        """A vector as its row holds it."""
        return pack(vector)

    def search(self, ns: str, vector: Vector, k: int, now: float) -> list[Neighbour]:
        """Up to ``k`` nearest live vectors by cosine, best first; equal ones in the order of their keys."""
        query = normalise(vector)
        mirror = self._current(ns, query)
        if mirror is None or k <= 0:
            return []
        most = max(LEAST_CANDIDATES, CANDIDATES_PER_RESULT * k) if mirror.count > EXACT_ROWS else k + SPARE
        while True:
            proposed = mirror.nearest(query, most, now)
            rows = self._look_up(proposed, now)
            if len(rows) == len(proposed):
                break
            mirror.forget(np.setdiff1d(proposed, np.fromiter((row[0] for row in rows), np.int64, len(rows))))
            if len(rows) >= k:
                break
        return _scored(rows, query, k)

    def _current(self, ns: str, query: Floats) -> Mirror | None:
        """The mirror of a namespace with everything that has been committed until now, or None if there is nothing."""
        space = self.reader.one(SPACE, (ns,))
        if space is None:
            self._mirrors.pop(ns, None)
            return None
        dim, last_id, removed = space
        if dim != query.size:
            raise StoreError(f"the vectors of {ns} have {dim} dimensions, the one to search for has {query.size}")
        mirror = self._mirrors.get(ns)
        if mirror is None or mirror.dim != dim or not 0 <= removed - mirror.removed <= max(64, mirror.count // 4):
            mirror = self._mirrors[ns] = Mirror(dim)
            mirror.removed = removed
        self._mirrors.move_to_end(ns)
        while mirror.last_id < last_id:
            rows = self.reader.all(MISSED, (ns, mirror.last_id, 2 * dim, _LOADED_AT_ONCE))
            if not rows:  # the newest has been deleted again
                mirror.last_id = last_id
                break
            mirror.extend(rows)
        self._make_room()
        return mirror

    def _make_room(self) -> None:
        while len(self._mirrors) > 1 and sum(m.nbytes for m in self._mirrors.values()) > self._mirror_bytes:
            self._mirrors.popitem(last=False)

    def _look_up(self, ids: Ids, now: float) -> list[tuple[int, str, bytes]]:
        rows: list[tuple[int, str, bytes]] = []
        wanted: list[int | None] = ids.tolist()
        for start in range(0, len(wanted), _LOOKED_UP_AT_ONCE):
            part = wanted[start : start + _LOOKED_UP_AT_ONCE]
            part += [None] * (_LOOKED_UP_AT_ONCE - len(part))  # one statement, prepared once
            rows += self.reader.all(LOOK_UP, (*part, now))
        return rows


def _scored(rows: Sequence[tuple[int, str, bytes]], query: Floats, k: int) -> list[Neighbour]:
    if not rows:
        return []
    similarity = np.clip(unpack([row[2] for row in rows], query.size) @ query, -1.0, 1.0)
    least = np.partition(similarity, -k)[-k] if k < len(rows) else -np.inf
    best = [Neighbour(rows[i][1], float(similarity[i])) for i in np.flatnonzero(similarity >= least).tolist()]
    return sorted(best, key=lambda found: (-found.similarity, found.key))[:k]
