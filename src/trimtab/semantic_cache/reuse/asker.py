"""Which questions need the asker's own data, and which only say "my" and have one answer for everybody."""

from __future__ import annotations

from trimtab.semantic_cache.reuse.lexicon_abroad import GENERAL as GENERAL_ABROAD
from trimtab.semantic_cache.reuse.lexicon_abroad import PERSONAL as PERSONAL_ABROAD
from trimtab.semantic_cache.reuse.lexicon_asker import GENERAL, HOW_TO, IN_USE, LOOKUP, RECORDS, WHO_AND_WHERE
from trimtab.semantic_cache.reuse.reading import Sentence, read, unread


def personal(text: str) -> str:
    """Why ``text`` can be answered only with the asker's own data, in words; empty where everybody gets the same."""
    reading = read(text)
    if reason := unread(reading):
        return f"the answer may depend on who asks: {reason}"
    for sentence in reading.sentences:
        if found := _of_sentence(sentence):
            return f"the answer depends on who asks: '{found}'"
    return ""


def _of_sentence(sentence: Sentence) -> str:
    if found := sentence.find(WHO_AND_WHERE):
        return found
    if sentence.find(RECORDS) or sentence.find(LOOKUP):
        rest = sentence.without(IN_USE)
        if (found := rest.find(RECORDS)) and not rest.find(HOW_TO):
            return found
        if (found := rest.find(LOOKUP)) and not rest.find(GENERAL):
            return found
    if (found := sentence.find(PERSONAL_ABROAD)) and not sentence.find(GENERAL_ABROAD):
        return found
    return ""
