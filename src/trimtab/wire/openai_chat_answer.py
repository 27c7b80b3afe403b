"""Chat Completions answers: reading them, and turning one into the next request, another answer or an error."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import orjson

from trimtab.errors import NotUnderstood
from trimtab.response import ChatResponse, Finish, ToolCall, Usage
from trimtab.wire import fragments

_FINISH: Mapping[str, Finish] = {
    "stop": "stop",
    "eos": "stop",
    "end_turn": "stop",
    "stop_sequence": "stop",
    "tool_calls": "tool_calls",
    "tool_use": "tool_calls",
    "function_call": "tool_calls",
    "length": "length",
    "max_tokens": "length",
    "content_filter": "filtered",
    "refusal": "refusal",
    "error": "error",
}
CALLED = ("tool_calls", "function_call", "tool_use")
"""Finish reasons that announce calls."""

_ERROR_TYPES: Mapping[int, tuple[str, str | None]] = {
    401: ("invalid_request_error", "invalid_api_key"),
    403: ("invalid_request_error", "forbidden"),
    404: ("invalid_request_error", "not_found"),
    408: ("timeout_error", "timeout"),
    413: ("invalid_request_error", "request_too_large"),
    429: ("rate_limit_error", "rate_limit_exceeded"),
    504: ("timeout_error", "timeout"),
}
_DETAILS = ("service_tier", "system_fingerprint", "error")


def decoded(raw: bytes) -> dict[str, Any] | None:
    """The JSON object in ``raw``, or None where it holds none."""
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None


def choices_of(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    choices = data.get("choices")
    return [choice for choice in choices if isinstance(choice, dict)] if isinstance(choices, list) else []


def index_of(choice: Mapping[str, Any]) -> int:
    index = choice.get("index")
    return index if isinstance(index, int) else 0


# -- reading --------------------------------------------------------------------------------------------------


def read(status: int, body: bytes) -> ChatResponse:
    """One answer that did not stream."""
    data = decoded(body)
    if data is None:
        return ChatResponse("openai_chat", status, body)
    choices = choices_of(data)
    message = _dict(choices[0].get("message")) if choices else {}
    whole = bool(choices) and all(isinstance(choice.get("finish_reason"), str) for choice in choices)
    return ChatResponse(
        format="openai_chat",
        status=status,
        body=body,
        text=text_of(message),
        tool_calls=tuple(_calls_of(message)),
        finish="error" if data.get("error") else _finish_of(choices),
        usage=usage_of(data),
        model=_str(data.get("model")),
        id=_str(data.get("id")),
        complete=whole and 200 <= status < 300 and not data.get("error"),
        choices=max(1, len(choices)),
        details={name: data[name] for name in _DETAILS if data.get(name) is not None},
    )


def text_of(message: Mapping[str, Any]) -> str:
    """The text of a message; some providers answer with a list of parts."""
    content = message.get("content")
    if isinstance(content, list):
        return "".join(_str(part.get("text")) for part in content if isinstance(part, dict))
    return _str(content)


def _calls_of(message: Mapping[str, Any]) -> Iterable[ToolCall]:
    calls = message.get("tool_calls")
    for call in calls if isinstance(calls, list) else []:
        if isinstance(call, dict):
            yield ToolCall(_str(call.get("id")), name_of(call), _arguments_of(_called(call)))
    function = message.get("function_call")
    if isinstance(function, dict):
        yield ToolCall("", _str(function.get("name")), _arguments_of(function))


def _called(call: Mapping[str, Any]) -> Mapping[str, Any]:
    """The part of a call (or of its delta) that names the tool: ``function`` or ``custom``."""
    return _dict(call.get("function")) or _dict(call.get("custom"))


def name_of(call: Mapping[str, Any]) -> str:
    return _str(_called(call).get("name"))


def has_arguments(call: Mapping[str, Any]) -> bool:
    called = _called(call)
    return bool(called.get("arguments") or called.get("input"))


def _arguments_of(called: Mapping[str, Any]) -> str:
    given = called.get("arguments", called.get("input", ""))
    return given if isinstance(given, str) else orjson.dumps(given).decode()


def _finish_of(choices: Sequence[Mapping[str, Any]]) -> Finish:
    """How the answer ended: the first choice's reason, unless another choice ended worse."""
    ends = [_finish_of_choice(choice) for choice in choices]
    return next((end for end in ends if end not in ("stop", "tool_calls")), ends[0] if ends else "unknown")


