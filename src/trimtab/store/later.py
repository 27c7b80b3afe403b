"""What was handed over to be written soon: a bounded buffer in which the newest write of a key wins."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from trimtab.store.base import Put

DELAY_S = 0.2
"""How long a write may wait for company. A crash loses at most this much plus one transaction."""
MOST_WRITES = 10_000
MOST_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True)
class Line:
    """An event that waits to be written, already encoded. ``number`` tells a store that it has written it before."""

    stream: str
    at: float
    tenant: str
    thread: str
    data: bytes
    number: int = 0


class Later:
    """The buffer. Every method may be called from any thread and returns within microseconds."""

    def __init__(self, *, most_writes: int = MOST_WRITES, most_bytes: int = MOST_BYTES) -> None:
        self._lock = threading.Lock()
        self._puts: dict[tuple[str, str], Put] = {}
        self._lines: deque[Line] = deque()
        self._bytes = 0
        self._due: float | None = None
        self._most_writes = most_writes
        self._most_bytes = most_bytes
        self.dropped = 0
        """Writes that were given up: pushed out by newer ones, or refused by the disk."""

    def add(self, item: Put | Line) -> bool:
        """Take a write; whether the writer should be woken (it may sleep, or the buffer is filling up)."""
        with self._lock:
            if len(item.data) > self._most_bytes:  # or it would push out everything else, and then itself
                self.dropped += 1
                return False
            was_due = self._due
            self._take_in(item)
            self._hold_to_bounds()
            now = time.monotonic()
            if len(self._puts) + len(self._lines) >= self._most_writes // 2 or self._bytes >= self._most_bytes // 2:
                self._due = now
                return was_due is None or was_due > now
            if self._due is None:
                self._due = now + DELAY_S
            return was_due is None

    def _take_in(self, item: Put | Line) -> None:
        if isinstance(item, Line):
            self._lines.append(item)
        else:
            older = self._puts.pop((item.ns, item.key), None)
            if older is not None:
                self._bytes -= len(older.data)
            self._puts[item.ns, item.key] = item
        self._bytes += len(item.data)

    def _hold_to_bounds(self) -> None:
        while len(self._puts) + len(self._lines) > self._most_writes or self._bytes > self._most_bytes:
            if not self._drop_oldest():
                break

    def _drop_oldest(self) -> bool:
        """Values go before events: a value is a cache that can be filled again, an event is money that was counted."""
        item: Put | Line
        if self._puts:
            item = self._puts.pop(next(iter(self._puts)))
        elif self._lines:
            item = self._lines.popleft()
        else:
            return False
        self._bytes -= len(item.data)
        self.dropped += 1
        return True

    def pop(self, ns: str, key: str) -> Put | None:
        """The write of a key that still waits, taken out so that it can be put in front of another."""
        if not self._puts:  # the common case, without the lock
            return None
        with self._lock:
            item = self._puts.pop((ns, key), None)
            if item is not None:
                self._bytes -= len(item.data)
            return item

    def take(self, most: int) -> list[Put | Line]:
        """The oldest ``most`` writes, taken out."""
        with self._lock:
            taken: list[Put | Line] = []
            while self._puts and len(taken) < most:
                taken.append(self._puts.pop(next(iter(self._puts))))
            while self._lines and len(taken) < most:
                taken.append(self._lines.popleft())
            self._bytes -= sum(len(item.data) for item in taken)
            if not self._puts and not self._lines:
                self._due = None
            return taken

    def give_back(self, items: Sequence[Put | Line]) -> None:
        """Take writes back that were taken out and not written; a newer write of a key stands."""
        with self._lock:
            for item in items:
                if isinstance(item, Put):
                    if (item.ns, item.key) in self._puts:
                        continue
                    self._puts[item.ns, item.key] = item
                self._bytes += len(item.data)
            self._lines.extendleft(reversed([item for item in items if isinstance(item, Line)]))
            self._hold_to_bounds()
            if self._due is None and (self._puts or self._lines):
                self._due = time.monotonic() + DELAY_S

    def due_in(self) -> float | None:
        """Seconds until the writer should take them; None while there is nothing."""
        due = self._due
        return None if due is None else max(0.0, due - time.monotonic())

    def gave_up(self, writes: int = 1) -> None:
        """Count writes that were lost after they had left the buffer."""
        with self._lock:
            self.dropped += writes
