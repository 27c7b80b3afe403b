"""An answer as it is read to be compared: what it says first, and the exact values that it names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from trimtab.semantic_cache.guards.matching import Bag
from trimtab.semantic_cache.guards.numbers import read_numbers
from trimtab.semantic_cache.guards.quantities import Quantity
from trimtab.semantic_cache.guards.reading import Reading, read
from trimtab.semantic_cache.guards.text import Text, clean, read_text
from trimtab.semantic_cache.guards.times import read_times
from trimtab.semantic_cache.guards.wording import open_contractions

READ = 1500
"""Characters of an answer whose values are read; what an answer is about stands at its beginning."""
LONGEST = 20_000
_OPENING = 300
_CODE = re.compile(r"```[\w+-]*\n(.*?)(?:```|\Z)", re.DOTALL)
_MARKUP = re.compile(r"^[ \t]*(?:#+|[-*•]|\d{1,2}[.)])\s+|\*\*|__|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)", re.MULTILINE)
_SENTENCES = re.compile(r"(?<=[.!?:])\s+|\n+")
_OPENERS = re.compile(
    r"(?:(?:sure|certainly|of course|absolutely|great|good|excellent|happy to help|glad|hello|hi|here(?:'s| is| are)|"
    r"let me|i'd be|thanks|thank you|natürlich|gerne|klar|bien sûr|claro|por supuesto)\b.*|\W*)$",
    re.IGNORECASE,
)
_POLARITY = re.compile(
    r"\W*(?:(?P<yes>yes|yeah|yep|yup|correct|that's right|ja|oui|sí|si)|(?P<no>no|nope|nein|non))"
    r"(?P<then>\W+(?!and no\b|problem|worries|doubt|matter|idea|one\b|more\b)|$)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Answer:
    """One answer. ``plain`` is its text without code and markup, ``code`` its fenced blocks without white space.

    What lies behind `LONGEST` is the ``tail``; it only tells whether two answers are the same to the letter.
    """

    plain: str
    code: tuple[str, ...]
    tail: str

    @cached_property
    def folded(self) -> str:
        """The words alone, to see whether two answers are the same to the letter."""
        words = re.findall(r"[^\W_]+(?:[.,']\w+)*|[^\w\s.,;:!?'\"]", self.plain.casefold())
        return " ".join(words) + self.tail

    @cached_property
    def length(self) -> int:
        """How many words it has."""
        return len(self.plain.split())

    @cached_property
    def first(self) -> str:
        """The first sentence that says something."""
        said = (sentence.strip() for sentence in _SENTENCES.split(self.plain[: 3 * _OPENING]))
        found = next((sentence for sentence in said if sentence and not _OPENERS.match(sentence)), "")
        return found[:_OPENING]

    @cached_property
    def opening(self) -> Reading:
        """What stands in its first sentence."""
        return read(self.first)

    @cached_property
    def polarity(self) -> str:
        """``yes`` or ``no`` where the answer opens with it; empty where it does not."""
        found = _POLARITY.match(self.first)
        return "" if found is None else "yes" if found["yes"] else "no"

    @cached_property
    def text(self) -> Text:
        return read_text(open_contractions(clean(self.plain[:READ])))

    @cached_property
    def bag(self) -> Bag:
        """All words of the part that is read."""
        return Bag.of(self.text)

    @cached_property
    def facts(self) -> frozenset[str]:
        """Dates and clock times of the part that is read."""
        return frozenset(facts_of(read_times(self.text).facts))

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """Numbers with their units of the part that is read."""
        return read_numbers(self.text, frozenset(read_times(self.text).used)).quantities


def facts_of(times: dict[str, set[str]]) -> Iterator[str]:
    """Groups of times with what they say: ``day 31``."""
    for group, values in times.items():
        yield from (f"{group} {value}" for value in values if group != "direction")


@lru_cache(64)
def answer(text: str) -> Answer:
    """Read an answer."""
    head, tail = text[:LONGEST], "".join(text[LONGEST:].split())
    code = tuple("".join(block.split()) for block in _CODE.findall(head))
    if code and tail:
        code = (*code, tail)
    return Answer(_MARKUP.sub("", _CODE.sub("\n", head)).strip(), code, tail)
