"""The labels of the streams: which questions of an intent have the same answer."""

from __future__ import annotations

import pytest

from benchmarks.cache.answers import answer, labels, question
from benchmarks.cache.faq import JUDGEMENT, seen

SAME = [
    ("banking77", "automatic_top_up", "How do I switch auto top-up on?", "could my account be topped up automatically"),
    ("banking77", "top_up_by_cash_or_cheque", "May I pay in a cheque?", "is a cheque fine for topping up"),
    ("banking77", "exchange_via_app", "Swap £ into USD in here?", "can the app turn pounds into US dollars"),
    ("banking77", "country_support", "Do you issue cards in the US?", "i am in America, would i get a card"),
    ("clinc150", "calories", "what are the calories of a waffle", "how many calories do waffles have"),
    ("clinc150", "measurement_conversion", "how many inches are in 5 feet", "turn five feet into inches, convert it"),
    ("clinc150", "measurement_conversion", "how many ounces in a pound", "convert a pound to ounces"),
    ("clinc150", "ingredient_substitution", "can i use oil instead of lard", "can i replace lard with oil"),
    ("clinc150", "calculator", "what is seven plus 12", "what's 7 plus twelve"),
]
DIFFERENT = [
    ("banking77", "automatic_top_up", "How do I switch auto top-up on?", "How do I switch auto top-up off?"),
    ("banking77", "top_up_by_cash_or_cheque", "May I pay in a cheque?", "May I pay in cash?"),
    ("banking77", "exchange_via_app", "Can I change GBP to USD?", "Can I change GBP to AUD?"),
    ("banking77", "country_support", "Can I get a card in the UK?", "Can I get a card outside the UK?"),
    ("banking77", "visa_or_mastercard", "Can I have a Visa card?", "Can I have a Mastercard?"),
    ("banking77", "visa_or_mastercard", "A Visa instead of a Mastercard?", "A Mastercard instead of a Visa?"),
    ("banking77", "disposable_card_limits", "Can I have 3 disposable cards?", "Can I have 4 disposable cards?"),
    ("clinc150", "calories", "how many calories has a waffle", "how many calories has a pancake"),
    ("clinc150", "improve_credit_score", "how can i raise my credit score", "what would ruin my credit score"),
    ("clinc150", "measurement_conversion", "convert 5 feet to inches", "convert 5 inches to feet"),
    ("clinc150", "measurement_conversion", "convert feet to inches", "convert inches to feet"),
    ("clinc150", "ingredient_substitution", "can i use oil instead of lard", "can i use lard instead of oil"),
    ("clinc150", "ingredient_substitution", "can i substitute oil for lard", "can i replace oil with lard"),
    ("clinc150", "calculator", "what is 9 minus 4", "what is 4 minus 9"),
    ("clinc150", "calculator", "what is 9 + 4", "what is 9 - 4"),
    ("clinc150", "timezone", "which timezone is quito in", "which timezone is lima in"),
]
OTHER_QUESTION = [
    ("banking77", "automatic_top_up", "How do I switch auto top-up on?", "Is there a limit on auto top-up?"),
    ("banking77", "getting_spare_card", "Can I have a second card?", "What would a second card cost?"),
]


@pytest.mark.parametrize(("data", "intent", "a", "b"), SAME)
def test_questions_in_other_words_have_one_answer(data: str, intent: str, a: str, b: str) -> None:
    assert answer(data, intent, a) == answer(data, intent, b) is not None
    assert question(data, intent, a) == question(data, intent, b)


@pytest.mark.parametrize(("data", "intent", "a", "b"), OTHER_QUESTION)
def test_one_help_text_may_answer_several_questions(data: str, intent: str, a: str, b: str) -> None:
    assert answer(data, intent, a) == answer(data, intent, b) is not None
    assert question(data, intent, a) != question(data, intent, b)


@pytest.mark.parametrize(("data", "intent", "a", "b"), DIFFERENT)
def test_one_thing_that_differs_makes_another_answer(data: str, intent: str, a: str, b: str) -> None:
    known = answer(data, intent, a), answer(data, intent, b)
    assert None not in known
    assert known[0] != known[1]


@pytest.mark.parametrize(
    ("data", "intent"),
    [("banking77", "pending_transfer"), ("banking77", "exchange_rate"), ("clinc150", "weather"), ("clinc150", "alarm")],
)
def test_what_may_not_be_reused_has_no_answer(data: str, intent: str) -> None:
    assert answer(data, intent, "anything at all about 5 pounds") is None


def test_a_question_that_names_nothing_is_left_out() -> None:
    assert answer("clinc150", "calories", "can you tell me the calories") is None
    assert answer("clinc150", "ingredient_substitution", "what about cooking with less fat") is None


def test_a_text_filed_under_another_intent_gets_the_answer_of_its_kind() -> None:
    filed = answer("clinc150", "nutrition_info", "how many calories do waffles have")
    assert filed == answer("clinc150", "calories", "how many calories do waffles have")


def test_the_pronoun_us_is_no_place() -> None:
    assert "@us" not in set(labels("Can somebody send us a card?"))
    assert "@us" in set(labels("Can somebody in the US get a card?"))
    assert "@us" in set(labels("Is there a fee for US cards?"))


def test_where_something_comes_from_is_not_where_it_is() -> None:
    assert set(labels("a transfer from China")) == {"from @china"}
    assert set(labels("a transfer to China")) == {"@china"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1,000 euros", {"1000", "EUR"}), ("thirteen", {"13"}), ("half", {"0.5"}), ("another one", set())],
)
def test_numbers_are_read_from_digits_and_words(text: str, expected: set[str]) -> None:
    assert set(labels(text)) == expected


def test_no_intent_is_both_reusable_and_excluded() -> None:
    reusable = set(JUDGEMENT.faq) | {("clinc150", intent) for intent in JUDGEMENT.facts}
    assert not reusable & set(JUDGEMENT.excluded)


def test_every_rule_names_intents_that_are_judged() -> None:
    judged = set(JUDGEMENT.faq) | {("clinc150", intent) for intent in JUDGEMENT.facts}
    assert {listed for listed, _, _ in JUDGEMENT.moved} <= judged
    assert {(listed[0], to) for listed, _, to in JUDGEMENT.moved} <= judged
    assert JUDGEMENT.ordered | JUDGEMENT.directed <= set(JUDGEMENT.facts)


def test_intents_are_parted_into_seen_and_unseen() -> None:
    known = {seen(intent) for _, intent in JUDGEMENT.faq}
    assert known == {True, False}
    assert seen("activate_my_card")
    assert not seen("card_acceptance")
