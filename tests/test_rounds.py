"""The round loop: internal tools are answered behind the client's back, in every format, streaming or not."""

from __future__ import annotations

import asyncio

import orjson
import pytest

from tests.conftest import Make
from tests.fakes.formats import FORMATS, Turn, answer, calls_and_results, request, stream
from tests.fakes.stages import OffersEcho, Shout, Stage
from tests.fakes.upstream import JSON, SSE, ScriptedReply, ScriptedUpstream, json_reply
from trimtab.errors import UpstreamError
from trimtab.optimizer import Optimizer
from trimtab.pipeline import Incoming
from trimtab.request import Format
from trimtab.response import ChatResponse
from trimtab.wire import CODECS

ECHO = ("c_echo", "trimtab_echo", {"text": "hello"})
LOOK = ("c_look", "look", {})
NO_CACHE = {"cache": {"exact": False}}

both_ways = pytest.mark.parametrize("streaming", [False, True], ids=["json", "stream"])
every_format = pytest.mark.parametrize("wire", FORMATS)


def replies(wire: Format, turns: list[Turn], streaming: bool) -> ScriptedUpstream:
    if streaming:
        return ScriptedUpstream([ScriptedReply(200, SSE, stream(wire, t, n)) for n, t in enumerate(turns)])
    return ScriptedUpstream([ScriptedReply(200, JSON, [answer(wire, t, n)]) for n, t in enumerate(turns)])


async def exchange(
    optimizer: Optimizer,
    wire: Format,
    history: list[str | Turn | dict[str, str]],
    upstream: ScriptedUpstream,
    streaming: bool,
) -> tuple[bytes, ChatResponse]:
    """One request of the client through the optimizer: what it got, raw and read."""
    prepared = await optimizer.prepare(Incoming(wire, request(wire, history, stream=streaming)))
    assert prepared.report.fallback == ""
    reply = await optimizer.respond(prepared, upstream)
    body = b"".join([chunk async for chunk in reply.chunks])
    await optimizer.settle()
    codec = CODECS[wire]
    return body, codec.read_stream(200, body) if streaming else codec.read_response(200, body)


@both_ways
@every_format
async def test_an_internal_call_is_answered_and_the_client_sees_one_answer(
    make_optimizer: Make, wire: Format, streaming: bool
) -> None:
    stage = OffersEcho()
    optimizer = make_optimizer(stages=(stage,), **NO_CACHE)
    upstream = replies(wire, [Turn("Let me see. ", [ECHO]), Turn("It said hello.")], streaming)
    raw, seen = await exchange(optimizer, wire, ["Say hello"], upstream, streaming)
    assert seen.complete
    assert seen.text == "Let me see. It said hello."
    assert seen.tool_calls == ()
    assert seen.finish == "stop"
    assert b"trimtab_echo" not in raw
    assert stage.echo.calls == [{"text": "hello"}]
    assert calls_and_results(wire, upstream.received[1]) == (["c_echo"], ["c_echo"])
    assert "echo: hello" in upstream.received[1].decode()
    assert upstream.plain == [True, True]


@both_ways
@every_format
async def test_the_next_turn_carries_what_the_client_never_saw(
    make_optimizer: Make, wire: Format, streaming: bool
) -> None:
    optimizer = make_optimizer(stages=(OffersEcho(),), **NO_CACHE)
    upstream = replies(wire, [Turn("Let me see. ", [ECHO]), Turn("It said hello.")], streaming)
    await exchange(optimizer, wire, ["Say hello"], upstream, streaming)
    second_process = make_optimizer(stages=(OffersEcho(),), **NO_CACHE)
    later = replies(wire, [Turn("Bye.")], streaming)
    history: list[str | Turn | dict[str, str]] = ["Say hello", Turn("Let me see. It said hello."), "Thanks"]
    await exchange(second_process, wire, history, later, streaming)
    assert calls_and_results(wire, later.received[0]) == (["c_echo"], ["c_echo"])
    before, after = (CODECS[wire].parse(body).messages for body in (upstream.received[1], later.received[0]))
    assert [m.raw for m in after[: len(before)]] == [m.raw for m in before], "the warm prefix is sent again as it was"
    again = replies(wire, [Turn("Bye.")], streaming)
    await exchange(
        make_optimizer(stages=(Stage(),), **NO_CACHE), wire, [*history, Turn("Bye."), "Bye"], again, streaming
    )
    assert calls_and_results(wire, again.received[0]) == (["c_echo"], ["c_echo"])


