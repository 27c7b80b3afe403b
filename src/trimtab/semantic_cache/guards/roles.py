"""Roles: the same things in two questions with two of them exchanged, where it counts which stands where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from trimtab.semantic_cache.guards.lexicon import listed
from trimtab.semantic_cache.guards.lexicon_classes import CLASSES
from trimtab.semantic_cache.guards.lexicon_numbers import UNITS
from trimtab.semantic_cache.guards.lexicon_words import FUNCTION
from trimtab.semantic_cache.guards.matching import CODE, KNOWN_NAMES, alias
from trimtab.semantic_cache.guards.text import Text, Word

_JOINING = frozenset(listed("and or vs versus & , / nor between both"))
"""What joins two things of which either may come first."""
_CONNECTORS = frozenset(("than", "before", "after"))
_EVEN = frozenset(
    listed(
        """difference differences differ differs similarity similarities similar compare compared comparison comparing
        between versus vs distinguish distinguishes choose pick relationship relation both far distance"""
    )
)
"""Words of questions about two things in which neither comes first."""


def exchanged(a: Text, b: Text, *, near: bool) -> str:
    """Which two things are exchanged, in words: from A to B, A better than B, A beats B; empty where none are."""
    mine, yours = _journey(a.words), _journey(b.words)
    if mine and yours:
        turned = mine == yours[::-1] and mine[0] != mine[1]
        return f"from {_written(a, mine[0])} to {_written(a, mine[1])}, and back" if turned else ""
    swapped = _swapped(a.words, b.words) or _across(a, b) or (_reversed(a, b) if near else ())
    return " and ".join(_written(a, key) for key in swapped)


def _across(a: Text, b: Text) -> tuple[str, ...]:
    """What stands on either side of "than", "before" or "after" stands on the other side in the other text."""
    mine, yours = _sides(a.words), _sides(b.words)
    if mine is None or yours is None:
        return ()
    (a1, a2), (b1, b2) = mine, yours
    first, second = a1 & b2, a2 & b1
    if first and second and not a2 & b2:
        return min(second), min(first)
    return ()


def _sides(words: Sequence[Word]) -> tuple[set[str], set[str]] | None:
    for at, word in enumerate(words):
        if word.low in _CONNECTORS:
            before, after = (
                {_key(w) for w in side if w.kind != "mark" and w.low not in FUNCTION}
                for side in (words[:at], words[at + 1 :])
            )
            return before, after
    return None


def _written(text: Text, key: str) -> str:
    return next((word.text for word in text.words if _key(word) == key), key)


def _journey(words: Sequence[Word]) -> tuple[str, str] | None:
    """What stands behind "from" and behind "to", in whichever order they come."""
    lows = [word.low for word in words]
    if "from" not in lows:
        return None
    start = lows.index("from")
    targets = [at for at, low in enumerate(lows) if low in ("to", "into")]
    source = _next(words, start)
    for target in sorted(targets, key=lambda at: (at < start, at if at > start else -at)):
        sink = _next(words, target)
        if source and sink:
            return source, sink
    return None


def _next(words: Sequence[Word], at: int) -> str:
    """The thing right behind a preposition; nothing where a sentence ends before it comes."""
    for word in words[at + 1 : at + 3]:
        if word.kind == "mark":
            return ""
        if word.low not in FUNCTION:
            return _key(word)
    return ""


def _key(word: Word) -> str:
    name = alias(word)
    return name if name in KNOWN_NAMES else word.stem


def _swapped(a: Sequence[Word], b: Sequence[Word]) -> tuple[str, ...]:
    """Two words that changed places in otherwise equal texts, unless what joins them works both ways."""
    mine, yours = ([word for word in words if word.low not in ("?", ".", "!")] for words in (a, b))
    if len(mine) != len(yours) or any(word.low in _EVEN for word in mine):
        return ()
    unlike = [at for at, (x, y) in enumerate(zip(mine, yours, strict=True)) if _key(x) != _key(y)]
    if len(unlike) != 2:
        return ()
    first, second = unlike
    if _key(mine[first]) != _key(yours[second]) or _key(mine[second]) != _key(yours[first]):
        return ()
    if any(mine[at].low in FUNCTION or mine[at].kind in ("mark", "number") for at in unlike):
        return ()
    between = [word.low for word in mine[first + 1 : second]]
    return () if _joined(between) else (_key(mine[first]), _key(mine[second]))


def _joined(between: Sequence[str]) -> bool:
    """Whether the words between two things only join them."""
    return not between or (not _JOINING.isdisjoint(between) and (_JOINING | FUNCTION).issuperset(between))


def _reversed(a: Text, b: Text) -> tuple[str, ...]:
    """Two names that both texts have, each in the place of the other: the words before the places are the same."""
    if not _EVEN.isdisjoint(a.lows) or not _EVEN.isdisjoint(b.lows):
        return ()
    mine, yours = _things(a), _things(b)
    if ("by" in a.lows) != ("by" in b.lows):
        return _passive(mine, yours)
    pairs = [(x, y) for x in mine for y in yours if x.words & y.words]
    if len(pairs) < 2 or len({x.at for x, _ in pairs}) != len(pairs) or len({y.at for _, y in pairs}) != len(pairs):
        return ()
    places = sorted(y.at for _, y in pairs)
    moved = [(x, y, places[rank]) for rank, (x, y) in enumerate(pairs) if y.at != places[rank]]
    if len(moved) != 2:
        return ()
    (x1, y1, _), (x2, y2, _) = moved
    same_places = x1.before == y2.before and x2.before == y1.before
    joined = _joined([word.low for word in a.words[x1.end : x2.at]]) or _joined(
        [w.low for w in b.words[y2.end : y1.at]]
    )
    return (min(x1.words), min(x2.words)) if same_places and not joined else ()


def _passive(mine: Sequence[_Thing], yours: Sequence[_Thing]) -> tuple[str, ...]:
    """One text says that A bought B, the other that A was bought by B."""
    if len(mine) != 2 or len(yours) != 2 or (mine[1].before == "by") == (yours[1].before == "by"):
        return ()
    same = bool(mine[0].words & yours[0].words and mine[1].words & yours[1].words)
    return (min(mine[0].words), min(mine[1].words)) if same else ()


class _Thing(NamedTuple):
    """A name or unit of one or more words: where it begins and ends, and the word before it."""

    words: frozenset[str]
    at: int
    end: int
    before: str


def _things(text: Text) -> list[_Thing]:
    """The names and units of a text, in their order."""
    found: list[_Thing] = []
    for at, word in enumerate(text.words):
        if (word.kind not in ("word", "camel", "code") and word.kind not in CODE) or word.low in FUNCTION:
            continue
        known = (
            word.kind in CODE
            or alias(word) in KNOWN_NAMES
            or word.stem in CLASSES
            or (word.low in UNITS and len(word.low) > 2)
        )
        if not known and not (text.cased and word.text[0].isupper() and not word.opens):
            continue
        if found and found[-1].end == at and word.low not in UNITS:
            last = found.pop()
            found.append(last._replace(words=last.words | {_key(word)}, end=at + 1))
        else:
            before = [w for w in text.words[max(0, at - 2) : at] if w.low not in ("a", "an", "the")]
            found.append(_Thing(frozenset((_key(word),)), at, at + 1, before[-1].low if before else ""))
    return found
