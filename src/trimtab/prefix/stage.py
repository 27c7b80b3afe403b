"""The prefix stage, last in line: breakpoints, a cache key, a stable order of tools."""

from __future__ import annotations

from collections.abc import Sequence

from trimtab.identity import VolatileSpan
from trimtab.prefix.breakpoints import SeenPrefix, SeenPrefixes, client_marks, places
from trimtab.request import ChatRequest, Edit, MarkBreakpoint, OrderTools, ReplaceText, SetField, digest_of
from trimtab.response import ChatResponse
from trimtab.stage import NOTHING, Context, Edits, Verdict
from trimtab.thread import ThreadState

_KEY_BUCKETS = 4
"""OpenAI overflows one key at about 15 requests a minute; threads spread over a few keys still share prefixes."""


class Prefix:
    """Arranges a request so that the provider finds as much of it as possible in its cache."""

    name = "prefix"

    def __init__(self) -> None:
        self._seen = SeenPrefixes()

    async def before(self, request: ChatRequest, state: ThreadState, ctx: Context) -> Verdict:
        if ctx.capable.kind == "none":
            return NOTHING
        seen = self._seen.note(ctx.credential, request, ctx.clock())
        if request.is_shorter_than(max(ctx.config.prefix.min_tokens, ctx.capable.min_tokens)):
            return NOTHING
        ordered, names = self._tool_order(request, state, ctx)
        edits = [*ordered, *self._moved_volatile(request, ctx)]
        if ctx.capable.kind == "breakpoints" and not ctx.capable.implicit:
            edits += self._breakpoints(request, ctx, seen)
        if ctx.capable.cache_key:
            edits += self._cache_key(request, ctx)
        remembered = state.memory.get(self.name, {})
        remember = {"tools": names} if names != remembered.get("tools") else None
        return Edits(tuple(edits), remember)

    def _tool_order(self, request: ChatRequest, state: ThreadState, ctx: Context) -> tuple[list[Edit], list[str]]:
        """Tools in the order in which the thread first saw them; new ones come last."""
        names = [tool.name for tool in request.tools]
        first: Sequence[str] = state.memory.get(self.name, {}).get("tools", ())
        if not ctx.config.prefix.tool_order or len(set(names)) != len(names) or list(first) == names:
            return [], names
        known = {name: rank for rank, name in enumerate(first)}
        order = sorted(range(len(names)), key=lambda index: (known.get(names[index], len(known)), index))
        if order == list(range(len(names))):
            return [], names
        edit = Edit(OrderTools(tuple(order)), self.name, "tools in the order first seen in the thread", "tools")
        return [edit], [names[index] for index in order]

    def _breakpoints(self, request: ChatRequest, ctx: Context, seen: SeenPrefix) -> list[Edit]:
        if not ctx.config.prefix.breakpoints or client_marks(ctx.original):
            return []
        goes_on = any(message.role == "assistant" for message in request.messages)
        grows = goes_on or (bool(request.tools) and seen.goes_on)
        if not grows and seen.age >= ctx.capable.ttl:
            return []  # a single question whose prefix nobody has sent lately: a write would only cost
        return [
            Edit(MarkBreakpoint(message), self.name, "a prefix that will be read again ends here", section)
            for message in places(request, ctx.capable.max_breakpoints, grows=grows)
            for section in ["tools" if message is None else request.section_of(message)]
        ]

    def _cache_key(self, request: ChatRequest, ctx: Context) -> list[Edit]:
        if not ctx.config.prefix.cache_key or "prompt_cache_key" in request.params:
            return []
        shared = [tool.name.encode() for tool in request.tools]
        first = next((message.identity for message in ctx.original.messages if message.role != "system"), b"\0")
        bucket = first[0] % _KEY_BUCKETS
        key = digest_of(b"\0".join([ctx.credential.encode(), *shared]) + bytes([bucket])).hex()
        edit = Edit(SetField("prompt_cache_key", f"tt-{key}"), self.name, "a stable cache key", "history")
        return [edit]

    def _moved_volatile(self, request: ChatRequest, ctx: Context) -> list[Edit]:
        """The changing line of the system text at its end, where configured: what comes before it stays warm."""
        span = ctx.facts.get(VolatileSpan)
        if span is None or not ctx.config.prefix.move_volatile:
            return []
        for index in range(request.settled, len(request.messages)):
            message = request.messages[index]
            for number, block in enumerate(message.blocks):
                if message.role != "system" or not block.editable:
                    continue
                lines = block.text.split("\n")
                at = next((i for i, line in enumerate(lines[:-1]) if line[:160] == span.text), None)
                if at is not None:
                    moved = "\n".join([*lines[:at], *lines[at + 1 :], lines[at]])
                    why = f"line {at + 1} changes between requests and was moved to the end"
                    op = ReplaceText(index, number, moved)
                    return [Edit(op, self.name, why, "system")]
        return []

    async def after(
        self, request: ChatRequest, response: ChatResponse | None, state: ThreadState, ctx: Context
    ) -> None:
        """Nothing to learn: what the provider cached stands in its usage."""
