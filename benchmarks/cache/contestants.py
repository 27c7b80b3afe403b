"""What takes part: deciders over pairs, caches over streams, and the plain cosine thresholds among both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from benchmarks.cache.encoder import Encode

Conversation: TypeAlias = tuple[str, ...]
"""Turns, the user's first and last."""


@dataclass(frozen=True)
class Pair:
    """A stored request and one that is asked; ``same``: the stored answer is right for both."""

    id: str
    kind: str
    stored: Conversation
    asked: Conversation
    same: bool


@dataclass(frozen=True)
class Decision:
    """Whether the stored answer is served at the default, and how good the match is (any scale, more is better)."""

    score: float
    served: bool
    reason: str = ""


class Decider(Protocol):
    """Decides about pairs, each on its own: nothing but the stored request is in the cache when the other is asked."""

    @property
    def name(self) -> str: ...

    def decide(self, pairs: Sequence[Pair]) -> list[Decision]:
        """A decision for each pair, in order."""


@dataclass(frozen=True)
class Hit:
    """What a cache served: the answer that was stored, with the question that it was stored for."""

    question: str
    answer: str
    score: float
    exact: bool = False


class Cache(Protocol):
    """A cache that a stream of questions passes."""

    async def lookup(self, question: str) -> Hit | None:
        """What is served for the question, if anything."""

    async def add(self, question: str, answer: str) -> None:
        """Called after each miss, before the next look-up, with what the provider answered."""


AnswerOf: TypeAlias = Callable[[str], str]


@dataclass(frozen=True)
class Contestant:
    """A cache by name. ``open`` gives an empty one; the function that it gets is the provider: the answer to a
    question, for caches that ask it on their own account."""

    name: str
    open: Callable[[AnswerOf], AbstractAsyncContextManager[Cache]]
    seeds: int | None = None
    """Run on the first seeds only, where a run takes long."""
    bound: float = 0.01
    """Wrong answers among its hits that are to be counted as too many."""


def last_turn(conversation: Conversation) -> str:
    """What most caches look at."""
    return conversation[-1]


def whole(conversation: Conversation) -> str:
    """All turns in one text."""
    return "\n".join(conversation)


@dataclass(frozen=True)
class Cosine:
    """The nearest neighbour by cosine, served from a threshold on. As a decider and, with `open`, as a cache."""

    encode: Encode
    threshold: float
    text: Callable[[Conversation], str] = last_turn
    label: str = "cosine"

    @property
    def name(self) -> str:
        return f"{self.label} {self.threshold:.2f}"

    def decide(self, pairs: Sequence[Pair]) -> list[Decision]:
        stored = self.encode([self.text(pair.stored) for pair in pairs])
        asked = self.encode([self.text(pair.asked) for pair in pairs])
        scores = np.einsum("ij,ij->i", stored, asked)
        return [Decision(float(score), bool(score >= self.threshold)) for score in scores]

    def contestant(self) -> Contestant:
        return Contestant(self.name, lambda answer_of: _Opened(CosineCache(self.encode, self.threshold)))


class CosineCache:
    """All questions so far and their vectors."""

    def __init__(self, encode: Encode, threshold: float) -> None:
        self._encode = encode
        self._threshold = threshold
        self._entries: list[tuple[str, str]] = []
        self._vectors: NDArray[np.float32] = np.zeros((64, encode(["dimension"]).shape[1]), np.float32)

    async def lookup(self, question: str) -> Hit | None:
        count = len(self._entries)
        if not count:
            return None
        scores = self._vectors[:count] @ self._encode([question])[0]
        best = int(scores.argmax())
        score = float(scores[best])
        stored, answer = self._entries[best]
        return Hit(stored, answer, score, stored == question) if score >= self._threshold else None

    async def add(self, question: str, answer: str) -> None:
        count = len(self._entries)
        if count == len(self._vectors):
            self._vectors = np.concatenate([self._vectors, np.zeros_like(self._vectors)])
        self._vectors[count] = self._encode([question])[0]
        self._entries.append((question, answer))


class ExactCache:
    """Serves the same text only: what the exact tier alone is worth."""

    def __init__(self) -> None:
        self._answers: dict[str, str] = {}

    async def lookup(self, question: str) -> Hit | None:
        found = self._answers.get(question)
        return None if found is None else Hit(question, found, 1.0, True)

    async def add(self, question: str, answer: str) -> None:
        self._answers[question] = answer


def exact() -> Contestant:
    """The same text only."""
    return Contestant("exact text", lambda answer_of: _Opened(ExactCache()))


class _Opened(AbstractAsyncContextManager[Cache]):
    """A cache that needs no closing."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    async def __aenter__(self) -> Cache:
        return self._cache

    async def __aexit__(self, *exc: object) -> None:
        return None
