"""The hand-made judgement of BANKING77 and CLINC150 in intents.toml, ready for use."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias
from zlib import crc32

FILE = Path(__file__).with_name("intents.toml")
Intent: TypeAlias = tuple[str, str]
"""Data set (banking77 or clinc150) and name."""


@dataclass(frozen=True)
class Faq:
    """An intent with one answer for everybody, and the patterns that tell its questions apart."""

    topics: tuple[tuple[str, re.Pattern[str]], ...]

    def topic(self, text: str) -> str:
        """Which of the intent's questions a text asks."""
        low = text.lower().replace("’", "'")
        return next((name for name, pattern in self.topics if pattern.search(low)), "main")


@dataclass(frozen=True)
class Judgement:
    """What may be reused, what is named in a text, and what must never be served again."""

    faq: Mapping[Intent, Faq]
    turning: frozenset[str]
    """Topics that turn a question round, so that no text answers both."""
    facts: Mapping[str, frozenset[str]]
    """For intents of CLINC150 that ask about something named: the words that frame the question."""
    ordered: frozenset[str]
    """Of these, where the order in which things are named changes the answer."""
    directed: frozenset[str]
    """Of these, where it matters which of two things is which."""
    moved: tuple[tuple[Intent, re.Pattern[str], str], ...]
    """Texts that belong to another intent of the same set than the one they are listed under."""
    excluded: Mapping[Intent, str]
    """The reason by intent."""
    labels: tuple[tuple[re.Pattern[str], str], ...]
    glue: frozenset[str]


def _read() -> Judgement:
    said = tomllib.loads(FILE.read_text(encoding="utf-8"))
    patterns: dict[str, str] = said["patterns"]

    def compiled(pattern: str) -> re.Pattern[str]:
        for name, written in patterns.items():
            pattern = pattern.replace(f"<{name}>", written)
        return re.compile(pattern)

    faq = {
        (data, intent): Faq(tuple((name, compiled(pattern)) for name, pattern in topics.items()))
        for data, intents in said["faq"].items()
        for intent, topics in intents.items()
    }
    facts = {intent: frozenset(frame.split()) for intent, frame in said["facts"]["frames"].items()}
    moved = tuple((tuple(each["from"]), re.compile(each["where"], re.IGNORECASE), each["to"]) for each in said["moved"])
    excluded = {(group["data"], intent): group["reason"] for group in said["excluded"] for intent in group["intents"]}
    labels = tuple((_bounded(pattern), name) for pattern, name in said["labels"].items())
    glue = frozenset(said["glue"]["words"].split())
    ordered, directed = (frozenset(said["facts"][name]) for name in ("ordered", "directed"))
    return Judgement(faq, frozenset(said["turning"]["topics"]), facts, ordered, directed, moved, excluded, labels, glue)


def _bounded(pattern: str) -> re.Pattern[str]:
    """Whole words, and currency signs wherever they stand."""
    sign, _, words = pattern.partition("|")
    if sign in ("£", "€", r"\$"):
        return re.compile(rf"{sign}|\b(?:{words})\b")
    return re.compile(rf"\b(?:{pattern})\b")


JUDGEMENT = _read()


def seen(intent: str) -> bool:
    """Whether the verifier's training saw (other) texts of this intent; the rule is that of training/intents.py."""
    return crc32(intent.encode()) % 10 < 6
