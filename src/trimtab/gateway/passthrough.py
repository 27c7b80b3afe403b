"""Every other path of a provider's API: passed on as it is, both ways, while it comes in."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

from trimtab.errors import AuthError, UpstreamError, UpstreamTimeout
from trimtab.gateway.client import BodyTooLarge, Client, UntilGone
from trimtab.gateway.headers import to_client
from trimtab.gateway.routing import peek
from trimtab.gateway.rules import NO_ROUTE, Rules, error_codec
from trimtab.gateway.upstream import Connections

_log = logging.getLogger("trimtab.gateway")

_AT_ONCE = 1 << 20
"""Bodies announced as no larger are read whole, so that they can be sent again on another connection."""


class Passthrough:
    """Forwards requests that the pipeline has nothing to do with."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def __call__(self, client: Client, rules: Rules) -> None:
        """Take one request to its end. Raises ClientGone."""
        headers = client.named
        until_gone = UntilGone(client)
        body: bytes | None = None
        model = ""
        to = None
        try:
            length = headers.get("content-length", "")
            if rules.router.needs_model(client.path):
                body = await client.body(rules.config.server.max_body_bytes)
                model = peek(body).model
            elif not client.has_body or (length.isdigit() and int(length) <= _AT_ONCE):
                body = await client.body(_AT_ONCE)
            to = rules.router.find(client.path, headers, model)
            if to is None:
                await client.answer(404, error_codec(client).error(404, NO_ROUTE))
                return
            caller = await rules.gatekeeper.identify(client, to)
            sent = caller.headers
            if body is None and length:
                sent.append(("content-length", length))
            elif body is not None:
                until_gone.watch()
            data = (body or None) if body is not None else _watched(client, until_gone)
            url = to.url(client.raw_path, client.query)
            async with until_gone:
                reply = await self._connections.request(client.method, url, sent, data, to.settings)
                try:
                    await client.start(reply.status, to_client(reply.headers))
                    async for chunk in reply.chunks():
                        await client.send(chunk)
                    await client.end()
                finally:
                    await reply.close()
        except BodyTooLarge as error:
            await client.answer(413, error_codec(client).error(413, f"{error} (server.max_body_bytes)"))
        except AuthError as error:
            await client.answer(401, error_codec(client, to).error(401, str(error)))
        except UpstreamError as error:
            _log.warning("%s %s: %s", client.method, client.path, error)
            if not client.started and not client.gone:
                status = 504 if isinstance(error, UpstreamTimeout) else 502
                await client.answer(status, error_codec(client, to).error(status, str(error)))
        finally:
            until_gone.stop()


async def _watched(client: Client, until_gone: UntilGone) -> AsyncIterator[bytes]:
    """The client's body while it comes in; from its end on the client is watched."""
    async for part in client.parts():
        yield part
    until_gone.watch()
