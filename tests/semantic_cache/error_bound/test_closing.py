"""Status, closing and opening."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from benchmarks.error_bound import ALPHA
from tests.semantic_cache.error_bound.helpers import BELOW, CALIBRATION, HIGH, LOWER, THRESHOLD, closed, fresh, times
from trimtab.semantic_cache.error_bound import Bound
from trimtab.semantic_cache.evidence import BLOCK, Verdict, nothing
from trimtab.semantic_cache.wealth import Tally


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
