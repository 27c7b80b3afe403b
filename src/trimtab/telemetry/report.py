"""What trimtab did over a time: requests, tokens and money, from the ledger."""

from __future__ import annotations

from collections.abc import AsyncIterable
from dataclasses import dataclass, field
from typing import Any

from trimtab.request import SECTIONS
from trimtab.telemetry.ledger import OWN, Ledger, Row
from trimtab.telemetry.sums import Money, Quantiles, StageSum, bounded, count_up

USAGE = ("fresh", "written", "written_1h", "read", "output")
CACHE = "cache"
"""Not a stage's edits, but whole prompts that were not sent because the answer was known."""
CARRIED = "earlier edits"
"""What edits made in earlier requests of a thread took out again, when they were applied again."""


@dataclass
class Own:
    """Model calls on our own account."""

    calls: int = 0
    cost: float = 0.0
    unknown_price: int = 0
    usage: dict[str, int] = field(default_factory=lambda: dict.fromkeys(USAGE, 0))
    calls_by_task: dict[str, int] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        self.calls += 1
        self.cost += row.own_cost
        self.unknown_price += row.cost is None
        _sum_usage(self.usage, row.usage)
        count_up(self.calls_by_task, row.flags.get("task", ""))

    def to_dict(self) -> dict[str, Any]:
        return {
            "calls": self.calls,
            "cost": self.cost,
            "unknown_price": self.unknown_price,
            "usage": dict(self.usage),
            "calls_by_task": dict(self.calls_by_task),
        }


@dataclass
class Report:
    """Sums over ledger rows. ``total`` and the groups count clients' requests; ``own`` our model calls.

    Tokens are input tokens as we count them, by section of the prompt; ``usage`` and ``usage_without`` are the
    provider's, with and without us.
    """

    since: float | None = None
    total: Money = field(default_factory=Money)
    own: Own = field(default_factory=Own)
    by_tenant: dict[str, Money] = field(default_factory=dict)
    by_model: dict[str, Money] = field(default_factory=dict)
    by_format: dict[str, Money] = field(default_factory=dict)
    by_route: dict[str, Money] = field(default_factory=dict)
    before: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SECTIONS, 0))
    after: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SECTIONS, 0))
    stages: dict[str, StageSum] = field(default_factory=dict)
    usage: dict[str, int] = field(default_factory=lambda: dict.fromkeys(USAGE, 0))
    usage_without: dict[str, int] = field(default_factory=lambda: dict.fromkeys(USAGE, 0))
    cache: dict[str, int] = field(default_factory=dict)
    tiers: dict[str, int] = field(default_factory=dict)
    """Requests answered from the cache, by the tier that found the answer."""
    fallbacks: dict[str, int] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    rounds: dict[str, int] = field(default_factory=dict)
    """Requests by how many upstream calls stood behind them."""
    added_ms: Quantiles = field(default_factory=Quantiles)

    @property
    def saved(self) -> float:
        """Dollars: without us, less with us, less what we spent ourselves."""
        return self.total.saved - self.own.cost

    @property
    def hit_rates(self) -> dict[str, float]:
        """Share of each tier among the requests that were looked up in the cache."""
        asked = self.cache.get("hit", 0) + self.cache.get("miss", 0)
        return {tier: count / asked for tier, count in self.tiers.items()}

    def add(self, row: Row) -> None:
        """Take in one row."""
        if row.route == OWN:
            self.own.add(row)
            return
        self.total.add(row)
        for group, key in (
            (self.by_tenant, row.tenant),
            (self.by_model, row.model),
            (self.by_format, row.format),
            (self.by_route, row.route),
        ):
            group.setdefault(bounded(group, key), Money()).add(row)
        for sums, counted in ((self.before, row.before), (self.after, row.after)):
            for section, tokens in counted.items():
                count_up(sums, section, tokens)
        _sum_usage(self.usage, row.usage)
        _sum_usage(self.usage_without, row.without)
        self._add_stages(row)
        self._add_outcome(row)

    def _add_stages(self, row: Row) -> None:
        explained = 0
        for edit in row.edits:
            stage = self.stages.setdefault(bounded(self.stages, edit.stage), StageSum())
            if edit.applied:
                stage.edits += 1
                stage.tokens_saved += edit.before - edit.after
                explained += edit.before - edit.after
            else:
                stage.observed += 1
                stage.observed_tokens += edit.before - edit.after
        removed = sum(row.before.values()) - sum(row.after.values())
        if removed != explained:  # tokenizers count a text and its parts differently, so this need not be exact
            name = CACHE if row.cache == "hit" else CARRIED
            self.stages.setdefault(name, StageSum()).tokens_saved += removed - explained

    def _add_outcome(self, row: Row) -> None:
        if row.cache:
            count_up(self.cache, row.cache)
        if answered_from_cache(row):
            count_up(self.tiers, row.cache_tier or "exact")
        for cause in causes(row.fallback):
            count_up(self.fallbacks, cause)
        count_up(self.statuses, str(row.status))
        count_up(self.rounds, str(row.rounds))
        if "added" in row.latency:
            self.added_ms.add(row.latency["added"])

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON-like values."""
        groups = ("by_tenant", "by_model", "by_format", "by_route", "stages")
        return {
            "since": self.since,
            **self.total.to_dict(),
            "own_cost": self.total.own_cost + self.own.cost,
            "saved": self.saved,
            "tokens": {"before": dict(self.before), "after": dict(self.after)},
            "usage": dict(self.usage),
            "usage_without": dict(self.usage_without),
            "own": self.own.to_dict(),
            **{name: {key: sums.to_dict() for key, sums in getattr(self, name).items()} for name in groups},
            "cache": dict(self.cache),
            "tiers": dict(self.tiers),
            "fallbacks": dict(self.fallbacks),
            "statuses": dict(self.statuses),
            "rounds": dict(self.rounds),
            "added_ms": {"median": self.added_ms.at(0.5), "p99": self.added_ms.at(0.99)},
        }


async def report(ledger: Ledger, since: float | None = None) -> Report:
    """Sum up the ledger's rows of requests that began at ``since`` or later. Raises StoreError."""
    return await summed(ledger.scan(since), since)


async def summed(rows: AsyncIterable[Row], since: float | None = None) -> Report:
    """Sum up rows, one after another."""
    made = Report(since)
    async for row in rows:
        made.add(row)
    return made


def answered_from_cache(row: Row) -> bool:
    """Whether the client was given a stored answer. A pipeline that observes finds one, and asks the provider."""
    return row.cache == "hit" and row.status == 200 and row.rounds == 0


def causes(fallback: str) -> list[str]:
    """The kinds of fault in a row's ``fallback``, without the particulars of the request."""
    found = []
    for line in fallback.split("; "):
        what, _, detail = line.partition(": ")
        if what:
            found.append(line if detail == "missed the deadline" else what[:80])
    return found


def _sum_usage(sums: dict[str, int], usage: dict[str, int]) -> None:
    for name in USAGE:
        sums[name] += usage.get(name, 0)
