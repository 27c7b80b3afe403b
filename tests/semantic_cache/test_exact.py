"""The exact tier: the same whole request is answered once, and nothing else is answered from it."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import pytest

from tests.conftest import Clock, Make
from tests.fakes.formats import FORMATS, Turn, answer, request, stream
from tests.fakes.upstream import JSON, SSE, ScriptedReply, ScriptedUpstream
from tests.semantic_cache.helpers import ask
from trimtab.optimizer import Optimizer
from trimtab.pipeline import Incoming, Prepared
from trimtab.request import Format
from trimtab.semantic_cache import SemanticCache
from trimtab.wire import CODECS

every_format = pytest.mark.parametrize("wire", FORMATS)


def chat(**fields: Any) -> bytes:
    return orjson.dumps({"model": "gpt-4.1", "messages": [{"role": "user", "content": "What is 2+2?"}], **fields})


def upstream_of(body: bytes, *, status: int = 200) -> ScriptedUpstream:
    return ScriptedUpstream([ScriptedReply(status, JSON, [body])])


def outcome(prepared: Prepared) -> str:
    assert prepared.ctx is not None
    return prepared.ctx.cache_outcome


FOUR = answer("openai_chat", Turn("Four."))


@pytest.fixture
def optimizer(make_optimizer: Make) -> Optimizer:
    return make_optimizer(stages=(SemanticCache(),))


@every_format
async def test_the_same_request_again_makes_no_second_call_and_costs_nothing(
    make_optimizer: Make, wire: Format
) -> None:
    optimizer = make_optimizer(stages=(SemanticCache(),))
    upstream = upstream_of(answer(wire, Turn("Four.")))
    body = request(wire, ["What is 2+2?"])
    await ask(optimizer, body, upstream, wire)
    prepared, given = await ask(optimizer, body, upstream, wire)
    assert outcome(prepared) == "hit"
    assert len(upstream.received) == 1
    read = CODECS[wire].read_response(200, given)
    assert read.text == "Four."
    assert read.usage is not None
    assert (read.usage.input, read.usage.output) == (0, 0)
    rows = [row for _, row in await optimizer.ledger.rows()]
    assert rows[1].usage == {} or set(rows[1].usage.values()) == {0}
    assert rows[1].without["output"] > 0


async def test_the_same_request_right_after_the_answer_is_a_hit(optimizer: Optimizer) -> None:
    """Before the store has written it."""
    upstream = upstream_of(FOUR)
    for expected in ("miss", "hit"):
        prepared = await optimizer.prepare(Incoming("openai_chat", chat()))
        assert outcome(prepared) == expected
        reply = await optimizer.respond(prepared, upstream)
        _ = [chunk async for chunk in reply.chunks]
        await asyncio.sleep(0)
        await asyncio.sleep(0)


@every_format
@pytest.mark.parametrize("first", [False, True], ids=["json-first", "stream-first"])
async def test_a_stream_and_a_plain_request_share_their_answer(make_optimizer: Make, wire: Format, first: bool) -> None:
    optimizer = make_optimizer(stages=(SemanticCache(),))
    turn = Turn("Two and two is four.", [("c1", "look", {"at": "it"})])
    as_json, as_stream = ScriptedReply(200, JSON, [answer(wire, turn)]), ScriptedReply(200, SSE, stream(wire, turn))
    upstream = ScriptedUpstream([as_stream if first else as_json])
    await ask(optimizer, request(wire, ["Add"], stream=first), upstream, wire)
    prepared, given = await ask(optimizer, request(wire, ["Add"], stream=not first), upstream, wire)
    assert outcome(prepared) == "hit"
    codec = CODECS[wire]
    read = codec.read_response(200, given) if first else codec.read_stream(200, given)
    assert read.complete
    assert read.text == turn.text
    assert [(c.name, orjson.loads(c.arguments)) for c in read.tool_calls] == [("look", {"at": "it"})]


@pytest.mark.parametrize(
    ("change", "value"),
    [
        ("model", "gpt-4o"),
        ("messages", [{"role": "user", "content": "What is 2+3?"}]),
        ("tools", [{"type": "function", "function": {"name": "add", "parameters": {"type": "object"}}}]),
        ("temperature", 0.1),
        ("top_p", 0.5),
        ("seed", 7),
        ("response_format", {"type": "json_object"}),
        ("tool_choice", "none"),
        ("max_tokens", 10),
        ("an_unknown_field", 1),
    ],
)
async def test_any_other_field_is_another_question(optimizer: Optimizer, change: str, value: Any) -> None:
    upstream = upstream_of(FOUR)
    await ask(optimizer, chat(), upstream)
    prepared, _ = await ask(optimizer, chat(**{change: value}), upstream)
    assert outcome(prepared) == "miss"


async def test_another_tenant_or_credential_never_sees_an_answer(optimizer: Optimizer) -> None:
    upstream = upstream_of(FOUR)
    await ask(optimizer, chat(), upstream, tenant="a", credential="x")
    for tenant, credential in (("b", "x"), ("a", "y")):
        prepared, _ = await ask(optimizer, chat(), upstream, tenant=tenant, credential=credential)
        assert outcome(prepared) == "miss"


@pytest.mark.parametrize(
    ("fields", "headers", "why"),
    [
        ({"temperature": 1.2}, {}, "temperature"),
        ({"n": 2}, {}, "choices"),
        ({}, {"x-trimtab-cache": "bypass"}, "bypass"),
        ({}, {"cache-control": "no-store"}, "no-store"),
        ({"previous_response_id": "resp_1"}, {}, "conversation"),
    ],
)
async def test_what_may_not_come_from_the_cache_neither_reads_nor_writes_it(
    optimizer: Optimizer, fields: dict[str, Any], headers: dict[str, str], why: str
) -> None:
    upstream = upstream_of(FOUR)
    for _ in range(2):
        prepared, _ = await ask(optimizer, chat(**fields), upstream, headers=headers)
        assert outcome(prepared) == "bypass"
        assert prepared.ctx is not None
        assert why in prepared.ctx.cache_reason
    assert len(upstream.received) == 2


@pytest.mark.parametrize("header", [{"x-trimtab-cache": "refresh"}, {"cache-control": "no-cache"}])
async def test_a_refresh_asks_again_and_replaces_the_answer(optimizer: Optimizer, header: dict[str, str]) -> None:
    await ask(optimizer, chat(), upstream_of(FOUR))
    await ask(optimizer, chat(), upstream_of(answer("openai_chat", Turn("4."))), headers=header)
    _, given = await ask(optimizer, chat(), upstream_of(b"never asked"))
    assert b'"4."' in given


async def test_a_regeneration_in_a_named_thread_bypasses_and_refreshes(optimizer: Optimizer) -> None:
    named = {"headers": {"x-session-id": "s1"}}
    await ask(optimizer, chat(), upstream_of(FOUR), **named)
    prepared, given = await ask(optimizer, chat(), upstream_of(answer("openai_chat", Turn("4."))), **named)
    assert outcome(prepared) == "bypass"
    assert b'"4."' in given
    prepared, given = await ask(optimizer, chat(), upstream_of(b"never asked"))
    assert outcome(prepared) == "hit"
    assert b'"4."' in given


async def test_a_hit_in_a_named_thread_counts_as_its_request(optimizer: Optimizer) -> None:
    await ask(optimizer, chat(), upstream_of(FOUR))
    named = {"headers": {"x-session-id": "s2"}}
    first, _ = await ask(optimizer, chat(), upstream_of(FOUR), **named)
    second, _ = await ask(optimizer, chat(), upstream_of(FOUR), **named)
    assert (outcome(first), outcome(second)) == ("hit", "bypass")


@pytest.mark.parametrize(
    "reply",
    [
        ScriptedReply(500, JSON, [b'{"error":{"message":"no"}}']),
        ScriptedReply(200, JSON, [b"<html>"]),
        ScriptedReply(200, JSON, [FOUR.replace(b'"stop"', b'"length"')]),
        ScriptedReply(200, JSON, [FOUR.replace(b'"stop"', b'"content_filter"')]),
        ScriptedReply(200, JSON, [FOUR[:-20]]),
    ],
    ids=["error", "html", "length", "filtered", "cut"],
)
async def test_only_complete_successful_answers_are_stored(optimizer: Optimizer, reply: ScriptedReply) -> None:
    await ask(optimizer, chat(), ScriptedUpstream([reply]))
    prepared, _ = await ask(optimizer, chat(), upstream_of(FOUR))
    assert outcome(prepared) == "miss"


async def test_an_answer_expires(make_optimizer: Make, clock: Clock) -> None:
    optimizer = make_optimizer(stages=(SemanticCache(),), cache={"ttl_s": 60})
    await ask(optimizer, chat(), upstream_of(FOUR))
    clock.advance(59)
    assert outcome((await ask(optimizer, chat(), upstream_of(FOUR)))[0]) == "hit"
    clock.advance(2)
    assert outcome((await ask(optimizer, chat(), upstream_of(FOUR)))[0]) == "miss"


async def test_fifty_at_once_make_one_call(optimizer: Optimizer) -> None:
    gate = asyncio.Event()
    upstream = ScriptedUpstream([ScriptedReply(200, JSON, [FOUR], gate=gate)])

    async def one() -> bytes:
        prepared = await optimizer.prepare(Incoming("openai_chat", chat()))
        reply = await optimizer.respond(prepared, upstream)
        return b"".join([chunk async for chunk in reply.chunks])

    tasks = [asyncio.create_task(one()) for _ in range(50)]
    await upstream.asked.wait()
    gate.set()
    given = await asyncio.gather(*tasks)
    assert len(upstream.received) == 1
    assert all(b"Four." in body for body in given)


async def test_when_the_one_that_asks_fails_the_others_go_on_alone(optimizer: Optimizer) -> None:
    gate = asyncio.Event()
    failing = ScriptedReply(500, JSON, [b"{}"], gate=gate)
    upstream = ScriptedUpstream([failing, ScriptedReply(200, JSON, [FOUR])])

    async def one() -> int:
        prepared = await optimizer.prepare(Incoming("openai_chat", chat()))
        reply = await optimizer.respond(prepared, upstream)
        _ = [chunk async for chunk in reply.chunks]
        return reply.status

    tasks = [asyncio.create_task(one()) for _ in range(5)]
    await upstream.asked.wait()
    gate.set()
    assert sorted(await asyncio.gather(*tasks)) == [200, 200, 200, 200, 500]


async def test_a_request_that_was_prepared_and_dropped_keeps_nobody_waiting(optimizer: Optimizer) -> None:
    import gc

    dropped = await optimizer.prepare(Incoming("openai_chat", chat()))
    assert outcome(dropped) == "miss"
    del dropped
    gc.collect()
    prepared, _ = await ask(optimizer, chat(), upstream_of(FOUR))
    assert outcome(prepared) == "miss"
    assert prepared.report.fallback == ""


async def test_a_tool_turn_is_served_to_another_thread_when_everything_is_the_same(optimizer: Optimizer) -> None:
    turn = Turn("", [("c1", "look", {})])
    body = request("openai_chat", ["Look", turn, {"c1": "a lake"}])
    await ask(optimizer, body, upstream_of(FOUR), headers={"x-session-id": "one"})
    prepared, _ = await ask(optimizer, body, upstream_of(FOUR), headers={"x-session-id": "two"})
    assert outcome(prepared) == "hit"
    other = request("openai_chat", ["Look", turn, {"c1": "a pond"}])
    prepared, _ = await ask(optimizer, other, upstream_of(FOUR), headers={"x-session-id": "three"})
    assert outcome(prepared) == "miss"


async def test_an_answer_too_large_is_not_stored(make_optimizer: Make) -> None:
    optimizer = make_optimizer(stages=(SemanticCache(),), cache={"max_answer_bytes": 1024})
    large = answer("openai_chat", Turn("x" * 2000))
    await ask(optimizer, chat(), upstream_of(large))
    assert outcome((await ask(optimizer, chat(), upstream_of(large)))[0]) == "miss"


@pytest.mark.parametrize("data", [b"\x00garbage", b"\x92\xc4\x02{}\xcb\x00\x00\x00\x00\x00\x00\x00\x00"])
async def test_what_is_damaged_or_of_another_version_is_a_miss_and_is_replaced(
    make_optimizer: Make, data: bytes
) -> None:
    from trimtab.store import Put

    await ask(make_optimizer(stages=(SemanticCache(),)), chat(), upstream_of(FOUR))
    optimizer = make_optimizer(stages=(SemanticCache(),))  # another process: nothing in memory
    for entry in [*await optimizer.store.entries(kind="answer_exact"), *await optimizer.store.entries(kind="cached")]:
        await optimizer.store.put(Put(entry.ns, entry.key, data, 60))
    prepared, given = await ask(optimizer, chat(), upstream_of(FOUR))
    assert outcome(prepared) == "miss"
    assert prepared.report.fallback == ""
    assert b"Four." in given
    again = make_optimizer(stages=(SemanticCache(),))
    assert outcome((await ask(again, chat(), upstream_of(FOUR)))[0]) == "hit"
