"""Embeddings through a provider: where they go, under whose credential, what they cost, and what a failure costs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
import orjson
import pytest

from tests.fakes.provider import Behaviour, FakeProvider, giving, silence
from tests.gateway.asgi import Caller, running
from tests.gateway.conftest import configured
from trimtab.errors import ConfigError, EmbeddingError
from trimtab.gateway import own_embeddings
from trimtab.gateway.app import build_app
from trimtab.semantic_cache.embedding_service import RemoteEmbedder
from trimtab.telemetry.ledger import OWN, Row

KEY = "TRIMTAB_TEST_EMBEDDING_KEY"
CACHE = {"embedder": "openai:text-embedding-3-small", "embedder_upstream": "default", "embedder_key_env": KEY}


def vectors(*found: list[float], usage: dict[str, int] | None = None) -> Behaviour:
    data = [{"object": "embedding", "index": index, "embedding": vector} for index, vector in enumerate(found)]
    used = {} if usage is None else {"usage": usage}
    return giving(orjson.dumps({"object": "list", "data": data[::-1], "model": "m", **used}))


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, "sk-embed")


@asynccontextmanager
async def gateway(behave: Behaviour, **cache: Any) -> AsyncIterator[tuple[Caller, FakeProvider, RemoteEmbedder]]:
    async with FakeProvider(behave) as provider, running(configured(provider.url, cache={**CACHE, **cache})) as call:
        embedder = call.gateway.optimizer.embedder
        assert isinstance(embedder, RemoteEmbedder)
        yield call, provider, embedder


async def own_rows(call: Caller) -> list[Row]:
    await call.gateway.optimizer.settle()
    return [row for _, row in await call.gateway.optimizer.ledger.rows() if row.route == OWN]


async def test_a_text_goes_to_the_configured_upstream_under_its_own_credential() -> None:
    async with gateway(vectors([3.0, 4.0], usage={"prompt_tokens": 1000, "total_tokens": 1000})) as (
        call,
        provider,
        it,
    ):
        assert np.allclose(await it.embed("What is a keel?"), [0.6, 0.8])
        (received,) = provider.received
        assert (received.method, received.path) == ("POST", "/v1/embeddings")
        assert received.header("authorization") == "Bearer sk-embed"
        assert received.json == {
            "model": "text-embedding-3-small",
            "input": ["What is a keel?"],
            "encoding_format": "float",
        }
        (row,) = await own_rows(call)
        assert (row.model, row.format, row.flags) == (
            "text-embedding-3-small",
            "openai_embeddings",
            {"task": "embedding"},
        )
        assert row.usage["fresh"] == 1000
        assert row.own_cost == pytest.approx(1000 * 0.02e-6)
        assert (row.complete, row.fallback) == (True, "")


async def test_several_vectors_come_in_the_order_of_their_texts() -> None:
    """Whatever order the provider lists them in."""
    async with gateway(vectors([1.0], [2.0])) as (_, _, it):
        assert it.ask is not None
        assert await it.ask("m", ["one", "two"]) == [[1.0], [2.0]]


async def test_without_reported_usage_the_cost_is_estimated(monkeypatch: pytest.MonkeyPatch) -> None:
    async with gateway(vectors([1.0])) as (call, _, it):
        await it.embed("What is a keel?")
        (row,) = await own_rows(call)
        assert (row.reported, row.usage, 0 < row.own_cost < 1e-6) == (False, {}, True)


async def test_a_model_without_a_price_has_no_dollars() -> None:
    async with gateway(vectors([1.0]), embedder="openai:house-embedder") as (call, _, it):
        await it.embed("What is a keel?")
        (row,) = await own_rows(call)
        assert (row.cost, row.own_cost) == (None, 0.0)


@pytest.mark.parametrize(
    ("behave", "why", "status"),
    [
        (giving(b'{"error":{"message":"no"}}', 401), "the provider answered 401", 401),
        (giving(b"<html>"), "cannot be read", 200),
        (giving(b'{"data":[{"index":0,"embedding":["a"]}]}'), "cannot be read", 200),
        (vectors(), "0 vectors came for 1 texts", 200),
        (vectors([1.0], [2.0]), "2 vectors came for 1 texts", 200),
        (giving(b'{"data":[{"index":3,"embedding":[1.0]}]}'), "1 vectors came", 200),
    ],
    ids=["refused", "html", "no-numbers", "none", "too-many", "wrong-index"],
)
async def test_an_answer_that_is_no_vector_is_an_error_in_words(behave: Behaviour, why: str, status: int) -> None:
    async with gateway(behave) as (call, _, it):
        with pytest.raises(EmbeddingError, match=why):
            await it.embed("What is a keel?")
        (row,) = await own_rows(call)
        assert (row.status, row.complete, why in row.fallback) == (status, False, True)
        assert (row.own_cost > 0) == (status == 200)


async def test_a_provider_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_embeddings, "TIMEOUT_S", 0.05)
    async with gateway(silence) as (call, _, it):
        with pytest.raises(EmbeddingError, match="no answer within"):
            await it.embed("What is a keel?")
        (row,) = await own_rows(call)
        assert (row.status, row.own_cost > 0) == (0, True)  # it may have been billed


async def test_a_provider_that_is_not_there_costs_nothing() -> None:
    async with running(configured("http://127.0.0.1:9", cache=CACHE)) as call:
        embedder = call.gateway.optimizer.embedder
        with pytest.raises(EmbeddingError, match="cannot connect"):
            await embedder.embed("What is a keel?")
        (row,) = await own_rows(call)
        assert (row.status, row.own_cost, row.complete) == (0, 0.0, False)


async def test_a_request_that_is_given_up_leaves_its_row() -> None:
    """What a cancelled call had asked for may have been billed."""
    async with gateway(silence) as (call, provider, it):
        asking = asyncio.create_task(it.embed("What is a keel?"))
        await provider.arrived.wait()
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        (row,) = await own_rows(call)
        assert (row.fallback, row.own_cost > 0) == ("cancelled", True)


async def test_half_a_character_is_sent_as_a_question_mark() -> None:
    async with gateway(vectors([1.0])) as (_, provider, it):
        await it.embed("a\ud83d")
        assert provider.received[0].json["input"] == ["a?"]


@pytest.mark.parametrize("name", ["", "TRIMTAB_TEST_UNSET_KEY"])
async def test_without_a_credential_it_does_not_start(name: str) -> None:
    gateway = build_app(configured("http://127.0.0.1:9", cache={**CACHE, "embedder_key_env": name}))
    with pytest.raises(ConfigError, match=rf"cache\.embedder_key_env = '{name}'"):
        await gateway.open()


async def test_the_builtin_embedder_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY)
    async with running(configured("http://127.0.0.1:9")) as call:
        assert not isinstance(call.gateway.optimizer.embedder, RemoteEmbedder)
