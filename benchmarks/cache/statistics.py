"""Shares with their intervals, and how well scores tell right from wrong."""

from __future__ import annotations

import math
import statistics
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

Z95 = 1.959964
_T95 = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131)
_T95_MORE = (2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045)


@dataclass(frozen=True)
class Share:
    """A share with its 95% interval."""

    value: float
    low: float
    high: float

    def to_dict(self) -> dict[str, Any]:
        return {name: round(value, 5) for name, value in asdict(self).items()}


def share(hits: int, of: int) -> Share:
    """A share of independent trials, with Wilson's interval; 0 of 0 says nothing, from 0 to 1."""
    if not of:
        return Share(0.0, 0.0, 1.0)
    p, z2 = hits / of, Z95**2
    middle = (p + z2 / (2 * of)) / (1 + z2 / of)
    half = Z95 / (1 + z2 / of) * math.sqrt(p * (1 - p) / of + z2 / (4 * of * of))
    low = 0.0 if hits == 0 else middle - half  # exact, where rounding would leave a trace
    return Share(p, low, 1.0 if hits == of else middle + half)


def mean(values: Sequence[float]) -> Share:
    """The mean over seeds, with Student's interval."""
    middle = statistics.fmean(values)
    if len(values) < 2:
        return Share(middle, middle, middle)
    half = student95(len(values) - 1) * statistics.stdev(values) / math.sqrt(len(values))
    return Share(middle, middle - half, middle + half)


def student95(freedom: int) -> float:
    """The two-sided 95% quantile of Student's distribution."""
    table = _T95 + _T95_MORE
    return table[freedom - 1] if freedom <= len(table) else Z95 + 2.4 / freedom


def auc(right: Sequence[float], wrong: Sequence[float]) -> float:
    """How often a right pair scores above a wrong one; ties count half."""
    ordered = sorted(wrong)
    below = sum(bisect_left(ordered, score) + bisect_right(ordered, score) for score in right)
    return below / (2 * len(right) * len(ordered)) if right and ordered else math.nan


def served_at(right: Sequence[float], wrong: Sequence[float], most_wrong: float) -> Share:
    """The share of right pairs served by the lowest threshold that serves at most this share of the wrong ones."""
    ordered = sorted(wrong, reverse=True)
    allowed = math.floor(most_wrong * len(ordered) + 1e-9)
    bar = ordered[allowed] if allowed < len(ordered) else -math.inf  # this one must not be served
    return share(sum(score > bar for score in right), len(right))
