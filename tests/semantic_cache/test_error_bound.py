"""The error bound: what the calibration promises, what traffic changes, what may be claimed, when the tier closes."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.error_bound import (
    ALPHA,
    TENANTS,
    Fixed,
    Ours,
    Population,
    Tenant,
    drawn,
    peeked,
    played,
    shipped,
)
from trimtab.errors import ConfigError
from trimtab.semantic_cache.calibration import EDGES, MOST_BINS, Calibration, even_edges
from trimtab.semantic_cache.error_bound import Bound, EntryRecord, effective
from trimtab.semantic_cache.evidence import BLOCK, MEMORY, MOST_BLOCKS, Evidence, Verdict, nothing
from trimtab.semantic_cache.posterior import _tail
from trimtab.semantic_cache.sampling import Sampler
from trimtab.semantic_cache.wealth import (
    LEVELS,
    PROVEN,
    Tally,
    against_at_least,
    against_at_most,
    interval,
)

CALIBRATION = shipped()
THRESHOLD = CALIBRATION.threshold(ALPHA)
CUT = CALIBRATION.cut(ALPHA)
HIGH, LOW = 0.9997, 0.3
BELOW, LOWER = CALIBRATION.edges[CUT - 1] + 1e-4, CALIBRATION.edges[CUT - 2] + 1e-4
"""Scores in the two bins below the shipped threshold."""
TENANT = {tenant.name: tenant for tenant in TENANTS}


def fresh() -> Bound:
    return Bound.of(CALIBRATION)


def times(count: int, bound: Bound, score: float, verdict: Verdict, **how: Any) -> Bound:
    for _ in range(count):
        bound = bound.observed(score, verdict, served=how.get("served", False), level=how.get("level", 0))
    return bound


def one(verdict: Verdict, level: int = 0, count: float = 1.0) -> Tally:
    return Tally(**{verdict: tuple(count * (each == level) for each in range(LEVELS))})


# -- the calibration ----------------------------------------------------------------------------------------------


def test_a_calibration_survives_its_file(tmp_path: Path) -> None:
    file = tmp_path / "calibration.json"
    CALIBRATION.save(file)
    assert Calibration.load(file) == CALIBRATION
    assert Calibration.load(file).key == CALIBRATION.key


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"edges": (0.1, 0.5)}, "rise from 0"),
        ({"edges": (0.0, 0.0)}, "rise from 0"),
        ({"edges": (0.0, 1.0)}, "rise from 0"),
        ({"edges": ()}, "0 bins"),
        ({"right": (1.0,)}, "counts for 2 bins"),
        ({"right": (1.0, -1.0)}, "negative"),
        ({"wrong": (math.nan, 0.0)}, "not finite"),
        ({"wrong": (0.0, 9.0)}, "rises with the score"),
        ({"spread": 0.0}, "spread"),
    ],
)
def test_a_calibration_that_does_not_hold_is_refused_with_the_reason(change: dict[str, Any], why: str) -> None:
    good: dict[str, Any] = {"edges": (0.0, 0.5), "right": (1.0, 9.0), "wrong": (5.0, 1.0)}
    Calibration(**good)
    with pytest.raises(ConfigError, match=why):
        Calibration(**{**good, **change})


@pytest.mark.parametrize("data", [b"", b"{}", b'{"edges": "x"}', b'{"edges":[0.0],"right":[NaN],"wrong":[0]}', b"\xff"])
def test_a_damaged_calibration_file_is_refused(data: bytes) -> None:
    with pytest.raises(ConfigError, match="calibration"):
        Calibration.read(data)


def test_a_missing_calibration_file_is_refused_without_its_folder(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cannot read absent\.json") as raised:
        Calibration.load(tmp_path / "absent.json")
    assert str(tmp_path) not in str(raised.value)


@given(
    st.lists(st.tuples(st.floats(0, 1), st.booleans(), st.floats(0.01, 100)), max_size=60),
    st.sampled_from([EDGES, (0.0,), (0.0, 0.5, 0.9)]),
)
def test_whatever_is_counted_the_calibration_is_monotone(
    pairs: list[tuple[float, bool, float]], edges: tuple[float, ...]
) -> None:
    made = Calibration.fit(pairs, edges=edges)
    assert all(later <= earlier for earlier, later in pairwise(made.rates))
    assert made.threshold(0.001) >= made.threshold(0.01) >= made.threshold(0.1)


def test_weights_change_the_shares_and_shrink_the_counts_to_what_they_are_worth() -> None:
    even = Calibration.fit([(0.9, True, 1.0)] * 90 + [(0.9, False, 1.0)] * 10, edges=(0.0,))
    assert (even.right[0], even.wrong[0]) == pytest.approx((90, 10))
    skewed = Calibration.fit([(0.9, True, 1.0)] * 90 + [(0.9, False, 9.0)] * 10, edges=(0.0,))
    assert skewed.wrong[0] / (skewed.right[0] + skewed.wrong[0]) == pytest.approx(0.5)
    assert skewed.right[0] + skewed.wrong[0] == pytest.approx(180**2 / 900)


def test_few_labelled_pairs_are_trusted_less_than_many() -> None:
    def counted(pairs: float) -> Calibration:
        return Calibration((0.0, 0.5), (0.0, pairs), (pairs, 0.0))

    assert counted(30).threshold(0.01) == math.inf
    assert counted(3000).threshold(0.01) == 0.5


@given(st.lists(st.floats(0, 1), max_size=200), st.integers(1, MOST_BINS))
def test_even_edges_are_edges_whatever_the_scores(scores: list[float], bins: int) -> None:
    Calibration.fit([(score, True, 1.0) for score in scores], edges=even_edges(scores, bins))


def test_even_edges_spread_crowded_scores_over_the_bins() -> None:
    random = Random(1)
    scores = [0.97 + random.random() / 50 for _ in range(3200)]
    made = Calibration.fit([(score, True, 1.0) for score in scores], edges=even_edges(scores))
    assert made.bins == 32
    assert max(made.right) < 1.3 * min(made.right)


def test_scores_of_which_no_pair_was_seen_are_not_served_because_they_are_rare() -> None:
    made = Calibration.fit([(0.999, True, 1.0)] * 5000 + [(0.05, False, 1.0)] * 5000)
    assert made.threshold(0.01) > 0.85


@pytest.mark.parametrize("alpha", [0.003, 0.01, 0.05])
def test_the_shipped_threshold_keeps_the_bound_on_the_population_that_was_labelled(alpha: float) -> None:
    random = Random(3)
    requests = [drawn(Population(uneven=0.0), 0.7, random) for _ in range(60_000)]
    served = [request for request in requests if request.score >= CALIBRATION.threshold(alpha)]
    assert len(served) > 10_000
    assert sum(not request.right for request in served) / len(served) < alpha


def test_a_bound_of_zero_serves_nothing() -> None:
    assert CALIBRATION.threshold(0) == math.inf
    assert not fresh().decide(1.0, 0.0).serve


def test_a_score_that_is_no_number_is_not_served() -> None:
    assert not fresh().decide(math.nan, 0.5).serve


def test_the_tail_of_the_pooled_rate_is_that_of_a_gamma_distribution() -> None:
    random = Random(1)
    for mean, variance in ((0.01, 2e-5), (0.002, 1e-6), (0.05, 1e-3)):
        drawn_rates = [random.gammavariate(mean**2 / variance, variance / mean) for _ in range(40_000)]
        for limit in (mean / 2, mean, 2 * mean):
            share = sum(rate > limit for rate in drawn_rates) / len(drawn_rates)
            assert _tail(mean, variance, limit) == pytest.approx(share, abs=0.02)


# -- what may be claimed, however often one looks ------------------------------------------------------------------


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


# -- the threshold -------------------------------------------------------------------------------------------------


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
    for score in (BELOW, LOWER):
        bound = times(count, bound, score, verdict)
    return bound


def test_near_misses_that_are_right_lower_the_threshold_only_when_there_are_enough() -> None:
    assert seen_right(3).threshold(ALPHA) == THRESHOLD
    lowered = seen_right(250)
    assert lowered.threshold(ALPHA) < THRESHOLD
    assert lowered.decide(BELOW, ALPHA).serve
    assert lowered.evidence.total == Tally()


def test_the_threshold_does_not_come_down_further_than_near_misses_were_seen() -> None:
    assert seen_right(390).threshold(ALPHA) == CALIBRATION.edges[CUT - 2]


def test_unsure_near_misses_lower_nothing() -> None:
    assert seen_right(250, "unsure").threshold(ALPHA) == THRESHOLD
    bound = times(150, times(150, seen_right(250), LOWER, "unsure"), BELOW, "unsure")
    assert bound.threshold(ALPHA) == THRESHOLD


def test_wrong_near_misses_take_a_lowered_threshold_back() -> None:
    bound = times(12, seen_right(250), BELOW, "different")
    assert bound.threshold(ALPHA) >= THRESHOLD


def passed_down(rate: float, streams: int = 30) -> int:
    """In how many streams two bins, a tenth of the traffic and wrong at ``rate``, are ever passed."""
    passed = 0
    for seed in range(streams):
        random, bound = Random(seed), fresh()
        for _ in range(250):
            score = LOWER if random.random() < 0.5 else BELOW
            for _ in range(9):
                bound = bound.saw(HIGH, served=True)
            bound = bound.saw(score, served=False)
            bound = bound.observed(score, "different" if random.random() < rate else "same", served=False)
            if bound.cut(ALPHA) <= CUT - 2:
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


# -- entries -------------------------------------------------------------------------------------------------------


def record(*verdicts: tuple[float, Verdict]) -> EntryRecord:
    known = EntryRecord()
    for score, verdict in verdicts:
        known = known.judged(score, verdict, fresh().risk(score))
    return known


def test_an_entry_that_was_wrong_is_not_served_at_such_a_score_again() -> None:
    wrong = record((0.98, "different"))
    refused = fresh().decide(0.98, ALPHA, wrong)
    assert not refused.serve
    assert refused.by == "entry"
    assert not fresh().decide(0.975, ALPHA, wrong).serve
    assert fresh().decide(HIGH, ALPHA, wrong).serve


def test_an_entry_that_was_wrong_as_often_as_its_scores_said_is_like_any_other() -> None:
    expected = record(*[(LOW, "different")] * 6, *[(LOW, "same")] * 2)
    assert expected.factor == pytest.approx(1.0, abs=0.3)
    assert fresh().decide(0.98, ALPHA, expected).serve


def test_an_entry_that_was_right_below_the_threshold_may_be_served_there_and_no_lower() -> None:
    trusted = record(*[(0.91, "same")] * 30)
    decision = fresh().decide(0.91, ALPHA, trusted)
    assert decision.serve
    assert decision.by == "entry"
    assert not fresh().decide(0.89, ALPHA, trusted).serve
    assert not fresh().decide(0.91, ALPHA, record(*[(0.91, "same")] * 2)).serve
    assert not fresh().decide(0.91, ALPHA, record(*[(0.91, "same")] * 30, (0.95, "different"))).serve


def test_rights_at_high_scores_say_nothing_about_low_ones() -> None:
    assert not fresh().decide(0.91, ALPHA, record(*[(HIGH, "same")] * 50)).serve


def test_unsure_verdicts_leave_an_entry_as_it_was() -> None:
    known = record((0.98, "unsure"))
    assert not known.verified
    assert known.factor == 1


def test_what_an_entry_decided_teaches_nothing_about_its_score() -> None:
    bound = fresh().observed(0.91, "same", served=True, by_entry=True)
    assert sum(bound.evidence.right) == 0
    assert bound.evidence.total.verdicts == 1


# -- status, closing and opening -----------------------------------------------------------------------------------


def test_the_status_goes_from_prior_over_estimated_to_proven() -> None:
    assert fresh().status(ALPHA).kind == "prior"
    some = times(50, fresh(), HIGH, "same", served=True)
    estimated = some.status(ALPHA)
    assert (estimated.kind, estimated.verdicts, estimated.error) == ("estimated", 50, 0)
    assert estimated.high > ALPHA
    proven = times(400, some, HIGH, "same", served=True).status(ALPHA)
    assert proven.kind == "proven"
    assert proven.high < 2 * ALPHA


def test_unsure_verdicts_count_against_a_proof_and_not_for_closing() -> None:
    bound = times(40, times(450, fresh(), HIGH, "same", served=True), HIGH, "unsure", served=True)
    assert bound.status(ALPHA).kind == "estimated"
    unsure = times(500, fresh(), HIGH, "unsure", served=True)
    assert unsure.in_danger(ALPHA) == ""
    assert unsure.settled(ALPHA).evidence.closure is None


def closed() -> Bound:
    bound = fresh()
    for _ in range(12):
        bound = bound.observed(HIGH, "different", served=True).settled(ALPHA)
    return bound


def test_the_tier_closes_itself_when_too_many_hits_were_wrong() -> None:
    bound = closed()
    assert "were wrong" in bound.in_danger(ALPHA)
    decision = bound.decide(1.0, ALPHA)
    assert not decision.serve
    assert decision.by == "closed"
    assert "more than max_error_rate 0.01" in decision.why
    assert bound.status(ALPHA).closed == decision.why


def test_one_wrong_hit_does_not_close_the_tier() -> None:
    bound = times(1, times(3, fresh(), HIGH, "same", served=True), HIGH, "different", served=True)
    assert bound.settled(ALPHA).evidence.closure is None


def test_a_closed_tier_stays_closed_until_near_misses_have_proven_it() -> None:
    bound = closed()
    assert not bound.observed(HIGH, "same", served=False).settled(ALPHA).decide(1.0, ALPHA).serve
    bound, needed = _opened(bound)
    assert 250 < needed < 500
    assert bound.evidence.opening == 1
    assert bound.evidence.total == Tally()
    assert times(600, bound, HIGH, "same").decide(1.0, ALPHA).serve


def test_low_or_unsure_near_misses_do_not_open_a_closed_tier() -> None:
    bound = closed()
    for _ in range(1000):
        bound = bound.observed(BELOW, "same", served=False).settled(ALPHA)
        bound = bound.observed(HIGH, "unsure", served=False).settled(ALPHA)
    assert bound.evidence.closure is not None


def test_a_tier_that_opened_again_stays_stricter_and_is_trusted_later_the_next_time() -> None:
    bound = closed()
    floor = bound.evidence.closure.cut if bound.evidence.closure else -1
    assert CALIBRATION.edge(floor) > THRESHOLD
    opened = _opened(bound)
    assert opened[0].evidence.floor == floor
    for score in (LOWER, BELOW, 0.98):
        opened = times(300, opened[0], score, "same"), opened[1]
    assert opened[0].threshold(ALPHA) >= CALIBRATION.edge(floor)
    again = opened[0]
    while again.evidence.closure is None:
        again = again.observed(HIGH, "different", served=True).settled(ALPHA)
    assert _opened(again)[1] > opened[1]


def _opened(bound: Bound) -> tuple[Bound, int]:
    needed = 0
    while bound.evidence.closure is not None and needed < 2000:
        bound, needed = bound.observed(HIGH, "same", served=False).settled(ALPHA), needed + 1
    return bound, needed


def test_an_operator_opens_the_tier_with_or_without_what_was_learnt() -> None:
    bound = closed()
    kept = Bound.of(CALIBRATION, bound.evidence.reopened())
    assert kept.evidence.closure is None
    assert kept.threshold(ALPHA) > THRESHOLD
    forgot = Bound.of(CALIBRATION, bound.evidence.forgotten())
    assert forgot.threshold(ALPHA) == THRESHOLD
    assert forgot.evidence.opening == 1


def test_a_tier_within_its_bound_is_seldom_closed_in_four_thousand_verdicts() -> None:
    closings = 0
    for seed in range(20):
        random, evidence = Random(seed), nothing(CALIBRATION.key, CALIBRATION.bins)
        bound = Bound.of(CALIBRATION, evidence)
        for number in range(4000):
            wrong = random.random() < 0.7 * ALPHA
            bound = replace(bound, evidence=bound.evidence.checked("different" if wrong else "same", 0))
            if (wrong or number % BLOCK == 0) and bound.in_danger(ALPHA):
                closings += 1
                break
    assert closings <= 1


def test_a_good_past_does_not_hide_a_bad_present() -> None:
    bound = times(2000, fresh(), HIGH, "same", served=True)
    needed = 0
    random = Random(4)
    while not bound.in_danger(ALPHA):
        verdict: Verdict = "different" if random.random() < 0.2 else "same"
        bound, needed = bound.observed(HIGH, verdict, served=True), needed + 1
    assert needed < 60
    assert bound.evidence.total.rate is not None
    assert bound.evidence.total.rate < ALPHA


# -- the state -----------------------------------------------------------------------------------------------------


def test_evidence_survives_the_store_and_stays_small() -> None:
    bound = times(1500, fresh(), HIGH, "same", served=True)
    data = msgspec.msgpack.encode(bound.evidence)
    assert msgspec.msgpack.decode(data, type=Evidence) == bound.evidence
    assert len(data) < 8192
    assert len(bound.evidence.blocks) <= MOST_BLOCKS


def test_two_processes_that_write_one_after_the_other_lose_nothing() -> None:
    stored = nothing(CALIBRATION.key, CALIBRATION.bins)
    a, b, alone = Bound.of(CALIBRATION, stored), Bound.of(CALIBRATION, stored), fresh()
    for number in range(40):
        verdict: Verdict = "different" if number % 9 == 0 else "same"
        score = 0.9 + number / 500

        def both(bound: Bound, score: float = score, verdict: Verdict = verdict, number: int = number) -> Bound:
            bound = bound.saw(score, served=True)
            return bound.observed(score, verdict, served=number % 2 == 0, level=number % 3)

        a, b = (both(a), b) if number % 2 else (a, both(b))
        alone = both(alone)
    stored = stored.plus(a.fresh)
    a = a.since_stored(stored)
    stored = stored.plus(b.fresh)
    b = b.since_stored(stored)
    assert b.evidence == stored
    assert b.evidence.seen == alone.evidence.seen
    assert b.evidence.right == alone.evidence.right
    assert b.evidence.wrong == alone.evidence.wrong
    assert b.evidence.total == alone.evidence.total
    assert b.threshold(ALPHA) == alone.threshold(ALPHA)
    assert b.fresh.total == a.fresh.total == Tally()


def test_what_one_process_closes_is_closed_for_all() -> None:
    stored = nothing(CALIBRATION.key, CALIBRATION.bins)
    other = Bound.of(CALIBRATION, stored).observed(HIGH, "same", served=True)
    stored = stored.plus(closed().fresh)
    stored = stored.plus(other.fresh)
    assert not other.since_stored(stored).decide(1.0, ALPHA).serve


def test_what_comes_late_from_before_a_reset_is_dropped() -> None:
    bound = closed()
    late = bound.observed(HIGH, "different", served=True)
    reset = bound.evidence.forgotten()
    assert reset.plus(late.fresh) == reset
    assert bound.evidence.plus(reset) == reset


def test_evidence_under_another_calibration_is_not_used() -> None:
    other = replace(CALIBRATION, source="another verifier")
    bound = times(50, fresh(), HIGH, "different", served=True)
    assert Bound.of(other, bound.evidence).evidence == nothing(other.key, other.bins)
    ours = nothing(other.key, other.bins)
    assert ours.plus(bound.evidence) == ours


# -- the caller's wish ---------------------------------------------------------------------------------------------


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


# -- which hits are checked ----------------------------------------------------------------------------------------


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


# -- whole streams -------------------------------------------------------------------------------------------------


def simulated(tenant: str, seeds: int = 20, requests: int = 1200, policy: Callable[..., Any] | None = None) -> Any:
    return played(TENANT[tenant], policy or Ours(CALIBRATION), seeds, requests)


@pytest.mark.parametrize("tenant", ["as the labelled data", "easier"])
def test_the_bound_is_kept_in_nineteen_of_twenty_streams(tenant: str) -> None:
    assert simulated(tenant)["kept"] >= 19


def test_an_easy_tenant_gets_more_hits_than_a_fixed_threshold_gives() -> None:
    ours = simulated("much easier", seeds=5)
    fixed = simulated("much easier", seeds=5, policy=Fixed(THRESHOLD))
    assert ours["hits"] > 1.1 * fixed["hits"]
    assert ours["kept"] == 5


def test_near_misses_are_what_an_easy_tenant_gains_from() -> None:
    without = simulated("much easier", seeds=5, policy=Ours(CALIBRATION, near_misses=False))
    assert simulated("much easier", seeds=5)["hits"] > 1.1 * without["hits"]


@pytest.mark.parametrize("tenant", ["fools the verifier", "the score says nothing"])
def test_under_a_wrong_prior_the_tier_shuts_after_few_wrong_answers(tenant: str) -> None:
    ours = simulated(tenant, seeds=8)
    fixed = simulated(tenant, seeds=8, policy=Fixed(THRESHOLD))
    assert ours["wrong_most"] < 70
    assert ours["wrong_median"] < 0.25 * fixed["wrong_median"]
    assert ours["wrong_in_last_quarter"] < 2


def test_a_tenant_that_turns_bad_is_found_out() -> None:
    ours = simulated("turns bad half way", seeds=6, requests=3000)
    fixed = simulated("turns bad half way", seeds=6, requests=3000, policy=Fixed(THRESHOLD))
    assert ours["wrong_in_last_quarter"] < 0.4 * fixed["wrong_in_last_quarter"]


def test_without_background_calls_a_harder_tenant_is_still_served_more_carefully() -> None:
    ours = simulated("harder", seeds=6, policy=Ours(CALIBRATION, rate=0.0))
    fixed = simulated("harder", seeds=6, policy=Fixed(THRESHOLD))
    assert ours["error"] < 0.75 * fixed["error"]


def test_a_tenant_of_another_kind_is_simulated_by_its_name_alone() -> None:
    tenant = Tenant("as the labelled data", Population())
    assert played(tenant, Fixed(THRESHOLD), 2, 200) == simulated(
        "as the labelled data", 2, 200, policy=Fixed(THRESHOLD)
    )
