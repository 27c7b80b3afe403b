"""The only place that calls a model on trimtab's own account. Off until a model is configured.

Every call passes the same gate: a bound on calls at once, live traffic first, then the budget. The budget lies in
the store, so that processes and restarts share it; an upper estimate is taken from it before a call is sent, and
what the call did not use is given back. Nothing here knows HTTP: the gateway hands in a `Transport` that has the
address and the credential.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import orjson

from trimtab.budget import Budget, Reserved
from trimtab.config import BackgroundSettings, Provider
from trimtab.errors import BudgetExceeded, NotUnderstood, TrimtabError, UpstreamError, UpstreamTimeout
from trimtab.pricing import ModelPrice, PriceList
from trimtab.request import ChatRequest, Format
from trimtab.response import ChatResponse, Usage
from trimtab.store import Store
from trimtab.wire import CODECS

MOST_WAITING = 256
"""Calls that wait for their turn; more are refused rather than queued."""
_LOOK_EVERY_S = 0.05
_OUTPUT_FIELDS: dict[Format, tuple[str, ...]] = {
    "openai_chat": ("max_completion_tokens", "max_tokens"),
    "openai_responses": ("max_output_tokens",),
    "anthropic_messages": ("max_tokens",),
}
_DEFAULT_OUTPUT = 1024
_MARGIN = 1.5
"""How many tokens of the provider's one of ours may be, with room to spare: newer tokenizers count up to 1.35."""


class Transport(Protocol):
    """Sends one request body to the configured upstream with the configured credential."""

    async def __call__(self, body: bytes, *, timeout_s: float) -> tuple[int, bytes]:
        """Status and whole body of the answer. Raises UpstreamError, UpstreamTimeout."""


@dataclass(frozen=True)
class Call:
    """A call that was made, for the ledger. ``cost`` is in dollars, None where the model's price is not known."""

    task: str
    tenant: str
    model: str
    format: Format
    at: float
    seconds: float
    status: int
    complete: bool
    usage: Usage | None
    cost: float | None
    error: str = ""


Then: TypeAlias = Callable[[ChatResponse], Awaitable[None]]


