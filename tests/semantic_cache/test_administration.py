"""Looking after the cache: what is listed, shown and deleted, and what is left alone."""

from __future__ import annotations

import pytest

from tests.conftest import Clock
from tests.fakes.cache import TopicEmbedder, keep
from trimtab.errors import ConfigError
from trimtab.semantic_cache.administration import Selection, UnknownEntry, age_of, deleted, listed, shown
from trimtab.semantic_cache.entries import Entries, Use, use_ns
from trimtab.semantic_cache.scope import end_user
from trimtab.store import Put, Store
from trimtab.wire import CODECS


async def questions(store: Store, clock: Clock, **selected: object) -> list[str]:
    found = await listed(store, Selection(**selected), now=clock())  # type: ignore[arg-type]
    return [kept.question or kept.answer for kept in found]


async def test_entries_are_listed_newest_first_with_their_use(store: Store, clock: Clock) -> None:
    place = await keep(store, "What is a keel?", at=clock(), tools=("look",))
    clock.advance(10)
    await keep(store, "What is a mast?", at=clock())
    entries = Entries()
    entry = await entries.at(store, place, clock())
    assert entry is not None
    entries.used(store, place, entry, Use(hits=3, last=clock(), saved=60))
    await store.flush()
    newest, older = await listed(store, Selection(), now=clock())
    assert (newest.question, newest.use) == ("What is a mast?", Use())
    assert (older.question, older.use.hits, older.id) == ("What is a keel?", 3, place.id)
    told = older.to_dict()
    assert (told["hits"], told["tokens_saved"], told["tools"], told["written"]) == (3, 60, ["look"], clock() - 10)
    assert told["expires"] == clock() - 10 + 86400
    assert [kept.question for kept in await listed(store, Selection(), now=clock(), limit=1)] == ["What is a mast?"]


async def test_expired_entries_are_not_listed(store: Store, clock: Clock) -> None:
    await keep(store, "What is a keel?", at=clock(), ttl=60.0)
    clock.advance(61)
    assert await questions(store, clock) == []


@pytest.mark.parametrize(
    ("like", "found"),
    [
        ("KEEL", ["What is a keel?"]),
        ("?", ["Where is the mast?", "What is a keel?"]),
        ("/^what.*keel/", ["What is a keel?"]),
        ("/mast$/", []),
        ("^what", []),
        ("harbour", ["In the harbour."]),
        ("gpt-4o", ["In the harbour."]),
        ("Yes", []),
    ],
)
async def test_like_looks_at_the_question_or_where_there_is_none_at_the_answer(
    store: Store, clock: Clock, like: str, found: list[str]
) -> None:
    await keep(store, "", "In the harbour.", at=clock())
    clock.advance(1)
    await keep(store, "What is a keel?", at=clock())
    clock.advance(1)
    await keep(store, "Where is the mast?", at=clock())
    assert await questions(store, clock, like=like) == found


@pytest.mark.parametrize(
    "fields",
    [
        b'"user":"ann"',
        b'"safety_identifier":"ann"',
        b'"metadata":{"user_id":"ann"}',
        b'"user":"ann","safety_identifier":"ann"',
    ],
)
async def test_a_writer_is_found_by_name_by_hash_and_by_thread(store: Store, clock: Clock, fields: bytes) -> None:
    """Whichever field the request named the end user in."""
    body = b'{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}],%s}' % fields
    user = end_user(CODECS["openai_chat"].parse(body))
    await keep(store, "What is a keel?", at=clock(), user=user, thread="t7")
    await keep(store, "What is a mast?", at=clock())
    for writer in ("ann", user, "t7"):
        assert await questions(store, clock, writer=writer) == ["What is a keel?"]
    assert await questions(store, clock, writer="bob") == []


async def test_tenant_and_age_narrow_too(store: Store, clock: Clock) -> None:
    await keep(store, "What is old?", at=clock())
    clock.advance(100)
    await keep(store, "What is new?", at=clock())
    await keep(store, "What is theirs?", at=clock(), pool="other")
    assert await questions(store, clock, tenant="acme") == ["What is new?", "What is old?"]
    assert await questions(store, clock, older_than_s=100.0) == ["What is old?"]
    assert await questions(store, clock, older_than_s=100.5) == []
    assert await questions(store, clock, tenant="other", older_than_s=50.0) == []


