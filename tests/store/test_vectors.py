"""The mirror in memory finds what a full scan of the rows would find, whoever wrote or deleted them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from tests.store.contract import Clock
from trimtab.store import SQLiteStore, vectors

Matrix = npt.NDArray[np.float32]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def store(tmp_path: Path, clock: Clock) -> AsyncIterator[SQLiteStore]:
    store = SQLiteStore.open(str(tmp_path / "trimtab.db"), clock=clock)
    yield store
    await store.close()


@pytest.fixture
async def other(store: SQLiteStore, clock: Clock) -> AsyncIterator[SQLiteStore]:
    """Another gateway on the same file."""
    other = SQLiteStore.open(store.path, clock=clock)
    yield other
    await other.close()


@pytest.fixture(params=["exact", "signs"])
def scan(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "signs":
        monkeypatch.setattr(vectors, "EXACT_ROWS", 100)
    return str(request.param)


def clusters(rows: int, dim: int, seed: int = 0) -> Matrix:
    """Unit vectors that lie about common centres, as those of sentences do."""
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((rows // 20, dim))
    matrix = centres[rng.integers(0, len(centres), rows)] + 0.6 * rng.standard_normal((rows, dim))
    return (matrix / np.linalg.norm(matrix, axis=1, keepdims=True)).astype(np.float32)


async def add(store: SQLiteStore, matrix: Matrix, first: int = 0, ttl: float | None = None) -> None:
    writes = (store.vector_add("v:t", str(first + n), row.tolist(), ttl) for n, row in enumerate(matrix))
    await asyncio.gather(*writes)


async def found(store: SQLiteStore, query: Sequence[float] | Matrix, k: int) -> list[int]:
    return [int(neighbour.key) for neighbour in await store.vector_search("v:t", list(query), k)]


async def test_a_search_agrees_with_brute_force(store: SQLiteStore, scan: str) -> None:
    matrix = clusters(1000, 70)
    await add(store, matrix)
    rng = np.random.default_rng(1)
    common = 0
    for number in range(50):
        query = matrix[number] + 0.03 * rng.standard_normal(70).astype(np.float32)
        truth = np.argsort(-(matrix @ query))[:5].tolist()
        result = await found(store, query, 5)
        assert result[0] == truth[0]
        common += len(set(result) & set(truth))
    assert common >= (249 if scan == "exact" else 240)  # of 250; rounding to float16 may swap two at the edge


async def test_a_namespace_may_outgrow_the_exact_scan_between_two_searches(
    store: SQLiteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors, "EXACT_ROWS", 100)
    matrix = clusters(300, 32)
    for start in range(0, 300, 60):
        await add(store, matrix[start : start + 60], start)
        for number in range(0, start + 60, 7):
            assert (await found(store, matrix[number], 1)) == [number]


async def test_more_neighbours_than_there_are_gives_all(store: SQLiteStore, scan: str) -> None:
    matrix = clusters(150, 16)
    await add(store, matrix)
    assert sorted(await found(store, matrix[0], 1000)) == list(range(150))
    assert await found(store, matrix[0], 0) == []


async def test_what_another_process_deletes_replaces_or_adds_is_noticed(
    store: SQLiteStore, other: SQLiteStore, scan: str
) -> None:
    matrix = clusters(400, 32)
    await add(store, matrix)
    assert (await found(store, matrix[7], 1)) == [7]
    nearest = await found(store, matrix[7], 60)
    for number in nearest[:50]:
        await other.vector_delete("v:t", str(number))
    left = await found(store, matrix[7], 10)
    assert len(left) == 10
    assert not set(left) & set(nearest[:50])
    assert len(set(left) & set(nearest[50:])) >= (10 if scan == "exact" else 7)  # far ones may differ by their signs
    await other.vector_add("v:t", "500", (-matrix[9]).tolist())
    await other.vector_add("v:t", "9", matrix[7].tolist())
    assert (await found(store, matrix[7], 1)) == [9]
    assert (await found(store, -matrix[9], 1)) == [500]


async def test_a_purge_by_another_process_empties_the_mirror_and_a_new_dimension_is_taken_up(
    store: SQLiteStore, other: SQLiteStore, scan: str
) -> None:
    matrix = clusters(400, 32)
    await add(store, matrix)
    assert (await found(store, matrix[3], 1)) == [3]
    await other.purge(tenant="t")
    assert await found(store, matrix[3], 5) == []
    await add(other, clusters(120, 48, seed=5))
    assert (await found(store, clusters(120, 48, seed=5)[3], 1)) == [3]


async def test_an_expired_neighbour_makes_room_for_the_next(store: SQLiteStore, clock: Clock, scan: str) -> None:
    matrix = clusters(200, 32)
    await add(store, matrix[:100], ttl=10)
    await add(store, matrix[100:], 100)
    assert (await found(store, matrix[5], 1)) == [5]
    clock.now += 10
    result = await found(store, matrix[5], 20)
    assert len(result) == 20
    assert min(result) >= 100
    await store.sweep()
    assert await found(store, matrix[5], 20) == result


async def test_the_mirrors_stay_within_their_memory(store: SQLiteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    matrix = clusters(100, 64)
    index = vectors.VectorIndex(store._here, mirror_bytes=100_000)
    for name in "abcdef":
        await asyncio.gather(*(store.vector_add(f"v:{name}", str(n), row.tolist()) for n, row in enumerate(matrix)))
        assert index.search(f"v:{name}", matrix[4], 1, 0.0)[0].key == "4"
        assert sum(mirror.nbytes for mirror in index._mirrors.values()) <= 100_000
    assert index.search("v:a", matrix[8], 1, 0.0)[0].key == "8"
