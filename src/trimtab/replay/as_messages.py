"""A session as Anthropic Messages: system text apart, results of parallel calls in one user message, breakpoints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from trimtab.replay.parts import EMPTY, CallIds, parts_of, text_of
from trimtab.wire import fragments

_MAX_TOKENS = 8192
_BEGINNING = "(The conversation begins.)"
"""Opens a conversation in which the assistant speaks first: Anthropic's begins with the user."""
_BREAKPOINT = {"type": "ephemeral"}

Block = dict[str, Any]


class MessagesRendering:
    """One session in Messages, message by message.

    Content is always a list of blocks, so that a message keeps its bytes when the breakpoint on it moves on.
    """

    def __init__(
        self,
        seed: str,
        model: str,
        tools: Sequence[Mapping[str, Any]],
        *,
        stream: bool = False,
        breakpoints: bool = True,
    ) -> None:
        self._seed = seed
        self._model = model
        self._breakpoints = breakpoints
        self._ids = CallIds("toolu_")
        self._system: list[Block] = []
        self._done: list[bytes] = []
        self._last: tuple[str, list[Block]] | None = None
        self._head = {"model": orjson.dumps(model), "max_tokens": orjson.dumps(_MAX_TOKENS)}
        if stream:
            self._head["stream"] = b"true"
        self._tools = [_tool(tool) for tool in tools]
        if self._tools:
            self._head["tools"] = orjson.dumps(self._marked(self._tools))

    def add(self, index: int, message: Mapping[str, Any]) -> None:
        role = message["role"]
        if role in ("system", "developer") and self._last is None:
            self._system += _texts(message)
        elif role == "assistant":
            if self._last is None:
                self._push("user", [{"type": "text", "text": _BEGINNING}])
            self._push("assistant", self._answer(index, message) or [{"type": "text", "text": EMPTY}])
        elif role == "tool":
            self._result(message)
        else:
            self._push("user", _parts(message))

    def _result(self, message: Mapping[str, Any]) -> None:
        block = {"type": "tool_result", "tool_use_id": self._ids.of_result(message), "content": text_of(message)}
        if self._last is not None and self._last[0] == "user" and self._last[1][-1]["type"] == "tool_result":
            self._last[1].append(block)  # results of parallel calls belong into one message
        else:
            self._push("user", [block])

    def _push(self, role: str, blocks: list[Block]) -> None:
        if self._last is not None:
            self._done.append(_message(*self._last))
        self._last = (role, blocks)

    def request(self) -> bytes:
        fields = dict(self._head)
        if self._system:
            fields["system"] = orjson.dumps(self._marked(self._system))
        messages = list(self._done)
        if self._last is not None:
            role, blocks = self._last
            messages.append(_message(role, self._marked(blocks)))
        fields["messages"] = fragments.render_array(messages)
        return fragments.render_object(fields)

    def _marked(self, items: Sequence[Block]) -> list[Block]:
        """The items, the last of them marked where the client marks what is to be cached."""
        if not self._breakpoints:
            return list(items)
        return [*items[:-1], {**items[-1], "cache_control": _BREAKPOINT}]

    def response(self, index: int, message: Mapping[str, Any]) -> bytes:
        content = self._answer(index, message)
        called = any(block["type"] == "tool_use" for block in content)
        return orjson.dumps(
            {
                "id": f"msg_{self._seed}{index:06d}",
                "type": "message",
                "role": "assistant",
                "model": self._model,
                "content": content,
                "stop_reason": "tool_use" if called else "end_turn",
                "stop_sequence": None,
            }
        )

    def _answer(self, index: int, message: Mapping[str, Any]) -> list[Block]:
        """The blocks of an assistant message: its text, if it says anything, then its calls."""
        calls = self._ids.called(message, index)
        text = text_of(message)
        said: list[Block] = [{"type": "text", "text": text}] if text.strip() else []
        return said + [{"type": "tool_use", "id": call.id, "name": call.name, "input": call.input} for call in calls]


def _message(role: str, blocks: list[Block]) -> bytes:
    return orjson.dumps({"role": role, "content": blocks})


def _texts(message: Mapping[str, Any]) -> list[Block]:
    return [{"type": "text", "text": text} for kind, text in parts_of(message) if kind == "text" and text.strip()]


def _parts(message: Mapping[str, Any]) -> list[Block]:
    blocks = [_image(text) if kind == "image" else {"type": "text", "text": text} for kind, text in parts_of(message)]
    kept = [block for block in blocks if block["type"] != "text" or block["text"].strip()]
    return kept or [{"type": "text", "text": EMPTY}]


def _image(url: str) -> Block:
    kind, _, data = url.removeprefix("data:").partition(";base64,")
    if url.startswith("data:") and data:
        return {"type": "image", "source": {"type": "base64", "media_type": kind, "data": data}}
    return {"type": "image", "source": {"type": "url", "url": url}}


def _tool(tool: Mapping[str, Any]) -> dict[str, Any]:
    function = tool["function"]
    schema = {"type": "object", **(function.get("parameters") or {"properties": {}})}
    named = {"name": function["name"], "input_schema": schema}
    if function.get("description"):
        named["description"] = function["description"]
    return named
