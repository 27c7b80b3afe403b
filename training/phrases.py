"""Finding the words and phrases of a lexicon in a question, longest first."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

V = TypeVar("V")

WORD = re.compile(r"[A-Za-z0-9&%$€£]+(?:(?:['’](?!s\b)|[.,+#_-]+(?=[A-Za-z0-9]))[A-Za-z0-9]+|[+#]+)*")


@dataclass(frozen=True)
class Hit(Generic[V]):
    """One phrase in a text: ``text[start:end]`` and what the lexicon says of it."""

    start: int
    end: int
    value: V


class Phrases(Generic[V]):
    """A lexicon by its words. ``exact`` keeps upper and lower case apart."""

    def __init__(self, entries: Mapping[str, V], *, exact: bool) -> None:
        self._exact = exact
        self._values = {self._key([m[0] for m in WORD.finditer(phrase)]): value for phrase, value in entries.items()}
        self._longest = max((len(key) for key in self._values), default=0)

    def _key(self, words: list[str]) -> tuple[str, ...]:
        return tuple(words if self._exact else [word.lower() for word in words])

    def find(self, text: str) -> Iterator[Hit[V]]:
        """Every phrase of the lexicon in ``text``, from left to right, none inside another."""
        words = list(WORD.finditer(text))
        at = 0
        while at < len(words):
            for size in range(min(self._longest, len(words) - at), 0, -1):
                run = words[at : at + size]
                value = self._values.get(self._key([m[0] for m in run]))
                if value is not None and _joined(text, run):
                    yield Hit(run[0].start(), run[-1].end(), value)
                    at += size
                    break
            else:
                at += 1


def _joined(text: str, run: list[re.Match[str]]) -> bool:
    """Whether only single spaces stand between the words, and no part of a longer identifier around them."""
    gaps = all(text[left.end() : right.start()] == " " for left, right in itertools.pairwise(run))
    start, end = run[0].start(), run[-1].end()
    return gaps and text[max(0, start - 1) : start] not in {*"-_/.@`"} and text[end : end + 1] not in {*"-_/@(`"}


def words(text: str) -> list[str]:
    """The words of ``text`` in lower case."""
    return [match[0].lower() for match in WORD.finditer(text)]


def jaccard(a: str, b: str) -> float:
    """Words that both have, by words that either has."""
    left, right = set(words(a)), set(words(b))
    return len(left & right) / max(1, len(left | right))


def lower_first(text: str) -> str:
    """``text`` to go on a sentence with: the first letter small where the first word is an ordinary one."""
    first = text.split(" ", 1)[0]
    small = first.lower().rstrip(",:").removesuffix("'s").removesuffix("’s")
    return text[0].lower() + text[1:] if small in _OPENERS else text


def upper_first(text: str) -> str:
    """``text`` as a sentence begins."""
    return text[:1].upper() + text[1:]


_OPENERS = frozenset(
    """
    how what which who why when where is are was were do does did can could should would will has have if in on to
    the a an my please write explain summarise summarize translate list give show tell find create compare draft
    generate describe name define convert calculate suggest recommend make fix what' it for at using with without as
    steps whom any help what's which's since by whose restart stop open close kill put reserve
    """.split()  # noqa: SIM905 - a list of a hundred lines says less
)
