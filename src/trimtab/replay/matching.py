"""Which recorded exchange a request continues, told by what no optimizer may change.

What a person wrote first, and every word and call of the assistant, stay as they were; system text, tools and tool
results may come shortened. Several recordings that begin alike are told apart by the rest of the request, then by
which of them was played least.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace

from trimtab.replay.recorded import Recorded
from trimtab.request import ChatRequest, Format
from trimtab.wire import CODECS


@dataclass
class _Entry:
    recorded: Recorded
    system: bytes
    tools: frozenset[str]
    played: int = 0


class Library:
    """The recorded answers that can be given, by the id of their exchange and by what their requests say."""

    def __init__(self) -> None:
        self.models: dict[str, None] = {}
        """The models that the recorded requests name, in the order they were first seen."""
        self._by_id: dict[tuple[Format, str], _Entry] = {}
        self._by_words: dict[Hashable, list[_Entry]] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def add(self, recorded: Recorded) -> None:
        """Keep an answer; of the request, only what it is recognised by. Raises NotUnderstood for an unreadable one."""
        request = CODECS[recorded.format].parse(recorded.request)
        entry = _Entry(replace(recorded, request=b""), _system(request), _tools(request))
        self._by_id[recorded.format, recorded.id] = entry
        self.models[request.model] = None
        for key in (_words(request), _turns(request)):
            self._by_words.setdefault(key, []).append(entry)

    def find(self, request: ChatRequest, replay_id: str = "") -> Recorded | None:
        """The exchange that ``replay_id`` names, else the one whose request this is."""
        if replay_id:
            named = self._by_id.get((request.format, replay_id))
            return None if named is None else named.recorded
        candidates = self._by_words.get(_words(request)) or self._by_words.get(_turns(request))
        if not candidates:
            return None
        system, tools = _system(request), _tools(request)
        best = min(candidates, key=lambda entry: (entry.system != system, entry.tools != tools, entry.played))
        best.played += 1
        return best.recorded


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
    blocks = (block for message in request.messages for block in message.blocks)
    return next((block.text for block in blocks if block.author == "person" and block.kind == "text"), "")


def _system(request: ChatRequest) -> bytes:
    return b"".join(message.digest for message in request.messages if message.role == "system")


def _tools(request: ChatRequest) -> frozenset[str]:
    return frozenset(tool.name for tool in request.tools)
