"""Names: capitalised words inside a sentence, known places, companies and technologies, and what stands in quotes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from trimtab.semantic_cache.guards.kinds import Difference, differs
from trimtab.semantic_cache.guards.lexicon import listed
from trimtab.semantic_cache.guards.lexicon_numbers import UNITS
from trimtab.semantic_cache.guards.lexicon_words import FUNCTION, LIGHT
from trimtab.semantic_cache.guards.matching import KNOWN_NAMES, Bag, Words, alias, is_common, leftovers, slip
from trimtab.semantic_cache.guards.text import Text, Word
from trimtab.semantic_cache.guards.wording import CASE_MATTERS

ENTITY = "entity"

NEAR = 1
"""Content words without counterpart up to which a name in one text only is a difference. Measured on QQP."""

_QUOTED = re.compile(r"\"([^\"\n]{1,300})\"|(?<!\w)'([^'\n]{2,300})'(?!\w)")
_PLAIN = re.compile(r"[^\w]+")


_AMBIGUOUS = CASE_MATTERS - frozenset(listed("trump python java amazon oracle windows chrome japan excel unix pip"))
"""Names that are other words in small letters."""


class Name(NamedTuple):
    """One word of a name: which run of capitalised words it stands in, whether it is known without its
    capital, and whether it qualifies the name before a comma ("Mumbai, India")."""

    word: Word
    run: int
    known: bool
    qualifies: bool


@dataclass(frozen=True, slots=True)
class Names:
    """The names of one text, its quoted strings, and the words whose case decides what they mean."""

    names: tuple[Name, ...]
    quoted: frozenset[str]
    cased: dict[str, bool]


def read_names(text: Text, taken: frozenset[int]) -> Names:
    """The names in a text, except at the words ``taken``, which are numbers and times."""
    names: list[Name] = []
    run, last, last_named = 0, -2, -2
    for at, word in enumerate(text.words):
        if at in taken or word.kind not in ("word", "camel") or not word.low:
            continue
        known = _is_known(word)
        if known or _is_capitalised(text, word):
            run += last != at - 1
            last = at
            comma = at >= 2 and text.words[at - 1].low == "," and last_named == at - 2
            last_named = at
            names.append(Name(word, run, known, comma))
    quoted = (
        frozenset()
        if not {'"', "'"} & set(text.raw)
        else frozenset(_PLAIN.sub(" ", (match[1] or match[2]).lower()).strip() for match in _QUOTED.finditer(text.raw))
        - {""}
    )
    cased = {
        word.low: word.text[0].isupper()
        for word in text.words
        if word.kind == "word" and word.low in _TELLING_CASE and not word.opens
    }
    return Names(tuple(names), quoted, cased if text.cased else {})


def _is_known(word: Word) -> bool:
    if alias(word) not in KNOWN_NAMES:
        return False
    return word.low not in _AMBIGUOUS or word.text[0].isupper()


def _is_capitalised(text: Text, word: Word) -> bool:
    if not word.text[0].isupper() or word.low in FUNCTION:
        return word.kind == "camel"
    if len(word.text) >= 2 and word.text.isupper():
        return text.cased or len(text.words) < 3 or text.raw.upper() != text.raw
    return text.cased and not word.opens


_MODIFIERS = frozenset(
    listed(
        """north south east west northern southern eastern western new old upper lower central saint san santa
        los las el great grand greater mount lake fort port cape island university college institute school
        bank airport hospital street prime plus pro max mini air lite ultra premium music maps drive docs
        sheets cloud one business junior senior jr sr"""
    )
)
"""Parts of a name that make another thing of it."""

_TITLES = frozenset(listed("mr mrs ms miss dr prof sir president minister pm ceo king queen lord internet government"))
"""Words with a capital that name nobody."""

_TELLING_CASE = frozenset(listed("us polish turkey march nice reading mobile bush gap aids august china"))


def compare_names(
    a: Names, b: Names, bags: tuple[Bag, Bag], words: tuple[Words, Words], *, apart: int
) -> Iterator[Difference]:
    """Names that differ, and names that only one text has.

    ``apart`` is how many other content words have no counterpart. Where the wording is another altogether, a name in
    one text only is no proof: it may be said in other words, or go without saying.
    """
    left = _unmatched(a.names, words[1], bags[0], bags[1])
    right = _unmatched(b.names, words[0], bags[1], bags[0])
    both = bool(left and right)
    left = [name for name in left if _tells(name, a.names, left, both=both)]
    right = [name for name in right if _tells(name, b.names, right, both=both)]
    if (left and right) or ((left or right) and apart <= NEAR):
        yield differs(ENTITY, "name", (n.word.text for n in left), (n.word.text for n in right))
    yield from _compare_quoted(a, b, bags)
    swapped = [low for low in a.cased.keys() & b.cased.keys() if a.cased[low] != b.cased[low]]
    if swapped:
        yield differs(ENTITY, "name", (low.title() for low in swapped), swapped)


def _unmatched(names: Sequence[Name], others: Words, own: Bag, bag: Bag) -> list[Name]:
    """The names that the other text does not have in any form."""
    missing = set(leftovers((name.word for name in names), others, bag))
    return [name for name in names if name.word in missing and not _is_abbreviated(name, names, own, bag)]


def _is_abbreviated(name: Name, names: Sequence[Name], own: Bag, bag: Bag) -> bool:
    """Whether the other text has the initials of this name ("World War", "WW"), or this text says it in full too."""
    low = name.word.low
    if len(low) >= 2 and name.word.text.isupper():
        return low in own.initials
    run = [other.word.low for other in names if other.run == name.run]
    return len(run) > 1 and any("".join(word[0] for word in run[at:]) in bag.lows for at in range(len(run) - 1))


def _tells(name: Name, names: Sequence[Name], missing: Sequence[Name], *, both: bool) -> bool:
    """Whether a name that the other text lacks asks for something else; "Donald" does not, before a shared "Trump".

    Where ``both`` texts have such a name, the words beside it do not matter: Hillary Clinton is not Bill Clinton.
    """
    run = [other for other in names if other.run == name.run]
    if name.word.low in _TITLES or name.word.low in UNITS or (name.word.low in LIGHT and len(run) == 1):
        return False
    if name.word.low in _MODIFIERS:
        return len(run) > 1
    if name.qualifies and any(other.run == name.run - 1 and other not in missing for other in names):
        return False
    if not both and any(other not in missing for other in run):
        return name.known and not all(other.known for other in run)
    return name.known or len(run) > 1 or not is_common(name.word.stem)


def _compare_quoted(a: Names, b: Names, bags: tuple[Bag, Bag]) -> Iterator[Difference]:
    left = [said for said in a.quoted - b.quoted if not set(said.split()) <= bags[1].lows | bags[1].stems]
    right = [said for said in b.quoted - a.quoted if not set(said.split()) <= bags[0].lows | bags[0].stems]
    if left and right and not (len(left) == len(right) == 1 and _same_but_slips(left[0].split(), right[0].split())):
        yield differs(ENTITY, "quoted text", left, right)


def _same_but_slips(a: Sequence[str], b: Sequence[str]) -> bool:
    return len(a) == len(b) and all(x == y or slip(x, y) for x, y in zip(a, b, strict=True))
