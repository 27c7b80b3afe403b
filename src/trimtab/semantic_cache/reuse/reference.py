"""Which texts cannot be understood alone: "and in Paris?", "make it shorter", "why?"."""

from __future__ import annotations

import re

from trimtab.semantic_cache.reuse.lexicon_reference import (
    BACK,
    BACK_ABROAD,
    CLAUSE,
    EXPLETIVE,
    FUNCTION,
    HERE,
    PREPOSITION,
    SELF_CONTAINED,
    VERBS,
)
from trimtab.semantic_cache.reuse.phrases import word_set
from trimtab.semantic_cache.reuse.reading import Reading, Sentence, read, unread

FRAGMENT = 6
"""Words up to which a text without a verb is taken for a part of a sentence."""

LONG = 60
"""Words from which a text is taken to bring what its small words point at."""

_NOTHING = "_"
_PARTS = re.compile(r"\w+|[,;:§]")
_GIVEN = re.compile(r":\s+\S+\s+\S+|\n\s*\S+\s+\S+\s+\S+")
_ASKING = word_set(
    """
    what who whom whose which where when why how is are was were am do does did can could will would should has have
    had may might must shall wie wo wann warum wer welche welcher welches kann ist sind hat muss comment quel quelle
    ou quand pourquoi combien qui que est puis como donde cuando cual quien cuanto puedo puede es esta come dove chi
    hoe wat
    """
)
_POSSESSIVE = word_set("its their his her themselves itself himself herself")


def unresolved_reference(text: str) -> str:
    """Why ``text`` cannot be understood alone, in words; empty where it can. In doubt it cannot."""
    reading = read(text)
    if reason := unread(reading):
        return f"it cannot be told whether the text stands alone: {reason}"
    whole = reading.whole
    if whole.find(SELF_CONTAINED):
        return ""
    if reason := _nothing_in(whole, reading):
        return reason
    for sentence in (reading.sentences[0], reading.sentences[-1]):
        if found := sentence.find(BACK) or sentence.find(BACK_ABROAD):
            return f"it points at what was said before: '{found}'"
    if reading.brings_text or len(whole.text.split()) > LONG or _GIVEN.search(reading.folded):
        return ""
    return _pointing(reading)


def _nothing_in(whole: Sentence, reading: Reading) -> str:
    """Why the text says too little, whatever it points at."""
    words = whole.text.split()
    if all(word in FUNCTION or word in VERBS for word in words):
        return "it says nothing by itself"
    if reading.brings_text:
        return ""
    if len(words) < 3:
        return f"a fragment: '{whole.text.strip()}'"
    if any(word in _ASKING for word in words) or _has_subject(words):
        return ""
    if words[0] in PREPOSITION or (len(words) <= FRAGMENT and not any(word in VERBS for word in words)):
        return f"a fragment: '{whole.text.strip()[:60]}'"
    return ""


def _has_subject(words: list[str]) -> bool:
    """Whether there may be a verb that is in no list: something stands behind a subject."""
    return any(word in ("i", "you", "we", "they", "he", "she", "it") for word in words[:-1])


def _pointing(reading: Reading) -> str:
    """What points at something that does not stand in the text before it."""
    for sentence in reading.sentences:
        bare = sentence.without(EXPLETIVE, _NOTHING) if sentence.find(HERE) else sentence
        if (found := bare.find(HERE)) and not _stands_before(found, bare, sentence):
            return f"what it points at is not in it: '{found}'"
        if _names(sentence.text.split()):
            return ""  # what comes later may point at this
    return ""


def _stands_before(found: str, bare: Sentence, sentence: Sentence) -> bool:
    """Whether the sentence names, in a clause before ``found``, what it may point at."""
    words = bare.text.split()
    pointing = found.split()
    at = next((i for i in range(len(words)) if words[i : i + len(pointing)] == pointing), 0)
    if len(pointing) > 1 and at == 0:
        return False
    before = words[:at]
    if pointing[0] in _POSSESSIVE and before:
        return _names(before[:-2] if before[-1] in PREPOSITION else before)
    behind_comma = _before_comma(sentence.raw, words[at])
    if behind_comma and _names(behind_comma):
        return True
    return any(before[cut] in CLAUSE and _names(before[:cut]) for cut in range(len(before) - 1, 0, -1))


def _before_comma(raw: str, word: str) -> list[str]:
    """The words before the last comma before ``word``."""
    parts = _PARTS.findall(raw)
    if word not in parts:
        return []
    before = parts[: parts.index(word)]
    commas = [i for i, part in enumerate(before) if part in ",;"]
    return before[: commas[-1]] if commas else []


def _names(words: list[str]) -> bool:
    """Whether ``words`` name something."""
    return any(
        word not in FUNCTION
        and word not in VERBS
        and word not in CLAUSE
        and word != _NOTHING
        and not word.endswith("ly")
        for word in words
    )
