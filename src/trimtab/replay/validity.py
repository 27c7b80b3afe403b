"""What the providers refuse: a request that fails here would be answered with 400.

The rules are those that an optimizer can break: pairing of calls and results, empty content, breakpoints, tools.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from trimtab.request import Format

_TOOL_NAME = re.compile(r"[A-Za-z0-9_-]{1,128}")
_CALL_ID = re.compile(r"[A-Za-z0-9_-]+")
_CHAT_ROLES = ("system", "developer", "user", "assistant", "tool", "function")
_MAX_BREAKPOINTS = 4
_MAX_CACHE_KEY = 64

Body = Mapping[str, Any]


def refusal(wire: Format, body: Any) -> str:
    """Why the provider would refuse a decoded request body; empty where it would not."""
    if not isinstance(body, dict) or not isinstance(body.get("model"), str):
        return "you must provide a model parameter"
    return next(_CHECKS[wire](body), "")


# -- OpenAI -----------------------------------------------------------------------------------------------------


def _openai(body: Body, names: Sequence[Any]) -> Iterator[str]:
    tools = body.get("tools")
    if tools is not None and not tools:
        yield "Invalid 'tools': empty array. Expected an array with minimum length 1, but got an empty array instead."
    if not tools and body.get("tool_choice") is not None:
        yield "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified."
    yield from _named(names)
    key = body.get("prompt_cache_key")
    if key is not None and not (isinstance(key, str) and len(key) <= _MAX_CACHE_KEY):
        yield f"Invalid 'prompt_cache_key': expected a string of at most {_MAX_CACHE_KEY} characters."


def _chat(body: Body) -> Iterator[str]:
    yield from _openai(body, [_of(tool, "function").get("name") for tool in _list(body.get("tools"))])
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        yield "Invalid 'messages': empty array. Expected an array with minimum length 1."
        return
    waiting: set[str] = set()
    for index, message in enumerate(messages):
        where = f"messages.[{index}]"
        if not isinstance(message, dict) or message.get("role") not in _CHAT_ROLES:
            yield f"Invalid value: '{where}.role'."
            return
        if message["role"] == "tool":
            if message.get("tool_call_id") not in waiting:
                yield f"{where}: a message with role 'tool' has to answer a preceding 'tool_calls'."
            waiting.discard(message.get("tool_call_id", ""))
        elif waiting:
            yield f"{where}: tool_call_ids did not have response messages before it: {', '.join(sorted(waiting))}"
            return
        calls = _list(message.get("tool_calls"))
        if message.get("content") is None and not (calls or message.get("function_call") or message.get("refusal")):
            yield f"Invalid value for '{where}.content': expected a string, got null."
        waiting |= {str(_dict(call).get("id")) for call in calls}
    if waiting:
        yield f"tool_call_ids did not have response messages: {', '.join(sorted(waiting))}"


def _responses(body: Body) -> Iterator[str]:
    tools = [_dict(tool) for tool in _list(body.get("tools"))]
    yield from _openai(body, [tool.get("name") for tool in tools if tool.get("type") == "function"])
    given = body.get("input")
    if isinstance(given, str):
        return
    if not isinstance(given, list) or not (given or body.get("previous_response_id")):
        yield "Missing required parameter: 'input'."
        return
    called: list[str] = []
    answered: set[str] = set()
    for item in map(_dict, given):
        if item.get("type") == "function_call":
            called.append(str(item.get("call_id")))
        elif item.get("type") == "function_call_output":
            call_id = str(item.get("call_id"))
            if call_id not in called and not body.get("previous_response_id"):
                yield f"No tool call found for function call output with call_id {call_id}."
            answered.add(call_id)
    missing = next((call_id for call_id in called if call_id not in answered), None)
    if missing is not None:
        yield f"No tool output found for function call {missing}."


# -- Anthropic --------------------------------------------------------------------------------------------------


def _messages(body: Body) -> Iterator[str]:
    if not isinstance(body.get("max_tokens"), int):
        yield "max_tokens: Field required"
    tools = [_dict(tool) for tool in _list(body.get("tools"))]
    names = [tool.get("name") for tool in tools]
    yield from _named(names)
    if len(set(map(str, names))) != len(names):
        yield "tools: Tool names must be unique."
    turns = body.get("messages")
    if not isinstance(turns, list) or not turns:
        yield "messages: at least one message is required"
        return
    system = body.get("system")
    blocks = [_dict(block) for block in system] if isinstance(system, list) else []
    yield from _texts(blocks, "system")
    yield from _turns(turns)
    marked = [*tools, *blocks, *(block for turn in turns for block in _content(turn))]
    marks = sum(1 for item in _nested(marked) if item.get("cache_control"))
    if marks > _MAX_BREAKPOINTS:
        yield f"A maximum of {_MAX_BREAKPOINTS} blocks with cache_control may be provided. Found {marks}."


def _turns(turns: Sequence[Any]) -> Iterator[str]:
    """Each message for itself, and the pairing of calls and results."""
    for index, turn in enumerate(turns):
        if _dict(turn).get("role") not in ("user", "assistant"):
            yield f"messages.{index}.role: Input should be 'user' or 'assistant'"
        blocks = _content(turn)
        if not blocks and index < len(turns) - 1:
            yield f"messages.{index}: all messages must have non-empty content except for the optional final one"
        yield from _texts(blocks, f"messages.{index}.content")
    joined = _joined(turns)
    if joined[0][0] != "user":
        yield "messages: first message must use the user role"
    waiting: list[str] = []
    seen: set[str] = set()
    for role, blocks in joined:
        results = [str(block.get("tool_use_id")) for block in blocks if block.get("type") == "tool_result"]
        if unexpected := [call_id for call_id in results if call_id not in waiting]:
            yield f"messages: unexpected `tool_use_id` found in `tool_result` blocks: {unexpected[0]}"
        if unanswered := [call_id for call_id in waiting if call_id not in results]:
            yield f"messages: `tool_use` ids were found without `tool_result` blocks immediately after: {unanswered[0]}"
        waiting = [str(block.get("id")) for block in blocks if block.get("type") == "tool_use"]
        for call_id in waiting:
            if role != "assistant" or call_id in seen or not _CALL_ID.fullmatch(call_id):
                yield f"messages: `tool_use` ids of the assistant must be unique and of letters and digits: {call_id}"
            seen.add(call_id)
    if waiting:
        yield f"messages: `tool_use` ids were found without `tool_result` blocks immediately after: {waiting[0]}"


def _joined(turns: Sequence[Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The conversation as Anthropic reads it: consecutive messages of one role are one turn."""
    joined: list[tuple[str, list[dict[str, Any]]]] = []
    for turn in turns:
        role = str(_dict(turn).get("role"))
        if joined and joined[-1][0] == role:
            joined[-1][1].extend(_content(turn))
        else:
            joined.append((role, _content(turn)))
    return joined


