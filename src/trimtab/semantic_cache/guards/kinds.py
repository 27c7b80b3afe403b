"""What a guard says: of which kind a difference is, and the difference in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Difference:
    """One reason why the answer to one question must not be served for another."""

    kind: str
    words: str


def differs(kind: str, what: str, a: Iterable[str], b: Iterable[str]) -> Difference:
    """The difference between what only ``a`` has and what only ``b`` has; one of the two may be empty."""
    left, right = _list(a), _list(b)
    if left and right:
        return Difference(kind, f"{what} differs: {left} vs {right}")
    return Difference(kind, f"{what} only in one: {left or right}")


def _list(words: Iterable[str]) -> str:
    return ", ".join(sorted(set(words)))[:120]
