"""Pairs from hand-written groups: three wordings of one request, and four requests that only look like it.

    python -m training.groups --out groups_pairs.jsonl

The groups lie in ``training/data/groups.jsonl`` (see the README there). One group in twenty is held back.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
from pathlib import Path
from typing import Any

GROUPS = Path(__file__).with_name("data") / "groups.jsonl"
NEGATIVES = 7
"""Pairs of a wording and a trap that a group gives, beside three pairs of two wordings, each shown twice."""


def pairs_of(group: dict[str, Any], rng: random.Random) -> list[dict[str, Any]]:
    """Labelled pairs of one group, as many same as different."""
    same = [{"a": a, "b": b, "same": True, "kind": "written"} for a, b in itertools.combinations(group["same"], 2)]
    wrong = [
        {"a": wording, "b": text, "same": False, "kind": f"written {kind}"}
        for wording in group["same"]
        for kind, text in group["traps"]
    ]
    return [*same, *same, *rng.sample(wrong, NEGATIVES)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    rng = random.Random(args.seed)
    with open(args.out, "w", encoding="utf-8") as out:
        for number, line in enumerate(GROUPS.read_text(encoding="utf-8").splitlines()):
            for pair in pairs_of(json.loads(line), rng):
                out.write(json.dumps({**pair, "split": "dev" if number % 20 == 7 else "train"}) + "\n")


if __name__ == "__main__":
    main()
