"""What is said about labelled pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from benchmarks.cache.contestants import Decision, Pair
from benchmarks.cache.pairs import Entrant, measure, tables


@dataclass(frozen=True)
class Fixed:
    """Decides as it is told, by the pair's id."""

    name: str
    scores: dict[str, float]
    threshold: float

    def decide(self, pairs: Sequence[Pair]) -> list[Decision]:
        return [
            Decision(self.scores[p.id], self.scores[p.id] >= self.threshold, "number differs: 1 vs 2") for p in pairs
        ]


PAIRS = [
    *(Pair(f"same-{n}", "number", ("a",), ("b",), True) for n in range(4)),
    *(Pair(f"trap-{n}", "number" if n else "time", ("a",), ("b",), False) for n in range(4)),
]


def _decider(name: str, right: Sequence[float], wrong: Sequence[float], threshold: float) -> Fixed:
    scores = {f"same-{n}": score for n, score in enumerate(right)} | {f"trap-{n}": s for n, s in enumerate(wrong)}
    return Fixed(name, scores, threshold)


OURS = _decider("ours", (0.9, 0.8, 0.7, 0.2), (0.75, 0.1, 0.1, 0.1), 0.6)
BASELINE = _decider("baseline", (0.9, 0.5, 0.3, 0.2), (0.8, 0.4, 0.1, 0.1), 0.1)


def test_served_and_wrong_are_told_at_the_default_and_by_kind() -> None:
    of = measure(PAIRS, [Entrant(OURS)])["deciders"]["ours"]
    assert (of["served"]["value"], of["wrong"]["value"]) == (0.75, 0.25)
    assert of["by_kind"]["number"] == {"served": 0.75, "wrong": 0.0, "should_hit": 4, "traps": 3}
    assert of["by_kind"]["time"] == {"served": 0.0, "wrong": 1.0, "should_hit": 0, "traps": 1}
    assert of["auc"] == pytest.approx(14 / 16, abs=1e-4)
    assert of["refused_though_same"] == {"number differs": 4}


def test_baselines_are_given_their_best_threshold_at_our_error() -> None:
    said = measure(PAIRS, [Entrant(OURS, baseline=False), Entrant(BASELINE)])
    assert said["at_equal_error"] == {
        "wrong": 0.25,
        "ours": 0.75,
        "best_baseline": "baseline",
        "theirs": 0.5,
        "ratio": 1.5,
    }


def test_a_peer_without_scores_counts_only_where_it_errs_no_more() -> None:
    peer = Entrant(_decider("peer", (1.0, 1.0, 1.0, 1.0), (1.0, 1.0, 0.0, 0.0), 0.5), graded=False)
    said = measure(PAIRS, [Entrant(OURS, baseline=False), Entrant(BASELINE), peer])
    assert said["at_equal_error"]["best_baseline"] == "baseline"
    assert "curve" not in said["deciders"]["peer"]
    careful = Entrant(_decider("careful", (1.0, 1.0, 1.0, 1.0), (1.0, 0.0, 0.0, 0.0), 0.5), graded=False)
    said = measure(PAIRS, [Entrant(OURS, baseline=False), Entrant(BASELINE), careful])
    assert (said["at_equal_error"]["best_baseline"], said["at_equal_error"]["ratio"]) == ("careful", 0.75)


def test_a_decider_that_leaves_pairs_out_is_refused() -> None:
    class Short(Fixed):
        def decide(self, pairs: Sequence[Pair]) -> list[Decision]:
            return super().decide(pairs)[:-1]

    with pytest.raises(RuntimeError, match="decided 7 of 8"):
        measure(PAIRS, [Entrant(Short("short", OURS.scores, 0.5))])


def test_tables_have_a_line_for_each_decider() -> None:
    figures = measure(PAIRS, [Entrant(OURS, baseline=False), Entrant(BASELINE)])
    assert [table.row_count for table in tables(figures, "title")] == [2, 2]
