"""Time in the pipeline for one large request: 57k tokens, 100 tools, 30 messages, from `examples/sessions`.

First sight: no fragment of the request was seen before (every tool and message carries a number of its own), so
everything is read, counted and looked at. Following turn: the same thread with a call and a result more. Measured
around `Optimizer.prepare` with the store in a file, as in the gateway; baseline in the same run is reading and
writing the same body once with `orjson`.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table

from benchmarks import results
from trimtab.config import Config, StoreSettings
from trimtab.optimizer import Optimizer
from trimtab.pipeline import Incoming

SESSION = Path(__file__).resolve().parents[1] / "examples" / "sessions" / "workbench.jsonl.gz"
MESSAGES = 30


def main(argv: list[str] | None = None) -> None:
    """Measure, print, write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=30, help="threads, each seen for the first time")
    parser.add_argument("--turns", type=int, default=4, help="following turns of each thread")
    options = parser.parse_args(argv)
    figures = asyncio.run(_measure(options.threads, options.turns))
    _print(figures)
    results.write("pipeline", figures)


def _session() -> dict[str, Any]:
    with gzip.open(SESSION, "rt", encoding="utf-8") as lines:
        found: dict[str, Any] = json.loads(next(lines))
    return found


def _body(session: dict[str, Any], number: int, turn: int) -> bytes:
    """Request of thread ``number`` after ``turn`` further turns, in bytes that no other thread shares."""
    tag = f" #{number}"
    tools = [_tagged_tool(tool, tag) for tool in session["tools"]]
    messages = [_tagged(message, tag) for message in session["messages"][: MESSAGES + 2 * turn]]
    return orjson.dumps({"model": "gpt-4.1", "messages": messages, "tools": tools})


def _tagged_tool(tool: dict[str, Any], tag: str) -> dict[str, Any]:
    function = tool["function"]
    return {**tool, "function": {**function, "description": function.get("description", "") + tag}}


def _tagged(message: dict[str, Any], tag: str) -> dict[str, Any]:
    content = message.get("content")
    return {**message, "content": content + tag} if isinstance(content, str) else message


async def _measure(threads: int, turns: int) -> dict[str, Any]:
    session = _session()
    first: list[float] = []
    following: list[float] = []
    baseline: list[float] = []
    stages: dict[str, list[float]] = {}
    tokens = 0
    with tempfile.TemporaryDirectory() as folder:
        config = Config(store=StoreSettings(path=str(Path(folder) / "trimtab.db")))
        async with await Optimizer.open(config) as optimizer:
            for number in range(-2, threads):  # the first two only warm up
                for turn in range(turns + 1):
                    body = _body(session, number, turn)
                    baseline.append(_timed(lambda body=body: orjson.dumps(orjson.loads(body))))
                    started = time.perf_counter()
                    prepared = await optimizer.prepare(Incoming("openai_chat", body, provider="openai"))
                    took = (time.perf_counter() - started) * 1000
                    if prepared.report.fallback:
                        raise SystemExit(f"the pipeline fell back: {prepared.report.fallback}")
                    if number < 0:
                        continue
                    (following if turn else first).append(took)
                    if turn == 0 and prepared.client is not None:
                        tokens = prepared.client.tokens
                        for stage, ms in prepared.report.timings.items():
                            stages.setdefault(stage, []).append(ms)
                    await asyncio.sleep(0)
    return {
        "tokens": tokens,
        "tools": len(session["tools"]),
        "messages": MESSAGES,
        "first_sight_ms": _spread(first),
        "following_turn_ms": _spread(following),
        "orjson_round_trip_ms": _spread(baseline),
        "stages_first_sight_ms": {stage: _spread(values) for stage, values in stages.items()},
    }


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def _spread(values: list[float]) -> dict[str, float]:
    return {"median": median(values), "p99": quantiles(values, n=100)[98] if len(values) > 1 else values[0]}


def _print(figures: dict[str, Any]) -> None:
    title = f"{figures['tokens']:,} tokens, {figures['tools']} tools, {figures['messages']} messages"
    table = Table(title=title)
    for heading in ("what", "median ms", "p99 ms", "aim"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    rows = (
        ("first sight", "first_sight_ms", "< 25"),
        ("following turn", "following_turn_ms", "< 5"),
        ("orjson: read and write the body once", "orjson_round_trip_ms", "baseline"),
    )
    for what, key, aim in rows:
        spread = figures[key]
        table.add_row(what, f"{spread['median']:.2f}", f"{spread['p99']:.2f}", aim)
    for stage, spread in figures["stages_first_sight_ms"].items():
        table.add_row(f"  first sight, {stage}", f"{spread['median']:.2f}", f"{spread['p99']:.2f}", "")
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
