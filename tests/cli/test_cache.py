"""`trimtab cache`: what it shows, what it deletes, and what it asks before."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from tests.cli.conftest import Trim, row
from tests.fakes.cache import CALIBRATION, keep, shipped_calibration
from trimtab.config import Config
from trimtab.semantic_cache.bounds import Bounds
from trimtab.semantic_cache.entries import Entries, Place, Use
from trimtab.semantic_cache.feedback import Caller
from trimtab.store import Store, open_store
from trimtab.telemetry.ledger import Ledger

T = TypeVar("T")


class Cached:
    """A store on disk with answers of two tenants and the requests that they answered."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.now = time.time()
        self.places: dict[str, Place] = {}
        self.run(self._fill)

    def run(self, work: Callable[[Store], Awaitable[T]]) -> T:
        """Do something with the store while nobody else has it open."""

        async def opened() -> T:
            store = await open_store(str(self.path))
            try:
                return await work(store)
            finally:
                await store.close()

        return asyncio.run(opened())

    async def _fill(self, store: Store) -> None:
        for question, pool in (("What is a keel?", "acme"), ("Where is the mast?", "acme"), ("How deep?", "other")):
            place = await keep(store, question, f"Answer to {question}", at=self.now, pool=pool, thread=f"t-{pool}")
            self.places[question] = place
        entries, place = Entries(), self.places["What is a keel?"]
        entry = await entries.at(store, place, self.now)
        assert entry is not None
        entries.used(store, place, entry, Use(hits=3, last=self.now, saved=60))
        ledger = Ledger(store, time.time)
        hit = {"cache": "hit", "cache_tier": "exact", "rounds": 0, "cost": 0.0}
        for each in (
            row(self.now - 60, **hit),
            row(self.now - 60, cache_reason="near miss: number differs: 3 vs 4"),
            row(self.now - 7200, tenant="other", cache="bypass", cache_reason="the client asked for a bypass"),
        ):
            ledger.write(each)

    def close_tier(self) -> None:
        async def wrong(store: Store) -> None:
            caller, bounds = Caller("acme", Config(), store, time.time), Bounds(lambda: CALIBRATION)
            await bounds.of(caller)
            for _ in range(10):
                await bounds.change(
                    caller, lambda known: known.observed(0.995, "different", served=True).settled(0.01), now=True
                )

        self.run(wrong)

    @property
    def left(self) -> list[str]:
        async def look(store: Store) -> set[str]:
            return {entry.key for entry in await store.entries(kind="cached")}

        keys = self.run(look)
        return [question for question, place in self.places.items() if place.key in keys]


@pytest.fixture
def cached(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cached]:
    (home / "shipped").mkdir()
    with shipped_calibration(home / "shipped", monkeypatch):
        yield Cached(home / "trimtab.db")


def test_stats_say_what_the_cache_did_and_how_far_it_can_be_trusted(trim: Trim, cached: Cached) -> None:
    """Rates, reasons, money, and that without background calls the bound stays with the prior."""
    out = " ".join(trim("cache", "stats").stdout.split())
    for said in (
        "hit rate 50.0%",
        "hits: exact 1",
        "number differs 1",
        "the client asked for a bypass 1",
        "dollars saved $0.0160",
        "answers kept 3",
        "acme prior 1.00% 0.9",
        "acme: no hit is checked, because background calls are off",
    ):
        assert said in out


def test_stats_as_json_by_time_and_tenant(trim: Trim, cached: Cached) -> None:
    everything = json.loads(trim("cache", "stats", "--json").stdout)
    hour = json.loads(trim("cache", "stats", "--since", "1h", "--json").stdout)
    other = json.loads(trim("cache", "stats", "--tenant", "other", "--json").stdout)
    assert (everything["hit_rate"], everything["bypasses"]) == (0.5, {"the client asked for a bypass": 1})
    assert hour["bypasses"] == {}
    assert (other["requests"], other["entries"], list(other["pools"])) == (0, 1, ["other"])
    assert everything["pools"]["acme"]["status"] == "prior"


def test_stats_say_when_a_tier_has_closed_itself(trim: Trim, cached: Cached) -> None:
    cached.close_tier()
    out = trim("cache", "stats").stdout
    assert "closed: 3 of 3 checked hits were wrong" in out
    assert "until it has shown itself right, or is reopened" in out


