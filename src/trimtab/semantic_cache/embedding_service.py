"""Embeddings for the cache and for whoever else compares meanings: one protocol, three ways to get them.

The built-in encoder runs on one thread of its own. What is asked while it is busy is answered together, in one
batch; what was asked lately is remembered.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from trimtab.errors import EmbeddingError, UpstreamError
from trimtab.models import Encoder

Floats: TypeAlias = npt.NDArray[np.float32]
EmbedRemotely: TypeAlias = Callable[[str, Sequence[str]], Awaitable[Sequence[Sequence[float]]]]
"""Model name and texts to vectors, through the upstream. Raises UpstreamError."""

LARGEST_BATCH = 16
REMEMBERED = 2048


class TextEncoder(Protocol):
    """An encoder that runs here, on the thread that calls it."""

    @property
    def name(self) -> str: ...

    def encode(self, texts: Sequence[str]) -> Floats:
        """Vectors of shape (len(texts), dimensions)."""


class EmbeddingService:
    """Embeds texts through an encoder of this process; the encoder is loaded when the first text comes."""

    def __init__(self, name: str, load: Callable[[], TextEncoder]) -> None:
        self.name = name
        self._load = load
        self._encoder: TextEncoder | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="trimtab-embed")
        self._waiting: dict[str, asyncio.Future[Floats]] = {}
        self._running: asyncio.Task[None] | None = None
        self._memo: OrderedDict[str, Floats] = OrderedDict()

    async def embed(self, text: str) -> Floats:
        """The vector of a text, of length 1. Raises EmbeddingError where the encoder cannot be loaded."""
        known = self._memo.get(text)
        if known is not None:
            self._memo.move_to_end(text)
            return known
        wanted = self._waiting.get(text)
        if wanted is None:
            wanted = self._waiting[text] = asyncio.get_running_loop().create_future()
            if self._running is None or self._running.done():
                self._running = asyncio.get_running_loop().create_task(self._work())
        return await asyncio.shield(wanted)

    async def _work(self) -> None:
        """Encode what waits, batch after batch, until nothing does."""
        loop = asyncio.get_running_loop()
        while self._waiting:
            texts = list(self._waiting)[:LARGEST_BATCH]
            wanted = [self._waiting.pop(text) for text in texts]
            try:
                vectors = await loop.run_in_executor(self._thread, self._encode, texts)
            except EmbeddingError as error:
                for future in wanted:
                    if not future.done():
                        future.set_exception(error)
                        future.exception()  # who asked may have gone away
                continue
            for text, future, vector in zip(texts, wanted, vectors, strict=True):
                self._remember(text, vector)
                if not future.done():
                    future.set_result(vector)

    def _encode(self, texts: Sequence[str]) -> Floats:
        try:
            if self._encoder is None:
                self._encoder = self._load()
            return self._encoder.encode(texts)
        except (ImportError, OSError, RuntimeError, ValueError) as error:
            raise EmbeddingError(f"the embedder {self.name} does not work: {error}") from error

    def _remember(self, text: str, vector: Floats) -> None:
        self._memo[text] = vector
        if len(self._memo) > REMEMBERED:
            self._memo.popitem(last=False)


class RemoteEmbedder:
    """Embeds texts through a provider; what was asked lately is remembered."""

    def __init__(self, model: str) -> None:
        self.name = f"openai:{model}"
        self.ask: EmbedRemotely | None = None
        """Set by whoever has a way to the provider."""
        self._model = model
        self._memo: OrderedDict[str, Floats] = OrderedDict()

    async def embed(self, text: str) -> Floats:
        """The vector of a text, of length 1. Raises EmbeddingError where the provider gives none."""
        known = self._memo.get(text)
        if known is not None:
            return known
        if self.ask is None:
            raise EmbeddingError(f"{self.name}: embeddings through a provider need the gateway")
        try:
            vectors = await self.ask(self._model, [text])
        except UpstreamError as error:
            raise EmbeddingError(f"{self.name}: {error}") from error
        vector = np.asarray(vectors[0] if vectors else (), dtype=np.float32)
        length = float(np.linalg.norm(vector)) if vector.ndim == 1 and vector.size else 0.0
        if not np.isfinite(length) or length == 0:
            raise EmbeddingError(f"{self.name} gave no vector for a text of {len(text)} characters")
        self._memo[text] = vector / length
        if len(self._memo) > REMEMBERED:
            self._memo.popitem(last=False)
        return self._memo[text]


class SentenceTransformer:
    """A model of the sentence-transformers library (an extra)."""

    def __init__(self, name: str) -> None:
        from sentence_transformers import SentenceTransformer as Loaded  # noqa: PLC0415

        self.name = f"sentence-transformers:{name}"
        self._model = Loaded(name)

    def encode(self, texts: Sequence[str]) -> Floats:
        """Vectors of length 1, shape (len(texts), dimensions)."""
        found = self._model.encode(list(texts), normalize_embeddings=True, convert_to_numpy=True)
        return np.asarray(found, dtype=np.float32)


def embedder_for(setting: str) -> EmbeddingService | RemoteEmbedder:
    """The embedder that ``cache.embedder`` names; it is loaded or asked when the first text comes."""
    kind, _, name = setting.partition(":")
    if kind == "sentence-transformers":
        return EmbeddingService(setting, lambda: SentenceTransformer(name))
    if kind == "openai":
        return RemoteEmbedder(name)
    return EmbeddingService(Encoder.name, Encoder.shared)
