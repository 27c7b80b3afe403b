"""Random threads, grown turn by turn as an agent would, in any of the formats."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import orjson
from hypothesis import strategies as st

from tests.conftest import Clock
from tests.fakes.formats import FORMATS, Turn, answer, request
from tests.fakes.upstream import JSON, ScriptedReply, ScriptedUpstream
from trimtab import config
from trimtab.config import Provider
from trimtab.optimizer import Optimizer
from trimtab.pipeline import Incoming, Prepared
from trimtab.request import Format
from trimtab.stage import Stage
from trimtab.store import open_store
from trimtab.telemetry.ledger import Row

History = list[str | Turn | dict[str, str]]

_LINES = [f"{n}: the quick brown fox number {n} jumps over the lazy dog and keeps on running" for n in range(12)]
_words = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=40)
_number = st.integers(-(2**53), 2**53)
_pretty = st.dictionaries(_words, _number | _words | st.lists(_number, max_size=5), max_size=6).map(
    lambda value: orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
)
_listing = st.lists(st.sampled_from(_LINES), min_size=1, max_size=12).map("\n".join)
_whole = st.just("\n".join(_LINES))
results = _words | _pretty | _listing | _whole
"""Tool outputs: some pretty-printed, some that repeat lines of others."""

formats = st.sampled_from(FORMATS)
providers = st.sampled_from(["openai", "anthropic", "unknown"])


@st.composite
def steps(draw: st.DrawFn) -> list[History]:
    """The growing histories of one thread: each continues the one before by an assistant's turn and what follows."""
    history: History = [draw(_words)]
    grown = [list(history)]
    for number in range(draw(st.integers(1, 5))):
        calls = [(f"c{number}_{i}", "look", {"at": draw(_words)}) for i in range(draw(st.integers(0, 3)))]
        history.append(Turn(draw(_words), calls))
        if calls:
            history.append({call_id: draw(results) for call_id, _, _ in calls})
        if not calls or draw(st.booleans()):
            history.append(draw(_words))
        grown.append(list(history))
    return grown


def play(
    wire: Format,
    grown: Sequence[History],
    provider: Provider = "unknown",
    *,
    stages: Callable[[int], tuple[Stage, ...] | None] = lambda _: None,
    check: Callable[[int, bytes, Prepared], Awaitable[None] | None] = lambda *_: None,
    restart: bool = False,
    bodies: Sequence[bytes] = (),
) -> list[Prepared]:
    """Prepare every step of a thread, with a fresh optimizer over the same store for each where asked."""

    async def run() -> list[Prepared]:
        clock = Clock()
        settings = config.Config(cache=config.CacheSettings(exact=False))  # nothing is sent, so nobody may wait
        store = await open_store(":memory:", clock=clock)
        optimizer = Optimizer(store, settings, stages=stages(0), clock=clock)
        prepared = []
        for number, history in enumerate(grown):
            if restart or number == 0:
                optimizer = Optimizer(store, settings, stages=stages(number), clock=clock)
            body = bodies[number] if bodies else request(wire, history)
            prepared.append(await optimizer.prepare(Incoming(wire, body, provider=provider)))
            clock.advance(5)
            checked = check(number, body, prepared[-1])
            if checked is not None:
                await checked
        await optimizer.settle()
        await store.close()
        return prepared

    return asyncio.run(run())


def bill(wire: Format, grown: Sequence[History], provider: Provider, *, stages: tuple[Stage, ...] | None) -> list[Row]:
    """The ledger of a thread that is answered by a model of its provider."""

    async def run() -> list[Row]:
        clock = Clock()
        store = await open_store(":memory:", clock=clock)
        optimizer = Optimizer(store, config.Config(), stages=stages, clock=clock)
        for number, history in enumerate(grown):
            prepared = await optimizer.prepare(Incoming(wire, request(wire, history), provider=provider))
            reply = await optimizer.respond(
                prepared, ScriptedUpstream([ScriptedReply(200, JSON, [answer(wire, Turn("Fine."), number)])])
            )
            _ = [chunk async for chunk in reply.chunks]
            clock.advance(5)
        await optimizer.settle()
        rows = [row for _, row in await optimizer.ledger.rows()]
        await store.close()
        return rows

    return asyncio.run(run())
