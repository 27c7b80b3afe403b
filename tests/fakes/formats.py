"""The same small conversation in the three wire formats, for tests that have to hold in each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from trimtab.request import Format
from trimtab.wire import CODECS

FORMATS: tuple[Format, ...] = ("openai_chat", "openai_responses", "anthropic_messages")
Call = tuple[str, str, dict[str, Any]]
"""Id, name and arguments of a tool call."""


@dataclass(frozen=True)
class Turn:
    """An assistant's turn: what it said and which tools it called."""

    text: str = ""
    calls: Sequence[Call] = ()


def request(wire: Format, history: Sequence[str | Turn | dict[str, str]], *, stream: bool = False) -> bytes:
    """A request body. ``history``: texts of the person, turns of the assistant, results by call id."""
    build = {"openai_chat": _chat, "openai_responses": _responses, "anthropic_messages": _anthropic}[wire]
    body: dict[str, Any] = build(history)
    if stream:
        body["stream"] = True
    return orjson.dumps(body)


def answer(wire: Format, turn: Turn, number: int = 0) -> bytes:
    """The provider's JSON answer that says ``turn``."""
    if wire == "openai_chat":
        message: dict[str, Any] = {"role": "assistant", "content": turn.text or None}
        if turn.calls:
            message["tool_calls"] = [_chat_call(call) for call in turn.calls]
        finish = "tool_calls" if turn.calls else "stop"
        choice = {"index": 0, "message": message, "finish_reason": finish, "logprobs": None}
        usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
        body = {"id": f"chatcmpl-{number}", "object": "chat.completion", "created": 1, "model": "gpt-4.1"}
        return orjson.dumps({**body, "choices": [choice], "usage": usage})
    if wire == "openai_responses":
        usage = {
            "input_tokens": 10,
            "output_tokens": 5,
            "total_tokens": 15,
            "input_tokens_details": {"cached_tokens": 0},
        }
        body = {
            "id": f"resp_{number}",
            "object": "response",
            "created_at": 1,
            "model": "gpt-4.1",
            "status": "completed",
        }
        return orjson.dumps({**body, "output": _response_items(turn), "usage": usage})
    content: list[dict[str, Any]] = [{"type": "text", "text": turn.text}] if turn.text else []
    content += [{"type": "tool_use", "id": i, "name": n, "input": a} for i, n, a in turn.calls]
    stop = "tool_use" if turn.calls else "end_turn"
    body = {"id": f"msg_{number}", "type": "message", "role": "assistant", "model": "claude", "content": content}
    usage = {"input_tokens": 10, "output_tokens": 5}
    return orjson.dumps({**body, "stop_reason": stop, "stop_sequence": None, "usage": usage})


def stream(wire: Format, turn: Turn, number: int = 0) -> list[bytes]:
    """The same answer as the provider would stream it."""
    codec = CODECS[wire]
    asked = codec.parse(request(wire, ["hi"], stream=True))
    return list(codec.replay(answer(wire, turn, number), asked))


def _chat_call(call: Call) -> dict[str, Any]:
    arguments = orjson.dumps(call[2]).decode()
    return {"id": call[0], "type": "function", "function": {"name": call[1], "arguments": arguments}}


def _chat(history: Sequence[str | Turn | dict[str, str]]) -> dict[str, Any]:
    messages: list[dict[str, Any]] = [{"role": "system", "content": "Be brief."}]
    for entry in history:
        if isinstance(entry, str):
            messages.append({"role": "user", "content": entry})
        elif isinstance(entry, Turn):
            message: dict[str, Any] = {"role": "assistant", "content": entry.text or None}
            if entry.calls:
                message["tool_calls"] = [_chat_call(call) for call in entry.calls]
            messages.append(message)
        else:
            messages += [{"role": "tool", "tool_call_id": i, "content": text} for i, text in entry.items()]
    tool = {"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}
    return {"model": "gpt-4.1", "messages": messages, "tools": [tool]}


def _response_items(turn: Turn) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    if turn.text:
        part = {"type": "output_text", "text": turn.text, "annotations": []}
        items.append({"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [part]})
    for call_id, name, arguments in turn.calls:
        text = orjson.dumps(arguments).decode()
        call = {"type": "function_call", "id": f"fc_{call_id}", "call_id": call_id, "name": name, "arguments": text}
        items.append({**call, "status": "completed"})
    return items


def _responses(history: Sequence[str | Turn | dict[str, str]]) -> dict[str, Any]:
    items: list[dict[str, Any]] = []
    for entry in history:
        if isinstance(entry, str):
            items.append({"role": "user", "content": entry})
        elif isinstance(entry, Turn):
            items += _response_items(entry)
        else:
            items += [{"type": "function_call_output", "call_id": i, "output": text} for i, text in entry.items()]
    tool = {"type": "function", "name": "look", "parameters": {"type": "object", "properties": {}}, "strict": False}
    return {"model": "gpt-4.1", "instructions": "Be brief.", "input": items, "tools": [tool], "store": False}


def _anthropic(history: Sequence[str | Turn | dict[str, str]]) -> dict[str, Any]:
    messages: list[dict[str, Any]] = []
    for entry in history:
        if isinstance(entry, str):
            messages.append({"role": "user", "content": entry})
        elif isinstance(entry, Turn):
            content: list[dict[str, Any]] = [{"type": "text", "text": entry.text}] if entry.text else []
            content += [{"type": "tool_use", "id": i, "name": n, "input": a} for i, n, a in entry.calls]
            messages.append({"role": "assistant", "content": content})
        else:
            results = [{"type": "tool_result", "tool_use_id": i, "content": text} for i, text in entry.items()]
            messages.append({"role": "user", "content": results})
    tool = {"name": "look", "input_schema": {"type": "object", "properties": {}}}
    return {"model": "claude", "max_tokens": 100, "system": "Be brief.", "messages": messages, "tools": [tool]}


def calls_and_results(wire: Format, body: bytes) -> tuple[list[str], list[str]]:
    """Ids of the tool calls and of the tool results in a request body, in order."""
    parsed = CODECS[wire].parse(body)
    blocks = [block for message in parsed.messages for block in message.blocks]
    calls = [block.call_id or "" for block in blocks if block.kind == "tool_call"]
    return calls, [block.call_id or "" for block in blocks if block.kind == "tool_result"]
