"""trimtab's decision about single pairs, and the ablation: what each part of it is worth alone."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.cache.contestants import Conversation, Decider, Decision, Pair
from benchmarks.cache.our_stream import MODEL, answered, body_of
from benchmarks.cache.ours import completion
from trimtab.config import Config, StoreSettings
from trimtab.models import Encoder, PairScorer
from trimtab.optimizer import Optimizer
from trimtab.pipeline import Incoming
from trimtab.semantic_cache.bounds import shipped
from trimtab.semantic_cache.guards import difference
from trimtab.semantic_cache.question import Question
from trimtab.semantic_cache.vector_search import score_of
from trimtab.semantic_cache.verifier import Verifier

REFUSED = -1.0
"""The score of a pair that a rule refuses: below every other."""
ALPHA = 0.01
_COSINE = 0.8
_BATCH = 32


def deciders() -> list[Decider]:
    """The whole decision first."""
    return [Whole(), VerifierAlone(), Cosines(guarded=True), Cosines(guarded=False)]


def question(conversation: Conversation) -> Question:
    """A conversation as the stage sees it."""
    return Question(tuple(conversation[::2]), tuple(conversation[1::2]))


class Whole:
    """The real stage: each pair's stored request is answered for a tenant of its own, then the other is asked."""

    name = "trimtab"

    def decide(self, pairs: Sequence[Pair]) -> list[Decision]:
        return asyncio.run(self._decide(pairs))

    async def _decide(self, pairs: Sequence[Pair]) -> list[Decision]:
        with tempfile.TemporaryDirectory() as folder:
            config = Config(store=StoreSettings(path=str(Path(folder) / "pairs.db")))
            async with await Optimizer.open(config) as optimizer:
                return [await self._one(optimizer, pair, f"pair-{number}") for number, pair in enumerate(pairs)]

    @staticmethod
    async def _one(optimizer: Optimizer, pair: Pair, tenant: str) -> Decision:
        stored = await optimizer.prepare(Incoming("openai_chat", body_of(pair.stored), tenant=tenant))
        await answered(optimizer, stored, completion("The answer.", "chatcmpl-stored", MODEL))
        asked = await optimizer.prepare(Incoming("openai_chat", body_of(pair.asked), tenant=tenant))
        served, ctx = asked.answer is not None, asked.ctx
        await answered(optimizer, asked, completion("The answer.", "chatcmpl-asked", MODEL))
        assert ctx is not None
        score = ctx.cache_score
        if score is None:
            score = 1.0 if served else REFUSED
        return Decision(score, served, "" if served else ctx.cache_reason.removeprefix("near miss: "))


class VerifierAlone:
    """The network without guards or rules, at the threshold of the shipped calibration."""

    name = "verifier alone"

    def decide(self, pairs: Sequence[Pair]) -> list[Decision]:
        verifier = Verifier(PairScorer.shared(), guards=False)
        threshold = shipped().threshold(ALPHA)
        decisions = []
        for pair in pairs:
            asked, stored = question(pair.asked), question(pair.stored)
            if len(asked.turns) != len(stored.turns):
                decisions.append(Decision(REFUSED, False))
                continue
            log_odds = verifier.log_odds(asked, [stored])[0]
            decisions.append(Decision(log_odds, score_of(log_odds, 0.85) >= threshold))
        return decisions


class Cosines:
    """The cosine of the shipped encoder, with the guards before it or without."""

    def __init__(self, *, guarded: bool) -> None:
        self._guarded = guarded
        self.name = "guards + own cosine 0.80" if guarded else "own cosine 0.80"

    def decide(self, pairs: Sequence[Pair]) -> list[Decision]:
        scores: list[float] = []
        for start in range(0, len(pairs), _BATCH):
            batch = pairs[start : start + _BATCH]
            stored = Encoder.shared().encode([question(pair.stored).said for pair in batch])
            asked = Encoder.shared().encode([question(pair.asked).said for pair in batch])
            scores += np.einsum("ij,ij->i", np.asarray(stored), np.asarray(asked)).tolist()
        return [self._decision(pair, score) for pair, score in zip(pairs, scores, strict=True)]

    def _decision(self, pair: Pair, score: float) -> Decision:
        if self._guarded:
            asked, stored = question(pair.asked), question(pair.stored)
            for a, b in zip(asked.turns, stored.turns, strict=False):
                if (found := difference(a, b)) is not None:
                    return Decision(REFUSED, False, found.words)
        return Decision(score, score >= _COSINE)
