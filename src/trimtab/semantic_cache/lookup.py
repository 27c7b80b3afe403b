"""One request on its way through the cache: what it asks, what was found, what is to be done when its answer comes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from trimtab.config import CacheSettings
from trimtab.request import ChatRequest
from trimtab.semantic_cache.entries import Entry, Place, Use
from trimtab.semantic_cache.question import LONGEST, Question, question_of
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


class Reusable(NamedTuple):
    """Why the answer to a text may be stale, another's or not repeatable; each empty where it is not."""

    timely: str
    own: str
    action: str


@lru_cache(maxsize=512)
def _reusable(text: str) -> Reusable:
    """Read once for all rounds of an agent's turn, which have the same newest words."""
    return Reusable(time_dependence(text), personal(text), action(text))


def lookup_of(request: ChatRequest, ctx: Context, embedder: str) -> Lookup:
    """Read a request for the cache."""
    cache = ctx.config.cache
    made = Lookup(exact_key(request, ctx), exact_ns(ctx), cache.ttl_s)
    newest = request.messages[request.newest_person].text[:LONGEST] if request.newest_person >= 0 else ""
    rule = cache.rule_for(request.model, ctx.tenant, newest) if cache.rules else None
    if rule is not None and rule.ttl_s is not None:
        made.ttl = rule.ttl_s
    if _reusable(newest).timely:
        made.ttl = min(made.ttl, cache.timely_ttl_s)
    question = _comparable(request, cache)
    if isinstance(question, str):
        made.unfit = question
        return made
    read = [_reusable(turn) for turn in question.turns]
    timely = next((each.timely for each in read if each.timely), "")
    own = next((each.own for each in read if each.own), "")
    if timely and not cache.time_dependent:
        made.unfit = timely
    elif own and not end_user(request):
        made.unfit = f"{own}, and the request names no end user"
    elif read[-1].action:
        made.unfit = read[-1].action
    else:
        made.question = question
        made.scope = scope_of(request, question, ctx, embedder, timely=bool(timely), own=bool(own))
    return made


def _comparable(request: ChatRequest, cache: CacheSettings) -> Question | str:
    """The question of a request, or why there is none that could be compared with another."""
    if not cache.semantic:
        return "cache.semantic is off"
    if request.params.get("seed") is not None:
        return "a seed asks for exactly this request"
    return question_of(request, cache.reuse_tool_calls)
