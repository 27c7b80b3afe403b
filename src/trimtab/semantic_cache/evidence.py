"""What a tenant's traffic has shown: verdicts by score and by sampling class, as one value that adds up.

Evidence is counts and nothing else, so processes that share a tenant keep what they saw since they last wrote, add it
to what lies in the store, and write the sum with compare-and-set.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

import msgspec

from trimtab.semantic_cache.wealth import LEVELS, Tally, added

Verdict: TypeAlias = Literal["same", "different", "unsure"]
"""Whether a fresh answer says the same as the stored one."""

MEMORY = 400.0
"""Verdicts that a bin remembers; beyond, all of its counts fade, so that the belief follows drift."""
_TRAFFIC_MEMORY = 10_000.0
BLOCK = 20
"""Verdicts after which the test for danger starts once more beside those under way."""
MOST_BLOCKS = 20


class Closure(msgspec.Struct, frozen=True, array_like=True):
    """The tier closed itself: why, and the bin from which on it may show that it can be trusted again."""

    why: str
    cut: int


class Evidence(msgspec.Struct, frozen=True, array_like=True):
    """Counts of one tenant under one calibration.

    ``opening`` counts how often the tier was opened anew. Of two states with different openings the later one stands
    and the other is dropped. ``seen``, ``right``, ``wrong`` and ``unsure`` are by score bin, over candidates served
    or not; ``total`` and ``blocks`` are verdicts on served answers since the opening; ``trial`` are verdicts since
    the closure on what would have been served at or above its cut.
    """

    calibration: str
    seen: tuple[float, ...]
    right: tuple[float, ...]
    wrong: tuple[float, ...]
    unsure: tuple[float, ...]
    total: Tally = Tally()
    blocks: tuple[Tally, ...] = ()
    served: float = 0.0
    opening: int = 0
    closings: int = 0
    floor: int = 0
    closure: Closure | None = None
    trial: Tally = Tally()

    def saw(self, number: int, *, served: bool) -> Evidence:
        """A candidate stood in this bin, and was served or not."""
        seen = _bounded(_counted(self.seen, number))
        return msgspec.structs.replace(self, seen=seen, served=self.served + served)

    def judged(self, number: int, verdict: Verdict) -> Evidence:
        """A verdict for the bin."""
        right, wrong, unsure = _faded(
            _counted(self.right, number) if verdict == "same" else self.right,
            _counted(self.wrong, number) if verdict == "different" else self.wrong,
            _counted(self.unsure, number) if verdict == "unsure" else self.unsure,
        )
        return msgspec.structs.replace(self, right=right, wrong=wrong, unsure=unsure)

    def checked(self, verdict: Verdict, level: int) -> Evidence:
        """A verdict on a served answer."""
        one = _one(verdict, level)
        return msgspec.structs.replace(self, total=self.total.plus(one), blocks=_joined(self.blocks, (one,)))

    def tried(self, verdict: Verdict) -> Evidence:
        """A verdict on what would have been served were the tier open."""
        return msgspec.structs.replace(self, trial=self.trial.plus(_one(verdict, 0)))

    def closed(self, why: str, cut: int) -> Evidence:
        """The same, and the tier is closed from here on."""
        return msgspec.structs.replace(self, closure=Closure(why, cut), trial=Tally())

    def reopened(self) -> Evidence:
        """A new opening that knows every bin as before and has no verdict on served answers yet.

        It never serves below the cut at which it was closed.
        """
        floor = max(self.floor, self.closure.cut if self.closure else 0)
        return Evidence(
            self.calibration,
            self.seen,
            self.right,
            self.wrong,
            self.unsure,
            opening=self.opening + 1,
            closings=self.closings + (self.closure is not None),
            floor=floor,
        )

    def forgotten(self) -> Evidence:
        """A new opening that knows nothing: for an operator who has removed what was wrong."""
        return msgspec.structs.replace(nothing(self.calibration, len(self.seen)), opening=self.opening + 1)

    def plus(self, other: Evidence) -> Evidence:
        """Both together, where ``other`` came on top. Evidence under another calibration counts for nothing."""
        if other.calibration != self.calibration or other.opening < self.opening:
            return self
        if other.opening > self.opening:
            return other
        right, wrong, unsure = _faded(
            added(self.right, other.right), added(self.wrong, other.wrong), added(self.unsure, other.unsure)
        )
        return Evidence(
            self.calibration,
            _bounded(added(self.seen, other.seen)),
            right,
            wrong,
            unsure,
            total=self.total.plus(other.total),
            blocks=_joined(self.blocks, other.blocks),
            served=self.served + other.served,
            opening=self.opening,
            closings=max(self.closings, other.closings),
            floor=max(self.floor, other.floor),
            closure=self.closure or other.closure,
            trial=self.trial.plus(other.trial),
        )

    def between(self, start: int, end: int) -> Tally:
        """Verdicts of the bins from ``start`` up to ``end``, as one tally of equal weights."""
        sums = (sum(counts[start:end]) for counts in (self.right, self.wrong, self.unsure))
        return Tally(*((count, *(0.0,) * (LEVELS - 1)) for count in sums))


def nothing(calibration: str, bins: int) -> Evidence:
    """Evidence of a tenant of which nothing is known."""
    none = (0.0,) * bins
    return Evidence(calibration, none, none, none, none)


def _counted(counts: tuple[float, ...], number: int) -> tuple[float, ...]:
    return (*counts[:number], counts[number] + 1, *counts[number + 1 :])


def _one(verdict: Verdict, level: int) -> Tally:
    counts = tuple(float(number == level) for number in range(LEVELS))
    return Tally(**{verdict: counts})


def _joined(one: tuple[Tally, ...], other: tuple[Tally, ...]) -> tuple[Tally, ...]:
    """Blocks in order; an unfinished last one is filled up, and the oldest are merged where there are too many."""
    blocks = list(one)
    for block in other:
        if blocks and blocks[-1].verdicts < BLOCK:
            blocks[-1] = blocks[-1].plus(block)
        else:
            blocks.append(block)
    while len(blocks) > MOST_BLOCKS:
        blocks[:2] = [blocks[0].plus(blocks[1])]
    return tuple(blocks)


def _faded(
    right: tuple[float, ...], wrong: tuple[float, ...], unsure: tuple[float, ...]
) -> tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]]:
    """Counts by bin, each bin scaled down to what it remembers."""
    totals = [sum(counts) for counts in zip(right, wrong, unsure, strict=True)]
    if max(totals) <= MEMORY:
        return right, wrong, unsure
    scales = [min(1.0, MEMORY / max(total, 1.0)) for total in totals]
    return _scaled(right, scales), _scaled(wrong, scales), _scaled(unsure, scales)


def _scaled(counts: Sequence[float], scales: Sequence[float]) -> tuple[float, ...]:
    return tuple(count * scale for count, scale in zip(counts, scales, strict=True))


def _bounded(seen: tuple[float, ...]) -> tuple[float, ...]:
    total = sum(seen)
    return seen if total <= _TRAFFIC_MEMORY else tuple(count * _TRAFFIC_MEMORY / total for count in seen)
