"""What is believed about a tenant's error rate: shipped rates as the prior, the tenant's own verdicts on top.

The model has three levels. A tenant's log-odds of a wrong answer differ from the shipped ones by a shift in all score
bins: its traffic is harder or easier than the labelled data. In the high bins, where hits are served, they differ by
another shift besides, since what deceives the verifier there need not show below. Both have Student-t priors. And
every bin has a rate of its own around its shifted one, a beta distribution whose strength is limited, so that traffic
takes over. So verdicts in one bin say something about its neighbours: near misses, which cost nothing, move the belief
about what is served, and a few wrong hits move it far whatever near misses said. The rate of everything at or above a
cut is a mixture over the shift of gamma distributions with matched mean and variance, whose tails are taken by Wilson
and Hilferty's cube root.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

SHIFTS = tuple(step / 4 for step in range(-12, 21))
"""Shifts of the log-odds that are reckoned with: from a twentieth of the odds to 150 times."""
STRENGTH = 300.0
"""Most verdicts that the prior of one bin weighs."""
OWN_VARIANCE = 0.25
"""Variance of a bin's own log-odds around the shifted ones: half a unit, like the shift between tenants."""
HIGH = 0.03
"""Shipped rate of wrong answers up to which a bin is a high one."""
_NEGLIGIBLE = 1e-6
_FREEDOM = 4.0


@dataclass(frozen=True)
class Prior:
    """Shipped rates of every bin under every shift, with the strength that the prior has there."""

    weights: tuple[float, ...]
    """Prior probability of each of `SHIFTS`."""
    kernel: tuple[tuple[float, ...], ...]
    """By shift of the high bins, by shift of all: how well the two go together."""
    high: int
    """The first high bin."""
    rates: tuple[tuple[float, ...], ...]
    """By shift, by bin: the rate of wrong answers."""
    strengths: tuple[tuple[float, ...], ...]


def prior(rates: Sequence[float], counts: Sequence[float], spread: float) -> Prior:
    """The prior from shipped ``rates`` by bin, each resting on ``counts`` labelled pairs.

    ``spread`` is the scale of the shift of the high bins between tenants, in log-odds: half of its variance is theirs
    alone.
    """
    scale = spread / math.sqrt(2)
    weights = [_student(shift / scale) for shift in SHIFTS]
    kernel = tuple(tuple(_student((high - shift) / scale) for shift in SHIFTS) for high in SHIFTS)
    total = sum(weights)
    shifted = tuple(tuple(_shifted(rate, shift) for rate in rates) for shift in SHIFTS)
    strengths = tuple(
        tuple(
            min(STRENGTH, count, 1 / (OWN_VARIANCE * rate * (1 - rate)))
            for rate, count in zip(of_shift, counts, strict=True)
        )
        for of_shift in shifted
    )
    high = next((number for number, rate in enumerate(rates) if rate <= HIGH), len(rates))
    return Prior(tuple(weight / total for weight in weights), kernel, high, shifted, strengths)


def _student(t: float) -> float:
    return float((1 + t * t / _FREEDOM) ** (-(_FREEDOM + 1) / 2))


def _shifted(rate: float, shift: float) -> float:
    rate = min(max(rate, 1e-9), 1 - 1e-9)
    return 1 / (1 + (1 - rate) / rate * math.exp(-shift))


@dataclass(frozen=True)
class Posterior:
    """Belief about the error rate of every bin and of everything at or above a cut (a bin's number)."""

    weights: tuple[float, ...]
    """Probability of each shift that is not negligible."""
    means: tuple[tuple[float, ...], ...]
    """By shift, by cut: expected error rate of what scores at or above the cut."""
    variances: tuple[tuple[float, ...], ...]
    shares: tuple[float, ...]
    """By cut: share of the traffic that scores at or above it."""
    rates: tuple[float, ...]
    """By bin: expected error rate, never rising with the score."""

    def excess(self, cut: int, alpha: float) -> float:
        """The probability that the error rate at or above ``cut`` is more than ``alpha``."""
        return sum(
            weight * _tail(mean[cut], variance[cut], alpha)
            for weight, mean, variance in zip(self.weights, self.means, self.variances, strict=True)
        )

    def upper(self, cut: int, certainty: float) -> float:
        """The error rate that is not exceeded at or above ``cut`` with probability ``certainty``."""
        low, high = 0.0, 1.0
        for _ in range(30):
            middle = (low + high) / 2
            if self.excess(cut, middle) > 1 - certainty:
                low = middle
            else:
                high = middle
        return high


