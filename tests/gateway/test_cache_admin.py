"""The cache seen and steered through the gateway: by whom it belongs to, and by nobody else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.fakes import formats
from tests.fakes.cache import TopicEmbedder, keep, shipped_calibration
from tests.fakes.provider import FakeProvider
from tests.gateway.asgi import Caller, Exchange
from tests.gateway.conftest import Start
from trimtab.request import ChatRequest
from trimtab.response import ChatResponse
from trimtab.semantic_cache import SemanticCache
from trimtab.semantic_cache.entries import Entries, Place
from trimtab.stage import NOTHING, Answer, Context, Verdict
from trimtab.telemetry.ledger import Row, new_id
from trimtab.thread import ThreadState

ANN = [(b"authorization", b"Bearer ann")]
BOB = [(b"authorization", b"Bearer bob")]
ADMIN = "/v1/trimtab/"
ENTRIES = f"{ADMIN}cache/entries"


@pytest.fixture(autouse=True)
def calibrated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "shipped").mkdir()
    with shipped_calibration(tmp_path / "shipped", monkeypatch):
        yield


async def ask(call: Caller, question: str, headers: list[tuple[bytes, bytes]] = ANN) -> Exchange:
    answer = await call("/v1/chat/completions", formats.request("openai_chat", [question]), headers)
    assert answer.status == 200
    await call.gateway.optimizer.settle()
    return answer


async def get(call: Caller, target: str, headers: list[tuple[bytes, bytes]] = ANN) -> Any:
    answer = await call(target, method="GET", headers=headers)
    assert answer.status == 200, answer.body
    return answer.json


async def say(call: Caller, headers: list[tuple[bytes, bytes]] = ANN, **said: object) -> Exchange:
    return await call(f"{ADMIN}feedback", orjson.dumps(said), headers)


async def test_a_hit_says_what_answered_and_how_old_it_is(start: Start) -> None:
    """Tier and entry by names that the other endpoints take; a miss has none of them."""
    async with start() as call:
        miss, hit = await ask(call, "What is a keel?"), await ask(call, "What is a keel?")
        assert [miss.header(f"x-trimtab-cache-{name}") for name in ("tier", "entry", "near")] == [None, None, None]
        assert miss.header("age") is None
        assert (hit.header("x-trimtab-cache-tier"), hit.header("age")) == ("exact", "0")
        shown = await get(call, f"{ENTRIES}/{hit.header('x-trimtab-cache-entry')}")
        assert (shown["turns"], shown["answer"], shown["hits"]) == (["What is a keel?"], "hello", 1)


class NearMiss:
    """A stage that found something near, and says why it was not served."""

    name = "semantic_cache"

    def __init__(self, why: str) -> None:
        self.why = why

    async def before(self, request: ChatRequest, state: ThreadState, ctx: Context) -> Verdict:
        ctx.cache_outcome, ctx.cache_reason = "miss", f"near miss: {self.why}"
        ctx.cache_entry, ctx.cache_score = "5c0be.k1", 0.8
        return NOTHING

    async def after(
        self, request: ChatRequest, response: ChatResponse | None, state: ThreadState, ctx: Context
    ) -> None:
        """Learn nothing."""


@pytest.mark.parametrize(
    ("why", "near"),
    [
        ("number differs: 3 vs 4", "number differs: 3 vs 4"),
        ('name differs: "Ann\\" vs Zo\u00eb\r\nx: y', 'name differs: "Ann\\" vs Zo?x: y'),
        ("x" * 500, "x" * 200),
    ],
    ids=["plain", "quotes-and-line-breaks", "long"],
)
async def test_a_near_miss_says_why_in_a_header_that_nothing_can_break(start: Start, why: str, near: str) -> None:
    """And in Cache-Status, as a string of RFC 8941. The entry that did not answer is not named as if it had."""
    async with start((NearMiss(why),)) as call:
        answer = await ask(call, "What is a keel?")
        assert answer.header("x-trimtab-cache-near") == near
        status = answer.header("cache-status") or ""
        string = re.fullmatch(r'trimtab; fwd=uri-miss; detail="((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"', status)
        assert string is not None, status
        assert re.sub(r"\\(.)", r"\1", string[1]) == near
        assert (answer.header("x-trimtab-cache-entry"), answer.header("age")) == (None, None)


class SharedAnswer(NearMiss):
    """A stage that gives the answer to another request that was under way, after it had found something near."""

    async def before(self, request: ChatRequest, state: ThreadState, ctx: Context) -> Verdict:
        await super().before(request, state, ctx)
        ctx.cache_outcome, ctx.cache_tier = "hit", "shared"
        return Answer(formats.answer("openai_chat", formats.Turn("hello")), self.name, self.why, age_s=7.9)


async def test_a_shared_answer_does_not_name_the_entry_that_was_only_near(start: Start) -> None:
    async with start((SharedAnswer("number differs: 3 vs 4"),)) as call:
        answer = await ask(call, "What is a keel?")
        assert (answer.header("x-trimtab-cache-tier"), answer.header("age")) == ("shared", "7")
        assert (answer.header("x-trimtab-cache-entry"), answer.header("x-trimtab-cache-near")) == (None, None)
        assert (await say(call, id=answer.header("x-trimtab-id"), good=False)).status == 409


async def test_where_tenants_share_the_words_of_the_other_question_stay_behind(start: Start) -> None:
    """They may be another tenant's: only the kind of the reason is told."""
    async with start((NearMiss("name differs: Ann vs Bob"),)) as call:
        tenant = await tenant_of(call)
        config = call.gateway.optimizer.config
        cache = config.cache.model_copy(update={"shared": {"team": (tenant, "other")}})
        call.gateway.optimizer.config = config.model_copy(update={"cache": cache})
        answer = await ask(call, "What is a keel?")
        assert answer.header("x-trimtab-cache-near") == "name differs"
        assert "Bob" not in (answer.header("cache-status") or "")


