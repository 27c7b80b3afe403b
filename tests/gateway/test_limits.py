"""Bodies over the limit, and other requests that are answered here."""

from __future__ import annotations

import pytest

from tests.fakes import formats
from tests.fakes.provider import FakeProvider
from tests.gateway.conftest import Start
from tests.gateway.test_failures import message_of
from tests.gateway.test_fidelity import path_of
from trimtab.request import Format

LIMIT = {"server": {"max_body_bytes": 1024}}


@pytest.mark.parametrize("wire", formats.FORMATS)
@pytest.mark.parametrize("announced", [True, False])
@pytest.mark.parametrize("parts", [3, 4, 40])
async def test_a_body_over_the_limit_is_a_413(
    wire: Format, announced: bool, parts: int, provider: FakeProvider, start: Start
) -> None:
    """By its announced length or by its real one, in the provider's shape, and nothing goes upstream."""
    framing = [] if announced else [(b"transfer-encoding", b"chunked")]
    async with start(**LIMIT) as call:
        answer = await call(path_of(wire), [b"x" * 512] * parts, framing)
    assert answer.status == 413
    assert "server.max_body_bytes" in str(message_of(wire, answer.json))
    assert provider.received == []


async def test_a_body_at_the_limit_passes(provider: FakeProvider, start: Start) -> None:
    """The limit itself is allowed."""
    async with start(**LIMIT) as call:
        body = formats.request("openai_chat", ["hi"])
        await call("/v1/chat/completions", body + b" " * (1024 - len(body)))
    assert len(provider.received[0].body) == 1024


async def test_uploads_that_are_passed_through_have_no_limit(provider: FakeProvider, start: Start) -> None:
    """A file is streamed and takes no room here; the provider knows its own limits."""

    async with start(**LIMIT) as call:
        await call("/v1/files", [b"x" * 65_536] * 40)
    assert len(provider.received[0].body) == 65_536 * 40
    assert provider.received[0].header("content-length") == str(65_536 * 40)


async def test_other_paths_say_what_there_is(start: Start) -> None:
    """A wrong base URL is answered with what would be right."""
    async with start() as call:
        for path in ("/", "/chat/completions", "/v1/trimtab/nothing"):
            answer = await call(path)
            assert answer.status == 404
            assert "/v1/" in answer.json["error"]["message"]


async def test_a_wrong_method_is_the_providers_to_refuse(provider: FakeProvider, start: Start) -> None:
    """GET on a model path is passed through: listing stored completions is such a call."""
    async with start() as call:
        await call("/v1/chat/completions?limit=2", method="GET")
    assert (provider.received[0].method, provider.received[0].target) == ("GET", "/v1/chat/completions?limit=2")


async def test_websockets_are_declined(start: Start) -> None:
    """There is no realtime API here."""
    sent: list[dict[str, object]] = []

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    async with start() as call:
        await call.gateway({"type": "websocket", "path": "/v1/realtime"}, None, send)  # type: ignore[arg-type]
    assert sent == [{"type": "websocket.close", "code": 1003}]
