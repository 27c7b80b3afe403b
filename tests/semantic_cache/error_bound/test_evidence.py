"""The state that processes share."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from benchmarks.error_bound import ALPHA
from tests.semantic_cache.error_bound.helpers import CALIBRATION, HIGH, closed, fresh, times
from trimtab.semantic_cache.error_bound import Bound
from trimtab.semantic_cache.evidence import MOST_BLOCKS, Evidence, Verdict, nothing
from trimtab.semantic_cache.wealth import Tally


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