class Background:
    """Makes model calls on our own account, within budgets and behind live traffic."""

    def __init__(
        self,
        settings: BackgroundSettings,
        send: Transport,
        prices: PriceList,
        store: Store,
        clock: Callable[[], float],
        *,
        record: Callable[[Call], None] = lambda call: None,
        live: Callable[[], int] = lambda: 0,
        busy_from: int = 1,
        max_wait_s: float = 30.0,
        wire: Format = "openai_chat",
        provider: Provider = "unknown",
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """``live`` counts requests of clients under way; from ``busy_from`` on calls wait, ``max_wait_s`` at most."""
        self.settings = settings
        self.prices = prices
        self.wire = wire
        self._send = send
        self._clock = clock
        self._record = record
        self._live = live
        self._busy_from = busy_from
        self._max_wait_s = max_wait_s
        self._provider = provider
        self._sleep = sleep
        self._budget = Budget(store, clock)
        self._running = 0
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._arrived = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self.refused = 0
        """Calls that `submit` took and that did not come about: over budget, failed, or pushed out."""

    @property
    def enabled(self) -> bool:
        return bool(self.settings.model)

    async def complete(
        self,
        task: str,
        request: Mapping[str, Any],
        *,
        tenant: str = "",
        timeout_s: float = 60.0,
        priority: int = 0,
    ) -> ChatResponse:
        """Ask the configured model; lower ``priority`` goes first.

        ``request`` is a body in the upstream's format (`wire`); model, stream and a bound on the output are
        set where it has none. Raises BudgetExceeded, and then has sent nothing: where background calls are off, a
        budget would be exceeded or cannot be read, or the model has no known price while dollars are bounded.
        (``max_usd_per_day = inf`` leaves the bound to ``max_calls_per_hour`` alone.) Raises UpstreamError where the
        provider could not be reached or answered with an error.
        """
        if not self.enabled:
            raise BudgetExceeded("background calls are off: background.model is empty")
        body, parsed, most_output = self._body(request)
        await self._turn(priority)
        try:
            await self._behind_live()
            reserved = await self._reserve(parsed, most_output)
            return await self._call(task, tenant, body, parsed.model, reserved, timeout_s)
        finally:
            self._release()

    def submit(
        self,
        task: str,
        request: Mapping[str, Any],
        *,
        then: Then | None = None,
        tenant: str = "",
        timeout_s: float = 60.0,
        priority: int = 10,
    ) -> bool:
        """Ask some time later and hand the answer to ``then``; whether it was taken. Refusals are only counted."""
        if not self.enabled or len(self._tasks) >= MOST_WAITING:
            return False

        async def work() -> None:
            try:
                answer = await self.complete(task, request, tenant=tenant, timeout_s=timeout_s, priority=priority)
                if then is not None:
                    await then(answer)
            except TrimtabError:
                self.refused += 1

        running = asyncio.get_running_loop().create_task(work(), name=f"trimtab-background-{task}")
        self._tasks.add(running)
        running.add_done_callback(self._tasks.discard)
        return True

    async def settle(self) -> None:
        """Wait until everything that was submitted is done."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def close(self) -> None:
        """Cancel what was submitted. What a cancelled call had reserved counts as spent: it may have been billed."""
        for task in self._tasks:
            task.cancel()
        await self.settle()

    # -- the gate ---------------------------------------------------------------------------------------------

    def _body(self, request: Mapping[str, Any]) -> tuple[bytes, ChatRequest, int]:
        fields = {"model": self.settings.model, **request, "stream": False}
        names = _OUTPUT_FIELDS[self.wire]
        given = next((fields[name] for name in names if isinstance(fields.get(name), int)), None)
        if given is None:
            fields[names[0]] = _DEFAULT_OUTPUT
        choices = fields.get("n")
        most = (_DEFAULT_OUTPUT if given is None else given) * (choices if isinstance(choices, int) else 1)
        try:
            body = orjson.dumps(fields)
            return body, CODECS[self.wire].parse(body), most
        except (orjson.JSONEncodeError, NotUnderstood) as error:
            raise NotUnderstood(f"a background request has to be a body of {self.wire}: {error}") from error

    async def _turn(self, priority: int) -> None:
        """Wait for one of the places at once, in order of priority, then of arrival."""
        if self._running < self.settings.concurrency and not self._waiting:
            self._running += 1
            return
        if len(self._waiting) >= MOST_WAITING:
            raise BudgetExceeded(f"{MOST_WAITING} background calls are waiting already")
        self._arrived += 1
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (priority, self._arrived, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._release()  # the place came in the moment in which it was given up
            raise

    def _release(self) -> None:
        self._running -= 1
        while self._waiting and self._running < self.settings.concurrency:
            turn = heapq.heappop(self._waiting)[2]
            if not turn.done():
                self._running += 1
                turn.set_result(None)

    async def _behind_live(self) -> None:
        waited = 0.0
        while self._live() >= self._busy_from and waited < self._max_wait_s:
            await self._sleep(_LOOK_EVERY_S)
            waited += _LOOK_EVERY_S

    async def _reserve(self, request: ChatRequest, most_output: int) -> Reserved:
        settings, price = self.settings, self.prices.of(request.model, self._provider)
        if price is not None:
            dollars = _upper_estimate(price, request, most_output)
        elif settings.max_usd_per_day == float("inf"):
            dollars = 0.0
        else:
            raise BudgetExceeded(
                f"the model {request.model!r} has no known price: add it under `prices`, or set "
                "background.max_usd_per_day = inf to bound calls per hour only"
            )
        return await self._budget.reserve(dollars, settings.max_usd_per_day, settings.max_calls_per_hour)

    # -- the call ---------------------------------------------------------------------------------------------

    async def _call(
        self, task: str, tenant: str, body: bytes, model: str, reserved: Reserved, timeout_s: float
    ) -> ChatResponse:
        at = self._clock()
        codec = CODECS[self.wire]
        price = self.prices.of(model, self._provider)
        status, answer, error = 0, None, "cancelled"
        spent = reserved.dollars  # also where we do not learn what became of it: it may have been billed
        try:
            async with asyncio.timeout(timeout_s):
                status, raw = await self._send(body, timeout_s=timeout_s)
            answer = codec.read_response(status, raw)
            error = "" if 200 <= status < 300 else f"the provider answered {status}"
            if error:
                spent = 0.0
            elif price is not None and answer.usage is not None:
                spent = price.cost(answer.usage)
        except (TimeoutError, UpstreamTimeout) as late:
            error = f"no answer within {timeout_s:g} s"
            raise UpstreamTimeout(f"background call for {task}: {error}") from late
        except UpstreamError as unreached:
            error, spent = str(unreached), 0.0
            raise
        finally:
            cost = None if price is None else spent
            usage = None if answer is None else answer.usage
            complete = answer is not None and answer.complete
            seconds = self._clock() - at
            self._record(Call(task, tenant, model, self.wire, at, seconds, status, complete, usage, cost, error))
            await self._budget.settle(reserved, spent)
        if error:
            raise UpstreamError(f"background call for {task}: {error}")
        return answer


def _upper_estimate(price: ModelPrice, request: ChatRequest, most_output: int) -> float:
    """What a call may cost at most, whichever way its input is billed."""
    tokens = int(request.tokens * _MARGIN)
    ways = (Usage(fresh=tokens), Usage(written=tokens), Usage(written=tokens, written_1h=tokens))
    return max(price.cost(way + Usage(output=most_output)) for way in ways)
