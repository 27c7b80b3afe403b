"""The README's tables, made from benchmarks/results/*.json: what is claimed is what was measured."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks import results
from benchmarks.cache import readme
from benchmarks.savings import HEADROOM

README = Path(__file__).resolve().parents[1] / "README.md"


def main(argv: list[str] | None = None) -> None:
    """Write the tables, or with --check say whether they are as the results have them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args(argv)
    text = README.read_text(encoding="utf-8")
    filled = _filled(text)
    if options.check:
        if filled != text:
            raise SystemExit("README.md: its tables are not those of benchmarks/results; run `make docs`")
        return
    README.write_text(filled, encoding="utf-8")


def _filled(text: str) -> str:
    for name, render in TABLES.items():
        table = render()
        if table:
            pattern = re.compile(rf"(<!-- table:{name} -->\n).*?(<!-- /table -->)", re.DOTALL)
            text = pattern.sub(lambda match, table=table: f"{match[1]}\n{table}\n\n{match[2]}", text)  # type: ignore[misc]
    return text


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [headings, ["---", *["---:"] * (len(headings) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _figures(name: str) -> Any:
    path = results.FOLDER / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def _demo() -> str:
    found = _figures("demo")
    if found is None:
        return ""
    usd, stages = found["usd"], {stage["stage"]: stage for stage in found["stages"]}
    rows = [
        (f"{found['requests']} requests of {found['sessions']} sessions", "without trimtab", "with", "change"),
        _row("input tokens", found["tokens"]),
        *(
            (
                "…" + f" after {name}",
                f"{each['before']:,.0f}",
                f"{each['after']:,.0f}",
                _change(each["before"], each["after"]),
            )
            for name, each in stages.items()
            if each["before"] != each["after"]
        ),
        *(
            _row(f"{said} tokens", {"without": found["usage"]["without"][kind], "with": found["usage"]["with"][kind]})
            for kind, said in (
                ("fresh", "fresh"),
                ("written", "cache-written"),
                ("read", "cache-read"),
                ("output", "output"),
            )
        ),
        _row("input weighted by price", found["weighted_input"]),
        (
            "**dollars**",
            f"${usd['without']:.4f}",
            f"**${usd['with']:.4f}**",
            f"**{_change(usd['without'], usd['with'])}**",
        ),
    ]
    added = found["added_ms"]
    validity = found["validity"]
    words = (
        f"{found['cache_hits']} answers came from the cache; without those hits "
        f"${usd['saved_without_cache_hits']:.4f} of ${usd['saved']:.4f} are still saved. "
        f"All {validity['answers_as_recorded']} answers reach the SDKs as recorded, {validity['refused']} requests are "
        f"refused by the provider. Added by trimtab: median {added['median']:.1f} ms, p99 {added['p99']:.1f} ms."
    )
    return f"{_table(rows[0], rows[1:])}\n\n{words}"


def _row(what: str, pair: Any) -> tuple[str, str, str, str]:
    return what, f"{pair['without']:,.0f}", f"{pair['with']:,.0f}", _change(pair["without"], pair["with"])


def _change(before: float, after: float) -> str:
    return f"{after / before - 1:+.1%}" if before else "-"


def _savings() -> str:
    figures = _figures("savings")
    if figures is None:
        return ""
    headings = (
        "sessions", "requests", "tokens", "cost, OpenAI", "cost, Anthropic", "needed values kept", "dearest session",
        "Headroom: tokens", "cost", "kept",
    )  # fmt: skip
    rows = []
    for name in ("suna", *HEADROOM):
        openai, anthropic = figures[name]["openai"], figures[name]["anthropic"]
        peer = HEADROOM.get(name)
        theirs = ("-",) * 3 if peer is None else (f"{peer[0]:.3f}", f"{peer[1]:.3f} / {peer[2]:.3f}", f"{peer[3]:.1%}")
        kept = "-" if openai["needles"] is None else f"{min(openai['needles'], anthropic['needles']):.1%}"
        own = [
            f"**{value:.3f}**" for value in (openai["tokens"], openai["weighted_input"], anthropic["weighted_input"])
        ]
        dearest = max(openai["dearest_session"], anthropic["dearest_session"])
        rows.append((name, str(openai["requests"]), *own, kept, f"{dearest:.3f}", *theirs))
    return _table(headings, rows)


_CONTESTANTS = {
    "direct": "direct, no gateway",
    "trimtab": "**trimtab, all stages on**",
    "forwarder": "granian + aiohttp forwarding blindly (the stack alone)",
    "starlette": "Starlette + uvicorn + httpx2 forwarding blindly",
    "litellm": "LiteLLM proxy",
}


def _gateway() -> str:
    found = _figures("gateway")
    if found is None:
        return ""
    rows = []
    for name, said in _CONTESTANTS.items():
        of = found["measured"].get(name)
        if of is not None:
            json_, streams, one = of["JSON"], of["streams"], of["one client, JSON"]
            rates = [f"{each['per_second']:,.0f} ({each['share']:.1%})" for each in (json_, streams)]
            rows.append((said, *rates, f"{one['added_median_ms']:.2f} / {one['added_p99_ms']:.2f}"))
    headings = ("one core", "4 KB JSON requests/s", "50-chunk streams/s", "added ms at one client, median / p99")
    return _table(headings, rows)


def _pipeline() -> str:
    found, memory = _figures("pipeline"), _figures("memory")
    if found is None:
        return ""
    rows = [
        (what, f"{found[key]['median']:.1f} ms", f"{found[key]['p99']:.1f} ms")
        for what, key in (
            ("first sight of the request", "first_sight_ms"),
            ("a following turn of its thread", "following_turn_ms"),
            ("orjson reading and writing it once, for comparison", "orjson_round_trip_ms"),
        )
    ]
    table = _table((f"{found['tokens']:,} tokens, {found['tools']} tools", "median", "p99"), rows)
    if memory is None:
        return table
    points = {point["requests"]: point["resident_mib"] for point in memory["points"]}
    first, last = points[10_000], points[max(points)]
    words = f"Resident memory: {first:.0f} MiB after 10,000 requests, {last:.0f} MiB after {max(points):,}."
    return f"{table}\n\n{words}"


def _cache(part: str, said: Callable[[Any], readme.Said]) -> str:
    found = _figures(f"semantic_cache_{part}")
    if found is None:
        return ""
    made = said(found)
    table = _table(made.headings, made.rows)
    return f"{table}\n\n{made.words}" if made.words else table


TABLES: dict[str, Callable[[], str]] = {
    "demo": _demo,
    "savings": _savings,
    "gateway": _gateway,
    "pipeline": _pipeline,
    "cache_pairs": lambda: _cache("pairs", readme.pairs),
    "cache_streams": lambda: _cache("streams", readme.streams),
    "cache_latency": lambda: _cache("latency", readme.latency),
    "cache_cost": lambda: _cache("cost", readme.cost),
}


if __name__ == "__main__":
    main()
