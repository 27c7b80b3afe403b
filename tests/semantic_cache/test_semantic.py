"""The cache by meaning: what is served for other words, and who shares with whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.fakes.formats import FORMATS, Turn, request, stream
from tests.fakes.upstream import SSE, ScriptedReply, ScriptedUpstream
from tests.semantic_cache.helpers import ASKED, MEANT, Scores, ask, chat, outcome_of, tier, upstream_of, why
from trimtab.optimizer import Optimizer
from trimtab.request import Format
from trimtab.wire import CODECS

every_format = pytest.mark.parametrize("wire", FORMATS)


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
