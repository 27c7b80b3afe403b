"""The gateway as an ASGI application."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from trimtab.config import Config
from trimtab.errors import StoreError, TrimtabError
from trimtab.gateway.admin import PREFIX, admin_app
from trimtab.gateway.auth import Gatekeeper, check_exposure, installation_secret
from trimtab.gateway.client import Client, ClientGone, Receive, Scope, Send
from trimtab.gateway.endpoint import ModelEndpoint
from trimtab.gateway.housekeeping import keep_house
from trimtab.gateway.own_calls import background_for
from trimtab.gateway.own_embeddings import connect_embedder
from trimtab.gateway.passthrough import Passthrough
from trimtab.gateway.routing import Router
from trimtab.gateway.rules import Rules, error_codec
from trimtab.gateway.upstream import Connections
from trimtab.optimizer import Optimizer
from trimtab.wire import PATHS

_log = logging.getLogger("trimtab.gateway")

OpenOptimizer: TypeAlias = Callable[[], Awaitable[Optimizer]]


def build_app(source: Config | OpenOptimizer) -> Gateway:
    """The gateway for a configuration, or around an optimizer that a factory opens when the gateway does."""
    if isinstance(source, Config):
        return Gateway(lambda: Optimizer.open(source))
    return Gateway(source)


class Gateway:
    """Serves the providers' APIs through the pipeline.

    An ASGI application whose lifespan opens and closes it; `open` and `close` do the same by hand.
    """

    def __init__(self, open_optimizer: OpenOptimizer) -> None:
        self._open_optimizer = open_optimizer
        self._running: set[asyncio.Task[Any]] = set()
        self._housekeeping: asyncio.Task[None] | None = None
        self._secret = b""
        self._admin = admin_app(self)

    # -- opening and closing ----------------------------------------------------------------------------------

    async def open(self) -> None:
        """Open the store and the connections. Raises ConfigError, StoreError."""
        self.optimizer = await self._open_optimizer()
        try:
            check_exposure(self.optimizer.config)
            self._secret = await installation_secret(self.optimizer.store)
            self.rules = self._rules_of(self.optimizer.config)
        except TrimtabError:
            await self.optimizer.close()
            raise
        config = self.optimizer.config
        self._connections = Connections(proxy_from_env=config.server.proxy_from_env)
        try:
            self.optimizer.pipeline.background = background_for(
                config, self.optimizer, self._connections, lambda: len(self._running)
            )
            connect_embedder(config, self.optimizer, self._connections)
        except TrimtabError:
            await self._connections.close()
            await self.optimizer.close()
            raise
        self._models = ModelEndpoint(self.optimizer, self._connections)
        self._others = Passthrough(self._connections)
        self._housekeeping = asyncio.get_running_loop().create_task(keep_house(self.optimizer))

    async def close(self, grace_s: float | None = None) -> None:
        """Let running requests finish within the grace, cut off what is left, close the books and the store."""
        await self.drain(self.rules.config.server.shutdown_grace_s if grace_s is None else grace_s)
        if self._housekeeping is not None:
            self._housekeeping.cancel()
        await self._connections.close()
        try:
            await self.optimizer.close()
        except StoreError as error:
            _log.error("what was not written yet is lost: %s", error)

    async def drain(self, grace_s: float) -> None:
        """Wait for running requests, at most ``grace_s``; then cut them off."""
        if self._running and grace_s > 0:
            await asyncio.wait(self._running, timeout=grace_s)
        left = list(self._running)
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left)

    def reload(self, config: Config) -> None:
        """Take over a changed configuration; requests under way go on under the old one. Raises ConfigError."""
        rules = self._rules_of(config)
        self.optimizer.reload(config)
        self.rules = rules

    def _rules_of(self, config: Config) -> Rules:
        return Rules(config, Router(config), Gatekeeper(config, self._secret, self.optimizer.store))

    @property
    def running(self) -> int:
        """How many requests are under way."""
        return len(self._running)

    # -- serving ----------------------------------------------------------------------------------------------

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            task = asyncio.current_task()
            if task is None:
                raise RuntimeError("the gateway has to be run in a task")
            self._running.add(task)
            try:
                await self._http(scope, receive, send)
            except ClientGone:
                return
            finally:
                self._running.discard(task)
        else:
            await send({"type": "websocket.close", "code": 1003})

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        client = Client(scope, receive, send)
        path = client.path
        if not self.rules.gatekeeper.host_allowed(client.named):
            why = f"the Host header names {client.named.get('host')!r}, and this gateway answers to localhost only"
            await client.answer(403, error_codec(client).error(403, why))
        elif path in PATHS and client.method == "POST":
            await self._models(client, PATHS[path], self.rules)
        elif path.startswith("/v1/") and not path.startswith(PREFIX):
            await self._others(client, self.rules)
        else:
            await self._admin(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            await self.open()
        except TrimtabError as error:
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.close()
        await send({"type": "lifespan.shutdown.complete"})
