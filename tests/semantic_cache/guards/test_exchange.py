"""What is to take whose place."""

from __future__ import annotations

import pytest

from trimtab.semantic_cache.guards import difference


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("can i substitute milk for water", "will it be okay if i use water instead of milk"),
        ("can i substitute cream for milk", "is milk an ok substitute for cream"),
        ("is oat milk a fine substitute for milk", "can i substitute milk for oat milk"),
        ("would it be possible to replace the salt with baking soda", "can i use salt instead of baking soda"),
    ],
)
def test_the_other_way_round_is_another_question(a: str, b: str) -> None:
    for found in (difference(a, b), difference(b, a)):
        assert found is not None
        assert found.kind == "polarity"


def test_into_an_account_is_not_out_of_it() -> None:
    found = difference("how do i transfer money to my account", "how can money be transferred from my bank account")
    assert found is not None
    assert found.kind == "polarity"
    assert difference("copy it from my card to my account", "what copies from a card into an account") is None


def test_a_text_that_asks_more_is_doubtful() -> None:
    found = difference("what is a virtual card and how do i get one", "how do i get a virtual card")
    assert found is not None
    assert found.kind == "scope"


def test_the_same_way_round_in_other_words_is_no_difference() -> None:
    assert difference("can i substitute milk for water", "can i use milk instead of water") is None
