"""The cache stage: exact, then the same words, then the same meaning. Every doubt is a miss."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from trimtab.engines import Embedder, PairScores
from trimtab.errors import EmbeddingError
from trimtab.models import PairScorer
from trimtab.request import ChatRequest
from trimtab.response import ChatResponse
from trimtab.semantic_cache.bounds import Bounds, shipped
from trimtab.semantic_cache.calibration import Calibration
from trimtab.semantic_cache.checks import Checks
from trimtab.semantic_cache.embedding_service import embedder_for
from trimtab.semantic_cache.entries import Entries, Entry, Place, exact_place
from trimtab.semantic_cache.lookup import Found, Lookup, lookup_of
from trimtab.semantic_cache.reasons import NEAR, kind_of
from trimtab.semantic_cache.reuse import calls_in_text, refuses
from trimtab.semantic_cache.scope import bypass_reason, end_user, refresh_reason
from trimtab.semantic_cache.single_flight import Asking, Leadership, SingleFlight
from trimtab.semantic_cache.vector_search import Search
from trimtab.semantic_cache.verifier import Verifier
from trimtab.stage import NOTHING, Answer, Context, Edits, Verdict, Wait
from trimtab.thread import ThreadState
from trimtab.tokens import count

_WHY = {
    "exact": "the same request was answered before",
    "normalised": "the same question was answered before",
    "verified": "a question of the same meaning was answered before",
}


class SemanticCache:
    """Answers a request whose answer is known."""

    name = "semantic_cache"

    def __init__(
        self,
        embedder: Embedder | None = None,
        scores: PairScores | None = None,
        calibration: Callable[[], Calibration] = shipped,
    ) -> None:
        """The shipped encoder, verifier and calibration where none are handed in."""
        self.embedder = embedder or embedder_for("builtin")
        self._flight = SingleFlight()
        self.entries = Entries()
        self.bounds = Bounds(calibration)
        self._search = Search(Verifier(scores or PairScorer.shared()), self.entries, self.bounds)
        self._checks = Checks(self.embedder, self.bounds, self.entries)

    # -- before the call --------------------------------------------------------------------------------------

    async def before(self, request: ChatRequest, state: ThreadState, ctx: Context) -> Verdict:
        client = ctx.original
        if reason := bypass_reason(client, ctx):
            ctx.cache_outcome, ctx.cache_reason = "bypass", reason
            return NOTHING
        look = lookup_of(client, ctx, self.embedder.name)
        ctx.facts.put(look)
        if reason := refresh_reason(ctx):
            ctx.cache_outcome, ctx.cache_reason = "bypass", reason
            self._lead(look, ctx)
            return NOTHING
        return await self._answered(look, ctx)

    async def _answered(self, look: Lookup, ctx: Context) -> Verdict:
        """The answer that is known or on its way; else this request goes and gets it."""
        look.served = await self._known(look, ctx)
        if look.served is not None:
            return self._serve(look.served, ctx)
        ctx.cache_outcome, ctx.cache_reason = "miss", "no answer to the same request"
        if (leader := self._leader(look, ctx)) is not None:
            return self._wait(leader, ctx)
        leading = self._lead(look, ctx)  # from here on those that ask the same wait for what comes of this
        look.served = await self._by_meaning(look, leading, ctx)
        if look.served is not None:
            answer = self._serve(look.served, ctx)
            self._flight.finish(leading, answer)
            look.leading, ctx.wants_answer = None, ctx.continuable or _observing(ctx)
            return answer
        ctx.cache_reason = _missed(look, ctx)
        if look.near is not None:
            ctx.cache_entry, ctx.cache_score = look.near.place.id, look.near.score
        if (near := await self._near_leader(look, leading, ctx)) is not None:
            self._flight.follow(leading, near)
            look.leading = None
            return self._wait(near, ctx)
        _, ignored = self.bounds.alpha(ctx)
        return Edits(notes=(ignored,)) if ignored else NOTHING

    @staticmethod
    def _wait(leader: Leadership, ctx: Context) -> Wait:
        ctx.cache_tier, ctx.cache_entry, ctx.cache_score = "shared", "", None
        ctx.wants_answer = True  # to keep it, should this request have to go on alone
        return Wait(leader.answer, ctx.config.cache.wait_s)

    async def _known(self, look: Lookup, ctx: Context) -> Found | None:
        """The answer to the same request, or to the same question."""
        now = ctx.clock()
        exact = await self.entries.exact(ctx.store, look.exact_ns, look.exact, now)
        if exact is not None:
            return Found(*exact, "exact", await self.entries.use(ctx.store, exact[0]))
        place = look.place
        if place is None:
            return None
        entry = await self.entries.at(ctx.store, place, now)
        return None if entry is None else Found(place, entry, "normalised", await self.entries.use(ctx.store, place))

    async def _by_meaning(self, look: Lookup, leading: Leadership, ctx: Context) -> Found | None:
        """The answer to a question of the same meaning."""
        if look.question is None or look.scope is None:
            return None
        try:
            look.vector = await self.embedder.embed(look.question.said)
        except EmbeddingError as error:
            look.unfit = str(error)
            return None
        if leading.asking is not None:
            leading.asking.vector = look.vector
        found, look.near = await self._search.best(look.question, look.scope.ns, look.vector, ctx)
        return found

    def _serve(self, found: Found, ctx: Context) -> Answer:
        ctx.cache_outcome, ctx.cache_tier, ctx.cache_entry = "hit", found.tier, found.place.id
        ctx.cache_score, ctx.cache_reason = found.score, _WHY[found.tier]
        ctx.wants_answer = ctx.wants_answer or _observing(ctx)  # to compare it with what would have been served
        return _answer(found.entry, ctx, _WHY[found.tier])

    def _leader(self, look: Lookup, ctx: Context) -> Leadership | None:
        """Who is asking the same right now, in these words."""
        if not _may_wait(ctx):
            return None
        place = look.place
        return self._flight.same(look.exact) or (None if place is None else self._flight.alike(place.ns, place.key))

    async def _near_leader(self, look: Lookup, leading: Leadership, ctx: Context) -> Leadership | None:
        """Who is asking the same right now in other words, of which the verifier is sure."""
        if look.question is None or not _may_wait(ctx):
            return None
        cache = ctx.config.cache
        near = self._flight.near(leading, cache.min_similarity, cache.candidates)
        if not near:
            return None
        others = [(each.question, each.cosine) for each in near]
        chosen = await self._search.first_served(look.question, others, ctx)
        return None if chosen is None else near[chosen].leader

    def _lead(self, look: Lookup, ctx: Context) -> Leadership:
        """Ask on behalf of all that ask the same."""
        asking = None
        if look.place is not None and look.question is not None:
            asking = Asking(look.place.ns, look.place.key, look.question)
        look.leading = self._flight.lead(look.exact, asking)
        ctx.wants_answer = True
        return look.leading

    # -- after it ---------------------------------------------------------------------------------------------

    async def after(
        self, request: ChatRequest, response: ChatResponse | None, state: ThreadState, ctx: Context
    ) -> None:
        look = ctx.facts.get(Lookup)
        if look is None:
            return
        served, observing = look.served, _observing(ctx)
        if served is not None and ctx.cache_outcome == "hit" and not observing:
            await self._served(look, served, request, state, ctx)
            return
        kept = response if response is not None and self._fit(response, ctx) else None
        fresh = look.leading is not None or (served is None and ctx.cache_outcome == "miss")
        place = None
        if kept is not None and (fresh or (served is not None and not observing)):
            place = self._keep(look, request, kept, state, ctx)
        if look.leading is not None:  # only now, so that nobody finds neither the leader nor its answer
            self._flight.finish(look.leading, None if kept is None else _fresh_answer(kept, look, ctx))
        if kept is None:
            return
        await self._index(place, look, ctx)
        if served is not None and observing:
            if served.score is not None:
                await self._checks.observed(look, served, served.score, kept, ctx)
        elif look.near is not None and fresh:
            same = await self._checks.near_miss(look, look.near, kept, ctx)
            if same and place is not None:
                await self.entries.join(ctx.store, place, look.near.place, look.exact_ns, ctx.clock())

    async def _served(
        self, look: Lookup, served: Found, request: ChatRequest, state: ThreadState, ctx: Context
    ) -> None:
        """Count a hit, and have a sample of them checked in the background."""
        use = served.use
        counted = msgspec.structs.replace(
            use, hits=use.hits + 1, last=ctx.clock(), saved=use.saved + served.entry.tokens
        )
        self.entries.used(ctx.store, served.place, served.entry, counted)

        async def correct(fresh: ChatResponse) -> None:
            if self._fit(fresh, ctx):
                await self._index(self._keep(look, request, fresh, state, ctx), look, ctx)

        if served.score is not None:
            await self._checks.hit(look, served, served.score, request, ctx, correct)

    async def _index(self, place: Place | None, look: Lookup, ctx: Context) -> None:
        """Let the answer at this place be found by meaning."""
        if place is not None and look.question is not None:
            vector = look.vector if look.vector is not None else await self.embedder.embed(look.question.said)
            await ctx.store.vector_add(place.ns, place.key, vector, look.ttl)

    def _keep(
        self, look: Lookup, request: ChatRequest, response: ChatResponse, state: ThreadState, ctx: Context
    ) -> Place | None:
        """Write the answer; its place where it may be found by meaning, and so needs a vector."""
        place = look.place if self._comparable(response, ctx) else None
        where = place or exact_place(look.exact_ns, look.exact)
        question = look.question if place is not None else None
        entry = Entry(
            body=response.body,
            at=ctx.clock(),
            format=request.format,
            model=request.model,
            tenant=ctx.tenant,
            thread=state.id,
            exact=look.exact,
            ttl=look.ttl,
            user=end_user(request),
            tokens=request.tokens + _output_tokens(response),
            turns=() if question is None else question.turns,
            replies=() if question is None else question.replies,
            tools=tuple(call.name for call in response.tool_calls),
            embedder=self.embedder.name,
            scope="" if look.scope is None else look.scope.digest,
        )
        self.entries.put(ctx.store, where, entry, look.exact_ns)
        return place

    @staticmethod
    def _fit(response: ChatResponse, ctx: Context) -> bool:
        """Whether an answer may be served again at all: whole, meant, not a refusal, not too large."""
        return (
            response.successful
            and 0 < len(response.body) <= ctx.config.cache.max_answer_bytes
            and not refuses(response.text)
        )

    @staticmethod
    def _comparable(response: ChatResponse, ctx: Context) -> bool:
        """Whether an answer may be served for another question of the same meaning."""
        allowed = ctx.config.cache.reuse_tool_calls
        if calls_in_text(response.text):
            return False
        return all(call.name in allowed for call in response.tool_calls)


def _observing(ctx: Context) -> bool:
    return ctx.config.pipeline.mode == "observe"


def _may_wait(ctx: Context) -> bool:
    return ctx.config.pipeline.mode == "on" and ctx.config.cache.wait_s > 0


def _missed(look: Lookup, ctx: Context) -> str:
    """Why nothing was served. The words of a near miss may be another tenant's where a group shares its answers."""
    if look.near is not None:
        shared = ctx.config.cache.pool_of(ctx.tenant).shared or not ctx.config.content.allows("answers", ctx.tenant)
        return f"{NEAR}{kind_of(look.near.why) if shared else look.near.why}"
    if look.unfit:
        return f"no answer to the same request; {look.unfit}"
    return "no answer to the same question"


def _answer(entry: Entry, ctx: Context, why: str) -> Answer:
    age = max(0.0, ctx.clock() - entry.at)
    pace = ctx.config.cache.replay_chunks_per_s
    return Answer(entry.body, SemanticCache.name, why, age, max(0.0, entry.ttl - age), pace)


def _fresh_answer(response: ChatResponse, look: Lookup, ctx: Context) -> Answer:
    pace = ctx.config.cache.replay_chunks_per_s
    return Answer(response.body, SemanticCache.name, "the same question was under way", 0.0, look.ttl, pace)


def _output_tokens(response: ChatResponse) -> int:
    return response.usage.output if response.usage is not None else count(response.text)
