"""What the first savings are worth on recorded agent sessions: tokens, the bill, and the values needed later.

Each trace file of the shared data on its own, and the Suna workload, played through the pipeline against a model
of the provider (OpenAI: fresh 1, read .1 in steps of 128 from 1,024; Anthropic: written 1.25, read .1, the client's
own breakpoints after tools, system text and last message). Every session has a provider cache of its own, the
answer cache is off: nothing is saved by repeating a session. Tokens and needles are read from the bytes that the
provider received. Beside it what the closest peer reached on the same files.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import results, suna
from trimtab.config import CacheSettings, Config, Provider
from trimtab.replay import Problem, Recorded, Recordings, Summary, replay
from trimtab.replay.convert import Rendering, exchanges

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
TRACES = ("tau_airline", "tau2", "livemcp", "livemcp_flat100", "swe_agent", "mini_swe", "api_bank")
SESSIONS = {"mini_swe": 12}
"""Most of all tokens are in one file; its first sessions stand for it. All others are played whole."""

HEADROOM: dict[str, tuple[float, float, float, float]] = {
    "tau_airline": (0.978, 0.974, 0.973, 1.000),
    "tau2": (0.947, 0.947, 0.946, 1.000),
    "livemcp": (0.970, 0.969, 0.966, 0.994),
    "livemcp_flat100": (0.884, 0.877, 0.876, 0.528),
    "swe_agent": (0.976, 0.957, 0.955, 1.000),
    "mini_swe": (0.923, 0.923, 0.921, 1.000),
    "api_bank": (0.997, 1.004, 1.005, 1.000),
}
"""Headroom 0.42 in its default mode, as recorded in the evidence: tokens, cost OpenAI, cost Anthropic, needles."""


def main(argv: list[str] | None = None) -> None:
    """Play everything for both providers, print the table, write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", choices=(*TRACES, "suna"), help="these alone; may be repeated")
    chosen = parser.parse_args(argv).only or (*TRACES, "suna")
    if not DATA.is_dir():
        print("benchmarks.savings: the development data (../shared/data) is not on this machine; nothing was measured")
        return
    figures = {name: {provider: _played(name, provider) for provider in ("openai", "anthropic")} for name in chosen}
    _print(figures)
    if len(chosen) > len(TRACES):
        results.write("savings", figures)


def _played(name: str, provider: Provider) -> dict[str, Any]:
    config = Config(cache=CacheSettings(exact=False))
    summary = asyncio.run(replay(_exchanges(name, provider), config, prompt_cache="session"))
    ratios = sorted(session.weighted.ratio or 1.0 for session in summary.sessions.values())
    found = summary.to_dict()
    return {
        "sessions": len(summary.sessions),
        "requests": summary.requests,
        "tokens": found["tokens"]["ratio"],
        "weighted_input": found["weighted_input"]["ratio"],
        "bill": found["cost_usd"]["ratio"],
        "needles": summary.needles.share,
        "stages": _shares(summary),
        "usage": found["usage"],
        "dearest_session": ratios[-1],
        "dearer_sessions": sum(ratio > 1.0005 for ratio in ratios),
        "added_ms": found["added_ms"],
        "refused": len(summary.refused),
        "differing_answers": summary.differing,
    }


def _exchanges(name: str, provider: Provider) -> Iterator[Recorded | Problem]:
    rendering = Rendering.of(provider)
    if name == "suna":
        for session in suna.sessions(DATA):
            yield from exchanges(session, rendering)
        return
    recordings = Recordings([DATA / "traces" / f"{name}.dev.jsonl.gz"], rendering)
    yield from _first(recordings, SESSIONS.get(name))


def _first(recordings: Iterable[Recorded | Problem], sessions: int | None) -> Iterator[Recorded | Problem]:
    if sessions is None:
        yield from recordings
        return
    grouped = itertools.groupby(recordings, key=lambda each: getattr(each, "session", ""))
    for _, group in itertools.islice(grouped, sessions):
        yield from group


def _shares(summary: Summary) -> dict[str, float]:
    """Input tokens saved by each stage, as a share of what came in."""
    came = sum(pair.without for pair in summary.sections.values())
    return {stage: saved / came for stage, saved in summary.stages.items()} if came else {}


def _print(figures: dict[str, dict[str, dict[str, Any]]]) -> None:
    table = Table(title="With trimtab over without (1 = unmodified); Headroom 0.42 as recorded")
    table.add_column("trace")
    for heading in (
        "requests", "tokens", "Headroom", "cost OpenAI", "Headroom", "cost Anthropic", "Headroom",
        "needles", "Headroom", "dearest session", "added ms, median / p99",
    ):  # fmt: skip
        table.add_column(heading, justify="right")
    for name, by_provider in figures.items():
        openai, anthropic = by_provider["openai"], by_provider["anthropic"]
        peer = HEADROOM.get(name)
        cells: list[float | None] = [openai["tokens"], openai["weighted_input"], anthropic["weighted_input"]]
        mine = [*cells, None if openai["needles"] is None else min(openai["needles"], anthropic["needles"])]
        pairs = [part for own, theirs in zip(mine, peer or (None,) * 4, strict=True) for part in (own, theirs)]
        worst = max(openai["dearest_session"], anthropic["dearest_session"])
        times = f"{openai['added_ms']['median']:.2f} / {openai['added_ms']['p99']:.2f}"
        table.add_row(name, str(openai["requests"]), *map(_ratio, pairs), _ratio(worst), times)
    console = Console(width=180)
    console.print(table)
    stages = sorted({stage for each in figures.values() for stage in each["openai"]["stages"]})
    by_stage = Table(title="Input tokens saved by stage, share of what came in (OpenAI)")
    by_stage.add_column("trace")
    for stage in stages:
        by_stage.add_column(stage, justify="right")
    for name, by_provider in figures.items():
        shares = by_provider["openai"]["stages"]
        by_stage.add_row(name, *(f"{shares.get(stage, 0.0):.1%}" for stage in stages))
    console.print(by_stage)


def _ratio(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


if __name__ == "__main__":
    main()
