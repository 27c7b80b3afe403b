"""Embeddings on our own account, through the gateway's connections: what `RemoteEmbedder` asks."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import orjson

from trimtab.config import Config, Provider, Upstream, provider_of
from trimtab.errors import ConfigError, UpstreamError, UpstreamTimeout
from trimtab.gateway.upstream import Connections
from trimtab.optimizer import Optimizer
from trimtab.response import Usage
from trimtab.semantic_cache.embedding_service import RemoteEmbedder
from trimtab.telemetry.ledger import own_row
from trimtab.tokens import count

TASK = "embedding"
TIMEOUT_S = 2.0
"""A request waits for its embedding: what takes longer is a miss."""
_PATH = "/v1/embeddings"
_FORMAT = "openai_embeddings"


class _Vector(msgspec.Struct):
    index: int
    embedding: list[float]


class _Used(msgspec.Struct):
    prompt_tokens: int


class _Answer(msgspec.Struct):
    data: list[_Vector]
    usage: _Used | None = None


_decode = msgspec.json.Decoder(_Answer).decode


@dataclass(frozen=True)
class _Call:
    """A call that was made (`ledger.OwnCall`)."""

    model: str
    at: float
    seconds: float
    status: int
    usage: Usage | None
    cost: float | None
    error: str
    task: str = TASK
    tenant: str = ""
    """Vectors are remembered for whoever asks next, so they are nobody's in particular."""
    format: str = _FORMAT

    @property
    def complete(self) -> bool:
        return not self.error


class OwnEmbeddings:
    """Asks one upstream for vectors, with the credential that is meant for it, and writes down what that costs."""

    def __init__(self, optimizer: Optimizer, connections: Connections, settings: Upstream, credential: str) -> None:
        self._optimizer = optimizer
        self._connections = connections
        self._settings = settings.model_copy(update={"read_timeout_s": TIMEOUT_S})
        self._provider: Provider = provider_of(settings.url) if settings.provider == "unknown" else settings.provider
        self._headers = [
            ("content-type", "application/json"),
            ("accept", "application/json"),
            ("accept-encoding", "identity"),
            ("authorization", f"Bearer {credential}"),
        ]

    async def __call__(self, model: str, texts: Sequence[str]) -> list[list[float]]:
        """One vector a text, in their order. Raises UpstreamError, UpstreamTimeout."""
        at, status, used = self._optimizer.clock(), 0, None
        error, billed = "cancelled", True  # also where we do not learn what became of it: it may have been billed
        try:
            async with asyncio.timeout(TIMEOUT_S):
                status, body = await self._send(model, texts)
            if not 200 <= status < 300:
                raise UpstreamError(f"embeddings: the provider answered {status}")
            vectors, used = _read(body, len(texts))
            error = ""
        except (TimeoutError, UpstreamTimeout) as late:
            error = f"no answer within {TIMEOUT_S:g} s"
            raise UpstreamTimeout(f"embeddings: {error}") from late
        except UpstreamError as refused:
            error, billed = str(refused), 200 <= status < 300
            raise
        finally:
            cost = self._cost(model, texts, used) if billed else 0.0
            seconds = self._optimizer.clock() - at
            self._optimizer.ledger.write(own_row(_Call(model, at, seconds, status, used, cost, error)))
        return vectors

    async def _send(self, model: str, texts: Sequence[str]) -> tuple[int, bytes]:
        body = orjson.dumps({"model": model, "input": list(map(_readable, texts)), "encoding_format": "float"})
        url = self._settings.url + _PATH
        reply = await self._connections.request("POST", url, self._headers, body, self._settings)
        try:
            return reply.status, b"".join([chunk async for chunk in reply.chunks()])
        finally:
            await reply.close()

    def _cost(self, model: str, texts: Sequence[str], used: Usage | None) -> float | None:
        """Dollars, by our own count of tokens where the provider reports none; None without a known price."""
        price = self._optimizer.pipeline.prices.of(model, self._provider)
        if price is None:
            return None
        return price.cost(used or Usage(fresh=sum(map(count, texts))))


def _read(body: bytes, texts: int) -> tuple[list[list[float]], Usage | None]:
    """The vectors of an answer in the order of their texts, and its usage. Raises UpstreamError."""
    try:
        answer = _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UpstreamError(f"embeddings: the answer cannot be read: {error}") from error
    vectors = {each.index: each.embedding for each in answer.data}
    if len(answer.data) != texts or vectors.keys() != set(range(texts)):
        raise UpstreamError(f"embeddings: {len(answer.data)} vectors came for {texts} texts")
    used = None if answer.usage is None else Usage(fresh=answer.usage.prompt_tokens)
    return [vectors[index] for index in range(texts)], used


def _readable(text: str) -> str:
    """The text without lone surrogates, which JSON cannot carry."""
    return text.encode("utf-8", "replace").decode()


def connect_embedder(config: Config, optimizer: Optimizer, connections: Connections) -> None:
    """Give an embedder that asks a provider its way there. Raises ConfigError where the credential is missing."""
    embedder = optimizer.embedder
    if not isinstance(embedder, RemoteEmbedder):
        return
    cache = config.cache
    credential = os.environ.get(cache.embedder_key_env, "") if cache.embedder_key_env else ""
    if not credential:
        raise ConfigError(
            f"cache.embedder_key_env = {cache.embedder_key_env!r}: embeddings through a provider need a credential of "
            "their own in an environment variable that is set"
        )
    embedder.ask = OwnEmbeddings(optimizer, connections, config.upstreams[cache.embedder_upstream], credential)