@pytest.mark.parametrize(
    ("options", "questions"),
    [
        ((), ["What is a keel?", "Where is the mast?", "How deep?"]),
        (("--tenant", "acme"), ["What is a keel?", "Where is the mast?"]),
        (("--writer", "t-other"), ["How deep?"]),
        (("--like", "KEEL"), ["What is a keel?"]),
        (("--like", "/^w.*mast/"), ["Where is the mast?"]),
        (("--older-than", "1h"), []),
    ],
)
def test_list_shows_what_the_options_mean(
    trim: Trim, cached: Cached, options: tuple[str, ...], questions: list[str]
) -> None:
    table = trim("cache", "list", *options).stdout
    assert [question for question in cached.places if question in table] == questions
    listed = json.loads(trim("cache", "list", *options, "--json").stdout)
    assert sorted(each["question"] for each in listed) == sorted(questions)
    assert "Answer to" not in table
    assert ("No such answer is kept." in table) == (not questions)


def test_show_tells_an_entry_by_what_the_list_prints_of_its_id(trim: Trim, cached: Cached) -> None:
    place = cached.places["What is a keel?"]
    assert place.key[:12] in trim("cache", "list").stdout
    out = trim("cache", "show", place.key[:12]).stdout
    for said in (f"Id: {place.id}", "Asked: What is a keel?", "Answered: Answer to What is a keel?", "Hits: 3"):
        assert said in out
    assert json.loads(trim("cache", "show", place.id, "--json").stdout)["answer"] == "Answer to What is a keel?"


def test_what_somebody_wrote_cannot_steer_the_terminal(trim: Trim, cached: Cached) -> None:
    """Escape sequences in questions and answers are printed as replacement characters."""

    async def write(store: Store) -> Place:
        return await keep(store, "Say \x1b[2J it", "It \x1b]0;title\x07 is", at=cached.now)

    place = cached.run(write)
    for command in (("list",), ("show", place.id)):
        out = trim("cache", *command).stdout
        assert "\N{REPLACEMENT CHARACTER}[2J" in out
        assert "\x1b" not in out


def test_show_of_what_is_not_there_fails_by_name(trim: Trim, cached: Cached) -> None:
    result = trim("cache", "show", "0123456789")
    assert result.exit_code == 1
    assert "no entry '0123456789'" in result.stderr


@pytest.mark.parametrize(
    ("options", "gone"),
    [
        (("--tenant", "acme"), 2),
        (("--like", "mast"), 1),
        (("--writer", "t-other"), 1),
        (("--tenant", "acme", "--like", "deep"), 0),
        (("--older-than", "0s"), 3),
    ],
)
def test_delete_takes_what_the_options_mean(trim: Trim, cached: Cached, options: tuple[str, ...], gone: int) -> None:
    result = trim("cache", "delete", *options, "--yes")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"{gone} ")
    assert len(cached.left) == 3 - gone


def test_delete_by_id_takes_one(trim: Trim, cached: Cached) -> None:
    assert trim("cache", "delete", cached.places["How deep?"].key[:10], "-y").stdout == "1 entry deleted.\n"
    assert cached.left == ["What is a keel?", "Where is the mast?"]


def test_delete_asks_and_takes_no_for_an_answer(trim: Trim, cached: Cached) -> None:
    result = trim("cache", "delete", "--tenant", "acme", "--like", "keel", given="n\n")
    assert result.exit_code == 1
    assert "Delete all answers of tenant acme, like 'keel' from the cache in trimtab.db?" in result.stdout
    assert len(cached.left) == 3


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((), "nothing says what to delete"),
        (("--tenant", ""), "tenant is empty"),
        (("--like", ""), "like is empty"),
        (("--like", "/(/"), "not a regular expression"),
        (("--older-than", "soon"), "--older-than = 'soon'"),
        (("0123456789", "--tenant", "acme"), "not both"),
    ],
)
def test_delete_refuses_what_is_unclear(trim: Trim, cached: Cached, arguments: tuple[str, ...], why: str) -> None:
    """A script whose variable is unset must not delete everything."""
    result = trim("cache", "delete", *arguments, "--yes")
    assert result.exit_code == 2
    assert why in result.stderr
    assert len(cached.left) == 3


def test_reopen_opens_what_has_closed_itself(trim: Trim, cached: Cached) -> None:
    """It says why it was closed, asks, and then nothing is held against the tenant."""
    cached.close_tier()
    asked = trim("cache", "reopen", "--tenant", "acme", given="n\n")
    assert (asked.exit_code, "3 of 3 checked hits were wrong" in asked.stdout) == (1, True)
    assert "closed:" in trim("cache", "stats").stdout
    assert trim("cache", "reopen", "--tenant", "acme", "--yes").exit_code == 0
    assert "closed:" not in trim("cache", "stats").stdout
    assert "there is nothing to do" in trim("cache", "reopen", "--tenant", "acme").stdout