async def test_a_wrong_answer_is_not_served_again_from_the_next_request_on(
    provider: FakeProvider, start: Start
) -> None:
    """By the id of the request that it answered, and by its own."""
    async with start() as call:
        for name, header in (("id", "x-trimtab-id"), ("entry", "x-trimtab-cache-entry")):
            await ask(call, "What is a keel?")
            hit = await ask(call, "What is a keel?")
            assert hit.header("x-trimtab-cache") == "hit"
            heard = await say(call, **{name: hit.header(header)}, good=False)
            assert (heard.status, heard.json["deleted"]) == (200, 1)
            asked = len(provider.received)
            again = await ask(call, "What is a keel?")
            assert (again.header("x-trimtab-cache"), len(provider.received)) == ("miss", asked + 1)
            assert (await say(call, id=again.header("x-trimtab-id"), good=False)).status == 409


async def test_another_process_stops_serving_it_too(tmp_path: Path, provider: FakeProvider, start: Start) -> None:
    """Two gateways on one store: what one of them is told holds for both once the other's memory has lapsed."""
    ticks = [0.0]
    async with AsyncExitStack() as stack:
        calls = []
        for _ in range(2):
            stage = SemanticCache()
            stage.entries._monotonic = lambda: ticks[0]
            calls.append(await stack.enter_async_context(start((stage,), store={"path": str(tmp_path / "t.db")})))
        here, there = calls
        await ask(here, "What is a keel?")
        assert (await ask(here, "What is a keel?")).header("x-trimtab-cache") == "hit"
        hit = await ask(there, "What is a keel?")
        assert hit.header("x-trimtab-cache") == "hit"
        assert (await say(there, id=hit.header("x-trimtab-id"), good=False)).json["deleted"] == 1
        assert (await ask(there, "What is a keel?", BOB)).header("x-trimtab-cache") == "miss"
        ticks[0] += 2.0
        assert (await ask(here, "What is a keel?")).header("x-trimtab-cache") == "miss"


async def test_neighbours_go_with_a_wrong_answer(start: Start) -> None:
    async with start() as call:
        optimizer = call.gateway.optimizer
        optimizer.embedder = TopicEmbedder()  # type: ignore[assignment]
        places = [await owned(call, question) for question in ("keel size?", "keel length?", "mast size?")]
        row = await served(call, places[0], score=0.95)
        heard = await say(call, id=row.id, good=False)
        assert heard.json == {"deleted": 2, "counted": True}
        left = [each["question"] for each in (await get(call, ENTRIES))["entries"]]
        assert left == ["mast size?"]
        pools = (await get(call, f"{ADMIN}cache/stats"))["pools"].values()
        assert [pool["verdicts"] for pool in pools] == [0]  # a complaint is no random sample of what was served


