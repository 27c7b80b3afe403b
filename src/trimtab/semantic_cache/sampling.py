"""Which hits are checked in the background: more where more is to be learned, with the weight that this costs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

from trimtab.semantic_cache.error_bound import UNKNOWN, EntryRecord
from trimtab.semantic_cache.wealth import LEVELS

_NEAR = 1.0
"""Log-odds above the threshold within which a score is near it."""


@dataclass(frozen=True)
class Sample:
    """Whether a hit is checked. Hits of ``level`` are checked 2^level times as often as the rate says."""

    chosen: bool
    level: int


class Sampler:
    """Draws the hits that are checked, from a random source that is handed in.

    The probability is ``rate``, twice that for an entry without a verdict, twice again near the threshold, and four
    times that while the tenant is new or had a wrong answer lately; where that would be more than 1, fewer times.
    It depends on what is known before the draw only, so a verdict weighted by 2^-level stands for the served hits
    without bias.
    """

    def __init__(self, rate: float, random: Random) -> None:
        self._rate = rate
        self._random = random

    def draw(self, score: float, threshold: float, entry: EntryRecord = UNKNOWN, *, eager: bool = False) -> Sample:
        """Draw for a hit that was served at ``threshold``; ``eager`` is the tenant's `Bound.eager`."""
        if self._rate <= 0:
            return Sample(False, 0)
        level = 0 if entry.verified else 1
        level += _log_odds(score) < _log_odds(threshold) + _NEAR
        level += 2 if eager else 0
        level = min(level, LEVELS - 1)
        while level and self._rate * 2**level > 1:
            level -= 1
        return Sample(self._random.random() < self._rate * 2**level, level)


def _log_odds(score: float) -> float:
    score = min(max(score, 1e-9), 1 - 1e-9)
    return math.log(score / (1 - score))
