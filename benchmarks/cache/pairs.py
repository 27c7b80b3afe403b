"""Labelled pairs: what of the pairs that may be served is served, against what of the traps is answered wrongly.

Two sets: the test part of the Quora question pairs (split by connected component, so that no question of it is
related to one that anything was trained on; the labels are people's and noisy), and the test half of the hand-written
set in benchmarks/data/semantic_pairs, whose traps are of ten kinds. The development half is for tuning only and is
reported nowhere.
"""

from __future__ import annotations

import json
import math
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table

from benchmarks.cache.contestants import Decider, Decision, Pair
from benchmarks.cache.statistics import Share, auc, served_at, share

OWN = Path(__file__).resolve().parents[1] / "data" / "semantic_pairs"
WRONG = (0.005, 0.01, 0.02, 0.05, 0.10)
"""Shares of traps answered wrongly at which the curve is read."""
QQP_PAIRS = 1_000
QQP_SLOW = 100
"""Pairs for a decider that takes each pair through a library or a server."""


@dataclass(frozen=True)
class Entrant:
    """A decider, and on how many of the Quora pairs it is tried. ``graded``: its scores are more than yes and no.
    ``baseline``: not of ours."""

    decider: Decider
    most: int = QQP_PAIRS
    graded: bool = True
    baseline: bool = True


@dataclass(frozen=True)
class Decided:
    """What an entrant made of the pairs."""

    entrant: Entrant
    pairs: Sequence[Pair]
    decisions: Sequence[Decision]

    def scores(self, *, same: bool) -> list[float]:
        return [decision.score for pair, decision in zip(self.pairs, self.decisions, strict=True) if pair.same is same]

    def served(self, *, same: bool, kind: str | None = None) -> Share:
        chosen = [
            decision.served
            for pair, decision in zip(self.pairs, self.decisions, strict=True)
            if pair.same is same and kind in (None, pair.kind)
        ]
        return share(sum(chosen), len(chosen))

    def served_at(self, most_wrong: float) -> Share:
        """The share served at this error, by the best threshold; of one without scores, at its default if that is
        no worse."""
        if self.entrant.graded:
            return served_at(self.scores(same=True), self.scores(same=False), most_wrong)
        fits = self.served(same=False).value <= most_wrong
        return self.served(same=True) if fits else Share(0.0, 0.0, 0.0)


def qqp(data: Path, most: int = QQP_PAIRS) -> list[Pair]:
    """The test part of the Quora pairs, or a sample of it that is always the same."""
    from training.qqp import load

    pairs = [
        Pair(f"qqp-{number}", "qqp", (a,), (b,), same) for number, (a, b, same) in enumerate(load(data)["test"], 1)
    ]
    random.Random(1).shuffle(pairs)
    return pairs[:most]


def written(part: str) -> list[Pair]:
    """A half of the hand-written set, ``dev`` or ``test``; empty where it is not there."""
    file = OWN / f"{part}.jsonl"
    if not file.exists():
        return []
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [Pair(row["id"], row["kind"], tuple(row["a"]), tuple(row["b"]), bool(row["same"])) for row in rows]


def measure(pairs: Sequence[Pair], entrants: Iterable[Entrant]) -> dict[str, Any]:
    """Everything that is said about a set of pairs. Our own decision, if it takes part, is the first of ours."""
    decided = [_decided(pairs[: entrant.most], entrant) for entrant in entrants]
    figures: dict[str, Any] = {
        "pairs": len(pairs),
        "should_hit": sum(pair.same for pair in pairs),
        "traps": sum(not pair.same for pair in pairs),
        "deciders": {each.entrant.decider.name: _figures(each) for each in decided},
    }
    ours = next((each for each in decided if not each.entrant.baseline), None)
    if ours is not None:
        figures["at_equal_error"] = _at_equal_error(ours, [each for each in decided if each.entrant.baseline])
    return figures


