"""Phrases written down the way they are said, compiled to patterns and filed under a word that each needs.

A line holds one phrase or several with `` ; `` between them; within brackets it may go on in the next line. In a phrase
stand:

- a word, or several to choose from: ``(is|are|will be)``; with ``?`` behind it, it may be missing
- ``<name>``: one of the words that are listed under that name
- ``.3``: up to three words, any; ``+3``: one to three
- ``#``: a word with a digit; ``-ed``, ``-ing``: a word with this ending
- ``~(of|for)``: not followed by these
- ``^`` and ``$``: the sentence begins or ends here
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from typing import TypeAlias

_BETWEEN = re.compile(r"(?:\n| ; )(?![^()]*\))")
_BAR = re.compile(r"\s*\|\s*")
_TOKEN = re.compile(r"~?\([^()]*\)\??|\S+")
_SPECIAL = {"#": r"\S*\d\S* ", "$": r"\Z", "-ed": r"\S+ed ", "-ing": r"\S+ing "}


def word_set(text: str) -> frozenset[str]:
    """The words of a text that lists them."""
    return frozenset(text.split())


_COMMON = word_set(
    """
    a an the i we my you our your me us it this that these those there he she they them his her its their is are am
    was were be been being do does did has have had will would can could should may might must shall to of in on at
    for with by from and or but not no any some all what which who whose when where why how if so then than as about
    out up go get much many long please know want need like tell give show say one time day
    """
)

Sets: TypeAlias = Mapping[str, list[str]]
"""Alternatives by the name under which phrases ask for them."""


def _choices(token: str, sets: Sets) -> list[str]:
    """The alternatives of a token."""
    choices: list[str] = []
    for choice in (token[1:-1] if token.startswith("(") else token).split("|"):
        choices += sets[choice[1:-1]] if choice[0] == "<" else [choice]
    return choices


def _source(tokens: list[str], sets: Sets) -> str:
    """A phrase as a regular expression."""
    parts = ["(?<= )"]
    for token in tokens:
        if token == "^":
            parts.append(r"(?<=\A )")
        elif token[0] in ".+":
            parts.append(rf"(?:\S+ ){{{int(token[0] == '+')},{int(token[1:])}}}?")
        else:
            kind, marks = ("?!", token[1:]) if token[0] == "~" else ("?:", token.removesuffix("?"))
            choices = [_SPECIAL.get(choice, f"{re.escape(choice)} ") for choice in _choices(marks, sets)]
            parts.append(f"({kind}{'|'.join(choices)}){'?' if token[-1] == '?' else ''}")
    return "".join(parts)


@cache
def _best(choice: str) -> str:
    """The word of an alternative by which it is best found."""
    return max(choice.split(), key=lambda word: (word not in _COMMON, len(word)))


def _filed_under(tokens: list[str], sets: Sets) -> list[str]:
    """Words one of which stands in whatever the phrase matches, as rare ones as it has."""
    needed = [_choices(token, sets) for token in tokens if token[0] not in "^.+~" and token[-1] != "?"]
    words = [[_best(choice) for choice in choices] for choices in needed if _SPECIAL.keys().isdisjoint(choices)]
    return min(words, key=lambda found: (len(_COMMON.intersection(found)), len(found)))


class _Rule:
    """A phrase whose pattern is made when it is first tried: all of them at once would take half a second."""

    def __init__(self, tokens: list[str], sets: Sets) -> None:
        self._tokens, self._sets = tokens, sets

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(_source(self._tokens, self._sets))


class Phrases:
    """A list of phrases. Looking for all of them costs little, since each is tried only where its word stands."""

    def __init__(self, lines: str, sets: Mapping[str, str] | None = None) -> None:
        """``sets``: words by the name under which a phrase may ask for them; ``_`` in a word stands for a space."""
        self._rules: dict[str, list[_Rule]] = {}
        listed = {name: [word.replace("_", " ") for word in said.split()] for name, said in (sets or {}).items()}
        for phrase in _BETWEEN.split(lines):
            if tokens := _TOKEN.findall(_BAR.sub("|", phrase)):
                rule = _Rule(tokens, listed)
                for word in dict.fromkeys(_filed_under(tokens, listed)):
                    self._rules.setdefault(word, []).append(rule)

    def _candidates(self, words: Iterable[str]) -> Iterable[_Rule]:
        return dict.fromkeys([rule for word in words for rule in self._rules.get(word, ())])

    def compile(self) -> None:
        """Compile every phrase now instead of when it is first tried."""
        for rule in self._candidates(self._rules):
            _ = rule.pattern

    def find(self, text: str, words: Iterable[str]) -> str:
        """What the first phrase to be found covers of ``text``, which has a space around every word; else empty."""
        for rule in self._candidates(words):
            if match := rule.pattern.search(text):
                return match[0].strip()
        return ""

    def without(self, text: str, words: Iterable[str], mark: str) -> str:
        """``text`` with ``mark`` in place of every phrase that is found in it."""
        for rule in self._candidates(words):
            text = rule.pattern.sub(f"{mark} ", text)
        return text
