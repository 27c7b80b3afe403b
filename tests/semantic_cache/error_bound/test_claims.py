"""What may be claimed, however often one looks."""

from __future__ import annotations

import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.error_bound import peeked
from tests.semantic_cache.error_bound.helpers import one
from trimtab.semantic_cache.evidence import Verdict
from trimtab.semantic_cache.wealth import LEVELS, PROVEN, Tally, against_at_least, against_at_most, interval


@pytest.mark.parametrize("moving", [False, True])
def test_a_look_after_every_verdict_proves_what_is_false_in_at_most_one_stream_of_twenty(moving: bool) -> None:
    found = peeked(0.05, 120, 250, moving=moving, seed=11)
    assert found["proven"] <= 0.05


@pytest.mark.parametrize("moving", [False, True])
def test_the_interval_holds_the_moving_average_at_all_times_in_at_least_95_of_100_streams(moving: bool) -> None:
    found = peeked(0.1, 120, 250, moving=moving, seed=12)
    assert found["interval_missed"] <= 0.05


def test_a_test_at_every_look_that_ignores_the_peeking_would_fail_here() -> None:
    """The two tests above can fail: a fixed-sample bound, looked at after every verdict, misses far more often."""
    random, missed = Random(5), 0
    for _ in range(200):
        wrong = 0
        for number in range(1, 401):
            wrong += random.random() < 0.1
            spread = math.sqrt(0.1 * 0.9 / number)
            if number >= 20 and abs(wrong / number - 0.1) > 1.96 * spread:
                missed += 1
                break
    assert missed / 200 > 0.15


def test_clean_verdicts_prove_a_bound_of_one_percent_in_four_hundred() -> None:
    assert against_at_least(one("same", count=250), 0.01) < math.log(PROVEN)
    assert against_at_least(one("same", count=400), 0.01) >= math.log(PROVEN)


def test_the_interval_lies_around_the_estimate_and_narrows() -> None:
    few = one("same", count=95).plus(one("different", count=5))
    many = one("same", count=950).plus(one("different", count=50))
    assert few.rate == many.rate == pytest.approx(0.05)
    (low, high), (lower, higher) = interval(few), interval(many)
    assert low < lower < 0.05 < higher < high
    assert interval(Tally()) == (0.0, 1.0)


def test_unsure_verdicts_widen_the_interval_on_both_sides() -> None:
    sure = one("same", count=180).plus(one("different", count=20))
    low, high = interval(sure)
    doubted = interval(sure.plus(one("unsure", count=20)))
    assert doubted[0] < low
    assert doubted[1] > high


def test_hits_that_are_checked_more_often_do_not_tilt_the_estimate() -> None:
    """Entries never verified are wrong ten times as often and checked four times as often."""
    random, tally, wrong, hits = Random(2), Tally(), 0, 40_000
    for _ in range(hits):
        new = random.random() < 0.3
        bad = random.random() < (0.2 if new else 0.02)
        wrong += bad
        level = 2 if new else 0
        if random.random() < 0.05 * 2**level:
            tally = tally.plus(one("different" if bad else "same", level))
    plain = sum(tally.different) / tally.verdicts
    assert tally.rate == pytest.approx(wrong / hits, abs=0.01)
    assert plain > 1.3 * wrong / hits


@given(
    st.lists(st.tuples(st.sampled_from(["same", "different", "unsure"]), st.integers(0, LEVELS - 1)), max_size=40),
    st.floats(0.0005, 0.9),
    st.floats(0.0005, 0.9),
)
def test_wealth_is_monotone_in_the_rate_and_does_not_depend_on_the_order(
    verdicts: list[tuple[Verdict, int]], rate: float, other: float
) -> None:
    tally, turned = Tally(), Tally()
    for verdict, level in verdicts:
        tally = tally.plus(one(verdict, level))
    for verdict, level in reversed(verdicts):
        turned = turned.plus(one(verdict, level))
    low, high = sorted((rate, other))
    assert turned == tally
    assert against_at_most(tally, low) >= against_at_most(tally, high) - 1e-9
    assert against_at_least(tally, low) <= against_at_least(tally, high) + 1e-9
    assert 0 <= interval(tally)[0] <= interval(tally)[1] <= 1


@pytest.mark.parametrize("rates", [(0.3, 0.3, 0.3), (0.9, 0.0, 0.0), (0.0, 0.2, 1.0), (0.1, 0.9, 0.4)])
def test_the_expected_wealth_at_the_boundary_is_at_most_one(rates: tuple[float, ...]) -> None:
    """The property that everything rests on, by enumeration: six verdicts of three classes, each with its own rate."""
    levels = (0, 2, 0, 1, 2, 1)
    average = sum(0.5**level * rates[level] for level in levels) / sum(0.5**level for level in levels)
    expected = [0.0, 0.0]
    for outcome in range(2 ** len(levels)):
        tally, probability = Tally(), 1.0
        for number, level in enumerate(levels):
            wrong = bool(outcome >> number & 1)
            probability *= rates[level] if wrong else 1 - rates[level]
            tally = tally.plus(one("different" if wrong else "same", level))
        expected[0] += probability * math.exp(against_at_most(tally, average))
        expected[1] += probability * math.exp(against_at_least(tally, average))
    assert 0.01 < expected[0] <= 1
    assert 0.01 < expected[1] <= 1


def test_an_unsure_verdict_that_leans_counts_for_part_of_a_wrong_one() -> None:
    leaning = one("same", count=90).plus(one("unsure", count=10)).leaning(0.2)
    assert (sum(leaning.same), sum(leaning.different), sum(leaning.unsure)) == pytest.approx((98, 2, 0))
    assert leaning.verdicts == 100
