"""Chat Completions streams: assembling one into an answer, reading its end, and playing an answer as a stream."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import orjson

from trimtab.response import ChatResponse, Usage
from trimtab.wire import openai_chat_answer as answer
from trimtab.wire.codec import StreamEnd
from trimtab.wire.sse import SseEvent, events_of, last_events, render_event

DONE = b"[DONE]"
_TAIL_EVENTS = 8
"""Enough for finish reasons, usage, a provider's own last words and the end marker."""

_WHOLE = frozenset({"id", "type", "index", "role", "format", "object"})
"""Members that are sent whole: where they come again they replace instead of continuing."""

_WORDS = re.compile(r"\s*\S+|\s+")
_ARGUMENT_PIECES = 4
_PLAIN = frozenset({"index", "delta", "finish_reason", "logprobs"})


# -- which call a delta belongs to ----------------------------------------------------------------------------


class CallTable:
    """Gives every call of a choice its position, in order of appearance, whatever its deltas carry.

    OpenAI numbers them; others leave the index out, repeat the id in every delta, invent a new id for every
    delta, or number all of them 0.
    """

    def __init__(self) -> None:
        self._ids: list[str] = []
        self._by_index: dict[int, int] = {}
        self._last = -1

    def __len__(self) -> int:
        return len(self._ids)

    def place(self, delta: Mapping[str, Any]) -> int:
        """The position of the call that ``delta`` continues, or of a new one."""
        index, call_id = delta.get("index"), delta.get("id") or ""
        named = bool(answer.name_of(delta))
        if isinstance(index, int):
            position = self._by_index.get(index, -1)
            known = self._ids[position] if position >= 0 else ""
            if known and call_id and call_id != known and named:
                position = -1  # another call under the same number
        elif call_id and call_id in self._ids:
            position = self._ids.index(call_id)
        else:
            position = -1 if call_id or named else self._last
        if position < 0:
            position = len(self._ids)
            self._ids.append("")
        if isinstance(index, int):
            self._by_index[index] = position
        self._ids[position] = self._ids[position] or call_id
        self._last = position
        return position


# -- assembling -----------------------------------------------------------------------------------------------


class _Text(list[str]):
    """A string that is still being written, in pieces."""


class Assembly:
    """The answer that a stream's chunks add up to."""

    def __init__(self) -> None:
        self._top: dict[str, Any] = {}
        self._choices: dict[int, dict[str, Any]] = {}
        self._calls: dict[int, CallTable] = {}

    def add(self, chunk: Mapping[str, Any]) -> None:
        top = self._top
        for name, value in chunk.items():
            if name not in ("choices", "object", "obfuscation") and (name not in top or top[name] != value):
                self._add_top(name, value)
        for choice in answer.choices_of(chunk):
            if not self._continues(choice):
                self._add_choice(answer.index_of(choice), choice)

    def _continues(self, chunk: Mapping[str, Any]) -> bool:
        """Add a delta that only continues a text, as nearly all do, the short way; whether it was one."""
        known = self._choices.get(answer.index_of(chunk))
        delta = chunk.get("delta")
        if known is None or not isinstance(delta, dict) or len(delta) != 1 or not chunk.keys() <= _PLAIN:
            return False
        name, value = next(iter(delta.items()))
        text = known["message"].get(name)
        if not isinstance(text, _Text) or not isinstance(value, str) or name == "name":
            return False
        for about in ("finish_reason", "logprobs"):
            if about in chunk and (chunk[about] is not None or about not in known):
                return False
        text.append(value)
        return True

    def _add_top(self, name: str, value: Any) -> None:
        known = self._top.get(name)
        if isinstance(known, dict) and isinstance(value, dict) and name != "usage":
            self._top[name] = {**known, **value}
        elif name in ("id", "created", "model"):
            self._top[name] = known or value
        elif value is not None or name not in self._top:
            self._top[name] = value

    def _add_choice(self, index: int, chunk: Mapping[str, Any]) -> None:
        choice = self._choices.setdefault(index, {"index": index, "message": {}, "finish_reason": None})
        delta = chunk.get("delta", chunk.get("message"))
        if isinstance(delta, dict):
            self._add_delta(index, choice["message"], delta)
        for name, value in chunk.items():
            if name in ("index", "delta", "message"):
                continue
            known = choice.get(name)
            if name == "logprobs" and isinstance(known, dict) and isinstance(value, dict):
                _merge(known, value)
            elif isinstance(known, dict) and isinstance(value, dict):
                choice[name] = {**known, **value}
            elif value is not None or name not in choice:
                choice[name] = value

    def _add_delta(self, index: int, message: dict[str, Any], delta: dict[str, Any]) -> None:
        calls = delta.get("tool_calls")
        _merge(message, {name: value for name, value in delta.items() if name != "tool_calls"})
        if calls is None:
            return
        table = self._calls.setdefault(index, CallTable())
        written = message.get("tool_calls")
        if not isinstance(written, list):
            written = message["tool_calls"] = []
        for call in calls if isinstance(calls, list) else []:
            if isinstance(call, dict):
                position = table.place(call)
                if position == len(written):
                    written.append({})
                _merge(written[position], {name: value for name, value in call.items() if name != "index"})

    def body(self) -> dict[str, Any]:
        """The answer so far, as it would have come without streaming."""
        top = {"object": "chat.completion", **self._top}
        usage = top.pop("usage", None)
        head: dict[str, Any] = {name: top.pop(name) for name in ("id", "object", "created", "model") if name in top}
        choices = [_finished(self._choices[index]) for index in sorted(self._choices)]
        for choice in choices:
            message = choice["message"]
            choice["message"] = {"role": "assistant", "content": None, **message}
            choice["message"]["role"] = message.get("role") or "assistant"
        body: dict[str, Any] = {**head, "choices": choices, **top}
        return body if usage is None else {**body, "usage": usage}


