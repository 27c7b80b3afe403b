"""Streaming a stored OpenAI Responses answer again, as the provider would have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
import orjson

from trimtab.errors import NotUnderstood
from trimtab.wire import fragments
from trimtab.wire.openai_responses_items import as_list
from trimtab.wire.sse import render_event

_WORDS = re.compile(r"\s*\S+|\s+$")
_ARGUMENT_PIECES = 4
_EMPTY_UNTIL_DONE = {"usage": b"null", "completed_at": b"null", "incomplete_details": b"null", "error": b"null"}
_ENDINGS = {"incomplete": "response.incomplete", "failed": "response.failed"}


def replay_answer(body: bytes) -> Iterator[bytes]:
    """The events of ``body``. Raises NotUnderstood where that is no response."""
    if b"\n" in body or b"\r" in body:  # as a body, JSON may stand on many lines; in an event, on one
        body = _on_one_line(body)
    fields = fragments.object_fields(body)
    unfinished = fields | {name: empty for name, empty in _EMPTY_UNTIL_DONE.items() if name in fields}
    beginning = fragments.render_object(unfinished | {"status": b'"in_progress"', "output": b"[]"})
    numbered = _Events()
    yield numbered.render("response.created", {"response": beginning})
    yield numbered.render("response.in_progress", {"response": beginning})
    for index, raw in enumerate(fragments.array_items(fields.get("output", b"[]"))):
        item = fragments.value_of(raw)
        if isinstance(item, dict):
            numbered.about = {"output_index": index}
            yield from _item_events(numbered, raw, item)
    numbered.about = {}
    status = fragments.value_of(fields.get("status", b'"completed"'))
    ending = _ENDINGS.get(status, "response.completed") if isinstance(status, str) else "response.completed"
    yield numbered.render(ending, {"response": body})


def _on_one_line(body: bytes) -> bytes:
    try:
        return msgspec.json.format(body, indent=-1)
    except msgspec.DecodeError as error:
        raise NotUnderstood(f"not valid JSON: {error}") from error


class _Events:
    """Numbers the events of one stream; ``about`` says what the present ones belong to."""

    def __init__(self) -> None:
        self._number = 0
        self.about: Mapping[str, Any] = {}

    def render(self, kind: str, raws: Mapping[str, bytes] | None = None, **values: Any) -> bytes:
        members = {"type": kind, "sequence_number": self._number, **self.about, **values}
        fields = {name: orjson.dumps(value) for name, value in members.items()}
        self._number += 1
        return render_event(fragments.render_object(fields | dict(raws or {})), kind)


def _item_events(events: _Events, raw: bytes, item: Mapping[str, Any]) -> Iterator[bytes]:
    fields = fragments.object_fields(raw)
    begun = dict(fields)
    if "status" in fields:
        begun["status"] = b'"in_progress"'
    inside: Iterator[bytes] = iter(())
    about = {"item_id": _text(item, "id"), **events.about}
    kind = item.get("type")
    if kind == "message":
        begun["content"] = b"[]"
        inside = _message_events(events, as_list(item.get("content")))
    elif kind == "reasoning":
        begun |= {name: b"[]" for name in ("summary", "content") if isinstance(item.get(name), list)}
        inside = _reasoning_events(events, item)
    elif kind == "function_call" and isinstance(item.get("arguments"), str):
        begun["arguments"] = b'""'
        inside = _argument_events(events, "response.function_call_arguments", "arguments", item)
    elif kind == "custom_tool_call" and isinstance(item.get("input"), str):
        begun["input"] = b'""'
        inside = _argument_events(events, "response.custom_tool_call_input", "input", item)
    whole = events.about
    yield events.render("response.output_item.added", {"item": fragments.render_object(begun)})
    events.about = about
    yield from inside
    events.about = whole
    yield events.render("response.output_item.done", {"item": raw})


def _message_events(events: _Events, parts: list[Any]) -> Iterator[bytes]:
    whole = events.about
    for index, part in enumerate(parts):
        if not isinstance(part, dict):
            continue
        events.about = {**whole, "content_index": index}
        if part.get("type") == "output_text" and isinstance(part.get("text"), str):
            yield from _text_part(events, part)
        elif part.get("type") == "refusal" and isinstance(part.get("refusal"), str):
            yield events.render("response.content_part.added", part={**part, "refusal": ""})
            for word in _words(part["refusal"]):
                yield events.render("response.refusal.delta", delta=word)
            yield events.render("response.refusal.done", refusal=part["refusal"])
            yield events.render("response.content_part.done", part=part)
        else:
            yield events.render("response.content_part.added", part=part)
            yield events.render("response.content_part.done", part=part)


def _text_part(events: _Events, part: Mapping[str, Any]) -> Iterator[bytes]:
    empty: dict[str, list[Any]] = {name: [] for name in ("annotations", "logprobs") if isinstance(part.get(name), list)}
    yield events.render("response.content_part.added", part={**part, "text": "", **empty})
    logprobs = as_list(part.get("logprobs"))
    by_token = [_text(entry, "token") if isinstance(entry, dict) else "" for entry in logprobs]
    if logprobs and "".join(by_token) == part["text"]:
        for token, entry in zip(by_token, logprobs, strict=True):
            yield events.render("response.output_text.delta", delta=token, logprobs=[entry])
    else:
        for word in _words(part["text"]):
            yield events.render("response.output_text.delta", delta=word, logprobs=[])
    for index, annotation in enumerate(as_list(part.get("annotations"))):
        yield events.render("response.output_text.annotation.added", annotation_index=index, annotation=annotation)
    yield events.render("response.output_text.done", text=part["text"], logprobs=logprobs)
    yield events.render("response.content_part.done", part=part)


def _reasoning_events(events: _Events, item: Mapping[str, Any]) -> Iterator[bytes]:
    whole = events.about
    for index, part in enumerate(as_list(item.get("summary"))):
        if isinstance(part, dict) and isinstance(part.get("text"), str):
            events.about = {**whole, "summary_index": index}
            yield events.render("response.reasoning_summary_part.added", part={**part, "text": ""})
            for word in _words(part["text"]):
                yield events.render("response.reasoning_summary_text.delta", delta=word)
            yield events.render("response.reasoning_summary_text.done", text=part["text"])
            yield events.render("response.reasoning_summary_part.done", part=part)
    for index, part in enumerate(as_list(item.get("content"))):
        if isinstance(part, dict) and isinstance(part.get("text"), str):
            events.about = {**whole, "content_index": index}
            yield events.render("response.content_part.added", part={**part, "text": ""})
            for word in _words(part["text"]):
                yield events.render("response.reasoning_text.delta", delta=word)
            yield events.render("response.reasoning_text.done", text=part["text"])
            yield events.render("response.content_part.done", part=part)


def _argument_events(events: _Events, kind: str, name: str, item: Mapping[str, Any]) -> Iterator[bytes]:
    text = item[name]
    size = max(1, -(-len(text) // _ARGUMENT_PIECES))
    for start in range(0, len(text), size):
        yield events.render(f"{kind}.delta", delta=text[start : start + size])
    called = {"name": item["name"]} if name == "arguments" and isinstance(item.get("name"), str) else {}
    yield events.render(f"{kind}.done", **{name: text}, **called)


def _words(text: str) -> list[str]:
    return _WORDS.findall(text)


def _text(value: Mapping[str, Any], name: str) -> str:
    member = value.get(name)
    return member if isinstance(member, str) else ""
