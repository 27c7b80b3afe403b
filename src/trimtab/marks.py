"""What a piece of JSON says, wherever prompt-cache breakpoints stand in it and however its text is wrapped.

Clients move their breakpoints from request to request, and turn a text into a list of one block to carry one.
Neither changes what the model reads, nor what a provider finds in its cache.
"""

from __future__ import annotations

from typing import Any

import orjson

MARKERS = ("cache_control", "prompt_cache_breakpoint")
_TEXTS = ("text", "input_text", "output_text")


def mark_of(item: dict[str, Any]) -> str:
    """The time to live that a breakpoint on ``item`` asks for, ``default`` where it does not say, or nothing."""
    for name in MARKERS:
        marker = item.get(name)
        if marker is not None:
            ttl = marker.get("ttl") if isinstance(marker, dict) else None
            return ttl if isinstance(ttl, str) and ttl else "default"
    return ""


def unmarked(item: Any) -> tuple[Any, str]:
    """A block without breakpoints, its own and those of blocks inside it, and what the last of them asks for."""
    if not isinstance(item, dict):
        return item, ""
    plain = {name: member for name, member in item.items() if name not in MARKERS}
    mark = mark_of(item)
    for holder in (plain, plain.get("source")):
        if isinstance(holder, dict) and isinstance(holder.get("content"), list):
            inner = [unmarked(block) for block in holder["content"]]
            mark = mark or next((found for _, found in reversed(inner) if found), "")
            changed = {**holder, "content": [block for block, _ in inner]}
            plain = changed if holder is plain else {**plain, "source": changed}
    return plain, mark


def said(raw: bytes) -> bytes:
    """A message's fragment in one form: no breakpoints, one text block as a plain text, members in order."""
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return raw
    if isinstance(value, list):  # a system text in blocks
        value = {"content": [unmarked(item)[0] for item in value]}
    elif isinstance(value, str):
        value = {"content": value}
    else:
        value, _ = unmarked(value)
    if isinstance(value, dict):
        value = {name: _alone(member) if name == "content" else member for name, member in value.items()}
        if value.get("type") == "message" and "role" in value:
            del value["type"]
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        return raw


def _alone(content: Any) -> Any:
    """The text of a content that is one text block and nothing else."""
    if isinstance(content, list) and len(content) == 1 and isinstance(content[0], dict):
        block = content[0]
        if block.keys() == {"type", "text"} and block["type"] in _TEXTS:
            return block["text"]
    return content
