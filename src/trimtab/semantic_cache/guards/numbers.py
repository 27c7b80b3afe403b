"""Numbers with their units: digits, words, ordinals, money, percentages, versions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from trimtab.semantic_cache.guards.lexicon import listed
from trimtab.semantic_cache.guards.lexicon_numbers import (
    AMBIGUOUS,
    ATTACHED,
    CARDINALS,
    CODES_BEFORE,
    MAGNITUDES,
    ORDINALS,
    ROMAN,
    SIGNS,
    UNITS,
)
from trimtab.semantic_cache.guards.quantities import Numbers, Quantity
from trimtab.semantic_cache.guards.text import Text, Word

_PARTS = re.compile(r"((?:\d+(?:,\d+)*)?(?:\.\d+)?)([A-Za-z]*|%)$")
_NOT_ONE_BEFORE = frozenset(
    listed(
        """which this that the no any every each some another good best better right wrong only other first last next"""
    )
)
_NUMBERED = frozenset(listed("war part chapter volume phase type act stage level grade"))
_SECOND_HAND = frozenset(listed("hand hands language opinion thought thoughts"))
_PER = frozenset(listed("a an per each every"))
_SPELLED = frozenset(CARDINALS) | frozenset(ORDINALS)


def read_numbers(text: Text, taken: frozenset[int] = frozenset(), years: frozenset[str] = frozenset()) -> Numbers:
    """The numbers in a text, except at the words ``taken``, which are parts of dates; and the ``years`` of those."""
    reader = _Reader(text.words, taken)
    quantities = (*reader.all(), *(Quantity(year, "", year, year) for year in sorted(years)))
    free = (word.low for at, word in enumerate(text.words) if at not in reader.used and word.kind == "word")
    units = frozenset(UNITS[low] for low in free if low in UNITS and UNITS[low].name not in AMBIGUOUS)
    operators = _operators(text.words) if len(quantities) > 1 else ()
    return Numbers(
        quantities, units, operators, _is_ordered(text.words, quantities), _is_turned(text), frozenset(reader.used)
    )


class _Reader:
    """One pass over the words."""

    def __init__(self, words: Sequence[Word], taken: frozenset[int]) -> None:
        self.words = words
        self.taken = taken
        self.used: set[int] = set()

    def all(self) -> Iterator[Quantity]:
        at = 0
        while at < len(self.words):
            word = self.words[at]
            found = None
            if at not in self.taken:
                if word.kind == "number":
                    found = self._digits(at)
                elif word.kind == "version":
                    found = Quantity(word.low.lstrip("v"), "version", word.low.lstrip("v"), word.text), at + 1
                elif word.kind == "word":
                    found = self._words(at)
            if found is None:
                at += 1
                continue
            quantity, end = found
            self.used.update(range(at, end))
            yield quantity._replace(at=at)
            at = end

    def _low(self, at: int) -> str:
        return self.words[at].low if 0 <= at < len(self.words) else ""

    def _digits(self, at: int) -> tuple[Quantity, int] | None:
        match = _PARTS.match(self.words[at].low)
        if match is None or not match[1]:
            return None
        digits, suffix = match[1].replace(",", ""), match[2]
        factor, unit, end = 1.0, "", at + 1
        if suffix in ("st", "nd", "rd", "th"):
            return Quantity(_number(digits), "", _number(digits), self.words[at].text), end
        if suffix == "%":
            unit = "percent"
        elif suffix in MAGNITUDES:
            factor = MAGNITUDES[suffix]
        elif suffix in ATTACHED:
            unit = suffix
        elif suffix:  # 6s, 3d, 90s: letters that belong to the number
            return Quantity(digits + suffix, "#", digits + suffix, self.words[at].text), end
        while self._low(end) in MAGNITUDES:
            factor *= MAGNITUDES[self._low(end)]
            end += 1
        return self._with_unit(at, end, _Value(digits, factor), unit)

    def _words(self, at: int) -> tuple[Quantity, int] | None:
        low, text = self.words[at].low, self.words[at].text
        roman = 1 if text == "I" and self._low(at - 1) in _NUMBERED else ROMAN.get(text, 0)
        if roman and not self.words[at].opens:
            return self._plain(roman, at, at + 1)
        if low in ORDINALS:
            return None if self._is_no_ordinal(at) else self._plain(ORDINALS[low], at, at + 1, soft=low == "first")
        if low in ("a", "an", "half"):
            return self._article(at)
        value, end, ordinal = self._spelled(at)
        if end == at or ordinal:
            return self._plain(value, at, end) if ordinal else None
        quantity, after = self._with_unit(at, end, _Value(str(value)), "")
        if value != 1 or end != at + 1:
            return quantity, after
        return None if self._low(at - 1) in _NOT_ONE_BEFORE else (quantity._replace(soft=True), after)

    def _plain(self, value: int, at: int, end: int, *, soft: bool = False) -> tuple[Quantity, int]:
        return Quantity(str(value), "", str(value), self._said(at, end), soft), end

    def _is_no_ordinal(self, at: int) -> bool:
        """Whether "second" is a unit of time (per second), or says nothing of order (second hand)."""
        return self._low(at) == "second" and (self._low(at - 1) in _PER or self._low(at + 1) in _SECOND_HAND)

    def _article(self, at: int) -> tuple[Quantity, int] | None:
        """A month, an hour, a million, half an hour: one (or half) of a unit, said without a number."""
        if self._low(at) == "half":
            unit = at + 2 if self._low(at + 1) in ("a", "an") else at + 1
            if self._low(unit) in UNITS and UNITS[self._low(unit)].dimension in (
                "duration",
                "months",
                "length",
                "mass",
            ):
                return self._with_unit(at, unit, _Value("0.5"), "")
            return None
        if self._low(at + 1) in MAGNITUDES and self._low(at + 1) not in ("k", "mil", "cr"):
            factor, end = 1.0, at + 1
            while self._low(end) in MAGNITUDES:
                factor *= MAGNITUDES[self._low(end)]
                end += 1
            return self._with_unit(at, end, _Value("1", factor), "")
        unit_word = self._low(at + 1)
        if unit_word in UNITS and UNITS[unit_word].name not in AMBIGUOUS and UNITS[unit_word].dimension != "percent":
            quantity, end = self._with_unit(at, at + 1, _Value("1"), "")
            return quantity._replace(soft=True), end
        return None

    def _spelled(self, at: int) -> tuple[int, int, bool]:
        """A number in words from here on: its value, where it ends, and whether it is an ordinal (twenty-first)."""
        total = current = 0
        end, last = at, 0
        while True:
            low = self._low(end)
            if low == "-" and end > at and self._low(end + 1) in _SPELLED and 20 <= last < 100:
                end += 1
                continue
            if low == "and" and last >= 100 and self._low(end + 1) in CARDINALS:
                end += 1
                continue
            if low in CARDINALS and (end == at or last >= 100 or (20 <= last < 100 and CARDINALS[low] < 10)):
                current, last = current + CARDINALS[low], CARDINALS[low]
            elif low in ORDINALS and end > at and 20 <= last < 100 and ORDINALS[low] < 10:
                return total + current + ORDINALS[low], end + 1, True
            elif low in MAGNITUDES and end > at and low not in ("k", "mil", "cr"):
                factor = MAGNITUDES[low]
                current = max(1, current) * factor
                if factor > 100:
                    total, current = total + current, 0
                last = factor
            else:
                return total + current, end, False
            end += 1

    def _with_unit(self, at: int, end: int, value: _Value, unit: str) -> tuple[Quantity, int]:
        if not unit:
            after = end + 1 if self._low(end) in ("-", "°") else end
            low = self._low(after)
            if low in UNITS and not (low == "second" and after == end):
                unit, end = low, after + 1
            elif low == "per" and self._low(after + 1) == "cent":
                unit, end = "percent", after + 2
            elif low in ("%", "％"):
                unit, end = "percent", after + 1
            elif low in ("c", "f") and (self._low(end) == "°" or self._low(at - 1) == "°"):
                unit, end = {"c": "celsius", "f": "fahrenheit"}[low], after + 1
            else:
                unit = self._currency_before(at)
        said = self._said(at, end)
        number = value.plain(sign=self._is_negative(at), literal=not unit)
        if not unit:
            return Quantity(number, "", number, said), end
        kind = UNITS[unit]
        return Quantity(number, kind.dimension, value.in_base(kind.factor, sign=self._is_negative(at)), said), end

    def _currency_before(self, at: int) -> str:
        before = self._low(at - 1)
        if before == "." and self._low(at - 2) == "rs":
            before = "rs"
        if before in SIGNS:
            return SIGNS[before]
        return before if before in CODES_BEFORE else ""

    def _is_negative(self, at: int) -> bool:
        if self._low(at - 1) != "-" or self.words[at - 1].start + 1 != self.words[at].start:
            return False
        before = self.words[at - 2] if at >= 2 else None
        return before is None or before.start + len(before.text) < self.words[at - 1].start

    def _said(self, at: int, end: int) -> str:
        before = self._low(at - 1) if self._low(at - 1) in SIGNS else ""
        return before + " ".join(self.words[i].text for i in range(at, end) if self.words[i].low != "-")


class _Value(NamedTuple):
    digits: str
    factor: float = 1.0

    def plain(self, *, sign: bool, literal: bool) -> str:
        """The value as text. Where no unit makes it a measure, 3.10 is not 3.1: it may be a version."""
        if literal and self.factor == 1 and "." in self.digits and self.digits.endswith("0"):
            return self.digits
        return ("-" if sign else "") + _number(self.digits, self.factor)

    def in_base(self, factor: float, *, sign: bool) -> str:
        return ("-" if sign else "") + _number(self.digits, self.factor * factor)


def _number(digits: str, factor: float = 1.0) -> str:
    """One text for one value: nine digits count; a very long number, and one with leading zeros, is itself."""
    if len(digits) > 15 or (len(digits) > 1 and digits[0] == "0" and digits[1] != "."):
        return digits if factor == 1 else f"{digits}*{factor:g}"
    value = float(digits) * factor
    return str(int(value)) if value == int(value) and value < 1e15 else f"{value:.9g}"


_OPERATOR_WORDS = {
    "plus": "+",
    "minus": "-",
    "subtract": "-",
    "subtracted": "-",
    "times": "*",
    "multiplied": "*",
    "multiply": "*",
    "divided": "/",
    "divide": "/",
    "over": "/",
    "modulo": "%",
    "mod": "%",
    "power": "^",
}
_ORDERED = frozenset(listed("- / ^ % minus divided over than : > < power mod modulo"))


def _is_ordered(words: Sequence[Word], quantities: Sequence[Quantity]) -> bool:
    """Whether something between two numbers makes their order count: 10 - 5, 15% of 200, subtract 5 from 9."""
    for left, right in pairwise(quantities):
        between = {word.low for word in words[left.at + 1 : min(right.at, left.at + 6)]}
        if between & _ORDERED or ("of" in between and left.dimension == "percent"):
            return True
        if "from" in between and any(word.stem in _SUBTRACTING for word in words[: left.at]):
            return True
    return False


_SUBTRACTING = frozenset(("subtract", "deduct", "tak"))


def _is_turned(text: Text) -> bool:
    """Whether the number that is taken away comes first."""
    return "from" in text.lows and any(word.stem in ("subtract", "deduct") for word in text.words)


_OPERANDS = frozenset(("number", "word", "code"))


def _operators(words: Sequence[Word]) -> tuple[str, ...]:
    found = []
    for at, word in enumerate(words):
        if word.low in _OPERATOR_WORDS:
            found.append(_OPERATOR_WORDS[word.low])
        elif word.kind == "mark" and word.low in "+-*/^=<>%" and 0 < at < len(words) - 1:
            operands = {words[at - 1].kind, words[at + 1].kind} <= _OPERANDS
            found += [word.low] * operands
    return tuple(found)
