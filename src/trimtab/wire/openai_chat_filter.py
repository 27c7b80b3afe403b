"""Passing a Chat Completions stream on without the model's calls to internal tools."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import orjson

from trimtab.errors import EditError, NotUnderstood
from trimtab.request import Path
from trimtab.wire import fragments
from trimtab.wire import openai_chat_answer as answer
from trimtab.wire.openai_chat_stream import DONE, CallTable
from trimtab.wire.sse import SseEvent, read_event

_IDENTITY = ("id", "created")
"""What the chunks of a later round take over from the first, so that the client sees one answer."""


@dataclass(eq=False)
class _Call:
    """One call of the model while it streams in: whose it is shows when its name is complete."""

    name: str = ""
    argued: bool = False
    client: bool = False
    held: list[bytes] = field(default_factory=list)

    def add(self, raw: bytes, delta: Mapping[str, Any]) -> None:
        name = answer.name_of(delta)
        if name != self.name:
            self.name += name
        self.argued = self.argued or answer.has_arguments(delta)
        self.held.append(raw)

    def settle(self, internal: Collection[str], name_is_complete: bool) -> None:
        """Decide that the call is the client's, if that can be said."""
        if self.client or not self.name or self.name in internal:
            return
        unsure = not (self.argued or name_is_complete) and any(name.startswith(self.name) for name in internal)
        self.client = not unsure


class _Choice:
    """What one choice of the answer has sent so far. A round that another one follows sends no call."""

    def __init__(self, internal: Collection[str]) -> None:
        self._internal = internal
        self._table = CallTable()
        self._calls: list[_Call] = []
        self._function = _Call()
        self._last_text = ""
        self._separate = False
        self.opened = False
        self.finished = False

    def next_round(self) -> None:
        self._table, self._calls, self._function = CallTable(), [], _Call()
        self._separate = bool(self._last_text)
        self.finished = False

    @property
    def lost_every_call(self) -> bool:
        """Whether calls were hidden and the client got none: it must not be told of any."""
        hidden = any(not call.client for call in self._calls) or bool(self._function.name and not self._function.client)
        return hidden and not any(call.client for call in [*self._calls, self._function])

    def changes(
        self, delta: Mapping[str, Any], raw_calls: Callable[[], Sequence[bytes]], later_round: bool, ends: bool
    ) -> dict[str, bytes | None]:
        """The members of a delta that the client is to see otherwise; None: not at all."""
        changed: dict[str, bytes | None] = {}
        if delta.get("role") is not None:
            if self.opened and later_round:
                changed["role"] = None
            self.opened = True
        self._edit_content(delta, changed)
        self._edit_calls(delta, raw_calls, changed, ends)
        return changed

    def _edit_content(self, delta: Mapping[str, Any], changed: dict[str, bytes | None]) -> None:
        content = delta.get("content")
        if not isinstance(content, str) or not content:
            return
        if self._separate:
            self._separate = False
            if space := answer.separator(self._last_text, content):
                changed["content"] = orjson.dumps(space + content)
        self._last_text = content[-1]

    def _edit_calls(
        self,
        delta: Mapping[str, Any],
        raw_calls: Callable[[], Sequence[bytes]],
        changed: dict[str, bytes | None],
        ends: bool,
    ) -> None:
        calls = delta.get("tool_calls")
        before = raw_calls() if isinstance(calls, list) and calls else []
        shown = [out for raw in before for out in self._show(raw)]
        if ends:
            shown += [out for call in self._calls for out in self._flush(call, name_is_complete=True)]
        if shown != before:
            changed["tool_calls"] = fragments.render_array(shown) if shown else None
        function = delta.get("function_call")
        if isinstance(function, dict):
            self._function.add(b"", {"function": function})
            self._function.settle(self._internal, name_is_complete=True)
            if not self._function.client:
                changed["function_call"] = None

    def _show(self, raw: bytes) -> list[bytes]:
        """What the client gets for one entry of ``tool_calls``."""
        delta = answer.decoded(raw)
        if delta is None:
            return [raw]
        position = self._table.place(delta)
        if position == len(self._calls):
            self._calls.append(_Call())
        self._calls[position].add(raw, delta)
        # when the next call begins, the names of those before it are complete
        shown = [out for call in self._calls[:position] for out in self._flush(call, name_is_complete=True)]
        return shown + self._flush(self._calls[position], name_is_complete=False)

    def _flush(self, call: _Call, name_is_complete: bool) -> list[bytes]:
        call.settle(self._internal, name_is_complete)
        if not call.client:
            return []
        hidden = sum(not other.client for other in self._calls[: self._calls.index(call)])
        held, call.held = call.held, []
        return [_shifted(raw, hidden) for raw in held] if hidden else held


def _shifted(raw: bytes, hidden: int) -> bytes:
    index = fragments.object_fields(raw).get("index", b"null")
    if not index.isdigit():
        return raw
    return fragments.with_member(raw, "index", b"%d" % max(0, int(index) - hidden))  # Gemini numbers all calls 0


