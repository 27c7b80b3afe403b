"""What a recording holds: sessions in chat shapes, exchanges as they went over the wire, and what could not be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from trimtab.request import Format


@dataclass(frozen=True)
class Needle:
    """A value of an earlier tool result that the answer to this request depends on."""

    text: str
    strong: bool = True


@dataclass(frozen=True)
class Problem:
    """A part of a recording that was skipped. ``line`` is 0 where the whole file is meant."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}" if self.line else f"{self.file}: {self.message}"


@dataclass(frozen=True)
class Recorded:
    """One exchange to play. ``response`` is the provider's non-streaming JSON in the request's format.

    ``step`` counts the exchanges of a session from 0. ``at`` is when it happened, in seconds since the epoch, where
    the recording says so.
    """

    session: str
    step: int
    format: Format
    request: bytes
    response: bytes
    tenant: str = "replay"
    needles: tuple[Needle, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    at: float | None = None

    @property
    def id(self) -> str:
        """What the header ``x-replay-id`` carries to name this exchange: printable ASCII."""
        return f"{quote(self.session, safe='')}.{self.step}"


@dataclass(frozen=True)
class Session:
    """One conversation in OpenAI chat shapes. Request k is ``messages[:requests[k]]``, its answer the message there.

    ``needles`` gives, by index of the assistant's message, what that message depends on.
    """

    id: str
    tenant: str
    model: str
    tools: Sequence[Mapping[str, Any]]
    messages: Sequence[Mapping[str, Any]]
    requests: Sequence[int]
    needles: Mapping[int, tuple[Needle, ...]] = field(default_factory=dict)
