"""Would-be hits that a person checked: how far the labels of the streams can be believed.

``benchmarks/results/semantic_cache_checked.jsonl`` has a line for each pair, without its texts, which belong to the
data sets: hashes of both, their intents, what the labels say (``labelled``) and what the person says (``right``, null
until then). ``sample`` is ``random`` for a random sample of the hits, which says how often the labels are right, and
``wrong`` for the other hits that the labels call wrong: at a bound of 1% the labels' own faults would decide, so each
of those is looked at. Verdicts hold for every contestant that serves the same pair. The texts beside the hashes go to
a file outside the project, for reading.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from benchmarks import results
from benchmarks.cache.statistics import share
from benchmarks.cache.streams import Outcome

FILE = results.FOLDER / "semantic_cache_checked.jsonl"
PAIRS = 300


def sampled(outcomes: Iterable[Outcome], contestant: str, most: int = PAIRS) -> list[tuple[dict[str, Any], Outcome]]:
    """Rows for a random sample of hits that are not the same text, and for all others that the labels call wrong;
    each pair once."""
    pairs = {_id(each): each for each in outcomes if each.hit and not each.exact}
    chosen = random.Random(7).sample(sorted(pairs), min(most, len(pairs)))
    wrong = [key for key, each in pairs.items() if not each.right and key not in set(chosen)]
    rows = [(key, "random") for key in chosen] + [(key, "wrong") for key in sorted(wrong)]
    return [(_row(pairs[key], contestant, sample), pairs[key]) for key, sample in rows]


def corrected(outcomes: Sequence[Outcome], verdicts: Mapping[str, bool]) -> list[Outcome]:
    """The outcomes with the verdicts of people where there are any."""
    return [
        replace(each, right=verdicts.get(_id(each), each.right)) if each.hit and not each.exact else each
        for each in outcomes
    ]


def verdicts(rows: Iterable[Mapping[str, Any]]) -> dict[str, bool]:
    """What people said, by pair."""
    return {row["id"]: row["right"] for row in rows if row["right"] is not None}


def write(sample: Sequence[tuple[dict[str, Any], Outcome]], reading: Path | None) -> None:
    """Write the rows, with the verdicts that are already there, and the texts to ``reading``."""
    known = verdicts(read())
    rows = [{**row, "right": known.get(row["id"])} for row, _ in sample]
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    if reading is not None:
        texts = (
            {**row, "stored": outcome.served_for, "asked": outcome.utterance.text}
            for row, (_, outcome) in zip(rows, sample, strict=True)
        )
        reading.write_text("".join(json.dumps(row) + "\n" for row in texts), encoding="utf-8")


def read() -> list[dict[str, Any]]:
    """The rows that are there."""
    if not FILE.exists():
        return []
    return [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]


def figures(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """How often the person agrees with the labels, in the random sample; and how many were checked in all."""
    judged = [row for row in rows if row["right"] is not None and row["sample"] == "random"]
    said: dict[str, Any] = {"pairs": len(rows), "verdicts": len(verdicts(rows)), "checked": len(judged)}
    for name, labelled in (("labelled_right", True), ("labelled_wrong", False)):
        of = [row for row in judged if row["labelled"] is labelled]
        said[name] = len(of)
        said[f"{name}_and_is"] = share(sum(row["right"] is labelled for row in of), len(of)).to_dict()
    return said


def _id(outcome: Outcome) -> str:
    return f"{_hash(outcome.served_for)}-{_hash(outcome.utterance.text)}"


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


def _row(outcome: Outcome, contestant: str, sample: str) -> dict[str, Any]:
    return {
        "id": _id(outcome),
        "contestant": contestant,
        "sample": sample,
        "intent": outcome.utterance.group,
        "labelled": outcome.right,
        "right": None,
    }
