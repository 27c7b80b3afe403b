"""A load generator that is much faster than what it measures: raw HTTP/1.1 on kept connections, closed loop."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

Make = Callable[[int], bytes]
"""The next request body of the client with this number."""


@dataclass
class Load:
    """What came back of one run."""

    seconds: float
    latencies: list[float] = field(default_factory=list)
    """Seconds from the first byte of a request to the last byte of its answer."""
    failures: int = 0
    first_failure: str = ""

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    @property
    def median_ms(self) -> float:
        return statistics.median(self.latencies) * 1000

    @property
    def p99_ms(self) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))] * 1000


async def run(
    url: str, make: Make, *, clients: int, seconds: float, most: int | None = None, key: str = "sk-benchmark"
) -> Load:
    """Send requests with so many clients for so long (or until ``most`` were answered), each waiting for its answer."""
    parts = urlsplit(url)
    head = (
        f"POST {parts.path} HTTP/1.1\r\nhost: {parts.netloc}\r\ncontent-type: application/json\r\n"
        f"authorization: Bearer {key}\r\ncontent-length: "
    ).encode()
    loop = asyncio.get_running_loop()
    started = time.perf_counter()
    shared = _Shared(head, make, started + seconds, most)
    for number in range(clients):
        await loop.create_connection(lambda n=number: _Client(n, shared), parts.hostname, parts.port)  # type: ignore[misc]
    await asyncio.wait_for(asyncio.gather(*shared.ended), seconds + 60)
    shared.load.seconds = time.perf_counter() - started
    return shared.load


class _Shared:
    """What all clients of a run have in common."""

    def __init__(self, head: bytes, make: Make, until: float, most: int | None) -> None:
        self.head = head
        self.make = make
        self.until = until
        self.left = most if most is not None else 1 << 60
        self.load = Load(0.0)
        self.ended: list[asyncio.Future[None]] = []


class _Client(asyncio.Protocol):
    def __init__(self, number: int, shared: _Shared) -> None:
        self._number = number
        self._shared = shared
        self._buffer = b""
        self._chunked = False
        self._needed = 0
        self._sent_at = 0.0
        self._done = asyncio.get_running_loop().create_future()
        shared.ended.append(self._done)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._fail("the connection was closed in the middle of an answer")
            self._done.set_result(None)

    def _next(self) -> None:
        shared = self._shared
        now = time.perf_counter()
        if now >= shared.until or shared.left <= 0:
            self._done.set_result(None)
            self._transport.close()
            return
        shared.left -= 1
        body = shared.make(self._number)
        self._needed = 0
        self._buffer = b""
        self._sent_at = time.perf_counter()
        self._transport.write(b"%s%d\r\n\r\n%s" % (shared.head, len(body), body))

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer = self._buffer + data if self._buffer else data
        if not self._needed and not self._read_head(buffer):
            return
        if self._chunked:
            if not buffer.endswith(b"0\r\n\r\n"):
                self._buffer = buffer[-64:]  # the end is all that is looked for
                return
        elif len(buffer) < self._needed:
            return
        self._shared.load.latencies.append(time.perf_counter() - self._sent_at)
        self._next()

    def _read_head(self, buffer: bytes) -> bool:
        """Find out how the answer ends; False while its head is not all there."""
        end = buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = buffer[:end].lower()
        if not head.startswith(b"http/1.1 200"):
            self._fail(buffer[:300].decode("latin-1"))
        self._chunked = b"transfer-encoding: chunked" in head
        at = head.find(b"content-length:")
        line_end = head.find(b"\r\n", at)
        length = int(head[at + 15 : line_end if line_end >= 0 else len(head)]) if at >= 0 else 0
        self._needed = end + 4 + length
        return True

    def _fail(self, why: str) -> None:
        self._shared.load.failures += 1
        self._shared.load.first_failure = self._shared.load.first_failure or why
