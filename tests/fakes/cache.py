"""An embedder, a verifier and a calibration whose every number is known, and entries to fill a cache with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from tests.fakes.formats import Turn, answer
from trimtab.semantic_cache import bounds
from trimtab.semantic_cache.calibration import Calibration
from trimtab.semantic_cache.entries import Entries, Entry, Place
from trimtab.store import Store

CALIBRATION = Calibration((0.0, 0.5, 0.9, 0.99), (10.0, 80.0, 950.0, 9990.0), (90.0, 20.0, 50.0, 10.0), source="fake")
_DIM = 64


class TopicEmbedder:
    """Texts that begin with the same word are near (cosine above 0.97), all others far (below 0.7)."""

    name = "topics"

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def embed(self, text: str) -> npt.NDArray[np.float32]:
        self.asked.append(text)
        vector = _random(text.split(maxsplit=1)[0].lower()) + 0.1 * _random(text)
        return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


class FixedScores:
    """A verifier that says the same of every pair."""

    def __init__(self, log_odds: float) -> None:
        self.log_odds = log_odds

    def fits(self, a: str, b: str) -> bool:
        return True

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        return [self.log_odds] * len(pairs)


@contextmanager
def shipped_calibration(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """`CALIBRATION` in place of the one that ships with the verifier."""
    CALIBRATION.save(folder / "calibration.json")
    with monkeypatch.context() as patched:
        patched.setattr(bounds, "path_of", lambda name: folder / name)
        bounds.shipped.cache_clear()
        yield
    bounds.shipped.cache_clear()


async def keep(
    store: Store,
    question: str,
    reply: str = "Yes.",
    *,
    at: float,
    pool: str = "acme",
    scope: str = "5c0be000",
    entries: Entries | None = None,
    embedder: TopicEmbedder | None = None,
    **fields: object,
) -> Place:
    """Write an entry as the cache does. An empty question makes one that only the same whole request may have."""
    key = blake2b(f"{scope} {question or reply}".encode(), digest_size=16).hexdigest()
    place = Place(f"cached:{pool}:{scope if question else 'exact'}", key)
    known: dict[str, object] = {
        "body": answer("openai_chat", Turn(reply)),
        "at": at,
        "format": "openai_chat",
        "model": "gpt-4o",
        "tenant": pool,
        "thread": "t1",
        "exact": f"x{key}",
        "ttl": 86400.0,
        "tokens": 20,
        "turns": (question,) if question else (),
        "embedder": TopicEmbedder.name,
    }
    entry = Entry(**{**known, **fields})  # type: ignore[arg-type]
    (entries or Entries()).put(store, place, entry, f"answer_exact:{pool}")
    if question:
        vector = await (embedder or TopicEmbedder()).embed(question)
        await store.vector_add(place.ns, place.key, vector.tolist(), entry.ttl)
    await store.flush()
    return place


def _random(text: str) -> npt.NDArray[np.float64]:
    seed = int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")
    vector = np.random.default_rng(seed).normal(size=_DIM)
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float64)
