"""Sums over ledger rows whose memory does not grow with the rows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from trimtab.telemetry.ledger import Row

MOST_KEYS = 1000
OTHER = "(other)"
"""Where names go that come after the first thousand: clients choose model names, so they are not bounded."""
_STEP = math.log(1.01)


@dataclass
class Money:
    """Requests, tokens and dollars of some rows. Dollars are those of the rows whose price is known."""

    requests: int = 0
    tokens_before: int = 0
    tokens_after: int = 0
    cost: float = 0.0
    cost_without: float = 0.0
    own_cost: float = 0.0
    unknown_price: int = 0
    """Requests whose tokens were counted and whose model has no known price: they are in no sum of dollars."""

    @property
    def saved(self) -> float:
        return self.cost_without - self.cost - self.own_cost

    def add(self, row: Row) -> None:
        self.requests += 1
        self.tokens_before += sum(row.before.values())
        self.tokens_after += sum(row.after.values())
        self.own_cost += row.own_cost
        if row.cost is not None and row.cost_without is not None:
            self.cost += row.cost
            self.cost_without += row.cost_without
        elif row.usage:
            self.unknown_price += 1

    def to_dict(self) -> dict[str, int | float]:
        return {
            "requests": self.requests,
            "tokens_before": self.tokens_before,
            "tokens_after": self.tokens_after,
            "cost": self.cost,
            "cost_without": self.cost_without,
            "own_cost": self.own_cost,
            "saved": self.saved,
            "unknown_price": self.unknown_price,
        }


@dataclass
class StageSum:
    """What a stage did: its edits, and the tokens that they took out when they were made."""

    edits: int = 0
    tokens_saved: int = 0
    observed: int = 0
    """Edits that were computed and not made."""
    observed_tokens: int = 0

    def to_dict(self) -> dict[str, int]:
        return {
            "edits": self.edits,
            "tokens_saved": self.tokens_saved,
            "observed": self.observed,
            "observed_tokens": self.observed_tokens,
        }


@dataclass
class Quantiles:
    """Quantiles of a stream of positive numbers, each exact to one percent."""

    count: int = 0
    _buckets: dict[int, int] = field(default_factory=dict)

    def add(self, value: float) -> None:
        bucket = math.ceil(math.log(max(value, 1e-4)) / _STEP)
        self._buckets[bucket] = self._buckets.get(bucket, 0) + 1
        self.count += 1

    def at(self, share: float) -> float | None:
        """The smallest value that at least ``share`` of the numbers do not exceed; None where there are none."""
        left = math.ceil(share * self.count)
        for bucket in sorted(self._buckets):
            left -= self._buckets[bucket]
            if left <= 0:
                return math.exp((bucket - 0.5) * _STEP)
        return None


def count_up(counts: dict[str, int], key: str, by: int = 1) -> None:
    """Add to one of a bounded number of counts."""
    key = bounded(counts, key)
    counts[key] = counts.get(key, 0) + by


def bounded(known: Mapping[str, object], key: str) -> str:
    """``key``, or the one that stands for all others once there are too many."""
    return key if key in known or len(known) < MOST_KEYS else OTHER
