"""Pairs from hand-written groups: wordings of one request, and requests that only look like it.

    python -m training.groups --out groups_pairs.jsonl

The groups lie in ``training/data/groups.jsonl`` (see the README there). One group in twenty is held back. A group that
shares a text with the pairs that are reported on is left out: short questions occur to more than one writer.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

GROUPS = Path(__file__).with_name("data") / "groups.jsonl"
REPORTED = Path(__file__).resolve().parents[1] / "benchmarks/data/semantic_pairs"
POSITIVES, NEGATIVES = 4, 7
"""Most pairs of two wordings, and of a wording and a trap, that a group gives."""
_NO_WORD = re.compile(r"\W+")


def pairs_of(group: dict[str, Any], rng: random.Random) -> list[dict[str, Any]]:
    """Labelled pairs of one group; those that are the same weigh as much as those that are not."""
    same = list(itertools.combinations(group["same"], 2))
    wrong = [(wording, kind, text) for wording in group["same"] for kind, text in group["traps"]]
    same = rng.sample(same, min(POSITIVES, len(same)))
    wrong = rng.sample(wrong, min(NEGATIVES, len(wrong)))
    weight = round(len(wrong) / len(same), 3)
    return [
        *({"a": a, "b": b, "same": True, "kind": "written", "weight": weight} for a, b in same),
        *({"a": a, "b": b, "same": False, "kind": f"written {kind}"} for a, kind, b in wrong),
    ]


def reported() -> set[str]:
    """The questions of the hand-written pairs for benchmarks, as `_plain` has them."""
    rows = (json.loads(line) for path in REPORTED.glob("*.jsonl") for line in path.read_text("utf-8").splitlines())
    return {_plain(" | ".join(row[side][::2])) for row in rows for side in "ab"}


def groups() -> Iterator[dict[str, Any]]:
    """All groups that share no text with pairs that are reported on."""
    apart = reported()
    for line in GROUPS.read_text(encoding="utf-8").splitlines():
        group: dict[str, Any] = json.loads(line)
        if not any(_plain(text) in apart for text in (*group["same"], *(text for _, text in group["traps"]))):
            yield group


def _plain(text: str) -> str:
    return _NO_WORD.sub(" ", text.lower()).strip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    rng = random.Random(args.seed)
    with open(args.out, "w", encoding="utf-8") as out:
        for number, group in enumerate(groups()):
            for pair in pairs_of(group, rng):
                out.write(json.dumps({**pair, "split": "dev" if number % 20 == 7 else "train"}) + "\n")


if __name__ == "__main__":
    main()
