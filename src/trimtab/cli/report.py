"""`trimtab report`: what the requests of some time cost, and what they would have cost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer

from trimtab.cli.options import AsJson, ConfigFile, StorePath, existing_store, settings

if TYPE_CHECKING:
    from rich.table import Table

    from trimtab.config import Config
    from trimtab.telemetry.report import Report


class By(Enum):
    """What the money can be broken down by."""

    tenant = "tenant"
    model = "model"
    route = "route"
    format = "format"


def report(
    since: Annotated[
        str, typer.Option("--since", metavar="TIME", help="From when: 30m, 24h, 7d, or a date such as 2026-01-31.")
    ] = "24h",
    by: Annotated[By | None, typer.Option("--by", help="Break requests and dollars down.")] = None,
    store: StorePath = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Report tokens and dollars, with and without trimtab."""
    from trimtab.cli.output import console, print_json
    from trimtab.telemetry.since import parse_since

    start = parse_since(since, time.time())
    made = asyncio.run(_report(settings(config, store=store), start))
    if as_json:
        print_json(made.to_dict())
        return
    if not made.total.requests and not made.own.calls:
        typer.echo(f"No request since {since}.")
        return
    out = console()
    for each in _tables(made, since, by):
        out.print(each)


async def _report(config: Config, since: float) -> Report:
    from trimtab.telemetry.ledger import Ledger
    from trimtab.telemetry.report import report as reported

    async with existing_store(config) as store:
        return await reported(Ledger(store, time.time), since)


def _tables(made: Report, since: str, by: By | None) -> Iterator[Table]:
    from trimtab.cli.output import change, number, table

    yield _overview(made, since)
    before, after = sum(made.before.values()), sum(made.after.values())
    sections = [(name, made.before[name], made.after.get(name, 0)) for name in made.before]
    yield table(
        "Input tokens by section",
        ("section", "came", "sent", "change"),
        [(name, number(a), number(b), change(a, b)) for name, a, b in [*sections, ("all", before, after)]],
    )
    if made.stages:
        yield table(
            "By stage",
            ("stage", "edits", "tokens saved", "observed only", "would save"),
            [
                (name, number(s.edits), number(s.tokens_saved), number(s.observed), number(s.observed_tokens))
                for name, s in made.stages.items()
            ],
        )
    names = {"fresh": "fresh", "written": "cache-written", "read": "cache-read", "output": "output"}
    yield table(
        "Tokens on the bill",
        ("kind", "without trimtab", "with", "change"),
        [
            (said, number(a := made.usage_without[name]), number(b := made.usage[name]), change(a, b))
            for name, said in names.items()
        ],
    )
    if by is not None:
        yield _breakdown(made, by)


def _overview(made: Report, since: str) -> Table:
    from trimtab.cli.output import dollars, milliseconds, number, saving, table

    total = made.total
    rows = [
        ("requests", number(total.requests)),
        ("dollars without trimtab", dollars(total.cost_without)),
        ("dollars with trimtab", dollars(total.cost)),
        ("dollars for its own model calls", dollars(total.own_cost + made.own.cost)),
        ("saved", saving(total.cost_without, made.saved)),
        ("added by trimtab, median", milliseconds(made.added_ms.at(0.5))),
        ("added by trimtab, 99th percentile", milliseconds(made.added_ms.at(0.99))),
    ]
    if total.unknown_price:
        rows.append(("requests without a known price, in no sum of dollars", number(total.unknown_price)))
    rows += [(f"cache: {outcome}", number(count)) for outcome, count in made.cache.items()]
    if rates := made.hit_rates:
        by_tier = ", ".join(f"{tier} {rate:.1%}" for tier, rate in rates.items())
        rows.append(("cache: hit rate", f"{sum(rates.values()):.1%} ({by_tier})"))
    rows += [(f"answered {status}", number(count)) for status, count in made.statuses.items() if status != "200"]
    rows += [(f"fell back: {cause}", number(count)) for cause, count in made.fallbacks.items()]
    return table(f"Since {since}", ("", "figure"), rows)


def _breakdown(made: Report, by: By) -> Table:
    from trimtab.cli.output import dollars, number, table

    groups = {By.tenant: made.by_tenant, By.model: made.by_model, By.route: made.by_route, By.format: made.by_format}
    ordered = sorted(groups[by].items(), key=lambda entry: (-entry[1].cost_without, -entry[1].requests, entry[0]))
    return table(
        f"By {by.value}",
        (by.value, "requests", "tokens came", "sent", "dollars without", "with", "saved"),
        [
            (
                name or "(none)",
                number(sums.requests),
                number(sums.tokens_before),
                number(sums.tokens_after),
                dollars(sums.cost_without),
                dollars(sums.cost),
                dollars(sums.saved),
            )
            for name, sums in ordered
        ],
    )
