"""The Quora question pairs, split so that no question of one part is related to a question of another.

Pairs form clusters: the split is by connected component of the graph whose edges are all pairs, whatever their label.
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from pathlib import Path
from typing import TypeAlias
from zlib import crc32

Pair: TypeAlias = tuple[str, str, bool]

FILE = "cache/qqp.jsonl.gz"


def load(data: str | Path) -> dict[str, list[Pair]]:
    """Pairs by part: ``train`` (about 70%), ``dev`` (10%), ``test`` (20%). ``data`` holds ``cache/qqp.jsonl.gz``."""
    with gzip.open(Path(data) / FILE, "rt", encoding="utf-8") as lines:
        pairs = [(row["a"], row["b"], bool(row["same"])) for row in map(json.loads, lines)]
    component = _components([(a, b) for a, b, _ in pairs])
    parts: dict[str, list[Pair]] = {"train": [], "dev": [], "test": []}
    for a, b, same in pairs:
        draw = crc32(component[a].encode()) % 10
        parts["train" if draw < 7 else "dev" if draw == 7 else "test"].append((a, b, same))
    return parts


def _components(edges: list[tuple[str, str]]) -> dict[str, str]:
    """For every question the least question of its component."""
    parent: dict[str, str] = {}

    def root(node: str) -> str:
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for a, b in edges:
        parent[root(a)] = root(b)
    members: defaultdict[str, list[str]] = defaultdict(list)
    for node in parent:
        members[root(node)].append(node)
    return {node: min(group) for group in members.values() for node in group}