async def test_a_good_answer_stays_and_has_a_verdict(start: Start) -> None:
    async with start() as call:
        place = await owned(call, "keel size?")
        row = await served(call, place, score=0.95)
        assert (await say(call, id=row.id, good=True)).json == {"deleted": 0, "counted": True}
        await call.gateway.optimizer.store.flush()
        shown = await get(call, f"{ENTRIES}/{place.id}")
        assert shown["verdicts"] == {"right": 1, "wrong": 0, "unsure": 0}
        pools = (await get(call, f"{ADMIN}cache/stats"))["pools"].values()
        assert [(pool["verdicts"], pool["status"]) for pool in pools] == [(0, "prior")]


async def test_entries_are_listed_by_filters_and_deleted_by_them(start: Start) -> None:
    async with start() as call:
        for question in ("What is a keel?", "Where is the mast?"):
            await ask(call, question)
        listed = (await get(call, ENTRIES))["entries"]
        assert [each["question"] for each in listed] == ["Where is the mast?", "What is a keel?"]
        assert len((await get(call, f"{ENTRIES}?limit=1"))["entries"]) == 1
        assert (await get(call, f"{ENTRIES}?older_than=1h"))["entries"] == []
        assert len((await get(call, f"{ENTRIES}?writer={listed[0]['thread']}&like=mast"))["entries"]) == 1
        gone = await call(f"{ENTRIES}?like=MAST", method="DELETE", headers=ANN)
        assert gone.json == {"deleted": 1}
        one = await call(f"{ENTRIES}/{listed[1]['id']}", method="DELETE", headers=ANN)
        assert one.json == {"deleted": 1}
        assert (await get(call, ENTRIES))["entries"] == []
        assert (await ask(call, "What is a keel?")).header("x-trimtab-cache") == "miss"


async def test_nobody_else_sees_changes_or_judges_an_entry(start: Start) -> None:
    """Another caller is told the same as of an id that there is not, and nothing of the owner's goes."""
    async with start() as call:
        await ask(call, "What is a keel?")
        hit = await ask(call, "What is a keel?")
        entry = hit.header("x-trimtab-cache-entry")
        assert (await get(call, ENTRIES, BOB))["entries"] == []
        for method in ("GET", "DELETE"):
            for path in (entry, "0123456789abcdef"):
                other = await call(f"{ENTRIES}/{path}", method=method, headers=BOB)
                assert (other.status, str(path) in other.json["error"]["message"]) == (404, True)
        assert (await call(f"{ENTRIES}?older_than=0s", method="DELETE", headers=BOB)).json == {"deleted": 0}
        assert (await say(call, BOB, id=hit.header("x-trimtab-id"), good=False)).status == 404
        assert (await say(call, BOB, entry=entry, good=False)).status == 404
        theirs = await get(call, f"{ADMIN}cache/stats", BOB)
        assert (theirs["requests"], theirs["entries"]) == (0, 0)
        assert (await ask(call, "What is a keel?")).header("x-trimtab-cache") == "hit"


async def test_without_a_gateway_key_nothing_is_told(start: Start) -> None:
    keys = [{"tenant": "acme", "sha256": "0" * 64}]
    async with start(auth={"mode": "gateway_keys", "keys": keys}) as call:
        for target, method in ((ENTRIES, "GET"), (f"{ENTRIES}?like=x", "DELETE"), (f"{ADMIN}cache/stats", "GET")):
            assert (await call(target, method=method, headers=ANN)).status == 401
        assert (await say(call, entry="0123456789", good=False)).status == 401


