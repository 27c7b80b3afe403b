"""The bound on stored answers: those that saved least go first."""

from __future__ import annotations

from tests.conftest import Clock
from trimtab.semantic_cache.entries import Entries, Entry, Place, Use
from trimtab.semantic_cache.eviction import evict
from trimtab.store import Store


def entry(number: int, tenant: str = "a") -> Entry:
    return Entry(
        body=b"{}",
        at=0.0,
        format="openai_chat",
        model="m",
        tenant=tenant,
        thread="t",
        exact=f"{tenant}{number}",
        ttl=1e12,
        turns=(f"question {number}",),
    )


async def filled(store: Store, clock: Clock, count: int, tenant: str = "a") -> tuple[Entries, list[Place]]:
    entries = Entries()
    places = [Place(f"cached:{tenant}:scope", f"{number:03}") for number in range(count)]
    for number, place in enumerate(places):
        clock.advance(1)
        entries.put(store, place, entry(number, tenant), f"answer_exact:{tenant}")
        await store.flush()
        await store.vector_add(place.ns, place.key, [1.0, float(number)])
    return entries, places


async def left(store: Store, ns: str = "cached:a:scope") -> set[str]:
    await store.flush()
    return {row.key for row in await store.entries(kind="cached") if row.ns == ns}


async def test_what_saved_least_goes_and_its_vector_with_it(store: Store, clock: Clock) -> None:
    entries, places = await filled(store, clock, 40)
    for place in places[:10]:  # the oldest, and the only ones that were worth anything
        entries.used(store, place, entry(0), Use(hits=3, saved=300))
    await store.flush()
    assert await evict(store, entries, 30) == 11
    kept = await left(store)
    assert kept == {place.key for place in [*places[:10], *places[21:]]}
    found = await store.vector_search("cached:a:scope", [1.0, 20.0], 40)
    assert {each.key for each in found} == kept


async def test_nothing_goes_within_the_bound(store: Store, clock: Clock) -> None:
    entries, _ = await filled(store, clock, 10)
    assert await evict(store, entries, 10) == 0
    assert len(await left(store)) == 10


async def test_the_bound_is_each_tenant_s_own(store: Store, clock: Clock) -> None:
    entries, _ = await filled(store, clock, 20)
    await filled(store, clock, 5, "b")
    await evict(store, entries, 10)
    assert len(await left(store, "cached:b:scope")) == 5
    assert len(await left(store)) == 10


async def test_the_newest_answers_are_spared_though_nobody_had_time_to_ask_for_them(store: Store, clock: Clock) -> None:
    entries, places = await filled(store, clock, 40)
    for place in places[:38]:
        entries.used(store, place, entry(0), Use(hits=1, saved=10))
    await store.flush()
    await evict(store, entries, 20)
    assert {places[38].key, places[39].key} <= await left(store)
