"""Which words of one text have a counterpart in the other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TypeAlias

from trimtab.semantic_cache.guards import lexicon_names, lexicon_places
from trimtab.semantic_cache.guards.lexicon import listed
from trimtab.semantic_cache.guards.lexicon_antonyms import ADJECTIVES, PREPOSITIONS, VERBS
from trimtab.semantic_cache.guards.lexicon_numbers import UNITS
from trimtab.semantic_cache.guards.lexicon_synonyms import GROUPS
from trimtab.semantic_cache.guards.lexicon_words import DISTINCT, FUNCTION, LIGHT
from trimtab.semantic_cache.guards.stems import is_slip, stem
from trimtab.semantic_cache.guards.text import Text, Word

Words: TypeAlias = tuple[Word, ...]

PHRASES = {tuple(phrase.split()): word for phrase, word in (lexicon_places.PHRASES | lexicon_names.PHRASES).items()}
_FIRST = frozenset(words[0] for words in PHRASES)
_LONGEST = max(map(len, PHRASES))

ALIASES: dict[str, str] = {}
for _line in (
    *lexicon_places.COUNTRIES,
    *lexicon_places.CITIES,
    *lexicon_names.LANGUAGES,
    *lexicon_names.COMPANIES,
    *lexicon_names.TECHNOLOGIES,
    *lexicon_names.PEOPLE,
):
    for _name in _line.split():
        ALIASES.setdefault(_name, _line.split()[0])
for _name in PHRASES.values():
    ALIASES.setdefault(_name, _name)

KNOWN_NAMES = frozenset(ALIASES)

_GROUPS: dict[str, frozenset[int]] = {}
for _at, _line in enumerate(GROUPS.replace("\n", " / ").split(" / ")):
    for _name in _line.split():
        _GROUPS[stem(_name)] = _GROUPS.get(stem(_name), frozenset()) | {_at}
_NONE: frozenset[int] = frozenset()

ACTIONS = frozenset(stem(verb) for pair in listed(VERBS) for verb in pair.split("/"))
"""Stems of verbs that have an opposite."""

ANTONYMS: dict[str, frozenset[str]] = {}
"""For the stem of a word the stems of its opposites."""
for _pair in listed(f"{VERBS} {ADJECTIVES} {PREPOSITIONS}"):
    _left, _right = _pair.split("/")
    for _x, _y in ((stem(_left), stem(_right)), (stem(_right), stem(_left))):
        ANTONYMS[_x] = ANTONYMS.get(_x, frozenset()) | {_y}

_REAL = frozenset(map(stem, DISTINCT)) | frozenset(ANTONYMS)
"""Words that are surely spelt right: between two of them nobody slipped."""


def is_common(stemmed: str) -> bool:
    """Whether a stem is that of a common English word, so that its capital may be a whim."""
    return stemmed in _GROUPS or stemmed in _REAL


def alias(word: Word) -> str:
    """One name for all the names of a known thing; the word itself for the rest. "US" is a country, "us" is not."""
    if word.low == "us":
        return "usa" if word.text == "US" else "us"
    return ALIASES.get(word.low, word.low)


def synonyms(a: str, b: str) -> bool:
    """Whether two stems stand in one group of words that may replace each other."""
    return bool(_GROUPS.get(a, _NONE) & _GROUPS.get(b, _NONE))


@lru_cache(16384)
def related(a: str, b: str) -> bool:
    """Whether two stems are synonyms, derived from one root, or a slip of each other."""
    if synonyms(a, b) or (a in UNITS and b in UNITS and UNITS[a] == UNITS[b]):
        return True
    if b in ANTONYMS.get(a, ()):
        return False
    common = 0
    for x, y in zip(a, b, strict=False):
        if x != y:
            break
        common += 1
    short, long = sorted((len(a), len(b)))
    if common >= 5 and common >= short - 2 and long - common <= 6 and not (a in KNOWN_NAMES and b in KNOWN_NAMES):
        return not (a in _REAL and b in _REAL)
    return slip(a, b)


@lru_cache(16384)
def slip(a: str, b: str) -> bool:
    """Whether one word is the other with a slip of the pen: between two words that are known nobody slipped."""
    return is_slip(a, b) and not (_is_known(a) and _is_known(b))


def _is_known(word: str) -> bool:
    return word in KNOWN_NAMES or word in FUNCTION or word in LIGHT or is_common(word) or is_common(stem(word))


@dataclass(frozen=True, slots=True)
class Bag:
    """The words of a text in every form in which a counterpart may be looked up."""

    lows: frozenset[str]
    stems: frozenset[str]
    aliases: frozenset[str]
    joined: frozenset[str]
    initials: str
    turning: dict[str, int]
    """How often each word with an opposite stands in the text."""

    @classmethod
    def of(cls, text: Text) -> Bag:
        words = [word for word in text.words if word.kind != "mark"]
        words += [Word(part, part, stem(part), "word", False, -1) for word in words for part in _parts(word)]
        lows = [word.low for word in words]
        joined = {a + b for a, b in pairwise(lows)}
        joined |= {a + b + c for a, b, c in zip(lows, lows[1:], lows[2:], strict=False)}
        joined |= {low if low.isalnum() else _plain(low) for low in lows}
        return cls(
            frozenset(lows),
            frozenset(word.stem for word in words),
            frozenset(map(alias, words)),
            frozenset(joined),
            "".join(low[0] for low in lows if low) + " " + "".join(low[0] for low in lows if low not in _SMALL),
            Counter(word.stem for word in words if word.stem in ANTONYMS),
        )

    def has(self, word: Word) -> bool:
        """Whether the same word stands here, inflected, written apart or together, or under another known name."""
        if alias(word) in self.aliases or (word.stem in self.stems and word.low != "us"):
            return True
        plain = word.low if word.low.isalnum() else _plain(word.low)
        if plain in self.joined or plain.removesuffix("s") in self.joined or plain + "s" in self.joined:
            return True
        return len(word.text) >= 2 and word.text.isupper() and word.low in self.initials


def _plain(low: str) -> str:
    """Letters and digits only; but C++ and C# are not C."""
    return low if low[-1:] in "+#" else "".join(char for char in low if char.isalnum())


