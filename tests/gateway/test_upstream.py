"""The connections to the providers."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.fakes import formats
from tests.fakes.provider import FakeProvider, giving, saying
from tests.gateway.conftest import Start
from trimtab.config import Upstream
from trimtab.gateway.upstream import Bound, Connections

BODY = formats.request("openai_chat", ["hi"])


@pytest.fixture
async def connections() -> AsyncIterator[Connections]:
    opened = Connections()
    yield opened
    await opened.close()


async def test_a_plain_answer_is_asked_for_where_it_has_to_be_read(
    connections: Connections, provider: FakeProvider
) -> None:
    """Rounds read what they pass on; everything else goes out with the client's own wish."""
    upstream = Bound(
        connections, Upstream(url=provider.url), provider.url + "/v1/chat/completions", [("accept-encoding", "br")]
    )
    for plain in (True, False):
        reply = await upstream.send(BODY, plain=plain)
        assert [chunk async for chunk in reply.chunks()]
        await reply.close()
    assert [received.header("accept-encoding") for received in provider.received] == ["identity", "br"]


async def test_nothing_is_added_to_a_request(connections: Connections, provider: FakeProvider) -> None:
    """No user agent, no accept, no content type of ours: only the host and the length."""
    await Bound(connections, Upstream(url=provider.url), provider.url + "/v1/messages", []).send(BODY, plain=False)
    assert [name.lower() for name, _ in provider.received[0].headers] == [b"host", b"content-length"]


async def test_connections_are_kept(connections: Connections, provider: FakeProvider) -> None:
    """A whole answer leaves its connection for the next request, and one that was left does not."""
    upstream = Bound(connections, Upstream(url=provider.url), provider.url + "/v1/messages", [])
    for whole in (True, True, False, True):
        reply = await upstream.send(BODY, plain=False)
        if whole:
            assert [chunk async for chunk in reply.chunks()]
        await reply.close()
    assert [received.connection for received in provider.received][:3] == [1, 1, 1]
    assert provider.received[3].connection in (1, 2)  # a small answer may have come whole by then


async def test_cookies_are_the_clients_own(connections: Connections, provider: FakeProvider) -> None:
    """What one caller is given is never sent for another."""
    provider.behave = giving(b"{}", headers=(("set-cookie", "who=ann"),))
    upstream = Bound(connections, Upstream(url=provider.url), provider.url + "/v1/messages", [])
    for _ in range(2):
        await (await upstream.send(BODY, plain=False)).close()
    assert [received.header("cookie") for received in provider.received] == [None, None]


@pytest.mark.parametrize("chosen", [True, False])
async def test_a_proxy_of_the_environment_is_used_where_chosen(
    chosen: bool, provider: FakeProvider, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By default the environment of the process does not redirect anybody's requests."""
    async with FakeProvider(saying("through the proxy")) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        async with start(server={"proxy_from_env": chosen}) as call:
            proxy.behave = giving(b"{}")
            await call("/v1/models", method="GET")
    assert len(proxy.received) == chosen
    if chosen:
        assert proxy.received[0].target == provider.url + "/v1/models"


async def test_hosts_without_proxy_are_reached_directly(
    provider: FakeProvider, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NO_PROXY names them."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    provider.behave = giving(b"[]")
    async with start(server={"proxy_from_env": True}) as call:
        assert (await call("/v1/models", method="GET")).body == b"[]"
