"""The cache stage. Its exact tier: the same whole request gets the stored answer, and only complete ones are stored."""

from __future__ import annotations

import asyncio
import weakref
from collections import OrderedDict
from dataclasses import dataclass

import msgspec

from trimtab.request import ChatRequest
from trimtab.response import ChatResponse
from trimtab.semantic_cache.scope import bypass_reason, exact_key, refresh_reason
from trimtab.stage import NOTHING, Answer, Context, Verdict, Wait
from trimtab.store import Put
from trimtab.thread import ThreadState


class Stored(msgspec.Struct, frozen=True, array_like=True):
    """An answer at rest: the provider's non-streaming JSON and when it was given."""

    body: bytes
    at: float


@dataclass
class Leadership:
    """The fact that this request is the one that asks the provider on behalf of all like it."""

    key: str
    answer: asyncio.Future[Answer | None]


_NEWEST = 256
_NEWEST_BYTES = 32 << 10
"""Answers remembered in memory until the store has them: how many, and how large each may be."""


def _abandoned(answer: asyncio.Future[Answer | None], loop: asyncio.AbstractEventLoop) -> None:
    """A request that was prepared and never sent lets those go on that wait for it."""
    if not answer.done() and not loop.is_closed():
        loop.call_soon_threadsafe(_give_up, answer)


def _give_up(answer: asyncio.Future[Answer | None]) -> None:
    if not answer.done():
        answer.set_result(None)


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Stored).decode


class SemanticCache:
    """Answers a request that was answered before. Every doubt is a miss."""

    name = "semantic_cache"

    def __init__(self) -> None:
        self._newest: OrderedDict[str, Stored] = OrderedDict()
        self._under_way: weakref.WeakValueDictionary[str, asyncio.Future[Answer | None]] = weakref.WeakValueDictionary()

    async def before(self, request: ChatRequest, state: ThreadState, ctx: Context) -> Verdict:
        client = ctx.original
        if reason := bypass_reason(client, ctx):
            ctx.cache_outcome, ctx.cache_reason = "bypass", reason
            return NOTHING
        key = exact_key(client, ctx)
        if reason := refresh_reason(ctx):
            ctx.cache_outcome, ctx.cache_reason = "bypass", reason
            return self._lead(key, ctx)
        answer = await self._look_up(key, ctx)
        if answer is not None:
            ctx.cache_outcome, ctx.cache_reason = "hit", answer.why
            return answer
        ctx.cache_outcome, ctx.cache_reason = "miss", "no answer to the same request"
        leader = self._under_way.get(key)
        if (
            leader is not None
            and not leader.done()
            and ctx.config.pipeline.mode == "on"
            and ctx.config.cache.wait_s > 0
        ):
            return Wait(leader, ctx.config.cache.wait_s)
        return self._lead(key, ctx)

    def _lead(self, key: str, ctx: Context) -> Verdict:
        """Go upstream, and let the same requests that come meanwhile wait for the answer."""
        answer: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()
        self._under_way[key] = answer
        leading = Leadership(key, answer)
        ctx.facts.put(leading)
        weakref.finalize(leading, _abandoned, answer, asyncio.get_running_loop())
        ctx.wants_answer = True
        return NOTHING

    async def _look_up(self, key: str, ctx: Context) -> Answer | None:
        stored = self._newest.get(key)  # what was just answered can be read from the store a moment later
        if stored is None or ctx.clock() - stored.at >= ctx.config.cache.ttl_s:
            value = await ctx.store.get(f"answer_exact:{ctx.tenant}", key)
            if value is None:
                return None
            stored = _decode(value.data)
        age = ctx.clock() - stored.at
        return self._answer(stored.body, ctx, age, "the same request was answered before")

    def _remember(self, key: str, stored: Stored) -> None:
        if len(stored.body) > _NEWEST_BYTES:
            return
        self._newest[key] = stored
        self._newest.move_to_end(key)
        if len(self._newest) > _NEWEST:
            self._newest.popitem(last=False)

    @staticmethod
    def _answer(body: bytes, ctx: Context, age: float, why: str) -> Answer:
        cache = ctx.config.cache
        ttl = max(0.0, cache.ttl_s - age)
        return Answer(body, SemanticCache.name, why, age, ttl, cache.replay_chunks_per_s)

    async def after(
        self, request: ChatRequest, response: ChatResponse | None, state: ThreadState, ctx: Context
    ) -> None:
        leading = ctx.facts.get(Leadership)
        if leading is None:
            return
        if self._under_way.get(leading.key) is leading.answer:
            del self._under_way[leading.key]
        fit = response is not None and response.successful and self._fits(response.body, ctx)
        answer = None
        if response is not None and fit:
            now = ctx.clock()
            answer = self._answer(response.body, ctx, 0.0, "the same request was under way")
            cache = ctx.config.cache
            stored = Stored(response.body, now)
            self._remember(leading.key, stored)
            key, data = leading.key, _encode(stored)
            put = Put(f"answer_exact:{ctx.tenant}", key, data, cache.ttl_s, ctx.tenant, state.id, content=True)
            ctx.store.put_later(put)
        if not leading.answer.done():
            leading.answer.set_result(answer)

    @staticmethod
    def _fits(body: bytes, ctx: Context) -> bool:
        return 0 < len(body) <= ctx.config.cache.max_answer_bytes
