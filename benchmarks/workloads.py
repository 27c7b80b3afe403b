"""Request bodies for load: about 4 KB each, and never the same twice."""

from __future__ import annotations

import itertools
import json
import random

from benchmarks.loadgen import Make

MODEL = "gpt-4.1-mini"
_TEXT = (
    "the customer asked for a refund of order and wants to know when parcel will arrive because agent promised "
    "delivery on Monday but carrier reported delay at depot please check invoice address status then write short answer"
)
_SYSTEM = "You answer for the support desk of a shop. Be brief, be polite, never promise a date. "
BODY_BYTES = 4096


def single(*, size: int = BODY_BYTES, stream: bool = False) -> Make:
    """Questions of their own, about 4 KB (or ``size`` bytes), with one system prompt."""
    system = _SYSTEM * 6 if size >= 2048 else _SYSTEM
    text = _prose(max(100, size - len(system) - 250), seed=1)
    messages = [{"role": "system", "content": system}, {"role": "user", "content": f"Case NUMBER: {text}"}]
    before, after = _rendered(messages, stream).split(b"NUMBER")
    numbers = itertools.count()
    return lambda client: b"%s%d-%d%s" % (before, client, next(numbers), after)


def growing(*, turns: int = 8, stream: bool = False) -> Make:
    """Threads that grow by an answer and a question of about 450 bytes a request, from about 700 bytes to 4 KB."""
    opening = _rendered([{"role": "system", "content": _SYSTEM * 6}], stream)
    end = opening.rindex(b"]")
    head, tail = opening[:end], opening[end:]
    answer = json.dumps({"role": "assistant", "content": _prose(200, seed=2)}).encode()
    question = json.dumps({"role": "user", "content": f"Case NUMBER: {_prose(220, seed=3)}"}).encode()
    before, after = question.split(b"NUMBER")
    numbers = itertools.count()
    threads: dict[int, list[bytes]] = {}

    def make(client: int) -> bytes:
        said = threads.setdefault(client, [])
        if len(said) >= 2 * turns:
            said.clear()
        if said:
            said.append(answer)
        said.append(b"%s%d-%d%s" % (before, client, next(numbers), after))
        return b"%s,%s%s" % (head, b",".join(said), tail)

    return make


def _rendered(messages: list[dict[str, str]], stream: bool) -> bytes:
    body: dict[str, object] = {"model": MODEL, "messages": messages, "temperature": 0.2}
    if stream:
        body["stream"] = True
    return json.dumps(body).encode()


def _prose(size: int, seed: int) -> str:
    choose, known = random.Random(seed), _TEXT.split()
    words: list[str] = []
    while sum(map(len, words)) + len(words) < size:
        words.append(choose.choice(known))
    return " ".join(words)[:size]
