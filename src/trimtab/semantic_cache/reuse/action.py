"""Which requests ask for a deed or for chance: a stored answer would claim it done, or repeat the lot."""

from __future__ import annotations

from trimtab.semantic_cache.reuse.lexicon_abroad import ACTION as ACTION_ABROAD
from trimtab.semantic_cache.reuse.lexicon_abroad import GENERAL as GENERAL_ABROAD
from trimtab.semantic_cache.reuse.lexicon_action import CHANCE, DELIVERY, NOT_A_REQUEST, NOT_CHANCE, REQUEST, TEXT_WORK
from trimtab.semantic_cache.reuse.reading import Sentence, read, unread


def action(text: str) -> str:
    """Which deed or chance ``text`` asks for, in words; empty where it asks to be told or written something."""
    reading = read(text)
    if reason := unread(reading):
        return f"it may ask for a deed: {reason}"
    for sentence in reading.sentences:
        if found := _of_sentence(sentence):
            return f"it asks for a deed, or for chance: '{found}'"
    return ""


def _of_sentence(sentence: Sentence) -> str:
    if (found := sentence.find(DELIVERY)) and not sentence.find(NOT_CHANCE):
        return found
    if sentence.find(TEXT_WORK):
        return ""
    if (found := sentence.find(CHANCE)) and not sentence.find(NOT_CHANCE):
        return found
    if (found := sentence.find(REQUEST)) and not _up_to(found, sentence).find(NOT_A_REQUEST):
        return found
    if (found := sentence.find(ACTION_ABROAD)) and not sentence.find(GENERAL_ABROAD):
        return found
    return ""


def _up_to(found: str, sentence: Sentence) -> Sentence:
    """The sentence as far as the request: "how do I cancel" is none, "ask her how she is" is one."""
    return Sentence(sentence.text[: sentence.text.index(f" {found} ") + len(found) + 2])
