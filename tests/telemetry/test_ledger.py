"""The ledger: rows written, found, read in pages, kept within bounds."""

from __future__ import annotations

import asyncio

import pytest

from tests.conftest import Clock
from trimtab.config import LedgerSettings
from trimtab.request import Edit, MarkBreakpoint, ReplaceText, SetField
from trimtab.response import Usage
from trimtab.store import Store
from trimtab.telemetry.ledger import STREAM, EditLine, Ledger, Row, edit_line, new_id, time_of, usage_dict
from trimtab.telemetry.retention import retain

DAY = 86400.0


@pytest.fixture
def ledger(store: Store, clock: Clock) -> Ledger:
    return Ledger(store, clock)


def row(at: float, tenant: str = "t") -> Row:
    return Row(id=new_id(at), at=at, tenant=tenant)


def test_an_id_tells_when_it_was_given() -> None:
    """To the millisecond, and only where it is one of ours."""
    assert time_of(new_id(1_750_000_000.1234)) == 1_750_000_000.123
    for other in ("", "tt_", "tt_xyz", "chatcmpl-1", "tt_" + "g" * 21, "tt_" + "0" * 20, "0" * 21, "TT_" + "0" * 21):
        assert time_of(other) is None


def test_ids_of_one_moment_differ() -> None:
    """Two requests in a millisecond get two rows."""
    assert len({new_id(5.0) for _ in range(200)}) == 200


async def test_a_row_comes_back_as_it_was_written(ledger: Ledger, store: Store, clock: Clock) -> None:
    """Every field survives the store, nested edits and unknown prices included."""
    full = Row(
        id=new_id(clock()),
        at=clock(),
        tenant="t",
        thread="th",
        route="r",
        format="openai_chat",
        model="m",
        stream=True,
        status=200,
        complete=True,
        before={"tools": 5},
        after={"tools": 3},
        edits=[EditLine("s", "ReplaceTool", "tools", "why", 5, 3, "tool 1", "h", False)],
        usage=usage_dict(Usage(1, 2, 3, 4, 1)),
        without=usage_dict(Usage(9)),
        reported=True,
        rounds=2,
        cost=1.0,
        cost_without=None,
        own_cost=0.25,
        latency={"added": 1},
        cache="miss",
        cache_reason="new",
        fallback="f",
        notes=["n"],
        flags={"k": "v"},
    )
    ledger.write(full)
    await store.flush()
    assert await ledger.find(full.id) == full
    assert [found for _, found in await ledger.rows()] == [full]


async def test_a_row_is_found_however_many_lie_around_it(ledger: Ledger, store: Store, clock: Clock) -> None:
    """Also one that was written long after its request began, behind rows of later requests."""
    wanted = row(clock())
    for number in range(2500):
        ledger.write(row(clock() + number % 7))
    ledger.write(wanted)
    ledger.write(row(clock() + 9))
    await store.flush()
    assert await ledger.find(wanted.id) == wanted
    assert await ledger.find(new_id(clock())) is None
    assert await ledger.find("no id") is None


async def test_saved_counts_what_we_spent_ourselves() -> None:
    """And is unknown where either price is."""
    assert Row(id="a", at=0, tenant="t", cost=1.0, cost_without=4.0, own_cost=0.5).saved == 2.5
    assert Row(id="a", at=0, tenant="t", cost=1.0).saved is None


async def test_scanning_reads_all_rows_page_by_page(ledger: Ledger, store: Store, clock: Clock) -> None:
    """Rows at a page's border come once, those before the given time not at all."""
    written = [row(clock() + number) for number in range(25)]
    for each in written:
        ledger.write(each)
    await store.flush()
    for page in (1, 5, 7, 25, 1000):
        assert [found async for found in ledger.scan(page=page)] == written
    assert [found async for found in ledger.scan(clock() + 20, page=2)] == written[20:]


async def test_what_is_no_row_is_passed_over(ledger: Ledger, store: Store, clock: Clock) -> None:
    """An event that another version wrote costs its own line only, also where it fills a whole page."""
    for number in range(3):
        store.append_later(STREAM, {"id": "tt_1", "cost": "much"}, at=clock() + number)
    good = row(clock() + 5)
    ledger.write(good)
    await store.flush()
    assert [found async for found in ledger.scan(page=1)] == [good]
    assert [found for _, found in await ledger.rows()] == [good]


async def test_retention_drops_by_age(ledger: Ledger, store: Store, clock: Clock) -> None:
    """Rows older than the retention go, the others stay; a second run finds nothing."""
    for age in (100, 91, 89, 1):
        ledger.write(row(clock() - age * DAY))
    settings = LedgerSettings(retention_days=90)
    assert await retain(ledger, settings, clock()) == 2
    assert await retain(ledger, settings, clock()) == 0
    assert len(await ledger.rows()) == 2


async def test_retention_drops_the_oldest_beyond_the_bound(ledger: Ledger, store: Store, clock: Clock) -> None:
    """Of 1,010 rows the newest 1,000 stay, rows not yet written included."""
    rows = [row(clock() + number) for number in range(1010)]
    for each in rows:
        ledger.write(each)
    assert await retain(ledger, LedgerSettings(max_rows=1000), clock() + 2000) == 10
    assert [found async for found in ledger.scan()] == rows[10:]


async def test_retention_runs_beside_writers_and_other_runs(ledger: Ledger, store: Store, clock: Clock) -> None:
    """Two runs at once and rows coming in meanwhile: every row goes once, and no new one is lost."""
    for number in range(50):
        ledger.write(row(clock() - 100 * DAY + number))

    async def write() -> None:
        for number in range(50):
            ledger.write(row(clock() + number))
            await asyncio.sleep(0)

    settings = LedgerSettings(retention_days=90)
    gone = await asyncio.gather(retain(ledger, settings, clock()), retain(ledger, settings, clock()), write())
    await store.flush()
    assert sum(count or 0 for count in gone) == 50
    assert len([found async for found in ledger.scan()]) == 50


def test_an_edit_line_names_the_place_and_never_the_text() -> None:
    """The ledger holds no content."""
    made = Edit(ReplaceText(3, 1, "a secret"), "lossless", "minified", "history", 90, 40, handle="h1")
    line = edit_line(made)
    assert (line.op, line.place, line.before, line.after, line.handle) == (
        "ReplaceText",
        "message 3, block 1",
        90,
        40,
        "h1",
    )
    assert "secret" not in repr(line)
    assert edit_line(Edit(SetField("prompt_cache_key", "k"), "prefix", "w", "history")).place == "name prompt_cache_key"
    assert edit_line(Edit(MarkBreakpoint(None), "prefix", "w", "tools"), applied=False).applied is False
