"""How long a hit takes and what a miss adds, through the running gateway, with 1k, 10k and 100k entries.

The gateway has a core to itself; client and mock provider share another. A hit is a question in other words than the
stored one, so it passes embedding, search, guards and verifier; a miss is a new question, which also passes whatever
candidates the search finds. Pass-through is the same gateway with its cache switched off, in a process of its own.
All are asked in turn, one request of each after another. Times are seen by the client; what the provider itself takes
is in all of them but the hits.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import processes, workloads
from benchmarks.cache import ours
from benchmarks.cache.probe import Client, chat
from benchmarks.cache.questions import MOST, questions
from benchmarks.mock_provider import TEXT

SIZES = (1_000, 10_000, 100_000)
ROUNDS = 400
AIMS = {"hit_median_ms": 6.0, "hit_p99_ms": 20.0, "miss_added_median_ms": 8.0}
_WARM = 20
_FIRST = "Where can I find the manual?"
_WRITTEN_S = 2.0
"""What is to be written later is, by then."""
_LAST = MOST - ROUNDS - _WARM
"""Questions from here on are in no cache."""
_OFF = {"TRIMTAB_CACHE__EXACT": "false", "TRIMTAB_CACHE__SEMANTIC": "false"}


def measure(console: Console, *, quick: bool = False, most: int | None = None) -> dict[str, Any]:
    """Both stores with all sizes, or those of at most so many entries; prints the table."""
    sizes = SIZES[:1] if quick else tuple(size for size in SIZES if most is None or size <= most)
    return asyncio.run(_measure(console, sizes, 50 if quick else ROUNDS))


async def _measure(console: Console, sizes: tuple[int, ...], rounds: int) -> dict[str, Any]:
    said: dict[str, Any] = {}
    load, _ = processes.cores()
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, load)
    try:
        for name, opened in (("SQLite", _sqlite), ("Redis", ours.redis)):
            for size in sizes:
                async with opened() as store:
                    if store is None:
                        console.print(f"{name}: not to be had here")
                        break
                    figures = await asyncio.to_thread(_gateway, store, size, rounds)
                    said.setdefault(name, {})[str(size)] = figures
                    print(f"{name}, {size:,} entries: {figures}", file=sys.stderr, flush=True)
    finally:
        os.sched_setaffinity(0, before)
    console.print(_table(said))
    return {"rounds": rounds, "stores": said, "aims": AIMS}


@asynccontextmanager
async def _sqlite() -> AsyncIterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield str(Path(folder) / "bench.db")


def _entries(size: int) -> Iterator[tuple[str, str]]:
    """Requests and answers as the gateway would have stored them."""
    for question, _ in itertools.islice(questions(), size):
        yield chat(question, workloads.MODEL).decode(), _answer(question)


def _answer(question: str) -> str:
    message = {"role": "assistant", "content": f"{question} {TEXT}"}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    usage = {"prompt_tokens": 60, "completion_tokens": 30, "total_tokens": 90}
    about = {"id": "chatcmpl-stored", "object": "chat.completion", "created": 1750000000, "model": workloads.MODEL}
    return json.dumps({**about, "choices": [choice], "usage": usage})


def _gateway(store: str, size: int, rounds: int) -> dict[str, Any]:
    """Two gateways, one with its cache full, and what they take."""
    load, alone = processes.cores()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        provider = stack.enter_context(processes.mock_provider(load))
        urls = {"direct": provider.url}
        for name, where, settings in (("cached", store, ours.ENVIRONMENT), ("passed", str(folder / "p.db"), _OFF)):
            port = processes.free_port()
            command = [*processes.trimtab(provider.url, port, folder)[:-1], where]
            stack.enter_context(processes.server(command, port, alone, environment=known(settings)))
            urls[name] = f"http://127.0.0.1:{port}"
        filled = _filled(urls["cached"], store, size)
        clients = {name: stack.enter_context(Client(url)) for name, url in urls.items()}
        return {"entries": filled, **_in_turn(clients, size, rounds)}


def _filled(url: str, store: str, size: int) -> int:
    """Fill the cache behind a gateway, in the scope of a first request."""
    with Client(url) as client:
        client.ask(chat(_FIRST, workloads.MODEL))
    time.sleep(_WRITTEN_S)
    filled = asyncio.run(ours.fill(store, "", _entries(size)))
    time.sleep(_WRITTEN_S)
    return filled


def _in_turn(clients: dict[str, Client], size: int, rounds: int) -> dict[str, Any]:
    """Hit, miss, pass-through and the provider itself, one request of each after another."""
    times: dict[str, list[float]] = {"hit": [], "miss": [], "passed": [], "direct": []}
    refused = 0
    stored, new = itertools.islice(questions(), size), itertools.islice(questions(), _LAST, None)
    for number, ((_, again), (question, _)) in enumerate(zip(stored, new, strict=False)):
        step: dict[str, float] = {}
        answer = clients["cached"].ask(chat(again, workloads.MODEL))
        if answer.outcome == "hit":
            step["hit"] = answer.seconds
        body = chat(question, workloads.MODEL)
        missed = clients["cached"].ask(body)
        if missed.outcome != "hit":
            step["miss"] = missed.seconds
        step["passed"] = clients["passed"].ask(body).seconds
        step["direct"] = clients["direct"].ask(body).seconds
        if number >= _WARM:
            refused += answer.outcome != "hit"
            for kind, seconds in step.items():
                times[kind].append(seconds * 1000)
        if number == rounds + _WARM - 1:
            break
    return _figures(times, refused)


def known(settings: Any) -> dict[str, str]:
    """Only settings that there are, since an unknown one is refused."""
    from trimtab.config import CacheSettings

    names = {f"TRIMTAB_CACHE__{name.upper()}" for name in CacheSettings.model_fields}
    return {name: value for name, value in settings.items() if not name.startswith("TRIMTAB_CACHE__") or name in names}


def _figures(times: dict[str, list[float]], refused: int) -> dict[str, Any]:
    said: dict[str, Any] = {"not_served": refused}
    for kind, values in times.items():
        if values:
            said[f"{kind}_median_ms"] = round(statistics.median(values), 3)
            said[f"{kind}_p99_ms"] = round(sorted(values)[min(len(values) - 1, int(len(values) * 0.99))], 3)
    said["miss_added_median_ms"] = round(said["miss_median_ms"] - said["passed_median_ms"], 3)
    said["miss_added_p99_ms"] = round(said["miss_p99_ms"] - said["passed_p99_ms"], 3)
    return said


def _table(said: dict[str, Any]) -> Table:
    table = Table(title="milliseconds, one client")
    for heading in ("store", "entries", "hit: median", "p99", "miss: added median", "p99", "pass-through: median"):
        table.add_column(heading, justify="right" if heading != "store" else "left")
    for store, by_size in said.items():
        for size, of in by_size.items():
            hit = [f"{of[name]:.2f}" if name in of else "-" for name in ("hit_median_ms", "hit_p99_ms")]
            rest = [f"{of[name]:.2f}" for name in ("miss_added_median_ms", "miss_added_p99_ms", "passed_median_ms")]
            table.add_row(store, f"{int(size):,}", *hit, *rest)
    return table
