"""The client's side of one exchange: its body, its going away, and what it is sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from types import TracebackType
from typing import Any, TypeAlias

from trimtab.errors import TrimtabError
from trimtab.gateway.headers import RawHeaders, as_text

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]


_WATCH_AFTER_S = 0.1


class ClientGone(TrimtabError):
    """The client went away before it had everything."""


class BodyTooLarge(TrimtabError):
    """The client's body is over the limit."""


class Head:
    """The head of one HTTP request."""

    def __init__(self, scope: Scope) -> None:
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.raw_path: bytes = scope.get("raw_path") or self.path.encode("utf-8")
        self.query: bytes = scope["query_string"]
        self.headers: RawHeaders = scope["headers"]
        self.named = as_text(self.headers)
        """The headers by lower-case name."""


class Client(Head):
    """Reads one HTTP request from an ASGI server and writes its response."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        super().__init__(scope)
        self._complete = False
        self._receive = receive
        self._send = send
        self.started = False
        """Whether the head of the response was sent."""
        self.gone = False

    # -- the request ------------------------------------------------------------------------------------------

    async def body(self, limit: int) -> bytes:
        """The whole body. Raises BodyTooLarge, ClientGone."""
        announced = self._announced()
        if announced > limit:
            await self._discard(limit)
            raise BodyTooLarge(f"the request body has {announced} bytes, more than the limit of {limit}")
        parts: list[bytes] = []
        size = 0
        async for part in self.parts():
            size += len(part)
            if size > limit:
                await self._discard(limit)
                raise BodyTooLarge(f"the request body has more than the limit of {limit} bytes")
            parts.append(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    async def parts(self) -> AsyncIterator[bytes]:
        """The body as it comes in. Raises ClientGone."""
        while not self._complete:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                self.gone = True
                raise ClientGone("the client went away before its request was complete")
            self._complete = not message.get("more_body", False)
            if part := message.get("body", b""):
                yield part

    @property
    def has_body(self) -> bool:
        """Whether a body was announced."""
        return "content-length" in self.named or "transfer-encoding" in self.named

    def _announced(self) -> int:
        length = self.named.get("content-length", "")
        return int(length) if length.isdecimal() else 0

    async def _discard(self, limit: int) -> None:
        """Read on for a while: a client that is still writing would see a reset connection and no answer."""
        size = 0
        async for part in self.parts():
            size += len(part)
            if size > limit:
                return

    # -- the response -----------------------------------------------------------------------------------------

    async def start(self, status: int, headers: RawHeaders) -> None:
        self.started = True
        await self._tell({"type": "http.response.start", "status": status, "headers": headers})

    async def send(self, chunk: bytes) -> None:
        await self._tell({"type": "http.response.body", "body": chunk, "more_body": True})

    async def end(self, chunk: bytes = b"") -> None:
        await self._tell({"type": "http.response.body", "body": chunk, "more_body": False})

    async def _tell(self, message: Message) -> None:
        try:
            await self._send(message)
        except OSError as error:  # as the ASGI specification has it; other servers drop what is sent
            self.gone = True
            raise ClientGone("the client went away") from error

    async def answer(self, status: int, body: bytes, headers: RawHeaders = ()) -> None:
        """A whole JSON answer of ours."""
        about = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await self.start(status, [*about, *headers])
        await self.end(body)

    async def gone_away(self) -> None:
        """Wait until the client has gone. Only once its body has been read."""
        while (await self._receive())["type"] != "http.disconnect":
            pass


class UntilGone:
    """Cancels what happens inside it as soon as the client has gone away; raises ClientGone then.

    The watch begins with `watch`, a moment later: most answers are there by then, and a listener that is not needed
    costs more than all the rest of serving one. The cancelling begins with the ``async with`` block, so that work
    in between (which must come to its own end) is left alone.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._timer: asyncio.TimerHandle | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._inside: asyncio.Task[Any] | None = None
        self._cancelled = False

    def watch(self) -> None:
        """Listen for the client's going away before long. The body has to be read by then."""
        self._timer = asyncio.get_running_loop().call_later(_WATCH_AFTER_S, self._listen)

    def _listen(self) -> None:
        self._watcher = asyncio.get_running_loop().create_task(self._client.gone_away())
        self._watcher.add_done_callback(self._noticed)

    def stop(self) -> None:
        """Listen no longer."""
        if self._timer is not None:
            self._timer.cancel()
        if self._watcher is not None:
            self._watcher.cancel()

    def _noticed(self, watcher: asyncio.Task[None]) -> None:
        if watcher.cancelled():
            return
        self._client.gone = True
        watcher.exception()  # a server that cannot say more is a client that is gone
        if self._inside is not None:
            self._cancelled = True
            self._inside.cancel()

    async def __aenter__(self) -> None:
        if self._client.gone:
            raise ClientGone("the client went away")
        self._inside = asyncio.current_task()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        task, self._inside = self._inside, None
        if self._cancelled and task is not None and task.uncancel() == 0 and kind is asyncio.CancelledError:
            raise ClientGone("the client went away") from error
