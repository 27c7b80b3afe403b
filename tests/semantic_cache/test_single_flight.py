"""One upstream call for all that ask the same at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from tests.fakes.formats import Turn, answer
from tests.fakes.upstream import JSON, ScriptedReply, ScriptedUpstream
from tests.semantic_cache.helpers import ASKED, MEANT, Scores, ask, chat, tier, upstream_of
from trimtab.optimizer import Optimizer
from trimtab.pipeline import Incoming, Prepared


async def together(optimizer: Optimizer, bodies: Sequence[bytes], upstream: ScriptedUpstream) -> list[Prepared]:
    """Send all at once; the provider answers when all have been sent."""
    gate = asyncio.Event()
    for reply in upstream.replies:
        reply.gate = gate

    async def one(body: bytes) -> Prepared:
        prepared = await optimizer.prepare(Incoming("openai_chat", body))
        reply = await optimizer.respond(prepared, upstream)
        _ = [chunk async for chunk in reply.chunks]
        return prepared

    tasks = [asyncio.create_task(one(body)) for body in bodies]
    await upstream.asked.wait()
    await asyncio.sleep(0.2)
    gate.set()
    done = await asyncio.gather(*tasks)
    await optimizer.settle()
    return list(done)


async def test_fifty_that_ask_the_same_make_one_call(optimizer: Optimizer) -> None:
    upstream = upstream_of("An answer.")
    await together(optimizer, [chat(ASKED)] * 50, upstream)
    assert len(upstream.received) == 1


async def test_one_that_asks_the_same_in_other_words_shares_what_would_be_served(
    optimizer: Optimizer, scores: Scores
) -> None:
    upstream = upstream_of("An answer.")
    await together(optimizer, [chat(ASKED), chat(MEANT)], upstream)
    assert len(upstream.received) == 1
    scores.other = 0.0
    upstream = upstream_of("One.", "Two.")
    await together(optimizer, [chat("How do I open a tin?"), chat("ways of opening a tin")], upstream)
    assert len(upstream.received) == 2


async def test_a_leader_that_fails_does_not_fail_the_others(optimizer: Optimizer) -> None:
    good = ScriptedReply(200, JSON, [answer("openai_chat", Turn("An answer."))])
    upstream = ScriptedUpstream([ScriptedReply(500, JSON, [b"{}"]), good])
    done = await together(optimizer, [chat(ASKED)] * 5, upstream)
    assert len(done) == 5
    assert len(upstream.received) > 1


async def test_what_one_gets_that_had_to_go_on_alone_is_kept(optimizer: Optimizer) -> None:
    good = ScriptedReply(200, JSON, [answer("openai_chat", Turn("An answer."))])
    await together(optimizer, [chat(ASKED)] * 2, ScriptedUpstream([ScriptedReply(500, JSON, [b"{}"]), good]))
    prepared, _ = await ask(optimizer, chat(ASKED), upstream_of("Never asked for."))
    assert tier(prepared) == "exact"
