"""Recordings to replay: sessions in the trace format and logs of wire requests with their answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from trimtab.errors import NotUnderstood
from trimtab.replay.convert import Rendering, exchanges
from trimtab.replay.lines import Line, Sources
from trimtab.replay.recorded import Needle, Problem, Recorded, Session
from trimtab.replay.wire_log import is_exchange, read_exchange

_SHAPES = (
    "expected a session with `messages` and `requests`, or an exchange with `request` (or `body`) and `response` "
    "(or `stream`)"
)


class Recordings:
    """The recorded exchanges of files, directories and standard input (``-``), one session in memory at a time.

    Iterating yields `Recorded` and, for what cannot be read, `Problem`; it can be done once where standard input is
    among the sources. ``rendering`` says in which format sessions in chat shapes are played.
    """

    def __init__(
        self,
        sources: Sequence[str | Path],
        rendering: Rendering | None = None,
        *,
        stdin: BinaryIO | None = None,
    ) -> None:
        self._rendering = rendering or Rendering()
        self._sources = Sources(sources, stdin)
        self._steps: dict[str, int] = {}

    @property
    def total_bytes(self) -> int:
        """Size of the sources as they are stored; 0 where it is not known."""
        return self._sources.total_bytes

    @property
    def read_bytes(self) -> int:
        """How much of ``total_bytes`` has been read."""
        return self._sources.read_bytes

    def __iter__(self) -> Iterator[Recorded | Problem]:
        for line in self._sources:
            if isinstance(line, Problem):
                yield line
                continue
            try:
                yield from self._read(line)
            except NotUnderstood as error:
                yield Problem(line.file, line.number, str(error))

    def _read(self, line: Line) -> Iterator[Recorded]:
        try:
            value = orjson.loads(line.raw)
        except orjson.JSONDecodeError as error:
            raise NotUnderstood(f"not valid JSON: {error}") from error
        if not isinstance(value, dict):
            raise NotUnderstood(f"a JSON {type(value).__name__}; {_SHAPES}")
        if is_exchange(value):
            yield read_exchange(line, value, self._steps)
        elif isinstance(value.get("messages"), list):
            yield from exchanges(read_session(value, f"{Path(line.file).name}:{line.number}"), self._rendering)
        else:
            raise NotUnderstood(f"an object with {', '.join(list(value)[:8]) or 'nothing in it'}; {_SHAPES}")


def read_session(value: Mapping[str, Any], default_id: str) -> Session:
    """One session of the trace format. Without ``requests``, every assistant message counts as an answer.

    Raises NotUnderstood with what is wrong and what would be right.
    """
    messages = value["messages"]
    for index, message in enumerate(messages):
        if not isinstance(message, dict) or not isinstance(message.get("role"), str):
            raise NotUnderstood(f"messages[{index}] is not an object with a role")
    answers = [index for index, message in enumerate(messages) if message["role"] == "assistant"]
    requests = value.get("requests", answers)
    if not isinstance(requests, list) or not set(requests) <= set(answers):
        raise NotUnderstood("requests has to list indexes of assistant messages")
    requests = [index for index in requests if index]
    if not requests:
        raise NotUnderstood("no recorded answer: no assistant message stands behind another message")
    tools = value.get("tools") or []
    if not isinstance(tools, list) or not all(isinstance(tool, dict) for tool in tools):
        raise NotUnderstood("tools has to be a list of objects")
    return Session(
        id=str(value.get("session_id") or value.get("id") or default_id),
        tenant=str(value.get("tenant") or "replay"),
        model=str(value.get("model") or ""),
        tools=tools,
        messages=messages,
        requests=requests,
        needles=_needles(value.get("needles")),
    )


def _needles(listed: Any) -> dict[int, tuple[Needle, ...]]:
    """Needles by the assistant message that first uses them; entries of another shape are left out."""
    found: dict[int, tuple[Needle, ...]] = {}
    for entry in listed if isinstance(listed, list) else []:
        text, used_at = (entry.get("text"), entry.get("used_at")) if isinstance(entry, dict) else (None, None)
        if isinstance(text, str) and text and isinstance(used_at, int):
            found[used_at] = (*found.get(used_at, ()), Needle(text, entry.get("strength", "strong") == "strong"))
    return found
