"""The real stage behind `Optimizer` as a cache that streams pass, with a provider that is the stream's."""

from __future__ import annotations

import json
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from benchmarks.cache.contestants import AnswerOf, Cache, Contestant, Conversation, Hit
from benchmarks.cache.ours import completion
from trimtab.background import Background
from trimtab.config import BackgroundSettings, CacheSettings, Config, StoreSettings
from trimtab.optimizer import Optimizer
from trimtab.pipeline import Incoming, Prepared
from trimtab.rounds import Headers

MODEL = "gpt-4.1-mini"
VARIANT_SEEDS = 3
_SYSTEM = "You answer the questions of customers in a few sentences."


def contestants() -> list[Contestant]:
    """Without shadow calls, with a sample of the hits checked by asking the provider again, and under wider bounds."""
    return [
        Contestant("trimtab", opened(shadowed=False)),
        Contestant("trimtab, shadowed", opened(shadowed=True), seeds=VARIANT_SEEDS),
        *(
            Contestant(f"trimtab, bound {bound:.0%}", opened(shadowed=False, bound=bound), VARIANT_SEEDS, bound)
            for bound in (0.02, 0.05)
        ),
    ]


def body_of(conversation: Conversation) -> bytes:
    """The request that a client would send."""
    turns = [
        {"role": "assistant" if number % 2 else "user", "content": text} for number, text in enumerate(conversation)
    ]
    return json.dumps({"model": MODEL, "messages": [{"role": "system", "content": _SYSTEM}, *turns]}).encode()


class Provider:
    """An upstream that knows one answer: the one that is to be stored next."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    async def send(self, body: bytes, *, plain: bool) -> Replied:
        return Replied(self.body)


class Replied:
    """Its reply."""

    status = 200
    headers: Headers = ((b"content-type", b"application/json"),)

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def chunks(self) -> AsyncIterator[bytes]:
        yield self._body

    async def close(self) -> None:
        return None


async def answered(optimizer: Optimizer, prepared: Prepared, body: bytes = b"") -> None:
    """Take a prepared request to its end, from the cache or with this answer of the provider, and learn from it."""
    reply = await optimizer.respond(prepared, Provider(body))
    async for _ in reply.chunks:
        pass
    await optimizer.settle()


class OurCache:
    """One tenant's questions, each a request of its own in no named thread."""

    def __init__(self, optimizer: Optimizer) -> None:
        self._optimizer = optimizer
        self._asked: dict[str, tuple[str, str]] = {}
        self._waiting: Prepared | None = None

    async def lookup(self, question: str) -> Hit | None:
        prepared = await self._optimizer.prepare(Incoming("openai_chat", body_of((question,)), provider="openai"))
        if prepared.answer is None:
            self._waiting = prepared
            return None
        stored, answer = self._asked[json.loads(prepared.answer.body)["id"]]
        await answered(self._optimizer, prepared)
        if self._optimizer.pipeline.background is not None:
            await self._optimizer.pipeline.background.settle()
        score = prepared.ctx.cache_score if prepared.ctx is not None else None
        return Hit(stored, answer, 1.0 if score is None else score, stored == question)

    async def add(self, question: str, answer: str) -> None:
        prepared, self._waiting = self._waiting, None
        assert prepared is not None
        name = f"chatcmpl-{len(self._asked)}"
        self._asked[name] = (question, answer)
        await answered(self._optimizer, prepared, completion(answer, name, MODEL))


def opened(*, shadowed: bool, bound: float = 0.01) -> Callable[[AnswerOf], AbstractAsyncContextManager[Cache]]:
    """Opens an empty cache on a store of its own."""
    return lambda answer_of: _opened(answer_of, shadowed=shadowed, bound=bound)


@asynccontextmanager
async def _opened(answer_of: AnswerOf, *, shadowed: bool, bound: float) -> AsyncIterator[Cache]:
    with tempfile.TemporaryDirectory() as folder:
        background = BackgroundSettings(
            model=MODEL if shadowed else "",
            upstream="openai",
            max_usd_per_day=1000.0,
            max_calls_per_hour=1_000_000,
            concurrency=4,
        )
        config = Config(
            store=StoreSettings(path=str(Path(folder) / "stream.db")),
            background=background,
            cache=CacheSettings(max_error_rate=bound),
        )
        async with await Optimizer.open(config) as optimizer:
            if shadowed:
                optimizer.pipeline.background = _asking(answer_of, optimizer)
            yield OurCache(optimizer)


def _asking(answer_of: AnswerOf, optimizer: Optimizer) -> Background:
    async def send(body: bytes, *, timeout_s: float) -> tuple[int, bytes]:
        question = json.loads(body)["messages"][-1]["content"]
        return 200, completion(answer_of(question), "chatcmpl-again", MODEL)

    return Background(
        optimizer.config.background,
        send,
        optimizer.pipeline.prices,
        optimizer.store,
        optimizer.clock,
        provider="openai",
    )
