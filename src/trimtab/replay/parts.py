"""The parts of a chat message, read once for the formats that it is rewritten in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import orjson

from trimtab.errors import NotUnderstood

EMPTY = "(empty)"
"""Stands for a text of white space only, which Anthropic refuses."""
_VALID_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")


@dataclass(frozen=True)
class Call:
    """A tool call of a chat message; ``arguments`` is the JSON text as the model wrote it."""

    id: str
    name: str
    arguments: str

    @property
    def input(self) -> dict[str, Any]:
        """The arguments as an object; what is none is carried inside one."""
        try:
            value = orjson.loads(self.arguments or "{}")
        except orjson.JSONDecodeError:
            return {"arguments": self.arguments}
        return value if isinstance(value, dict) else {"arguments": value}


class CallIds:
    """Ids of tool calls that every provider takes: valid characters, and none twice in a session."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._given: set[str] = set()
        self._named: dict[int, list[Call]] = {}
        self._latest: dict[str, str] = {}

    def called(self, message: Mapping[str, Any], index: int) -> list[Call]:
        """The calls of message ``index`` under valid ids; results that follow are known by them."""
        if index not in self._named:
            self._named[index] = [self._name(call, index, place) for place, call in enumerate(calls_of(message))]
        return self._named[index]

    def _name(self, call: Call, index: int, place: int) -> Call:
        name = call.id
        if not _VALID_ID.fullmatch(name) or name in self._given:
            name = self._prefix + blake2b(f"{call.id}\0{index}\0{place}".encode(), digest_size=11).hexdigest()
        self._given.add(name)
        self._latest[call.id] = name
        return Call(name, call.name, call.arguments)

    def of_result(self, message: Mapping[str, Any]) -> str:
        """The id of the call that a tool message answers."""
        recorded = str(message.get("tool_call_id", ""))
        return self._latest.get(recorded, recorded)


def calls_of(message: Mapping[str, Any]) -> list[Call]:
    """The tool calls of an assistant message. Raises NotUnderstood for the legacy shape."""
    if message.get("function_call"):
        raise NotUnderstood("the legacy `function_call` can be replayed in OpenAI chat only; record `tool_calls`")
    found = []
    for call in message.get("tool_calls") or ():
        function = call.get("function") if isinstance(call, dict) else None
        if not isinstance(function, dict) or not isinstance(function.get("name"), str):
            raise NotUnderstood("a tool call without a function and its name")
        found.append(Call(str(call.get("id", "")), function["name"], str(function.get("arguments") or "{}")))
    return found


def parts_of(message: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The content of a message as (``text`` or ``image``, text or URL). Raises NotUnderstood for other media."""
    content = message.get("content")
    if content is None:
        return
    if isinstance(content, str):
        yield "text", content
        return
    for part in content if isinstance(content, list) else [content]:
        kind = part.get("type") if isinstance(part, dict) else None
        if kind in ("text", "input_text", "output_text") and isinstance(part.get("text"), str):
            yield "text", part["text"]
        elif kind == "image_url":
            image = part.get("image_url")
            yield "image", str(image.get("url", "") if isinstance(image, dict) else image)
        elif kind == "refusal":
            yield "text", str(part.get("refusal", ""))
        else:
            raise NotUnderstood(f"content of type {kind!r} can be replayed in OpenAI chat only")


def text_of(message: Mapping[str, Any]) -> str:
    """The text of a message, parts joined by line breaks."""
    return "\n".join(text for kind, text in parts_of(message) if kind == "text")
