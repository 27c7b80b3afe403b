"""The search by meaning: which candidates the network sees, and what a near miss teaches about two answers."""

from __future__ import annotations

import pytest

from tests.conftest import Make
from tests.semantic_cache.helpers import Scores, ask, calibration, chat, tier, upstream_of
from trimtab.optimizer import Optimizer
from trimtab.semantic_cache import SemanticCache
from trimtab.semantic_cache.entries import KIND, decode_entry
from trimtab.store import Store

WORDINGS = (
    "How do I reset my password?",
    "what are the steps for resetting a password",
    "resetting the password: which steps are there?",
)


@pytest.fixture
def doubting() -> Scores:
    """A verifier that is sure of nothing."""
    return Scores(other=1.0)


@pytest.fixture
def optimizer(make_optimizer: Make, doubting: Scores) -> Optimizer:
    return make_optimizer(stages=(SemanticCache(scores=doubting, calibration=calibration),))


async def groups(store: Store) -> list[str]:
    """The group of every entry, by the name of the question that began it."""
    await store.flush()
    found = {}
    for each in await store.entries(kind=KIND):
        value = await store.get(each.ns, each.key)
        assert value is not None
        found[each.key] = decode_entry(value.data)
    return sorted(found[entry.group].turns[0] if entry.group else "" for entry in found.values())


async def test_the_network_sees_the_nearest_alone_where_that_is_served(optimizer: Optimizer, doubting: Scores) -> None:
    upstream = upstream_of("Open the settings.", "Write a letter to the head office in Dublin.")
    for wording in WORDINGS[:2]:
        await ask(optimizer, chat(wording), upstream)
    doubting.asked.clear()
    doubting.other = 9.0
    assert tier((await ask(optimizer, chat(WORDINGS[2]), upstream))[0]) == "verified"
    assert len(doubting.asked) == 1


async def test_answers_that_a_near_miss_finds_to_say_the_same_belong_together(
    optimizer: Optimizer, store: Store
) -> None:
    same = "Open the settings and choose Reset."
    upstream = upstream_of(same, same, same)
    for wording in WORDINGS:
        await ask(optimizer, chat(wording), upstream)
    assert [bool(group) for group in await groups(store)] == [False, True, True]
    assert len(set(await groups(store))) == 2


async def test_answers_that_differ_stay_apart(optimizer: Optimizer, store: Store) -> None:
    upstream = upstream_of("Open the settings.", "Write a letter to the head office in Dublin.")
    for wording in WORDINGS[:2]:
        await ask(optimizer, chat(wording), upstream)
    assert await groups(store) == ["", ""]
