"""Opposites: words of the two questions that turn each other round."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trimtab.semantic_cache.guards.kinds import Difference
from trimtab.semantic_cache.guards.lexicon import listed
from trimtab.semantic_cache.guards.lexicon_antonyms import PARTICLES
from trimtab.semantic_cache.guards.matching import ANTONYMS, Bag
from trimtab.semantic_cache.guards.stems import stem
from trimtab.semantic_cache.guards.text import Text

POLARITY = "polarity"

_FORMS = {stem(verb): (verb, frozenset(particles.split())) for verb, particles in PARTICLES.items()}
_BREAK = frozenset(listed("and or to for with from if when while because"))


def particles(text: Text) -> frozenset[str]:
    """Verbs with the particle that decides what they mean, at most three words apart: turn the light off."""
    found = set()
    lows = text.lows
    for at, low in enumerate(lows):
        form = _FORMS.get(stem(low))
        if form is None:
            continue
        for later in lows[at + 1 : at + 5]:
            if later in _BREAK:
                break
            if later in form[1]:
                found.add(f"{form[0]} {later}")
                break
    for low in lows:
        joined = re.fullmatch(r"(log|sign|opt|check|clock)-?(in|out|on|off|up)", low)
        if joined:
            found.add(f"{joined[1]} {joined[2]}")
    return frozenset(found)


_OPPOSITE_PARTICLES = {"in": "out off", "out": "in up on", "on": "off out", "off": "on in", "up": "down in out"}
_OPPOSITE_PARTICLES |= {"down": "up", "back": "out forward", "forward": "back"}


def turned_particles(a: frozenset[str], b: frozenset[str]) -> list[tuple[str, str]]:
    """Verbs that both texts have, with opposite particles."""
    found = []
    for mine in sorted(a - b):
        verb, particle = mine.rsplit(" ", 1)
        for yours in sorted(b - a):
            other, turned = yours.rsplit(" ", 1)
            if verb == other and turned in _OPPOSITE_PARTICLES.get(particle, "").split():
                found.append((mine, yours))
    return found


_NO_POLARITY = frozenset(listed("in out on off up down into onto from for over"))
"""Small words that stand for too much by themselves; with a verb ``particles`` compares them."""


def opposites(a: Bag, b: Bag) -> list[tuple[str, str]]:
    """Pairs of opposite words, one that ``a`` has more often and one that ``b`` has more often."""
    mine, yours = _more(a, b), _more(b, a)
    found = []
    for word in sorted(mine):
        turned = sorted(ANTONYMS[word] & yours)
        if turned:
            found.append((word, turned[0]))
            yours.remove(turned[0])
    return found


def _more(a: Bag, b: Bag) -> set[str]:
    return {word for word, count in a.turning.items() if count > b.turning.get(word, 0) and word not in _NO_POLARITY}


_DEGREES = frozenset(map(stem, ("most", "least", "more", "less")))


def compare_polarity(turned: list[tuple[str, str]], *, denied: bool) -> Iterator[Difference]:
    """Opposite words turn the question round; where one text denies as well, an odd number of them turns it back.

    So does a degree beside an opposite: the least painful is the most painless.
    """
    if not turned or denied or (len(turned) == 2 and any(_DEGREES.issuperset(map(stem, pair)) for pair in turned)):
        return
    yield Difference(POLARITY, "opposite words: " + ", ".join(f"{mine} vs {yours}" for mine, yours in turned))
