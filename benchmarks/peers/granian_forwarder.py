"""What the stack alone costs: granian and aiohttp, forwarding every request and doing nothing else.

The ceiling for a gateway on this stack: no books, no cache, no authentication, no look at the body.
``python -m benchmarks.peers.granian_forwarder PORT UPSTREAM``
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server.embed import Server

_DROPPED = {b"host", b"content-length", b"transfer-encoding", b"connection"}


async def main(port: int, upstream: str) -> None:
    """Serve until the process is ended."""
    async with aiohttp.ClientSession(auto_decompress=False, connector=aiohttp.TCPConnector(limit=0)) as session:

        async def forward(
            scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
        ) -> None:
            if scope["type"] != "http":
                return
            message = await receive()
            parts = [message["body"]]
            while message.get("more_body"):
                message = await receive()
                parts.append(message["body"])
            headers = [(n.decode(), v.decode("latin-1")) for n, v in scope["headers"] if n not in _DROPPED]
            url, body = upstream + scope["path"], b"".join(parts)
            async with session.request(scope["method"], url, data=body, headers=headers) as reply:
                kept = [(n.lower(), v) for n, v in reply.raw_headers if n.lower() not in _DROPPED]
                await send({"type": "http.response.start", "status": reply.status, "headers": kept})
                async for chunk in reply.content.iter_any():
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
                await send({"type": "http.response.body", "body": b"", "more_body": False})

        server = Server(
            forward,
            "127.0.0.1",
            port,
            interface=Interfaces.ASGINL,
            http=HTTPModes.http1,
            websockets=False,
            backlog=2048,
            backpressure=16_384,
            log_level=LogLevels.error,
        )
        await server.serve()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