def _merge(into: dict[str, Any], delta: Mapping[str, Any]) -> None:
    """Add a delta: texts and lists continue, objects are merged, all else is replaced."""
    for name, value in delta.items():
        known = into.get(name)
        if value is None or (known and name == "id"):  # some providers invent a new id for every delta
            into.setdefault(name, None)
        elif known is None or name in _WHOLE:
            into[name] = _begun(name, value)
        elif isinstance(known, _Text) and isinstance(value, str):
            if name != "name" or "".join(known) != value:  # some providers repeat it in every delta
                known.append(value)
        elif isinstance(known, dict) and isinstance(value, dict):
            _merge(known, value)
        elif isinstance(known, list) and isinstance(value, str | list):
            into[name] = _continued(known, value)
        else:
            into[name] = _begun(name, value)


def _begun(name: str, value: Any) -> Any:
    """A first value in the form that later ones can be added to."""
    if isinstance(value, str):
        return value if name in _WHOLE else _Text([value])
    if isinstance(value, dict):
        begun: dict[str, Any] = {}
        _merge(begun, value)
        return begun
    return _continued([], value) if isinstance(value, list) else value


def _continued(known: list[Any], value: str | list[Any]) -> list[Any]:
    """A list with further entries; those that carry an index continue the entry of that index."""
    if isinstance(known, _Text):  # first a text, now a list of parts
        known = [{"type": "text", "text": known}]
    for entry in [{"type": "text", "text": value}] if isinstance(value, str) else value:
        index = entry.get("index") if isinstance(entry, dict) else None
        same = next((e for e in known if index is not None and isinstance(e, dict) and e.get("index") == index), None)
        if same is None:
            known.append(_begun("", entry) if isinstance(entry, dict) else entry)
        else:
            _merge(same, entry)
    return known


def _finished(value: Any) -> Any:
    if isinstance(value, _Text):
        return "".join(value)
    if isinstance(value, dict):
        return {name: _finished(inner) for name, inner in value.items()}
    return [_finished(inner) for inner in value] if isinstance(value, list) else value


def _is_error(event: SseEvent, data: Mapping[str, Any]) -> bool:
    return bool(data.get("error")) or event.event == "error"


def read(status: int, stream: bytes) -> ChatResponse:
    """Assemble a finished stream. A provider that answered with one JSON body instead is read as that."""
    if stream.lstrip()[:1] == b"{":
        return answer.read(status, stream)
    assembly, done, broken = Assembly(), False, False
    failure: dict[str, Any] | None = None
    for event in events_of(stream):
        if not event.data:
            continue
        if event.data.startswith(DONE):
            done = True
            break
        chunk = answer.decoded(event.data)
        if chunk is None:
            broken = True
        elif _is_error(event, chunk):
            failure = chunk
        else:
            assembly.add(chunk)
    body = assembly.body()
    if failure is not None:
        body = {**body, "error": failure.get("error") or failure}
    response = answer.read(status, orjson.dumps(body))
    ended = (done and bool(body["choices"])) or response.complete
    return replace(response, complete=ended and not broken and failure is None and 200 <= status < 300)


def end_of(stream: bytes) -> StreamEnd:
    """What the tail of a stream says, from its last events only."""
    usage: Usage | None = None
    done = failed = False
    finished: dict[int, bool] = {}
    for event in last_events(stream, _TAIL_EVENTS):
        if event.data.startswith(DONE):
            done = True
            continue
        chunk = answer.decoded(event.data)
        if chunk is None or _is_error(event, chunk):
            failed = True
            continue
        usage = answer.usage_of(chunk) or usage
        for choice in answer.choices_of(chunk):
            index = answer.index_of(choice)
            finished[index] = finished.get(index, False) or choice.get("finish_reason") is not None
    every = bool(finished) and all(finished.values()) and len(finished) == max(finished) + 1
    return StreamEnd(usage, (done or every) and not failed)


