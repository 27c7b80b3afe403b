"""`trimtab explain` and `trimtab report`, over a ledger on disk."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Filled, Trim, row
from trimtab.store import open_store
from trimtab.telemetry.ledger import Ledger, new_id


def test_explain_says_what_was_changed_and_what_it_saved(trim: Trim, filled: Filled) -> None:
    """The sentences name the stage, the reason, the tokens and the dollars of this request."""
    result = trim("explain", filled.rows[0].id)
    assert result.exit_code == 0
    for said in (filled.rows[0].id, "tenant acme", "tool_selection", "minified", "$0.0120", "$0.0160"):
        assert said in result.stdout


def test_explain_prints_the_row_as_json(trim: Trim, filled: Filled) -> None:
    """A program gets the ledger's own row."""
    printed = json.loads(trim("explain", filled.rows[1].id, "--json").stdout)
    assert (printed["id"], printed["tenant"], printed["cost"]) == (filled.rows[1].id, "other", 0.012)


@pytest.mark.parametrize("wrong", ["42", "tt_xyz", ""])
def test_explain_refuses_what_is_no_id(trim: Trim, filled: Filled, wrong: str) -> None:
    """A wrong id is a usage error that says what an id looks like."""
    result = trim("explain", wrong)
    assert result.exit_code == 2
    assert "is not a ledger id" in result.stderr


def test_explain_of_an_unknown_request_fails(trim: Trim, filled: Filled) -> None:
    """A right id that the ledger does not have ends with exit code 1 and the reasons that there can be."""
    result = trim("explain", new_id(1_750_000_000.0))
    assert result.exit_code == 1
    assert "has no request tt_" in result.stderr


@pytest.mark.parametrize("command", [["explain", new_id(1_750_000_000.0)], ["report"], ["data", "show"]])
def test_a_store_that_is_not_there_is_not_made(trim: Trim, home: Path, command: list[str]) -> None:
    """Looking at a store that does not exist fails, and leaves no empty file behind."""
    result = trim(*command, "--store", "absent.db")
    assert result.exit_code == 1
    assert "there is no store at absent.db" in result.stderr
    assert list(home.iterdir()) == []


def test_report_sums_up_what_is_recent_enough(trim: Trim, filled: Filled) -> None:
    """--since decides which rows count, in the table and in JSON alike."""
    day = json.loads(trim("report", "--since", "24h", "--json").stdout)
    hour = json.loads(trim("report", "--since", "1h", "--json").stdout)
    assert (day["requests"], hour["requests"]) == (2, 1)
    assert day["saved"] == pytest.approx(0.008)
    table = trim("report").stdout
    assert "$0.0080 (25.0%)" in table
    assert "tool_selection" in table


def test_report_says_how_many_requests_were_answered_from_the_cache(trim: Trim, filled: Filled) -> None:
    """By tier, as a share of those that were looked up."""

    async def add() -> None:
        store = await open_store(str(filled.path))
        Ledger(store, time.time).write(row(time.time(), cache="hit", cache_tier="verified", rounds=0))
        await store.close()

    assert "hit rate" not in trim("report").stdout
    asyncio.run(add())
    assert "33.3% (verified 33.3%)" in trim("report").stdout


@pytest.mark.parametrize(("by", "names"), [("tenant", ("acme", "other")), ("model", ("gpt-4o", "claude-sonnet-4-5"))])
def test_report_breaks_the_money_down(trim: Trim, filled: Filled, by: str, names: tuple[str, str]) -> None:
    """Each group has a line of its own."""
    broken_down = trim("report", "--by", by).stdout.partition(f"By {by}")[2]
    assert all(name in broken_down for name in names)


def test_report_of_nothing_says_so(trim: Trim, filled: Filled) -> None:
    """A time without requests is no error."""
    result = trim("report", "--since", "1s")
    assert (result.exit_code, result.stdout) == (0, "No request since 1s.\n")


@pytest.mark.parametrize("since", ["yesterday", "2999-01-01", "5 parsecs"])
def test_report_refuses_a_time_that_it_cannot_read(trim: Trim, filled: Filled, since: str) -> None:
    """A wrong or a future time is a usage error that repeats it."""
    result = trim("report", "--since", since)
    assert result.exit_code == 2
    assert repr(since) in result.stderr