CODE = frozenset(("tick", "call", "dotted", "snake", "path", "file"))
_PART = re.compile(r"[^\W_]+")


def _parts(word: Word) -> list[str]:
    """The words inside an identifier."""
    return _PART.findall(word.low) if word.kind in CODE else []


_SMALL = frozenset(listed("of the and for in on at to a an"))


def leftovers(words: Iterable[Word], others: Iterable[Word], bag: Bag) -> list[Word]:
    """The words that have no counterpart in the other text, neither the same nor a related word."""
    missing = [word for word in words if not bag.has(word)]
    if not missing:
        return []
    found = [(word, alias(word)) for word in others]
    return [word for word in missing if not any(_related(word, other, name) for other, name in found)]


def _related(word: Word, other: Word, name: str) -> bool:
    mine = alias(word)
    if mine in KNOWN_NAMES and name in KNOWN_NAMES:
        return mine == name
    return related(word.stem, other.stem) or slip(word.low, other.low)


def fold_phrases(text: Text) -> Text:
    """Known names of several words become one word each."""
    words = text.words
    if not any(word.low in _FIRST for word in words):
        return text
    folded: list[Word] = []
    at = 0
    while at < len(words):
        step = 1
        if words[at].low in _FIRST:
            for size in range(min(_LONGEST, len(words) - at), 0, -1):
                name = PHRASES.get(tuple(word.low for word in words[at : at + size]))
                if name:
                    said = " ".join(word.text for word in words[at : at + size])
                    folded.append(Word(said, name, name, "word", words[at].opens, words[at].start))
                    step = size
                    break
            else:
                folded.append(words[at])
        else:
            folded.append(words[at])
        at += step
    return Text(text.raw, tuple(folded))
