"""The cache by meaning: what is served for other words, what never is, and who shares with whom."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson
import pytest
from numpy.typing import NDArray

from tests.conftest import Clock, Make
from tests.fakes.formats import FORMATS, Turn, answer, request, stream
from tests.fakes.upstream import JSON, SSE, ScriptedReply, ScriptedUpstream
from tests.semantic_cache.test_exact import ask
from trimtab.optimizer import Optimizer
from trimtab.pipeline import Incoming, Prepared
from trimtab.request import Format
from trimtab.semantic_cache import SemanticCache
from trimtab.semantic_cache.calibration import Calibration
from trimtab.semantic_cache.reindex import reindex
from trimtab.wire import CODECS

every_format = pytest.mark.parametrize("wire", FORMATS)

ASKED = "How do I reset my password?"
MEANT = "what are the steps for resetting a password"


@dataclass
class Scores:
    """A verifier that says what it is told: log-odds by pair of texts, 9 for all others."""

    told: dict[frozenset[str], float] = field(default_factory=dict)
    other: float = 9.0
    asked: list[tuple[str, str]] = field(default_factory=list)

    def fits(self, a: str, b: str) -> bool:
        return len(a) + len(b) < 1000

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        self.asked += pairs
        return [self.told.get(frozenset(pair), self.other) for pair in pairs]


def calibration() -> Calibration:
    """Scores of 0.99 and more are nearly always right, those below often wrong."""
    return Calibration((0.0, 0.5, 0.9, 0.99), (10.0, 60.0, 900.0, 4000.0), (90.0, 40.0, 100.0, 0.5))


@pytest.fixture
def scores() -> Scores:
    return Scores()


@pytest.fixture
def make(make_optimizer: Make, scores: Scores) -> Callable[..., Optimizer]:
    def made(**settings: Any) -> Optimizer:
        return make_optimizer(stages=(SemanticCache(scores=scores, calibration=calibration),), **settings)

    return made


@pytest.fixture
def optimizer(make: Callable[..., Optimizer]) -> Optimizer:
    return make()


def chat(*turns: str, **fields: Any) -> bytes:
    roles = ("user", "assistant")
    said = [{"role": roles[place % 2], "content": text} for place, text in enumerate(turns)]
    system = fields.pop("system", None)
    messages = [{"role": "system", "content": system}, *said] if system else said
    return orjson.dumps({"model": "gpt-4.1", "messages": messages, **fields})


def upstream_of(*texts: str, wire: Format = "openai_chat") -> ScriptedUpstream:
    return ScriptedUpstream([ScriptedReply(200, JSON, [answer(wire, Turn(text))]) for text in texts])


def tier(prepared: Prepared) -> str:
    """The tier that answered, or the outcome where none did."""
    assert prepared.report.fallback == ""
    assert prepared.ctx is not None
    return prepared.ctx.cache_tier if prepared.ctx.cache_outcome == "hit" else prepared.ctx.cache_outcome


def why(prepared: Prepared) -> str:
    assert prepared.ctx is not None
    return prepared.ctx.cache_reason


async def outcome_of(optimizer: Optimizer, first: bytes, second: bytes, **incoming: Any) -> Prepared:
    """What becomes of the second request after the first was answered."""
    upstream = upstream_of("An answer.")
    await ask(optimizer, first, upstream)
    return (await ask(optimizer, second, upstream, **incoming))[0]


# -- what is served -------------------------------------------------------------------------------------------


@every_format
@pytest.mark.parametrize("streamed", [False, True], ids=["json", "stream"])
async def test_the_same_meaning_is_served_in_every_format(
    make: Callable[..., Optimizer], wire: Format, streamed: bool
) -> None:
    optimizer = make()
    turn = Turn("Open the settings.")
    upstream = ScriptedUpstream([ScriptedReply(200, SSE, stream(wire, turn))])
    await ask(optimizer, request(wire, [ASKED], stream=True), upstream, wire)
    prepared, given = await ask(optimizer, request(wire, [MEANT], stream=streamed), upstream, wire)
    assert tier(prepared) == "verified"
    codec = CODECS[wire]
    read = codec.read_stream(200, given) if streamed else codec.read_response(200, given)
    assert read.complete
    assert read.text == turn.text
    assert read.usage is None or (read.usage.input, read.usage.output) == (0, 0)
    assert len(upstream.received) == 1


async def test_the_same_words_need_no_verifier(optimizer: Optimizer, scores: Scores) -> None:
    prepared = await outcome_of(optimizer, chat(ASKED), chat("  how do i reset   my password "))
    assert tier(prepared) == "normalised"
    assert scores.asked == []


async def test_an_entry_of_an_earlier_process_is_found(make: Callable[..., Optimizer], scores: Scores) -> None:
    await ask(make(), chat(ASKED), upstream_of("An answer."))
    prepared, _ = await ask(make(), chat(MEANT), upstream_of("Another."))
    assert tier(prepared) == "verified"


async def test_a_low_score_is_a_near_miss_with_its_reason(optimizer: Optimizer, scores: Scores) -> None:
    scores.other = 1.0
    prepared = await outcome_of(optimizer, chat(ASKED), chat(MEANT))
    assert tier(prepared) == "miss"
    assert why(prepared).startswith("near miss: score 0.")
    assert prepared.ctx is not None
    assert prepared.ctx.cache_entry


async def test_what_a_guard_refuses_is_told_in_words(optimizer: Optimizer, scores: Scores) -> None:
    prepared = await outcome_of(optimizer, chat("Give me 3 ideas for dinner"), chat("Give me 4 ideas for dinner"))
    assert tier(prepared) == "miss"
    assert "3" in why(prepared)
    assert "4" in why(prepared)
    assert scores.asked == []


async def test_a_caller_may_only_tighten_the_bound(make: Callable[..., Optimizer], scores: Scores) -> None:
    scores.other = 2.5
    optimizer = make(cache={"max_error_rate": 0.2})
    loose = await outcome_of(optimizer, chat(ASKED), chat(MEANT))
    assert tier(loose) == "verified"
    tight = await outcome_of(
        optimizer,
        chat("How do I close my account?"),
        chat("what are the steps for closing an account"),
        headers={"x-trimtab-max-error-rate": "0.001"},
    )
    assert tier(tight) == "miss"
    strict = make(cache={"max_error_rate": 0.001})
    widened = await outcome_of(
        strict,
        chat("Where do I change my address?"),
        chat("where can i change the address"),
        headers={"x-trimtab-max-error-rate": "0.2"},
    )
    assert tier(widened) == "miss"


async def test_a_bound_that_cannot_be_had_is_told_in_the_ledger(optimizer: Optimizer) -> None:
    await ask(optimizer, chat(ASKED), upstream_of("An answer."), headers={"x-trimtab-max-error-rate": "5%"})
    (row,) = [row for _, row in await optimizer.ledger.rows()]
    assert any("max_error_rate '5%' is not a number" in note for note in row.notes)


# -- scope ----------------------------------------------------------------------------------------------------

_TOOL = {"type": "function", "function": {"name": "add", "parameters": {"type": "object"}}}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({}, {"model": "gpt-4o"}),
        ({}, {"tools": [_TOOL]}),
        ({"tools": [_TOOL]}, {"tools": [_TOOL], "tool_choice": "none"}),
        ({}, {"response_format": {"type": "json_object"}}),
        ({}, {"temperature": 0.1}),
        ({}, {"top_p": 0.5}),
        ({}, {"max_tokens": 10}),
        ({}, {"an_unknown_field": 1}),
        ({"system": "Be brief."}, {"system": "Be thorough."}),
        ({"system": "The offer ends on 2026-01-02."}, {"system": "The offer ends on 2026-02-03."}),
        ({"system": "Account 12345678901"}, {"system": "Account 12345678902"}),
        ({}, {"seed": 7}),
        ({"seed": 7}, {"seed": 7}),
    ],
)
async def test_another_condition_is_another_partition(
    optimizer: Optimizer, first: dict[str, Any], second: dict[str, Any]
) -> None:
    assert tier(await outcome_of(optimizer, chat(ASKED, **first), chat(MEANT, **second))) == "miss"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"system": "Today is 2026-01-02. Be brief."}, {"system": "Today is 2026-01-03. Be brief."}),
        ({"user": "anna"}, {"user": "bert"}),
        ({"metadata": {"user_id": "anna"}}, {}),
        ({"temperature": 0}, {"temperature": 0, "stream": False}),
    ],
)
async def test_what_does_not_change_the_answer_is_no_partition(
    optimizer: Optimizer, first: dict[str, Any], second: dict[str, Any]
) -> None:
    assert tier(await outcome_of(optimizer, chat(ASKED, **first), chat(MEANT, **second))) == "verified"


@pytest.mark.parametrize(
    "other",
    [
        {"tenant": "b", "credential": "x"},
        {"tenant": "a", "credential": "y"},
        {"tenant": "a:", "credential": "x"},
        {"tenant": ":a", "credential": "x"},
        {"tenant": "a", "credential": "x", "headers": {"openai-organization": "org-2"}},
        {"tenant": "a", "credential": "x", "headers": {"openai-project": "p-2"}},
    ],
)
@pytest.mark.parametrize("words", [ASKED, MEANT])
async def test_an_answer_never_leaves_its_tenant(optimizer: Optimizer, other: dict[str, Any], words: str) -> None:
    upstream = upstream_of("An answer.")
    await ask(optimizer, chat(ASKED), upstream, tenant="a", credential="x")
    assert tier((await ask(optimizer, chat(words), upstream, **other))[0]) == "miss"


@pytest.mark.parametrize("header", ["x-trimtab-tenant", "x-tenant", "x-trimtab-user", "x-trimtab-scope"])
async def test_no_header_names_another_tenant(optimizer: Optimizer, header: str) -> None:
    upstream = upstream_of("An answer.")
    await ask(optimizer, chat(ASKED), upstream, tenant="a")
    prepared, _ = await ask(optimizer, chat(ASKED), upstream, tenant="b", headers={header: "a"})
    assert tier(prepared) == "miss"


async def test_tenants_of_a_group_share_and_others_do_not(make: Callable[..., Optimizer]) -> None:
    optimizer = make(cache={"shared": {"shops": ["a", "b"]}})
    upstream = upstream_of("An answer.")
    await ask(optimizer, chat(ASKED), upstream, tenant="a", credential="x")
    for tenant, expected in (("b", "verified"), ("c", "miss"), ("shops", "miss"), (":shops", "miss")):
        prepared, _ = await ask(optimizer, chat(MEANT), upstream, tenant=tenant, credential="y")
        assert tier(prepared) == expected, tenant


async def test_answers_of_each_end_user_stay_apart_where_configured(make: Callable[..., Optimizer]) -> None:
    optimizer = make(cache={"per_user": True})
    assert tier(await outcome_of(optimizer, chat(ASKED, user="anna"), chat(MEANT, user="bert"))) == "miss"
    assert tier(await outcome_of(optimizer, chat(ASKED, user="anna"), chat(MEANT, user="anna"))) == "verified"


# -- context --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("Tell me about France", "It is in Europe.", "And its capital?"), ("And its capital?",)),
        (
            ("What is the capital of France?", "Paris.", "And what is it famous for?"),
            ("What is the capital of Italy?", "Rome.", "And what is it famous for?"),
        ),
        (
            ("Name a city", "Paris.", "How large is it?"),
            ("Name a city", "Rome.", "How large is it?"),
        ),
    ],
)
async def test_the_same_last_message_after_another_conversation_is_a_miss(
    optimizer: Optimizer, first: tuple[str, ...], second: tuple[str, ...]
) -> None:
    assert tier(await outcome_of(optimizer, chat(*first), chat(*second))) == "miss"


async def test_the_same_conversation_in_other_words_is_a_hit(optimizer: Optimizer) -> None:
    first = chat("What is the capital of France?", "Paris.", "And what is it famous for?")
    second = chat("what's the capital of France", "Paris.", "and what is it famous for")
    assert tier(await outcome_of(optimizer, first, second)) == "normalised"


async def test_an_earlier_turn_is_verified_too(optimizer: Optimizer, scores: Scores) -> None:
    first = chat("I have a guinea pig at home", "Nice!", "What may it eat?")
    second = chat("There is a hamster in my home", "Nice!", "What can it eat?")
    scores.told = {frozenset({"I have a guinea pig at home", "There is a hamster in my home"}): -3.0}
    assert tier(await outcome_of(optimizer, first, second)) == "miss"


# -- what is never served -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("What is the weather like in Rome today?", "How is the weather in Rome today?"),
        ("What is the latest version of Node?", "Which is the latest Node version?"),
        ("Where is my order?", "Where has my order gone?"),
        ("Set a timer for the pasta", "Please set a pasta timer"),
    ],
)
async def test_time_one_s_own_affairs_and_actions_are_not_compared_by_meaning(
    optimizer: Optimizer, scores: Scores, first: str, second: str
) -> None:
    assert tier(await outcome_of(optimizer, chat(first), chat(second))) == "miss"
    assert scores.asked == []


async def test_an_earlier_turn_about_the_time_makes_the_conversation_one(optimizer: Optimizer, scores: Scores) -> None:
    first = chat("What is the weather like in Rome today?", "Sunny.", "And what should one wear there?")
    second = chat("How is the weather in Rome today?", "Sunny.", "And what should one wear there?")
    assert tier(await outcome_of(optimizer, first, second)) == "miss"
    assert scores.asked == []


async def test_one_s_own_affairs_are_served_to_the_same_end_user_only(optimizer: Optimizer) -> None:
    first, second = "Where is my order?", "Where has my order gone?"
    assert tier(await outcome_of(optimizer, chat(first, user="anna"), chat(second, user="bert"))) == "miss"
    assert tier(await outcome_of(optimizer, chat(first, user="anna"), chat(second, user="anna"))) == "verified"


async def test_an_answer_that_depends_on_the_time_is_not_served_again_for_long(
    optimizer: Optimizer, clock: Clock
) -> None:
    upstream = upstream_of("Sunny.")
    body = chat("What is the weather like in Rome today?")
    await ask(optimizer, body, upstream)
    assert tier((await ask(optimizer, body, upstream))[0]) == "exact"
    clock.advance(61)
    assert tier((await ask(optimizer, body, upstream))[0]) == "miss"


async def test_a_tool_call_is_not_served_for_other_words(make: Callable[..., Optimizer]) -> None:
    calling = answer("openai_chat", Turn("", [("c1", "look", {"at": "it"})]))
    for allowed, expected in (((), "miss"), (("look",), "verified")):
        optimizer = make(cache={"reuse_tool_calls": allowed})
        upstream = ScriptedUpstream([ScriptedReply(200, JSON, [calling])])
        tools = [{"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}]
        await ask(optimizer, chat(ASKED, tools=tools, max_tokens=len(allowed) + 1), upstream)
        prepared, _ = await ask(optimizer, chat(MEANT, tools=tools, max_tokens=len(allowed) + 1), upstream)
        assert tier(prepared) == expected


async def test_a_call_in_the_text_of_an_answer_is_a_tool_call(optimizer: Optimizer) -> None:
    upstream = upstream_of('<function_calls><invoke name="look"></invoke></function_calls>')
    await ask(optimizer, chat(ASKED), upstream)
    assert tier((await ask(optimizer, chat(MEANT), upstream))[0]) == "miss"


async def test_an_answer_after_a_tool_result_is_not_served_for_other_words(optimizer: Optimizer) -> None:
    upstream = upstream_of("It is there.")
    tail = (Turn("", [("c1", "look", {})]), {"c1": "found"})
    for question, expected in ((ASKED, "miss"), (MEANT, "miss"), (ASKED, "exact")):
        body = request("openai_chat", [question, *tail])
        assert tier((await ask(optimizer, body, upstream))[0]) == expected


@pytest.mark.parametrize(
    "text", ["I'm sorry, but I can't help with that.", "I'm sorry, I cannot assist with that request."]
)
async def test_a_refusal_is_not_stored(optimizer: Optimizer, text: str) -> None:
    upstream = upstream_of(text)
    for body in (chat(ASKED), chat(ASKED), chat(MEANT)):
        assert tier((await ask(optimizer, body, upstream))[0]) == "miss"


async def test_an_answer_that_was_cut_short_is_not_stored(optimizer: Optimizer) -> None:
    body = orjson.loads(answer("openai_chat", Turn("An ans")))
    body["choices"][0]["finish_reason"] = "length"
    upstream = ScriptedUpstream([ScriptedReply(200, JSON, [orjson.dumps(body)])])
    for asked in (ASKED, ASKED, MEANT):
        assert tier((await ask(optimizer, chat(asked), upstream))[0]) == "miss"


async def test_images_are_not_compared(optimizer: Optimizer, scores: Scores) -> None:
    def picture(text: str) -> bytes:
        image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
        return orjson.dumps(
            {"model": "m", "messages": [{"role": "user", "content": [{"type": "text", "text": text}, image]}]}
        )

    assert tier(await outcome_of(optimizer, picture(ASKED), picture(MEANT))) == "miss"
    assert scores.asked == []


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"x-trimtab-cache": "bypass"}, "bypass"),
        ({"cache-control": "no-store"}, "bypass"),
        ({"x-trimtab-cache": "refresh"}, "bypass"),
        ({"cache-control": "no-cache"}, "bypass"),
    ],
)
async def test_what_the_client_says_of_the_cache_is_done(
    optimizer: Optimizer, headers: dict[str, str], expected: str
) -> None:
    assert tier(await outcome_of(optimizer, chat(ASKED), chat(MEANT), headers=headers)) == expected


async def test_a_refresh_replaces_the_answer(optimizer: Optimizer) -> None:
    upstream = upstream_of("Old.", "New.")
    await ask(optimizer, chat(ASKED), upstream)
    await ask(optimizer, chat(ASKED), upstream, headers={"x-trimtab-cache": "refresh"})
    _, given = await ask(optimizer, chat(MEANT), upstream)
    assert CODECS["openai_chat"].read_response(200, given).text == "New."


async def test_a_rule_keeps_questions_out_or_shortens_their_life(make: Callable[..., Optimizer], clock: Clock) -> None:
    optimizer = make(cache={"rules": [{"like": "password", "serve": False}, {"like": "parcel", "ttl_s": 10}]})
    assert tier(await outcome_of(optimizer, chat(ASKED), chat(ASKED))) == "bypass"
    upstream = upstream_of("Two days.")
    await ask(optimizer, chat("How long does a parcel take?"), upstream)
    other = chat("What time does a parcel need?")
    assert tier((await ask(optimizer, other, upstream))[0]) == "verified"
    clock.advance(11)
    assert tier((await ask(optimizer, chat("how much time does a parcel take"), upstream))[0]) == "miss"


# -- at the same time -----------------------------------------------------------------------------------------


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


# -- observing ------------------------------------------------------------------------------------------------


async def verdicts(optimizer: Optimizer, prepared: Prepared) -> int:
    """How many verdicts on served hits the bound knows."""
    stage = optimizer.pipeline.stages[0]
    assert isinstance(stage, SemanticCache)
    assert prepared.ctx is not None
    return (await stage.bounds.of(prepared.ctx)).status(0.01).verdicts


@every_format
@pytest.mark.parametrize("streamed", [False, True], ids=["json", "stream"])
async def test_observing_serves_nothing_and_learns_from_every_would_be_hit(
    make: Callable[..., Optimizer], wire: Format, streamed: bool
) -> None:
    optimizer = make(pipeline={"mode": "observe"})
    turn = Turn("Open the settings and choose a new password.")
    sent = stream(wire, turn) if streamed else [answer(wire, turn)]
    upstream = ScriptedUpstream([ScriptedReply(200, SSE if streamed else JSON, sent)])
    await ask(optimizer, request(wire, [ASKED], stream=streamed), upstream, wire)
    prepared, _ = await ask(optimizer, request(wire, [MEANT], stream=streamed), upstream, wire)
    assert len(upstream.received) == 2
    assert await verdicts(optimizer, prepared) == 1


async def test_what_no_score_decided_does_not_count_for_the_bound(make: Callable[..., Optimizer]) -> None:
    optimizer = make(pipeline={"mode": "observe"})
    upstream = upstream_of("Open the settings and choose a new password.")
    await ask(optimizer, chat(ASKED), upstream)
    for body in (chat(ASKED), chat(ASKED.lower())):
        prepared, _ = await ask(optimizer, body, upstream)
        assert prepared.ctx is not None
        assert prepared.ctx.cache_tier in ("exact", "normalised")
        assert await verdicts(optimizer, prepared) == 0


# -- another embedder -----------------------------------------------------------------------------------------


@dataclass
class Letters:
    """An embedder of another space: how often each letter occurs."""

    name: str = "letters"

    async def embed(self, text: str) -> NDArray[np.float32]:
        counted = np.array([text.lower().count(letter) for letter in "abcdefghijklmnopqrstuvwxyz"], np.float32)
        return np.asarray(counted / np.linalg.norm(counted), np.float32)


async def test_another_embedder_finds_what_was_stored_before_it(
    make: Callable[..., Optimizer], make_optimizer: Make, scores: Scores
) -> None:
    await ask(make(), chat(ASKED), upstream_of("An answer."))
    cache = SemanticCache(Letters(), scores, calibration)
    optimizer = make_optimizer(stages=(cache,))
    assert tier((await ask(optimizer, chat(MEANT), upstream_of("Another.")))[0]) == "miss"
    assert await reindex(optimizer.store, cache.entries, cache.embedder, optimizer.clock()) == 1
    assert await reindex(optimizer.store, cache.entries, cache.embedder, optimizer.clock()) == 0
    for asked, expected in ((ASKED, "exact"), ("Resetting passwords: what are the steps", "verified")):
        assert tier((await ask(optimizer, chat(asked), upstream_of("Another.")))[0]) == expected
