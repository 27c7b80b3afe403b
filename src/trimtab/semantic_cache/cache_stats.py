"""What the cache did over a time and how far it can be trusted, from the ledger and the store."""

from __future__ import annotations

import math
from collections.abc import AsyncIterable, Collection
from dataclasses import dataclass, field
from typing import Any

from trimtab.config import Config
from trimtab.semantic_cache.administration import ALL
from trimtab.semantic_cache.bounds import KIND as BOUND_KIND
from trimtab.semantic_cache.bounds import read, shipped
from trimtab.semantic_cache.calibration import Calibration
from trimtab.semantic_cache.entries import KIND, Place
from trimtab.semantic_cache.error_bound import Status
from trimtab.semantic_cache.reasons import kind_of, near_miss, without_figures
from trimtab.semantic_cache.scope import pool_named
from trimtab.store import Store
from trimtab.telemetry.ledger import OWN, Row
from trimtab.telemetry.report import answered_from_cache
from trimtab.telemetry.sums import count_up

TIERS = ("exact", "normalised", "verified", "shared")
"""``shared``: the answer to another request that was under way at the same time."""
TASKS = ("shadow", "judge", "embedding")
"""Calls on our own account that the cache makes."""


@dataclass
class OwnCalls:
    """Model calls that the cache made on our account, in dollars where their price is known."""

    calls: int = 0
    dollars: float = 0.0


@dataclass(frozen=True)
class PoolStats:
    """The error bound of those who are served the same answers."""

    name: str
    shared: bool
    max_error_rate: float
    status: Status
    note: str

    def to_dict(self) -> dict[str, Any]:
        status = self.status
        return {
            "shared": self.shared,
            "max_error_rate": self.max_error_rate,
            "status": status.kind,
            "error": status.error,
            "low": status.low,
            "high": status.high,
            "threshold": status.threshold if math.isfinite(status.threshold) else None,
            "served": status.served,
            "verdicts": status.verdicts,
            "unsure": status.unsure,
            "closed": status.closed,
            "note": self.note,
        }


@dataclass
class CacheStats:
    """Sums over ledger rows, and what lies in the store.

    ``observed`` counts hits that were found and not given, because the pipeline observes. Tokens and dollars saved
    are those of the hits that were given: input and output as the provider would have billed them.
    """

    since: float | None = None
    hits: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TIERS, 0))
    misses: int = 0
    observed: int = 0
    bypasses: dict[str, int] = field(default_factory=dict)
    near: dict[str, int] = field(default_factory=dict)
    tokens_saved: int = 0
    dollars_saved: float = 0.0
    unknown_price: int = 0
    own: dict[str, OwnCalls] = field(default_factory=lambda: {task: OwnCalls() for task in TASKS})
    entries: int = 0
    bytes: int = 0
    pools: dict[str, PoolStats] = field(default_factory=dict)

    @property
    def asked(self) -> int:
        """Requests that were looked up."""
        return sum(self.hits.values()) + self.misses + self.observed

    @property
    def hit_rate(self) -> float | None:
        """Share of hits among the requests that were looked up; None where there was none."""
        return sum(self.hits.values()) / self.asked if self.asked else None

    @property
    def own_dollars(self) -> float:
        return sum(own.dollars for own in self.own.values())

    def add(self, row: Row) -> None:
        """Take in one row."""
        task = row.flags.get("task", "")
        if row.route == OWN:
            if task in self.own:
                self.own[task].calls += 1
                self.own[task].dollars += row.own_cost
        elif answered_from_cache(row):
            count_up(self.hits, row.cache_tier or "exact")
            self._add_saving(row)
        elif row.cache == "hit":
            self.observed += 1
        elif row.cache == "miss":
            self.misses += 1
            if why := near_miss(row.cache_reason):
                count_up(self.near, kind_of(why))
        elif row.cache == "bypass":
            count_up(self.bypasses, without_figures(row.cache_reason) or "no reason given")

    def _add_saving(self, row: Row) -> None:
        billed = (row.without.get(name, 0) for name in ("fresh", "written", "read", "output"))
        self.tokens_saved += sum(billed)
        if row.saved is None:
            self.unknown_price += 1
        else:
            self.dollars_saved += row.saved

    def to_dict(self) -> dict[str, Any]:
        """The figures as JSON-like values."""
        return {
            "since": self.since,
            "requests": self.asked,
            "hit_rate": self.hit_rate,
            "hits": dict(self.hits),
            "misses": self.misses,
            "observed": self.observed,
            "bypasses": dict(self.bypasses),
            "near_misses": dict(self.near),
            "tokens_saved": self.tokens_saved,
            "dollars_saved": self.dollars_saved,
            "unknown_price": self.unknown_price,
            "own": {task: {"calls": own.calls, "dollars": own.dollars} for task, own in self.own.items()},
            "entries": self.entries,
            "bytes": self.bytes,
            "pools": {name: pool.to_dict() for name, pool in self.pools.items()},
        }


async def stats(
    rows: AsyncIterable[Row],
    store: Store,
    config: Config,
    *,
    since: float | None = None,
    tenants: Collection[str] | None = None,
    calibration: Calibration | None = None,
) -> CacheStats:
    """Sum up rows and look at the store; ``tenants`` narrows both. Raises StoreError, ConfigError."""
    made = CacheStats(since)
    async for row in rows:
        if tenants is None or row.tenant in tenants:
            made.add(row)
    pools = set() if tenants is None else {pool_named(config.cache, tenant) for tenant in tenants}
    for stored in await store.entries(kind=KIND, limit=ALL):
        if tenants is None or stored.tenant in tenants:
            made.entries += 1
            made.bytes += stored.size
        if tenants is None:
            pools.add(Place(stored.ns, stored.key).pool)
    if tenants is None:
        pools |= {stored.key for stored in await store.entries(kind=BOUND_KIND, limit=ALL)}
    for pool in sorted(pools):
        made.pools[pool] = await _pool(store, pool, config, calibration or shipped())
    return made


async def _pool(store: Store, pool: str, config: Config, calibration: Calibration) -> PoolStats:
    alpha = config.cache.max_error_rate
    status = (await read(store, pool, calibration)).status(alpha)
    return PoolStats(pool.removeprefix(":"), pool.startswith(":"), alpha, status, _note(status, config))


def _note(status: Status, config: Config) -> str:
    """What a reader has to know to read the status."""
    if status.closed:
        return "the tier is closed: nothing is served by meaning until it has shown itself right, or is reopened"
    if not config.cache.semantic:
        return "cache.semantic is off: nothing is served by meaning"
    if status.kind != "prior":
        return ""
    if not config.background.model:
        return "no hit is checked, because background calls are off (background.model): it stays with the prior"
    if not config.cache.shadow_rate:
        return "no hit is checked, because cache.shadow_rate is 0: it stays with the prior"
    return "no served hit has been checked yet"
