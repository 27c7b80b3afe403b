"""The least proxy that one would write by hand: Starlette on uvicorn, forwarding with httpx2, streams as they come.

``python -m benchmarks.peers.starlette_proxy PORT UPSTREAM``
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import AsyncIterator

import httpx2
import uvicorn
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

_DROPPED = {"host", "content-length", "transfer-encoding", "connection"}


def app(upstream: str) -> Starlette:
    """The proxy in front of an upstream."""
    client = httpx2.AsyncClient(base_url=upstream, limits=httpx2.Limits(max_connections=None), timeout=60)

    async def forward(request: Request) -> StreamingResponse:
        headers = {name: value for name, value in request.headers.items() if name not in _DROPPED}
        body = await request.body()
        asked = client.build_request(request.method, request.url.path, headers=headers, content=body)
        reply = await client.send(asked, stream=True)
        kept = {name: value for name, value in reply.headers.items() if name not in _DROPPED}
        return StreamingResponse(reply.aiter_raw(), reply.status_code, kept, background=BackgroundTask(reply.aclose))

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await client.aclose()

    return Starlette(routes=[Route("/{path:path}", forward, methods=["GET", "POST"])], lifespan=lifespan)


if __name__ == "__main__":
    uvicorn.run(app(sys.argv[2]), host="127.0.0.1", port=int(sys.argv[1]), log_level="error", access_log=False)
