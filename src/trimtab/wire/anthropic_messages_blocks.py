"""What a model reads in an Anthropic message: content blocks as `Block`s, each with the path to its text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson

from trimtab.errors import NotUnderstood
from trimtab.request import MEDIA_TOKENS, Author, Block, Kind, Message, Path, Role
from trimtab.wire import fragments

_ROLES: dict[str, tuple[Role, Author]] = {
    "user": ("user", "person"),
    "assistant": ("assistant", "model"),
    "system": ("system", "system"),
}
_CALLS = ("tool_use", "server_tool_use", "mcp_tool_use")
_OPAQUE_BYTES_PER_TOKEN = 4
"""For blocks that only the provider can read (encrypted results, redacted thinking, unknown types)."""


def read_system(raw: bytes) -> Message:
    """The top-level ``system`` field, a string or a list of text blocks."""
    value = fragments.value_of(raw)
    if not isinstance(value, str | list):
        raise NotUnderstood(f"system is a {type(value).__name__}, a string or a list of blocks is needed")
    return Message("system", raw, _read_content(value, (), "system", []), slot="system")


def read_message(raw: bytes) -> Message:
    """One element of ``messages``. Raises NotUnderstood where it is not an object."""
    value = fragments.value_of(raw)
    if not isinstance(value, dict):
        raise NotUnderstood(f"a message is an object, this is a {type(value).__name__}")
    said = value.get("role")
    role, author = _ROLES.get(said, ("other", "person")) if isinstance(said, str) else ("other", "person")
    content = value.get("content")
    if role == "other" or not isinstance(content, str | list):
        return Message(role, raw, (_opaque(value, "person"),))
    raws = content_of(raw) or [] if _has_calls(content) else []
    if role == "user" and content and all(_type(item) == "tool_result" for item in content):
        role = "tool"
    return Message(role, raw, _read_content(content, ("content",), author, raws))


def content_of(raw: bytes) -> list[bytes] | None:
    """The content blocks of a message or an answer as fragments; None where its content is not a list."""
    content = fragments.object_fields(raw).get("content", b"")
    return fragments.array_items(content) if content[:1] == b"[" else None


def is_marked(item: Any) -> bool:
    """Whether a block or tool carries a prompt-cache breakpoint."""
    return isinstance(item, dict) and item.get("cache_control") is not None


def call_of(raw: bytes) -> tuple[str, str, str]:
    """Id, name and arguments (JSON text as in ``raw``) of a tool_use block; empty where missing."""
    members = fragments.object_fields(raw)
    said = (fragments.value_of(members.get(name, b'""')) for name in ("id", "name"))
    call_id, name = (value if isinstance(value, str) else "" for value in said)
    return call_id, name, members.get("input", b"{}").decode("utf-8", "replace")


def _type(item: Any) -> str:
    kind = item.get("type") if isinstance(item, dict) else None
    return kind if isinstance(kind, str) else ""


def _has_calls(content: str | list[Any]) -> bool:
    return isinstance(content, list) and any(_type(item) in _CALLS for item in content)


def _read_content(content: str | list[Any], path: Path, author: Author, raws: list[bytes]) -> tuple[Block, ...]:
    if isinstance(content, str):
        return (Block("text", content, author, path),)
    blocks: list[Block] = []
    for index, item in enumerate(content):
        raw = raws[index] if raws else b""
        blocks += _read_item(item, (*path, index), author, raw)
    return tuple(blocks)


def _read_item(item: Any, path: Path, author: Author, raw: bytes) -> list[Block]:
    """The blocks of one content block; several for a tool result with several texts."""
    kind = _type(item)
    if kind == "tool_result":
        blocks = _read_tool_result(item, path)
    elif kind in _CALLS and raw:
        blocks = [_read_call(raw, author, "tool_call" if kind == "tool_use" else "other")]
    elif kind == "search_result":
        blocks = _read_search_result(item, path, "text", None)
    elif kind in _READERS:
        blocks = [_READERS[kind](item, path, author)]
    else:
        blocks = [_opaque(item, author)]
    return _marked(blocks, item)


def _marked(blocks: list[Block], item: Any) -> list[Block]:
    """A breakpoint ends what it stands on: the last of the item's blocks carries it, and only that."""
    if blocks and is_marked(item):
        blocks[-1] = replace(blocks[-1], cache_marked=True)
    return blocks


def _read_text(item: dict[str, Any], path: Path, author: Author) -> Block:
    text = item.get("text")
    if not isinstance(text, str):
        return _opaque(item, author)
    # what citations quote has to stay as it was quoted
    return Block("text", text, author, None if item.get("citations") else (*path, "text"))


def _read_image(item: dict[str, Any], path: Path, author: Author) -> Block:
    return Block("image", "", author, opaque_tokens=MEDIA_TOKENS)


