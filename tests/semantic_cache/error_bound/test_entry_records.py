"""What verdicts on one entry change for that entry."""

from __future__ import annotations

import pytest

from benchmarks.error_bound import ALPHA
from tests.semantic_cache.error_bound.helpers import HIGH, LOW, fresh
from trimtab.semantic_cache.error_bound import EntryRecord
from trimtab.semantic_cache.evidence import Verdict


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
