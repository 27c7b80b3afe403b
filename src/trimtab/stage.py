"""What a stage is, what it is given and what it may answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any, ParamSpec, Protocol, TypeAlias, TypeVar

from trimtab.background import Background
from trimtab.config import Config
from trimtab.pricing import CacheRules, ModelPrice
from trimtab.request import ChatRequest, Edit
from trimtab.response import ChatResponse
from trimtab.store import Store
from trimtab.thread import ThreadState

P = ParamSpec("P")
R = TypeVar("R")
F = TypeVar("F")


class InternalTool(Protocol):
    """A tool that trimtab offers to the model and answers itself."""

    @property
    def name(self) -> str: ...

    async def run(self, arguments: Mapping[str, Any], ctx: Context) -> str:
        """The result that the model reads. Raise nothing: say in the text what was wrong."""


@dataclass(frozen=True)
class Edits:
    """A stage's answer: edits to make, what to remember for the thread, tools to answer, notes for the ledger."""

    edits: tuple[Edit, ...] = ()
    remember: Mapping[str, Any] | None = None
    internal_tools: tuple[InternalTool, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """A stored answer: no upstream call is made. ``body`` is the provider's non-streaming JSON."""

    body: bytes
    stage: str
    why: str
    age_s: float = 0.0
    ttl_s: float = 0.0
    pace: float = 0.0
    """Chunks per second when it is replayed as a stream; 0 sends it at once."""


@dataclass(frozen=True)
class Wait:
    """Somebody else is asking the same right now: wait up to ``timeout_s`` for their answer, else go on alone."""

    answer: asyncio.Future[Answer | None]
    timeout_s: float


NOTHING = Edits()
Verdict: TypeAlias = Edits | Answer | Wait


class Facts:
    """Typed findings of earlier stages, by their type. A stage works when one is absent."""

    def __init__(self) -> None:
        self._found: dict[type, object] = {}

    def put(self, fact: object) -> None:
        self._found[type(fact)] = fact

    def get(self, kind: type[F]) -> F | None:
        found = self._found.get(kind)
        return found if isinstance(found, kind) else None


@dataclass
class Context:
    """What a stage may know and use beside the request. One per request."""

    tenant: str
    credential: str
    """Whose provider account pays and whose prompt cache is shared: a keyed hash, never the credential."""
    original: ChatRequest
    headers: Mapping[str, str]
    config: Config
    clock: Callable[[], float]
    store: Store
    rules: CacheRules
    capable: CacheRules
    """What the provider is known to accept: like ``rules``, but ``none`` for an unknown provider."""
    price: ModelPrice | None
    pool: Executor
    background: Background | None = None
    """For model calls on our own account, within budgets; None: there are none to be made."""
    named: bool = False
    """Whether the client named the thread, rather than trimtab recognising it."""
    repeated: bool = False
    """Whether the same request was the thread's previous one (a retry or a regeneration)."""
    chained: bool = False
    """Whether the provider holds part of the history (`previous_response_id`, `conversation`)."""
    continuable: bool = False
    """Whether the provider keeps the answer, so that the client may continue from its id."""
    warm: bool = False
    """Whether the provider may still hold the thread's prefix."""
    facts: Facts = field(default_factory=Facts)
    wants_answer: bool = False
    """Set by a stage that wants the whole answer afterwards, not only its usage."""
    cache_outcome: str = ""
    cache_reason: str = ""
    cache_tier: str = ""
    """Which tier of the cache answered: ``exact``, ``normalised`` or ``verified``; ``shared``: one under way."""
    cache_entry: str = ""
    """The entry that answered, or (with a miss) the nearest one that did not."""
    cache_score: float | None = None
    """The verifier's probability that the entry's answer is right; None where it was not asked."""

    async def cpu(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run CPU work of more than a millisecond in the bounded worker pool."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.pool, lambda: work(*args, **kwargs))


class Stage(Protocol):
    """One saving. Knows nothing of HTTP, of a provider or of another stage."""

    @property
    def name(self) -> str: ...

    async def before(self, request: ChatRequest, state: ThreadState, ctx: Context) -> Verdict:
        """Look at a request on its way out. All indexes in the edits mean ``request`` as given."""

    async def after(
        self, request: ChatRequest, response: ChatResponse | None, state: ThreadState, ctx: Context
    ) -> None:
        """Learn from the answer. Called once for every request that `before` saw; None: no whole answer came."""
