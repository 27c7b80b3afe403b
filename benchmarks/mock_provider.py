"""A provider that costs next to nothing: whole answers rendered beforehand, on a raw protocol.

``python -m benchmarks.mock_provider`` prints the port that it listens on. Requests to ``/v1/messages`` are answered in
Anthropic's format, all others as chat completions. A stream comes in 50 pieces, each written in a turn of its own of
the event loop, so that streams of several clients interleave as they do in the world.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

CHUNKS = 50
TEXT = "The parcel left the warehouse this morning and is due tomorrow before noon. "


class MockProvider(asyncio.Protocol):
    """One connection. Requests come one after another, bodies with a content length or chunked."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._buffer = b""
        self._pieces: Iterator[bytes] | None = None
        self._loop = asyncio.get_running_loop()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self._buffer[:end].lower()
        whole = self._whole(head, end + 4)
        if not whole:
            return
        body, self._buffer = self._buffer[end + 4 : whole], self._buffer[whole:]
        anthropic = head.startswith(b"post /v1/messages")
        if b'"stream":true' in body or b'"stream": true' in body:
            self._pieces = iter(self._answers.streams[anthropic])
            self._write_piece()
        else:
            self._transport.write(self._answers.plain[anthropic])

    def _whole(self, head: bytes, start: int) -> int:
        """Where the request ends; 0 while it is not all there."""
        at = head.find(b"content-length:")
        if at >= 0:
            line_end = head.find(b"\r\n", at)
            end = start + int(head[at + 15 : line_end if line_end >= 0 else len(head)])
            return end if len(self._buffer) >= end else 0
        if b"transfer-encoding: chunked" in head:
            end = self._buffer.find(b"0\r\n\r\n", start)
            return end + 5 if end >= 0 else 0
        return start

    def _write_piece(self) -> None:
        piece = next(self._pieces, None) if self._pieces is not None else None
        if piece is not None and not self._transport.is_closing():
            self._transport.write(piece)
            self._loop.call_soon(self._write_piece)


class Answers:
    """Everything that is ever written, by format: 0 OpenAI chat, 1 Anthropic messages."""

    def __init__(self) -> None:
        self.plain = [_with_head(_json(_chat_answer())), _with_head(_json(_message_answer()))]
        self.streams = [_stream(_chat_events()), _stream(_message_events())]


def _chat_answer() -> dict[str, object]:
    choice = {"index": 0, "message": {"role": "assistant", "content": TEXT * 4}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 900, "completion_tokens": 60, "total_tokens": 960}
    about = {"id": "chatcmpl-bench", "object": "chat.completion", "created": 1750000000, "model": "gpt-4.1-mini"}
    return {**about, "choices": [choice], "usage": usage}


def _message_answer() -> dict[str, object]:
    about = {"id": "msg_bench", "type": "message", "role": "assistant", "model": "claude-sonnet-4-5"}
    said = {"content": [{"type": "text", "text": TEXT * 4}], "stop_reason": "end_turn", "stop_sequence": None}
    return {**about, **said, "usage": {"input_tokens": 900, "output_tokens": 60}}


def _chat_events() -> Iterator[bytes]:
    about = {"id": "chatcmpl-bench", "object": "chat.completion.chunk", "created": 1750000000, "model": "gpt-4.1-mini"}
    for number in range(CHUNKS):
        delta = {"role": "assistant", "content": ""} if number == 0 else {"content": "parcel "}
        finish = "stop" if number == CHUNKS - 1 else None
        chunk = {**about, "choices": [{"index": 0, "delta": {} if finish else delta, "finish_reason": finish}]}
        yield b"data: " + _json(chunk) + b"\n\n" + (b"data: [DONE]\n\n" if finish else b"")


def _message_events() -> Iterator[bytes]:
    usage = {"input_tokens": 900, "output_tokens": 1}
    start = {**_message_answer(), "content": [], "stop_reason": None, "usage": usage}
    yield _event("message_start", {"message": start})
    yield _event("content_block_start", {"index": 0, "content_block": {"type": "text", "text": ""}})
    for _ in range(CHUNKS - 4):
        yield _event("content_block_delta", {"index": 0, "delta": {"type": "text_delta", "text": "parcel "}})
    yield _event("content_block_stop", {"index": 0})
    ended = {"delta": {"stop_reason": "end_turn", "stop_sequence": None}, "usage": {"output_tokens": 60}}
    yield _event("message_delta", ended) + _event("message_stop", {})


def _event(name: str, data: dict[str, object]) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + _json({"type": name, **data}) + b"\n\n"


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _with_head(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)


def _stream(events: Iterator[bytes]) -> list[bytes]:
    """Head and pieces as they are written, each event a chunk of the body."""
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    pieces = [b"%x\r\n%s\r\n" % (len(event), event) for event in events]
    return [head + pieces[0], *pieces[1:-1], pieces[-1] + b"0\r\n\r\n"]


async def _serve() -> None:
    answers = Answers()
    server = await asyncio.get_running_loop().create_server(lambda: MockProvider(answers), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve())
