"""Scope: how far a question reaches (all, only, first, last, another), which bounds it sets, and for whom it asks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from trimtab.semantic_cache.guards.kinds import Difference, differs
from trimtab.semantic_cache.guards.lexicon import listed
from trimtab.semantic_cache.guards.text import Text

SCOPE = "scope"

_QUANTITIES = {
    "all": "all every each everything everyone whole entire",
    "any": "any anything anyone",
    "some": "some",
    "most": "most",
    "none": "none",
    "only": "only solely exclusively",
    "first": "first",
    "last": "last",
    "both": "both",
    "another": "another else alternative alternatives",
    "near": "nearest closest nearby",
}
_WORDS = {word: name for name, words in _QUANTITIES.items() for word in words.split()}
_CLASHES = (
    frozenset(("first", "last")),
    frozenset(("all", "first")),
    frozenset(("all", "last")),
    frozenset(("all", "none")),
    frozenset(("all", "some")),
    frozenset(("all", "only")),
    frozenset(("both", "none")),
    frozenset(("any", "all")),
)
"""Words of which one text has one and the other text the other. "All" instead of "some" is a difference only so."""
_ALONE = frozenset(("only", "both", "another", "first", "last", "none", "near"))
"""Words that make a difference where only one of two close texts has them."""
_IDLE = re.compile(
    r"\b(?:if only|only if|the only way|not only|at first|first of all|at last|last name|first name|first time|"
    r"first aid|"
    r"each other|one another|every other|any other|other than|after all|at all|all the best|all time|overall|"
    r"in other words|other people|others?'|someone else|anyone else|anything else|something else|"
    r"different (?:kinds?|types?|ways?|forms?)|read only|last (?:week|month|year|night|seen|longer)|in the last|"
    r"for the last)\b"
)
_BOUNDS = {
    "at least": r"at least|minimum(?: of)?|no less than|not less than|or more",
    "at most": r"at most|maximum(?: of)?|no more than|not more than|up to|or less|or fewer",
    "under": r"under|less than|below|fewer than|within|cheaper than|younger than|shorter than",
    "over": r"over|more than|above|greater than|exceeding|older than|taller than|longer than",
    "exactly": r"exactly|precisely",
}
_BOUND = re.compile(
    "|".join(
        rf"(?P<b{at}>\b(?:{words})) (?=[$€£₹]? ?(?:rs |usd |inr )?(?:\d|one|two|three|four|five|six|ten|a hundred))"
        for at, words in enumerate(_BOUNDS.values())
    )
)
_BOUND_WORDS = frozenset(
    listed(
        """least most minimum maximum less more up under below fewer within over above exceeding than exactly
        precisely"""
    )
)
_AUDIENCES = {
    "beginners": "beginner beginners novice novices newbie newbies starter starters noob noobs fresher freshers",
    "experts": "expert experts advanced professionals",
    "children": "kid kids child children toddler toddlers preschoolers",
    "babies": "baby babies infant infants newborn newborns",
    "teenagers": "teen teens teenager teenagers adolescents",
    "adults": "adult adults grownups",
    "the elderly": "elderly seniors pensioners",
    "women": "woman women female females girl girls lady ladies",
    "men": "man men male males boy boys guys",
    "students": "student students",
    "vegetarians": "vegetarian vegetarians vegan vegans",
    "diabetics": "diabetic diabetics",
}
_AUDIENCE = {word: name for name, words in _AUDIENCES.items() for word in words.split()}
_FOR = re.compile(
    r"\b(?:for|to|as|being|am) (?:a |an |the |my |young |small |absolute |complete |total |\d+ year old )?"
    rf"({'|'.join(_AUDIENCE)})\b"
)


@dataclass(frozen=True, slots=True)
class Reach:
    """The scope words of a text, its bounds on numbers, and its audience: ``for_`` where "for" stands before it."""

    words: frozenset[str]
    bounds: frozenset[str]
    audience: frozenset[str]
    for_: frozenset[str]


def read_reach(text: Text) -> Reach:
    """How far a text reaches."""
    lows = " ".join(text.lows)
    words = _IDLE.sub(" ", lows).split()
    audience = frozenset(_AUDIENCE[low] for low in words if low in _AUDIENCE)
    names = tuple(_BOUNDS)
    matches = _BOUND.finditer(lows) if not _BOUND_WORDS.isdisjoint(text.lows) else ()
    bounds = {names[int((match.lastgroup or "b0")[1:])] for match in matches}
    return Reach(
        frozenset(_WORDS[low] for low in words if low in _WORDS),
        frozenset(bounds),
        audience,
        frozenset(_AUDIENCE[low] for low in _FOR.findall(lows)) if audience else audience,
    )


def compare_reach(a: Reach, b: Reach, *, close: bool) -> Iterator[Difference]:
    """Scope words that clash, bounds that differ, another audience; in ``close`` texts, scope words of one text only.

    Texts are close where all other content words are the same: two wordings of one question use scope words freely.
    """
    mine, yours = a.words - b.words, b.words - a.words
    clash = [(x, y) for x in sorted(mine) for y in sorted(yours) if frozenset((x, y)) in _CLASHES]
    if clash:
        yield differs(SCOPE, "scope", [x for x, _ in clash], [y for _, y in clash])
    elif close and (mine | yours) & _ALONE:
        yield differs(SCOPE, "scope", mine & _ALONE, yours & _ALONE)
    if a.bounds and b.bounds and a.bounds != b.bounds:
        yield differs(SCOPE, "bound", a.bounds - b.bounds, b.bounds - a.bounds)
    if a.audience - b.audience and b.audience - a.audience:
        yield differs(SCOPE, "audience", a.audience - b.audience, b.audience - a.audience)
    elif a.for_ - b.audience or b.for_ - a.audience:
        yield differs(SCOPE, "audience", a.for_ - b.audience, b.for_ - a.audience)
