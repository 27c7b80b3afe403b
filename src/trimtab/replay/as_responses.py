"""A session as OpenAI Responses: items of an input, and a response with the items of its output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from trimtab.replay.parts import CallIds, parts_of, text_of
from trimtab.wire import fragments


class ResponsesRendering:
    """One session in Responses, message by message. The history is sent whole, nothing is held by the server."""

    def __init__(self, seed: str, model: str, tools: Sequence[Mapping[str, Any]], *, stream: bool = False) -> None:
        self._seed = seed
        self._model = model
        self._ids = CallIds("call_")
        self._items: list[bytes] = []
        self._tools = [_tool(tool) for tool in tools]
        self._fields = {"model": orjson.dumps(model)}
        self._tail = {"store": b"false"}
        if self._tools:
            self._tail["tools"] = orjson.dumps(self._tools)
        if stream:
            self._tail["stream"] = b"true"

    def add(self, index: int, message: Mapping[str, Any]) -> None:
        role = message["role"]
        if role == "assistant":
            self._items += [orjson.dumps(item) for item in self._answer(index, message)]
        elif role == "tool":
            output = {
                "type": "function_call_output",
                "call_id": self._ids.of_result(message),
                "output": text_of(message),
            }
            self._items.append(orjson.dumps(output))
        elif role in ("system", "developer") and not self._items and "instructions" not in self._fields:
            self._fields["instructions"] = orjson.dumps(text_of(message))
        else:
            role = "user" if role == "user" else "developer"
            content = [_part(kind, text) for kind, text in parts_of(message)]
            self._items.append(orjson.dumps({"type": "message", "role": role, "content": content}))

    def request(self) -> bytes:
        return fragments.render_object({**self._fields, "input": fragments.render_array(self._items), **self._tail})

    def response(self, index: int, message: Mapping[str, Any]) -> bytes:
        return orjson.dumps(
            {
                "id": f"resp_{self._seed}{index:06d}",
                "object": "response",
                "created_at": 1_700_000_000 + index,
                "status": "completed",
                "error": None,
                "incomplete_details": None,
                "instructions": None,
                "metadata": {},
                "model": self._model,
                "output": self._answer(index, message),
                "parallel_tool_calls": True,
                "temperature": 1.0,
                "tool_choice": "auto",
                "tools": self._tools,
                "top_p": 1.0,
            }
        )

    def _answer(self, index: int, message: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The output items of an assistant message, which are also how it is sent back."""
        calls = self._ids.called(message, index)
        text = text_of(message)
        items = [self._said(index, text)] if text or not calls else []
        for place, call in enumerate(calls):
            called = {"call_id": call.id, "name": call.name, "arguments": call.arguments}
            head = {"id": f"fc_{self._seed}{index:06d}{place:02d}", "type": "function_call", "status": "completed"}
            items.append({**head, **called})
        return items

    def _said(self, index: int, text: str) -> dict[str, Any]:
        return {
            "id": f"msg_{self._seed}{index:06d}",
            "type": "message",
            "status": "completed",
            "role": "assistant",
            "content": [{"type": "output_text", "text": text, "annotations": [], "logprobs": []}],
        }


def _part(kind: str, text: str) -> dict[str, Any]:
    if kind == "image":
        return {"type": "input_image", "image_url": text, "detail": "auto"}
    return {"type": "input_text", "text": text}


def _tool(tool: Mapping[str, Any]) -> dict[str, Any]:
    """A function tool in the flat shape; not strict unless it says so, which is this API's other default."""
    function = tool["function"]
    parameters = function.get("parameters") or {"type": "object", "properties": {}}
    flat = {"type": "function", "name": function["name"], "description": function.get("description", "")}
    return {**flat, "parameters": parameters, "strict": function.get("strict") is True}
