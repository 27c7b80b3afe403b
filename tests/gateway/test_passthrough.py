"""Every other path under /v1/ is forwarded as it is."""

from __future__ import annotations

import asyncio

import pytest

from tests.fakes.provider import JSON, Answering, FakeProvider, Received, giving
from tests.gateway.asgi import Exchange
from tests.gateway.conftest import Start


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", "/v1/models"),
        ("GET", "/v1/responses/resp_1?include=a"),
        ("DELETE", "/v1/responses/resp_1"),
        ("POST", "/v1/responses/resp_1/cancel"),
        ("POST", "/v1/messages/batches"),
        ("PATCH", "/v1/anything/new"),
        ("HEAD", "/v1/models"),
    ],
)
async def test_any_method_and_path_is_forwarded(method: str, target: str, provider: FakeProvider, start: Start) -> None:
    """Stored responses, batches, files and whatever comes next need nothing of ours."""
    provider.behave = giving(b"" if method == "HEAD" else b'{"deleted":true}', 200, (*JSON, ("x-request-id", "1")))
    async with start() as call:
        answer = await call(target, method=method, headers=[(b"authorization", b"Bearer k")])
    received = provider.received[0]
    assert (received.method, received.target, received.header("authorization")) == (method, target, "Bearer k")
    assert answer.complete
    assert answer.header("x-request-id") == "1"
    assert not any(name.startswith(b"x-trimtab") for name, _ in answer.headers)


@pytest.mark.parametrize("path", ["/v1/embeddings", "/v1/messages/count_tokens"])
async def test_bodies_are_forwarded_byte_for_byte(path: str, provider: FakeProvider, start: Start) -> None:
    """Embeddings and token counts are asked as the client asked."""
    body = b'{ "input" : ["a"] ,"model":"m" }'
    async with start() as call:
        provider.behave = giving(b'{"data":[]}')
        answer = await call(path, body)
    assert provider.received[0].body == body
    assert answer.body == b'{"data":[]}'


async def test_an_upload_of_unknown_length_is_forwarded_while_it_comes(provider: FakeProvider, start: Start) -> None:
    """A chunked upload is neither collected nor measured here."""
    provider.behave = giving(b"{}")
    async with start() as call:
        await call("/v1/files", [b"one", b"two"], [(b"transfer-encoding", b"chunked")])
    assert provider.received[0].body == b"onetwo"
    assert provider.received[0].header("transfer-encoding") == "chunked"


async def test_an_answer_is_forwarded_while_it_comes(provider: FakeProvider, start: Start) -> None:
    """The client has the first part before the provider has sent the second."""
    proceed = asyncio.Event()

    async def behave(request: Received, answering: Answering) -> None:
        await answering.start()
        await answering.chunk(b"data: 1\n\n")
        await proceed.wait()
        await answering.chunk(b"data: 2\n\n")
        await answering.end()

    provider.behave = behave
    async with start() as call:
        exchange = Exchange()
        asking = asyncio.create_task(call("/v1/threads/runs", b"{}", exchange=exchange))
        await exchange.begun.wait()
        assert exchange.body == b"data: 1\n\n"
        proceed.set()
        await asking
    assert exchange.body == b"data: 1\n\ndata: 2\n\n"


async def test_a_redirect_is_the_clients_to_follow(provider: FakeProvider, start: Start) -> None:
    """The gateway goes nowhere on its own."""
    provider.behave = giving(b"", 302, (("location", "https://elsewhere.test/"),))
    async with start() as call:
        answer = await call("/v1/files/1/content", method="GET")
    assert (answer.status, answer.header("location")) == (302, "https://elsewhere.test/")


@pytest.mark.parametrize(
    ("path", "headers", "anthropic"),
    [
        ("/v1/models", [], False),
        ("/v1/models", [(b"anthropic-version", b"2023-06-01")], True),
        ("/v1/messages/count_tokens", [], True),
    ],
)
async def test_errors_have_the_shape_that_the_caller_expects(
    path: str, headers: list[tuple[bytes, bytes]], anthropic: bool, provider: FakeProvider, start: Start
) -> None:
    """Where the path does not tell whose client it is, its headers do."""

    async def dies(request: Received, answering: Answering) -> None:
        answering.die()

    provider.behave = dies
    async with start() as call:
        answer = await call(path, b"{}", headers)
    assert answer.status == 502
    assert (answer.json.get("type") == "error") == anthropic


async def test_an_answer_that_breaks_off_is_broken_off(provider: FakeProvider, start: Start) -> None:
    """Half a file is not passed off as a whole one."""

    async def breaks(request: Received, answering: Answering) -> None:
        await answering.start(200, JSON, length=100)
        await answering.raw(b"half")
        answering.close()

    provider.behave = breaks
    async with start() as call:
        answer = await call("/v1/files/1/content", method="GET")
    assert (answer.status, answer.body, answer.complete) == (200, b"half", False)
