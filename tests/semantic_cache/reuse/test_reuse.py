"""What may be reused: every rule in both directions, in words of our own, and what any text must never do to it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.semantic_cache.reuse.test_action import DEEDS
from tests.semantic_cache.reuse.test_asker import OWN
from tests.semantic_cache.reuse.test_time import STALE
from trimtab.semantic_cache.reuse import (
    action,
    calls_in_text,
    compile_rules,
    personal,
    refuses,
    time_dependence,
    unresolved_reference,
)
from trimtab.semantic_cache.reuse.phrases import Phrases
from trimtab.semantic_cache.reuse.reading import WINDOW, fold

REASONS = (time_dependence, personal, action, unresolved_reference)


def test_reasons_name_what_was_found() -> None:
    assert time_dependence("What's the weather in Rome?") == "the answer depends on the time: 'weather'"
    assert personal("Where is my package?") == "the answer depends on who asks: 'where is my package'"
    assert action("Roll a dice") == "it asks for a deed, or for chance: 'roll a dice'"
    assert unresolved_reference("Who wrote the second act of it?") == "what it points at is not in it: 'it'"


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize(
    "text",
    [
        "今天天气怎么样",
        "Какая сегодня погода?",
        "كيف الطقس اليوم",
        "İstanbul'da hava nasıl",
        "Jaka będzie dziś pogoda w Łodzi?",
    ],
)
def test_what_cannot_be_read_has_a_reason_from_every_rule(reason: Callable[[str], str], text: str) -> None:
    assert reason(text)


def test_a_foreign_name_does_not_make_a_text_unreadable() -> None:
    assert time_dependence("Who wrote the opera Rusalka, was it Dvořák or Smetana?") == ""


def test_what_is_talked_about_is_not_asked_for() -> None:
    for text in ("Translate 'where is my package today' into French", "Rewrite this sentence: delete my account now"):
        assert [reason(text) for reason in (time_dependence, personal, action)] == ["", "", ""]


@pytest.mark.parametrize(
    "text",
    [
        "Correct me if I'm wrong: what's the weather today?",
        'My boss said "what is the stock price today?"',
        "I mean: who is the president of France?",
        "long term weather forecast for Rome",
    ],
)
def test_what_is_asked_is_not_taken_for_talked_about(text: str) -> None:
    assert time_dependence(text)


def test_the_end_of_a_long_text_is_read_and_its_middle_is_not() -> None:
    filler = "The stone bridge has arches. " * 400
    assert time_dependence(filler + "\nWhat is the weather today?")
    assert time_dependence("What is the weather today?\n" + filler)
    assert time_dependence(filler + "It rains today." + filler) == ""
    assert len(filler) > 2 * WINDOW


@pytest.mark.parametrize("text", ["what’s up with my order", "what's up with my order", "WHATS UP WITH MY ORDER"])
def test_spelling_makes_no_difference(text: str) -> None:
    assert fold(text) == "what is up with my order"
    assert personal(text)


def test_invisible_characters_and_accents_hide_nothing() -> None:
    assert time_dependence("What is the wea\u200bther in Rome?")
    assert time_dependence("Quelle est la météo ?") == time_dependence("Quelle est la meteo ?") != ""


@given(st.text(max_size=300))
@settings(max_examples=300, deadline=None)
def test_no_text_raises_and_no_answer_changes(text: str) -> None:
    for reason in REASONS:
        assert reason(text) == reason(text)
    assert refuses(text) in (True, False)
    assert calls_in_text(text) in (True, False)


@given(st.lists(st.sampled_from(sorted({w for t in (*STALE, *OWN, *DEEDS) for w in t.split()})), max_size=40))
@settings(max_examples=200, deadline=None)
def test_a_reason_quotes_words_of_the_text(words: list[str]) -> None:
    text = " ".join(words)
    for reason in (time_dependence, personal, action):
        if found := reason(text).partition(": '")[2].rstrip("'"):
            assert set(found.replace("§", "").split()) <= set(fold(text).replace("?", " ").split()) | _split(fold(text))


def _split(text: str) -> set[str]:
    return set("".join(c if c.isalnum() or c in "_+#" else " " for c in text).split())


@pytest.mark.parametrize(
    "part",
    [
        "my ",
        "what is my ",
        "the latest ",
        "please can you ",
        "(",
        '"',
        "`",
        "'a",
        "say: ",
        '"name": "',
        "n't ",
        "é",
        "a\u0301",
        "«",
        "\n",
        "action:\n",
    ],
)
def test_a_huge_text_of_one_part_is_read_like_any_other(part: str) -> None:
    text = part * (100_000 // len(part))
    for reason in REASONS:
        assert isinstance(reason(text), str)
    assert refuses(text) in (True, False)
    assert calls_in_text(text) in (True, False)


def test_phrases_know_choices_gaps_numbers_and_ends() -> None:
    phrases = Phrases("^ (a|big one)? cat .2 (sat|<verb>) ~(up) ; # mice $", {"verb": "ran jumped_over"})
    assert (
        phrases.find(" a cat then jumped over it ", ["a", "cat", "then", "jumped", "over", "it"])
        == "a cat then jumped over"
    )
    assert phrases.find(" big one cat sat ", ["big", "one", "cat", "sat"]) == "big one cat sat"
    assert phrases.find(" cat one two three sat ", ["cat", "sat"]) == ""
    assert phrases.find(" the cat sat ", ["the", "cat", "sat"]) == ""
    assert phrases.find(" cat sat up ", ["cat", "sat", "up"]) == ""
    assert phrases.find(" he saw 30 mice ", ["mice"]) == "30 mice"
    assert phrases.find(" 30 mice ran ", ["30", "mice", "ran"]) == ""
    assert phrases.without(" cat sat here ", ["cat", "sat", "here"], "_") == " _ here "


def test_every_rule_compiles() -> None:
    compile_rules()
    assert time_dependence("What's the weather in Rome?")
