"""The gateway driven without a server: what an ASGI server would give it and get from it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import orjson

from trimtab.config import Config
from trimtab.gateway.app import Gateway, OpenOptimizer, build_app

HOST = (b"host", b"127.0.0.1:8787")


@dataclass
class Exchange:
    """One request to the gateway and what has come back so far."""

    status: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    chunks: list[bytes] = field(default_factory=list)
    complete: bool = False
    """Whether the application ended its response; a server closes the connection where it did not."""
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the first of the body has come."""
    leave: asyncio.Event = field(default_factory=asyncio.Event)
    """To be set by a test whose client goes away."""

    @property
    def body(self) -> bytes:
        return b"".join(self.chunks)

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)

    def header(self, name: str) -> str | None:
        wanted = name.encode()
        return next((value.decode("latin-1") for key, value in self.headers if key == wanted), None)


class Caller:
    """Calls a gateway in this process."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway

    async def __call__(
        self,
        target: str,
        body: bytes | Sequence[bytes] = b"",
        headers: Iterable[tuple[bytes, bytes]] = (),
        *,
        method: str = "POST",
        exchange: Exchange | None = None,
    ) -> Exchange:
        """Send a request and wait for its end; ``exchange`` lets a test watch it, and leave."""
        done = exchange or Exchange()
        parts = [body] if isinstance(body, bytes) else list(body)
        given = list(headers)
        if not any(name == b"host" for name, _ in given):
            given.insert(0, HOST)
        if parts != [b""] and not any(name in (b"content-length", b"transfer-encoding") for name, _ in given):
            given.append((b"content-length", b"%d" % sum(map(len, parts))))
        path, _, query = target.partition("?")
        scope = {
            "type": "http",
            "method": method,
            "path": unquote(path),
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": given,
            "root_path": "",
            "scheme": "http",
            "server": ("127.0.0.1", 8787),
        }

        async def receive() -> dict[str, Any]:
            if parts:
                part = parts.pop(0)
                return {"type": "http.request", "body": part, "more_body": bool(parts)}
            await done.leave.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                done.status, done.headers = message["status"], list(message["headers"])
                return
            done.chunks.append(message["body"])
            done.complete = not message.get("more_body", False)
            done.begun.set()

        await self.gateway(scope, receive, send)
        return done


@asynccontextmanager
async def running(source: Config | OpenOptimizer) -> AsyncIterator[Caller]:
    """A gateway that is opened and closed through its lifespan."""
    gateway = build_app(source)
    to_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    from_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    lifespan = asyncio.create_task(gateway({"type": "lifespan"}, to_app.get, from_app.put))  # type: ignore[arg-type]
    await to_app.put({"type": "lifespan.startup"})
    started = await from_app.get()
    assert started["type"] == "lifespan.startup.complete", started
    try:
        yield Caller(gateway)
    finally:
        await to_app.put({"type": "lifespan.shutdown"})
        assert (await from_app.get())["type"] == "lifespan.shutdown.complete"
        await lifespan
