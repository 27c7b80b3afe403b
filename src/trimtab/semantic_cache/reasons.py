"""Reasons of misses in words, as the ledger and headers have them, and the kinds that they are counted by."""

from __future__ import annotations

import re

NEAR = "near miss: "
_NUMBER = re.compile(r"[0-9][0-9.,]*(?:e[+-]?[0-9]+)?")
_KINDS = (
    (re.compile("score "), "score below the threshold"),
    (re.compile("this answer was wrong"), "the entry was wrong before"),
    (re.compile("[0-9]+ of [0-9]+ checked hits"), "the tier is closed"),
)
"""How reasons begin that are figures, and what they are counted under."""


def near_miss(reason: str) -> str:
    """Why the nearest entry was not served, from the reason of a miss; empty where there was none."""
    return reason.removeprefix(NEAR) if reason.startswith(NEAR) else ""


def kind_of(why: str) -> str:
    """A reason without the particulars of its request: what stands before the first colon, without figures."""
    figures = next((said for begins, said in _KINDS if begins.match(why)), None)
    return figures or without_figures(why.partition(":")[0])


def without_figures(reason: str) -> str:
    """A reason with an N in place of every figure."""
    return _NUMBER.sub("N", reason)
