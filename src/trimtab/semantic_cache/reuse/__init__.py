"""What may be reused at all: why a stored answer may not be served for a similar question, and what is not stored.

Pure functions over text. Those over questions return the reason in words, empty where there is none; in doubt there is
one, since a missed hit costs little and a stale or strange answer is a wrong one. They read English well, German,
French, Spanish, Italian, Portuguese and Dutch by key words, and in scripts that they do not read they find a reason.
"""

from trimtab.semantic_cache.reuse import (
    lexicon_abroad,
    lexicon_action,
    lexicon_answer,
    lexicon_asker,
    lexicon_reference,
    lexicon_time,
)
from trimtab.semantic_cache.reuse.action import action
from trimtab.semantic_cache.reuse.answer import calls_in_text, refuses
from trimtab.semantic_cache.reuse.asker import personal
from trimtab.semantic_cache.reuse.phrases import Phrases
from trimtab.semantic_cache.reuse.reference import unresolved_reference
from trimtab.semantic_cache.reuse.time import time_dependence

__all__ = [
    "action",
    "calls_in_text",
    "compile_rules",
    "personal",
    "refuses",
    "time_dependence",
    "unresolved_reference",
]

_LEXICONS = (lexicon_abroad, lexicon_action, lexicon_answer, lexicon_asker, lexicon_reference, lexicon_time)


def compile_rules() -> None:
    """Compile all rules now, which takes about half a second, instead of each when a question first needs it.

    For a server that has the time before its first request. Safe in any thread.
    """
    for lexicon in _LEXICONS:
        for phrases in vars(lexicon).values():
            if isinstance(phrases, Phrases):
                phrases.compile()