def _read_document(item: dict[str, Any], path: Path, author: Author) -> Block:
    """A document that a person attached: its text counts as text, and stays verbatim."""
    texts = _document_texts(item, path)
    if texts is None:
        return Block("file", "", author, opaque_tokens=MEDIA_TOKENS)
    return Block("file", "\n".join(text for text, _ in texts), author)


def _read_thinking(item: dict[str, Any], path: Path, author: Author) -> Block:
    thinking = item.get("thinking")
    return Block("thinking", thinking if isinstance(thinking, str) else "", author)


def _read_redacted(item: dict[str, Any], path: Path, author: Author) -> Block:
    return replace(_opaque(item, author), kind="thinking")


_READERS: dict[str, Callable[[dict[str, Any], Path, Author], Block]] = {
    "text": _read_text,
    "image": _read_image,
    "document": _read_document,
    "thinking": _read_thinking,
    "redacted_thinking": _read_redacted,
}


def _read_call(raw: bytes, author: Author, kind: Kind) -> Block:
    call_id, name, arguments = call_of(raw)
    return Block(kind, name + arguments, author, call_id=call_id, name=name)


def _opaque(item: Any, author: Author) -> Block:
    """What must stay verbatim. A server tool's result keeps the id that pairs it with its call."""
    call_id = item.get("tool_use_id") if isinstance(item, dict) else None
    estimate = len(orjson.dumps(item)) // _OPAQUE_BYTES_PER_TOKEN
    return Block("other", "", author, call_id=call_id if isinstance(call_id, str) else None, opaque_tokens=estimate)


# -- tool results ---------------------------------------------------------------------------------------------


def _read_tool_result(item: dict[str, Any], path: Path) -> list[Block]:
    """One block per text. There is always one, so that the result keeps its pairing in view."""
    said = item.get("tool_use_id")
    call_id = said if isinstance(said, str) else ""
    content = item.get("content")
    inside = (*path, "content")
    if isinstance(content, str):
        return [Block("tool_result", content, "tool", inside, call_id)]
    blocks: list[Block] = []
    for index, part in enumerate(content if isinstance(content, list) else []):
        blocks += _marked(_read_result_part(part, (*inside, index), call_id), part)
    return blocks or [Block("tool_result", "", "tool", call_id=call_id)]


def _read_result_part(part: Any, path: Path, call_id: str) -> list[Block]:
    kind = _type(part)
    if kind == "search_result":
        return _read_search_result(part, path, "tool_result", call_id)
    if kind == "document" and (texts := _document_texts(part, path)) is not None:
        return [Block("tool_result", text, "tool", place, call_id) for text, place in texts]
    if kind in _READERS:
        block = _READERS[kind](part, path, "tool")
        return [replace(block, kind="tool_result" if kind == "text" else block.kind, call_id=call_id)]
    return [replace(_opaque(part, "tool"), call_id=call_id)]


def _read_search_result(item: dict[str, Any], path: Path, kind: Kind, call_id: str | None) -> list[Block]:
    """Search results are a tool's words wherever they stand."""
    texts = _list_texts(item.get("content"), (*path, "content"), editable=not _cited(item))
    if texts is None:
        return [replace(_opaque(item, "tool"), call_id=call_id)]
    return [Block(kind, text, "tool", place, call_id) for text, place in texts]


def _cited(item: dict[str, Any]) -> bool:
    """Whether the model is to cite this: the client then looks citations up in its own copy of the text."""
    citations = item.get("citations")
    return isinstance(citations, dict) and citations.get("enabled") is True


def _document_texts(item: dict[str, Any], path: Path) -> list[tuple[str, Path | None]] | None:
    """The texts of a document and where they stand; None for a document that is not text (PDF, file, URL)."""
    source = item.get("source")
    if not isinstance(source, dict):
        return None
    editable = not _cited(item)
    kind, data, content = source.get("type"), source.get("data"), source.get("content")
    if kind == "text" and isinstance(data, str):
        return [(data, (*path, "source", "data") if editable else None)]
    if kind == "content" and isinstance(content, str):
        return [(content, (*path, "source", "content") if editable else None)]
    return _list_texts(content, (*path, "source", "content"), editable=editable) if kind == "content" else None


def _list_texts(content: Any, path: Path, *, editable: bool) -> list[tuple[str, Path | None]] | None:
    """The texts of a list of text blocks; None where anything else is among them, or nothing."""
    if not isinstance(content, list) or not content:
        return None
    texts: list[tuple[str, Path | None]] = []
    for index, part in enumerate(content):
        text = part.get("text") if _type(part) == "text" else None
        if not isinstance(text, str):
            return None
        texts.append((text, (*path, index, "text") if editable else None))
    return texts
