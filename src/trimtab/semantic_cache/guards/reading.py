"""Everything that the guards know about one text, read once and remembered."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from trimtab.semantic_cache.guards.content import Content, read_content
from trimtab.semantic_cache.guards.form import read_form
from trimtab.semantic_cache.guards.identifiers import Identifiers, read_identifiers
from trimtab.semantic_cache.guards.language import Language, read_language
from trimtab.semantic_cache.guards.lexicon_words import FUNCTION
from trimtab.semantic_cache.guards.matching import Bag, fold_phrases
from trimtab.semantic_cache.guards.names import Names, read_names
from trimtab.semantic_cache.guards.negation import Negation, read_negation
from trimtab.semantic_cache.guards.numbers import read_numbers
from trimtab.semantic_cache.guards.polarity import particles
from trimtab.semantic_cache.guards.quantities import Numbers
from trimtab.semantic_cache.guards.question import read_question
from trimtab.semantic_cache.guards.reach import Reach, read_reach
from trimtab.semantic_cache.guards.text import Text, Word, clean, read_text
from trimtab.semantic_cache.guards.times import Times, read_times
from trimtab.semantic_cache.guards.wording import LONGEST, normalise, open_contractions

__all__ = ["LONGEST", "Reading", "read", "read_long"]


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """One text as every guard reads it."""

    text: Text
    bag: Bag
    words: tuple[Word, ...]
    times: Times
    numbers: Numbers
    identifiers: Identifiers
    names: Names
    negation: Negation
    particles: frozenset[str]
    language: Language
    form: frozenset[str]
    reach: Reach
    question: frozenset[str]
    content: Content


@lru_cache(1024)
def read(text: str) -> Reading:
    """The reading of a text of at most ``LONGEST`` characters."""
    words = fold_phrases(read_text(open_contractions(clean(normalise(text)))))
    times = read_times(words)
    numbers = read_numbers(words, frozenset(times.used), frozenset(times.facts.get("year", ())))
    form = read_form(words)
    if "simply" in form:  # like I am five: no number
        kept = tuple(quantity for quantity in numbers.quantities if quantity.value != "5")
        numbers = replace(numbers, quantities=kept)
    taken = numbers.used | times.used
    names = read_names(words, frozenset(taken))
    named = {name.word.start for name in names.names}
    others = taken | {at for at, word in enumerate(words.words) if word.start in named}
    return Reading(
        text=words,
        bag=Bag.of(words),
        words=tuple(word for word in words.words if word.kind != "mark" and word.low not in FUNCTION),
        times=times,
        numbers=numbers,
        identifiers=read_identifiers(words),
        names=names,
        negation=read_negation(words),
        particles=particles(words),
        language=read_language(words),
        form=form,
        reach=read_reach(words),
        question=read_question(words),
        content=read_content(words, frozenset(others)),
    )


_LONG = re.compile(
    r"\d+(?:[.,]\d+)*|(?<=[a-z,] )[A-Z]\w+|\b\w*_\w+|(?<!\w)--?\w[\w-]*|\b(?:not|no|never|without)\b|n't\b"
)


@lru_cache(64)
def read_long(text: str) -> frozenset[str]:
    """Numbers, names, identifiers and negators of a long text, as they are written."""
    return frozenset(_LONG.findall(clean(text)))
