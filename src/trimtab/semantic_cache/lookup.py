"""One request on its way through the cache: what it asks, what was found, what is to be done when its answer comes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from trimtab.request import ChatRequest
from trimtab.semantic_cache.entries import Entry, Place, Use
from trimtab.semantic_cache.question import Question, question_of
from trimtab.semantic_cache.reuse import action, personal, time_dependence
from trimtab.semantic_cache.scope import Scope, end_user, exact_key, exact_ns, scope_of
from trimtab.semantic_cache.single_flight import Leadership
from trimtab.stage import Context

Tier: TypeAlias = Literal["exact", "normalised", "verified"]


@dataclass(frozen=True)
class Found:
    """An entry, the tier that found it, and the verifier's score where it was asked."""

    place: Place
    entry: Entry
    tier: Tier
    use: Use
    score: float | None = None
    by_entry: bool = False
    """Whether the entry's own record decided, rather than the threshold."""


@dataclass(frozen=True)
class Near:
    """The nearest entry that was not served: its score is None where a rule had refused it."""

    place: Place
    entry: Entry
    similarity: float
    score: float | None
    why: str
    by_entry: bool = False
    """Whether the entry's own record decided, rather than the threshold."""


@dataclass
class Lookup:
    """What the cache knows of a request. ``unfit`` says why it may not be compared by meaning."""

    exact: str
    exact_ns: str
    ttl: float
    question: Question | None = None
    scope: Scope | None = None
    unfit: str = ""
    vector: npt.NDArray[np.float32] | None = None
    served: Found | None = None
    near: Near | None = None
    leading: Leadership | None = None

    @property
    def place(self) -> Place | None:
        """Where the answer to the question lies, if it may be compared by meaning."""
        if self.question is None or self.scope is None:
            return None
        return Place(self.scope.ns, self.question.id)


def lookup_of(request: ChatRequest, ctx: Context, embedder: str) -> Lookup:
    """Read a request for the cache."""
    cache = ctx.config.cache
    made = Lookup(exact_key(request, ctx), exact_ns(ctx), cache.ttl_s)
    newest = request.messages[request.newest_person].text if request.newest_person >= 0 else ""
    rule = cache.rule_for(request.model, ctx.tenant, newest)
    if rule is not None and rule.ttl_s is not None:
        made.ttl = rule.ttl_s
    timely = time_dependence(newest)
    if timely:
        made.ttl = min(made.ttl, cache.timely_ttl_s)
    question = _comparable(request, ctx, timely)
    if isinstance(question, str):
        made.unfit = question
        return made
    asker = " ".join(question.turns)
    own = bool(personal(asker))
    if own and not end_user(request):
        made.unfit = f"{personal(asker)}, and the request names no end user"
        return made
    made.question = question
    made.scope = scope_of(request, question, ctx, embedder, timely=bool(timely), own=own)
    return made


def _comparable(request: ChatRequest, ctx: Context, timely: str) -> Question | str:
    """The question of a request, or why only the same whole request may have the same answer."""
    cache = ctx.config.cache
    if not cache.semantic:
        return "cache.semantic is off"
    if request.params.get("seed") is not None:
        return "a seed asks for exactly this request"
    question = question_of(request, cache.reuse_tool_calls)
    if isinstance(question, str):
        return question
    timely = timely or next(filter(None, map(time_dependence, question.earlier)), "")
    if timely and not cache.time_dependent:
        return timely
    return action(question.newest) or question
