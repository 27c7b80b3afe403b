"""The cache while the pipeline observes, and under another embedder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.conftest import Make
from tests.fakes.formats import FORMATS, Turn, answer, request, stream
from tests.fakes.upstream import JSON, SSE, ScriptedReply, ScriptedUpstream
from tests.semantic_cache.helpers import ASKED, MEANT, Scores, ask, calibration, chat, tier, upstream_of
from trimtab.optimizer import Optimizer
from trimtab.pipeline import Prepared
from trimtab.request import Format
from trimtab.semantic_cache import SemanticCache
from trimtab.semantic_cache.reindex import reindex

every_format = pytest.mark.parametrize("wire", FORMATS)


async def verdicts(optimizer: Optimizer, prepared: Prepared) -> int:
    """How many verdicts on served hits the bound knows."""
    stage = optimizer.pipeline.stages[0]
    assert isinstance(stage, SemanticCache)
    assert prepared.ctx is not None
    return (await stage.bounds.of(prepared.ctx)).status(0.01).verdicts


@every_format
@pytest.mark.parametrize("streamed", [False, True], ids=["json", "stream"])
async def test_observing_serves_nothing_and_learns_from_every_would_be_hit(
    make: Callable[..., Optimizer], wire: Format, streamed: bool
) -> None:
    optimizer = make(pipeline={"mode": "observe"})
    turn = Turn("Open the settings and choose a new password.")
    sent = stream(wire, turn) if streamed else [answer(wire, turn)]
    upstream = ScriptedUpstream([ScriptedReply(200, SSE if streamed else JSON, sent)])
    await ask(optimizer, request(wire, [ASKED], stream=streamed), upstream, wire)
    prepared, _ = await ask(optimizer, request(wire, [MEANT], stream=streamed), upstream, wire)
    assert len(upstream.received) == 2
    assert await verdicts(optimizer, prepared) == 1


async def test_what_no_score_decided_does_not_count_for_the_bound(make: Callable[..., Optimizer]) -> None:
    optimizer = make(pipeline={"mode": "observe"})
    upstream = upstream_of("Open the settings and choose a new password.")
    await ask(optimizer, chat(ASKED), upstream)
    for body in (chat(ASKED), chat(ASKED.lower())):
        prepared, _ = await ask(optimizer, body, upstream)
        assert prepared.ctx is not None
        assert prepared.ctx.cache_tier in ("exact", "normalised")
        assert await verdicts(optimizer, prepared) == 0


@dataclass
class Letters:
    """An embedder of another space: how often each letter occurs."""

    name: str = "letters"

    async def embed(self, text: str) -> NDArray[np.float32]:
        counted = np.array([text.lower().count(letter) for letter in "abcdefghijklmnopqrstuvwxyz"], np.float32)
        return np.asarray(counted / np.linalg.norm(counted), np.float32)


async def test_another_embedder_finds_what_was_stored_before_it(
    make: Callable[..., Optimizer], make_optimizer: Make, scores: Scores
) -> None:
    await ask(make(), chat(ASKED), upstream_of("An answer."))
    cache = SemanticCache(Letters(), scores, calibration)
    optimizer = make_optimizer(stages=(cache,))
    assert tier((await ask(optimizer, chat(MEANT), upstream_of("Another.")))[0]) == "miss"
    assert await reindex(optimizer.store, cache.entries, cache.embedder, optimizer.clock()) == 1
    assert await reindex(optimizer.store, cache.entries, cache.embedder, optimizer.clock()) == 0
    for asked, expected in ((ASKED, "exact"), ("Resetting passwords: what are the steps", "verified")):
        assert tier((await ask(optimizer, chat(asked), upstream_of("Another.")))[0]) == expected
