"""One OpenAI Responses answer: what it says, what it cost, how it ended, and what of it a client gets to see."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any

import orjson

from trimtab.errors import NotUnderstood
from trimtab.request import Format
from trimtab.response import ChatResponse, Finish, ToolCall, Usage
from trimtab.wire import fragments
from trimtab.wire.openai_responses_items import as_list, called
from trimtab.wire.sse import SseEvent, events_of, last_events

FORMAT: Format = "openai_responses"
ENDINGS = ("response.completed", "response.incomplete", "response.failed")
_CLIENT_CALLS = (
    "function_call",
    "custom_tool_call",
    "computer_call",
    "local_shell_call",
    "shell_call",
    "apply_patch_call",
    "mcp_approval_request",
)
_INCOMPLETE: dict[str, Finish] = {"max_output_tokens": "length", "content_filter": "filtered"}
_TAIL_EVENTS = 4  # the ending, and what a provider may say after it


# -- a whole answer ----------------------------------------------------------------------------------------------


def read_answer(status: int, body: bytes) -> ChatResponse:
    """Read a non-streaming answer; anything that is not a finished response gives ``complete=False``."""
    try:
        value = fragments.value_of(body)
    except NotUnderstood:
        return ChatResponse(FORMAT, status, body, finish="error")
    if not isinstance(value, dict):
        return ChatResponse(FORMAT, status, body, finish="error")
    error, output = value.get("error"), value.get("output")
    if not 200 <= status < 300 or error or not isinstance(output, list):
        details = {"error": error} if error else {}
        return ChatResponse(FORMAT, status, body, finish="error", details=details, usage=usage_of(value.get("usage")))
    items = [item for item in output if isinstance(item, dict)]
    finish = _finish(value, items)
    return ChatResponse(
        format=FORMAT,
        status=status,
        body=body,
        text=_text(items),
        tool_calls=_pending_calls(items),
        finish=finish,
        usage=usage_of(value.get("usage")),
        model=_string(value, "model"),
        id=_string(value, "id"),
        complete=_whole(value),
        details={name: value[name] for name in ("status", "incomplete_details") if value.get(name) is not None},
    )


def usage_of(value: Any) -> Usage | None:
    """``input_tokens`` is the whole input; what of it came from the cache or went there stands in its details."""
    if not isinstance(value, dict) or not isinstance(value.get("input_tokens"), int):
        return None
    details = value.get("input_tokens_details")
    details = details if isinstance(details, dict) else {}
    total = value["input_tokens"]
    read = min(_count(details, "cached_tokens"), total)
    written = min(_count(details, "cache_write_tokens"), total - read)
    return Usage(total - read - written, written, read, _count(value, "output_tokens"))


def _whole(value: Mapping[str, Any]) -> bool:
    return (value.get("status") or "completed") in ("completed", "incomplete") and not value.get("error")


def _finish(value: Mapping[str, Any], items: Sequence[Mapping[str, Any]]) -> Finish:
    status = value.get("status") or "completed"
    if status == "incomplete":
        about = value.get("incomplete_details")
        reason = about.get("reason") if isinstance(about, dict) else None
        return _INCOMPLETE.get(reason, "unknown") if isinstance(reason, str) else "unknown"
    if status != "completed":
        return "error" if status in ("failed", "cancelled") else "unknown"
    if any(item.get("type") == "mcp_approval_request" for item in items):
        return "paused"
    if _pending_calls(items):
        return "tool_calls"
    parts = [part for item in items for part in _parts(item)]
    return "refusal" if any(part.get("type") == "refusal" for part in parts) else "stop"


def _parts(item: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [part for part in as_list(item.get("content")) if isinstance(part, dict)]


def _text(items: Sequence[Mapping[str, Any]]) -> str:
    parts = [part for item in items if item.get("type") == "message" for part in _parts(item)]
    return "".join(_string(part, "text") for part in parts if part.get("type") == "output_text")


def _pending_calls(items: Sequence[Mapping[str, Any]]) -> tuple[ToolCall, ...]:
    """Every call that waits for the client: of functions, and of the other tools that the client runs itself."""
    answered = {_string(item, "call_id") for item in items if _string(item, "type").endswith("_output")} - {""}
    return tuple(
        ToolCall(_string(item, "call_id") or _string(item, "id"), *called(item))
        for item in items
        if item.get("type") in _CLIENT_CALLS and _string(item, "call_id") not in answered
    )


# -- a finished stream -------------------------------------------------------------------------------------------


def read_answer_stream(status: int, stream: bytes) -> ChatResponse:
    """The answer in the event that ends a stream; of a broken one, what came."""
    if stream[:64].lstrip()[:1] == b"{":
        return read_answer(status, stream)
    ending = beginning = error = None
    done: dict[int, bytes] = {}
    text: list[str] = []
    for event in events_of(stream):
        value = decoded(event)
        kind = value.get("type")
        if kind == "response.output_text.delta":
            text.append(_string(value, "delta"))
        elif kind == "response.output_item.done" and isinstance(value.get("output_index"), int):
            done[value["output_index"]] = _member(event, "item")
        elif kind in ENDINGS:
            ending = event
        elif kind == "error" or value.get("error"):
            error = event
        elif beginning is None and isinstance(value.get("response"), dict):
            beginning = event
    items = [done[index] for index in sorted(done)]
    if ending is not None and error is None:
        return read_answer(status, _filled(_member(ending, "response"), items))
    if error is not None:
        body = error.data
    else:
        body = _filled(_member(beginning, "response"), items) if beginning is not None else b""
    return ChatResponse(FORMAT, status, body, text="".join(text), finish="error" if error else "unknown")


def tail_of(stream: bytes) -> tuple[Usage | None, bool]:
    """Usage and completeness from the last events of a stream."""
    for event in reversed(last_events(stream, _TAIL_EVENTS)):
        value = decoded(event)
        response = value.get("response")
        if value.get("type") in ENDINGS and isinstance(response, dict):
            return usage_of(response.get("usage")), value["type"] != ENDINGS[2] and _whole(response)
        if value.get("type") == "error" or value.get("error"):
            return None, False
    return None, False


def decoded(event: SseEvent) -> dict[str, Any]:
    """The JSON object of an event; empty where it holds none."""
    if event.data[:1] != b"{":
        return {}
    try:
        value = orjson.loads(event.data)
    except orjson.JSONDecodeError:
        return {}
    return value if isinstance(value, dict) else {}


def _member(event: SseEvent, name: str) -> bytes:
    try:
        return fragments.object_fields(event.data).get(name, b"null")
    except NotUnderstood:
        return b"null"


def _filled(body: bytes, items: Sequence[bytes]) -> bytes:
    """``body`` with the finished items as its output where it has none: some providers leave it out at the end."""
    try:
        fields = fragments.object_fields(body)
    except NotUnderstood:
        return body
    if not items or fields.get("output", b"null") not in (b"null", b"[]"):
        return body
    return fragments.with_member(body, "output", fragments.render_array(items))


# -- what the client sees of several rounds ----------------------------------------------------------------------


def shown_items(output: Sequence[bytes], internal: Collection[str]) -> list[bytes]:
    """The output items that a client gets to see.

    Calls to the tools named ``internal`` go, and with them the reasoning that led to nothing else, as long as
    it shows no text: a client would send it back, and the provider refuses reasoning without what followed it.
    """
    shown: list[bytes] = []
    waiting: list[bytes] = []  # reasoning without text: shown once something is that it led to
    called_internal = False
    for raw in output:
        item = fragments.value_of(raw)
        if is_internal(item, internal):
            called_internal = True
            continue
        if called_internal and is_reasoning(item):
            waiting.clear()
        if is_silent_reasoning(item):
            waiting.append(raw)
        else:
            shown += [*waiting, raw]
            waiting.clear()
        called_internal = False
    return shown if called_internal else shown + waiting


def is_internal(item: Any, internal: Collection[str]) -> bool:
    return isinstance(item, dict) and item.get("type") == "function_call" and _string(item, "name") in internal


def is_reasoning(item: Any) -> bool:
    return isinstance(item, dict) and item.get("type") == "reasoning"


def is_silent_reasoning(item: Any) -> bool:
    return is_reasoning(item) and not item.get("summary") and not item.get("content")


def output_of(body: bytes) -> list[bytes]:
    """The raw output items of a response. Raises NotUnderstood where it has none."""
    return fragments.array_items(fragments.object_fields(body).get("output", b"null"))


def hide_calls(bodies: Sequence[bytes], internal: Collection[str]) -> bytes:
    """One response of several rounds: the items of all that a client may see, everything else of the last."""
    shown: list[bytes] = []
    for body in bodies[:-1]:
        with suppress(NotUnderstood):
            shown += shown_items(output_of(body), internal)
    last = bodies[-1]
    try:
        output = output_of(last)
        shown += shown_items(output, internal)
    except NotUnderstood:
        return last  # an error of the provider
    return last if shown == output else fragments.with_member(last, "output", fragments.render_array(shown))


# -- a stored answer for another request -------------------------------------------------------------------------


def reissue_answer(body: bytes, answer_id: str) -> bytes:
    """The answer under another id, costing nothing. When it was created stays as it was."""
    name = answer_id if answer_id.startswith("resp_") else f"resp_{answer_id}"
    fields = fragments.object_fields(body)
    body = fragments.with_member(body, "id", orjson.dumps(name))
    if fields.get("usage", b"null") == b"null":
        return body
    return fragments.with_member(body, "usage", orjson.dumps(_zero(fragments.value_of(fields["usage"]))))


def _zero(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _zero(member) for name, member in value.items()}
    return 0 if isinstance(value, int | float) and not isinstance(value, bool) else value


def error_body(status: int, message: str) -> bytes:
    """An error in OpenAI's shape."""
    return orjson.dumps({"error": _error(status, message)})


def error_event(message: str) -> bytes:
    """An error inside a stream: its fields flat, as documented, and in ``error``, as the SDKs look for it."""
    error = _error(500, message)
    return orjson.dumps(
        {
            "type": "error",
            "code": error["code"],
            "message": message,
            "param": None,
            "sequence_number": 0,
            "error": error,
        }
    )


def _error(status: int, message: str) -> dict[str, str | None]:
    kind, code = "invalid_request_error", None
    if status == 429:
        kind, code = "rate_limit_error", "rate_limit_exceeded"
    elif status == 401:
        code = "invalid_api_key"
    elif status >= 500:
        kind = code = "server_error"
    return {"message": message, "type": kind, "param": None, "code": code}


def _string(value: Mapping[str, Any], name: str) -> str:
    member = value.get(name)
    return member if isinstance(member, str) else ""


def _count(value: Mapping[str, Any], name: str) -> int:
    member = value.get(name)
    return member if isinstance(member, int) and member > 0 else 0
