"""Giving a stored answer to a client: as JSON, or as the stream that it asked for."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator

from trimtab.pipeline import Prepared
from trimtab.rounds import Outcome, Reply
from trimtab.stage import Answer


async def reply_of(prepared: Prepared, answer: Answer) -> tuple[Reply, Outcome]:
    """The reply for a prepared request that has an answer, and the outcome for its books.

    Raises NotUnderstood where the stored answer cannot be replayed; the caller then asks the provider.
    """
    codec, client = prepared.codec, prepared.client
    stored = codec.read_response(200, answer.body)
    kept = prepared.ctx is not None and prepared.ctx.continuable  # the client may continue from the answer's own id
    body = codec.reissue(answer.body, stored.id if kept else os.urandom(12).hex())
    outcome = Outcome(status=200, whole=True, response=stored)
    if client is None or not client.stream:
        return Reply(200, ((b"content-type", b"application/json"),), _once(body)), outcome
    events = list(codec.replay(body, client))
    headers = ((b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-cache"))
    return Reply(200, headers, _paced(events, answer.pace)), outcome


async def _once(body: bytes) -> AsyncIterator[bytes]:
    yield body


async def _paced(events: list[bytes], per_second: float) -> AsyncIterator[bytes]:
    """All at once, or one event after another at the pace that a model would have."""
    if per_second <= 0:
        yield b"".join(events)
        return
    for event in events:
        yield event
        await asyncio.sleep(1 / per_second)
