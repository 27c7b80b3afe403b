"""The content words: one replaced by another thing, or a restriction that only one question has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trimtab.semantic_cache.guards.kinds import Difference, differs
from trimtab.semantic_cache.guards.lexicon import listed
from trimtab.semantic_cache.guards.lexicon_classes import CLASSES
from trimtab.semantic_cache.guards.lexicon_words import FUNCTION, LIGHT
from trimtab.semantic_cache.guards.stems import stem
from trimtab.semantic_cache.guards.text import Text, Word

SUBSTITUTION, ADDITION = "substitution", "addition"

_RESTRICTING = frozenset(
    listed("in for on using with without via under from at by near during after before per within through")
)
_GIVEN = re.compile(
    r"^[^:\n]{0,200}?\b(?:translate|summari[sz]e|fix|correct|rewrite|rephrase|paraphrase|proofread|classify|"
    r"explain|review|"
    r"debug|convert|improve|shorten|simplify|extract|solve|parse|format|edit|analy[sz]e|refactor|optimi[sz]e|"
    r"sort|reverse)\b"
    r"[^:\n]{0,200}?(?::\s|\n)(.+)$",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Content:
    """The content words of a text, and the text that it gives to be worked on ("Translate: ...")."""

    words: tuple[Word, ...]
    given: str


def read_content(text: Text, taken: frozenset[int]) -> Content:
    """The content of a text, except at the words ``taken``, which other guards compare."""
    words = tuple(
        word
        for at, word in enumerate(text.words)
        if at not in taken and word.kind in ("word", "camel") and word.low and word.low not in FUNCTION
    )
    given = _GIVEN.match(text.raw)
    return Content(words, " ".join(given[1].lower().split()).strip(" .\"'") if given else "")


def compare_given(a: Content, b: Content) -> Iterator[Difference]:
    """The texts that are given to be worked on are not the same."""
    if a.given and b.given and a.given != b.given:
        yield Difference(SUBSTITUTION, "the text given to work on differs")


@dataclass(frozen=True, slots=True)
class Leftovers:
    """The content words of either text without counterpart in the other, how many have one, and names without one."""

    left: Sequence[Word]
    right: Sequence[Word]
    common: int
    names: tuple[Sequence[Word], Sequence[Word]] = ((), ())

    @property
    def apart(self) -> int:
        """How many words have none, apart from those that say little."""
        return sum(word.low not in LIGHT for word in (*self.left, *self.right))

    @property
    def close(self) -> bool:
        """Whether all content is the same."""
        return self.apart == 0


def compare_content(found: Leftovers, texts: tuple[Text, Text]) -> Iterator[Difference]:
    """Another thing of the same class, another word in the same frame, or a restriction that only one text has."""
    clash = _class_clash(found)
    if clash:
        yield differs(SUBSTITUTION, "word", (clash[0].text,), (clash[1].text,))
    elif len(found.left) == len(found.right) == 1:
        x, y = found.left[0], found.right[0]
        if not {x.low, y.low} & LIGHT and _same_frame(x, y, texts, whole=not found.common):
            yield differs(SUBSTITUTION, "word", (x.text,), (y.text,))
    elif found.common and (not found.left or not found.right):
        extra, text = (found.left, texts[0]) if found.left else (found.right, texts[1])
        other = texts[1] if found.left else texts[0]
        if len(extra) == 1 and extra[0].stem in _NARROWING and not _EXEMPT.intersection(texts[0].lows + texts[1].lows):
            yield Difference(ADDITION, f"only in one: {extra[0].text}")
            return
        restricting = _phrase(extra, text) or (_attribute(extra, text) if _asks_what(other) else "")
        if restricting:
            yield Difference(ADDITION, f"only in one: {restricting}")


def _class_clash(found: Leftovers) -> tuple[Word, Word] | None:
    for x in (*found.left, *found.names[0]):
        for y in (*found.right, *found.names[1]):
            if CLASSES.get(x.stem, _NONE) & CLASSES.get(y.stem, _NONE):
                return x, y
    return None


_NONE: frozenset[int] = frozenset()
_BREAKS = frozenset((".", ",", "?", "!", ";", ":", "\n"))
_ARTICLES = frozenset(listed("a an the some any my your our"))


def _same_frame(x: Word, y: Word, texts: tuple[Text, Text], *, whole: bool) -> bool:
    """Whether the two words have the same neighbours, and all content (``whole``: all words) the same order."""
    frames = []
    for word, text in zip((x, y), texts, strict=True):
        words = [w for w in text.words if w.kind != "mark" and w.low not in _ARTICLES]
        at = next(i for i, w in enumerate(words) if w.start == word.start)
        before, after = words[at - 1].stem if at else "", words[at + 1].stem if at + 1 < len(words) else ""
        frames.append(
            (before, after, [w.stem for w in words if (whole or w.low not in FUNCTION) and w.start != word.start])
        )
    return frames[0] == frames[1]


_NARROWING = frozenset(
    map(
        stem,
        listed(
            """free cheap cheapest offline local foreign private public official automatic manual electric
            organic vegan vegetarian waterproof wireless permanent temporary international domestic female
            male portable refurbished"""
        ),
    )
)
"""Words that narrow a question down by themselves."""
_EXEMPT = frozenset(("without", "no", "not"))
_EMPTY = frozenset(
    map(stem, listed("world earth planet life lives general opinion mind way time history case home scratch"))
)


def _phrase(extra: Sequence[Word], text: Text) -> str:
    """The phrase with a preposition, at either end of the text, that holds the extra words and no other content."""
    if all(word.low in LIGHT or word.stem in _EMPTY for word in extra):
        return ""
    starts = {word.start for word in extra if word.low not in _RESTRICTING}
    words = [word for word in text.words if word.kind != "mark" or word.low in _BREAKS]
    for at, word in enumerate(words):
        if word.low not in _RESTRICTING:
            continue
        end = at + 1
        while end < len(words) and words[end].low not in _RESTRICTING and words[end].low not in _BREAKS:
            end += 1
        content = [w for w in words[at + 1 : end] if w.low not in FUNCTION and w.kind != "mark"]
        if words[at + 1 : at + 2] and words[at + 1].low in ("my", "our", "this"):
            continue
        if (
            content
            and {w.start for w in content} == starts
            and (words[end:] == [] or words[end].low in _BREAKS or at == 0 or words[at - 1].low in _BREAKS)
        ):
            return " ".join(w.text for w in words[at:end])
    return ""


_NO_ATTRIBUTE = frozenset(
    map(stem, listed("definition meaning concept idea term word theory notion name list couple lot"))
)


def _asks_what(text: Text) -> bool:
    """Whether a question is of the form "what is X"."""
    lows = text.lows
    return lows[:1] in (("define",), ("explain",)) or (lows[:1] == ("what",) and lows[1:2] in (("is",), ("are",)))


def _attribute(extra: Sequence[Word], text: Text) -> str:
    """What is asked of a thing, where the other question asks what the thing is: "the symptoms of"."""
    lows = text.lows
    for word in extra:
        if word.low in LIGHT or word.stem in _NO_ATTRIBUTE or word.low not in lows:
            continue
        at = lows.index(word.low)
        if lows[at + 1 : at + 2] == ("of",) and at and lows[0] == "what" and at <= 5:
            return f"{word.text} of"
    return ""
