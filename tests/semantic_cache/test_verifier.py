"""The shipped networks: what they are worth on the pairs for development, and what may be fed to them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from trimtab.models import Encoder, PairScorer, path_of
from trimtab.semantic_cache.bounds import shipped
from trimtab.semantic_cache.question import Question
from trimtab.semantic_cache.verifier import Verifier

PAIRS = Path(__file__).resolve().parents[2] / "benchmarks" / "data" / "semantic_pairs" / "dev.jsonl"


def auc(scores: NDArray[np.float64], same: NDArray[np.bool_]) -> float:
    """The chance that a pair that is the same scores above one that is not."""
    above = scores[same][:, None] > scores[~same][None, :]
    return float(above.mean())


def question(turns: list[str]) -> Question:
    return Question(tuple(turns[::2]), tuple(turns[1::2]))


def test_the_verifier_alone_beats_cosine_by_a_tenth_of_auc() -> None:
    rows = [json.loads(line) for line in PAIRS.read_text(encoding="utf-8").splitlines()]
    same = np.array([row["same"] for row in rows])
    verifier, encoder = Verifier(PairScorer.shared(), guards=False), Encoder.shared()
    asked, stored = ([question(row[side]) for row in rows] for side in "ba")
    judged = np.array([verifier.log_odds(a, [b])[0] for a, b in zip(asked, stored, strict=True)])
    vectors = [np.concatenate([encoder.encode([each.said]) for each in side]) for side in (asked, stored)]
    cosine = np.einsum("ij,ij->i", *vectors).astype(np.float64)
    assert auc(judged, same) > auc(cosine, same) + 0.1


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("How do I cancel my subscription?", "how can i cancel my subscription"),
        ("What is the capital of Australia?", "tell me the capital of australia"),
    ],
)
def test_a_paraphrase_scores_above_what_only_looks_like_one(a: str, b: str) -> None:
    paraphrase, other = PairScorer.shared().score([(a, b), (a, "How do I renew my subscription in Austria?")])
    assert paraphrase > 1 > other


def test_a_pair_that_is_too_long_to_be_read_whole_is_never_the_same() -> None:
    scorer, long = PairScorer.shared(), "word " * 300
    assert not scorer.fits(long, long)
    assert scorer.score([(long, long), ("a", "a")])[0] == float("-inf")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400), st.text(max_size=400))
def test_any_text_can_be_embedded_and_scored(a: str, b: str) -> None:
    vector = Encoder.shared().encode([a])[0]
    assert np.isfinite(vector).all()
    assert abs(float(np.linalg.norm(vector)) - 1) < 1e-3
    score = PairScorer.shared().score([(a, b)])[0]
    assert score == float("-inf") or np.isfinite(score)


def test_the_calibration_belongs_to_the_verifier_and_serves_at_the_default_bound() -> None:
    assert shipped().source == PairScorer.name
    assert shipped().threshold(0.01) < 1


def test_all_weights_together_stay_under_forty_megabytes() -> None:
    assert sum(file.stat().st_size for file in path_of("words.npy").parent.iterdir() if file.is_file()) < 40e6
