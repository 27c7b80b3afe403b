"""Where prompt-cache breakpoints pay (Anthropic): after what will be sent again before it grows cold.

A write costs a quarter more than a fresh token and a read a tenth of one, so a prefix that is read once is
already paid for, and one that never is costs 25% more than without.
"""

from __future__ import annotations

from collections import OrderedDict

from trimtab.request import ChatRequest, digest_of


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


class SeenPrefixes:
    """Which shared prefixes (tools and system text) came by lately, per credential."""

    def __init__(self, entries: int = 10_000) -> None:
        self._entries = entries
        self._seen: OrderedDict[bytes, float] = OrderedDict()

    def again(self, credential: str, request: ChatRequest, now: float, ttl: float) -> bool:
        """Whether this prefix came by within ``ttl`` seconds; notes that it did now."""
        parts = [credential.encode(), request.model.encode()]
        parts += [tool.digest for tool in request.tools]
        parts += [message.identity for message in request.messages if message.role == "system"]
        key = digest_of(b"".join(parts))
        last = self._seen.get(key)
        self._seen[key] = now
        self._seen.move_to_end(key)
        if len(self._seen) > self._entries:
            self._seen.popitem(last=False)
        return last is not None and now - last < ttl
