"""What the verifier's scores are worth: right and wrong answers by score, counted on labelled pairs and shipped."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

import msgspec

from trimtab.errors import ConfigError
from trimtab.semantic_cache.posterior import Posterior, Prior, posterior, prior

EDGES = (
    *(0.0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.84, 0.87, 0.9, 0.92, 0.935, 0.95, 0.96, 0.97, 0.975, 0.98, 0.985),
    *(0.99, 0.9925, 0.995, 0.997, 0.998, 0.999, 0.9995),
)
"""Lower edges of the score bins: about even in log-odds where thresholds lie."""
CERTAINTY = 0.7
"""How sure the belief must be that the error rate is within the bound before hits are served."""
WORST = 10.0
"""How many times as often as the bound says answers of one score may be wrong, however rare that score is."""
MOST_BINS = 40
_ROUNDING = 1e-9
_MOST_CUTS = 256
"""Bounds whose cut is remembered: callers may ask for any."""


@dataclass(frozen=True)
class Calibration:
    """Weighted counts of right and wrong answers by score bin.

    ``edges`` are the lower edges of the bins, rising from 0; ``right`` and ``wrong`` count labelled pairs, weighted
    so that they stand for traffic and scaled to the effective number of pairs. The share of wrong ones never rises
    with the score. ``spread`` is by how much tenants differ in their log-odds of a wrong answer. ``source`` says which
    verifier and data these are: evidence gathered under another calibration is not used.
    Raises ConfigError where this does not hold.
    """

    edges: tuple[float, ...]
    right: tuple[float, ...]
    wrong: tuple[float, ...]
    spread: float = 0.5
    source: str = ""

    def __post_init__(self) -> None:
        if fault := self._fault():
            raise ConfigError(f"calibration: {fault}")

    def _fault(self) -> str:
        bins = len(self.edges)
        numbers = (*self.edges, *self.right, *self.wrong, self.spread)
        if not 1 <= bins <= MOST_BINS:
            return f"edges has {bins} bins; 1 to {MOST_BINS} are right"
        if len(self.right) != bins or len(self.wrong) != bins:
            return f"right and wrong have {len(self.right)} and {len(self.wrong)} counts for {bins} bins"
        if not all(math.isfinite(number) and number >= 0 for number in numbers) or not self.spread:
            return "a number is negative or not finite, or spread is 0"
        if self.edges[0] != 0 or self.edges[-1] >= 1 or list(self.edges) != sorted(set(self.edges)):
            return "edges must rise from 0 and stay below 1"
        shares = [wrong / (right + wrong) for right, wrong in zip(self.right, self.wrong, strict=True) if right + wrong]
        if any(later > earlier + 1e-9 for earlier, later in pairwise(shares)):
            return "the share of wrong answers rises with the score"
        return ""

    @classmethod
    def fit(
        cls,
        pairs: Iterable[tuple[float, bool, float]],
        *,
        edges: Sequence[float] = EDGES,
        spread: float = 0.5,
        source: str = "",
    ) -> Calibration:
        """Count labelled pairs: score, whether the stored answer is right, and the weight that the pair has in traffic.

        Counts are scaled to Kish's effective number of pairs and made monotone by pooling neighbouring bins that
        violate the order (isotonic regression), so that every bin keeps its count.
        """
        right, wrong = [0.0] * len(edges), [0.0] * len(edges)
        total = squares = 0.0
        for score, is_right, weight in pairs:
            number = max(0, bisect_right(edges, score) - 1)
            (right if is_right else wrong)[number] += weight
            total += weight
            squares += weight * weight
        scale = total / squares if squares else 1.0
        levels = _levels([(r + w, w, 1) for r, w in zip(right, wrong, strict=True)])
        shares = [_share(level) for level in levels for _ in range(level[2])]
        counts = [(r + w) * scale for r, w in zip(right, wrong, strict=True)]
        wrongs = [count * share for count, share in zip(counts, shares, strict=True)]
        rights = [count - w for count, w in zip(counts, wrongs, strict=True)]
        return cls(tuple(edges), tuple(rights), tuple(wrongs), spread, source)

    @classmethod
    def read(cls, data: bytes) -> Calibration:
        """A calibration from its JSON. Raises ConfigError."""
        try:
            return msgspec.json.decode(data, type=cls)
        except msgspec.MsgspecError as error:
            raise ConfigError(f"calibration: {error}") from error

    @classmethod
    def load(cls, path: Path) -> Calibration:
        """A calibration from its file. Raises ConfigError."""
        try:
            return cls.read(path.read_bytes())
        except OSError as error:
            raise ConfigError(f"calibration: cannot read {path.name}: {error.strerror}") from error

    def json(self) -> bytes:
        """The calibration as JSON, the same bytes for the same counts."""
        return msgspec.json.format(msgspec.json.encode(self), indent=1) + b"\n"

    def save(self, path: Path) -> None:
        """Write the calibration to a file."""
        path.write_bytes(self.json())

    @property
    def bins(self) -> int:
        return len(self.edges)

    @cached_property
    def key(self) -> str:
        """Names this calibration: evidence by score bin belongs to one."""
        return blake2b(self.json(), digest_size=8).hexdigest()

    @cached_property
    def rates(self) -> tuple[float, ...]:
        """Expected rate of wrong answers by bin, never rising.

        Bins of one level are one sample, to which half a right and half a wrong pair are added (Jeffreys' prior): no
        wrong pair among few is no proof. What a score itself claims does not count.
        """
        levels = _levels([(right + wrong, wrong, 1) for right, wrong in zip(self.right, self.wrong, strict=True)])
        levels = _levels([(total + 1, wrong + 0.5, bins) for total, wrong, bins in levels])
        return tuple(wrong / total for total, wrong, bins in levels for _ in range(bins))

    @cached_property
    def prior(self) -> Prior:
        counts = [right + wrong + 0.5 for right, wrong in zip(self.right, self.wrong, strict=True)]
        return prior(self.rates, counts, self.spread)

    @cached_property
    def traffic(self) -> tuple[float, ...]:
        """Share of each bin among the labelled pairs, none quite empty; they add up to 1."""
        counts = [right + wrong + 0.5 for right, wrong in zip(self.right, self.wrong, strict=True)]
        total = sum(counts)
        return tuple(count / total for count in counts)

    @cached_property
    def belief(self) -> Posterior:
        """What is believed of a tenant of which nothing is known."""
        nothing = (0.0,) * self.bins
        return posterior(self.prior, nothing, nothing, self.traffic)

    def bin(self, score: float) -> int:
        """The bin of a score; a score that is no number is in the lowest."""
        return max(0, bisect_right(self.edges, score) - 1) if not math.isnan(score) else 0

    def probability(self, score: float) -> float:
        """The probability that a stored answer with this score is right."""
        return 1 - self.rates[self.bin(score)]

    def edge(self, cut: int) -> float:
        """The score at which a cut begins; infinite for the cut above all bins."""
        return self.edges[cut] if cut < self.bins else math.inf

    def cut(self, alpha: float) -> int:
        """The lowest bin from which on hits may be served; the number of bins where none may."""
        if alpha not in self._cuts:
            if len(self._cuts) >= _MOST_CUTS:
                self._cuts.clear()
            self._cuts[alpha] = lowest_cut(self.belief, alpha)
        return self._cuts[alpha]

    @cached_property
    def _cuts(self) -> dict[float, int]:
        return {}

    def threshold(self, alpha: float) -> float:
        """The smallest score at which hits may be served to an unknown tenant; infinite where none may.

        The error rate of everything at or above it is at most ``alpha`` with probability `CERTAINTY`, over tenants
        that differ by ``spread`` and over the uncertainty of the counts.
        """
        return self.edge(self.cut(alpha))


def even_edges(scores: Iterable[float], bins: int = 32) -> tuple[float, ...]:
    """Edges for `Calibration.fit` that put about as many of ``scores`` into every bin.

    For a verifier whose scores crowd together: where its fixed bins would be empty, or too coarse around thresholds.
    """
    ranked = sorted(score for score in scores if 0 < score < 1)
    picked = {round(ranked[len(ranked) * number // bins], 5) for number in range(1, bins)} if ranked else set()
    return (0.0, *sorted(edge for edge in picked if 0 < edge < 1))


def lowest_cut(belief: Posterior, alpha: float, start: int = 0) -> int:
    """The lowest cut from ``start`` on at which ``belief`` is sure enough; the number of bins where there is none."""
    bins = len(belief.rates)
    return next((cut for cut in range(start, bins) if sure(belief, cut, alpha)), bins)


def sure(belief: Posterior, cut: int, alpha: float) -> bool:
    """Whether hits may be served from ``cut`` on.

    What is served as a whole has to be within the bound, and no score at which answers are believed to be wrong more
    than `WORST` times as often as the bound says is served, however rare it is.
    """
    return alpha > 0 and belief.rates[cut] <= WORST * alpha and belief.excess(cut, alpha) <= 1 - CERTAINTY


_Level: TypeAlias = tuple[float, float, int]
"""Pairs, wrong ones among them, and how many neighbouring bins they are in."""


def _levels(bins: Iterable[_Level]) -> list[_Level]:
    """Shares of wrong ones that fall from level to level, by pooling neighbours that violate the order.

    A level without pairs goes to the one below, whose score is lower. Shares that are equal but for rounding are one
    level: what is known of a level is a matter of all its pairs.
    """
    levels: list[_Level] = []
    for level in bins:
        levels.append(level)
        while len(levels) > 1 and _share(levels[-1]) >= _share(levels[-2]) - _ROUNDING:
            (total, wrong, number), (more, worse, others) = levels.pop(), levels.pop()
            levels.append((total + more, wrong + worse, number + others))
    return levels


def _share(level: _Level) -> float:
    return level[1] / level[0] if level[0] else 1.0