def _texts(blocks: Sequence[Body], where: str) -> Iterator[str]:
    for index, block in enumerate(blocks):
        if block.get("type") == "text" and not str(block.get("text", "")).strip():
            yield f"{where}.{index}: text content blocks must contain non-whitespace text"
        if block.get("cache_control") and block.get("type") in ("thinking", "redacted_thinking"):
            yield f"{where}.{index}.cache_control: Extra inputs are not permitted"


def _content(turn: Any) -> list[dict[str, Any]]:
    """The blocks of a message; a string is one text block, an empty one none."""
    content = _dict(turn).get("content")
    if isinstance(content, str):
        return [{"type": "text", "text": content}] if content else []
    return [_dict(block) for block in _list(content)]


def _nested(items: Sequence[Body]) -> Iterator[Body]:
    """Blocks, and the blocks inside tool results."""
    for item in items:
        yield item
        yield from (_dict(inner) for inner in _list(item.get("content")))


# -- shared -----------------------------------------------------------------------------------------------------


def _named(names: Sequence[Any]) -> Iterator[str]:
    for index, name in enumerate(names):
        if name is not None and not (isinstance(name, str) and _TOOL_NAME.fullmatch(name)):
            yield f"Invalid 'tools[{index}].name': string does not match pattern '^[a-zA-Z0-9_-]+$': {name!r}"


def _of(value: Any, name: str) -> dict[str, Any]:
    return _dict(_dict(value).get(name))


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


_CHECKS: dict[Format, Callable[[Body], Iterator[str]]] = {
    "openai_chat": _chat,
    "openai_responses": _responses,
    "anthropic_messages": _messages,
}
