"""Passing an OpenAI Responses stream on without the model's calls to internal tools, over all rounds of one answer."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import orjson

from trimtab.errors import NotUnderstood
from trimtab.wire import fragments
from trimtab.wire.openai_responses_answer import (
    ENDINGS,
    decoded,
    is_internal,
    is_reasoning,
    is_silent_reasoning,
    output_of,
    shown_items,
)
from trimtab.wire.sse import SseEvent

_BEGINNINGS = ("response.created", "response.queued", "response.in_progress")
_ADDED = "response.output_item.added"
_NUMBERS = {name: re.compile(rb'"%s"\s*:\s*(-?\d+)' % name.encode()) for name in ("output_index", "sequence_number")}


@dataclass
class _Round:
    """What is known of the upstream answer that is passing through."""

    shown: dict[int, bool | None] = field(default_factory=dict)
    """Per output item whether the client sees it; None while that waits for what follows."""
    called: bool = False
    """Whether an internal call came after the items that wait."""
    queue: list[tuple[SseEvent, dict[str, Any]]] = field(default_factory=list)
    """Events from the first waiting item on, in order."""
    indexes: dict[int, int] = field(default_factory=dict)
    """The output index that the client knows an item by."""
    first: int = 0
    """The index of the round's first item as the client counts."""
    shift: int | None = None
    """What to add to sequence numbers; None until the first comes along."""
    ending: SseEvent | None = None
    tail: list[SseEvent] = field(default_factory=list)


