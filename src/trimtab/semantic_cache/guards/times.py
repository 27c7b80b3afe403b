"""Dates, weekdays, clock times, relative days, frequencies, and the tense of the question."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from trimtab.semantic_cache.guards.kinds import Difference, differs
from trimtab.semantic_cache.guards.lexicon import listed
from trimtab.semantic_cache.guards.lexicon_numbers import CARDINALS
from trimtab.semantic_cache.guards.text import Text, Word

TIME = "time"

_MONTHS = listed("january february march april may june july august september october november december")
MONTHS = {name: name for name in _MONTHS} | {name[:3]: name for name in _MONTHS} | {"sept": "september"}
_UNSURE_MONTHS = frozenset(
    ("march", "may", "mar", "jun", "jan", "dec", "sep", "oct", "nov", "feb", "apr", "aug", "jul")
)
_WEEKDAYS = listed("monday tuesday wednesday thursday friday saturday sunday")
WEEKDAYS = {day: day for day in _WEEKDAYS} | {day + "s": day for day in _WEEKDAYS}
WEEKDAYS |= {"mon": "monday", "tue": "tuesday", "tues": "tuesday", "wed": "wednesday", "thu": "thursday"}
WEEKDAYS |= {"thurs": "thursday", "fri": "friday", "weekend": "weekend", "weekends": "weekend", "weekday": "weekday"}
WEEKDAYS |= {"weekdays": "weekday"}
_UNSURE_DAYS = frozenset(("mon", "wed", "fri", "tue", "thu"))
SEASONS = {"summer": "summer", "winter": "winter", "autumn": "autumn", "summers": "summer", "winters": "winter"}
SEASONS |= {"monsoon": "monsoon", "springtime": "spring", "summertime": "summer", "wintertime": "winter"}
DAYTIMES = {"morning": "morning", "mornings": "morning", "afternoon": "afternoon", "evening": "evening"}
DAYTIMES |= {"evenings": "evening", "noon": "noon", "midnight": "midnight", "midday": "noon", "breakfast": "breakfast"}
DAYTIMES |= {"lunch": "lunch", "dinner": "dinner", "night": "night", "nights": "night", "daytime": "day"}
FREQUENCIES = {
    "hourly": "hourly",
    "daily": "daily",
    "everyday": "daily",
    "nightly": "daily",
    "weekly": "weekly",
    "fortnightly": "fortnightly",
    "monthly": "monthly",
    "quarterly": "quarterly",
    "yearly": "yearly",
    "annual": "yearly",
    "annually": "yearly",
}
_PRESENT = frozenset(listed("now currently nowadays presently today"))
_DAYS = (
    "week|month|year|quarter|decade|century|night|weekend|season|semester|morning|evening|summer|winter|"
    + "|".join((*_WEEKDAYS, *_MONTHS))
)
_RELATIVE = re.compile(
    rf"\b(?:(?P<which>next|last|this|previous|past|coming|upcoming|current|following|every) (?P<what>{_DAYS})"
    r"|(?P<plain>day after tomorrow|day before yesterday|tomorrow|yesterday|tonight|overnight))\b"
)
_OVERNIGHT = re.compile(r"\b(?:in|within) (?:a|one|a single) night\b")
_RATE = re.compile(r"\b(?:per|each|every|once a|times a) (hour|day|week|month|year|annum)\b")
_RATES = {"hour": "hourly", "day": "daily", "week": "weekly", "month": "monthly", "year": "yearly", "annum": "yearly"}
_NO_RATE = frozenset(
    listed("in within for after during than half is of such take takes last what over about around only")
)
_RATE_WORDS = frozenset(("per", "each", "every", "once", "times"))
_RELATIVE_WORDS = frozenset(
    listed(
        """next last this previous past coming upcoming current following every day tomorrow yesterday tonight
        overnight"""
    )
)
_WHICH = {"previous": "last", "past": "last", "coming": "next", "upcoming": "next", "following": "next"}
_WHICH |= {"current": "this"}
_DECADE = re.compile(r"(?:19|20)?(\d)0'?s$")
_NEAR_MONTH = frozenset(
    listed("in of on since until till by from before after during last next this late early mid through")
)
_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?(?::\d{2})? ?([ap])?")
_DATE = re.compile(r"\d+")


@dataclass
class Times:
    """The times of one text by group, the words they stand in, and years that stand in written dates."""

    facts: dict[str, set[str]] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)
    tense: str = ""

    def add(self, group: str, fact: str, *at: int) -> None:
        self.facts.setdefault(group, set()).add(fact)
        self.used.update(at)


def read_times(text: Text) -> Times:
    """The times that a text names."""
    times, words = Times(), text.words
    for at, word in enumerate(words):
        if word.kind == "date":
            _read_date(times, at, word)
        elif word.kind == "clock":
            _read_clock(times, at, word)
        elif word.kind == "number":
            _read_number(times, words, at)
        elif word.kind == "word":
            _read_word(times, words, at)
    _read_phrases(times, text)
    times.tense = tense(text.lows)
    return times


def _read_number(times: Times, words: tuple[Word, ...], at: int) -> None:
    """Decades (the 90s) and full hours (5 o'clock)."""
    low = words[at].low
    decade = _DECADE.match(low)
    if decade:
        times.add("decade", f"{decade[1]}0s", at)
    elif words[at + 1 : at + 2] and words[at + 1].low in ("oclock", "clock") and low.isdecimal() and len(low) <= 2:
        times.add("clock", f"{int(low)}:00?", at, at + 1)


def _read_phrases(times: Times, text: Text) -> None:
    """Times of several words: next week, once a month, in one night, these days."""
    words, lows = text.words, frozenset(text.lows)
    joined = " ".join(text.lows)
    if not _RELATIVE_WORDS.isdisjoint(lows):
        for match in _RELATIVE.finditer(joined):
            _read_relative(times, match)
    for at, word in enumerate(words[1:-1], 1):
        if word.low in ("a", "an") and words[at + 1].low in _RATES and words[at - 1].low not in _NO_RATE:
            times.add("frequency", _RATES[words[at + 1].low])
    if not _RATE_WORDS.isdisjoint(lows):
        for rate in _RATE.findall(joined):
            times.add("frequency", _RATES[rate])
    if "night" in lows and _OVERNIGHT.search(joined):
        times.add("relative", "overnight")
    if "in the past" in joined:
        times.add("era", "past")
    elif "these days" in joined or not _PRESENT.isdisjoint(lows):
        times.add("era", "present")
    if "ago" in lows:
        times.add("direction", "ago")


def _read_date(times: Times, at: int, word: Word) -> None:
    parts = [int(part) for part in _DATE.findall(word.low)]
    year, first, second = parts if parts[0] > 31 else (parts[2], parts[0], parts[1])
    if parts[0] <= 31 and first <= 12 and second <= 12 and first != second:
        times.add("date", f"{first}/{second}", at)  # day first or month first: nobody knows
    else:
        month, day = (first, second) if parts[0] > 31 or second > 12 else (second, first)
        times.add("month", _MONTHS[month - 1] if 1 <= month <= 12 else str(month), at)
        times.add("day", str(day), at)
    times.add("year", str(year if year > 99 else 2000 + year), at)


def _read_clock(times: Times, at: int, word: Word) -> None:
    match = _CLOCK.match(word.low)
    if match is None:
        return
    hour, minute, half = int(match[1]), match[2] or "00", match[3]
    if half:
        times.add("clock", f"{hour % 12 + (12 if half == 'p' else 0)}:{minute}", at)
    else:
        times.add("clock", f"{hour}:{minute}" + ("?" if hour <= 12 else ""), at)


def _read_word(times: Times, words: tuple[Word, ...], at: int) -> None:
    word = words[at]
    low = word.low
    if low in MONTHS and _is_month(words, at):
        times.add("month", MONTHS[low], at)
        _read_day(times, words, at)
    elif low in CARDINALS and words[at + 1 : at + 2] and words[at + 1].low in ("am", "pm"):
        half = 12 if words[at + 1].low == "pm" else 0
        times.add("clock", f"{CARDINALS[low] % 12 + half}:00", at, at + 1)
    elif low in WEEKDAYS and (low not in _UNSURE_DAYS or (word.text[0].isupper() and not word.opens)):
        times.add("weekday", WEEKDAYS[low], at)
    elif low in SEASONS:
        times.add("season", SEASONS[low], at)
    elif low in DAYTIMES:
        times.add("part of the day", DAYTIMES[low], at)
    elif low in FREQUENCIES:
        times.add("frequency", FREQUENCIES[low], at)
    elif low in _PRESENT:
        times.add("present", low, at)


def _is_month(words: tuple[Word, ...], at: int) -> bool:
    word = words[at]
    if word.low not in _UNSURE_MONTHS:
        return True
    before, after = words[at - 1] if at else None, words[at + 1] if at + 1 < len(words) else None
    numbers = (before and before.kind == "number") or (after and after.kind == "number")
    if word.low in ("march", "may"):
        near = before is not None and before.low in _NEAR_MONTH and before.low not in ("of", "to", "on")
        return bool(numbers or near or (before and before.low == "of" and word.text[0].isupper()))
    return bool(numbers or (word.text[0].isupper() and not word.opens))


def _read_day(times: Times, words: tuple[Word, ...], at: int) -> None:
    """The day beside the name of a month: 5 January, January 5th, the 5th of January."""
    for near in (at - 1, at + 1, at - 2 if at >= 2 and words[at - 1].low == "of" else at + 1):
        if 0 <= near < len(words) and words[near].kind == "number":
            digits = re.match(r"(\d{1,2})(?:st|nd|rd|th)?$", words[near].low)
            if digits and 1 <= int(digits[1]) <= 31:
                times.add("day", str(int(digits[1])), near)
                return


def _read_relative(times: Times, match: re.Match[str]) -> None:
    if match["plain"]:
        times.add("relative", match["plain"])
        return
    which, what = _WHICH.get(match["which"], match["which"]), match["what"]
    if which == "every":
        if what in ("night", "quarter"):
            times.add("frequency", {"night": "daily", "quarter": "quarterly"}[what])
    elif which == "this":
        times.add("present", f"this {what}")
    else:
        times.add("relative", f"{which} {what}")


_TENSES = {"was": "past", "were": "past", "is": "present", "are": "present"}


def tense(lows: tuple[str, ...]) -> str:
    """Past or present, where a question begins with "who is" or "who was"; elsewhere the tense says little."""
    return _TENSES.get(lows[1], "") if len(lows) > 1 and lows[0] == "who" else ""


_SOFT = frozenset(("present", "frequency", "season", "part of the day", "direction", "era"))
"""Groups of which only two unlike facts are a difference: a text may well leave them out."""


def compare_times(a: Times, b: Times) -> Iterator[Difference]:
    """Times that only one text has, or that differ."""
    for group in sorted(a.facts.keys() | b.facts.keys()):
        mine, yours = a.facts.get(group, set()), b.facts.get(group, set())
        if group in ("present", "year"):  # of the present much may be left out; years are compared as numbers
            continue
        left, right = mine - yours, yours - mine
        if group == "clock":
            left, right = _clocks(left, yours), _clocks(right, mine)
        if group in _SOFT and not (left and right):
            continue
        if left or right:
            yield differs(TIME, group, left, right)


def _clocks(some: set[str], others: set[str]) -> set[str]:
    """Clock times that the others do not have; one without am or pm may be either."""
    return {time for time in some if not any(_same_clock(time, other) for other in others)}


def _same_clock(a: str, b: str) -> bool:
    if a == b or not (a.endswith("?") or b.endswith("?")):
        return a == b
    (h1, m1), (h2, m2) = (time.rstrip("?").split(":") for time in (a, b))
    return m1 == m2 and int(h1) % 12 == int(h2) % 12


def compare_tense(a: Times, b: Times) -> Iterator[Difference]:
    """Who is the mayor, and who was: for texts whose content is the same."""
    if a.tense and b.tense and a.tense != b.tense:
        yield differs(TIME, "tense", {a.tense}, {b.tense})