@both_ways
@every_format
async def test_mixed_calls_go_out_and_internal_results_join_later(
    make_optimizer: Make, wire: Format, streaming: bool
) -> None:
    optimizer = make_optimizer(stages=(OffersEcho(),), **NO_CACHE)
    upstream = replies(wire, [Turn("Both. ", [ECHO, LOOK])], streaming)
    raw, seen = await exchange(optimizer, wire, ["Say hello and look"], upstream, streaming)
    assert len(upstream.received) == 1
    assert [call.name for call in seen.tool_calls] == ["look"]
    assert seen.finish == "tool_calls"
    assert b"trimtab_echo" not in raw
    later = replies(wire, [Turn("Done.")], streaming)
    history: list[str | Turn | dict[str, str]] = ["Say hello and look", Turn("Both. ", [LOOK]), {"c_look": "a lake"}]
    await exchange(optimizer, wire, history, later, streaming)
    calls, results = calls_and_results(wire, later.received[0])
    assert sorted(calls) == sorted(results) == ["c_echo", "c_look"]
    final = replies(wire, [Turn("Bye.")], streaming)
    await exchange(optimizer, wire, [*history, Turn("Done."), "Thanks"], final, streaming)
    before, after = (CODECS[wire].parse(body).messages for body in (later.received[0], final.received[0]))
    assert [m.raw for m in after[: len(before)]] == [m.raw for m in before]


@both_ways
@every_format
async def test_a_client_that_changed_the_answer_loses_the_hidden_rounds_and_stays_valid(
    make_optimizer: Make, wire: Format, streaming: bool
) -> None:
    optimizer = make_optimizer(stages=(OffersEcho(),), **NO_CACHE)
    upstream = replies(wire, [Turn("Let me see. ", [ECHO]), Turn("It said hello.")], streaming)
    await exchange(optimizer, wire, ["Say hello"], upstream, streaming)
    later = replies(wire, [Turn("Bye.")], streaming)
    await exchange(optimizer, wire, ["Say hello", Turn("Something else."), "Thanks"], later, streaming)
    assert calls_and_results(wire, later.received[0]) == ([], [])


@both_ways
@every_format
async def test_after_the_last_round_the_clients_own_request_is_sent(
    make_optimizer: Make, wire: Format, streaming: bool
) -> None:
    optimizer = make_optimizer(stages=(OffersEcho(),), pipeline={"max_rounds": 2}, **NO_CACHE)
    upstream = replies(wire, [Turn("", [ECHO]), Turn("", [ECHO]), Turn("Plainly.")], streaming)
    _, seen = await exchange(optimizer, wire, ["Say hello"], upstream, streaming)
    assert seen.text == "Plainly."
    assert len(upstream.received) == 3
    assert upstream.received[2] == request(wire, ["Say hello"], stream=streaming)


@every_format
async def test_a_refused_edit_is_asked_again_as_it_came(make_optimizer: Make, wire: Format) -> None:
    optimizer = make_optimizer(stages=(Shout(),), **NO_CACHE)
    refusal = json_reply({"error": {"message": "no"}}, 400)
    upstream = ScriptedUpstream([refusal, ScriptedReply(200, JSON, [answer(wire, Turn("Fine."))])])
    history: list[str | Turn | dict[str, str]] = ["Look", Turn("", [LOOK]), {"c_look": "a lake"}]
    original = request(wire, history)
    prepared = await optimizer.prepare(Incoming(wire, original))
    reply = await optimizer.respond(prepared, upstream)
    assert reply.status == 200
    _ = [chunk async for chunk in reply.chunks]
    assert upstream.received[0] != original
    assert upstream.received[1] == original
    assert refusal.closed
    assert "400" in prepared.report.fallback
    await optimizer.settle()
    again = await optimizer.prepare(Incoming(wire, request(wire, [*history, Turn("Fine."), "And?"])))
    assert b"A LAKE" not in again.body
    assert again.thread is not None
    assert again.thread.state.refusals == 1


async def test_a_thread_whose_edits_are_refused_twice_is_left_alone(make_optimizer: Make) -> None:
    optimizer = make_optimizer(stages=(Shout(),), **NO_CACHE)
    history: list[str | Turn | dict[str, str]] = ["Look"]
    fine = ScriptedReply(200, JSON, [answer("openai_chat", Turn("Fine."))])
    for number in range(3):
        history += [Turn("", [(f"c{number}", "look", {})]), {f"c{number}": "a lake"}]
        upstream = ScriptedUpstream([json_reply({"error": {}}, 400), fine])
        prepared = await optimizer.prepare(Incoming("openai_chat", request("openai_chat", history)))
        assert prepared.changed == (number < 2)
        reply = await optimizer.respond(prepared, upstream)
        _ = [chunk async for chunk in reply.chunks]
        await optimizer.settle()


async def test_a_400_of_an_untouched_request_is_the_clients(make_optimizer: Make) -> None:
    upstream = ScriptedUpstream([json_reply({"error": {"message": "bad"}}, 400)])
    optimizer = make_optimizer(stages=(Stage(),))
    prepared = await optimizer.prepare(Incoming("openai_chat", request("openai_chat", ["x"])))
    reply = await optimizer.respond(prepared, upstream)
    assert reply.status == 400
    assert b"".join([chunk async for chunk in reply.chunks]) == b'{"error":{"message":"bad"}}'
    assert len(upstream.received) == 1


