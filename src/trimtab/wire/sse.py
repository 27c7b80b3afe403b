"""Server-sent events: cutting a byte stream into events without losing a byte.

Joining ``raw`` of all events and `SseParser.rest` gives back exactly what was fed, whatever the line endings.
"""

from __future__ import annotations

import re

import msgspec

# A line ends with CRLF, LF or CR, and an event with two line endings. CR before LF is never an ending alone.
_END_OF_EVENT = re.compile(rb"(?:\r\n|\n|\r(?!\n))(?:\r\n|\n|\r)")
_LINE_END = re.compile(rb"\r\n|\n|\r")
_LONGEST_END = 4
_BOM = b"\xef\xbb\xbf"
_FIRST_WINDOW = 4096


class SseEvent(msgspec.Struct, frozen=True, gc=False):
    """One event. ``raw`` includes the blank line that ends it; ``data`` joins its data lines with newlines."""

    raw: bytes
    event: str = ""
    data: bytes = b""

    def with_data(self, data: bytes) -> bytes:
        """The bytes of this event with other data; its name, id, comments and line endings stay."""
        lines: list[bytes] = []
        written = False
        for line in self.raw.splitlines(keepends=True):
            content = line.rstrip(b"\r\n")
            if not _is_data(content.removeprefix(_BOM)):
                lines.append(line)
            elif not written:
                ending = line[len(content) :] or b"\n"
                lines += [b"data: " + part + ending for part in _LINE_END.split(data)]
                written = True
        return b"".join(lines)


def _is_data(line: bytes) -> bool:
    return line.startswith(b"data:") or line == b"data"


def _value(line: bytes, start: int) -> bytes:
    """What stands behind the colon, less the one space that may follow it."""
    return line[start + 1 :] if line[start : start + 1] == b" " else line[start:]


def read_event(raw: bytes) -> SseEvent:
    """The event in ``raw``; a block of comments only has neither event name nor data."""
    if raw.startswith(b"data: ") and raw.endswith(b"\n\n") and raw.find(b"\n") == len(raw) - 2 and b"\r" not in raw:
        return SseEvent(raw, "", raw[6:-2])  # one line of data, as nearly all events are
    name, data = "", []
    for line in raw.removeprefix(_BOM).splitlines():
        if _is_data(line):
            data.append(_value(line, 5))
        elif line.startswith(b"event:"):
            name = _value(line, 6).decode("utf-8", "replace")
    return SseEvent(raw, name, b"\n".join(data))


class SseParser:
    """Feed it chunks, get whole events. Chunk borders may fall anywhere, inside a line ending too."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._searched = 0
        self._carriage_returns = False

    @property
    def rest(self) -> bytes:
        """What came in after the last whole event."""
        return bytes(self._buffer)

    def feed(self, chunk: bytes) -> list[SseEvent]:
        """The events that ``chunk`` completes."""
        self._buffer += chunk
        self._carriage_returns = self._carriage_returns or b"\r" in chunk
        events: list[SseEvent] = []
        start = 0
        while end := self._end_of_event(max(start, self._searched)):
            events.append(read_event(bytes(self._buffer[start:end])))
            start = end
        del self._buffer[:start]
        self._searched = max(0, len(self._buffer) - _LONGEST_END)
        return events

    def _end_of_event(self, position: int) -> int:
        """Where the first event that ends behind ``position`` ends; 0 if none does yet."""
        if not self._carriage_returns:  # six times faster, and what providers send
            blank = self._buffer.find(b"\n\n", position)
            return blank + 2 if blank >= 0 else 0
        found = _END_OF_EVENT.search(self._buffer, position)
        if found is None or (found.end() == len(self._buffer) and self._buffer.endswith(b"\r")):
            return 0  # after a CR the next byte may still belong to the same line ending
        return found.end()

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


def last_events(stream: bytes, count: int) -> list[SseEvent]:
    """The last ``count`` events that carry data, read from the end of the stream backwards."""
    window = _FIRST_WINDOW
    while True:
        start = max(0, len(stream) - window)
        events = events_of(stream[start:])
        carrying = [event for event in (events[1:] if start else events) if event.data]
        if not start or len(carrying) >= count:
            return carrying[-count:]
        window *= 4


def render_event(data: bytes, event: str = "") -> bytes:
    """One event as bytes; data of several lines becomes several data lines."""
    head = b"event: " + event.encode() + b"\n" if event else b""
    return head + b"".join(b"data: " + line + b"\n" for line in _LINE_END.split(data)) + b"\n"
