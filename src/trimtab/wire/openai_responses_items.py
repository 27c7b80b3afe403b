"""Reading the items of an OpenAI Responses input: what a model reads in each, and which strings may be replaced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson

from trimtab import tokens
from trimtab.errors import NotUnderstood
from trimtab.request import MEDIA_TOKENS, Author, Block, Kind, Message, Path, Role
from trimtab.wire import fragments

_ROLES: dict[str, Role] = {"user": "user", "assistant": "assistant", "system": "system", "developer": "system"}
_AUTHORS: dict[Role, Author] = {"user": "person", "assistant": "model", "system": "system", "tool": "tool"}
_TEXT_PARTS = ("input_text", "output_text", "text")
_MEDIA_PARTS: dict[str, Kind] = {
    "input_image": "image",
    "output_image": "image",
    "computer_screenshot": "image",
    "input_audio": "audio",
    "output_audio": "audio",
    "input_file": "file",
}
_EDITABLE_OUTPUTS = ("function_call_output", "custom_tool_call_output")
_ANSWERS_WITHIN = ("output", "outputs", "result", "results")  # hosted tools answer within the call's own item
_ITEMS_OF_TOOLS = ("additional_tools", "configuration_update")

ENCRYPTED_CHARS_PER_TOKEN = 5
"""Base64 of about four bytes a token; an estimate, since nobody but the provider can count encrypted reasoning."""
_OPAQUE_FROM = 512  # a string that begins with so many characters and no space is base64, not language


def read_item(raw: bytes, slot: str) -> Message:
    """One item of ``input``, or ``input`` or ``instructions`` itself where they are a string.

    Items that are neither a message nor one of the call types come back verbatim as a block of kind ``other``.
    Raises NotUnderstood for a value that can be no item at all.
    """
    item = fragments.value_of(raw)
    if isinstance(item, str):
        role: Role = "user" if slot == "input" else "system"
        return Message(role, raw, (Block("text", item, _AUTHORS[role], ()),), slot)
    if slot != "input":
        return Message("system", raw, (_verbatim(item, "system"),), slot)
    if not isinstance(item, dict):
        raise NotUnderstood(f"an input item is an object, not {raw[:40]!r}")
    role, blocks = _read_blocks(item)
    return Message(role, raw, blocks, slot)


def _read_blocks(item: Mapping[str, Any]) -> tuple[Role, tuple[Block, ...]]:
    kind = item.get("type")
    if kind == "message" or (kind is None and "role" in item):
        name = item.get("role")
        role = _ROLES.get(name, "other") if isinstance(name, str) else "other"
        return role, _read_content(item, "content", role)
    if kind in _EDITABLE_OUTPUTS:
        return "tool", _read_content(item, "output", "tool")
    role, block = _read_fixed(item, kind if isinstance(kind, str) else "")
    return role, (block,)


def _read_fixed(item: Mapping[str, Any], kind: str) -> tuple[Role, Block]:
    """Items that stay as they are; what is not known is told apart by how the provider names its items."""
    if kind == "reasoning":
        return "assistant", _reasoning(item)
    if kind.endswith(("_output", "_approval_response")):
        return "tool", _verbatim(item, "tool", "tool_result")
    if kind.endswith(("_call", "_approval_request")):
        return "assistant", _call(item)
    if kind in _ITEMS_OF_TOOLS:
        return "system", _verbatim(item, "system")
    return "other", _verbatim(item, "model")


# -- content: a string or a list of parts ------------------------------------------------------------------------


def _read_content(item: Mapping[str, Any], field: str, role: Role) -> tuple[Block, ...]:
    """The blocks of a message's ``content`` or a tool result's ``output``."""
    author = _AUTHORS.get(role, "model")
    kind: Kind = "tool_result" if role == "tool" else "text"
    content = item.get(field)
    if isinstance(content, str):
        blocks = [Block(kind, content, author, (field,))]
    elif isinstance(content, list) and content:
        blocks = [_read_part(part, (field, index), kind, author) for index, part in enumerate(content)]
    else:
        blocks = [Block("other", "", author, opaque_tokens=opaque_tokens(content))]
    if role == "tool":
        call_id, name = _string(item, "call_id"), _string(item, "name")
        blocks = [replace(block, call_id=call_id, name=name) for block in blocks]
    elif role == "other":  # nobody knows what its text means to the provider
        blocks = [replace(block, path=None) for block in blocks]
    return tuple(blocks)


def _read_part(part: Any, path: Path, kind: Kind, author: Author) -> Block:
    if not isinstance(part, dict):
        return Block("other", "", author, opaque_tokens=opaque_tokens(part))
    marked = part.get("prompt_cache_breakpoint") is not None
    sort, text, refusal = part.get("type"), part.get("text"), part.get("refusal")
    if sort in _TEXT_PARTS and isinstance(text, str):
        # annotations and log probabilities point into the text by position
        bound = bool(part.get("annotations")) or bool(part.get("logprobs"))
        return Block(kind, text, author, None if bound else (*path, "text"), cache_marked=marked)
    if sort == "refusal" and isinstance(refusal, str):
        return Block("refusal", refusal, author, cache_marked=marked)
    if isinstance(sort, str) and sort in _MEDIA_PARTS:
        return Block(_MEDIA_PARTS[sort], "", author, cache_marked=marked, opaque_tokens=MEDIA_TOKENS)
    return Block("other", "", author, cache_marked=marked, opaque_tokens=opaque_tokens(part))


# -- what stays verbatim -----------------------------------------------------------------------------------------


def _reasoning(item: Mapping[str, Any]) -> Block:
    """Reasoning is verbatim: the provider checks it. Its summary is readable, its encrypted part only billed."""
    parts = [part for field in ("summary", "content") for part in as_list(item.get(field))]
    text = "\n".join(part["text"] for part in parts if isinstance(part, dict) and isinstance(part.get("text"), str))
    return Block("thinking", text, "model", opaque_tokens=encrypted_tokens(item))


def _call(item: Mapping[str, Any]) -> Block:
    """A call of the model to a tool of whatever kind: its name and what it passes, as JSON text."""
    name, passed = called(item)
    answer = sum(opaque_tokens(item.get(field)) for field in _ANSWERS_WITHIN)
    text, call_id = f"{name} {passed}".strip(), _string(item, "call_id")
    return Block("tool_call", text, "model", call_id=call_id, name=name, opaque_tokens=answer)


def called(item: Mapping[str, Any]) -> tuple[str, str]:
    """Name and arguments of a call item; types without a name go by their type."""
    name = _string(item, "name") or _string(item, "type") or ""
    for field in ("arguments", "input", "action", "actions", "operation", "queries", "code"):
        passed = item.get(field)
        if passed is not None:
            return name, passed if isinstance(passed, str) else orjson.dumps(passed).decode()
    return name, ""


def _verbatim(item: Any, author: Author, kind: Kind = "other") -> Block:
    call_id = _string(item, "call_id") if isinstance(item, dict) else None
    return Block(kind, "", author, call_id=call_id, opaque_tokens=opaque_tokens(item))


def opaque_tokens(value: Any) -> int:
    """Rough tokens of a JSON value that stays as it is: language counted, media flat, encrypted text by length."""
    total, left = 0, [value]
    while left:  # a stack of our own: a client decides how deep this nests
        value = left.pop()
        if isinstance(value, str):
            total += MEDIA_TOKENS if _is_media(value) else tokens.count(value)
        elif isinstance(value, dict):
            total += sum(map(tokens.count, value))
            left += [member for name, member in value.items() if name != "encrypted_content"]
            total += encrypted_tokens(value)
        elif isinstance(value, list):
            left += value
        elif value is not None:
            total += 1
    return total


def encrypted_tokens(item: Mapping[str, Any]) -> int:
    encrypted = item.get("encrypted_content")
    return len(encrypted) // ENCRYPTED_CHARS_PER_TOKEN if isinstance(encrypted, str) else 0


def _is_media(text: str) -> bool:
    """Whether a string is a data URL or bare base64."""
    if text.startswith("data:"):
        return True
    return len(text) >= _OPAQUE_FROM and not any(space in text[:_OPAQUE_FROM] for space in " \n\t")


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _string(item: Mapping[str, Any], name: str) -> str | None:
    value = item.get(name)
    return value if isinstance(value, str) else None
