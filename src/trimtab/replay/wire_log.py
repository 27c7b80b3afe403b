"""One line of a log of wire requests with their answers, in whichever of the common shapes it was written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from trimtab.errors import NotUnderstood
from trimtab.replay.lines import Line
from trimtab.replay.recorded import Recorded
from trimtab.request import Format
from trimtab.wire import CODECS, PATHS, fragments

_REQUEST = ("request", "body", "request_body", "input_body")
_ANSWER = ("response", "response_body", "stream", "output_body")
_FORMATS: dict[str, Format] = {
    "openai_chat": "openai_chat",
    "openai": "openai_chat",
    "chat": "openai_chat",
    "chat_completions": "openai_chat",
    "openai_responses": "openai_responses",
    "responses": "openai_responses",
    "anthropic_messages": "anthropic_messages",
    "anthropic": "anthropic_messages",
    "messages": "anthropic_messages",
}
_SESSION = ("session_id", "session", "thread_id", "conversation_id", "trace_id")
_TIME = ("at", "timestamp", "time", "created_at", "ts")
_EVENT_TYPE = re.compile(rb'^data: ?\{[^\n]*?"type": ?"(message_start|response\.)', re.MULTILINE)
_NOT_SENT_ON = frozenset({"host", "content-length", "content-type", "authorization", "x-api-key", "accept-encoding"})


def is_exchange(value: Mapping[str, Any]) -> bool:
    """Whether a line is one exchange, rather than a session."""
    return any(name in value for name in _REQUEST) and any(name in value for name in _ANSWER)


def read_exchange(line: Line, value: Mapping[str, Any], steps: dict[str, int]) -> Recorded:
    """The exchange that a line records. ``steps`` counts those of each session. Raises NotUnderstood."""
    fields = fragments.object_fields(line.raw)
    body, about = _request(fields, value)
    session = str(next((value[name] for name in _SESSION if value.get(name)), f"{line.file}:{line.number}"))
    answer = _Answer.of(fields, value)
    wire = _format_of(value, about, body, answer)
    response = answer.body(wire)
    step = steps.get(session, 0)
    steps[session] = step + 1
    return Recorded(
        session=session,
        step=step,
        format=wire,
        request=body,
        response=response,
        tenant=str(value.get("tenant") or "replay"),
        headers=_headers(about.get("headers") or value.get("headers")),
        at=_time(next((value[name] for name in _TIME if value.get(name)), None)),
    )


def _request(fields: Mapping[str, bytes], value: Mapping[str, Any]) -> tuple[bytes, Mapping[str, Any]]:
    """The body that was sent, byte for byte where the log has it so, and what is said about the request."""
    name = next(name for name in _REQUEST if name in value)
    raw, given = fields[name], value[name]
    about: Mapping[str, Any] = {}
    if isinstance(given, dict) and "body" in given and "model" not in given:  # {"method", "url", "headers", "body"}
        about, raw, given = given, fragments.object_fields(raw)["body"], given["body"]
    if isinstance(given, str):
        raw = given.encode("utf-8", "replace")
        given = fragments.value_of(raw)
    if not isinstance(given, dict) or not isinstance(given.get("model"), str):
        raise NotUnderstood(f"{name} has to be the JSON body of a request, with its model")
    return raw, about


class _Answer:
    """A recorded answer before its format is known: a JSON body or the text of a stream."""

    def __init__(self, raw: bytes, status: int, *, streamed: bool) -> None:
        self.raw = raw
        self.status = status
        self.streamed = streamed

    @classmethod
    def of(cls, fields: Mapping[str, bytes], value: Mapping[str, Any]) -> _Answer:
        name = next(name for name in _ANSWER if value.get(name) is not None or name == _ANSWER[-1])
        raw, given = fields.get(name, b"null"), value.get(name)
        status = value.get("status") or value.get("status_code")
        if isinstance(given, dict) and ("body" in given or "stream" in given) and "object" not in given:
            status = given.get("status") or given.get("status_code") or status
            inner = "body" if given.get("body") is not None else "stream"
            raw, given = fragments.object_fields(raw).get(inner, b"null"), given.get(inner)
        streamed = False
        if isinstance(given, str):
            raw = given.encode("utf-8", "replace")
            streamed = not raw.lstrip().startswith(b"{")
        elif not isinstance(given, dict):
            raise NotUnderstood(f"{name} has to be a JSON object or the text of a stream, not {raw[:40].decode()}")
        return cls(raw, status if isinstance(status, int) else 200, streamed=streamed)

    @property
    def format(self) -> Format | None:
        """The format that the answer's own shape tells."""
        if self.streamed:
            if kind := _EVENT_TYPE.search(self.raw):
                return "anthropic_messages" if kind[1] == b"message_start" else "openai_responses"
            return "openai_chat"
        fields = fragments.object_fields(self.raw)
        if "choices" in fields:
            return "openai_chat"
        if "output" in fields:
            return "openai_responses"
        return "anthropic_messages" if "content" in fields else None

    def body(self, wire: Format) -> bytes:
        """The whole answer as JSON. Raises NotUnderstood where it is an error or unfinished."""
        codec = CODECS[wire]
        read = codec.read_stream(self.status, self.raw) if self.streamed else codec.read_response(self.status, self.raw)
        if not 200 <= self.status < 300:
            raise NotUnderstood(f"the recorded answer has status {self.status}: there is nothing to replay")
        if not read.complete:
            raise NotUnderstood("the recorded answer is an error or unfinished: there is nothing to replay")
        return read.body


def _format_of(value: Mapping[str, Any], about: Mapping[str, Any], body: bytes, answer: _Answer) -> Format:
    named = value.get("format") or value.get("provider")
    if isinstance(named, str) and named.lower() in _FORMATS and named.lower() != "openai":
        return _FORMATS[named.lower()]
    where = next(
        (place[name] for place in (value, about) for name in ("path", "url", "endpoint") if place.get(name)), ""
    )
    path = urlsplit(str(where)).path.rstrip("/")
    for ending, wire in PATHS.items():
        if path.endswith(ending.removeprefix("/v1")):
            return wire
    fields = fragments.object_fields(body)
    return answer.format or ("openai_responses" if "input" in fields and "messages" not in fields else "openai_chat")


def _headers(given: Any) -> dict[str, str]:
    """The recorded headers that matter to the pipeline, names in lower case, credentials left out."""
    if isinstance(given, list):
        given = {item.get("name"): item.get("value") for item in given if isinstance(item, dict)}
    if not isinstance(given, dict):
        return {}
    kept = {name.lower(): text for name, text in given.items() if isinstance(name, str) and isinstance(text, str)}
    return {name: text for name, text in kept.items() if name not in _NOT_SENT_ON}


def _time(given: Any) -> float | None:
    """Seconds since the epoch from a number (milliseconds are told by their size) or an ISO 8601 text."""
    if isinstance(given, int | float) and not isinstance(given, bool):
        return given / 1000 if given > 1e11 else float(given)
    if isinstance(given, str):
        try:
            parsed = datetime.fromisoformat(given)
        except ValueError:
            return None
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()
    return None
