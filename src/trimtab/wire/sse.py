"""Server-sent events: cutting a byte stream into events without losing a byte.

Joining ``raw`` of all events and `SseParser.rest` gives back exactly what was fed, whatever the line endings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_END_OF_EVENT = re.compile(rb"\r\n\r\n|\n\n|\r\r|\n\r\n|\r\n\n")
_LINES = re.compile(rb"\r\n|\n|\r")


@dataclass(frozen=True)
class SseEvent:
    """One event. ``raw`` includes the blank line that ends it; ``data`` joins its data lines with newlines."""

    raw: bytes
    event: str = ""
    data: bytes = b""


def read_event(raw: bytes) -> SseEvent:
    """The event in ``raw``; a block of comments only has neither event name nor data."""
    name, data = "", []
    for line in _LINES.split(raw):
        if line.startswith(b"data:"):
            data.append(line[6:] if line.startswith(b"data: ") else line[5:])
        elif line.startswith(b"event:"):
            name = line[6:].strip().decode("utf-8", "replace")
    return SseEvent(raw, name, b"\n".join(data))


class SseParser:
    """Feed it chunks, get whole events. Chunk borders may fall anywhere, inside a line ending too."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._searched = 0

    @property
    def rest(self) -> bytes:
        """What came in after the last whole event."""
        return bytes(self._buffer)

    def feed(self, chunk: bytes) -> list[SseEvent]:
        """The events that ``chunk`` completes."""
        self._buffer += chunk
        events: list[SseEvent] = []
        start, position = 0, self._searched
        while found := _END_OF_EVENT.search(self._buffer, position):
            if found.end() == len(self._buffer) and self._buffer.endswith(b"\r"):
                break  # the next byte may still belong to this line ending
            events.append(read_event(bytes(self._buffer[start : found.end()])))
            start = position = found.end()
        del self._buffer[:start]
        self._searched = max(0, len(self._buffer) - 4)
        return events

    def close(self) -> list[SseEvent]:
        """The last event where the stream ended without a blank line."""
        if not self._buffer:
            return []
        last = read_event(bytes(self._buffer))
        self._buffer.clear()
        self._searched = 0
        return [last]


def events_of(stream: bytes) -> list[SseEvent]:
    """All events of a finished stream."""
    parser = SseParser()
    return parser.feed(stream) + parser.close()


def render_event(data: bytes, event: str = "") -> bytes:
    """One event as bytes."""
    head = b"event: " + event.encode() + b"\n" if event else b""
    return head + b"data: " + data + b"\n\n"
