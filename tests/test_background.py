"""Model calls on our own account: off by default, within budgets, behind live traffic, in the books."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.conftest import Clock
from trimtab.background import MOST_WAITING, Background, Call
from trimtab.budget import Budget
from trimtab.config import BackgroundSettings, Price
from trimtab.errors import BudgetExceeded, NotUnderstood, UpstreamError, UpstreamTimeout
from trimtab.pricing import PriceList
from trimtab.response import ChatResponse
from trimtab.store import Put, Store, open_store
from trimtab.telemetry.ledger import Ledger, own_row

PRICES = PriceList({"small": Price(input=1.0, output=10.0), "free": Price(input=0.0, output=0.0)})
QUESTION = {"messages": [{"role": "user", "content": "When is this tool needed?"}], "max_tokens": 1000}
REAL_COST = (100 * 1.0 + 20 * 10.0) / 1_000_000
"""Of the answer that `Provider` gives."""


class Provider:
    """A transport that answers at once, or when it is told to."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.status = 200
        self.fault: Exception | None = None
        self.usage: dict[str, int] | None = {"prompt_tokens": 100, "completion_tokens": 20}
        self.gate = asyncio.Event()
        self.gate.set()
        self.arrived = asyncio.Event()
        self.three = asyncio.Event()
        self.at_once = self.most_at_once = 0

    async def __call__(self, body: bytes, *, timeout_s: float) -> tuple[int, bytes]:
        self.bodies.append(orjson.loads(body))
        self.arrived.set()
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        if self.at_once == 3:
            self.three.set()
        try:
            await self.gate.wait()
        finally:
            self.at_once -= 1
        if self.fault is not None:
            raise self.fault
        message = {"role": "assistant", "content": "always"}
        answer = {"id": "c", "model": "small", "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
        return self.status, orjson.dumps({**answer, **({"usage": self.usage} if self.usage else {})})


class Setting:
    """A background over a real store, and what it reported."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.clock = store, clock
        self.provider = Provider()
        self.calls: list[Call] = []

    def background(self, store: Store | None = None, **given: Any) -> Background:
        options = {name: given.pop(name) for name in ("live", "busy_from", "max_wait_s", "sleep") if name in given}
        settings = BackgroundSettings(**{"model": "small", "upstream": "openai", **given})
        return Background(
            settings, self.provider, PRICES, store or self.store, self.clock, record=self.calls.append, **options
        )

    async def dollars(self) -> float:
        return (await Budget(self.store, self.clock).spent()).dollars


@pytest.fixture
def setting(store: Store, clock: Clock) -> Setting:
    return Setting(store, clock)


# -- off and on -----------------------------------------------------------------------------------------------


async def test_it_is_off_until_a_model_is_configured(setting: Setting) -> None:
    """With default settings nothing is ever sent."""
    off = setting.background(model="")
    with pytest.raises(BudgetExceeded, match=r"background\.model is empty"):
        await off.complete("digest", QUESTION)
    assert not off.submit("digest", QUESTION)
    assert not off.enabled
    assert setting.provider.bodies == []


async def test_the_answer_comes_back_and_the_request_goes_out_as_given(setting: Setting) -> None:
    """The configured model is filled in, streaming is switched off, nothing else is touched."""
    answer = await setting.background().complete("digest", {**QUESTION, "stream": True, "seed": 7})
    assert answer.text == "always"
    assert setting.provider.bodies == [{"model": "small", **QUESTION, "stream": False, "seed": 7}]


async def test_a_request_without_a_bound_on_its_output_gets_one(setting: Setting) -> None:
    """Otherwise no upper estimate of its cost would hold."""
    await setting.background().complete("digest", {"messages": QUESTION["messages"]})
    assert setting.provider.bodies[0]["max_completion_tokens"] == 1024


async def test_a_body_that_is_none_is_refused_before_anything_is_reserved(setting: Setting) -> None:
    """The message says which format is expected."""
    for wrong in ({"prompt": "hi"}, {"messages": [object()]}):
        with pytest.raises(NotUnderstood, match="openai_chat"):
            await setting.background().complete("digest", wrong)
    assert (setting.provider.bodies, await setting.dollars()) == ([], 0.0)


# -- the budget -----------------------------------------------------------------------------------------------


async def test_a_call_costs_what_the_provider_reports(setting: Setting) -> None:
    """The estimate is reserved while the call is under way, the real cost stays."""
    setting.provider.gate.clear()
    running = asyncio.create_task(setting.background().complete("digest", QUESTION))
    await setting.provider.arrived.wait()
    assert await setting.dollars() > 1000 * 10 / 1_000_000  # all its output, and its input
    setting.provider.gate.set()
    await running
    assert await setting.dollars() == pytest.approx(REAL_COST)


async def test_a_call_that_could_exceed_the_day_s_dollars_is_not_sent(setting: Setting) -> None:
    """The upper estimate decides, and the message names the setting and the amounts."""
    with pytest.raises(BudgetExceeded, match=r"\$0\.009 \(background\.max_usd_per_day\)"):
        await setting.background(max_usd_per_day=0.009).complete("digest", QUESTION)
    assert setting.provider.bodies == []
    await setting.background(max_usd_per_day=0.011).complete("digest", QUESTION)


async def test_calls_at_once_cannot_exceed_the_budget_together(setting: Setting) -> None:
    """Of eight calls that may cost a cent each, three fit into three and a half cents while none has ended."""
    background = setting.background(max_usd_per_day=0.035, concurrency=8)
    setting.provider.gate.clear()
    calls = [asyncio.create_task(background.complete("digest", QUESTION)) for _ in range(8)]
    refused = 0
    while refused < 5:
        done, _ = await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
        refused += len(done)
        assert all(isinstance(call.exception(), BudgetExceeded) for call in done)
        calls = [call for call in calls if call not in done]
    setting.provider.gate.set()
    await asyncio.gather(*calls)
    assert len(setting.provider.bodies) == 3


async def test_processes_and_restarts_share_the_budget(tmp_path: Path, clock: Clock) -> None:
    """Two stores over one file: what one has spent is gone for the other, and at the same time neither overdraws."""
    stores = [await open_store(str(tmp_path / "shared.db"), clock=clock) for _ in range(2)]
    try:
        setting = Setting(stores[0], clock)
        setting.provider.usage = None  # a call costs what was reserved for it
        several = [setting.background(store, max_usd_per_day=0.105, concurrency=16) for store in stores]
        calls = [background.complete("digest", QUESTION) for background in several for _ in range(10)]
        results = await asyncio.gather(*calls, return_exceptions=True)
        answered = [result for result in results if isinstance(result, ChatResponse)]
        assert 0 < len(answered) == len(setting.provider.bodies) <= 10
        assert all(isinstance(result, BudgetExceeded) for result in results if result not in answered)
        assert 0.09 < await setting.dollars() <= 0.105
    finally:
        for store in stores:
            await store.close()


async def test_a_new_day_has_a_new_budget(setting: Setting) -> None:
    """The day is that of UTC; a call that ends after midnight gives nothing back to the new one."""
    setting.provider.usage = None
    background = setting.background(max_usd_per_day=0.015)
    await background.complete("digest", QUESTION)
    with pytest.raises(BudgetExceeded):
        await background.complete("digest", QUESTION)
    setting.clock.now = (setting.clock.now // 86400 + 1) * 86400 - 1
    with pytest.raises(BudgetExceeded):
        await background.complete("digest", QUESTION)
    setting.clock.advance(1)
    setting.provider.usage = {"prompt_tokens": 100, "completion_tokens": 20}
    setting.provider.arrived.clear()
    setting.provider.gate.clear()
    over_midnight = asyncio.create_task(background.complete("digest", QUESTION))
    await setting.provider.arrived.wait()
    setting.clock.advance(86400)
    setting.provider.gate.set()
    await over_midnight
    assert await setting.dollars() == 0.0


async def test_calls_per_hour_are_bounded(setting: Setting) -> None:
    """Also for calls that cost nothing; the next hour has its own."""
    background = setting.background(model="free", max_calls_per_hour=2)
    for _ in range(2):
        await background.complete("digest", QUESTION)
    with pytest.raises(BudgetExceeded, match=r"max_calls_per_hour is 2"):
        await background.complete("digest", QUESTION)
    setting.clock.advance(3600)
    await background.complete("digest", QUESTION)


async def test_no_dollars_means_no_call_that_costs(setting: Setting) -> None:
    """A budget of 0 still lets a model with a price of 0 be asked."""
    with pytest.raises(BudgetExceeded):
        await setting.background(max_usd_per_day=0).complete("digest", QUESTION)
    await setting.background(max_usd_per_day=0, model="free").complete("digest", QUESTION)


async def test_a_model_without_a_price_needs_the_dollars_unbounded(setting: Setting) -> None:
    """Its cost is not known, so only the bound on calls can govern it, and that has to be chosen."""
    with pytest.raises(BudgetExceeded, match="no known price"):
        await setting.background(model="in-house").complete("digest", QUESTION)
    chosen = setting.background(model="in-house", max_usd_per_day=float("inf"), max_calls_per_hour=1)
    await chosen.complete("digest", QUESTION)
    with pytest.raises(BudgetExceeded, match="max_calls_per_hour"):
        await chosen.complete("digest", QUESTION)
    assert [call.cost for call in setting.calls] == [None]


async def test_without_a_store_that_keeps_the_budget_nothing_is_sent(setting: Setting) -> None:
    """A closed store, or one in which the budget is unreadable, does not mean that there is money."""
    await setting.store.put(Put("background", "budget", b"not a budget"))
    with pytest.raises(BudgetExceeded, match="cannot be read"):
        await setting.background().complete("digest", QUESTION)
    await setting.store.close()
    with pytest.raises(BudgetExceeded, match="cannot be kept"):
        await setting.background().complete("digest", QUESTION)
    assert setting.provider.bodies == []


async def test_a_clock_that_lags_does_not_begin_the_day_anew(setting: Setting) -> None:
    """Another machine that is a day behind adds to the newer day instead of clearing it."""
    await setting.background().complete("digest", QUESTION)
    setting.clock.advance(-86400)
    await setting.background().complete("digest", QUESTION)
    assert await setting.dollars() == pytest.approx(2 * REAL_COST)


# -- what goes wrong ------------------------------------------------------------------------------------------


async def test_a_refused_or_unreached_call_gives_its_reservation_back(setting: Setting) -> None:
    """It costs nothing, raises, counts as a call and stands in the books."""
    background = setting.background(max_calls_per_hour=2)
    setting.provider.status = 500
    with pytest.raises(UpstreamError, match="answered 500"):
        await background.complete("digest", QUESTION)
    setting.provider.fault = UpstreamError("connection refused")
    with pytest.raises(UpstreamError, match="connection refused"):
        await background.complete("digest", QUESTION)
    assert await setting.dollars() == 0.0
    assert [(call.status, call.error, call.cost) for call in setting.calls] == [
        (500, "the provider answered 500", 0.0),
        (0, "connection refused", 0.0),
    ]
    with pytest.raises(BudgetExceeded):
        await background.complete("digest", QUESTION)


async def test_a_call_without_an_answer_in_time_counts_as_spent(setting: Setting) -> None:
    """The provider may have billed it, so its upper estimate stays; so does that of one that was cancelled."""
    setting.provider.gate.clear()
    with pytest.raises(UpstreamTimeout, match=r"no answer within 0\.01 s"):
        await setting.background().complete("digest", QUESTION, timeout_s=0.01)
    timed_out = await setting.dollars()
    assert timed_out > 0.01
    setting.provider.arrived.clear()
    running = asyncio.create_task(setting.background().complete("digest", QUESTION))
    await setting.provider.arrived.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert await setting.dollars() == pytest.approx(2 * timed_out)
    assert [call.error for call in setting.calls] == ["no answer within 0.01 s", "cancelled"]


async def test_an_answer_without_usage_costs_its_upper_estimate(setting: Setting) -> None:
    """Rather too much than too little."""
    setting.provider.usage = None
    await setting.background().complete("digest", QUESTION)
    assert await setting.dollars() > 0.01
    assert setting.calls[0].cost == await setting.dollars()


# -- order ----------------------------------------------------------------------------------------------------


async def test_no_more_calls_are_under_way_than_configured(setting: Setting) -> None:
    """Twelve calls, three at a time."""
    background = setting.background(concurrency=3)
    setting.provider.gate.clear()
    calls = [asyncio.create_task(background.complete("digest", QUESTION)) for _ in range(12)]
    await setting.provider.three.wait()
    setting.provider.gate.set()
    await asyncio.gather(*calls)
    assert setting.provider.most_at_once == 3
    assert len(setting.provider.bodies) == 12


async def test_what_matters_more_goes_first(setting: Setting) -> None:
    """Waiting calls go by priority, equal ones by arrival; one that was given up leaves its place to the next."""
    background = setting.background()
    setting.provider.gate.clear()
    first = asyncio.create_task(background.complete("first", {**QUESTION, "user": "first"}))
    await setting.provider.arrived.wait()
    waiting = {}
    for name, priority in (("late", 9), ("given up", 0), ("early", 1), ("also early", 1)):
        waiting[name] = asyncio.create_task(
            background.complete(name, {**QUESTION, "user": name}, priority=priority), name=name
        )
        await asyncio.sleep(0)
    waiting.pop("given up").cancel()
    setting.provider.gate.set()
    await asyncio.gather(first, *waiting.values())
    assert [body["user"] for body in setting.provider.bodies] == ["first", "early", "also early", "late"]


class Pauses:
    """A sleep that ends when the test says so, and knows how often it was asked for."""

    def __init__(self, then: Callable[[int], None] = lambda count: None) -> None:
        self.count = 0
        self._then = then

    def __call__(self, seconds: float) -> Awaitable[None]:
        self.count += 1
        self._then(self.count)
        return asyncio.sleep(0)


async def test_live_traffic_goes_first(setting: Setting) -> None:
    """A call waits while requests of clients are under way, and goes when they are done."""
    live = [2]

    def ends(count: int) -> None:
        assert setting.provider.bodies == []
        live[0] = 2 if count < 5 else 0

    pauses = Pauses(ends)
    await setting.background(live=lambda: live[0], sleep=pauses).complete("digest", QUESTION)
    assert pauses.count == 5
    assert len(setting.provider.bodies) == 1


async def test_below_the_bound_nothing_waits(setting: Setting) -> None:
    """A gateway that is never quite idle may allow for some traffic."""
    pauses = Pauses()
    await setting.background(live=lambda: 3, busy_from=4, sleep=pauses).complete("digest", QUESTION)
    assert pauses.count == 0


async def test_nobody_waits_for_ever(setting: Setting) -> None:
    """Where live traffic never ends, the call goes after the longest wait."""
    pauses = Pauses()
    await setting.background(live=lambda: 1, max_wait_s=1.0, sleep=pauses).complete("digest", QUESTION)
    assert pauses.count == pytest.approx(20, abs=1)
    assert len(setting.provider.bodies) == 1


# -- later ----------------------------------------------------------------------------------------------------


async def test_a_submitted_call_hands_its_answer_on(setting: Setting) -> None:
    """The caller goes on at once; what is refused later is only counted."""
    answers: list[str] = []

    async def then(answer: ChatResponse) -> None:
        answers.append(answer.text)

    background = setting.background(max_calls_per_hour=2)
    assert all(background.submit("digest", QUESTION, then=then) for _ in range(3))
    assert answers == []
    await background.settle()
    assert answers == ["always", "always"]
    assert background.refused == 1


async def test_the_queue_is_bounded(setting: Setting) -> None:
    """A flood of submissions is refused beyond the bound, and closing cancels what waits."""
    setting.provider.gate.clear()
    background = setting.background()
    taken = [background.submit("digest", QUESTION) for _ in range(MOST_WAITING + 10)]
    assert sum(taken) == MOST_WAITING
    await setting.provider.arrived.wait()
    await background.close()
    assert len(setting.provider.bodies) == 1
    assert setting.provider.at_once == 0


async def test_every_call_that_was_made_is_in_the_ledger(setting: Setting) -> None:
    """With its task, its tenant and what it cost us."""
    ledger = Ledger(setting.store, setting.clock)
    background = setting.background()
    background._record = lambda call: ledger.write(own_row(call))
    await background.complete("enrichment", QUESTION, tenant="acme")
    await setting.store.flush()
    (row,) = [found async for found in ledger.scan()]
    assert (row.route, row.tenant, row.model, row.flags) == ("own", "acme", "small", {"task": "enrichment"})
    assert row.own_cost == pytest.approx(REAL_COST)
    assert row.saved == pytest.approx(-REAL_COST)
    assert (row.usage["fresh"], row.usage["output"]) == (100, 20)


@pytest.fixture
def claude(store: Store, clock: Clock) -> tuple[Background, list[bytes]]:
    bodies: list[bytes] = []

    async def send(body: bytes, *, timeout_s: float) -> tuple[int, bytes]:
        bodies.append(body)
        content = [{"type": "text", "text": "yes"}]
        usage = {"input_tokens": 10, "output_tokens": 1}
        answer = {"id": "m", "type": "message", "role": "assistant", "content": content, "stop_reason": "end_turn"}
        return 200, orjson.dumps({**answer, "usage": usage})

    settings = BackgroundSettings(model="claude-haiku-4-5", upstream="anthropic")
    return Background(settings, send, PRICES, store, clock, wire="anthropic_messages", provider="anthropic"), bodies


async def test_the_upstream_may_speak_another_format(claude: tuple[Background, list[bytes]]) -> None:
    """Bodies, answers and the bound on the output are those of the configured format."""
    background, bodies = claude
    answer = await background.complete("judge", {"messages": [{"role": "user", "content": "Is it right?"}]})
    assert answer.text == "yes"
    assert orjson.loads(bodies[0])["max_tokens"] == 1024
