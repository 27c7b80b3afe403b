"""What is to take whose place, and which way something goes.

"Substitute milk for water" is not "use water instead of milk", and money to an account is not money from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from trimtab.semantic_cache.guards.kinds import Difference

_THING = r"(?:(?:the|a|an|some|my) )?(\w+(?: \w+)?)"
_NEW_FIRST = re.compile(
    rf"\b(?:substitut\w+|sub|subbing) {_THING} for {_THING}"
    rf"|\b(?:us\w+|put\w*|tak\w+|replac\w+|swap\w*) {_THING} (?:instead of|in place of|rather than) {_THING}"
    rf"|\b{_THING} (?:as |is )?(?:an? )?(?:\w+ )?(?:substitut\w+|replacement|alternative) (?:for|to) {_THING}"
)
_OLD_FIRST = re.compile(
    rf"\b(?:replac\w+|switch\w*|exchang\w+) {_THING} (?:with|by|for|against) {_THING}"
    rf"|\bswap\w* {_THING} (?:with|for|out for) {_THING}"
    rf"|\binstead of {_THING},? (?:can|could|may|should) (?:i|we|you) (?:use|take|put) {_THING}"
)

_WAY = re.compile(
    r"\b(from|to|into) (?:(?:my|the|your|our|an?|this|that|another) )?(?:\w+ )?(account|card|server|file)s?\b"
)
"""Which way something goes, in or out of what mostly stands still."""


def compare_direction(a: str, b: str) -> Iterator[Difference]:
    """The difference where something goes into a thing in one text, and only out of it in the other."""
    one, other = _ways(a.lower()), _ways(b.lower())
    for thing in one.keys() & other.keys():
        if not one[thing] & other[thing]:
            yield Difference("polarity", f"the other way: {min(one[thing])} vs {min(other[thing])} {thing}")


def _ways(text: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for way, thing in _WAY.findall(text):
        found.setdefault(thing, set()).add("from" if way == "from" else "to")
    return found


def compare_exchange(a: str, b: str) -> Iterator[Difference]:
    """The difference where the same two things change places the other way round."""
    one, other = _exchange(a.lower()), _exchange(b.lower())
    if one is None or other is None:
        return
    (new_a, old_a), (new_b, old_b) = (_apart(*one), _apart(*other))
    if (new_a & old_b or old_a & new_b) and not (new_a & new_b or old_a & old_b):
        said = (f"{new} for {old}" for new, old in (one, other))
        yield Difference("polarity", f"the other way round: {' vs '.join(said)}")


def _exchange(text: str) -> tuple[str, str] | None:
    """The new thing and the old one."""
    if found := _NEW_FIRST.search(text):
        new, old = (group for group in found.groups() if group is not None)
        return new, old
    if found := _OLD_FIRST.search(text):
        old, new = (group for group in found.groups() if group is not None)
        return new, old
    return None


def _apart(new: str, old: str) -> tuple[set[str], set[str]]:
    """The words of each thing that the other does not have: of oat milk and milk only "oat" tells which is which."""
    one, other = set(new.split()), set(old.split())
    return one - other, other - one
