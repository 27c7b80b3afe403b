"""Which provider a request goes to."""

from __future__ import annotations

import orjson
import pytest

from tests.fakes.provider import FakeProvider, saying
from tests.gateway.asgi import running
from trimtab.config import Config, Upstream
from trimtab.gateway.routing import Router, peek


def router(*routes: dict[str, str]) -> Router:
    urls = {"openai": "https://api.openai.com/v1", "anthropic": "https://api.anthropic.com", "own": "http://gpu:8000"}
    upstreams = {name: Upstream(url=url) for name, url in urls.items()}
    return Router(Config(upstreams=upstreams, **({"routes": routes} if routes else {})))  # type: ignore[arg-type]


def name_of(found: object) -> str | None:
    return getattr(found, "name", None)


@pytest.mark.parametrize(
    ("path", "headers", "upstream"),
    [
        ("/v1/chat/completions", {}, "openai"),
        ("/v1/messages", {}, "anthropic"),
        ("/v1/messages/count_tokens", {}, "anthropic"),
        ("/v1/models", {}, "openai"),
        ("/v1/models", {"anthropic-version": "2023-06-01"}, "anthropic"),
        ("/v1/files", {"anthropic-version": "2023-06-01"}, "anthropic"),
    ],
)
def test_each_clients_requests_go_to_its_own_provider(path: str, headers: dict[str, str], upstream: str) -> None:
    """With the default routes no Anthropic key is ever sent to OpenAI, whatever the path."""
    assert name_of(router().find(path, headers)) == upstream


def test_the_first_route_that_matches_wins() -> None:
    """Path, model and header all have to match."""
    routes = router(
        {"upstream": "own", "model": "llama-*"},
        {"upstream": "anthropic", "header": "Anthropic-Version"},
        {"upstream": "openai", "path": "/v1/chat/"},
    )
    assert name_of(routes.find("/v1/chat/completions", {}, "llama-3")) == "own"
    assert name_of(routes.find("/v1/chat/completions", {"anthropic-version": "x"}, "gpt")) == "anthropic"
    assert name_of(routes.find("/v1/chat/completions", {}, "gpt")) == "openai"
    assert routes.find("/v1/embeddings", {}, "gpt") is None


def test_the_model_is_only_looked_for_where_a_route_asks_for_it() -> None:
    """Reading a body for nothing costs time."""
    routes = router({"upstream": "own", "path": "/v1/chat/", "model": "llama-*"}, {"upstream": "openai"})
    assert routes.needs_model("/v1/chat/completions")
    assert not routes.needs_model("/v1/embeddings")


def test_addresses_are_joined_as_written() -> None:
    """A base URL with a path or /v1 gives the address that the provider documents."""
    destinations = router().destinations
    assert destinations["openai"].url(b"/v1/models", b"") == "https://api.openai.com/v1/models"
    assert destinations["own"].url(b"/v1/a%2Fb", b"x=%20") == "http://gpu:8000/v1/a%2Fb?x=%20"
    assert (destinations["openai"].provider, destinations["own"].provider) == ("openai", "unknown")


@pytest.mark.parametrize(
    ("body", "model", "background"),
    [
        (b'{"model":"a","background":true}', "a", True),
        (b'{"background":null,"model":"a","model":"b"}', "b", False),
        (b'{"background":"true","model":7}', "", False),
        (b'{"model":', "", False),
        (b'["model"]', "", False),
        (b"\xff", "", False),
        (b"[" * 100_000, "", False),
    ],
)
def test_a_look_at_the_body_never_fails(body: bytes, model: str, background: bool) -> None:
    """What cannot be read has no model, and the provider refuses it."""
    looked = peek(body)
    assert (looked.model, looked.background) == (model, background)


async def test_models_are_routed_on_every_path() -> None:
    """Chat and embeddings of one model family go to its server, what matches nothing is told so."""
    async with FakeProvider(saying("own")) as own, FakeProvider(saying("other")) as other:
        config = Config(
            store={"path": ":memory:"},  # type: ignore[arg-type]
            upstreams={"own": Upstream(url=own.url), "other": Upstream(url=other.url + "/v1")},  # type: ignore[call-arg]
            routes=[{"upstream": "own", "model": "llama-*"}, {"upstream": "other", "path": "/v1/messages"}],  # type: ignore[arg-type]
        )
        async with running(config) as call:
            chat = orjson.dumps({"model": "llama-3", "messages": [{"role": "user", "content": "hi"}]})
            assert b"own" in (await call("/v1/chat/completions", chat)).body
            assert b"own" in (await call("/v1/messages", chat)).body
            assert b"other" in (await call("/v1/messages", chat.replace(b"llama", b"claude"))).body
            missing = await call("/v1/chat/completions", chat.replace(b"llama", b"gpt"))
            assert (missing.status, "no route" in missing.json["error"]["message"]) == (404, True)
            missing = await call("/v1/embeddings", b'{"model":"gpt"}')
            assert missing.status == 404
    assert [received.path for received in own.received] == ["/v1/chat/completions", "/v1/messages"]
