"""A provider on a real socket that keeps every byte it was sent and answers, or fails, as it is told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeAlias

from tests.fakes import formats
from tests.fakes.formats import Turn
from trimtab.request import Format
from trimtab.wire import PATHS

Pairs: TypeAlias = Sequence[tuple[str, str]]
JSON: Pairs = (("content-type", "application/json"),)
SSE: Pairs = (("content-type", "text/event-stream; charset=utf-8"),)


@dataclass(frozen=True)
class Received:
    """A request as it came over the wire."""

    method: str
    target: str
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    connection: int
    """Which connection it came on, counted from 1."""

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def header(self, name: str) -> str | None:
        """The value of a header, or None; the first where it is repeated."""
        wanted = name.lower().encode()
        return next((value.decode("latin-1") for key, value in self.headers if key.lower() == wanted), None)


class Answering:
    """The provider's side of one exchange."""

    def __init__(self, writer: asyncio.StreamWriter, gone: asyncio.Event) -> None:
        self._writer = writer
        self._chunked = False
        self.gone = gone
        """Set when the other side has closed the connection."""

    async def start(self, status: int = 200, headers: Pairs = SSE, *, length: int | None = None) -> None:
        """The head of an answer; chunked unless its length is given."""
        self._chunked = length is None
        framing = ("transfer-encoding", "chunked") if length is None else ("content-length", str(length))
        lines = [f"HTTP/1.1 {status} Whatever", *(f"{name}: {value}" for name, value in (*headers, framing))]
        await self._write("\r\n".join([*lines, "", ""]).encode("latin-1"))

    async def chunk(self, data: bytes) -> None:
        await self._write(b"%x\r\n%s\r\n" % (len(data), data) if self._chunked else data)

    async def end(self) -> None:
        if self._chunked:
            await self._write(b"0\r\n\r\n")

    async def answer(self, body: bytes, status: int = 200, headers: Pairs = JSON) -> None:
        await self.start(status, headers, length=len(body))
        await self._write(body)

    async def stream(self, events: Iterable[bytes], headers: Pairs = SSE) -> None:
        await self.start(200, headers)
        for event in events:
            await self.chunk(event)
        await self.end()

    async def raw(self, data: bytes) -> None:
        await self._write(data)

    def die(self) -> None:
        """Break the connection off."""
        self._writer.transport.abort()

    def close(self) -> None:
        """Close the connection in good order, whatever was announced."""
        self._writer.close()

    async def _write(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()


Behaviour: TypeAlias = Callable[[Received, Answering], Awaitable[None]]


class FakeProvider:
    """Listens on loopback while it is open::

        async with FakeProvider(saying("hello")) as provider:
            client = AsyncOpenAI(base_url=provider.url + "/v1", api_key="any")

    ``received`` holds what came in; ``behave`` may be replaced at any time.
    """

    def __init__(self, behave: Behaviour) -> None:
        self.behave = behave
        self.received: list[Received] = []
        self.arrived = asyncio.Event()
        self.connections = 0
        self.url = ""
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> FakeProvider:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._server is not None:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def bodies(self) -> list[Any]:
        """The JSON bodies that came in."""
        return [request.json for request in self.received]

    def on(self, path: str) -> list[Received]:
        """What came in on a path."""
        return [request for request in self.received if request.path == path]

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self.connections += 1
        peer = _Peer(reader, self.connections)
        pumping = asyncio.create_task(peer.pump())
        try:
            while (request := await peer.request()) is not None:
                self.received.append(request)
                self.arrived.set()
                await self.behave(request, Answering(writer, peer.gone))
                if writer.is_closing():
                    break
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            pumping.cancel()
            writer.close()
            with suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()


class _Peer:
    """Reads requests from one connection, and notices at once when the other side closes it."""

    def __init__(self, reader: asyncio.StreamReader, number: int) -> None:
        self._reader = reader
        self._number = number
        self._buffer = bytearray()
        self._more = asyncio.Event()
        self.gone = asyncio.Event()

    async def pump(self) -> None:
        with suppress(OSError):
            while data := await self._reader.read(1 << 16):
                self._buffer += data
                self._more.set()
        self.gone.set()
        self._more.set()

    async def request(self) -> Received | None:
        head = await self._until(b"\r\n\r\n")
        if head is None:
            return None
        first, *lines = head[:-4].split(b"\r\n")
        method, target, _ = first.decode("latin-1").split(" ", 2)
        headers = tuple((name, value.strip()) for name, _, value in (line.partition(b":") for line in lines))
        about = {name.lower(): value for name, value in headers}
        if about.get(b"transfer-encoding", b"").lower() == b"chunked":
            body = await self._chunks()
        else:
            body = await self._exactly(int(about.get(b"content-length", b"0")))
        return None if body is None else Received(method, target, headers, body, self._number)

    async def _chunks(self) -> bytes | None:
        body = b""
        while True:
            line = await self._until(b"\r\n")
            data = None if line is None else await self._exactly(int(line, 16) + 2)
            if data is None:
                return None
            if data == b"\r\n":
                return body
            body += data[:-2]

    async def _until(self, mark: bytes) -> bytes | None:
        while (end := self._buffer.find(mark)) < 0:
            if not await self._wait():
                return None
        return self._take(end + len(mark))

    async def _exactly(self, size: int) -> bytes | None:
        while len(self._buffer) < size:
            if not await self._wait():
                return None
        return self._take(size)

    def _take(self, size: int) -> bytes:
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    async def _wait(self) -> bool:
        if self.gone.is_set():
            return False
        self._more.clear()
        await self._more.wait()
        return True


# -- behaviours -----------------------------------------------------------------------------------------------


def giving(body: bytes, status: int = 200, headers: Pairs = JSON) -> Behaviour:
    """Answers everything with the same body."""

    async def behave(request: Received, answering: Answering) -> None:
        await answering.answer(body, status, headers)

    return behave


def in_turn(*behaviours: Behaviour) -> Behaviour:
    """The behaviours one after another, the last one for ever."""
    left = list(behaviours)

    async def behave(request: Received, answering: Answering) -> None:
        following = left.pop(0) if len(left) > 1 else left[0]
        await following(request, answering)

    return behave


def saying(*turns: str | Turn, headers: Mapping[str, str] | None = None) -> Behaviour:
    """A model that says these turns one after another, the last one for ever, in the format of each request."""
    left = list(turns)
    given = 0

    async def behave(request: Received, answering: Answering) -> None:
        nonlocal given
        given += 1
        following = left.pop(0) if len(left) > 1 else left[0]
        turn = Turn(following) if isinstance(following, str) else following
        wire: Format = PATHS[request.path]
        more = tuple((headers or {}).items())
        if request.json.get("stream"):
            await answering.stream(formats.stream(wire, turn, given), (*SSE, *more))
        else:
            await answering.answer(formats.answer(wire, turn, given), 200, (*JSON, *more))

    return behave


async def silence(request: Received, answering: Answering) -> None:
    """Says nothing until the other side gives up."""
    await answering.gone.wait()
