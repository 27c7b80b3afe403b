"""What the shipped calibration promises."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.error_bound import Population, drawn
from tests.semantic_cache.error_bound.helpers import CALIBRATION, fresh
from trimtab.errors import ConfigError
from trimtab.semantic_cache.calibration import EDGES, MOST_BINS, Calibration, even_edges
from trimtab.semantic_cache.posterior import _tail


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


def test_bins_that_differ_by_rounding_are_one_level() -> None:
    """Each level is charged half a wrong pair for what it does not show; bins of one level share it."""
    shares = (0.1, 0.01, 0.01 - 1e-17, 0.01 - 2e-17)
    wrong = tuple(100 * share for share in shares)
    right = tuple(100 - each for each in wrong)
    rates = Calibration((0.0, 0.25, 0.5, 0.75), right, wrong).rates
    assert rates[1:] == pytest.approx([3.5 / 301] * 3)
