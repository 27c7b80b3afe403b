"""Quantities: a number with its unit, and when two of them are the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from trimtab.semantic_cache.guards.kinds import Difference, differs
from trimtab.semantic_cache.guards.lexicon_numbers import MONEY, Unit

NUMBER, TIME = "number", "time"

_TIME = ("duration", "months")
_ALMOST = {("months", "1"): ("2592000", "2678400"), ("months", "12"): ("31536000",)}
"""Durations in seconds that people mean by a month and by a year."""


class Quantity(NamedTuple):
    """A number that a text names: the bare value, its dimension ("" for none), the value in base units, and as said."""

    value: str
    dimension: str
    base: str
    said: str
    soft: bool = False
    at: int = -1


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of one text in their order, units that stand alone, and the operators between numbers."""

    quantities: tuple[Quantity, ...]
    units: frozenset[Unit]
    operators: tuple[str, ...]
    ordered: bool
    turned: bool
    used: frozenset[int]


def compare_numbers(a: Numbers, b: Numbers) -> Iterator[Difference]:
    """Numbers that only one text has, units that differ, another operation, or another order where order counts."""
    left, right = _unmatched(a.quantities, b.quantities), _unmatched(b.quantities, a.quantities)
    hard = [q for q in left + right if not q.soft]
    if hard:
        mine, yours = ([q.said for q in some if not q.soft] for some in (left, right))
        yield differs(_kind(hard), _what(hard), mine, yours)
        return
    periods = [[q.said for q in some if q.dimension in _TIME] for some in (left, right)]
    if all(periods):  # in a week, in a month: one of two unlike units, said without a number
        yield differs(TIME, "duration", periods[0], periods[1])
    units = [
        {unit.name for unit in some if unit.dimension not in _TIME} for some in (a.units - b.units, b.units - a.units)
    ]
    dimensions = [{_dimension(unit.dimension) for unit in some} for some in (a.units - b.units, b.units - a.units)]
    if all(units) and dimensions[0] & dimensions[1]:
        yield differs(NUMBER, "unit", units[0], units[1])
    if len(a.quantities) > 1 and len(b.quantities) > 1:
        yield from _arithmetic(a, b)


def _dimension(name: str) -> str:
    return "money" if name in MONEY else name


def _arithmetic(a: Numbers, b: Numbers) -> Iterator[Difference]:
    if a.operators and b.operators and a.operators != b.operators:
        yield Difference(NUMBER, f"operation differs: {' '.join(a.operators)} vs {' '.join(b.operators)}"[:160])
        return
    orders = [[q.base for q in numbers.quantities if not q.soft] for numbers in (a, b)]
    if a.turned != b.turned:  # subtract 5 from 12 is 12 minus 5
        orders[0] = orders[0][::-1]
    if a.ordered and b.ordered and orders[0] != orders[1] and sorted(orders[0]) == sorted(orders[1]):
        said = [", ".join(q.said for q in numbers.quantities) for numbers in (a, b)]
        yield Difference(NUMBER, f"order of numbers differs: {said[0]} vs {said[1]}"[:160])


def _unmatched(mine: tuple[Quantity, ...], yours: tuple[Quantity, ...]) -> list[Quantity]:
    return [q for q in mine if not any(_same(q, other) for other in yours)]


def _same(a: Quantity, b: Quantity) -> bool:
    if a.dimension == b.dimension:
        return a.base == b.base
    if "pound" in (a.dimension, b.dimension):  # money or mass
        pound, other = (a, b) if a.dimension == "pound" else (b, a)
        return (pound.value == other.value and other.dimension in ("gbp", "")) or (
            other.dimension == "mass" and other.base == f"{float(pound.value) * 453.59237:.9g}"
        )
    if a.dimension in _TIME and b.dimension in _TIME:
        return b.base in _ALMOST.get((a.dimension, a.base), ()) or a.base in _ALMOST.get((b.dimension, b.base), ())
    money = a.dimension in MONEY or b.dimension in MONEY
    bare = not a.dimension or not b.dimension
    versions = {a.dimension, b.dimension} == {"", "version"}
    return a.value == b.value and ((money and bare) or versions)


def _kind(quantities: Sequence[Quantity]) -> str:
    return TIME if all(_is_year(q) or q.dimension in _TIME for q in quantities) else NUMBER


def _what(quantities: Sequence[Quantity]) -> str:
    if all(_is_year(q) for q in quantities):
        return "year"
    return "duration" if _kind(quantities) == TIME else "number"


def _is_year(quantity: Quantity) -> bool:
    return not quantity.dimension and len(quantity.value) == 4 and quantity.value[:2] in ("19", "20")
