"""A prompt as the provider's cache sees it: one content block after another, each known by what it says.

Providers read JSON, so white space, and whether a text stands alone or as the only block of a list, make no
difference to what they cache. Neither do breakpoints, which are not content.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import orjson

from trimtab.marks import MARKERS, mark_of, unmarked
from trimtab.request import ChatRequest, Message, Tool

_PIECE = 1024
"""Long blocks are compared in pieces of this many bytes, so that a change at the end leaves the beginning warm."""
_MEMO_PARTS = 65_536


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a prompt: its identity, its tokens, and what stands behind it.

    ``ends``: a content block ends here, which is where a provider may find a prefix again. ``mark``: the time to
    live that a breakpoint behind it asks for, ``default`` where it does not say, empty where there is none.
    """

    digest: bytes
    tokens: int
    ends: bool = True
    mark: str = ""


class _Memo:
    """Parts by what they were made of; a thread is sent again with every request, only what is new costs work."""

    def __init__(self, parts: int = _MEMO_PARTS) -> None:
        self._most = parts
        self._held = 0
        self._known: OrderedDict[bytes, tuple[Part, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: bytes, make: Callable[[], tuple[Part, ...]]) -> tuple[Part, ...]:
        with self._lock:
            known = self._known.get(key)
            if known is not None:
                self._known.move_to_end(key)
                return known
        made = make()
        with self._lock:
            if key not in self._known:
                self._known[key] = made
                self._held += len(made) + 1
            while self._held > self._most and len(self._known) > 1:
                self._held -= len(self._known.popitem(last=False)[1]) + 1
        return made


_memo = _Memo()


def parts_of(request: ChatRequest) -> list[Part]:
    """The prompt in the provider's order: tools, then system text, then messages."""
    front, middle = _settings(request)
    found = [] if front is None else [_setting(front)]
    for tool in request.tools:
        found += _memo.get(b"t" + tool.digest, lambda tool=tool: _tool_parts(tool))  # type: ignore[misc]
    for message in request.messages:
        if middle is not None and message.role != "system":
            found.append(_setting(middle))
            middle = None
        key = b"m" + message.slot.encode() + message.digest
        found += _memo.get(key, lambda message=message: _message_parts(message))  # type: ignore[misc]
    return found


def _settings(request: ChatRequest) -> tuple[Any, Any]:
    """What is no message but part of the prefix: at the very front, and between the system text and the messages.

    OpenAI puts the schema of the answer in front; with Anthropic another choice of tool, or thinking switched on
    or off, leaves only tools and system text warm.
    """
    params = request.params
    if request.format == "anthropic_messages":
        middle = [params.get("tool_choice"), params.get("thinking")]
        return None, middle if any(middle) else None
    text = params.get("text")
    return params.get("response_format") or (text.get("format") if isinstance(text, dict) else None), None


def _setting(value: Any) -> Part:
    return Part(_digest(orjson.dumps(value, default=str)), 0, ends=False)


def _tool_parts(tool: Tool) -> tuple[Part, ...]:
    try:
        value = orjson.loads(tool.raw)
    except orjson.JSONDecodeError:
        return tuple(_pieces(tool.raw, tool.tokens, ""))
    if isinstance(value, dict) and value.get("defer_loading") is True:
        return ()  # not in the prompt until the model asks for it
    value, mark = unmarked(value)
    return tuple(_pieces(orjson.dumps(value), tool.tokens, mark))


def _message_parts(message: Message) -> tuple[Part, ...]:
    try:
        value = orjson.loads(message.raw)
    except orjson.JSONDecodeError:
        return tuple(_pieces(message.raw, message.tokens, ""))
    head: Any = message.role
    content, mark = value, ""
    if isinstance(value, dict):
        mark = mark_of(value)
        head = {name: member for name, member in value.items() if name not in ("content", *MARKERS)}
        content = value.get("content")
    items = _items(content)
    start = orjson.dumps(head)
    if not items:
        return tuple(_pieces(start, message.tokens, mark))
    found: list[Part] = []
    for index, (item, tokens) in enumerate(zip(items, _tokens_of_items(message, len(items)), strict=True)):
        plain, own = unmarked(item)
        raw = orjson.dumps(plain)
        last = index == len(items) - 1
        found += _pieces(raw if index else start + raw, tokens, own or (mark if last else ""))
    return tuple(found)


def _items(content: Any) -> list[Any]:
    """Content as a list of blocks."""
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return content if isinstance(content, list) else []


def _tokens_of_items(message: Message, count: int) -> list[int]:
    """The message's tokens by content item, as far as its blocks tell to which item they belong."""
    tokens = [0] * count
    at, call = -1, None
    for block in message.blocks:
        told = next((step for step in block.path or () if isinstance(step, int)), None)
        if told is not None:
            at = told
        elif at < 0 or block.call_id is None or block.call_id != call or block.kind == "tool_call":
            at += 1
        call = block.call_id
        tokens[min(at, count - 1)] += block.tokens
    tokens[0] += message.tokens - sum(tokens)
    return tokens


def _pieces(raw: bytes, tokens: int, mark: str) -> Sequence[Part]:
    """One part, or several where ``raw`` is a long text (media are long for the few tokens that they count as)."""
    if len(raw) <= _PIECE or len(raw) > 16 * tokens:
        return [Part(_digest(raw), tokens, True, mark)]
    found = []
    for start in range(0, len(raw), _PIECE):
        end = min(start + _PIECE, len(raw))
        share = tokens * end // len(raw) - tokens * start // len(raw)
        last = end == len(raw)
        found.append(Part(_digest(raw[start:end]), share, last, mark if last else ""))
    return found


def _digest(raw: bytes) -> bytes:
    return blake2b(raw, digest_size=16).digest()
