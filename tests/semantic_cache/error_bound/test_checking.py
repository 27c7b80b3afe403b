"""The caller's wish, and which hits are checked."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from tests.semantic_cache.error_bound.helpers import HIGH, fresh, times
from trimtab.semantic_cache.error_bound import EntryRecord, effective
from trimtab.semantic_cache.sampling import Sampler


@pytest.mark.parametrize(
    ("asked", "alpha", "why"),
    [
        (None, 0.01, ""),
        ("0.005", 0.005, ""),
        (0.001, 0.001, ""),
        (0, 0.0, ""),
        ("0.01", 0.01, ""),
        ("0.02", 0.01, "may only tighten"),
        ("-1", 0.01, "not a number from 0 to 1"),
        ("nan", 0.01, "not a number from 0 to 1"),
        ("inf", 0.01, "not a number from 0 to 1"),
        ("1%", 0.01, "not a number from 0 to 1"),
        (True, 0.01, "not a number from 0 to 1"),
        (10**400, 0.01, "not a number from 0 to 1"),
        ([], 0.01, "not a number from 0 to 1"),
        ("x" * 1000, 0.01, "not a number from 0 to 1"),
    ],
)
def test_a_caller_may_only_tighten_the_bound(asked: object, alpha: float, why: str) -> None:
    found, said = effective(0.01, asked)
    assert found == alpha
    assert why in said
    assert bool(said) == bool(why)
    assert len(said) < 120


def shares(draws: int, **how: Any) -> tuple[float, int]:
    sampler = Sampler(how.pop("rate", 0.05), Random(1))
    samples = [sampler.draw(how.get("score", HIGH), 0.97, **how.get("more", {})) for _ in range(draws)]
    return sum(sample.chosen for sample in samples) / draws, samples[0].level


VERIFIED = EntryRecord(right=1)


@pytest.mark.parametrize(
    ("how", "level"),
    [
        ({"more": {"entry": VERIFIED}}, 0),
        ({}, 1),
        ({"score": 0.975, "more": {"entry": VERIFIED}}, 1),
        ({"score": 0.975}, 2),
        ({"score": 0.975, "more": {"eager": True}}, 4),
    ],
)
def test_hits_are_checked_as_often_as_their_class_says(how: dict[str, Any], level: int) -> None:
    share, found = shares(20_000, **how)
    assert found == level
    assert share == pytest.approx(0.05 * 2**level, rel=0.1)


def test_a_class_whose_share_would_exceed_one_is_checked_less() -> None:
    share, level = shares(2000, rate=0.4, score=0.975, more={"eager": True})
    assert level == 1
    assert share == pytest.approx(0.8, abs=0.05)
    assert shares(100, rate=1.0) == (1.0, 0)
    assert shares(100, rate=0.0) == (0.0, 0)


def test_the_draws_follow_the_random_source_that_was_handed_in() -> None:
    def draws() -> list[bool]:
        sampler = Sampler(0.3, Random(9))
        return [sampler.draw(HIGH, 0.97).chosen for _ in range(50)]

    assert draws() == draws()


def test_a_new_tenant_and_one_with_a_wrong_answer_are_checked_eagerly() -> None:
    assert fresh().eager
    settled = times(60, fresh(), HIGH, "same", served=True)
    assert not settled.eager
    assert settled.observed(HIGH, "different", served=True).eager
