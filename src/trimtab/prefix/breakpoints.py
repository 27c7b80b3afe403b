"""Where prompt-cache breakpoints pay (Anthropic): after what will be sent again before it grows cold.

A write costs a quarter more than a fresh token and a read a tenth of one, so a prefix that is read once is
already paid for, and one that never is costs 25% more than without.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from trimtab.request import ChatRequest, digest_of

_ENOUGH_THREADS = 8
_BREAK_EVEN = 0.25 / 0.9


def client_marks(request: ChatRequest) -> bool:
    """Whether the client set breakpoints of its own: then none of ours are added."""
    return (
        "cache_control" in request.params
        or any(tool.cache_marked for tool in request.tools)
        or any(block.cache_marked for message in request.messages for block in message.blocks)
    )


def places(request: ChatRequest, limit: int, *, grows: bool) -> list[int | None]:
    """Messages (None: the tools) to mark, in prompt order, at most ``limit``.

    Tools and system text end the part that threads share. ``grows``: the thread is expected to go on, so its
    last message is marked, and the one that ended the previous request, where the provider can look it up even
    if many blocks have come in since.
    """
    system = [index for index, message in enumerate(request.messages) if message.slot == "system"]
    found: list[int | None] = [None] if request.tools else []
    found += system[-1:]
    if grows and request.messages:
        last = len(request.messages) - 1
        if 0 < request.settled <= last and request.settled - 1 not in system:
            found.append(request.settled - 1)
        if last not in found:
            found.append(last)
    return found[:limit]


@dataclass
class _Prefix:
    """What is known of one shared prefix: when it last came by, how many threads began with it and went on."""

    last: float = float("-inf")
    begun: int = 0
    continued: int = 0


class SeenPrefixes:
    """Which shared prefixes (tools and system text) came by lately, and whether threads that begin so go on."""

    def __init__(self, entries: int = 10_000) -> None:
        self._entries = entries
        self._seen: OrderedDict[bytes, _Prefix] = OrderedDict()

    def note(self, credential: str, request: ChatRequest, now: float) -> SeenPrefix:
        """Note that a request with this prefix goes out now; what was known of the prefix before."""
        parts = [credential.encode(), request.model.encode()]
        parts += [tool.digest for tool in request.tools]
        parts += [message.identity for message in request.messages if message.role == "system"]
        key = digest_of(b"".join(parts))
        prefix = self._seen.setdefault(key, _Prefix())
        known = SeenPrefix(now - prefix.last, prefix.begun, prefix.continued)
        prefix.last = now
        answers = sum(1 for message in request.messages if message.role == "assistant")
        prefix.begun += answers == 0
        prefix.continued += answers > 0 and not _answered_before_settled(request)
        self._seen.move_to_end(key)
        if len(self._seen) > self._entries:
            self._seen.popitem(last=False)
        return known


def _answered_before_settled(request: ChatRequest) -> bool:
    """Whether the thread had an answer in its history already when it was last sent."""
    return any(message.role == "assistant" for message in request.messages[: request.settled])


@dataclass(frozen=True)
class SeenPrefix:
    """What was known of a prefix when a request came: its age in seconds, and how threads that began so went on."""

    age: float
    begun: int
    continued: int

    @property
    def goes_on(self) -> bool:
        """Whether enough threads with this beginning went on to pay for the write: its quarter against nine tenths."""
        return self.begun < _ENOUGH_THREADS or self.continued >= _BREAK_EVEN * self.begun
