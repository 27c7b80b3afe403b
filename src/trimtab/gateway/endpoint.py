"""The endpoints of the three formats: one request through the pipeline and back."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, AsyncIterator

from trimtab.errors import AuthError, TrimtabError, UpstreamError, UpstreamTimeout
from trimtab.gateway.auth import Caller
from trimtab.gateway.client import BodyTooLarge, Client, ClientGone, UntilGone
from trimtab.gateway.headers import explained, to_client
from trimtab.gateway.routing import Destination, Peek, peek
from trimtab.gateway.rules import NO_ROUTE, Rules
from trimtab.gateway.upstream import Bound, Connections
from trimtab.optimizer import Optimizer
from trimtab.pipeline import Incoming, Prepared
from trimtab.request import Format
from trimtab.rounds import Outcome, Reply
from trimtab.wire import CODECS

_log = logging.getLogger("trimtab.gateway")


class ModelEndpoint:
    """Answers model requests. Every error is told in the shape of the provider whose format the client speaks."""

    def __init__(self, optimizer: Optimizer, connections: Connections) -> None:
        self._optimizer = optimizer
        self._connections = connections

    async def __call__(self, client: Client, written_in: Format, rules: Rules) -> None:
        """Take one request to its end. Raises ClientGone."""
        headers = client.named
        try:
            body = await client.body(rules.config.server.max_body_bytes)
            deciding = _deciding(client, written_in, body, rules)
            to = rules.router.find(client.path, headers, deciding.model)
            if to is None:
                await client.answer(404, CODECS[written_in].error(404, NO_ROUTE))
                return
            caller = await rules.gatekeeper.identify(client, to)
        except BodyTooLarge as error:
            await client.answer(413, CODECS[written_in].error(413, f"{error} (server.max_body_bytes)"))
            return
        except AuthError as error:
            await client.answer(401, CODECS[written_in].error(401, str(error)))
            return
        if deciding.background:
            headers = {**headers, "x-trimtab": "off"}
        incoming = Incoming(written_in, body, headers, caller.tenant, caller.credential, to.provider, to.name)
        await self._exchange(client, incoming, caller, to, rules)

    async def _exchange(
        self, client: Client, incoming: Incoming, caller: Caller, to: Destination, rules: Rules
    ) -> None:
        upstream = Bound(self._connections, to.settings, to.url(client.raw_path, client.query), caller.headers)
        until_gone = UntilGone(client)
        until_gone.watch()
        try:
            prepared = await self._optimizer.prepare(incoming)  # not cancelled: a stage may lead others like it
            if client.gone:
                self._optimizer.finish_later(prepared, Outcome())
            async with until_gone:
                await self._answer(client, prepared, upstream)
        finally:
            until_gone.stop()
            if upstream.last is not None:
                if 200 <= upstream.last.status < 300:
                    rules.gatekeeper.accepted(caller)
                elif upstream.last.status == 401:
                    await rules.gatekeeper.refused(caller)

    async def _answer(self, client: Client, prepared: Prepared, upstream: Bound) -> None:
        codec = prepared.codec
        injectable = False
        try:
            reply = await self._optimizer.respond(prepared, upstream)
            injectable = _takes_events(prepared, reply)
            await self._deliver(client, prepared, reply, upstream)
        except ClientGone:
            raise
        except TrimtabError as error:
            _log.warning("%s: %s", prepared.report.id, error)
            if not client.started:
                status = 504 if isinstance(error, UpstreamTimeout) else 502
                await client.answer(status, codec.error(status, str(error)), explained(prepared))
            elif injectable and (isinstance(error, UpstreamTimeout) or not isinstance(error, UpstreamError)):
                await client.end(codec.stream_error(str(error)))
            # An answer that the provider broke off is broken off here: the server closes the connection of an
            # application that returns before its response is complete, and the client sees what it would have seen.

    async def _deliver(self, client: Client, prepared: Prepared, reply: Reply, upstream: Bound) -> None:
        """Send a reply as it comes in: JSON once the first of it is there, everything else at once."""
        headers = [*to_client(reply.headers), *explained(prepared)]
        streaming = not _is_json(reply) or (prepared.client is not None and prepared.client.stream)
        begun = False
        try:
            if streaming:
                await client.start(reply.status, headers)
            begun = True
            held = b""
            async for chunk in reply.chunks:
                if streaming:
                    await client.send(chunk)
                    continue
                if held:
                    if not client.started:
                        await client.start(reply.status, headers)
                    await client.send(held)
                held = chunk
            if not client.started:
                await client.start(reply.status, headers)
            await client.end(held)
        finally:
            if begun:
                await _close(reply.chunks)
            else:
                await self._abandon(prepared, reply, upstream)

    async def _abandon(self, prepared: Prepared, reply: Reply, upstream: Bound) -> None:
        """Close the books of a reply of which nothing was asked for; nobody else does."""
        if upstream.last is not None:
            await upstream.last.close()
        if prepared.answer is None:
            self._optimizer.finish_later(prepared, Outcome(status=reply.status, headers=reply.headers))


def _deciding(client: Client, written_in: Format, body: bytes, rules: Rules) -> Peek:
    """What has to be known before the request is prepared; mostly nothing, and then nothing is read."""
    background = written_in == "openai_responses" and b'"background"' in body
    return peek(body) if background or rules.router.needs_model(client.path) else Peek()


def _takes_events(prepared: Prepared, reply: Reply) -> bool:
    """Whether an event of ours can be put into the stream."""
    headers = dict(reply.headers)
    return (
        prepared.client is not None
        and prepared.client.stream
        and headers.get(b"content-type", b"").startswith(b"text/event-stream")
        and headers.get(b"content-encoding", b"identity") == b"identity"
        and b"content-length" not in headers
    )


def _is_json(reply: Reply) -> bool:
    return any(name == b"content-type" and value.startswith(b"application/json") for name, value in reply.headers)


async def _close(chunks: AsyncIterator[bytes]) -> None:
    if isinstance(chunks, AsyncGenerator):
        await chunks.aclose()
