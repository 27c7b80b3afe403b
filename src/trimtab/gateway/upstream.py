"""The way to the providers: one connection pool, bytes as they come, errors in our words."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterable, AsyncIterator, Sequence
from functools import lru_cache
from types import SimpleNamespace
from urllib.request import getproxies, proxy_bypass

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from trimtab.config import Upstream as UpstreamSettings
from trimtab.errors import UpstreamError, UpstreamTimeout
from trimtab.rounds import Headers

_AUTOMATIC = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")
_KEEP_ALIVE_S = 60.0
_FIELD_BYTES = 64 << 10
_WRITTEN_AT_ONCE = 1 << 20
"""Larger bodies are written piece by piece, so that they do not hold up other requests."""


class Connections:
    """The gateway's connections to all providers."""

    def __init__(self, *, proxy_from_env: bool = False) -> None:
        self._proxies = getproxies() if proxy_from_env else {}
        tracing = aiohttp.TraceConfig()
        tracing.on_connection_reuseconn.append(_note_reuse)
        self._kept = _session(aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEP_ALIVE_S), tracing)
        self._fresh = _session(aiohttp.TCPConnector(limit=0, force_close=True), tracing)

    async def close(self) -> None:
        await self._kept.close()
        await self._fresh.close()

    async def request(
        self,
        method: str,
        url: str,
        headers: Sequence[tuple[str, str]],
        data: bytes | AsyncIterable[bytes] | None,
        settings: UpstreamSettings,
    ) -> Reply:
        """Send a request and wait for the head of its answer. Raises UpstreamError.

        A kept connection may turn out to have been closed by the provider in the meantime. Where the body can be
        sent again and nothing of an answer has come, the request is sent once more on a new connection, though it
        is not idempotent: a provider that closes an idle connection has not read it. On a new connection nothing
        is sent twice.
        """
        kept = SimpleNamespace(reused=False)
        try:
            return await self._attempt(self._kept, method, url, headers, data, settings, kept)
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError) as error:
            repeatable = data is None or isinstance(data, bytes)
            if not (kept.reused and repeatable) or isinstance(error, aiohttp.ClientConnectorError):
                raise UpstreamError(f"{_host(url)}: {_in_words(error)}") from error
        try:
            return await self._attempt(self._fresh, method, url, headers, data, settings, kept)
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError) as error:
            raise UpstreamError(f"{_host(url)}: {_in_words(error)}") from error

    async def _attempt(
        self,
        session: aiohttp.ClientSession,
        method: str,
        url: str,
        headers: Sequence[tuple[str, str]],
        data: bytes | AsyncIterable[bytes] | None,
        settings: UpstreamSettings,
        connection: SimpleNamespace,
    ) -> Reply:
        try:
            response = await session.request(
                method,
                _parsed(url),
                headers=CIMultiDict(headers),
                data=io.BytesIO(data) if isinstance(data, bytes) and len(data) > _WRITTEN_AT_ONCE else data,
                timeout=_patience(settings.connect_timeout_s, settings.read_timeout_s),
                allow_redirects=False,
                proxy=self._proxy(url),
                trace_request_ctx=connection,
            )
        except TimeoutError as error:
            raise UpstreamTimeout(f"{_host(url)} did not answer in time: {_in_words(error)}") from error
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
            raise
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise UpstreamError(f"{_host(url)}: {_in_words(error)}") from error
        return Reply(response)

    def _proxy(self, url: str) -> str | None:
        if not self._proxies:
            return None
        parts = URL(url, encoded=True)
        proxy = self._proxies.get(parts.scheme)
        return None if proxy is None or proxy_bypass(f"{parts.host}:{parts.port}") else proxy


class Reply:
    """An answer that is coming in (`rounds.UpstreamReply`)."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response
        self.status = response.status
        self.headers: Headers = [(name.lower(), value) for name, value in response.raw_headers]

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body as it comes in, content encoding untouched. Raises UpstreamError when it breaks off."""
        read = self._response.content.readany
        try:
            while chunk := await read():
                yield chunk
        except TimeoutError as error:
            raise UpstreamTimeout(f"{self._response.host}: the answer came to a standstill") from error
        except (aiohttp.ClientError, OSError) as error:
            raise UpstreamError(f"{self._response.host} broke off its answer: {_in_words(error)}") from error

    async def close(self) -> None:
        """Let go of the connection: back to the pool after a whole answer, else closed."""
        self._response.close()


class Bound:
    """One endpoint of a provider with everything but the body (`rounds.Upstream`)."""

    def __init__(
        self,
        connections: Connections,
        settings: UpstreamSettings,
        url: str,
        headers: Sequence[tuple[str, str]],
        *,
        method: str = "POST",
    ) -> None:
        self._connections = connections
        self._settings = settings
        self._url = url
        self._headers = headers
        self._method = method
        self.last: Reply | None = None
        """The answer to the newest request."""

    async def send(self, body: bytes, *, plain: bool) -> Reply:
        headers = self._headers
        if plain:
            headers = [(name, value) for name, value in headers if name != "accept-encoding"]
            headers.append(("accept-encoding", "identity"))
        self.last = await self._connections.request(self._method, self._url, headers, body, self._settings)
        return self.last


def _session(connector: aiohttp.TCPConnector, tracing: aiohttp.TraceConfig) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        skip_auto_headers=_AUTOMATIC,
        auto_decompress=False,
        trust_env=False,
        trace_configs=[tracing],
        max_line_size=_FIELD_BYTES,
        max_field_size=_FIELD_BYTES,
    )


@lru_cache(maxsize=256)
def _parsed(url: str) -> URL:
    return URL(url, encoded=True)


@lru_cache(maxsize=256)
def _patience(connect_s: float, read_s: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=None, connect=connect_s, sock_read=read_s)


async def _note_reuse(
    session: aiohttp.ClientSession, context: SimpleNamespace, params: aiohttp.TraceConnectionReuseconnParams
) -> None:
    context.trace_request_ctx.reused = True


def _host(url: str) -> str:
    return URL(url, encoded=True).authority


def _in_words(error: BaseException) -> str:
    """What went wrong, for a client to read; aiohttp's longest messages repeat the address."""
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"cannot connect ({error.os_error.strerror or error.os_error})"
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return "the connection was closed without an answer"
    if isinstance(error, asyncio.TimeoutError):
        return str(error) or "time is up"
    return str(error) or type(error).__name__
