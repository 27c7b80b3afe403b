"""Negation: what one question denies and the other does not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from trimtab.semantic_cache.guards.kinds import Difference, differs
from trimtab.semantic_cache.guards.lexicon import listed
from trimtab.semantic_cache.guards.lexicon_antonyms import PREFIXED
from trimtab.semantic_cache.guards.lexicon_words import FUNCTION, LIGHT
from trimtab.semantic_cache.guards.matching import Bag, related
from trimtab.semantic_cache.guards.stems import stem
from trimtab.semantic_cache.guards.text import Text

NEGATION = "negation"

_NEGATORS = frozenset(listed("not no never without none nobody nowhere neither nor except excluding sans unless"))
_IDLE = re.compile(
    r"\b(?:or not|whether or not|why not|if not|not only|not just|no matter|no longer than|not to mention|"
    r"why do not we|"
    r"why does not (?:someone|anyone)|could not help|can not help|can not wait|no doubt|not sure|"
    r"not know (?:how|what|why|"
    r"where|if|whether|which|who)|not understand|not know|no idea|no problem|never (?:understood|comprehended|"
    r"got)|not find it anywhere|(?:is|are|do|does|did|was|were|has|have|will|would|can|could) not (?:it|"
    r"you|they|he|she|we)$|if any or none|yes or no|yes no|if no|number no|no way|no one knows|"
    r"without any doubt|or no)\b"
)
"""Phrases with a negator that deny nothing of what is asked."""
_SOFT = frozenset(
    map(
        stem,
        listed(
            """forget lack avoid stop prevent refuse fail unable impossible refrain quit miss missing lose lost
            ignore deny hate dislike unaware empty absent cease free ban forbid prohibit illegal hardly rarely
            barely unlike despite instead rather only but stuck wrong bad fake false exclude skip block
            decline reject offline blocked failed vegan dead unless broken swallow retain error problem issue
            trouble denied disable disabled disappear gone dont unknown useless safe budget cheap around
            little"""
        ),
    )
)
"""Words that deny by what they mean: beside one of these a missing negator may be no difference."""
_TAIL = re.compile(r"(?:less|free)$")


@dataclass(frozen=True, slots=True)
class Negation:
    """How a text denies: its negators, the content words that follow them, and words that deny by meaning."""

    negators: tuple[str, ...]
    heads: frozenset[str]
    soft: frozenset[str]


def read_negation(text: Text) -> Negation:
    """The negations of a text, without those in phrases like "whether or not"."""
    lows = " ".join(text.lows).replace("with out", "without").replace("no longer", "not")
    words = _IDLE.sub(" ", lows).split()
    negators: list[str] = []
    heads: set[str] = set()
    for at, low in enumerate(words):
        if low in _NEGATORS:
            negators.append(low)
            following = [word for word in words[at + 1 : at + 7] if word not in FUNCTION and word not in LIGHT]
            heads.update(following[:3])
    soft = {stem(low) for low in words if stem(low) in _SOFT or (len(low) > 6 and _TAIL.search(low)) or _denies(low)}
    return Negation(tuple(negators), frozenset(heads), frozenset(soft))


def _denies(low: str) -> bool:
    return len(low) > 6 and low.startswith(("un", "dis", "non", "irr", "ill", "imp", "ina", "inc"))


def parity(negation: Negation) -> int:
    """Whether an odd number of negators stands in the text: two of them deny nothing."""
    return len(negation.negators) % 2


def denied_pairs(a: Bag, b: Bag) -> list[tuple[str, str]]:
    """Words of one text that stand in the other with a prefix that denies them: possible and impossible."""
    found = []
    for mine, yours in ((a, b), (b, a)):
        for low in mine.lows - yours.lows:
            for prefix in PREFIXED:
                rest = low.removeprefix(prefix)
                if rest != low and len(rest) >= 4 and rest in yours.lows and rest not in mine.lows:
                    found.append((low, rest))
    return found


_EXCLUDING = frozenset(("without", "except", "excluding", "sans"))


def _same(a: str, b: str) -> bool:
    return stem(a) == stem(b) or related(stem(a), stem(b))


def _excludes(negation: Negation) -> bool:
    """Whether all that the text denies is something left out."""
    return bool(negation.heads) and _EXCLUDING.issuperset(negation.negators)


def compare_negation(a: Negation, b: Negation, flips: int) -> Iterator[Difference]:
    """One text denies what the other does not. An odd number of opposite words beside it turns that back."""
    if parity(a) == parity(b):
        if _excludes(a) and _excludes(b) and not any(_same(x, y) for x in a.heads for y in b.heads):
            yield differs(NEGATION, "what is left out", a.heads, b.heads)
        return
    if flips % 2:
        return
    more, less = (a, b) if len(a.negators) > len(b.negators) else (b, a)
    if flips or not less.soft - more.soft:
        words = " ".join((*more.negators[:1], *sorted(more.heads)))
        yield Difference(NEGATION, f"negation only in one: {words}")
