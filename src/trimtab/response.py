"""One model answer as every stage sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from trimtab.request import Format

Finish: TypeAlias = Literal["stop", "tool_calls", "length", "refusal", "filtered", "paused", "error", "unknown"]


@dataclass(frozen=True)
class Usage:
    """Tokens of one or several model calls, in the three prices of an input token and the one of output.

    ``fresh + written + read`` is the whole input. ``written_1h`` is the part of ``written`` that was stored for
    an hour (Anthropic bills it at 2x).
    """

    fresh: int = 0
    written: int = 0
    read: int = 0
    output: int = 0
    written_1h: int = 0

    @property
    def input(self) -> int:
        return self.fresh + self.written + self.read

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.fresh + other.fresh,
            self.written + other.written,
            self.read + other.read,
            self.output + other.output,
            self.written_1h + other.written_1h,
        )


@dataclass(frozen=True)
class ToolCall:
    """A tool call of the model. ``arguments`` is the JSON text as the model wrote it."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True)
class ChatResponse:
    """One answer. ``body`` is the provider's non-streaming JSON, assembled from the events where it streamed.

    ``complete`` is False when the stream broke off or the provider reported an error: such an answer is never
    stored. ``usage`` is None where the provider reported none.
    """

    format: Format
    status: int
    body: bytes
    text: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    finish: Finish = "unknown"
    usage: Usage | None = None
    model: str = ""
    id: str = ""
    complete: bool = False
    choices: int = 1
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def successful(self) -> bool:
        """Whether this is a whole answer that the model meant to give."""
        return self.complete and 200 <= self.status < 300 and self.finish in ("stop", "tool_calls")
