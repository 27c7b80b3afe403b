"""What the tests of the error bound share: a calibration, scores around its threshold, and verdicts."""

from __future__ import annotations

from typing import Any

from benchmarks.error_bound import ALPHA, TENANTS, shipped
from trimtab.semantic_cache.error_bound import Bound
from trimtab.semantic_cache.evidence import Verdict
from trimtab.semantic_cache.wealth import LEVELS, Tally

CALIBRATION = shipped()
THRESHOLD = CALIBRATION.threshold(ALPHA)
CUT = CALIBRATION.cut(ALPHA)
HIGH, LOW = 0.9997, 0.3
BELOW, LOWER = CALIBRATION.edges[CUT - 1] + 1e-4, CALIBRATION.edges[CUT - 2] + 1e-4
"""Scores in the two bins below the shipped threshold."""
STEP = next(cut for cut in range(CUT, -1, -1) if sum(CALIBRATION.traffic[cut:CUT]) >= 0.1)
BETWEEN = [edge + 1e-4 for edge in CALIBRATION.edges[STEP:CUT]]
"""Scores in the bins that the threshold passes with its first step down."""
TENANT = {tenant.name: tenant for tenant in TENANTS}


def fresh() -> Bound:
    return Bound.of(CALIBRATION)


def times(count: int, bound: Bound, score: float, verdict: Verdict, **how: Any) -> Bound:
    for _ in range(count):
        bound = bound.observed(score, verdict, served=how.get("served", False), level=how.get("level", 0))
    return bound


def one(verdict: Verdict, level: int = 0, count: float = 1.0) -> Tally:
    return Tally(**{verdict: tuple(count * (each == level) for each in range(LEVELS))})


def closed() -> Bound:
    bound = fresh()
    for _ in range(12):
        bound = bound.observed(HIGH, "different", served=True).settled(ALPHA)
    return bound