# -- playing a stored answer ----------------------------------------------------------------------------------


def replay(body: bytes, with_usage: bool) -> Iterator[bytes]:
    """The events of a stored answer, from which the SDK's accumulator gives the same answer again."""
    data = answer.decoded(body) or {}
    top = {name: value for name, value in data.items() if name not in ("choices", "usage", "object")}
    first = {**top, "object": "chat.completion.chunk"}
    every = {name: first[name] for name in _EVERY_CHUNK if name in first}
    unused = {"usage": None} if with_usage else {}
    head = first
    for choice in answer.choices_of(data):
        for part in _parts(choice):
            yield render_event(orjson.dumps({**head, "choices": [part], **unused}))
            head = every
    if with_usage and data.get("usage") is not None:
        yield render_event(orjson.dumps({**every, "choices": [], "usage": data["usage"]}))
    yield render_event(DONE)


_EVERY_CHUNK = ("id", "object", "created", "model", "service_tier", "system_fingerprint")
_PIECEWISE = ("reasoning_content", "reasoning", "content", "refusal")


def _parts(choice: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The choices of the chunks that a choice is streamed as."""
    message = choice.get("message")
    message = dict(message) if isinstance(message, dict) else {}
    calls = message.pop("tool_calls", None)
    function = message.pop("function_call", None)
    texts = {name: message[name] for name in _PIECEWISE if isinstance(message.get(name), str)}
    rest = {name: value for name, value in choice.items() if name not in ("message", "finish_reason", "logprobs")}
    silent = {"logprobs": None} if "logprobs" in choice else {}
    opening = {"role": "assistant", **message, **dict.fromkeys(texts, "")}

    def part(delta: object, logprobs: object = None, finish: object = None) -> dict[str, Any]:
        shown = {"logprobs": logprobs} if logprobs is not None else silent
        return {"index": answer.index_of(choice), "delta": delta, **shown, "finish_reason": finish}

    yield {**rest, **part({**opening, **({"tool_calls": calls} if calls == [] else {})})}
    logprobs = choice.get("logprobs")
    logprobs = logprobs if isinstance(logprobs, dict) else {}
    by_token = [name for name in ("content", "refusal") if _aligned(texts.get(name), logprobs.get(name))]
    left = {**logprobs, **dict.fromkeys(by_token)}
    if left and (not by_token or any(value is not None for value in left.values())):
        yield part({}, left)
    for name in (name for name in _PIECEWISE if name in texts):
        if name in by_token:
            for entry in logprobs[name]:
                yield part({name: entry["token"]}, {**dict.fromkeys(logprobs), name: [entry]})
        else:
            for piece in _WORDS.findall(texts[name]):
                yield part({name: piece})
    for delta in (*_call_deltas(calls), *_function_deltas(function)):
        yield part(delta)
    yield part({}, finish=choice.get("finish_reason"))


def _aligned(text: object, entries: object) -> bool:
    """Whether the tokens that log probabilities speak of add up to the text."""
    if not isinstance(text, str) or not isinstance(entries, list) or not entries:
        return False
    tokens = [entry.get("token") if isinstance(entry, dict) else None for entry in entries]
    return all(isinstance(token, str) for token in tokens) and "".join(map(str, tokens)) == text


def _pieces(text: str) -> list[str]:
    size = max(1, -(-len(text) // _ARGUMENT_PIECES))
    return [text[start : start + size] for start in range(0, len(text), size)]


def _call_deltas(calls: object) -> Iterator[dict[str, Any]]:
    for index, call in enumerate(calls if isinstance(calls, list) else []):
        if not isinstance(call, dict):
            continue
        for field, text in (("function", "arguments"), ("custom", "input")):
            called = call.get(field)
            if isinstance(called, dict) and isinstance(called.get(text), str):
                head = {**call, field: {**called, text: ""}}
                yield {"tool_calls": [{**head, "index": index}]}
                for piece in _pieces(called[text]):
                    yield {"tool_calls": [{"index": index, field: {text: piece}}]}
                break
        else:
            yield {"tool_calls": [{**call, "index": index}]}


def _function_deltas(function: object) -> Iterator[dict[str, Any]]:
    if isinstance(function, dict) and isinstance(function.get("arguments"), str):
        yield {"function_call": {**function, "arguments": ""}}
        for piece in _pieces(function["arguments"]):
            yield {"function_call": {"arguments": piece}}
    elif function is not None:
        yield {"function_call": function}
