"""Figures of the cache, from rows of the ledger and from what lies in the store."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from tests.conftest import Clock
from tests.fakes.cache import CALIBRATION, keep
from trimtab.config import Config
from trimtab.semantic_cache.bounds import Bounds
from trimtab.semantic_cache.cache_stats import CacheStats, stats
from trimtab.semantic_cache.feedback import Caller
from trimtab.semantic_cache.reasons import kind_of, near_miss
from trimtab.store import Store
from trimtab.telemetry.ledger import OWN, Row, new_id


def row(**fields: object) -> Row:
    known: dict[str, object] = {"id": new_id(1.0), "at": 1.0, "tenant": "acme", "status": 200}
    return Row(**{**known, **fields})  # type: ignore[arg-type]


def hit(tier: str, **fields: object) -> Row:
    without = {"fresh": 90, "written": 0, "read": 10, "output": 5}
    return row(cache="hit", cache_tier=tier, rounds=0, without=without, **fields)


def miss(reason: str) -> Row:
    return row(cache="miss", cache_reason=reason)


def own(task: str, cost: float) -> Row:
    return row(route=OWN, own_cost=cost, cost=0.0, cost_without=0.0, flags={"task": task})


ROWS = (
    hit("exact", cost=0.0, cost_without=0.5),
    hit("exact", cost=0.0, cost_without=0.25),
    hit("verified"),
    hit("shared", cost=0.0, cost_without=0.25, tenant="other"),
    miss("no answer to the same question"),
    miss("near miss: number differs: 3 vs 4"),
    miss("near miss: number differs: 7 vs 9"),
    miss("near miss: score 0.8123 is below 0.93"),
    row(cache="bypass", cache_reason="temperature 0.9 is above cache.max_temperature 0.5"),
    row(cache="bypass", cache_reason="temperature 1.2 is above cache.max_temperature 0.5"),
    row(cache="hit", cache_tier="exact", rounds=1),
    own("shadow", 0.125),
    own("shadow", 0.125),
    own("digest", 9.0),
    row(),
)


async def of(*rows: Row) -> AsyncIterator[Row]:
    for each in rows:
        yield each


def test_rows_are_counted_by_how_they_were_answered() -> None:
    """Hits by tier; the rate leaves out what was not looked up; what was observed is no hit and saved nothing."""
    made = CacheStats()
    for each in ROWS:
        made.add(each)
    assert made.hits == {"exact": 2, "normalised": 0, "verified": 1, "shared": 1}
    assert (made.misses, made.observed, made.asked) == (4, 1, 9)
    assert made.hit_rate == pytest.approx(4 / 9)
    assert made.near == {"number differs": 2, "score below the threshold": 1}
    assert made.bypasses == {"temperature N is above cache.max_temperature N": 2}


def test_savings_and_own_calls_are_money() -> None:
    """Tokens as they would have been billed; hits without a price are named, calls of others are not the cache's."""
    made = CacheStats()
    for each in ROWS:
        made.add(each)
    assert made.tokens_saved == 4 * 105
    assert (made.dollars_saved, made.unknown_price) == (1.0, 1)
    assert (made.own["shadow"].calls, made.own["shadow"].dollars, made.own_dollars) == (2, 0.25, 0.25)
    assert json.loads(json.dumps(made.to_dict()))["own"]["shadow"] == {"calls": 2, "dollars": 0.25}


def test_without_a_request_there_is_no_rate() -> None:
    assert CacheStats().hit_rate is None


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("near miss: number differs: 3 vs 4", "number differs"),
        ("near miss: name only in one: Paris", "name only in one"),
        ("near miss: score 0.81 is below 0.9", "score below the threshold"),
        ("near miss: this answer was wrong 2 times", "the entry was wrong before"),
        ("near miss: 3 of 90 checked hits were wrong: more than max_error_rate 0.01 allows", "the tier is closed"),
        ("near miss: earlier in the conversation: number differs: 3 vs 4", "earlier in the conversation"),
        ("no answer to the same request; a turn is longer than 4000 characters", ""),
    ],
)
def test_near_misses_are_counted_by_the_kind_of_their_reason(reason: str, kind: str) -> None:
    assert kind_of(near_miss(reason)) == kind


async def test_what_lies_in_the_store_is_counted_for_whom_it_is(store: Store, clock: Clock) -> None:
    await keep(store, "What is a keel?", at=clock())
    await keep(store, "What is a mast?", at=clock(), pool="other")
    everybody = await stats(of(*ROWS), store, Config(), calibration=CALIBRATION)
    theirs = await stats(of(*ROWS), store, Config(), tenants=["other"], calibration=CALIBRATION)
    assert (everybody.entries, list(everybody.pools)) == (2, ["acme", "other"])
    assert (theirs.entries, list(theirs.pools), theirs.asked) == (1, ["other"], 1)
    assert 0 < theirs.bytes < everybody.bytes


async def test_tenants_that_share_have_one_bound(store: Store, clock: Clock) -> None:
    config = Config(cache={"shared": {"team": ("acme", "other")}})  # type: ignore[arg-type]
    made = await stats(of(), store, config, tenants=["other"], calibration=CALIBRATION)
    (pool,) = made.pools.values()
    assert (pool.name, pool.shared) == ("team", True)


async def test_the_bound_goes_from_prior_to_estimated_to_closed(store: Store, clock: Clock) -> None:
    """With its interval, and in words what keeps it from getting further."""
    config = Config(background={"model": "small"})  # type: ignore[arg-type]
    caller, bounds = Caller("acme", config, store, clock), Bounds(lambda: CALIBRATION)

    async def pool(settings: Config = config) -> dict[str, object]:
        made = await stats(of(), store, settings, tenants=["acme"], calibration=CALIBRATION)
        return made.pools["acme"].to_dict()

    assert "background calls are off" in str((await pool(Config()))["note"])
    first = await pool()
    assert (first["status"], first["threshold"], first["note"]) == ("prior", 0.9, "no served hit has been checked yet")
    await bounds.of(caller)
    for _ in range(40):
        await bounds.change(caller, lambda known: known.saw(0.995, served=True).observed(0.995, "same", served=True))
    await bounds.change(caller, lambda known: known, now=True)
    then = await pool()
    assert (then["status"], then["verdicts"], then["error"], then["low"], then["note"]) == ("estimated", 40, 0, 0, "")
    assert 0 < float(str(then["high"])) < 1
    for _ in range(10):
        await bounds.change(
            caller, lambda known: known.observed(0.995, "different", served=True).settled(0.01), now=True
        )
    last = await pool()
    assert "checked hits were wrong" in str(last["closed"])
    assert "closed" in str(last["note"])
    assert json.loads(json.dumps(last)) == last


@pytest.mark.parametrize(
    ("cache", "note"), [({"shadow_rate": 0}, "cache.shadow_rate is 0"), ({"semantic": False}, "cache.semantic is off")]
)
async def test_it_says_why_the_bound_stays_with_the_prior(store: Store, cache: dict[str, object], note: str) -> None:
    config = Config(background={"model": "small"}, cache=cache)  # type: ignore[arg-type]
    made = await stats(of(), store, config, tenants=["acme"], calibration=CALIBRATION)
    assert note in made.pools["acme"].note
