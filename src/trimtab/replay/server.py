"""The offline provider on a socket: what the gateway and real SDKs talk to in demos and benchmarks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b

from aiohttp import web

from trimtab.replay.provider import Given, ReplayProvider
from trimtab.request import Format
from trimtab.wire import PATHS

_MAX_BODY = 256 << 20


@dataclass(frozen=True)
class Received:
    """A request as it came in. Header names are lower case."""

    path: str
    body: bytes
    headers: Mapping[str, str]
    given: Given


class ReplayServer:
    """Serves a `ReplayProvider` on loopback, for as long as it is open::

        async with ReplayServer(provider) as server:
            client = AsyncOpenAI(base_url=server.url + "/v1", api_key="any")

    Requests name their exchange with the header ``x-replay-id``, or are recognised by what they say. ``received`` is
    called with every request to a model, so that a benchmark sees the bytes that would have reached the provider.
    """

    def __init__(
        self,
        provider: ReplayProvider,
        *,
        models: Iterable[str] = (),
        port: int = 0,
        received: Callable[[Received], None] | None = None,
    ) -> None:
        self._provider = provider
        self._models = list(models)
        self._port = port
        self._received = received
        self._runner: web.AppRunner | None = None
        self.url = ""
        """Base URL without /v1, once it is open."""

    async def __aenter__(self) -> ReplayServer:
        app = web.Application(client_max_size=_MAX_BODY)
        app.router.add_get("/v1/models", self._list_models)
        app.router.add_post("/v1/messages/count_tokens", self._count_tokens)
        for path in PATHS:
            app.router.add_post(path, self._answer)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        wire: Format = PATHS[request.path]
        replay_id = request.headers.get("x-replay-id", "")
        given = self._provider.respond(wire, body, _credential(request), replay_id)
        if self._received is not None:
            headers = {name.lower(): value for name, value in request.headers.items()}
            self._received(Received(request.path, body, headers, given))
        headers = {"content-type": given.content_type}
        if given.recorded is not None:
            headers["x-replay-id"] = given.recorded.id
        if len(given.chunks) == 1:
            return web.Response(status=given.status, body=given.body, headers=headers)
        response = web.StreamResponse(status=given.status, headers=headers)
        await response.prepare(request)
        for chunk in given.chunks:
            await response.write(chunk)
        await response.write_eof()
        return response

    async def _count_tokens(self, request: web.Request) -> web.Response:
        given = self._provider.count_tokens(await request.read())
        return web.Response(status=given.status, body=given.body, content_type="application/json")

    async def _list_models(self, _: web.Request) -> web.Response:
        models = [
            {"id": name, "object": "model", "created": 1_700_000_000, "owned_by": "replay"} for name in self._models
        ]
        return web.json_response({"object": "list", "data": models})


def _credential(request: web.Request) -> str:
    """Whose prompt cache a request uses: a hash of its key, so that no key lies around."""
    key = request.headers.get("x-api-key", "") or request.headers.get("authorization", "")
    return blake2b(key.encode("utf-8", "replace"), digest_size=12).hexdigest()