def posterior(prior: Prior, right: Sequence[float], wrong: Sequence[float], traffic: Sequence[float]) -> Posterior:
    """The belief after ``right`` and ``wrong`` verdicts by bin; ``traffic`` is the mix of scores, unnormalised."""
    low = _likelihoods(prior, right, wrong, range(prior.high))
    high = _likelihoods(prior, right, wrong, range(prior.high, len(right)))
    of_all = [weight * likelihood for weight, likelihood in zip(prior.weights, low, strict=True)]
    above = [
        likelihood * sum(map(float.__mul__, row, of_all)) for likelihood, row in zip(high, prior.kernel, strict=True)
    ]
    below = [  # the kernel is symmetric
        weight * sum(map(float.__mul__, row, high)) for weight, row in zip(of_all, prior.kernel, strict=True)
    ]
    lower = _mixed([(weight, _moments(prior, n, right, wrong, range(prior.high))) for n, weight in _kept(below)])
    mixture = [(weight, _moments(prior, n, right, wrong, range(prior.high, len(right)))) for n, weight in _kept(above)]
    pooled = [_pooled([*lower, *moments], traffic) for _, moments in mixture]
    rates = [rate for rate, _ in (*lower, *_mixed(mixture))]
    weights, means, variances = ([weight for weight, _ in mixture], [m for m, _ in pooled], [v for _, v in pooled])
    return Posterior(tuple(weights), tuple(means), tuple(variances), _shares(traffic), _falling(rates))


def _likelihoods(prior: Prior, right: Sequence[float], wrong: Sequence[float], bins: range) -> list[float]:
    """How likely the verdicts of these bins are under each shift, up to a factor."""
    observed = [number for number in bins if right[number] + wrong[number] > 0]
    logs = [
        sum(_log_likelihood(rates[n], strengths[n], right[n], wrong[n]) for n in observed)
        for rates, strengths in zip(prior.rates, prior.strengths, strict=True)
    ]
    highest = max(logs)
    return [math.exp(log - highest) for log in logs]


def _kept(weights: Sequence[float]) -> list[tuple[int, float]]:
    """Numbers and probabilities of the shifts that are not negligible."""
    total = sum(weights)
    kept = [(number, weight) for number, weight in enumerate(weights) if weight > _NEGLIGIBLE * total]
    total = sum(weight for _, weight in kept)
    return [(number, weight / total) for number, weight in kept]


def _mixed(mixture: Sequence[tuple[float, Sequence[tuple[float, float]]]]) -> list[tuple[float, float]]:
    """Mean and variance of each bin's rate over a mixture."""
    mixed = []
    for moments in zip(*(moments for _, moments in mixture), strict=True):
        weighted = [(weight, *each) for (weight, _), each in zip(mixture, moments, strict=True)]
        mean = sum(weight * m for weight, m, _ in weighted)
        mixed.append((mean, sum(weight * (v + (m - mean) ** 2) for weight, m, v in weighted)))
    return mixed


def _log_likelihood(rate: float, strength: float, right: float, wrong: float) -> float:
    """Beta-binomial likelihood of a bin's verdicts, without the term that all shifts share."""
    a, b = strength * rate, strength * (1 - rate)
    return (
        math.lgamma(a + wrong)
        - math.lgamma(a)
        + math.lgamma(b + right)
        - math.lgamma(b)
        - math.lgamma(strength + right + wrong)
        + math.lgamma(strength)
    )


def _moments(
    prior: Prior, shift: int, right: Sequence[float], wrong: Sequence[float], bins: range
) -> list[tuple[float, float]]:
    """Mean and variance of the rate of each of ``bins`` given the shift."""
    rates, strengths = prior.rates[shift], prior.strengths[shift]
    moments = []
    for n in bins:
        total = strengths[n] + right[n] + wrong[n]
        mean = (strengths[n] * rates[n] + wrong[n]) / total
        moments.append((mean, mean * (1 - mean) / (total + 1)))
    return moments


def _pooled(
    moments: Sequence[tuple[float, float]], traffic: Sequence[float]
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and variance of the rate at or above every cut."""
    means, variances = [0.0] * len(moments), [0.0] * len(moments)
    mass = wrong = spread = 0.0
    for cut in range(len(moments) - 1, -1, -1):
        share, (mean, variance) = traffic[cut], moments[cut]
        mass += share
        wrong += share * mean
        spread += share * share * variance
        means[cut], variances[cut] = wrong / mass, spread / (mass * mass)
    return tuple(means), tuple(variances)


def _shares(traffic: Sequence[float]) -> tuple[float, ...]:
    total, above, shares = sum(traffic), 0.0, []
    for mass in reversed(traffic):
        above += mass
        shares.append(above / total)
    return tuple(reversed(shares))


def _falling(rates: Sequence[float]) -> tuple[float, ...]:
    """The least curve over ``rates`` that never rises with the score."""
    highest, falling = 0.0, []
    for rate in reversed(rates):
        highest = max(highest, rate)
        falling.append(highest)
    return tuple(reversed(falling))


def _tail(mean: float, variance: float, limit: float) -> float:
    """P(X > limit) for a gamma distribution of this mean and variance (Wilson and Hilferty 1931)."""
    if limit <= 0:
        return 1.0
    cube = variance / (9 * mean * mean)
    z = ((limit / mean) ** (1 / 3) - (1 - cube)) / math.sqrt(cube)
    return 0.5 * math.erfc(z / math.sqrt(2))
