"""The upstream calls behind one answer: passing through, retrying the original, and rounds of internal tools.

A model that calls an internal tool is answered here and asked again, up to a bound; the client sees one answer
without those calls. What happened in between is kept for the thread, so that the next request carries it.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, Protocol

import orjson

from trimtab.errors import UpstreamError
from trimtab.pipeline import Pipeline, Prepared, fail_open
from trimtab.request import ChatRequest, Message
from trimtab.response import ChatResponse, ToolCall, Usage
from trimtab.splice import Pending, seen_calls, seen_text
from trimtab.wire import ToolResult
from trimtab.wire.encoding import decode
from trimtab.wire.sse import SseParser

_REFUSED = frozenset({400, 413, 422})
_RECORD_BYTES = 32 << 20

Headers = Sequence[tuple[bytes, bytes]]


class UpstreamReply(Protocol):
    """An answer that is coming in. Header names are lower case."""

    status: int
    headers: Headers

    def chunks(self) -> AsyncIterator[bytes]:
        """The body as it comes. Raises UpstreamError when it breaks off."""

    async def close(self) -> None:
        """Let go of the connection; cancels what has not come yet."""


class Upstream(Protocol):
    """Where a request is sent. Everything but the body (address, headers, credential) is bound already."""

    async def send(self, body: bytes, *, plain: bool) -> UpstreamReply:
        """Send a body. ``plain`` asks for an answer that is not compressed. Raises UpstreamError."""


@dataclass
class Outcome:
    """How an exchange ended, for learning and the ledger."""

    status: int = 0
    sent: list[ChatRequest] = field(default_factory=list)
    record: bytearray = field(default_factory=bytearray)
    """What came back in the last round, as it came; empty where it was too large to keep."""
    overflowed: bool = False
    """Whether the answer was too large to keep."""
    headers: Headers = ()
    whole: bool = False
    """Whether the answer was passed on to its end."""
    response: ChatResponse | None = None
    """The answer over all rounds as the client saw it, where it had to be read anyway."""
    earlier: Usage = field(default_factory=Usage)
    """Usage of the rounds before the last."""
    rounds: int = 0
    first_ms: float = 0.0
    upstream_ms: float = 0.0


@dataclass
class Reply:
    """What the client gets."""

    status: int
    headers: Headers
    chunks: AsyncIterator[bytes]


class Exchange:
    """One request's way to the provider and back."""

    def __init__(
        self,
        prepared: Prepared,
        upstream: Upstream,
        pipeline: Pipeline,
        finished: Callable[[Outcome], None],
        *,
        max_rounds: int = 3,
    ) -> None:
        self._prepared = prepared
        self._upstream = upstream
        self._pipeline = pipeline
        self._finished = finished
        self._max_rounds = max_rounds
        self._outcome = Outcome()
        self._started = time.perf_counter()
        self._internal = frozenset(prepared.internal_tools)

    async def reply(self) -> Reply:
        """Ask the provider. Raises UpstreamError where it cannot be reached at all."""
        with ExitStack() as failing:
            failing.callback(self._close_books)  # also for a cancelled wait
            reply = await self._first()
            failing.pop_all()
        self._outcome.status = reply.status
        self._outcome.headers = reply.headers
        if not (self._internal and 200 <= reply.status < 300):
            return Reply(reply.status, reply.headers, self._pass(reply))
        headers = [(name, value) for name, value in reply.headers if name != b"content-length"]
        stream = self._prepared.client is not None and self._prepared.client.stream
        chunks = self._stream_rounds(reply) if stream else self._json_rounds(reply)
        return Reply(reply.status, headers, chunks)

    async def _first(self) -> UpstreamReply:
        """The first answer; what the provider refuses after an edit is asked once more as it came in."""
        prepared = self._prepared
        reply = await self._ask(prepared.body, prepared.sent)
        if reply.status not in _REFUSED or not prepared.changed:
            return reply
        await reply.close()
        prepared.report.fell_back(f"the provider answered {reply.status} after an edit")
        original = await self._ask_original()
        if 200 <= original.status < 300:  # so it was our edit, and not the request
            await self._pipeline.refused(prepared)
        return original

    async def _ask(self, body: bytes, request: ChatRequest | None) -> UpstreamReply:
        self._outcome.rounds += 1
        reply = await self._upstream.send(body, plain=bool(self._internal))
        if request is not None and 200 <= reply.status < 300:  # what the provider refuses, it does not bill
            self._outcome.sent.append(request)
        return reply

    async def _ask_original(self) -> UpstreamReply:
        """The request as the client sent it, which is always valid alone; nothing internal is offered in it."""
        prepared = self._prepared
        self._internal = frozenset()
        prepared.sent, prepared.body = prepared.client, prepared.incoming.body
        return await self._ask(prepared.incoming.body, prepared.client)

    # -- passing through --------------------------------------------------------------------------------------

    async def _pass(self, reply: UpstreamReply) -> AsyncIterator[bytes]:
        try:
            async for chunk in reply.chunks():
                self._note(chunk)
                yield chunk
            self._outcome.whole = True
        finally:
            await self._end(reply)

    def _note(self, chunk: bytes) -> None:
        outcome = self._outcome
        if not outcome.first_ms:
            outcome.first_ms = self._elapsed()
        if outcome.overflowed or len(outcome.record) + len(chunk) > _RECORD_BYTES:
            outcome.overflowed = True  # for good: a record with a hole in it could pass for a whole answer
            outcome.record.clear()
        else:
            outcome.record += chunk

    def _elapsed(self) -> float:
        return (time.perf_counter() - self._started) * 1000

    async def _end(self, reply: UpstreamReply) -> None:
        try:
            await reply.close()
        finally:
            self._close_books()

    def _close_books(self) -> None:
        self._outcome.upstream_ms = self._elapsed()
        self._finished(self._outcome)

    # -- rounds -----------------------------------------------------------------------------------------------

    async def _json_rounds(self, reply: UpstreamReply) -> AsyncIterator[bytes]:
        codec = self._prepared.codec
        history = _History()
        try:
            while True:
                body = await self._whole(reply)
                response = codec.read_response(reply.status, body)
                following = await self._next(history, response)
                if following is None:
                    break
                await reply.close()
                reply = following
            seen = self._internal and codec.hide([r.body for r in history.responses], self._internal)
            if not self._internal:  # the original was asked in the end: its answer stands alone
                yield body
                self._outcome.whole = True
                return
            await self._remember(history, seen or body)
            yield seen or body
            self._outcome.whole = True
        finally:
            await self._end(reply)

    async def _stream_rounds(self, reply: UpstreamReply) -> AsyncIterator[bytes]:
        codec = self._prepared.codec
        stream_filter = codec.stream_filter(self._internal)
        history = _History()
        try:
            while True:
                raw = bytearray()
                parser = SseParser()
                async for chunk in self._decoded(reply):
                    raw += chunk
                    for event in parser.feed(chunk):
                        if passed := stream_filter.feed(event):
                            yield passed
                for event in parser.close():
                    if passed := stream_filter.feed(event):
                        yield passed
                response = codec.read_stream(reply.status, bytes(raw))
                following = await self._next(history, response)
                if following is None:
                    break
                await reply.close()
                reply = following
                stream_filter.next_round()
            ending = stream_filter.finish()
            if self._internal:  # before the client has the end of it, and may send its next request
                await self._remember(history, codec.hide([r.body for r in history.responses], self._internal))
            yield ending
            self._outcome.whole = True
        finally:
            await self._end(reply)

    async def _whole(self, reply: UpstreamReply) -> bytes:
        return b"".join([chunk async for chunk in self._decoded(reply)])

    async def _decoded(self, reply: UpstreamReply) -> AsyncIterator[bytes]:
        """The chunks, recorded; an answer that came compressed against our wish is opened whole."""
        self._outcome.record, self._outcome.overflowed = bytearray(), False
        encoding = next((value for name, value in reply.headers if name == b"content-encoding"), b"")
        if encoding in (b"", b"identity"):
            async for chunk in reply.chunks():
                self._note(chunk)
                yield chunk
            return
        packed = b"".join([chunk async for chunk in reply.chunks()])
        opened = decode(packed, encoding.decode("latin-1"))
        if opened is None:
            raise UpstreamError(f"the provider compressed its answer as {encoding!r}, which was not asked for")
        self._note(opened)
        yield opened

    async def _next(self, history: _History, response: ChatResponse) -> UpstreamReply | None:
        """Answer the model's internal calls and ask again; None when the answer is one for the client."""
        history.responses.append(response)
        calls = [call for call in response.tool_calls if call.name in self._internal]
        if not calls or not response.complete:
            return None
        results = [await self._run_tool(call) for call in calls]
        if len(calls) < len(response.tool_calls):
            history.waiting = results  # the client's own calls go out; ours wait for its results
            return None
        self._outcome.earlier += response.usage or Usage()
        if self._outcome.rounds >= self._max_rounds:
            self._prepared.report.fell_back(f"{self._outcome.rounds} rounds of internal tools: the full set is offered")
            return await self._asked_plainly(history)
        codec = self._prepared.codec
        sent = self._outcome.sent[-1]
        more = [*codec.turn(response), *codec.join(results, None)]
        history.turn += more
        origin = sent.origins[-1] if sent.origins else 0
        request = codec.with_messages(
            sent, [*sent.messages, *more], [*sent.origins, *[origin] * len(more)], len(sent.messages)
        )
        reply = await self._ask(codec.render(request), request)
        if 200 <= reply.status < 300:
            return reply
        await reply.close()
        self._prepared.report.fell_back(f"the provider answered {reply.status} in round {self._outcome.rounds}")
        return await self._asked_plainly(history)

    async def _asked_plainly(self, history: _History) -> UpstreamReply:
        history.responses.clear()
        history.turn.clear()
        return await self._ask_original()

    async def _run_tool(self, call: ToolCall) -> ToolResult:
        prepared = self._prepared
        tool, ctx = prepared.internal_tools[call.name], prepared.ctx
        try:
            arguments: Any = orjson.loads(call.arguments or "{}")
        except orjson.JSONDecodeError as error:
            return ToolResult(call.id, call.name, f"The arguments are not valid JSON: {error}")
        if not isinstance(arguments, dict) or ctx is None:
            return ToolResult(call.id, call.name, "The arguments have to be a JSON object.")
        text = await fail_open(prepared.report, call.name, tool.run(arguments, ctx))
        return ToolResult(call.id, call.name, text if text is not None else "This tool failed; go on without it.")

    async def _remember(self, history: _History, seen: bytes) -> None:
        """Keep the internal rounds for the thread, known by what the client saw of the answer."""
        prepared = self._prepared
        codec = prepared.codec
        last = history.responses[-1]
        self._outcome.response = codec.read_response(self._outcome.status, seen)
        if prepared.thread is None or not last.complete or not (history.turn or history.waiting):
            return
        client_view: tuple[Message, ...] = codec.turn(self._outcome.response)
        pending = Pending(
            anchor=prepared.thread.chain[-1],
            text=seen_text(client_view),
            calls=seen_calls(client_view),
            turn=tuple(message.raw for message in (*history.turn, *codec.turn(last))),
            results=tuple((result.call_id, result.name, result.text) for result in history.waiting),
        )
        await self._pipeline.remember_rounds(prepared, pending)


@dataclass
class _History:
    """The rounds behind one answer: their responses, and the messages that stand between the first and the last."""

    responses: list[ChatResponse] = field(default_factory=list)
    turn: list[Message] = field(default_factory=list)
    waiting: list[ToolResult] = field(default_factory=list)
