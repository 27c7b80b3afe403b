"""The search by meaning: which candidates the network sees, and neighbours that bear each other out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import Make
from tests.semantic_cache.helpers import Scores, ask, calibration, chat, tier, upstream_of
from trimtab.optimizer import Optimizer
from trimtab.semantic_cache import SemanticCache
from trimtab.semantic_cache.vector_search import score_of, supports

Opened = Callable[[float], Optimizer]
WORDINGS = (
    "How do I reset my password?",
    "what are the steps for resetting a password",
    "resetting the password: which steps are there?",
)
DOUBTFUL = 1.0


@pytest.fixture
def opened(make_optimizer: Make) -> Opened:
    """Makes an optimizer whose verifier gives these log-odds to every pair."""

    def made(log_odds: float) -> Optimizer:
        stage = SemanticCache(scores=Scores(other=log_odds), calibration=calibration)
        return make_optimizer(stages=(stage,))

    return made


def test_neighbours_of_one_group_support_each_other_unless_a_rule_refuses_them() -> None:
    assert supports(["a", "a", "b", "a"], [True, True, True, False]) == [1, 1, 0, 2]
    assert supports([], []) == []


def test_support_raises_a_score_and_each_more_raises_it_less() -> None:
    alone, one, two = (score_of(0.0, 0.8, number) for number in range(3))
    assert alone < one < two
    assert one - alone > two - one


async def test_what_two_answers_bear_out_is_served_below_a_score_that_one_would_need(opened: Opened) -> None:
    optimizer = opened(DOUBTFUL)
    same = "Open the settings and choose Reset."
    upstream = upstream_of(same, same, "Never asked for.")
    outcomes = [tier((await ask(optimizer, chat(wording), upstream))[0]) for wording in WORDINGS]
    assert outcomes == ["miss", "miss", "verified"]


async def test_answers_that_differ_bear_nothing_out(opened: Opened) -> None:
    optimizer = opened(DOUBTFUL)
    upstream = upstream_of("Open the settings.", "Write a letter to the head office in Dublin.", "A third answer.")
    outcomes = [tier((await ask(optimizer, chat(wording), upstream))[0]) for wording in WORDINGS]
    assert outcomes == ["miss", "miss", "miss"]


async def test_the_network_sees_the_likeliest_alone_where_that_is_served(make_optimizer: Make) -> None:
    scores = Scores(other=DOUBTFUL)
    optimizer = make_optimizer(stages=(SemanticCache(scores=scores, calibration=calibration),))
    upstream = upstream_of("Open the settings.", "Write a letter to the head office in Dublin.")
    for wording in WORDINGS[:2]:
        await ask(optimizer, chat(wording), upstream)
    scores.asked.clear()
    scores.other = 9.0
    assert tier((await ask(optimizer, chat(WORDINGS[2]), upstream))[0]) == "verified"
    assert len(scores.asked) == 1