@both_ways
@every_format
async def test_a_failing_later_round_falls_back_to_the_original(
    make_optimizer: Make, wire: Format, streaming: bool
) -> None:
    optimizer = make_optimizer(stages=(OffersEcho(),), **NO_CACHE)
    turns = replies(wire, [Turn("", [ECHO]), Turn("Plainly.")], streaming).replies
    upstream = ScriptedUpstream([turns[0], json_reply({"error": {}}, 500), turns[1]])
    _, seen = await exchange(optimizer, wire, ["Say hello"], upstream, streaming)
    assert seen.text == "Plainly."
    assert upstream.received[2] == request(wire, ["Say hello"], stream=streaming)


@every_format
async def test_broken_arguments_of_an_internal_call_go_back_to_the_model(make_optimizer: Make, wire: Format) -> None:
    if wire == "anthropic_messages":
        pytest.skip("arguments are JSON values in this format")
    optimizer = make_optimizer(stages=(OffersEcho(),), **NO_CACHE)
    broken = answer(wire, Turn("", [ECHO])).replace(b'{\\"text\\":\\"hello\\"}', b'{\\"text')
    assert broken != answer(wire, Turn("", [ECHO]))
    upstream = ScriptedUpstream(
        [ScriptedReply(200, JSON, [broken]), ScriptedReply(200, JSON, [answer(wire, Turn("Oh."))])]
    )
    _, seen = await exchange(optimizer, wire, ["Say hello"], upstream, False)
    assert seen.text == "Oh."
    assert b"not valid JSON" in upstream.received[1]


@every_format
async def test_a_stream_that_breaks_off_is_broken_for_the_client_and_not_learned(
    make_optimizer: Make, wire: Format
) -> None:
    stage = Stage()
    optimizer = make_optimizer(stages=(stage,))
    chunks = stream(wire, Turn("one two three four five"))[:3]
    upstream = ScriptedUpstream([ScriptedReply(200, SSE, chunks, breaks=True)])
    prepared = await optimizer.prepare(Incoming(wire, request(wire, ["Count"], stream=True)))
    reply = await optimizer.respond(prepared, upstream)
    coming = aiter(reply.chunks)
    assert [await anext(coming) for _ in chunks] == chunks
    with pytest.raises(UpstreamError):
        await anext(coming)
    await optimizer.settle()
    assert stage.learned == [None]


async def test_a_client_that_goes_away_closes_the_upstream_and_the_books(make_optimizer: Make) -> None:
    stage = Stage()
    optimizer = make_optimizer(stages=(stage,))
    scripted = ScriptedReply(200, SSE, [b"data: {}\n\n"], gate=asyncio.Event())
    prepared = await optimizer.prepare(Incoming("openai_chat", request("openai_chat", ["x"], stream=True)))
    reply = await optimizer.respond(prepared, ScriptedUpstream([scripted]))
    chunks = aiter(reply.chunks)
    assert await anext(chunks) == b"data: {}\n\n"
    await chunks.aclose()  # type: ignore[attr-defined]
    assert scripted.closed
    await optimizer.settle()
    assert stage.learned == [None]
    rows = await optimizer.ledger.rows()
    assert [row.complete for _, row in rows] == [False]


async def test_usage_of_all_rounds_is_in_the_ledger(make_optimizer: Make) -> None:
    optimizer = make_optimizer(stages=(OffersEcho(),), **NO_CACHE)
    upstream = replies("openai_chat", [Turn("", [ECHO]), Turn("Hello.")], False)
    await exchange(optimizer, "openai_chat", ["Say hello"], upstream, False)
    ((_, row),) = await optimizer.ledger.rows()
    assert row.rounds == 2
    assert row.usage["fresh"] == 20
    assert row.usage["output"] == 10
    assert orjson.loads(upstream.received[0])["tools"][-1]["function"]["name"] == "trimtab_echo"


async def test_an_answer_too_large_to_keep_leaves_no_record_with_a_hole(
    make_optimizer: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It reaches the client whole; a record that lacks its middle could pass for another, complete answer."""
    monkeypatch.setattr("trimtab.rounds._RECORD_BYTES", 8000)
    chunks = stream("openai_chat", Turn("one two three four five six"))
    large = [*chunks[:2], b": " + b"x" * 8000 + b"\n\n", *chunks[2:]]
    optimizer = make_optimizer()
    upstream = ScriptedUpstream([ScriptedReply(200, SSE, large)])
    for _ in range(2):
        prepared = await optimizer.prepare(Incoming("openai_chat", request("openai_chat", ["Count"], stream=True)))
        reply = await optimizer.respond(prepared, upstream)
        assert [chunk async for chunk in reply.chunks] == large
        await optimizer.settle()
    assert len(upstream.received) == 2, "nothing was stored"
