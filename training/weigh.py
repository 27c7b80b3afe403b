"""Weighs the verifier against the cosine, and what doubtful guards are worth beside it. Prints only.

    .venv/bin/python -m training.weigh --data DATA_DIR

The candidates are those of `training.calibrate` (train splits and pairs for development). Weights are fitted on every
other block of questions and looked at on the rest, so nothing is judged by what it was fitted on. The weight in
`vector_search` and `verifier.DOUBTS` were chosen from what this prints.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from training.calibrate import PAIRS, Candidate, best, sources
from trimtab.models import PairScorer
from trimtab.semantic_cache.guards import KINDS, differences
from trimtab.semantic_cache.question import Question
from trimtab.semantic_cache.verifier import Verifier

Floats = npt.NDArray[np.float64]
BLOCK = 40
RATES = (0.01, 0.02, 0.05)
FEATURES = {"verifier": (0,), "cosine": (1,), "both": (0, 1)}


def fitted(features: Floats, right: Floats) -> Floats:
    """Logistic regression with a constant, by Newton's method; a little ridge keeps it finite."""
    columns = np.column_stack([features, np.ones(len(features))])
    weights = np.zeros(columns.shape[1])
    for _ in range(25):
        expected = 1 / (1 + np.exp(-columns @ weights))
        slope = columns.T @ (right - expected) - 1e-3 * weights
        bend = (columns * (expected * (1 - expected))[:, None]).T @ columns + 1e-3 * np.eye(len(weights))
        weights += np.linalg.solve(bend, slope)
    return weights


def served(chosen: Sequence[tuple[float, bool]], rate: float) -> float:
    """The largest share that can be served, highest scores first, with at most ``rate`` of it wrong."""
    wrong = most = 0
    for count, (_, right) in enumerate(sorted(chosen, key=lambda each: -each[0]), 1):
        wrong += not right
        if wrong <= rate * count:
            most = count
    return most / len(chosen)


def weigh(found: dict[str, list[Candidate]]) -> None:
    """Weights on all candidates, and what each way of scoring serves on blocks that it was not fitted on."""
    everybody = [each for candidates in found.values() for each in candidates]
    values = np.array([[each.log_odds, each.cosine] for each in everybody])
    right = np.array([each.right for each in everybody], float)
    fold = np.array([each.asked // BLOCK % 2 for each in everybody])
    for name, columns in FEATURES.items():
        features, scores = values[:, columns], np.zeros(len(everybody))
        for one in (0, 1):
            weights = fitted(features[fold != one], right[fold != one])
            scores[fold == one] = features[fold == one] @ weights[:-1] + weights[-1]
        print(f"{name}: weights {np.round(fitted(features, right), 2).tolist()}")
        by_candidate = dict(zip(map(id, everybody), scores.tolist(), strict=True))
        _print(found, lambda each, known=by_candidate: known[id(each)])  # type: ignore[misc]


def _print(found: dict[str, list[Candidate]], score: Callable[[Candidate], float]) -> None:
    for source, candidates in found.items():
        chosen = [(score(each), each.right) for each in best(candidates, score)]
        print(f"  {source}: " + ", ".join(f"{served(chosen, rate):.1%} at {rate:.0%} wrong" for rate in RATES))


def doubts() -> None:
    """By kind of guard: how many pairs it refuses, and how many of those that the network holds for the same."""
    verifier, counts = Verifier(PairScorer.shared(), guards=False), Counter[tuple[str, bool, bool]]()
    for line in Path(PAIRS).read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        a, b = (Question(tuple(row[side][::2]), tuple(row[side][1::2])) for side in "ab")
        sure = verifier.log_odds(b, [a])[0] > 0
        for kind in {each.kind for each in differences(b.newest, a.newest)}:
            counts[kind, row["same"], sure] += 1
    print("guards on the pairs for development: same / traps refused, in brackets where the network says the same")
    for kind in KINDS:
        said = {same: (counts[kind, same, True], counts[kind, same, False]) for same in (True, False)}
        told = " / ".join(f"{sum(said[same])} ({said[same][0]})" for same in (True, False))
        print(f"  {kind}: {told}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--most", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=5)
    args = parser.parse_args()
    weigh(sources(args.data, args.most, args.seed))
    doubts()


if __name__ == "__main__":
    main()
