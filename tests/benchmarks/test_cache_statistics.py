"""Shares, intervals and curves."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.cache.statistics import auc, mean, served_at, share

SCORES = st.lists(st.floats(-5, 5), min_size=1, max_size=40)


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"), [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0)]
)
def test_the_interval_of_a_share_is_wilsons(hits: int, of: int, low: float, high: float) -> None:
    found = share(hits, of)
    assert found.low == pytest.approx(low, abs=1e-4)
    assert found.high == pytest.approx(high, abs=1e-4)


def test_nothing_observed_says_nothing() -> None:
    assert (share(0, 0).low, share(0, 0).high) == (0.0, 1.0)


def test_the_interval_of_a_mean_is_students() -> None:
    found = mean([1.0, 2.0, 3.0, 4.0, 5.0])
    half = 2.776 * math.sqrt(2.5) / math.sqrt(5)
    assert found.value == 3.0
    assert found.high - found.value == pytest.approx(half)
    assert found.value - found.low == pytest.approx(half)


@given(SCORES, SCORES)
def test_the_area_is_the_share_of_pairs_in_the_right_order(right: list[float], wrong: list[float]) -> None:
    pairs = [(a > b) + 0.5 * (a == b) for a in right for b in wrong]
    assert auc(right, wrong) == pytest.approx(sum(pairs) / len(pairs))


@given(SCORES, SCORES, st.floats(0, 1))
def test_no_threshold_within_the_error_serves_more(right: list[float], wrong: list[float], most: float) -> None:
    possible = [
        sum(score >= bar for score in right)
        for bar in (*right, *wrong, math.inf)
        if sum(score >= bar for score in wrong) <= most * len(wrong) + 1e-9
    ]
    assert served_at(right, wrong, most).value == pytest.approx(max(possible) / len(right))


def test_what_a_rule_refuses_is_served_at_no_error() -> None:
    assert served_at([0.9, -1.0], [-1.0, -1.0], 0.0).value == 0.5
