"""Languages: the one in which an answer is asked for, and the one in which the question is."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from trimtab.semantic_cache.guards.kinds import Difference, differs
from trimtab.semantic_cache.guards.lexicon import listed
from trimtab.semantic_cache.guards.lexicon_names import LANGUAGES
from trimtab.semantic_cache.guards.lexicon_words import FUNCTION
from trimtab.semantic_cache.guards.text import Text

LANGUAGE = "language"

_NAMES = {name: line.split()[0] for line in LANGUAGES for name in line.split()}
_INTO = frozenset(("in", "into", "to", "auf", "en"))
_ADJECTIVES = frozenset(listed("simple plain brazilian american british modern formal informal fluent"))
_LATIN = {
    "en": "the is of to and in what how do i for you can my are it with that does on be this which where who why",
    "es": "el la los las de que es en un una por para con cómo qué cuál como del se puedo dónde cuándo mi está su",
    "fr": "le la les des est une un pour que qui dans comment quel quelle je du et sur pas mon où ce quoi avec",
    "de": "der die das ist und ein eine wie was ich zu den von für mit auf nicht wo im kann man wer dem warum mein",
    "it": "il lo la gli che di è un una per come cosa sono del con non qual della posso dove mio perché si",
    "pt": "o os as que é um uma para como de do da em não qual meu minha posso onde quando por com são",
    "nl": "de het een is van en hoe wat ik in te voor met op niet kan mijn waar wie zijn waarom",
    "sv": "och är en ett hur vad jag att för med på inte kan min var som det den varför",
    "pl": "jest jak co w na i nie do się czy to mogę gdzie kiedy dla jaki dlaczego",
    "tr": "bir ve ne nasıl için bu mi mı nedir ben nerede neden kim en da de var",
}
_STOPS = {name: frozenset(words.split()) for name, words in _LATIN.items()}


@dataclass(frozen=True, slots=True)
class Language:
    """The languages asked for, all that are named, and the text's own: a script or a language; empty if not sure."""

    asked: frozenset[str]
    named: frozenset[str]
    own: str


def read_language(text: Text) -> Language:
    """The languages of a text."""
    named = frozenset(_NAMES[low] for low in text.lows if low in _NAMES)
    return Language(frozenset(_asked(text)) if named else named, named, _own(text))


def _asked(text: Text) -> Iterator[str]:
    """Languages behind "in" or "to" and before no noun: "in French" is one, "in French schools" is none."""
    words = text.words
    for at, word in enumerate(words):
        if word.low not in _NAMES or at == 0:
            continue
        before = words[at - 2] if at > 1 and words[at - 1].low in _ADJECTIVES else words[at - 1]
        if words[at - 1].low == "the" and at > 1 and words[at + 1 : at + 2] and words[at + 1].low == "language":
            before = words[at - 2]
        after = words[at + 1] if at + 1 < len(words) else None
        if before.low in _INTO and (
            after is None or after.kind == "mark" or after.low in FUNCTION or after.low == "language"
        ):
            yield _NAMES[word.low]


def _own(text: Text) -> str:
    if not text.raw.isascii():
        letters = [char for char in text.raw[:400] if char.isalpha()]
        scripts = Counter(_script(char) for char in letters if not char.isascii())
        if scripts:
            script, count = scripts.most_common(1)[0]
            if script != "LATIN" and count * 2 > len(letters):
                return script
    lows = frozenset(text.lows[:60])
    hits = {name: len(stops & lows) for name, stops in _STOPS.items()}
    best, second = sorted(hits.values(), reverse=True)[:2]
    if best < 3 or best < 2 * second or best * 5 < len(lows):
        return ""
    return max(hits, key=lambda name: hits[name])


def _script(char: str) -> str:
    name = unicodedata.name(char, "?").split()[0]
    return "CJK" if name in ("HIRAGANA", "KATAKANA", "CJK") else name


def compare_language(a: Language, b: Language) -> Iterator[Difference]:
    """Answers are asked for in different languages, or the questions are in different ones."""
    mine, yours = a.asked - b.named, b.asked - a.named
    if not (a.asked and b.asked):  # English may be left out in an English question
        mine, yours = mine - {"english"}, yours - {"english"}
    if mine or yours:
        yield differs(LANGUAGE, "language of the answer", mine, yours)
    if a.own and b.own and a.own != b.own:
        yield differs(LANGUAGE, "language of the question", {a.own}, {b.own})
