"""What the client sees of several rounds' streams: one message without calls to internal tools."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

import orjson

from trimtab.errors import NotUnderstood
from trimtab.wire import fragments
from trimtab.wire.anthropic_messages_answer import is_call, members_of, try_value
from trimtab.wire.anthropic_messages_stream import CUMULATIVE, kind_of
from trimtab.wire.sse import SseEvent

_NULL = b"null"
_PLAIN = re.compile(rb'\{"type": ?"content_block_(?:delta|stop)", ?"index": ?(\d+)(?=[,}])')
"""How the provider begins the data of nearly every event. Shifting by it takes a third of the time (measured)."""
_INDEX = re.compile(rb'("index"\s*:\s*)(\d+)')


class MessagesFilter:
    """Passes the streams of several rounds on as one message without the calls to ``internal`` tools."""

    def __init__(self, internal: Collection[str]) -> None:
        self._internal = frozenset(internal)
        self._begun = False
        self._base = 0  # content blocks that the client got in earlier rounds
        self._next = 0
        self._places: dict[int, int | None] = {}  # a block's index in this round -> for the client
        self._dropped = 0
        self._client_calls = 0
        self._ending: list[SseEvent] = []
        self._input: dict[str, bytes] = {}  # what a later round's message_start says that the client does not get
        self._handlers: dict[str, Callable[[SseEvent, dict[str, bytes]], bytes]] = {
            "message_start": self._message_start,
            "content_block_start": self._block_start,
            "content_block_delta": self._block_event,
            "content_block_stop": self._block_event,
            "message_delta": self._hold,
            "message_stop": self._hold,
            "error": self._error,
        }

    def feed(self, event: SseEvent) -> bytes:
        unshifted = not self._base and not self._dropped
        if not self._internal or (unshifted and event.event == "content_block_delta"):
            return event.raw
        if plain := _PLAIN.match(event.data):
            return self._placed(event, int(plain[1]))
        fields = members_of(event.data)
        handler = self._handlers.get(kind_of(event, fields))
        return handler(event, fields) if handler else event.raw

    def next_round(self) -> None:
        self._base = self._next
        self._places.clear()
        self._dropped = self._client_calls = 0
        self._ending.clear()

    def finish(self) -> bytes:
        ending, self._ending = self._ending, []
        return b"".join(self._end(event) for event in ending)

    def _message_start(self, event: SseEvent, fields: dict[str, bytes]) -> bytes:
        if not self._begun:
            self._begun = True
            return event.raw
        usage = members_of(members_of(fields.get("message", b"")).get("usage", b""))
        self._input = {name: usage[name] for name in CUMULATIVE if usage.get(name, _NULL) != _NULL}
        return b""

    def _block_start(self, event: SseEvent, fields: dict[str, bytes]) -> bytes:
        index, block = try_value(fields.get("index")), try_value(fields.get("content_block"))
        if not isinstance(index, int):
            return event.raw
        if is_call(block) and block["name"] in self._internal:
            self._places[index] = None
            self._dropped += 1
            return b""
        self._client_calls += is_call(block)
        place = self._base + index - self._dropped
        self._places[index] = place
        self._next = max(self._next, place + 1)
        return self._block_event(event, fields)

    def _block_event(self, event: SseEvent, fields: dict[str, bytes]) -> bytes:
        index = try_value(fields.get("index")) if fields else _index_in(event.data)
        return self._placed(event, index) if isinstance(index, int) else event.raw

    def _placed(self, event: SseEvent, index: int) -> bytes:
        place = self._places.get(index, index)
        if place is None:
            return b""
        return event.raw if place == index else event.with_data(_with_index(event.data, place))

    def _hold(self, event: SseEvent, fields: dict[str, bytes]) -> bytes:
        self._ending.append(event)
        return b""

    def _error(self, event: SseEvent, fields: dict[str, bytes]) -> bytes:
        return self.finish() + event.raw

    def _end(self, event: SseEvent) -> bytes:
        """An event of the ending: no tool_use without a call, and the last round's input beside its output."""
        fields = members_of(event.data)
        data = event.data
        delta, usage = members_of(fields.get("delta", b"")), fields.get("usage", b"")
        if self._dropped and not self._client_calls and try_value(delta.get("stop_reason")) == "tool_use":
            data = fragments.replace(data, ("delta", "stop_reason"), lambda _: b'"end_turn"')
        told = members_of(usage)
        for name, raw in self._input.items() if told else ():
            if told.get(name, _NULL) == _NULL:
                usage = fragments.with_member(usage, name, raw)
                data = fragments.with_member(data, "usage", usage)
        return event.raw if data is event.data else event.with_data(data)


def _index_in(data: bytes) -> int | None:
    """The index in data that our reader refuses and the client's may not, such as half a surrogate pair."""
    found = _INDEX.search(data)
    return int(found[2]) if found else None


def _with_index(data: bytes, index: int) -> bytes:
    if plain := _PLAIN.match(data):
        return b"%b%d%b" % (data[: plain.start(1)], index, data[plain.end(1) :])
    try:
        return fragments.with_member(data, "index", orjson.dumps(index))
    except NotUnderstood:
        return _INDEX.sub(rb"\g<1>%d" % index, data, count=1)