class ResponsesFilter:
    """A `StreamFilter` for typed events.

    The answer keeps the id of its first round, which the client was told first and SDKs insist on; ``last_id``
    is the provider's id of the round that ended it, for a server-held conversation that goes on from there.
    Reasoning without any text waits for the item that it led to, and goes where that is an internal call.
    """

    def __init__(self, internal: Collection[str]) -> None:
        self._internal = frozenset(internal)
        self._round = _Round()
        self._earlier: list[bytes] = []
        self._several = False
        self._next_index = 0
        self._next_number = 0
        self.first_id = ""
        self.last_id = ""

    # -- the protocol -----------------------------------------------------------------------------------------

    def feed(self, event: SseEvent) -> bytes:
        if not self._internal or not event.data:
            return event.raw
        if self._round.ending is not None:
            self._round.tail.append(event)
            return b""
        value = decoded(event)
        kind = value.get("type")
        self._note_id(value)
        if kind in ENDINGS:
            self._round.ending = event
            return self._release(show=not self._round.called)
        if kind == "error" or value.get("error"):
            return self._release(show=True) + self._pass(event, value)
        if kind in _BEGINNINGS and self._several:
            self._drop(value)
            return b""
        index = value.get("output_index")
        return self._feed_item(event, value, index if isinstance(index, int) else None)

    def next_round(self) -> None:
        ending = self._round.ending
        if ending is not None:
            self._earlier += self._shown_of(ending)
        self._round = _Round(first=self._next_index)
        self._several = True

    def finish(self) -> bytes:
        written = self._release(show=not self._round.called)
        if self._round.ending is not None:
            written += self._pass(self._rewritten_ending(self._round.ending), decoded(self._round.ending))
        return written + b"".join(self._pass(event, decoded(event)) for event in self._round.tail)

    # -- which items the client sees --------------------------------------------------------------------------

    def _feed_item(self, event: SseEvent, value: dict[str, Any], index: int | None) -> bytes:
        now, item, written = self._round, value.get("item"), b""
        if index is not None and value.get("type") == _ADDED:
            written = self._decide(index, item)
        elif index is not None and now.shown.get(index, True) is None:
            written = b"" if is_silent_reasoning(item) else self._release(show=True)  # it shows text, or is done
        if now.queue or (index is not None and now.shown.get(index, True) is None):
            now.queue.append((event, value))
            return written
        return written + self._pass(event, value)

    def _decide(self, index: int, item: Any) -> bytes:
        """Whether the client sees the item that begins; what was waiting for that to be known."""
        now, written = self._round, b""
        if is_internal(item, self._internal):
            now.shown[index], now.called = False, True
            return written
        if is_reasoning(item) and now.called:
            written = self._release(show=False)
        elif not is_silent_reasoning(item):
            written = self._release(show=True)
        now.shown[index] = None if is_silent_reasoning(item) else True
        now.called = False
        return written

    def _release(self, *, show: bool) -> bytes:
        """Settle the items that wait, and give what was queued behind them."""
        now = self._round
        for index, shown in now.shown.items():
            now.shown[index] = show if shown is None else shown
        queue, now.queue = now.queue, []
        return b"".join(self._pass(event, value) for event, value in queue)

    # -- numbers ----------------------------------------------------------------------------------------------

    def _pass(self, event: SseEvent, value: dict[str, Any]) -> bytes:
        """The bytes of one event, called in order; none where its item is not shown."""
        index, number = value.get("output_index"), value.get("sequence_number")
        if isinstance(index, int) and self._round.shown.get(index) is False:
            self._drop(value)
            return b""
        changes: dict[str, int] = {}
        if isinstance(index, int):
            changes["output_index"] = self._index(index)
        if isinstance(number, int):
            changes["sequence_number"] = number + self._shift(number)
            self._next_number = changes["sequence_number"] + 1
        return _with_numbers(event, {name: new for name, new in changes.items() if new != value[name]})

    def _drop(self, value: dict[str, Any]) -> None:
        number = value.get("sequence_number")
        if isinstance(number, int):
            self._round.shift = self._shift(number) - 1

    def _shift(self, number: int) -> int:
        if self._round.shift is None:
            self._round.shift = self._next_number - number if self._several else 0
        return self._round.shift

    def _index(self, index: int) -> int:
        now = self._round
        if index not in now.indexes:
            gone = sum(1 for other, shown in now.shown.items() if shown is False and other < index)
            shifted = now.first + index - gone
            taken = shifted in now.indexes.values()  # where a provider begins items out of order
            now.indexes[index] = self._next_index if taken else shifted
            self._next_index = max(self._next_index, now.indexes[index] + 1)
        return now.indexes[index]

    # -- the ending -------------------------------------------------------------------------------------------

    def _note_id(self, value: dict[str, Any]) -> None:
        response = value.get("response")
        if isinstance(response, dict) and isinstance(response.get("id"), str):
            self.last_id = response["id"]
            self.first_id = self.first_id or self.last_id

    def _shown_of(self, ending: SseEvent) -> list[bytes]:
        try:
            return shown_items(output_of(fragments.object_fields(ending.data)["response"]), self._internal)
        except (KeyError, NotUnderstood):
            return []

    def _rewritten_ending(self, event: SseEvent) -> SseEvent:
        """The ending with the answer's id and the items that the client saw in all rounds."""
        try:
            before = fragments.object_fields(event.data)["response"]
            response = self._with_output(before)
            if self.last_id != self.first_id:
                response = fragments.with_member(response, "id", orjson.dumps(self.first_id))
        except (KeyError, NotUnderstood):
            return event  # an ending without a response: nothing of ours in it
        if response == before:
            return event
        data = fragments.with_member(event.data, "response", response)
        return SseEvent(event.with_data(data), event.event, data)

    def _with_output(self, response: bytes) -> bytes:
        try:
            output = output_of(response)
        except NotUnderstood:
            return response  # none at the end: SDKs then put together what they saw
        shown = self._earlier + shown_items(output, self._internal)
        return response if shown == output else fragments.with_member(response, "output", fragments.render_array(shown))


def _with_numbers(event: SseEvent, changes: dict[str, int]) -> bytes:
    """The event with some of its numbers changed and everything else as it is."""
    if not changes:
        return event.raw
    data = event.data
    try:
        for name, new in changes.items():
            data = _with_number(data, name, b"%d" % new)
    except NotUnderstood:
        return event.raw
    return event.with_data(data)


def _with_number(data: bytes, name: str, new: bytes) -> bytes:
    # inside a string the name's second quote would be escaped: where it stands once, it is the member
    found = list(_NUMBERS[name].finditer(data))
    if len(found) != 1:
        return fragments.with_member(data, name, new)
    return data[: found[0].start(1)] + new + data[found[0].end(1) :]