class ChatStreamFilter:
    """See `trimtab.wire.codec.StreamFilter`. With no internal tools every event passes as it is."""

    def __init__(self, internal: Collection[str]) -> None:
        self._internal = frozenset(internal)
        self._choices: dict[int, _Choice] = {}
        self._identity: dict[str, bytes] = {}
        self._later_round = False
        self._begun = False  # whether this round has sent a choice
        self._ending: list[bytes] = []
        self._owed: list[bytes] = []  # content that came in one chunk with an ending that was not the last

    def feed(self, event: SseEvent) -> bytes:
        if not self._internal:
            return event.raw
        owed, self._owed = b"".join(self._owed), []
        if event.data.startswith(DONE):
            self._ending.append(event.raw)
            return owed
        chunk = answer.decoded(event.data)
        if chunk is None or chunk.get("error"):  # comments, pings, what we do not know, and errors at once
            return owed + event.raw
        try:
            return owed + self._pass(event, chunk)
        except (NotUnderstood, EditError):
            return owed + event.raw

    def next_round(self) -> None:
        self._owed = [*self._owed, *(content for raw in self._ending if (content := _content_of(raw)))]
        self._ending = []
        self._later_round, self._begun = True, False
        for choice in self._choices.values():
            choice.next_round()

    def finish(self) -> bytes:
        ending = b"".join([*self._owed, *self._ending])
        self._owed, self._ending = [], []
        return ending

    def _pass(self, event: SseEvent, chunk: Mapping[str, Any]) -> bytes:
        choices = answer.choices_of(chunk)
        if not choices and "choices" in chunk and self._later_round and not self._begun:
            return b""  # a second beginning, as Azure sends it
        self._begun = self._begun or bool(choices)
        data = self._edit(event.data, choices)
        if data is None:
            return b""
        data = self._identify(data, chunk)
        raw = event.raw if data is event.data else event.with_data(data)
        states = [self._choices[answer.index_of(choice)] for choice in choices]
        if all(state.finished for state in states) and (choices or self._ending):
            self._ending.append(raw)
            return b""
        return raw

    def _edit(self, data: bytes, choices: list[dict[str, Any]]) -> bytes | None:
        """The chunk without internal calls; the same object where it stays, None where nothing is left of it."""
        empty = 0
        for position, choice in enumerate(choices):
            state = self._choices.setdefault(answer.index_of(choice), _Choice(self._internal))
            ends = choice.get("finish_reason") is not None
            state.finished = state.finished or ends
            delta = choice.get("delta")
            if isinstance(delta, dict):
                path: Path = ("choices", position, "delta")
                told = {"role"} if state.opened else set()
                changed = state.changes(delta, partial(_calls_at, data, path), self._later_round, ends)
                if changed:
                    data = fragments.replace(data, path, partial(_changed, changed))
                    left = {name: value for name, value in delta.items() if name not in {*changed, *told}}
                    shown = any(value is not None for value in changed.values()) or any(left.values())
                    empty += not shown and not ends
            if ends and choice["finish_reason"] in answer.CALLED and state.lost_every_call:
                data = _put(data, ("choices", position, "finish_reason"), b'"stop"')
        return None if choices and empty == len(choices) else data

    def _identify(self, data: bytes, chunk: Mapping[str, Any]) -> bytes:
        if self._later_round:
            return fragments.with_members(
                data, {name: self._identity[name] for name in self._identity if name in chunk}
            )
        for name in _IDENTITY:
            if chunk.get(name):
                self._identity.setdefault(name, orjson.dumps(chunk[name]))
        return data


def _calls_at(data: bytes, path: Path) -> list[bytes]:
    """The entries of ``tool_calls`` in the delta at ``path``."""
    return fragments.array_items(fragments.at(data, (*path, "tool_calls")))


def _changed(changed: Mapping[str, bytes | None], raw: bytes) -> bytes:
    for name, value in changed.items():
        raw = fragments.without_members(raw, [name]) if value is None else fragments.with_member(raw, name, value)
    return raw


def _put(data: bytes, path: Path, value: bytes) -> bytes:
    return fragments.replace(data, path, lambda _: value)


def _content_of(raw: bytes) -> bytes:
    """The content of an event that also ended its round, without the ending; empty where it has none."""
    event = read_event(raw)
    chunk = answer.decoded(event.data) or {}
    choices = answer.choices_of(chunk)
    deltas = [delta for choice in choices if isinstance(delta := choice.get("delta"), dict)]
    if not any(value for delta in deltas for name, value in delta.items() if name != "role"):
        return b""
    data = fragments.with_member(event.data, "usage", b"null") if chunk.get("usage") else event.data
    for position, choice in enumerate(choices):
        if "finish_reason" in choice:
            data = _put(data, ("choices", position, "finish_reason"), b"null")
    return event.with_data(data)
