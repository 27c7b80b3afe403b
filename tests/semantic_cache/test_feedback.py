"""What people say of served answers: wrong ones go with their neighbours, right ones move no estimate."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.conftest import Clock
from tests.fakes.cache import CALIBRATION, TopicEmbedder, keep
from trimtab.config import Config
from trimtab.errors import EmbeddingError
from trimtab.semantic_cache.administration import Selection, UnknownEntry, listed
from trimtab.semantic_cache.bounds import Bounds, read
from trimtab.semantic_cache.entries import Entries, Place
from trimtab.semantic_cache.feedback import Caller, Feedback, Heard, NotFromCache
from trimtab.store import Store
from trimtab.telemetry.ledger import Row, new_id

SCORE = 0.95


@pytest.fixture
def caller(store: Store, clock: Clock) -> Caller:
    return Caller("acme", Config(), store, clock)


@pytest.fixture
def feedback() -> Feedback:
    return Feedback(Entries(), Bounds(lambda: CALIBRATION), TopicEmbedder())


def hit(place: Place, at: float, **fields: object) -> Row:
    known: dict[str, object] = {
        "id": new_id(at),
        "at": at,
        "tenant": "acme",
        "status": 200,
        "cache": "hit",
        "cache_tier": "verified",
        "cache_entry": place.id,
        "cache_score": SCORE,
        "rounds": 0,
    }
    return Row(**{**known, **fields})  # type: ignore[arg-type]


async def left(caller: Caller) -> list[str]:
    return sorted(kept.question for kept in await listed(caller.store, Selection(), now=caller.clock()))


async def test_a_wrong_answer_goes_with_its_neighbours_and_with_nothing_else(
    caller: Caller, feedback: Feedback, clock: Clock
) -> None:
    """Near means near in meaning and in the same scope."""
    place = await keep(caller.store, "keel size?", at=clock())
    await keep(caller.store, "keel length?", at=clock())
    await keep(caller.store, "mast size?", at=clock())
    await keep(caller.store, "keel weight?", at=clock(), scope="other000")
    assert await feedback.on_request(caller, hit(place, clock()), good=False) == Heard(deleted=2, counted=True)
    assert await left(caller) == ["keel weight?", "mast size?"]


async def test_a_wrong_answer_goes_with_those_that_say_the_same(
    caller: Caller, feedback: Feedback, clock: Clock
) -> None:
    place = await keep(caller.store, "keel size?", at=clock())
    await keep(caller.store, "mast size?", at=clock(), group=place.key)
    await keep(caller.store, "mast length?", at=clock())
    assert (await feedback.on_request(caller, hit(place, clock()), good=False)).deleted == 2
    assert await left(caller) == ["mast length?"]


async def test_more_neighbours_than_one_search_finds_all_go(caller: Caller, feedback: Feedback, clock: Clock) -> None:
    for number in range(70):
        place = await keep(caller.store, f"keel {number}?", at=clock())
    assert (await feedback.on_request(caller, hit(place, clock()), good=False)).deleted == 70


async def test_a_wrong_answer_teaches_the_bound_once(caller: Caller, feedback: Feedback, clock: Clock) -> None:
    """The same words on the same request, sent again, are no second verdict."""
    place = await keep(caller.store, "keel size?", at=clock())
    row = hit(place, clock())
    assert (await feedback.on_request(caller, row, good=False)).counted
    assert await feedback.on_request(caller, row, good=False) == Heard(deleted=0, counted=False)
    evidence = (await read(caller.store, "acme", CALIBRATION)).evidence
    assert (sum(evidence.wrong), sum(evidence.total.different), sum(evidence.right)) == (1, 0, 0)


async def test_complaints_raise_the_threshold_and_do_not_close_the_tier(
    caller: Caller, feedback: Feedback, clock: Clock
) -> None:
    """They are no random sample of what was served."""
    before = (await read(caller.store, "acme", CALIBRATION)).threshold(0.05)
    for number in range(10):
        place = await keep(caller.store, f"keel {number}?", at=clock())
        await feedback.on_request(caller, hit(place, clock()), good=False)
    bound = await read(caller.store, "acme", CALIBRATION)
    assert bound.evidence.closure is None
    assert bound.threshold(0.05) > before


async def test_a_right_answer_counts_for_its_entry_and_moves_no_estimate(
    caller: Caller, feedback: Feedback, clock: Clock
) -> None:
    place = await keep(caller.store, "keel size?", at=clock())
    before = await read(caller.store, "acme", CALIBRATION)
    rows = [hit(place, clock()) for _ in range(5)]
    for row in (*rows, rows[0]):
        await feedback.on_request(caller, row, good=True)
    await caller.store.flush()
    (kept,) = await listed(caller.store, Selection(), now=clock())
    assert (kept.use.record.right, kept.use.record.wrong) == (5, 0)
    after = await read(caller.store, "acme", CALIBRATION)
    assert after.evidence == before.evidence
    assert kept.use.record.factor == 1.0


async def test_praise_never_has_an_answer_served_below_the_threshold(
    caller: Caller, feedback: Feedback, clock: Clock
) -> None:
    """However often it is sent, and at whatever score the answer was once served."""
    place, low = await keep(caller.store, "keel size?", at=clock()), 0.6
    bound = await read(caller.store, "acme", CALIBRATION)
    for _ in range(50):
        await feedback.on_request(caller, hit(place, clock(), cache_score=low), good=True)
    await caller.store.flush()
    (kept,) = await listed(caller.store, Selection(), now=clock())
    assert kept.use.record.right == 50
    assert not bound.decide(low, 0.01, kept.use.record).serve


async def test_praise_may_be_taken_back(caller: Caller, feedback: Feedback, clock: Clock) -> None:
    place = await keep(caller.store, "keel size?", at=clock())
    row = hit(place, clock())
    await feedback.on_request(caller, row, good=True)
    assert await feedback.on_request(caller, row, good=False) == Heard(deleted=1, counted=True)
    assert await feedback.on_request(caller, row, good=True) == Heard()


async def test_without_a_score_the_entry_goes_and_the_bound_learns_nothing(
    caller: Caller, feedback: Feedback, clock: Clock
) -> None:
    place = await keep(caller.store, "keel size?", at=clock())
    row = hit(place, clock(), cache_tier="exact", cache_score=None)
    assert await feedback.on_request(caller, row, good=False) == Heard(deleted=1, counted=True)
    assert (await read(caller.store, "acme", CALIBRATION)).evidence.total.verdicts == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"cache": "miss", "cache_tier": ""},
        {"cache": "bypass", "cache_tier": ""},
        {"cache_tier": "shared"},
        {"cache_entry": ""},
        {"rounds": 1},
    ],
    ids=["miss", "bypass", "shared", "no-entry", "observed"],
)
async def test_an_entry_that_did_not_answer_is_not_blamed(
    caller: Caller, feedback: Feedback, clock: Clock, fields: dict[str, object]
) -> None:
    """With a miss the row names the nearest entry, which was not served; an observed hit was answered upstream."""
    place = await keep(caller.store, "keel size?", at=clock())
    with pytest.raises(NotFromCache, match="tt_"):
        await feedback.on_request(caller, hit(place, clock(), **fields), good=False)
    assert await left(caller) == ["keel size?"]


async def test_an_answer_that_came_later_stays(caller: Caller, feedback: Feedback, clock: Clock) -> None:
    """Feedback on what was served an hour ago is not about what stands there now."""
    place = await keep(caller.store, "keel size?", at=clock())
    row = hit(place, clock())
    clock.advance(3600)
    await keep(caller.store, "keel size?", "Another answer.", at=clock())
    assert await feedback.on_request(caller, row, good=False) == Heard(deleted=0, counted=True)
    assert await left(caller) == ["keel size?"]


async def test_an_entry_of_another_tenant_is_unknown(caller: Caller, feedback: Feedback, clock: Clock) -> None:
    """By its id alone, in a pool of its own and in one that is shared."""
    group = replace(caller, config=Config(cache={"shared": {"team": ("acme", "other")}}))  # type: ignore[arg-type]
    theirs = await keep(caller.store, "keel size?", at=clock(), pool="other")
    shared = await keep(caller.store, "keel size?", at=clock(), pool=":team", tenant="other")
    for asker, place in ((caller, theirs), (group, shared)):
        with pytest.raises(UnknownEntry, match=place.id):
            await feedback.on_entry(asker, place.id, good=False)
    assert len(await left(caller)) == 2


async def test_in_a_group_whoever_was_served_wrongly_may_say_so(
    caller: Caller, feedback: Feedback, clock: Clock
) -> None:
    """The ledger proves that the entry answered this tenant."""
    group = replace(caller, config=Config(cache={"shared": {"team": ("acme", "other")}}))  # type: ignore[arg-type]
    shared = await keep(caller.store, "keel size?", at=clock(), pool=":team", tenant="other")
    assert (await feedback.on_request(group, hit(shared, clock()), good=False)).deleted == 1
    assert (await read(caller.store, ":team", CALIBRATION)).evidence.wrong != (0.0,) * CALIBRATION.bins


async def test_the_writer_may_name_the_entry(caller: Caller, feedback: Feedback, clock: Clock) -> None:
    place = await keep(caller.store, "keel size?", at=clock())
    assert await feedback.on_entry(caller, place.id, good=True) == Heard()
    assert await feedback.on_entry(caller, place.id, good=False) == Heard(deleted=1)
    with pytest.raises(UnknownEntry):
        await feedback.on_entry(caller, place.id, good=False)


async def test_an_embedder_that_fails_costs_the_neighbours_only(caller: Caller, clock: Clock) -> None:
    class Broken(TopicEmbedder):
        async def embed(self, text: str):  # type: ignore[no-untyped-def]
            raise EmbeddingError("no vector today")

    place = await keep(caller.store, "keel size?", at=clock())
    await keep(caller.store, "keel length?", at=clock())
    heard = await Feedback(Entries(), Bounds(lambda: CALIBRATION), Broken()).on_request(
        caller, hit(place, clock()), good=False
    )
    assert heard == Heard(deleted=1, counted=True)
