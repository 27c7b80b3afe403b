"""A session as OpenAI Chat Completions: its own shapes, put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from trimtab.wire import fragments


class ChatRendering:
    """One session in Chat Completions, message by message."""

    def __init__(self, seed: str, model: str, tools: Sequence[Mapping[str, Any]], *, stream: bool = False) -> None:
        self._seed = seed
        self._model = model
        self._messages: list[bytes] = []
        self._fields = {"model": orjson.dumps(model), "messages": b"[]"}
        if tools:  # providers refuse an empty list
            self._fields["tools"] = orjson.dumps(list(tools))
        if stream:
            self._fields |= {"stream": b"true", "stream_options": b'{"include_usage":true}'}

    def add(self, index: int, message: Mapping[str, Any]) -> None:
        self._messages.append(orjson.dumps(message))

    def request(self) -> bytes:
        return fragments.render_object({**self._fields, "messages": fragments.render_array(self._messages)})

    def response(self, index: int, message: Mapping[str, Any]) -> bytes:
        called = message.get("tool_calls") or message.get("function_call")
        return orjson.dumps(
            {
                "id": f"chatcmpl-{self._seed}{index:06d}",
                "object": "chat.completion",
                "created": 1_700_000_000 + index,
                "model": self._model,
                "choices": [
                    {
                        "index": 0,
                        "message": {"content": None, "refusal": None, **message},
                        "logprobs": None,
                        "finish_reason": "tool_calls" if called else "stop",
                    }
                ],
            }
        )
