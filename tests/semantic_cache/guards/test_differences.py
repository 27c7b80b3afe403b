"""The guards: what must not be served for each other is refused for the right reason, and paraphrases are not."""

from __future__ import annotations

import pytest

from tests.semantic_cache.guards.paraphrases import SAME
from tests.semantic_cache.guards.traps import TRAPS
from trimtab.semantic_cache.guards import KINDS, Difference, difference, differences


def kind_of(found: Difference | None) -> str:
    return found.kind if found else ""


@pytest.mark.parametrize(("kind", "a", "b"), TRAPS)
def test_a_trap_is_refused_for_its_own_reason_whichever_comes_first(kind: str, a: str, b: str) -> None:
    for found in (differences(a, b), differences(b, a)):
        assert kind in {difference.kind for difference in found}, found
    assert kind_of(difference(a, b)) == kind_of(difference(b, a)) != ""


@pytest.mark.parametrize(("a", "b"), SAME)
def test_a_paraphrase_passes_whichever_comes_first(a: str, b: str) -> None:
    assert differences(a, b) == differences(b, a) == ()


def test_every_kind_has_traps_and_every_trap_is_of_a_known_kind() -> None:
    assert {kind for kind, _, _ in TRAPS} == set(KINDS)


@pytest.mark.parametrize(
    ("a", "b", "words"),
    [
        ("Name 3 rivers", "Name 4 rivers", "number differs: 3 vs 4"),
        ("What costs $5?", "What costs €5?", "number differs: $5 vs €5"),
        ("a plan for Monday", "a plan for Friday", "weekday differs: monday vs friday"),
        ("Who won in 2016?", "Who won in 2020?", "year differs: 2016 vs 2020"),
        ("What is the capital of France?", "What is the capital of Spain?", "name differs: France vs Spain"),
        ("How do I enable it?", "How do I disable it?", "opposite words: enable vs disable"),
        ("Is it legal?", "Is it illegal?", "denied by a prefix: illegal vs legal"),
        ("cakes with eggs", "cakes without eggs", "negation only in one: without eggs"),
        ("Convert USD to EUR", "Convert EUR to USD", "roles exchanged: USD and EUR"),
        ("flights from Oslo to Rome", "flights from Rome to Oslo", "roles exchanged: from Oslo to Rome, and back"),
        ("What does ls -a do?", "What does ls -l do?", "identifier differs: -a vs -l"),
        ("Explain it in French", "Explain it in German", "language of the answer differs: french vs german"),
        ("Explain it as JSON", "Explain it", "form of the answer only in one: json"),
        ("Why is it red?", "When is it red?", "question differs: reason vs time"),
        ("How do I train a dog?", "How do I train a cat?", "word differs: dog vs cat"),
        ("How do I cook rice?", "How do I cook rice in a microwave?", "only in one: in a microwave"),
    ],
)
def test_the_reason_is_given_in_words(a: str, b: str, words: str) -> None:
    found = difference(a, b)
    assert found is not None
    assert found.words == words


def test_all_reasons_are_listed_and_the_first_of_them_is_the_difference() -> None:
    a, b = "How do I add 3 users in Paris?", "How do I remove 4 users in Rome?"
    found = differences(a, b)
    assert [difference.kind for difference in found][:3] == ["number", "polarity", "entity"]
    assert difference(a, b) == found[0]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Is it not safe to swim here?", "Is it unsafe to swim here?"),
        ("Is it not unsafe to swim here?", "Is it safe to swim here?"),
        ("Is Munich cheaper than Paris?", "Is Paris more expensive than Munich?"),
        ("Should I eat before the run?", "Should I run after eating?"),
        ("What is the least painful way to remove a tick?", "What is the most painless way to remove a tick?"),
        ("Did Brazil beat Germany?", "Was Germany beaten by Brazil?"),
    ],
)
def test_two_turns_turn_a_question_back(a: str, b: str) -> None:
    assert difference(a, b) is None


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Is it not safe to swim here?", "Is it safe to swim here?"),
        ("Is Munich cheaper than Paris?", "Is Munich more expensive than Paris?"),
        ("Is Munich cheaper than Paris?", "Is Paris cheaper than Munich?"),
        ("Did Brazil beat Germany?", "Was Brazil beaten by Germany?"),
        ("Should I buy low?", "Should I sell high?"),
    ],
)
def test_one_turn_does_not(a: str, b: str) -> None:
    assert difference(a, b) is not None


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("How much is 5 + 7?", "How much is 7 + 5?"),
        ("What is the difference between Java and Kotlin?", "What is the difference between Kotlin and Java?"),
        ("Which is better, tea or coffee?", "Which is better, coffee or tea?"),
        ("How far is Oslo from Rome?", "How far is Rome from Oslo?"),
    ],
)
def test_where_order_does_not_count_it_is_no_difference(a: str, b: str) -> None:
    assert difference(a, b) is None


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Is 10 - 5 prime?", "Is 5 - 10 prime?"),
        ("What is 3 + 4 * 2?", "What is 3 * 4 + 2?"),
        ("Write hello world in C", "Write hello world in C++"),
        ("What does `[1]` mean?", "What does `(1)` mean?"),
        ("What is 2²?", "What is 22?"),
        ("Is 007 a spy?", "Is 7 a spy?"),
        ("Was it 12345678901234567890?", "Was it 12345678901234567891?"),
    ],
)
def test_signs_and_digits_that_look_alike_are_told_apart(a: str, b: str) -> None:
    assert difference(a, b) is not None


FILLER = "The committee met and talked about the budget of the town for a long while. " * 80


@pytest.mark.parametrize(
    ("a", "b", "refused"),
    [
        ("It cost 300 euros.", "It cost 400 euros.", True),
        ("Then Smith spoke.", "Then Miller spoke.", True),
        ("It did not pass.", "It did pass.", True),
        ("Summarise this.", "Please summarise this.", False),
    ],
)
def test_long_texts_are_compared_by_numbers_names_and_negators(a: str, b: str, *, refused: bool) -> None:
    assert len(FILLER) > 4000
    assert (difference(FILLER + a, FILLER + b) is not None) == refused