async def test_stats_sum_up_what_the_cache_did_for_the_caller(start: Start) -> None:
    async with start() as call:
        await ask(call, "What is a keel?")
        await ask(call, "What is a keel?")
        await ask(call, "What is a keel?", BOB)
        await ask(call, "What is a keel?", [*ANN, (b"x-trimtab-cache", b"bypass")])
        made = await get(call, f"{ADMIN}cache/stats")
        assert (made["hits"]["exact"], made["misses"], made["hit_rate"]) == (1, 1, 0.5)
        assert made["bypasses"] == {"the client asked for a bypass": 1}
        assert (made["entries"], made["tokens_saved"] > 0) == (1, True)
        (pool,) = made["pools"].values()
        assert (pool["status"], "background calls are off" in pool["note"]) == ("prior", True)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "good"),
        (b"[]", "object"),
        (b'{"id":"tt_1"}', "good"),
        (b'{"id":"tt_1","good":"no"}', "good"),
        (b'{"good":true}', "exactly one"),
        (b'{"id":"tt_1","entry":"x","good":true}', "exactly one"),
        (b'{"id":"tt_1","good":true,"reason":"x"}', "reason"),
        (b"\xff", "good"),
        (b'{"id":"' + b"x" * 5000 + b'","good":true}', "larger"),
    ],
)
async def test_feedback_that_cannot_be_read_is_told_what_is_right(start: Start, body: bytes, why: str) -> None:
    async with start() as call:
        answer = await call(f"{ADMIN}feedback", body, ANN)
    assert answer.status == 400
    assert why in answer.json["error"]["message"]
    assert "x-trimtab-id" in answer.json["error"]["message"]


@pytest.mark.parametrize(
    ("method", "target", "why"),
    [
        ("DELETE", ENTRIES, "nothing says which"),
        ("DELETE", f"{ENTRIES}?like=", "like = ''"),
        ("DELETE", f"{ENTRIES}?lke=x", "'lke'"),
        ("DELETE", f"{ENTRIES}?older_than=1h&limit=5", "'limit'"),
        ("DELETE", f"{ENTRIES}?like=a&like=b", "like = 'b'"),
        ("GET", f"{ENTRIES}?older_than=soon", "older_than = 'soon'"),
        ("GET", f"{ENTRIES}?limit=0", "limit = '0'"),
        ("GET", f"{ENTRIES}?limit=" + "9" * 5000, "limit"),
        ("GET", f"{ENTRIES}?like=/(a%2B)%2B$/", "command line"),
        ("GET", f"{ADMIN}cache/stats?since=never", "since = 'never'"),
    ],
)
async def test_a_query_that_is_wrong_is_refused_by_its_field(start: Start, method: str, target: str, why: str) -> None:
    """A typing error deletes nothing, and a regular expression cannot hold up the gateway."""
    async with start() as call:
        await ask(call, "What is a keel?")
        answer = await call(target, method=method, headers=ANN)
        assert (answer.status, why in answer.json["error"]["message"]) == (400, True), answer.body
        assert len((await get(call, ENTRIES))["entries"]) == 1


async def test_a_store_that_is_gone_is_told_as_such(start: Start) -> None:
    async with start() as call:
        await call.gateway.optimizer.store.close()
        for method in ("GET", "DELETE"):
            answer = await call(f"{ENTRIES}?like=x", method=method, headers=ANN)
            assert (answer.status, "closed" in answer.json["error"]["message"]) == (503, True)


async def test_what_is_served_here_is_told_to_whoever_asks_for_something_else(start: Start) -> None:
    async with start() as call:
        for method, path in (("GET", "feedback"), ("POST", "cache/entries"), ("GET", "cache")):
            answer = await call(f"{ADMIN}{path}", method=method, headers=ANN)
            assert (answer.status, "/v1/trimtab/cache/entries" in answer.json["error"]["message"]) == (404, True)


async def tenant_of(call: Caller) -> str:
    await ask(call, "Who am I?", [*ANN, (b"x-trimtab-cache", b"bypass")])
    ((_, row),) = (await call.gateway.optimizer.ledger.rows())[-1:]
    return row.tenant


async def owned(call: Caller, question: str, **fields: object) -> Place:
    """An entry that the caller wrote."""
    optimizer = call.gateway.optimizer
    pool, at = await tenant_of(call), optimizer.clock()
    return await keep(optimizer.store, question, at=at, pool=pool, entries=Entries(), **fields)  # type: ignore[arg-type]


async def served(call: Caller, place: Place, *, score: float) -> Row:
    """A request of the caller that the entry has answered by meaning."""
    optimizer = call.gateway.optimizer
    at = optimizer.clock()
    row = Row(
        id=new_id(at),
        at=at,
        tenant=await tenant_of(call),
        status=200,
        rounds=0,
        cache="hit",
        cache_tier="verified",
        cache_entry=place.id,
        cache_score=score,
    )
    optimizer.ledger.write(row)
    await optimizer.store.flush()
    return row
