"""What similar questions cost with the cache and without, all calls of our own counted, read from the ledger.

The same stream goes through two gateways: one with the semantic cache and its shadow calls, one with the cache
switched off. The mock provider reports the same usage for every answer, and prices are those of the real model. The
stream holds groups of questions that ask the same in different words.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import processes, workloads
from benchmarks.cache import ours
from benchmarks.cache.latency import known
from benchmarks.cache.probe import Client, chat
from benchmarks.cache.questions import questions

AIM = 0.95
"""Of the cost of a hit, what has to be saved."""
_OFF = {"TRIMTAB_CACHE__EXACT": "false", "TRIMTAB_CACHE__SEMANTIC": "false"}
"""The stage stays in its place and does nothing."""
_OPENINGS = (
    "How do I {}", "how can i {}", "How can I {}?", "What are the steps to {}?", "Please tell me how to {}.",
    "how do you {}", "i want to {}, how do i do that", "Could you explain how to {}?", "How to {}",
)  # fmt: skip


def similar(groups: int, chance: random.Random) -> list[str]:
    """Each question of so many in all its wordings, in an order that mixes them."""
    found = []
    for _, (question, _) in zip(range(groups), questions(), strict=False):
        what = question.removeprefix("How do I ").removesuffix("?")
        found += [opening.format(what) for opening in _OPENINGS]
    chance.shuffle(found)
    return found


def measure(console: Console, *, quick: bool = False) -> dict[str, Any]:
    """Run both, print the table."""
    asked = similar(10 if quick else 100, random.Random(1))
    said = {
        "without": _run(asked, _OFF, shadow=False),
        "with, no shadow calls": _run(asked, ours.ENVIRONMENT, shadow=False),
        "with shadow calls": _run(asked, ours.ENVIRONMENT, shadow=True),
    }
    base = said["without"]["cost"]
    for of in said.values():
        of["saved"] = round(1 - of["all"] / base, 4)
        of["saved_on_hits"] = round(1 - of["own"] / of["hits_without"], 4) if of["hits_without"] else None
    console.print(_table(said))
    return {"requests": len(asked), "wordings": len(_OPENINGS), "aim": AIM, "runs": said}


def _run(asked: list[str], settings: Mapping[str, str], *, shadow: bool) -> dict[str, Any]:
    load, alone = processes.cores()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        provider = stack.enter_context(processes.mock_provider(load))
        port = processes.free_port()
        command = processes.trimtab(provider.url, port, folder)
        environment = known({**settings, **(_BACKGROUND if shadow else {})})
        with (
            processes.server(command, port, alone, environment=environment),
            Client(f"http://127.0.0.1:{port}") as client,
        ):
            for question in asked:
                client.ask(chat(question, workloads.MODEL))
        return _booked(folder)


_BACKGROUND = {
    "TRIMTAB_BACKGROUND__MODEL": workloads.MODEL,
    "TRIMTAB_BACKGROUND__UPSTREAM": "default",
    "TRIMTAB_BACKGROUND__KEY_ENV": "TRIMTAB_BENCHMARK_KEY",
    "TRIMTAB_BACKGROUND__MAX_CALLS_PER_HOUR": "100000",
    "TRIMTAB_BENCHMARK_KEY": "sk-benchmark",
}


def _booked(folder: Path) -> dict[str, Any]:
    """What the ledger says after the gateway has ended."""
    trimtab = Path(sys.executable).with_name("trimtab")
    command = [str(trimtab), "report", "--since", "1d", "--json", "--store", str(folder / "bench.db")]
    report = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    outcomes = report["cache"]
    own = report["own_cost"]
    return {
        "requests": report["requests"],
        "cache": outcomes,
        "own_calls": report["own"]["calls"],
        "cost": report["cost"],
        "own": own,
        "all": report["cost"] + own,
        "hits_without": report["cost_without"] * outcomes.get("hit", 0) / max(1, report["requests"]),
    }


def _table(said: dict[str, Any]) -> Table:
    table = Table(title="similar questions")
    for heading in ("", "requests", "hits", "dollars", "own calls", "dollars", "all", "saved", "saved on hits"):
        table.add_column(heading, justify="right" if heading else "left")
    for name, of in said.items():
        saved = "-" if of["saved_on_hits"] is None else f"{of['saved_on_hits']:.1%}"
        table.add_row(
            name,
            str(of["requests"]),
            str(of["cache"].get("hit", 0)),
            f"{of['cost']:.4f}",
            str(of["own_calls"]),
            f"{of['own']:.4f}",
            f"{of['all']:.4f}",
            f"{of['saved']:.1%}",
            saved,
        )
    return table
