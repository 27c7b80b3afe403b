"""Whether served answers were right: a sample of hits asked anew in the background, and near misses compared for free.

The client of a hit has its answer long before. What comes back is compared with what was served, and teaches the
error bound. A miss goes upstream anyway: its answer says at no cost whether the nearest entry would have been right.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from random import Random
from typing import TypeAlias

import msgspec
import orjson

from trimtab.engines import Embedder
from trimtab.errors import EmbeddingError
from trimtab.request import ChatRequest
from trimtab.response import ChatResponse
from trimtab.semantic_cache.bounds import Bounds
from trimtab.semantic_cache.entries import Entries
from trimtab.semantic_cache.evidence import Verdict
from trimtab.semantic_cache.lookup import Found, Lookup, Near
from trimtab.semantic_cache.sampling import Sampler
from trimtab.semantic_cache.shadow import Comparison, compare_answers, judge_request, read_judgement
from trimtab.stage import Context
from trimtab.wire import CODECS

Correct: TypeAlias = Callable[[ChatResponse], Awaitable[None]]

TASK = "shadow"
JUDGE = "judge"
_STREAMING = ("stream", "stream_options")
_COMPARED = 4000
"""Characters of an answer that are embedded to be compared."""


class Checks:
    """Compares served answers with fresh ones and tells the error bound."""

    def __init__(self, embedder: Embedder, bounds: Bounds, entries: Entries, random: Random | None = None) -> None:
        self._embedder = embedder
        self._bounds = bounds
        self._entries = entries
        self._random = random or Random()

    async def hit(
        self, look: Lookup, served: Found, score: float, request: ChatRequest, ctx: Context, correct: Correct
    ) -> None:
        """Count a verified hit, and have it checked if it is drawn. Raises StoreError.

        Where the answer proves wrong, ``correct`` is given the fresh one, so that the question has its own.
        """
        alpha, _ = self._bounds.alpha(ctx)
        bound = await self._bounds.of(ctx)
        await self._bounds.change(ctx, lambda known: known.saw(score, served=True))
        if ctx.background is None or not ctx.background.enabled or ctx.background.wire != request.format:
            return
        sampler = Sampler(ctx.config.cache.shadow_rate, self._random)
        sample = sampler.draw(score, bound.threshold(alpha), served.use.record, eager=bound.eager)
        if not sample.chosen:
            return

        async def then(response: ChatResponse) -> None:
            if (
                response.successful
                and await self._checked(look, served, score, response, ctx, sample.level) == "different"
            ):
                await correct(response)

        asked = {name: value for name, value in orjson.loads(request.body or b"{}").items() if name not in _STREAMING}
        ctx.background.submit(TASK, asked, then=then, tenant=ctx.tenant)

    async def observed(self, look: Lookup, served: Found, score: float, response: ChatResponse, ctx: Context) -> None:
        """A verified hit that was not given, because the pipeline observes: its request was answered anyway."""
        await self._bounds.of(ctx)
        await self._bounds.change(ctx, lambda known: known.saw(score, served=True))
        await self._checked(look, served, score, response, ctx, 0)

    async def near_miss(self, look: Lookup, near: Near, response: ChatResponse, ctx: Context) -> bool:
        """Compare a fresh answer with that of the nearest entry, which was not served. Costs nothing.

        Whether both say the same for sure.
        """
        if near.score is None or look.question is None:
            return False  # a rule had refused it: what is certain is not asked about
        score = near.score
        compared = await self._compared(look, near.entry.body, response, ctx)
        await self._bounds.of(ctx)
        await self._bounds.change(ctx, lambda known: known.saw(score, served=False))
        await self._take(near, compared, ctx, score=score, served=False)
        return compared.verdict == "same"

    async def _checked(
        self, look: Lookup, served: Found, score: float, response: ChatResponse, ctx: Context, level: int
    ) -> Verdict:
        compared = await self._compared(look, served.entry.body, response, ctx)
        await self._take(served, compared, ctx, score=score, served=True, level=level)
        return compared.verdict

    async def _compared(self, look: Lookup, stored: bytes, fresh: ChatResponse, ctx: Context) -> Comparison:
        codec = CODECS[fresh.format]
        before = codec.read_response(200, stored)
        if before.tool_calls or fresh.tool_calls:
            same = [(c.name, c.arguments) for c in before.tool_calls] == [
                (c.name, c.arguments) for c in fresh.tool_calls
            ]
            return Comparison("same" if same else "different", "tool calls")
        question = "" if look.question is None else look.question.said
        cosine = await self._cosine(before.text, fresh.text)
        compared = await ctx.cpu(compare_answers, before.text, fresh.text, question, cosine)
        background = ctx.background
        if compared.verdict != "unsure" or not ctx.config.cache.judge or background is None or not background.enabled:
            return compared
        if background.wire == "openai_responses":
            return compared
        judged = await background.complete(JUDGE, judge_request(question, before.text, fresh.text), tenant=ctx.tenant)
        return read_judgement(judged.text)

    async def _cosine(self, a: str, b: str) -> float | None:
        try:
            one, other = await self._embedder.embed(a[:_COMPARED]), await self._embedder.embed(b[:_COMPARED])
        except EmbeddingError:
            return None
        return float(one @ other)

    async def _take(
        self,
        on: Found | Near,
        compared: Comparison,
        ctx: Context,
        *,
        score: float,
        served: bool,
        level: int = 0,
    ) -> None:
        """Take a verdict into the bound and into the entry's record."""
        verdict: Verdict = compared.verdict
        alpha, by_entry = ctx.config.cache.max_error_rate, on.by_entry
        risk = (await self._bounds.of(ctx)).risk(score)
        await self._bounds.change(
            ctx,
            lambda known: known.observed(score, verdict, served=served, level=level, by_entry=by_entry).settled(alpha),
            now=True,
        )
        use = await self._entries.use(ctx.store, on.place)
        record = use.record.judged(score, verdict, risk)
        self._entries.used(ctx.store, on.place, on.entry, msgspec.structs.replace(use, record=record))
