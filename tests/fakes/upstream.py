"""An upstream without sockets: answers from a script and keeps what it was sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from trimtab.errors import UpstreamError

JSON = ((b"content-type", b"application/json"),)
SSE = ((b"content-type", b"text/event-stream"),)


@dataclass
class ScriptedReply:
    """One answer: its chunks as they come; ``breaks`` ends it with an error instead of its end."""

    status: int = 200
    headers: Sequence[tuple[bytes, bytes]] = JSON
    body: Sequence[bytes] = ()
    breaks: bool = False
    gate: asyncio.Event | None = None
    closed: bool = False

    async def chunks(self) -> AsyncIterator[bytes]:
        for chunk in self.body:
            yield chunk
            await asyncio.sleep(0)
        if self.gate is not None:
            await self.gate.wait()
        if self.breaks:
            raise UpstreamError("the provider broke off")

    async def close(self) -> None:
        self.closed = True


@dataclass
class ScriptedUpstream:
    """Gives the replies in order, the last one for ever."""

    replies: list[ScriptedReply]
    received: list[bytes] = field(default_factory=list)
    plain: list[bool] = field(default_factory=list)
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, body: bytes, *, plain: bool) -> ScriptedReply:
        self.received.append(body)
        self.asked.set()
        self.plain.append(plain)
        index = min(len(self.received), len(self.replies)) - 1
        return self.replies[index]

    @property
    def bodies(self) -> list[Any]:
        return [orjson.loads(body) for body in self.received]


def json_reply(value: Any, status: int = 200) -> ScriptedReply:
    """A JSON answer in one piece."""
    return ScriptedReply(status, JSON, [orjson.dumps(value)])
