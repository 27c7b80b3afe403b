"""What every store has to do. A backend's test module derives a class from `StoreContract`, with a ``store`` fixture
that is driven by the ``clock`` fixture, and a machine from `StoreMachine`."""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from trimtab.errors import Conflict, StoreError
from trimtab.store import Put, Store, Value

T = TypeVar("T")


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: float = 1_700_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def random_vector(rng: random.Random, dim: int) -> list[float]:
    return [rng.gauss(0, 1) for _ in range(dim)]


def cosine(a: list[float], b: list[float]) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True)) / (math.hypot(*a) * math.hypot(*b))


class StoreContract:
    async def test_a_value_comes_back_with_its_version_and_each_write_raises_it(self, store: Store) -> None:
        assert await store.get("n:t", "k") is None
        assert await store.put(Put("n:t", "k", b"one")) == 1
        assert await store.put(Put("n:t", "k", b"two")) == 2
        assert await store.get("n:t", "k") == Value(b"two", 2)

    async def test_any_bytes_and_any_text_are_kept_as_they_are(self, store: Store) -> None:
        for ns, key, data in [
            ("n", "", b""),
            ("n:ü:1", "a\x00b", bytes(range(256))),
            ("n", "🦆" * 500, b"x" * 200_000),
        ]:
            await store.put(Put(ns, key, data))
            found = await store.get(ns, key)
            assert found is not None
            assert found.data == data

    async def test_namespaces_do_not_see_each_other(self, store: Store) -> None:
        await store.put(Put("n:a", "k", b"a"))
        assert await store.get("n:b", "k") is None
        assert await store.get_many("n:b", ["k"]) == {}

    async def test_get_many_gives_those_that_are_there_however_many_are_asked_for(self, store: Store) -> None:
        for number in range(0, 150, 2):
            await store.put(Put("n:t", str(number), str(number).encode()))
        found = await store.get_many("n:t", [str(number) for number in range(150)])
        assert {key: value.data for key, value in found.items()} == {str(n): str(n).encode() for n in range(0, 150, 2)}
        assert await store.get_many("n:t", []) == {}

    async def test_compare_and_set_writes_only_over_the_version_it_names(self, store: Store) -> None:
        with pytest.raises(Conflict, match="expected version 3, found 0"):
            await store.compare_and_set(Put("n:t", "k", b"x"), 3)
        version = await store.compare_and_set(Put("n:t", "k", b"one"), 0)
        with pytest.raises(Conflict, match="expected version 0, found 1"):
            await store.compare_and_set(Put("n:t", "k", b"x"), 0)
        assert await store.compare_and_set(Put("n:t", "k", b"two"), version) == version + 1
        with pytest.raises(Conflict):
            await store.compare_and_set(Put("n:t", "k", b"x"), version)
        assert await store.get("n:t", "k") == Value(b"two", version + 1)

    async def test_of_many_callers_that_name_one_version_exactly_one_wins(self, store: Store) -> None:
        version = await store.put(Put("n:t", "k", b"start"))
        attempts = (store.compare_and_set(Put("n:t", "k", str(n).encode()), version) for n in range(40))
        results = await asyncio.gather(*attempts, return_exceptions=True)
        assert [result for result in results if isinstance(result, int)] == [version + 1]
        assert sum(isinstance(result, Conflict) for result in results) == 39

    async def test_a_version_never_names_two_values(self, store: Store, clock: Clock) -> None:
        old = await store.put(Put("n:t", "k", b"old"))
        await store.delete("n:t", "k")
        new = await store.put(Put("n:t", "k", b"new"))
        assert new > old
        await store.put(Put("n:t", "k", b"short", ttl=1))
        clock.now += 1
        await store.sweep()
        assert await store.compare_and_set(Put("n:t", "k", b"newer"), 0) > new + 1
        with pytest.raises(Conflict):
            await store.compare_and_set(Put("n:t", "k", b"x"), old)

    async def test_what_has_expired_is_absent_from_every_read_before_any_sweep(
        self, store: Store, clock: Clock
    ) -> None:
        await store.put(Put("n:t", "k", b"x", ttl=10))
        await store.vector_add("v:t", "k", [1.0, 0.0], ttl=10)
        clock.now += 9.5
        assert await store.get("n:t", "k") is not None
        assert len(await store.vector_search("v:t", [1.0, 0.0], 1)) == 1
        clock.now += 0.5
        assert await store.get("n:t", "k") is None
        assert await store.get_many("n:t", ["k"]) == {}
        assert await store.entries() == []
        assert await store.usage() == []
        assert await store.vector_search("v:t", [1.0, 0.0], 1) == []
        assert not await store.vector_delete("v:t", "k")
        assert not await store.delete("n:t", "k")
        await store.put(Put("n:t", "k", b"x", ttl=1))
        clock.now += 1
        assert await store.compare_and_set(Put("n:t", "k", b"again"), 0) > 1

    async def test_a_write_without_a_time_to_live_takes_away_the_old_one(self, store: Store, clock: Clock) -> None:
        await store.put(Put("n:t", "k", b"x", ttl=10))
        await store.put(Put("n:t", "k", b"y"))
        clock.now += 1e9
        assert await store.get("n:t", "k") == Value(b"y", 2)

    async def test_sweep_deletes_what_has_expired_and_nothing_else(self, store: Store, clock: Clock) -> None:
        for number in range(1200):
            store.put_later(Put("n:t", str(number), b"x", ttl=5 if number % 2 else None))
        await store.flush()
        assert await store.sweep() == 0
        clock.now += 5
        assert await store.sweep() == 600
        assert len(await store.entries(limit=2000)) == 600

    async def test_delete_says_whether_the_key_was_there(self, store: Store) -> None:
        await store.put(Put("n:t", "k", b"x"))
        assert await store.delete("n:t", "k")
        assert not await store.delete("n:t", "k")
        assert await store.get("n:t", "k") is None

    async def test_later_writes_arrive_and_the_newest_of_a_key_wins(self, store: Store) -> None:
        for number in range(300):
            store.put_later(Put("n:t", str(number % 3), str(number).encode()))
        await store.flush()
        found = await store.get_many("n:t", ["0", "1", "2"])
        assert {key: value.data for key, value in found.items()} == {"0": b"297", "1": b"298", "2": b"299"}
        assert store.dropped == 0

    async def test_a_later_write_is_done_without_a_flush(self, store: Store) -> None:
        store.put_later(Put("n:t", "k", b"x"))
        while await store.get("n:t", "k") is None:  # noqa: ASYNC110 - there is nobody to tell
            await asyncio.sleep(0.01)

    async def test_a_later_write_does_not_overtake_what_was_called_after_it(self, store: Store) -> None:
        store.put_later(Put("n:t", "put", b"first"))
        await store.put(Put("n:t", "put", b"second"))
        store.put_later(Put("n:t", "gone", b"first"))
        assert await store.delete("n:t", "gone")
        store.put_later(Put("n:t", "set", b"first"))
        with pytest.raises(Conflict):
            await store.compare_and_set(Put("n:t", "set", b"second"), 0)
        store.put_later(Put("n:t", "purged", b"first", tenant="t"))
        await store.purge(tenant="t")
        await store.flush()
        found = await store.get_many("n:t", ["put", "gone", "set", "purged"])
        assert {key: value.data for key, value in found.items()} == {"put": b"second", "set": b"first"}

    async def test_entries_are_listed_newest_first_and_filtered(self, store: Store, clock: Clock) -> None:
        await store.put(Put("a:t1", "1", b"xyz", ttl=60, tenant="t1", thread="h1", content=True))
        clock.now += 1
        await store.put(Put("a", "2", b"x", tenant="t2", thread="h2"))
        clock.now += 1
        await store.put(Put("ab:t1", "3", b"x", tenant="t1", thread="h3"))
        assert [entry.key for entry in await store.entries()] == ["3", "2", "1"]
        assert [entry.key for entry in await store.entries(limit=1)] == ["3"]
        assert [entry.key for entry in await store.entries(kind="a")] == ["2", "1"]
        assert [entry.key for entry in await store.entries(tenant="t1")] == ["3", "1"]
        (entry,) = await store.entries(tenant="t1", thread="h1")
        assert (entry.ns, entry.key, entry.size, entry.tenant, entry.thread) == ("a:t1", "1", 3, "t1", "h1")
        assert entry.content
        assert (entry.created, entry.expires) == (clock.now - 2, clock.now + 58)

    async def test_usage_counts_rows_and_bytes_by_kind(self, store: Store) -> None:
        await store.put(Put("a:t1", "1", b"xyz", content=True))
        await store.put(Put("a:t2", "1", b"xy", content=True))
        await store.put(Put("b", "1", b"x"))
        usage = {row.kind: (row.rows, row.bytes, row.content) for row in await store.usage()}
        assert usage == {"a": (2, 5, True), "b": (1, 1, False)}
        await store.vector_add("a:t1", "1", [1.0, 2.0])
        store.append_later("ledger", {"n": 1}, at=1.0)
        await store.flush()
        usage = {row.kind: (row.rows, row.bytes, row.content) for row in await store.usage()}
        assert usage["vectors"][0] == usage["events"][0] == 1

    async def test_purge_takes_a_tenant_or_a_thread_or_only_their_content(self, store: Store) -> None:
        for tenant in ("t1", "t2"):
            for thread in ("h1", "h2"):
                for content in (True, False):
                    key = f"{thread}-{content}"
                    await store.put(Put(f"n:{tenant}", key, b"x", tenant=tenant, thread=thread, content=content))
                store.append_later("ledger", {"tenant": tenant, "thread": thread}, at=1.0)
        await store.flush()
        assert await store.purge(tenant="t1", thread="h1", content_only=True) == 1
        assert await store.purge(tenant="t1", thread="h1") == 2  # the entry that is not content, and the event
        assert {entry.thread for entry in await store.entries(tenant="t1")} == {"h2"}
        assert await store.purge(tenant="t1") == 3
        assert {entry.tenant for entry in await store.entries()} == {"t2"}
        assert [event.data["tenant"] for event in await store.read("ledger")] == ["t2", "t2"]
        assert await store.purge() == 6
        assert await store.entries() == []

    async def test_purge_of_more_than_one_transaction_holds_takes_everything(self, store: Store) -> None:
        for number in range(1100):
            store.put_later(Put("n:t", str(number), b"x", tenant="t"))
        assert await store.purge(tenant="t") == 1100
        assert await store.purge(tenant="t") == 0

    async def test_purge_takes_the_vectors_of_a_tenant_and_those_of_purged_entries(self, store: Store) -> None:
        for ns in ("v:t", "v:t:scope", "v:tt", "v:other", "v"):
            await store.vector_add(ns, "k", [1.0, 0.0])
        await store.put(Put("v:other", "k", b"x", tenant="other", thread="h", content=True))
        await store.purge(tenant="t")
        found = {ns: len(await store.vector_search(ns, [1.0, 0.0], 5)) for ns in ("v:t", "v:t:scope", "v:tt", "v")}
        assert found == {"v:t": 0, "v:t:scope": 0, "v:tt": 1, "v": 1}
        await store.purge(thread="h", content_only=True)
        assert await store.vector_search("v:other", [1.0, 0.0], 5) == []
        await store.purge()
        assert await store.vector_search("v:tt", [1.0, 0.0], 5) == []

    async def test_vector_search_ranks_by_cosine(self, store: Store) -> None:
        rng = random.Random(1)
        vectors = {f"k{number}": random_vector(rng, 24) for number in range(200)}
        await asyncio.gather(*(store.vector_add("v:t", key, vector) for key, vector in vectors.items()))
        for _ in range(10):
            query = random_vector(rng, 24)
            expected = sorted(vectors, key=lambda key: -cosine(vectors[key], query))[:7]
            found = await store.vector_search("v:t", query, 7)
            assert [neighbour.similarity for neighbour in found] == pytest.approx(
                [cosine(vectors[key], query) for key in expected], abs=2e-3
            )
            assert len({neighbour.key for neighbour in found} & set(expected)) >= 6  # rounding may swap the last

    async def test_vectors_are_replaced_and_deleted(self, store: Store) -> None:
        await store.vector_add("v:t", "a", [3.0, 0.0])
        await store.vector_add("v:t", "b", [0.0, 0.1])
        assert [n.key for n in await store.vector_search("v:t", [1.0, 0.1], 5)] == ["a", "b"]
        await store.vector_add("v:t", "a", [-1.0, 0.0])
        found = await store.vector_search("v:t", [1.0, 0.1], 5)
        assert [n.key for n in found] == ["b", "a"]
        assert found[1].similarity < -0.9
        assert await store.vector_delete("v:t", "b")
        assert not await store.vector_delete("v:t", "b")
        assert [n.key for n in await store.vector_search("v:t", [1.0, 0.1], 5)] == ["a"]
        assert await store.vector_search("v:other", [1.0, 0.1], 5) == []

    @pytest.mark.parametrize("bad", [[], [0.0, 0.0], [math.nan, 1.0], [math.inf, 1.0]])
    async def test_a_vector_without_direction_is_refused(self, store: Store, bad: list[float]) -> None:
        with pytest.raises(StoreError):
            await store.vector_add("v:t", "k", bad)
        with pytest.raises(StoreError):
            await store.vector_search("v:t", bad, 1)

    async def test_very_small_and_very_large_vectors_keep_their_direction(self, store: Store) -> None:
        await store.vector_add("v:t", "small", [1e-30, 0.0])
        await store.vector_add("v:t", "large", [0.0, 1e30])
        found = await store.vector_search("v:t", [1e-20, 0.0], 2)
        assert [(n.key, round(n.similarity, 3)) for n in found] == [("small", 1.0), ("large", 0.0)]

    async def test_a_namespace_has_one_dimension_until_it_is_empty(self, store: Store) -> None:
        await store.vector_add("v:t", "k", [1.0, 0.0])
        with pytest.raises(StoreError, match="dimensions"):
            await store.vector_add("v:t", "l", [1.0, 0.0, 0.0])
        with pytest.raises(StoreError, match="dimensions"):
            await store.vector_search("v:t", [1.0, 0.0, 0.0], 1)
        assert len(await store.vector_search("v:t", [1.0, 0.0], 1)) == 1
        await store.vector_delete("v:t", "k")
        await store.vector_add("v:t", "l", [1.0, 0.0, 0.0])
        assert [n.key for n in await store.vector_search("v:t", [1.0, 0.0, 0.0], 1)] == ["l"]

    async def test_events_are_read_in_order_from_a_position_or_a_time(self, store: Store) -> None:
        for number in range(10):
            store.append_later("ledger", {"n": number, "cost": 0.5, "model": "m"}, at=100.0 + number)
        store.append_later("other", {"n": 99}, at=100.0)
        await store.flush()
        events = await store.read("ledger")
        assert [event.data["n"] for event in events] == list(range(10))
        assert [event.at for event in events] == [100.0 + number for number in range(10)]
        assert [event.id for event in events] == sorted({event.id for event in events})
        assert events[3].data == {"n": 3, "cost": 0.5, "model": "m"}
        assert await store.read("ledger", after=events[6].id) == events[7:]
        assert await store.read("ledger", since=105.0) == events[5:]
        assert await store.read("ledger", since=105.0, after=events[6].id) == events[7:]
        assert await store.read("ledger", limit=4) == events[:4]
        assert await store.read("ledger", since=105.0, limit=2) == events[5:7]

    async def test_event_ids_are_not_used_again_after_a_trim(self, store: Store) -> None:
        for number in range(10):
            store.append_later("ledger", {"n": number}, at=100.0 + number)
        assert await store.trim("ledger", before=103.0) == 3
        assert await store.trim("ledger", keep=5) == 2
        rest = await store.read("ledger")
        assert [event.data["n"] for event in rest] == [5, 6, 7, 8, 9]
        assert await store.trim("ledger", keep=0) == 5
        store.append_later("ledger", {"n": 10}, at=110.0)
        await store.flush()
        (event,) = await store.read("ledger")
        assert event.id > rest[-1].id

    async def test_an_event_is_written_as_it_was_when_it_was_handed_over(self, store: Store) -> None:
        data: dict[str, object] = {"n": 1}
        store.append_later("ledger", data, at=1.0)
        data["n"] = 2
        await store.flush()
        assert [event.data for event in await store.read("ledger")] == [{"n": 1}]

    async def test_an_event_that_is_not_json_is_counted_and_does_not_raise(self, store: Store) -> None:
        store.append_later("ledger", {"n": 2**200}, at=1.0)
        store.append_later("ledger", {"n": {1, 2}}, at=1.0)  # written as text
        await store.flush()
        assert store.dropped == 1
        assert len(await store.read("ledger")) == 1

    async def test_one_bad_write_does_not_take_its_neighbours_with_it(self, store: Store) -> None:
        writes = [store.put(Put("n:t", key, b"x")) for key in ("a", "lone \ud800 surrogate", "b")]
        writes.append(store.put(Put("n:t", "no data", None)))  # type: ignore[arg-type]
        results = await asyncio.gather(*writes, return_exceptions=True)
        assert [isinstance(result, StoreError) for result in results] == [False, True, False, True]
        assert sorted(await store.get_many("n:t", ["a", "b"])) == ["a", "b"]

    async def test_a_caller_that_gives_up_does_not_harm_the_others(self, store: Store) -> None:
        tasks = [asyncio.ensure_future(store.put(Put("n:t", str(n), b"x"))) for n in range(20)]
        await asyncio.sleep(0)
        for task in tasks[::2]:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(result, int) for result in results[1::2])

    async def test_a_closed_store_refuses_what_is_asked_and_counts_what_is_handed_over(self, store: Store) -> None:
        await store.close()
        await store.close()
        with pytest.raises(StoreError, match="closed"):
            await store.put(Put("n:t", "k", b"x"))
        with pytest.raises(StoreError, match="closed"):
            await store.get("n:t", "k")
        with pytest.raises(StoreError, match="closed"):
            await store.vector_search("n:t", [1.0], 1)
        store.put_later(Put("n:t", "k", b"x"))
        store.append_later("ledger", {}, at=1.0)
        assert store.dropped == 2