def _decided(pairs: Sequence[Pair], entrant: Entrant) -> Decided:
    decisions = entrant.decider.decide(pairs)
    if len(decisions) != len(pairs):
        raise RuntimeError(f"{entrant.decider.name} decided {len(decisions)} of {len(pairs)} pairs")
    return Decided(entrant, pairs, decisions)


def _figures(decided: Decided) -> dict[str, Any]:
    kinds = sorted({pair.kind for pair in decided.pairs})
    said: dict[str, Any] = {
        "pairs": len(decided.pairs),
        "served": decided.served(same=True).to_dict(),
        "wrong": decided.served(same=False).to_dict(),
        "by_kind": {kind: _of_kind(decided, kind) for kind in kinds},
    }
    if decided.entrant.graded:
        area = auc(decided.scores(same=True), decided.scores(same=False))
        said["auc"] = None if math.isnan(area) else round(area, 4)
        said["curve"] = {str(most): decided.served_at(most).to_dict() for most in WRONG}
    reasons = Counter(
        decision.reason.split(":")[0]
        for pair, decision in zip(decided.pairs, decided.decisions, strict=True)
        if decision.reason and pair.same
    )
    if reasons:
        said["refused_though_same"] = dict(reasons.most_common(20))
    return said


def _of_kind(decided: Decided, kind: str) -> dict[str, Any]:
    return {
        "served": round(decided.served(same=True, kind=kind).value, 4),
        "wrong": round(decided.served(same=False, kind=kind).value, 4),
        "should_hit": sum(pair.same and pair.kind == kind for pair in decided.pairs),
        "traps": sum(not pair.same and pair.kind == kind for pair in decided.pairs),
    }


def _at_equal_error(ours: Decided, baselines: Sequence[Decided]) -> dict[str, Any]:
    """What the baselines serve where each is given the threshold at which it is wrong no more often than we are: one
    that only this set itself could tell."""
    wrong, served = ours.served(same=False).value, ours.served(same=True).value
    best = max(baselines, key=lambda each: each.served_at(wrong).value)
    theirs = best.served_at(wrong).value
    return {
        "wrong": round(wrong, 5),
        "ours": round(served, 5),
        "best_baseline": best.entrant.decider.name,
        "theirs": round(theirs, 5),
        "ratio": round(served / theirs, 2) if theirs else None,
    }


def tables(figures: dict[str, Any], title: str) -> Iterable[Table]:
    """The figures as they are printed."""
    table = Table(title=f"{title}: {figures['should_hit']} should hit, {figures['traps']} traps")
    for heading in ("", "served", "traps wrong", "AUC", *(f"at {most:.1%}" for most in WRONG)):
        table.add_column(heading, justify="right" if heading else "left")
    for name, of in figures["deciders"].items():
        curve = of.get("curve", {})
        at = [f"{curve[str(most)]['value']:.1%}" if curve else "-" for most in WRONG]
        area = f"{of['auc']:.3f}" if of.get("auc") is not None else "-"
        table.add_row(name, f"{of['served']['value']:.1%}", f"{of['wrong']['value']:.1%}", area, *at)
    if equal := figures.get("at_equal_error"):
        table.caption = (
            f"at an error of {equal['wrong']:.2%}: ours {equal['ours']:.1%}, the best baseline "
            f"({equal['best_baseline']}) {equal['theirs']:.1%}"
        )
    yield table
    kinds = next(iter(figures["deciders"].values()))["by_kind"]
    if len(kinds) < 2:
        return
    by_kind = Table(title=f"{title}: served / traps wrong, by kind")
    by_kind.add_column("")
    for kind, of in kinds.items():
        by_kind.add_column(f"{kind} ({of['should_hit']}/{of['traps']})", justify="right")
    for name, of in figures["deciders"].items():
        cells = [f"{each['served']:.0%} / {each['wrong']:.0%}" for each in of["by_kind"].values()]
        by_kind.add_row(name, *cells)
    yield by_kind
