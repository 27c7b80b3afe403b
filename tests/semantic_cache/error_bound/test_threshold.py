"""The threshold: where it starts, what raises it, and what lowers it."""

from __future__ import annotations

import math
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.error_bound import ALPHA
from tests.semantic_cache.error_bound.helpers import (
    BELOW,
    BETWEEN,
    CALIBRATION,
    HIGH,
    LOW,
    STEP,
    THRESHOLD,
    fresh,
    times,
)
from trimtab.semantic_cache.error_bound import Bound
from trimtab.semantic_cache.evidence import MEMORY, Verdict
from trimtab.semantic_cache.wealth import Tally


def test_from_the_first_request_the_threshold_is_the_shipped_one() -> None:
    assert fresh().threshold(ALPHA) == THRESHOLD
    assert fresh().decide(THRESHOLD, ALPHA).serve
    refused = fresh().decide(THRESHOLD - 0.011, ALPHA)
    assert not refused.serve
    assert "is below" in refused.why


def test_wrong_answers_among_hits_raise_the_threshold() -> None:
    bound = times(3, times(10, fresh(), THRESHOLD, "same", served=True), THRESHOLD, "different", served=True)
    assert bound.threshold(ALPHA) > THRESHOLD


def test_near_misses_that_are_wrong_raise_the_threshold_before_a_wrong_answer_is_served() -> None:
    bound = fresh()
    for score in (0.6, 0.72, 0.8, 0.85, 0.91, 0.94):
        bound = times(30, bound, score, "different")
    assert bound.threshold(ALPHA) > THRESHOLD
    assert bound.status(ALPHA).kind == "prior"


def seen_right(count: int, verdict: Verdict = "same") -> Bound:
    bound = fresh()
    for score in BETWEEN:
        bound = times(count // len(BETWEEN), bound, score, verdict)
    return bound


def test_near_misses_that_are_right_lower_the_threshold_only_when_there_are_enough() -> None:
    assert seen_right(30).threshold(ALPHA) == THRESHOLD
    lowered = seen_right(500)
    assert lowered.threshold(ALPHA) < THRESHOLD
    assert lowered.decide(BELOW, ALPHA).serve
    assert lowered.evidence.total == Tally()


def test_the_threshold_does_not_come_down_further_than_near_misses_were_seen() -> None:
    assert seen_right(900).threshold(ALPHA) == CALIBRATION.edges[STEP]


def test_unsure_near_misses_lower_nothing() -> None:
    assert seen_right(250, "unsure").threshold(ALPHA) == THRESHOLD
    bound = seen_right(250)
    for score in BETWEEN:
        bound = times(40, bound, score, "unsure")
    assert bound.threshold(ALPHA) == THRESHOLD


def test_a_few_unsure_near_misses_do_not_hold_up_what_hundreds_have_shown() -> None:
    bound = times(10, seen_right(500), BELOW, "unsure")
    assert bound.threshold(ALPHA) < THRESHOLD


def test_wrong_near_misses_take_a_lowered_threshold_back() -> None:
    bound = times(40, seen_right(500), BELOW, "different")
    assert bound.threshold(ALPHA) >= THRESHOLD


def passed_down(rate: float, streams: int = 30) -> int:
    """In how many streams the bins of the first step, a tenth of the traffic and wrong at ``rate``, are ever passed."""
    passed = 0
    for seed in range(streams):
        random, bound = Random(seed), fresh()
        for _ in range(400):
            score = random.choice(BETWEEN)
            for _ in range(9):
                bound = bound.saw(HIGH, served=True)
            bound = bound.saw(score, served=False)
            bound = bound.observed(score, "different" if random.random() < rate else "same", served=False)
            if bound.cut(ALPHA) <= STEP:
                passed += 1
                break
    return passed


def test_the_threshold_seldom_comes_down_to_where_it_would_break_the_bound() -> None:
    """A tenth of the traffic wrong at more than ten times the bound breaks it whatever else is served."""
    assert passed_down(0.11) <= 3
    assert passed_down(0.01) >= 25


def test_a_bin_forgets_so_that_the_belief_follows_drift() -> None:
    bound = times(2000, fresh(), HIGH, "same", served=True)
    number = CALIBRATION.bin(HIGH)
    assert bound.evidence.right[number] == pytest.approx(MEMORY)
    drifted = times(60, bound, HIGH, "different", served=True)
    assert drifted.risk(HIGH) > 0.05


def test_the_mix_of_scores_counts() -> None:
    """The same rates by score: a tenant whose candidates all stand just above the threshold needs a higher one."""
    crowded = fresh()
    for _ in range(3000):
        crowded = crowded.saw(THRESHOLD, served=True)
    assert crowded.threshold(ALPHA) > THRESHOLD


def test_a_belief_is_carried_on_while_little_changes_and_formed_anew_after_a_wrong_hit() -> None:
    bound = times(400, fresh(), HIGH, "same", served=True)
    belief = bound.belief
    assert bound.saw(HIGH, served=True).belief is belief
    assert bound.observed(BELOW, "same", served=False).belief is belief
    assert bound.observed(HIGH, "different", served=True).belief is not belief
    much = bound
    for _ in range(400):
        much = much.saw(LOW, served=False)
    assert much.belief is not belief


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(st.floats(0, 1), st.sampled_from(["same", "different", "unsure"]), st.booleans(), st.integers(0, 4)),
        max_size=60,
    )
)
def test_whatever_is_observed_there_is_a_threshold_and_a_status(
    observed: list[tuple[float, Verdict, bool, int]],
) -> None:
    bound = fresh()
    for score, verdict, served, level in observed:
        bound = bound.saw(score, served=served).observed(score, verdict, served=served, level=level).settled(ALPHA)
    assert bound.threshold(ALPHA) in (*CALIBRATION.edges, math.inf)
    status = bound.status(ALPHA)
    assert status.low <= status.high
    assert all(later <= earlier for earlier, later in pairwise(bound.belief.rates))
    assert 0 <= bound.risk(0.99) <= 1
