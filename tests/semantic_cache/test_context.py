"""What is never served by meaning, and what the conversation before a question changes."""

from __future__ import annotations

from collections.abc import Callable

import orjson
import pytest

from tests.conftest import Clock
from tests.fakes.formats import Turn, answer, request
from tests.fakes.upstream import JSON, ScriptedReply, ScriptedUpstream
from tests.semantic_cache.helpers import ASKED, MEANT, Scores, ask, chat, outcome_of, tier, upstream_of
from trimtab.optimizer import Optimizer
from trimtab.wire import CODECS


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
