"""What the tests of the cache share: requests, a provider, a verifier that says what it is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from tests.fakes.formats import Turn, answer
from tests.fakes.upstream import JSON, ScriptedReply, ScriptedUpstream
from trimtab.optimizer import Optimizer
from trimtab.pipeline import Incoming, Prepared
from trimtab.request import Format
from trimtab.semantic_cache.calibration import Calibration

ASKED = "How do I reset my password?"
MEANT = "what are the steps for resetting a password"


async def ask(
    optimizer: Optimizer, body: bytes, upstream: ScriptedUpstream, wire: Format = "openai_chat", **incoming: Any
) -> tuple[Prepared, bytes]:
    prepared = await optimizer.prepare(Incoming(wire, body, **incoming))
    reply = await optimizer.respond(prepared, upstream)
    given = b"".join([chunk async for chunk in reply.chunks])
    await optimizer.settle()
    return prepared, given


@dataclass
class Scores:
    """A verifier that says what it is told: log-odds by pair of texts, 9 for all others."""

    told: dict[frozenset[str], float] = field(default_factory=dict)
    other: float = 9.0
    asked: list[tuple[str, str]] = field(default_factory=list)

    def fits(self, a: str, b: str) -> bool:
        return len(a) + len(b) < 1000

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        self.asked += pairs
        return [self.told.get(frozenset(pair), self.other) for pair in pairs]


def calibration() -> Calibration:
    """Scores of 0.99 and more are nearly always right, those below often wrong."""
    return Calibration((0.0, 0.5, 0.9, 0.99), (10.0, 60.0, 900.0, 4000.0), (90.0, 40.0, 100.0, 0.5))


def chat(*turns: str, **fields: Any) -> bytes:
    roles = ("user", "assistant")
    said = [{"role": roles[place % 2], "content": text} for place, text in enumerate(turns)]
    system = fields.pop("system", None)
    messages = [{"role": "system", "content": system}, *said] if system else said
    return orjson.dumps({"model": "gpt-4.1", "messages": messages, **fields})


def upstream_of(*texts: str, wire: Format = "openai_chat") -> ScriptedUpstream:
    return ScriptedUpstream([ScriptedReply(200, JSON, [answer(wire, Turn(text))]) for text in texts])


def tier(prepared: Prepared) -> str:
    """The tier that answered, or the outcome where none did."""
    assert prepared.report.fallback == ""
    assert prepared.ctx is not None
    return prepared.ctx.cache_tier if prepared.ctx.cache_outcome == "hit" else prepared.ctx.cache_outcome


def why(prepared: Prepared) -> str:
    assert prepared.ctx is not None
    return prepared.ctx.cache_reason


async def outcome_of(optimizer: Optimizer, first: bytes, second: bytes, **incoming: Any) -> Prepared:
    """What becomes of the second request after the first was answered."""
    upstream = upstream_of("An answer.")
    await ask(optimizer, first, upstream)
    return (await ask(optimizer, second, upstream, **incoming))[0]