KEYS = st.sampled_from(["a", "b", "c"])
NAMESPACES = st.sampled_from(["n:t1", "n:t2"])
TTLS = st.sampled_from([None, 1.0, 5.0])


class StoreMachine(RuleBasedStateMachine):
    """Any sequence of operations gives what a dictionary would give."""

    async def open(self, clock: Clock) -> Store:
        raise NotImplementedError

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    @initialize()
    def start(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.clock = Clock()
        self.model: dict[tuple[str, str], tuple[Value, float]] = {}
        self.highest: dict[tuple[str, str], int] = {}
        self.store = self.run(self.open(self.clock))

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.run(self.store.close())
            self.run(self.loop.shutdown_default_executor())
            self.loop.close()

    def live(self, ns: str, key: str) -> Value | None:
        value, expires = self.model.get((ns, key), (None, 0.0))
        return value if expires > self.clock.now else None

    def remember(self, item: Put, version: int) -> None:
        place = item.ns, item.key
        assert version > self.highest.get(place, 0)
        self.highest[place] = version
        self.model[place] = Value(item.data, version), math.inf if item.ttl is None else self.clock.now + item.ttl

    def item(self, ns: str, key: str, data: bytes, ttl: float | None) -> Put:
        return Put(ns, key, data, ttl=ttl, tenant=ns[2:], content=key == "a")

    @rule(ns=NAMESPACES, key=KEYS, data=st.binary(max_size=20), ttl=TTLS)
    def put(self, ns: str, key: str, data: bytes, ttl: float | None) -> None:
        item = self.item(ns, key, data, ttl)
        self.remember(item, self.run(self.store.put(item)))

    @rule(ns=NAMESPACES, key=KEYS, first=st.binary(max_size=20), data=st.binary(max_size=20), ttl=TTLS)
    def put_later(self, ns: str, key: str, first: bytes, data: bytes, ttl: float | None) -> None:
        item = self.item(ns, key, data, ttl)
        self.store.put_later(self.item(ns, key, first, None))
        self.store.put_later(item)
        self.run(self.store.flush())
        found = self.run(self.store.get(ns, key))
        assert found is not None
        self.remember(item, found.version)

    @rule(ns=NAMESPACES, key=KEYS, data=st.binary(max_size=20), ttl=TTLS, off=st.sampled_from([0, 0, 0, 1, -1]))
    def compare_and_set(self, ns: str, key: str, data: bytes, ttl: float | None, off: int) -> None:
        value = self.live(ns, key)
        item = self.item(ns, key, data, ttl)
        expected = max(0, (value.version if value else 0) + off)
        if expected == (value.version if value else 0):
            self.remember(item, self.run(self.store.compare_and_set(item, expected)))
        else:
            with pytest.raises(Conflict):
                self.run(self.store.compare_and_set(item, expected))

    @rule(ns=NAMESPACES, key=KEYS)
    def delete(self, ns: str, key: str) -> None:
        assert self.run(self.store.delete(ns, key)) == (self.live(ns, key) is not None)
        self.model.pop((ns, key), None)

    @rule(seconds=st.sampled_from([0.5, 1.0, 4.0]))
    def wait(self, seconds: float) -> None:
        self.clock.now += seconds

    @rule()
    def sweep(self) -> None:
        expired = [place for place in self.model if self.live(*place) is None]
        assert self.run(self.store.sweep()) == len(expired)
        for place in expired:
            del self.model[place]

    @rule(tenant=st.sampled_from(["t1", "t2"]), content_only=st.booleans())
    def purge(self, tenant: str, content_only: bool) -> None:
        self.run(self.store.purge(tenant=tenant, content_only=content_only))
        for ns, key in list(self.model):
            if ns == f"n:{tenant}" and (key == "a" or not content_only):
                del self.model[ns, key]

    @invariant()
    def reads_agree_with_the_model(self) -> None:
        if not hasattr(self, "store"):
            return
        expected = {place: value for place in self.model if (value := self.live(*place)) is not None}
        found = {
            (ns, key): value
            for ns in ("n:t1", "n:t2")
            for key, value in self.run(self.store.get_many(ns, ["a", "b", "c"])).items()
        }
        assert found == expected
        assert {(entry.ns, entry.key) for entry in self.run(self.store.entries())} == set(expected)
