"""`trimtab data`: what is shown, what is deleted, and what is not."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from tests.cli.conftest import Filled, Trim
from tests.fakes.redis_server import RedisServer
from trimtab.store import Put, open_store


def test_show_counts_what_is_kept_by_kind(trim: Trim, filled: Filled) -> None:
    """Every kind has a line: rows, whether it is text, and when it expires; the ledger is among them."""
    lines = trim("data", "show").stdout.splitlines()
    blob = next(line for line in lines if line.strip().startswith("blob"))
    events = next(line for line in lines if line.strip().startswith("events"))
    assert "yes" in blob
    assert " 2 " in blob
    assert "in " in blob
    assert "ledger" in events


def test_show_lists_the_entries_of_a_tenant_a_thread_or_a_kind(trim: Trim, filled: Filled) -> None:
    """Filters narrow the list, and no entry's text is printed."""
    by_tenant = trim("data", "show", "--tenant", "acme").stdout
    assert "blob:acme" in by_tenant
    assert "thread:acme" in by_tenant
    assert "other" not in by_tenant
    assert "blob:other" in trim("data", "show", "--thread", "t2").stdout
    assert "thread:acme" not in trim("data", "show", "--kind", "blob").stdout
    assert "what somebody wrote" not in by_tenant
    assert "Nothing like that is kept." in trim("data", "show", "--tenant", "nobody").stdout


def test_show_says_how_many_entries_it_leaves_out(trim: Trim, filled: Filled) -> None:
    """A list that is cut off by --limit is not mistaken for all there is."""
    assert "1 older entries are not listed" in trim("data", "show", "--tenant", "acme", "--limit", "1").stdout


def test_show_prints_json(trim: Trim, filled: Filled) -> None:
    """The same for programs: totals always, entries where they were asked for."""
    found = json.loads(trim("data", "show", "--json").stdout)
    assert {each["kind"]: each["rows"] for each in found["usage"]} == {"blob": 2, "thread": 1, "events": 2}
    assert found["entries"] == []
    listed = json.loads(trim("data", "show", "--tenant", "other", "--json").stdout)["entries"]
    assert [(each["ns"], each["key"]) for each in listed] == [("blob:other", "b2")]


def test_show_of_an_empty_store_says_so(trim: Trim, home: Path) -> None:
    """A store that holds nothing is no error."""

    async def make() -> None:
        await (await open_store(str(home / "empty.db"))).close()

    asyncio.run(make())
    result = trim("data", "show", "--store", "empty.db")
    assert result.exit_code == 0
    assert "The store is empty." in result.stdout


def test_purge_asks_and_takes_no_for_an_answer(trim: Trim, filled: Filled) -> None:
    """Without a yes nothing is deleted; the question says whose data it is about."""
    before = filled.kept()
    result = trim("data", "purge", "--tenant", "acme", given="n\n")
    assert result.exit_code == 1
    assert "tenant acme in trimtab.db?" in result.stdout
    assert filled.kept() == before


def test_purge_deletes_what_is_a_tenants_and_nothing_else(trim: Trim, filled: Filled) -> None:
    """Entries and ledger rows of one tenant go, those of another stay."""
    result = trim("data", "purge", "--tenant", "acme", "--yes")
    assert (result.exit_code, result.stdout) == (0, "3 entries and ledger rows deleted.\n")
    assert filled.kept() == ["blob:other"]
    assert trim("explain", filled.rows[0].id).exit_code == 1
    assert trim("explain", filled.rows[1].id).exit_code == 0


def test_purge_of_content_keeps_threads_and_the_ledger(trim: Trim, filled: Filled) -> None:
    """--content-only takes the texts of all tenants and leaves the books."""
    result = trim("data", "purge", "--content-only", given="y\n")
    assert result.exit_code == 0
    assert "all texts of ALL tenants" in result.stdout
    assert filled.kept() == ["thread:acme"]
    assert trim("explain", filled.rows[0].id).exit_code == 0


def test_purge_of_a_thread_leaves_the_others(trim: Trim, filled: Filled) -> None:
    """A thread goes with its ledger rows."""
    assert trim("data", "purge", "--thread", "t2", "-y").exit_code == 0
    assert filled.kept() == ["blob:acme", "thread:acme"]
    assert trim("explain", filled.rows[1].id).exit_code == 1


def test_purge_refuses_an_empty_owner(trim: Trim, filled: Filled) -> None:
    """A script whose variable is unset must not delete another's data, or everyone's."""
    for option in ("--tenant", "--thread"):
        result = trim("data", "purge", option, "", "--yes")
        assert result.exit_code == 2
        assert f"{option} is empty" in result.stderr
    assert len(filled.kept()) == 3


def test_a_redis_is_shown_and_purged_without_its_password(trim: Trim, tmp_path: Path) -> None:
    """The same commands work on a server, and print neither user nor password."""
    server = RedisServer(tmp_path / "redis", "--requirepass", "hush-hush")
    url = f"redis://:hush-hush@127.0.0.1:{server.port}"
    try:

        async def fill() -> None:
            store = await open_store(url)
            await store.put(Put("blob:acme", "b1", b"text", tenant="acme", content=True))
            await store.close()

        asyncio.run(fill())
        shown = [trim("data", "show", "--store", url), trim("data", "show", "--json", "--store", url)]
        shown.append(trim("data", "purge", "--store", url, given="y\n"))
        assert "1 entries and ledger rows deleted" in shown[-1].stdout
        shown.append(trim("data", "show", "--store", url))
        assert "The store is empty" in shown[-1].stdout
    finally:
        server.stop()
    for result in shown:
        assert "hush-hush" not in result.stdout + result.stderr
        if "Store:" in result.stdout:
            assert f"redis://***@127.0.0.1:{server.port}" in result.stdout
