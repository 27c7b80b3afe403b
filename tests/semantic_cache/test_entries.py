"""Entries in memory and in the store: fresh ones at once, deleted ones nowhere for long."""

from __future__ import annotations

from tests.conftest import Clock
from tests.fakes.cache import keep
from trimtab.semantic_cache.entries import REMEMBERED_S, Entries, Place, Use
from trimtab.store import Store


class Ticks(Clock):
    """Seconds that pass in one process."""


async def test_what_was_just_written_is_served_before_the_store_has_it(store: Store, clock: Clock) -> None:
    entries = Entries(Ticks())
    place = await keep(store, "What is a keel?", at=clock(), entries=entries)
    await store.delete(place.ns, place.key)
    assert await entries.at(store, place, clock()) is not None
    assert await entries.many(store, place.ns, [place.key], clock()) != {}
    assert await entries.exact(store, "answer_exact:acme", f"x{place.key}", clock()) is not None


async def test_what_one_process_deletes_no_other_serves_for_longer_than_it_says(store: Store, clock: Clock) -> None:
    ticks = Ticks()
    here, there = Entries(ticks), Entries(ticks)
    place = await keep(store, "What is a keel?", at=clock(), entries=here)
    assert await there.delete(store, place)
    assert await there.at(store, place, clock()) is None
    ticks.advance(REMEMBERED_S)
    assert await here.at(store, place, clock()) is None
    assert await here.many(store, place.ns, [place.key], clock()) == {}
    assert await here.exact(store, "answer_exact:acme", f"x{place.key}", clock()) is None


async def test_a_deletion_is_seen_at_once_by_the_process_that_made_it(store: Store, clock: Clock) -> None:
    entries = Entries(Ticks())
    place = await keep(store, "What is a keel?", at=clock(), entries=entries)
    assert await entries.delete(store, place)
    assert await entries.at(store, place, clock()) is None
    assert await entries.exact(store, "answer_exact:acme", f"x{place.key}", clock()) is None
    assert not await entries.delete(store, place)


async def test_an_entry_in_memory_expires_too(store: Store, clock: Clock) -> None:
    entries = Entries(Ticks())
    place = await keep(store, "What is a keel?", at=clock(), ttl=1.0, entries=entries)
    clock.advance(1)
    assert await entries.at(store, place, clock()) is None
    assert await entries.many(store, place.ns, [place.key], clock()) == {}


async def test_counts_of_another_process_are_seen_before_long(store: Store, clock: Clock) -> None:
    ticks = Ticks()
    here, there = Entries(ticks), Entries(ticks)
    place = await keep(store, "What is a keel?", at=clock())
    entry = await here.at(store, place, clock())
    assert entry is not None
    assert await here.use(store, place) == Use()
    there.used(store, place, entry, Use(hits=5))
    await store.flush()
    assert await here.use(store, place) == Use()
    ticks.advance(REMEMBERED_S)
    assert await here.use(store, place) == Use(hits=5)


async def test_memory_keeps_texts_no_longer_than_it_serves_them(store: Store, clock: Clock) -> None:
    """What it forgets in time is not looked up again, so the store may answer otherwise."""
    ticks = Ticks()
    entries = Entries(ticks)
    old = await keep(store, "What is a keel?", at=clock(), entries=entries)
    ticks.advance(REMEMBERED_S)
    await keep(store, "What is a mast?", at=clock(), entries=entries)
    assert [found.place for found in entries._newest.values() if found.place == old] == []


def test_an_id_leads_back_to_its_place() -> None:
    for pool in ("acme", ":group", "a:b"):
        place = Place(f"cached:{pool}:5c0be000", "key")
        assert Place.of(place.pool, place.id) == place
        assert place.pool == pool
