"""Health, readiness, and the explanation of a request."""

from __future__ import annotations

from tests.fakes import formats
from tests.fakes.formats import Turn
from tests.fakes.provider import FakeProvider
from tests.fakes.stages import Shout
from tests.gateway.conftest import Start

ANN = [(b"authorization", b"Bearer ann")]
BOB = [(b"authorization", b"Bearer bob")]


async def test_health_and_readiness(provider: FakeProvider, start: Start) -> None:
    """Alive as soon as it answers; ready when the store does and there is a provider to ask."""
    async with start() as call:
        assert (await call("/healthz", method="GET")).json == {"status": "ok", "running": 0}
        assert (await call("/readyz", method="GET")).status == 200
    async with start(routes=[]) as call:
        answer = await call("/readyz", method="GET")
        assert (answer.status, "no upstream" in answer.json["problems"][0]) == (503, True)
    assert provider.received == []


async def test_a_store_that_is_gone_is_not_ready(start: Start) -> None:
    """Requests are still served then; an orchestrator is told."""
    async with start() as call:
        await call.gateway.optimizer.store.close()
        answer = await call("/readyz", method="GET")
        assert (answer.status, "the store" in answer.json["problems"][0]) == (503, True)
        served = await call("/v1/chat/completions", formats.request("openai_chat", ["hi"]))
        assert served.status == 200


async def test_a_request_is_explained_to_whoever_made_it(start: Start) -> None:
    """What was changed and why, at once, under the id that came with the answer."""
    body = formats.request("openai_chat", ["hi", Turn(calls=[("c1", "look", {})]), {"c1": "quiet"}])
    async with start((Shout(),)) as call:
        answer = await call("/v1/chat/completions", body, ANN)
        where = f"/v1/trimtab/explain/{answer.header('x-trimtab-id')}"
        row = (await call(where, method="GET", headers=ANN)).json
        assert (row["id"], row["status"]) == (answer.header("x-trimtab-id"), 200)
        assert [(edit["stage"], edit["why"]) for edit in row["edits"]] == [("shout", "louder")]


async def test_nobody_else_is_told(start: Start) -> None:
    """Another caller, and an id that there is not, get the same answer."""
    async with start() as call:
        answer = await call("/v1/chat/completions", formats.request("openai_chat", ["hi"]), ANN)
        for row_id in (answer.header("x-trimtab-id"), "tt_00000000000ffffffffff", "nonsense"):
            other = await call(f"/v1/trimtab/explain/{row_id}", method="GET", headers=BOB)
            assert other.status == 404
            assert str(row_id) in other.json["error"]["message"]


async def test_what_trimtab_says_is_in_the_headers(start: Start) -> None:
    """Id, thread, and the cache's outcome in our word and in HTTP's."""
    async with start() as call:
        body = formats.request("openai_chat", ["hi"])
        miss = await call("/v1/chat/completions", body)
        hit = await call("/v1/chat/completions", body)
        off = await call("/v1/chat/completions", body, [(b"x-trimtab-cache", b"off")])
    assert (miss.header("x-trimtab-cache"), miss.header("cache-status")) == ("miss", "trimtab; fwd=uri-miss")
    assert hit.header("x-trimtab-cache") == "hit"
    assert (hit.header("cache-status") or "").startswith("trimtab; hit; ttl=86")
    assert off.header("cache-status") == 'trimtab; fwd=bypass; detail="the client asked for a bypass"'
    assert miss.header("x-trimtab-id") != hit.header("x-trimtab-id")
    assert miss.header("x-trimtab-thread") == hit.header("x-trimtab-thread")
