"""Model calls on our own account, through the gateway's connections: the transport of `trimtab.background`."""

from __future__ import annotations

import os
from collections.abc import Callable

from trimtab.background import Background
from trimtab.config import Config, Upstream
from trimtab.errors import ConfigError
from trimtab.gateway.upstream import Connections
from trimtab.optimizer import Optimizer
from trimtab.request import Format
from trimtab.telemetry.ledger import own_row

_PATHS: dict[Format, str] = {"openai_chat": "/v1/chat/completions", "anthropic_messages": "/v1/messages"}


class OwnCalls:
    """Sends background calls to the configured upstream with the credential that is meant for them."""

    def __init__(self, connections: Connections, settings: Upstream, credential: str) -> None:
        self._connections = connections
        self._settings = settings
        self.wire: Format = "anthropic_messages" if settings.provider == "anthropic" else "openai_chat"
        self._headers = _headers(self.wire, credential)

    async def __call__(self, body: bytes, *, timeout_s: float) -> tuple[int, bytes]:
        """Status and whole body of the answer. Raises UpstreamError, UpstreamTimeout."""
        settings = self._settings.model_copy(update={"read_timeout_s": timeout_s})
        url = self._settings.url + _PATHS[self.wire]
        reply = await self._connections.request("POST", url, self._headers, body, settings)
        try:
            return reply.status, b"".join([chunk async for chunk in reply.chunks()])
        finally:
            await reply.close()


def _headers(wire: Format, credential: str) -> list[tuple[str, str]]:
    headers = [("content-type", "application/json"), ("accept", "application/json"), ("accept-encoding", "identity")]
    if wire == "anthropic_messages":
        return [*headers, ("x-api-key", credential), ("anthropic-version", "2023-06-01")]
    return [*headers, ("authorization", f"Bearer {credential}")]


def background_for(
    config: Config, optimizer: Optimizer, connections: Connections, live: Callable[[], int]
) -> Background | None:
    """The background caller that the configuration asks for, or None. Raises ConfigError."""
    settings = config.background
    if not settings.model:
        return None
    credential = os.environ.get(settings.key_env, "") if settings.key_env else ""
    if not credential:
        raise ConfigError(
            f"background.key_env = {settings.key_env!r}: background calls need a credential of their own in an "
            "environment variable that is set"
        )
    upstream = config.upstreams[settings.upstream]
    calls = OwnCalls(connections, upstream, credential)
    return Background(
        settings,
        calls,
        optimizer.pipeline.prices,
        optimizer.store,
        optimizer.clock,
        record=lambda call: optimizer.ledger.write(own_row(call)),
        live=live,
        wire=calls.wire,
        provider=upstream.provider,
    )