@pytest.mark.parametrize(
    "wrong", [{"tenant": ""}, {"writer": ""}, {"like": ""}, {"like": "/(/"}, {"older_than_s": -1.0}]
)
def test_a_selection_that_says_nothing_is_refused(wrong: dict[str, object]) -> None:
    """A script whose variable is unset must not delete everything."""
    with pytest.raises(ConfigError, match=next(iter(wrong)).removesuffix("_s")):
        Selection(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90.0), ("7d", 604800.0)])
def test_an_age_is_read_as_people_write_it(text: str, seconds: float) -> None:
    assert age_of("older_than", text, 1e9) == seconds


def test_an_age_that_is_none_is_refused_by_the_name_of_its_field() -> None:
    with pytest.raises(ConfigError, match="--older-than = 'soon'"):
        age_of("--older-than", "soon", 1e9)


async def test_an_entry_is_shown_by_its_id_or_a_unique_beginning_of_either_part(store: Store, clock: Clock) -> None:
    place = await keep(store, "What is a keel?", "The spine of a ship.", at=clock())
    await keep(store, "What is a mast?", at=clock(), scope="other000")
    for given in (place.id, place.id[:12], place.key, place.key[:8]):
        kept = await shown(store, given)
        assert (kept.id, kept.answer) == (place.id, "The spine of a ship.")


async def test_an_id_that_names_none_or_several_is_refused_by_name(store: Store, clock: Clock) -> None:
    place = await keep(store, "What is a keel?", at=clock())
    await keep(store, "What is a mast?", at=clock())
    scope = place.id.partition(".")[0]
    for given, why in ((scope, "2 entries"), ("0123456789", "no entry '0123456789'"), ("5c0be", "too short")):
        with pytest.raises(UnknownEntry, match=why):
            await shown(store, given)
    with pytest.raises(UnknownEntry, match="no entry"):
        await shown(store, place.id, tenant="other")


async def test_deletion_takes_entry_vector_and_counts_and_leaves_the_rest(store: Store, clock: Clock) -> None:
    embedder, entries = TopicEmbedder(), Entries()
    goes = await keep(store, "What is a keel?", at=clock())
    stays = await keep(store, "What is a mast?", at=clock())
    entry = await entries.at(store, goes, clock())
    assert entry is not None
    entries.used(store, goes, entry, Use(hits=1))
    assert await deleted(store, entries, Selection(like="keel"), now=clock()) == 1
    await store.flush()
    assert await entries.at(store, goes, clock()) is None
    assert await entries.at(store, stays, clock()) is not None
    assert await store.get(use_ns(goes.ns), goes.id) is None
    vector = await embedder.embed("What is a keel?")
    assert [each.key for each in await store.vector_search(goes.ns, vector.tolist(), 9)] == [stays.key]
    assert await entries.exact(store, "answer_exact:acme", f"x{goes.key}", clock()) is None


async def test_deletion_goes_through_all_pages(store: Store, clock: Clock) -> None:
    for number in range(150):
        await keep(store, "", f"Answer {number}", at=clock())
    assert await deleted(store, Entries(), Selection(like="answer 1"), now=clock()) == 61
    assert await deleted(store, Entries(), Selection(tenant="acme"), now=clock()) == 89
    assert await questions(store, clock) == []


async def test_nothing_is_deleted_where_nothing_says_what(store: Store, clock: Clock) -> None:
    await keep(store, "What is a keel?", at=clock())
    with pytest.raises(ConfigError, match="nothing says which"):
        await deleted(store, Entries(), Selection(), now=clock())
    assert await questions(store, clock) == ["What is a keel?"]


async def test_what_another_version_wrote_is_passed_over_and_can_be_deleted(store: Store, clock: Clock) -> None:
    await store.put(Put("cached:acme:5c0be000", "strange", b"\xc1", 60.0, "acme", content=True))
    await keep(store, "What is a keel?", at=clock())
    assert await questions(store, clock) == ["What is a keel?"]
    with pytest.raises(UnknownEntry, match="cannot be read"):
        await shown(store, "5c0be000.strange")
    assert await deleted(store, Entries(), Selection(older_than_s=0.0), now=clock()) == 2