def _finish_of_choice(choice: Mapping[str, Any]) -> Finish:
    message = _dict(choice.get("message"))
    finish = _FINISH.get(_str(choice.get("finish_reason")), "unknown")
    if finish == "stop" and message.get("refusal"):
        return "refusal"
    if finish == "stop" and (message.get("tool_calls") or message.get("function_call")):
        return "tool_calls"  # a forced tool, or a provider that does not say so
    return finish


def usage_of(data: Mapping[str, Any]) -> Usage | None:
    """The usage of an answer or a chunk, in whichever of the providers' shapes it comes."""
    usage = _dict(data.get("usage")) or _dict(_dict(data.get("x_groq")).get("usage"))
    if not any(name in usage for name in ("prompt_tokens", "completion_tokens")):
        return None
    details = _dict(usage.get("prompt_tokens_details"))
    prompt, output = _count(usage, "prompt_tokens"), _count(usage, "completion_tokens")
    read_ = (
        _count(details, "cached_tokens")
        or _count(usage, "cache_read_input_tokens")  # Anthropic behind LiteLLM and others
        or _count(usage, "prompt_cache_hit_tokens")  # DeepSeek
        or _count(usage, "cached_tokens")  # Moonshot
    )
    written = (
        _count(details, "cache_write_tokens")  # OpenAI, OpenRouter
        or _count(details, "cache_creation_tokens")  # LiteLLM
        or _count(usage, "cache_creation_input_tokens")
        or _count(details, "cache_creation_input_tokens")  # Qwen
    )
    hourly = _dict(details.get("cache_creation_token_details")) or _dict(usage.get("cache_creation"))
    whole = prompt if read_ + written <= prompt else prompt + read_ + written  # some leave the cached part out
    if whole == prompt and (rest := _count(usage, "total_tokens") - prompt - output) > 0:
        output += rest  # xAI and Gemini count reasoning in the total only
    return Usage(
        fresh=whole - read_ - written,
        written=written,
        read=read_,
        output=output,
        written_1h=min(written, _count(hourly, "ephemeral_1h_input_tokens")),
    )


def _count(fields: Mapping[str, Any], name: str) -> int:
    value = fields.get(name)
    return max(0, int(value)) if isinstance(value, int | float) else 0


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _str(value: object) -> str:
    return value if isinstance(value, str) else ""


# -- writing --------------------------------------------------------------------------------------------------


def turn(body: bytes) -> bytes:
    """The assistant's message of an answer as the next request has to carry it.

    It stays verbatim, but for what providers send and refuse to take: null and empty members, audio data.
    Raises NotUnderstood where the body holds no message.
    """
    choices = fragments.array_items(fragments.object_fields(body).get("choices", b"null"))
    if not choices:
        raise NotUnderstood("the answer has no choice")
    message = fragments.object_fields(fragments.object_fields(choices[0]).get("message", b"null"))
    kept = {name: raw for name, raw in message.items() if name == "content" or raw not in (b"null", b"[]", b"{}")}
    audio = fragments.value_of(kept.get("audio", b"null"))
    if isinstance(audio, dict) and "id" in audio:
        kept["audio"] = orjson.dumps({"id": audio["id"]})
    return fragments.render_object({"role": b'"assistant"', **kept})


def joined(earlier: str, later: str) -> str:
    """Texts of two rounds as one, on separate paragraphs unless one of them brings its own space."""
    return earlier + separator(earlier, later) + later


