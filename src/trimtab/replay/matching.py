"""Which recorded exchange a request continues, told by what no optimizer may change.

What a person wrote first, and every word and call of the assistant, stay as they were; system text, tools and tool
results may come shortened. Several recordings that begin alike are told apart by the rest of the request, then by
which of them was played least.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

from trimtab.replay.recorded import Recorded
from trimtab.request import ChatRequest
from trimtab.wire import CODECS


@dataclass
class _Entry:
    recorded: Recorded
    system: bytes
    tools: frozenset[str]
    played: int = 0


@dataclass
class Recorder:
    """The exchanges that can be answered, by their id and by their requests."""

    _by_id: dict[str, _Entry] = field(default_factory=dict)
    _by_words: dict[Hashable, list[_Entry]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._by_id)

    def add(self, recorded: Recorded) -> None:
        """Raises NotUnderstood where the recorded request cannot be read."""
        request = CODECS[recorded.format].parse(recorded.request)
        entry = _Entry(recorded, _system(request), _tools(request))
        self._by_id[recorded.id] = entry
        for key in (_words(request), _turns(request)):
            self._by_words.setdefault(key, []).append(entry)

    def remove(self, recorded: Recorded) -> None:
        entry = self._by_id.pop(recorded.id, None)
        if entry is None:
            return
        request = CODECS[recorded.format].parse(recorded.request)
        for key in (_words(request), _turns(request)):
            left = [other for other in self._by_words.get(key, ()) if other is not entry]
            if left:
                self._by_words[key] = left
            else:
                self._by_words.pop(key, None)

    def find(self, request: ChatRequest, replay_id: str = "") -> Recorded | None:
        """The exchange that ``replay_id`` names, else the one whose request this is."""
        named = self._by_id.get(replay_id)
        if replay_id:
            return None if named is None else named.recorded
        candidates = self._by_words.get(_words(request)) or self._by_words.get(_turns(request))
        if not candidates:
            return None
        system, tools = _system(request), _tools(request)
        best = min(candidates, key=lambda entry: (entry.system != system, entry.tools != tools, entry.played))
        best.played += 1
        return best.recorded

    @property
    def models(self) -> list[str]:
        """The models that the recorded requests name, in the order they were first seen."""
        bodies = (CODECS[entry.recorded.format].parse(entry.recorded.request) for entry in self._by_id.values())
        return list(dict.fromkeys(request.model for request in bodies))


def _words(request: ChatRequest) -> Hashable:
    """Format, the first thing a person wrote, and everything that the assistant wrote and called."""
    said = [
        (block.kind, block.text, block.call_id or "")
        for message in request.messages
        if message.role == "assistant"
        for block in message.blocks
        if block.kind in ("text", "tool_call") and block.text
    ]
    return request.format, _opening(request), hash(tuple(said))


def _turns(request: ChatRequest) -> Hashable:
    """A weaker key: the opening and how many turns the assistant had."""
    return request.format, _opening(request), sum(1 for message in request.messages if message.role == "assistant")


def _opening(request: ChatRequest) -> str:
    return next(
        (b.text for message in request.messages for b in message.blocks if b.author == "person" and b.kind == "text"),
        "",
    )


def _system(request: ChatRequest) -> bytes:
    return b"".join(message.digest for message in request.messages if message.role == "system")


def _tools(request: ChatRequest) -> frozenset[str]:
    return frozenset(tool.name for tool in request.tools)
