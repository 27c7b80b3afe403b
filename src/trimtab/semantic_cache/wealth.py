"""Tests that may be looked at after every verdict: how strongly verdicts speak against an error rate.

The setting. Hits are served one after another, under a threshold that moves with what was seen. Some are checked in
the background. The i-th checked hit was drawn with a probability q_i that was fixed before its verdict, in one of a
few classes; its weight r_i = 2^-level is proportional to 1/q_i, at most 1. Y_i is 1 if the served answer was wrong.
Let p_i = P(Y_i = 1 | all verdicts before, class of i): the error rate, at that moment, of the hits that are served.
It may change from hit to hit, with the threshold, with drift, or because what was served depends on earlier verdicts.

The supermartingale. For every fixed u > 0, since 1 + x <= e^x,

    S_t(u) = exp(u sum r_i Y_i - sum (e^(u r_i) - 1) p_i)      and
    S'_t(u) = exp(-u sum r_i Y_i + sum (1 - e^(-u r_i)) p_i)

have E[factor i | before] <= 1, whatever the p_i are: r_i is known before Y_i, and nothing else is used. So both are
non-negative supermartingales that start at 1, and so is their mean over a fixed grid of u. By Ville's inequality the
probability that one of them *ever* reaches 1/d is at most d. This is the sub-Poisson process of Howard, Ramdas,
McAuliffe and Sekhon, "Time-uniform, nonparametric, nonasymptotic confidence sequences" (Annals of Statistics 2021),
with weights for the sampling; Waudby-Smith and Ramdas, "Estimating means of bounded random variables by betting"
(JRSS-B 2023), give the reading as the wealth of somebody who bets against a rate.

What is tested. The p_i are not known, but the average error rate of the checked hits, weighted so that they stand for
all, is A_t = sum r_i p_i / sum r_i. If A_t <= a, then the sum in S_t is at most the largest value of
sum (e^(u r_i) - 1) p_i over all p with sum r_i p_i <= a sum r_i and p_i <= 1. Because (e^(ur) - 1) / r grows with r,
that puts the errors where a verdict weighs most, class after class. The wealth is S_t with this value in place of the
unknown sum, hence never more than S_t while A_t <= a. So

    P(there is a t with A_t <= a and wealth against "at most a" >= 1/d) <= d,

and likewise for S' and A_t >= a, where (1 - e^(-ur)) / r falls with r and the same filling gives the least value.
As the supermartingales do not depend on a, this holds for all a at once, also for an a chosen afterwards: inverting
both tests gives a confidence sequence for the moving average A_t itself, valid at all times, under a moving threshold.

With one sampling rate A_t is the plain average over checked hits, which are a random sample of the served ones. The
wealth depends on counts by class only, not on their order: it can be stored, merged and asked for any bound.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import msgspec

LEVELS = 5
"""Sampling classes: a hit that is checked 2^level times as often as the least checked ones has level ``level``."""
PROVEN = 20.0
"""Wealth at which a statement counts as proven: wrong with a probability of at most 1/20, at whatever time."""
_BETS_ON_MORE = tuple(0.4 * 2**step for step in range(8))
_BETS_ON_LESS = tuple(0.25 * 2**step for step in range(9))
"""The grids of u. They reach as far as the smallest weight needs."""
_NOTHING = (0.0,) * LEVELS


class Tally(msgspec.Struct, frozen=True, array_like=True):
    """Verdicts on served answers, by sampling class."""

    same: tuple[float, ...] = _NOTHING
    different: tuple[float, ...] = _NOTHING
    unsure: tuple[float, ...] = _NOTHING

    @property
    def verdicts(self) -> float:
        return sum(self.same) + sum(self.different) + sum(self.unsure)

    def plus(self, other: Tally) -> Tally:
        return Tally(
            added(self.same, other.same), added(self.different, other.different), added(self.unsure, other.unsure)
        )

    def leaning(self, wrong: float) -> Tally:
        """The same with every unsure verdict taken for so much of a wrong one, and the rest of it for a right one."""
        return Tally(
            added(self.same, [count * (1 - wrong) for count in self.unsure]),
            added(self.different, [count * wrong for count in self.unsure]),
        )

    @property
    def rate(self) -> float | None:
        """Estimated share of wrong answers, unsure ones left out; None without verdicts."""
        same, different = _weighted(self.same), _weighted(self.different)
        return different / (same + different) if same + different else None


def added(one: Sequence[float], other: Sequence[float]) -> tuple[float, ...]:
    """Sums of two lists, number by number."""
    return tuple(a + b for a, b in zip(one, other, strict=True))


def against_at_most(tally: Tally, rate: float) -> float:
    """Log of the wealth against "on average at most ``rate`` are wrong"; unsure verdicts count as right."""
    wrong = _weighted(tally.different)
    masses = _masses(tally, rate)
    return _log_mean([bet * wrong - _paid(masses, bet) for bet in _BETS_ON_MORE])


def against_at_least(tally: Tally, rate: float) -> float:
    """Log of the wealth against "on average at least ``rate`` are wrong"; unsure verdicts count as wrong."""
    wrong = _weighted(added(tally.different, tally.unsure))
    masses = _masses(tally, rate)
    return _log_mean([-bet * wrong - _paid(masses, -bet) for bet in _BETS_ON_LESS])


def interval(tally: Tally, miss: float = 0.05) -> tuple[float, float]:
    """Bounds on the average error rate that hold at all times at once with probability 1 - ``miss``.

    The lower bound takes unsure verdicts as right, the upper one as wrong.
    """
    limit = math.log(2 / miss)
    high = _crossing(lambda rate: against_at_least(tally, rate) >= limit)
    low = 1 - _crossing(lambda rest: against_at_most(tally, 1 - rest) >= limit)
    return max(0.0, low), high


def _crossing(passed: Callable[[float], bool]) -> float:
    """The least number in [0, 1] from which on ``passed`` holds; 1 where it never does."""
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        if passed(middle):
            high = middle
        else:
            low = middle
    return high


def _weighted(counts: Sequence[float]) -> float:
    return math.fsum(count * 0.5**level for level, count in enumerate(counts))


def _masses(tally: Tally, rate: float) -> list[tuple[float, float]]:
    """Where weighted errors of ``rate`` in all fit, the class of the largest weight first: weight and mass."""
    number = added(added(tally.same, tally.unsure), tally.different)
    left = rate * _weighted(number)
    masses = []
    for level, count in enumerate(number):
        weight = 0.5**level
        mass = min(left, weight * count)
        left -= mass
        if mass > 0:
            masses.append((weight, mass))
    return masses


def _paid(masses: Sequence[tuple[float, float]], bet: float) -> float:
    """What the bet costs when the errors lie there: the sum of (e^(ur) - 1) p, u negative for bets on less."""
    return math.fsum(mass * math.expm1(bet * weight) / weight for weight, mass in masses)


def _log_mean(logs: Sequence[float]) -> float:
    highest = max(logs)
    return highest + math.log(math.fsum(math.exp(log - highest) for log in logs) / len(logs))
