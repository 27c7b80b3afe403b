"""The report: sums over rows, whatever is in them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from tests.conftest import Clock
from trimtab.response import Usage
from trimtab.store import Store
from trimtab.telemetry.ledger import EditLine, Ledger, Row, new_id, own_row, usage_dict
from trimtab.telemetry.report import CACHE, CARRIED, Report, causes, report, summed
from trimtab.telemetry.sums import MOST_KEYS, OTHER, Quantiles


def row(**fields: object) -> Row:
    given = {"id": new_id(1.0), "at": 1.0, "tenant": "t", "status": 200, "complete": True, "usage": usage_dict(Usage())}
    return Row(**{**given, **fields})  # type: ignore[arg-type]


def made(*rows: Row) -> Report:
    found = Report()
    for each in rows:
        found.add(each)
    return found


class OwnCallMade:
    """A call on our own account, as `trimtab.background` reports it."""

    task, tenant, model, format = "digest", "t", "small", "openai_chat"
    at, seconds, status, complete = 5.0, 0.25, 200, True
    usage: Usage | None = Usage(fresh=100, output=10)
    error = ""

    def __init__(self, cost: float | None) -> None:
        self.cost = cost


async def test_the_report_sums_what_the_ledger_holds(store: Store, clock: Clock) -> None:
    """Tokens by section, usage and dollars of both worlds, from rows since a time."""
    ledger = Ledger(store, clock)
    for at in (1.0, 10.0, 11.0):
        ledger.write(
            row(
                at=at,
                before={"tools": 100, "history": 50},
                after={"tools": 60, "history": 50},
                usage=usage_dict(Usage(fresh=10, read=100, output=5)),
                without=usage_dict(Usage(fresh=50, read=100, output=5)),
                cost=1.0,
                cost_without=3.0,
            )
        )
    await store.flush()
    found = (await report(ledger, since=10.0)).to_dict()
    assert (found["since"], found["requests"]) == (10.0, 2)
    assert (found["tokens_before"], found["tokens_after"]) == (300, 220)
    assert found["tokens"]["before"] == {"tools": 200, "system": 0, "history": 100, "newest": 0}
    assert found["usage"]["read"] == 200
    assert found["usage_without"]["fresh"] == 100
    assert (found["cost"], found["cost_without"], found["saved"]) == (2.0, 6.0, 4.0)


async def test_nothing_in_the_ledger_is_a_report_of_zeros(store: Store, clock: Clock) -> None:
    """Quantiles of nothing are absent, not zero."""
    found = (await report(Ledger(store, clock))).to_dict()
    assert (found["requests"], found["saved"]) == (0, 0.0)
    assert found["added_ms"] == {"median": None, "p99": None}


def test_rows_are_grouped() -> None:
    """By tenant, model, format and route, each with its own money."""
    found = made(
        row(tenant="a", model="m1", format="openai_chat", route="x", cost=1.0, cost_without=2.0),
        row(tenant="b", model="m1", format="anthropic_messages", route="x", cost=2.0, cost_without=5.0),
    )
    assert {name: money.saved for name, money in found.by_tenant.items()} == {"a": 1.0, "b": 3.0}
    assert found.by_model["m1"].saved == 4.0
    assert {name: money.requests for name, money in found.by_format.items()} == {
        "openai_chat": 1,
        "anthropic_messages": 1,
    }
    assert found.by_route["x"].requests == 2


def test_a_model_without_a_price_is_counted_and_not_guessed() -> None:
    """Its tokens are in the sums, its dollars in none; a request that failed has neither and is not counted as such."""
    unknown = row(before={"tools": 9}, after={"tools": 4}, cost=None, cost_without=None)
    found = made(row(cost=1.0, cost_without=2.0), unknown, row(status=500, usage={}))
    assert found.total.unknown_price == 1
    assert found.total.tokens_before == 9
    assert (found.total.cost, found.saved) == (1.0, 1.0)


def test_our_own_calls_are_costs_and_not_requests() -> None:
    """They lower what is saved and are listed apart, by task."""
    found = made(row(cost=1.0, cost_without=3.0), own_row(OwnCallMade(0.5)), own_row(OwnCallMade(None)))
    assert (found.total.requests, found.own.calls, found.own.unknown_price) == (1, 2, 1)
    assert found.saved == 1.5
    assert found.to_dict()["own_cost"] == 0.5
    assert found.own.calls_by_task == {"digest": 2}
    assert found.own.usage["fresh"] == 200
    assert found.usage["fresh"] == 0


def test_an_own_call_is_a_row_that_saves_less_than_nothing() -> None:
    """Nobody would have paid for it without us."""
    assert own_row(OwnCallMade(0.5)).saved == -0.5
    assert own_row(OwnCallMade(None)).saved is None


def test_the_stages_add_up_to_all_that_was_saved() -> None:
    """Edits of this request, edits of earlier ones that were applied again, and answers from the cache."""
    edits = [
        EditLine("lossless", "ReplaceText", "history", "w", 100, 70),
        EditLine("prefix", "MarkBreakpoint", "tools", "w"),
        EditLine("observer", "ReplaceText", "history", "w", 50, 10, applied=False),
    ]
    found = made(
        row(before={"history": 500}, after={"history": 400}, edits=edits),
        row(before={"history": 200}, after={"history": 0}, cache="hit"),
    )
    saved = {name: stage.tokens_saved for name, stage in found.stages.items()}
    assert saved == {"lossless": 30, "prefix": 0, "observer": 0, CARRIED: 70, CACHE: 200}
    assert sum(saved.values()) == found.total.tokens_before - found.total.tokens_after
    assert (found.stages["observer"].observed, found.stages["observer"].observed_tokens) == (1, 40)
    assert found.stages["prefix"].edits == 1


def test_outcomes_are_counted() -> None:
    """Cache outcomes, statuses, rounds, and fallbacks by their cause."""
    late, refused = "lossless: missed the deadline", "the provider answered 400 after an edit"
    found = made(
        row(cache="hit"),
        row(cache="miss", fallback=f"{late}; {refused}", rounds=2),
        row(status=429, fallback="thread: StoreError: the disk is full: /tmp/x"),
    )
    assert found.cache == {"hit": 1, "miss": 1}
    assert found.fallbacks == {late: 1, refused: 1, "thread": 1}
    assert found.statuses == {"200": 2, "429": 1}
    assert found.rounds == {"1": 2, "2": 1}


def test_hits_are_counted_by_tier_and_as_a_share_of_what_was_looked_up() -> None:
    """Bypasses are not looked up; a hit that was only observed was given to nobody."""
    found = made(
        *[row(cache="hit", cache_tier=tier, rounds=0) for tier in ("exact", "exact", "verified")],
        row(cache="hit", cache_tier="exact"),
        *[row(cache="miss")] * 4,
        row(cache="bypass"),
    )
    assert found.tiers == {"exact": 2, "verified": 1}
    assert found.hit_rates == {"exact": 0.25, "verified": 0.125}
    assert found.to_dict()["tiers"] == {"exact": 2, "verified": 1}
    assert made(row(cache="bypass")).hit_rates == {}


def test_the_cause_of_a_fallback_leaves_out_the_particulars() -> None:
    """So that a thousand requests with one fault are one line."""
    assert causes("") == []
    assert causes("not understood: not valid JSON: line 3") == ["not understood"]
    assert causes("deadline before prefix") == ["deadline before prefix"]


def test_quantiles_are_within_a_percent() -> None:
    """Of any spread of numbers, in memory that does not grow with them."""
    quantiles = Quantiles()
    for number in range(1, 10_001):
        quantiles.add(number / 100)
    assert quantiles.at(0.5) == pytest.approx(50.0, rel=0.01)
    assert quantiles.at(0.99) == pytest.approx(99.0, rel=0.01)
    assert quantiles.at(1.0) == pytest.approx(100.0, rel=0.01)
    assert len(quantiles._buckets) < 1000
    quantiles.add(0.0)


async def test_memory_is_bounded_by_names_not_by_rows() -> None:
    """Clients choose model names: beyond a thousand they share one line, and no request is lost."""

    async def many() -> AsyncIterator[Row]:
        for number in range(MOST_KEYS + 500):
            yield row(model=f"m{number}", cost=0.0, cost_without=1.0)

    found = await summed(many())
    assert len(found.by_model) == MOST_KEYS + 1
    assert found.by_model[OTHER].requests == 500
    assert sum(money.requests for money in found.by_model.values()) == MOST_KEYS + 500


def test_the_report_is_json() -> None:
    """`trimtab report --json` prints it as it is."""
    found = made(row(cost=1.0, cost_without=2.0, latency={"added": 2.0}), own_row(OwnCallMade(0.1)))
    assert json.loads(json.dumps(found.to_dict())) == found.to_dict()