def separator(earlier: str, later: str) -> str:
    return "\n\n" if earlier and later and not earlier[-1].isspace() and not later[0].isspace() else ""


def hide(bodies: Sequence[bytes], internal: Collection[str]) -> bytes:
    """One answer of several rounds; see `trimtab.wire.codec.Codec.hide`."""
    *earlier, last = bodies
    try:
        choices = fragments.array_items(fragments.object_fields(last).get("choices", b"null"))
        texts = [_texts(body) for body in earlier]
        shown = [
            _hide_in_choice(raw, [text[position] for text in texts if position < len(text)], internal)
            for position, raw in enumerate(choices)
        ]
    except NotUnderstood:  # an error, or no answer at all: it goes out as it is
        return last
    return last if shown == choices else fragments.with_member(last, "choices", fragments.render_array(shown))


def _texts(body: bytes) -> list[str]:
    return [text_of(_dict(choice.get("message"))) for choice in choices_of(decoded(body) or {})]


def _hide_in_choice(raw: bytes, earlier: Sequence[str], internal: Collection[str]) -> bytes:
    choice = fragments.object_fields(raw)
    before = choice.get("message", b"{}")
    message = _with_text(_without_calls(before, internal), earlier)
    if message == before:
        return raw
    raw = fragments.with_member(raw, "message", message)
    left = decoded(message) or {}
    calls_left = left.get("tool_calls") or left.get("function_call")
    if not calls_left and fragments.value_of(choice.get("finish_reason", b"null")) in CALLED:
        raw = fragments.with_member(raw, "finish_reason", b'"stop"')
    return raw


def _without_calls(raw: bytes, internal: Collection[str]) -> bytes:
    message = fragments.object_fields(raw)
    calls = message.get("tool_calls", b"null")
    if calls[:1] == b"[":
        items = fragments.array_items(calls)
        kept = [item for item in items if name_of(decoded(item) or {}) not in internal]
        if not kept and items:
            raw = fragments.without_members(raw, ["tool_calls"])
        elif len(kept) < len(items):
            raw = fragments.with_member(raw, "tool_calls", fragments.render_array(kept))
    function = decoded(message.get("function_call", b"null")) or {}
    if _str(function.get("name")) in internal:
        raw = fragments.without_members(raw, ["function_call"])
    return raw


def _with_text(raw: bytes, earlier: Sequence[str]) -> bytes:
    text = ""
    for part in earlier:
        text = joined(text, part)
    if not text:
        return raw
    content = fragments.object_fields(raw).get("content", b"null")
    if content[:1] == b"[":
        first = orjson.dumps({"type": "text", "text": text})
        return fragments.with_member(raw, "content", fragments.render_array([first, *fragments.array_items(content)]))
    return fragments.with_member(raw, "content", orjson.dumps(joined(text, _str(fragments.value_of(content)))))


def reissue(body: bytes, answer_id: str) -> bytes:
    """The answer under another id, with every figure of its usage at zero; all else keeps its bytes."""
    fields = fragments.object_fields(body)
    new_id = answer_id if answer_id.startswith("chatcmpl-") else f"chatcmpl-{answer_id}"
    body = fragments.with_member(body, "id", orjson.dumps(new_id))
    for name in ("usage", "x_groq"):
        if name in fields:
            body = fragments.with_member(body, name, orjson.dumps(_zeroed(fragments.value_of(fields[name]))))
    return body


def _zeroed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _zeroed(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_zeroed(inner) for inner in value]
    return 0 if isinstance(value, int | float) and not isinstance(value, bool) else value


def error(status: int, message: str) -> bytes:
    """An error body in OpenAI's shape."""
    kind, code = _ERROR_TYPES.get(status, ("server_error" if status >= 500 else "invalid_request_error", None))
    return orjson.dumps({"error": {"message": message, "type": kind, "param": None, "code": code}})
