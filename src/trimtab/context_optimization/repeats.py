"""Repeats within a thread: lines of a tool's output that an earlier output already shows, word for word.

A run of such lines is replaced by a reference to the earlier place, which stays verbatim. An index of lines is
kept per thread and grows with it, so that a request costs its new messages only.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock

_MIN_LINE = 12
"""Shorter lines stand everywhere; a run may contain them but does not begin with one."""


@dataclass(frozen=True)
class Run:
    """Lines ``start`` to ``end`` (exclusive) of a text that source number ``source`` shows already."""

    start: int
    end: int
    source: int


@dataclass
class LineIndex:
    """Where each line of a thread's earlier outputs stands: the first place it was seen in."""

    keys: list[bytes] = field(default_factory=list)
    """Digest of every source, in order: what the index covers."""
    sources: list[Sequence[str]] = field(default_factory=list)
    first: dict[str, tuple[int, int]] = field(default_factory=dict)

    def add(self, key: bytes, text: str) -> None:
        """Append a source."""
        number = len(self.sources)
        lines = text.split("\n")
        self.keys.append(key)
        self.sources.append(lines)
        for at, line in enumerate(lines):
            if len(line) >= _MIN_LINE:
                self.first.setdefault(line, (number, at))

    def runs(self, lines: Sequence[str], min_chars: int) -> list[Run]:
        """The longest stretches of ``lines`` that earlier sources show, each of ``min_chars`` characters at least."""
        found: list[Run] = []
        at = 0
        while at < len(lines):
            place = self.first.get(lines[at]) if len(lines[at]) >= _MIN_LINE else None
            if place is None:
                at += 1
                continue
            source, start = place
            length = _same(lines, at, self.sources[source], start)
            if sum(len(line) + 1 for line in lines[at : at + length]) >= min_chars:
                found.append(Run(at, at + length, source))
            at += length
        return found


def _same(one: Sequence[str], at: int, other: Sequence[str], start: int) -> int:
    length = 0
    while at + length < len(one) and start + length < len(other) and one[at + length] == other[start + length]:
        length += 1
    return length


class Indexes:
    """The line indexes of the threads seen lately, bounded by the number of lines in all of them."""

    def __init__(self, max_lines: int = 150_000) -> None:
        self._max_lines = max_lines
        self._lock = Lock()
        self._indexes: OrderedDict[str, LineIndex] = OrderedDict()

    def runs(
        self, thread: str, sources: Sequence[tuple[bytes, str]], lines: Sequence[str], min_chars: int
    ) -> list[Run]:
        """The stretches of ``lines`` that ``sources`` (digest and text, in order) of a thread show already."""
        with self._lock:  # pool threads may work on one thread's requests at the same time
            return self._of(thread, sources).runs(lines, min_chars)

    def _of(self, thread: str, sources: Sequence[tuple[bytes, str]]) -> LineIndex:
        index = self._indexes.get(thread)
        keys = [key for key, _ in sources]
        if index is None or index.keys != keys[: len(index.keys)]:
            index = LineIndex()
        for key, text in sources[len(index.keys) :]:
            index.add(key, text)
        self._indexes[thread] = index
        self._indexes.move_to_end(thread)
        total = sum(len(kept.first) for kept in self._indexes.values())
        while total > self._max_lines and len(self._indexes) > 1:
            total -= len(self._indexes.popitem(last=False)[1].first)
        return index
