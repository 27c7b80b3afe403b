"""One Anthropic answer: what it says, what it cost, how it ended."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import orjson

from trimtab.errors import NotUnderstood
from trimtab.request import Format
from trimtab.response import ChatResponse, Finish, ToolCall, Usage
from trimtab.wire import fragments
from trimtab.wire.anthropic_messages_blocks import call_of, content_of

FORMAT: Format = "anthropic_messages"
FINISH: dict[str, Finish] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "tool_use": "tool_calls",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "refusal",
    "pause_turn": "paused",
}


def read_answer(status: int, body: bytes) -> ChatResponse:
    """Read a non-streaming answer; anything that is not a whole message gives ``complete=False``."""
    try:
        value = fragments.value_of(body)
        content = content_of(body) if isinstance(value, dict) else None
        calls = [call_of(raw) for raw in content or [] if is_call(fragments.value_of(raw))]
    except NotUnderstood:
        return ChatResponse(FORMAT, status, body, finish="error")
    if not 200 <= status < 300 or content is None or value.get("type", "message") != "message":
        error = value.get("error") if isinstance(value, dict) else None
        return ChatResponse(FORMAT, status, body, finish="error", details={"error": error} if error else {})
    reason = value.get("stop_reason")
    items = [item for item in value["content"] if isinstance(item, dict)]
    return ChatResponse(
        format=FORMAT,
        status=status,
        body=body,
        text="".join(
            item["text"] for item in items if item.get("type") == "text" and isinstance(item.get("text"), str)
        ),
        tool_calls=tuple(ToolCall(*call) for call in calls),
        finish=FINISH.get(reason, "unknown") if isinstance(reason, str) else "unknown",
        usage=usage_of(value.get("usage")),
        model=_text(value.get("model")),
        id=_text(value.get("id")),
        complete=isinstance(reason, str),
        details={name: value[name] for name in ("stop_reason", "stop_sequence") if value.get(name) is not None},
    )


def usage_of(value: Any) -> Usage | None:
    """Tokens by price, or None where the provider reported none.

    The top-level figures leave out what the server spent on compacting the context; that is billed as well.
    """
    if not isinstance(value, dict):
        return None
    created = value.get("cache_creation")
    usage = Usage(
        fresh=_count(value, "input_tokens"),
        written=_count(value, "cache_creation_input_tokens"),
        read=_count(value, "cache_read_input_tokens"),
        output=_count(value, "output_tokens"),
        written_1h=_count(created, "ephemeral_1h_input_tokens") if isinstance(created, dict) else 0,
    )
    iterations = value.get("iterations")
    for iteration in iterations if isinstance(iterations, list) else []:
        if isinstance(iteration, dict) and iteration.get("type") == "compaction":
            usage += usage_of({**iteration, "iterations": None}) or Usage()
    return usage


def hide_calls(bodies: Sequence[bytes], internal: Collection[str]) -> bytes:
    """One answer of several rounds, without the calls to ``internal``; the last body where that cannot be made."""
    last = bodies[-1]
    kept: list[bytes] = []
    hidden = hidden_last = client_calls = 0
    try:
        stop_reason = fragments.object_fields(last).get("stop_reason")
        if content_of(last) is None:
            return last
        for body in bodies:
            hidden_last = client_calls = 0
            for raw in content_of(body) or []:
                item = fragments.value_of(raw)
                if is_call(item) and item["name"] in internal:
                    hidden_last += 1
                else:
                    client_calls += is_call(item)
                    kept.append(raw)
            hidden += hidden_last
    except NotUnderstood:
        return last
    if len(bodies) == 1 and not hidden:
        return last
    shown = fragments.with_member(last, "content", fragments.render_array(kept))
    if hidden_last and not client_calls and try_value(stop_reason) == "tool_use":
        shown = fragments.with_member(shown, "stop_reason", b'"end_turn"')
    return shown


def is_call(item: Any) -> bool:
    """Whether a content block is a call that the client is to answer, and names its tool."""
    return isinstance(item, dict) and item.get("type") == "tool_use" and isinstance(item.get("name"), str)


def members_of(raw: bytes) -> dict[str, bytes]:
    """The members of a JSON object; none where it cannot be read."""
    try:
        return fragments.object_fields(raw)
    except NotUnderstood:
        return {}


def try_value(raw: bytes | None) -> Any:
    """The value of a fragment; None where it cannot be read."""
    try:
        return None if raw is None else fragments.value_of(raw)
    except NotUnderstood:
        return None


def reissue_answer(body: bytes, answer_id: str) -> bytes:
    """The answer under a new id, free of charge."""
    usage = fragments.object_fields(body).get("usage")
    name = answer_id if answer_id.startswith("msg_") else f"msg_{answer_id}"
    issued = fragments.with_member(body, "id", orjson.dumps(name))
    if usage is None:
        return issued
    return fragments.with_member(issued, "usage", orjson.dumps(_zeroed(fragments.value_of(usage))))


def _zeroed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _zeroed(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_zeroed(member) for member in value]
    return value if isinstance(value, bool | str | None) else 0


def _count(usage: dict[str, Any], name: str) -> int:
    value = usage.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
