"""What the guards of the semantic cache refuse, by kind, of pairs that mean the same and of pairs that look alike.

    python -m training.guards_report --data DIR [--kind KIND --show 40]

Reads ``cache/qqp.jsonl.gz`` and ``intents/*.jsonl.gz`` below the directory, train parts only, and prints.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from zlib import crc32

from training import qqp
from trimtab.semantic_cache.guards import KINDS, differences

Pairs = list[tuple[str, str]]

ALIKE = 0.5
"""Jaccard of words above which two questions look alike."""


def overlap(a: str, b: str) -> float:
    """Jaccard of the words."""
    mine, yours = (set(re.findall(r"\w+", text.lower())) for text in (a, b))
    return len(mine & yours) / max(1, len(mine | yours))


def questions(data: Path) -> tuple[Pairs, Pairs]:
    """Duplicates, and pairs that look alike and are none, of the train part of QQP."""
    same: Pairs = []
    alike: Pairs = []
    for a, b, label in qqp.load(data)["train"]:
        if crc32(min(a, b).encode()) % 10 >= 7:
            continue
        if label:
            same.append((a, b))
        elif overlap(a, b) > ALIKE:
            alike.append((a, b))
    return same, alike


def intents(file: Path, seed: int) -> tuple[Pairs, Pairs]:
    """Pairs of one intent that look somewhat alike, and pairs of two intents that do so more."""
    by_intent: defaultdict[str, list[str]] = defaultdict(list)
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if row["split"] == "train" and row["intent"] != "oos":
                by_intent[row["intent"]].append(row["text"])
    draw = random.Random(seed)
    same: Pairs = []
    alike: Pairs = []
    texts = [(text, intent) for intent, group in by_intent.items() for text in group]
    for _ in range(400_000):
        (a, x), (b, y) = draw.choice(texts), draw.choice(texts)
        if x == y and a != b and overlap(a, b) > 0.3 and len(same) < 4000:
            same.append((a, b))
        elif x != y and overlap(a, b) > ALIKE:
            alike.append((a, b))
    for group in by_intent.values():
        for _ in range(40):
            a, b = draw.sample(group, 2)
            if overlap(a, b) > 0.3:
                same.append((a, b))
    return same, alike


def table(name: str, same: Pairs, alike: Pairs) -> None:
    """Prints for each kind: refused of either sort of pairs, and refused by this kind alone."""
    began = time.perf_counter()
    counts = [_counts(pairs) for pairs in (same, alike)]
    spent = (time.perf_counter() - began) / max(1, len(same) + len(alike))
    print(f"\n{name}: {len(same)} pairs that mean the same, {len(alike)} that look alike; {spent * 1e6:.0f} us a pair")
    print(f"{'kind':<14}{'same refused':>14}{'alone':>9}{'alike caught':>15}{'alone':>9}")
    for kind in (*KINDS, "any"):
        row = [count[kind] / max(1, len(pairs)) for count, pairs in zip(counts, (same, alike), strict=True)]
        alone = [
            count[kind + " alone"] / max(1, len(pairs)) for count, pairs in zip(counts, (same, alike), strict=True)
        ]
        print(f"{kind:<14}{row[0]:>14.2%}{alone[0]:>9.2%}{row[1]:>15.2%}{alone[1]:>9.2%}")


def _counts(pairs: Pairs) -> Counter[str]:
    counts: Counter[str] = Counter()
    for a, b in pairs:
        kinds = {difference.kind for difference in differences(a, b)}
        counts.update(kinds)
        counts["any"] += bool(kinds)
        if len(kinds) == 1:
            counts[f"{kinds.pop()} alone"] += 1
    return counts


def show(kind: str, pairs: Pairs, count: int, seed: int) -> None:
    """Prints pairs that a kind refuses, with all the reasons; kind "none" shows pairs that pass."""
    pairs = list(pairs)
    random.Random(seed).shuffle(pairs)
    for a, b in pairs:
        found = differences(a, b)
        if (kind == "none" and not found) or any(difference.kind == kind for difference in found):
            print(f"  {a}\n  {b}\n    -> {'; '.join(f'{d.kind}: {d.words}' for d in found)}")
            count -= 1
        if count <= 0:
            return


def main(arguments: Iterable[str] | None = None) -> None:
    """Prints the tables, and on demand examples of one kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--kind", default="")
    parser.add_argument("--show", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sets", default="qqp,banking77,clinc150")
    options = parser.parse_args(list(arguments) if arguments is not None else None)
    for name in options.sets.split(","):
        if name == "qqp":
            same, alike = questions(options.data)
        else:
            same, alike = intents(options.data / "intents" / f"{name}.jsonl.gz", options.seed)
        if options.kind:
            print(f"\n{name}: same, refused\n")
            show(options.kind, same, options.show, options.seed)
            print(f"\n{name}: alike, caught\n")
            show(options.kind, alike, options.show, options.seed)
        else:
            table(name, same, alike)


if __name__ == "__main__":
    main()
