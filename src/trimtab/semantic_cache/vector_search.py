"""The search by meaning: nearest entries of a scope, looked at by the verifier, decided by the error bound."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from trimtab.semantic_cache.bounds import Bounds
from trimtab.semantic_cache.entries import Entries, Entry, Place
from trimtab.semantic_cache.lookup import Found, Near
from trimtab.semantic_cache.question import Question
from trimtab.semantic_cache.verifier import Judgement, Verifier
from trimtab.stage import Context

SPARE = 2
"""More neighbours than candidates are asked for: some have expired, some a rule refuses."""
COSINE_WEIGHT = 30.0
"""Log-odds that the cosine is worth, a unit: about the ratio that logistic regression finds (`training.weigh`)."""
_COSINE_MIDDLE = 0.85


def score_of(log_odds: float, similarity: float) -> float:
    """What the verifier and the embedding say together, in [0, 1]; what it is worth, the calibration says."""
    together = log_odds + COSINE_WEIGHT * (similarity - _COSINE_MIDDLE)
    return 1 / (1 + math.exp(-together)) if together > -60 else 0.0


@dataclass(frozen=True)
class Candidate:
    """An entry near the question. ``refused`` says in words why a rule refuses it; empty where none does."""

    place: Place
    entry: Entry
    similarity: float
    refused: str


class Search:
    """Finds the entry whose answer may be served for a question, or the nearest that may not."""

    def __init__(self, verifier: Verifier, entries: Entries, bounds: Bounds) -> None:
        self._verifier = verifier
        self._entries = entries
        self._bounds = bounds

    async def best(
        self, question: Question, ns: str, vector: npt.NDArray[np.float32], ctx: Context
    ) -> tuple[Found | None, Near | None]:
        """What is served, or else what came nearest and why it is not. Raises StoreError.

        The network, which takes longest, sees the nearest candidate alone; the others only where that one fails.
        """
        candidates = await self._candidates(question, ns, vector, ctx)
        if not candidates:
            return None, None
        likely = [each for each in candidates if not each.refused][: ctx.config.cache.candidates]
        if not likely:
            nearest = candidates[0]
            return None, Near(nearest.place, nearest.entry, nearest.similarity, None, nearest.refused)
        found, near = await self._decided(question, likely[:1], ctx)
        if found is None and len(likely) > 1:
            found, other = await self._decided(question, likely[1:], ctx)
            near = max(near, other, key=lambda each: -1.0 if each is None or each.score is None else each.score)
        return found, None if found else near

    async def _decided(
        self, question: Question, candidates: Sequence[Candidate], ctx: Context
    ) -> tuple[Found | None, Near | None]:
        stored = [each.entry.question for each in candidates]
        log_odds: list[float] = await ctx.cpu(self._verifier.doubted, question, stored)
        scored = [(score_of(odds, each.similarity), each) for odds, each in zip(log_odds, candidates, strict=True)]
        bound = await self._bounds.of(ctx)
        alpha, _ = self._bounds.alpha(ctx)
        near: Near | None = None
        for score, each in sorted(scored, key=lambda pair: -pair[0]):
            use = await self._entries.use(ctx.store, each.place)
            decision = bound.decide(score, alpha, use.record)
            by_entry = decision.by == "entry"
            if decision.serve:
                return Found(each.place, each.entry, "verified", use, score, by_entry), None
            near = near or Near(each.place, each.entry, each.similarity, score, decision.why, by_entry)
        return None, near

    async def _candidates(
        self, question: Question, ns: str, vector: npt.NDArray[np.float32], ctx: Context
    ) -> list[Candidate]:
        cache = ctx.config.cache
        neighbours = await ctx.store.vector_search(ns, vector, cache.candidates + SPARE)
        near = {n.key: n.similarity for n in neighbours if n.similarity >= cache.min_similarity}
        if not near:
            return []
        entries = await self._entries.many(ctx.store, ns, list(near), ctx.clock())
        kept = [key for key in near if key in entries]
        refusals: list[str] = await ctx.cpu(self._verifier.refusals, question, [entries[key].question for key in kept])
        return [
            Candidate(Place(ns, key), entries[key], near[key], why) for key, why in zip(kept, refusals, strict=True)
        ]

    async def first_served(
        self, question: Question, others: Sequence[tuple[Question, float]], ctx: Context
    ) -> int | None:
        """The place of the first of ``others``, each with its cosine, whose answer would be served for the question."""
        bound = await self._bounds.of(ctx)
        alpha, _ = self._bounds.alpha(ctx)
        asked = [other for other, _ in others]
        judged: list[Judgement] = await ctx.cpu(self._verifier.judge, question, asked, len(asked))
        for place, (each, (_, cosine)) in enumerate(zip(judged, others, strict=True)):
            if each.log_odds is not None and bound.decide(score_of(each.log_odds, cosine), alpha).serve:
                return place
        return None
