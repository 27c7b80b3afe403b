"""A replay's summary as tables."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table

from trimtab.cli.output import change, dollars, milliseconds, number, saving, table
from trimtab.replay import Summary
from trimtab.replay.summary import spread


def tables(summary: Summary) -> Iterator[Table]:
    """What the replay adds up to, what it was made of, and what to know about it."""
    yield _result(summary)
    yield _sections(summary)
    if summary.stages:
        ordered = sorted(summary.stages.items(), key=lambda entry: -entry[1])
        total = summary.tokens.without
        rows = [(name, number(saved), f"{saved / total:.1%}" if total else "") for name, saved in ordered]
        yield table("Input tokens saved by stage", ("stage", "tokens", "of all"), rows)
    yield _bill(summary)
    if remarks := _remarks(summary):
        yield table("To know", ("what", "count"), remarks)


def _result(summary: Summary) -> Table:
    cost, needles, added = summary.cost, summary.needles, spread(summary.added_ms)
    rows = [
        ("requests", number(summary.requests)),
        ("sessions", number(len(summary.sessions))),
        ("dollars without trimtab", dollars(cost.without) if cost.without else "unknown"),
        ("dollars with trimtab", dollars(cost.with_trimtab) if cost.without else "unknown"),
        ("saved", saving(cost.without, cost.without - cost.with_trimtab) if cost.without else "unknown"),
        ("input tokens weighted by their price", change(summary.weighted.without, summary.weighted.with_trimtab)),
        ("answers from the cache", number(summary.cache_hits)),
    ]
    if needles.recorded:
        rows.append(("values needed later and still sent", f"{needles.kept:,} of {needles.recorded:,}"))
    if added is not None:
        rows.append(("added by trimtab, median", milliseconds(added["median"])))
        rows.append(("added by trimtab, 99th percentile", milliseconds(added["p99"])))
    return table("What trimtab would have saved", ("", "figure"), rows)


def _sections(summary: Summary) -> Table:
    pairs = [*summary.sections.items(), ("all", summary.tokens)]
    rows = [
        (name, number(pair.without), number(pair.with_trimtab), change(pair.without, pair.with_trimtab))
        for name, pair in pairs
    ]
    return table("Input tokens by section", ("section", "came", "sent", "change"), rows)


def _bill(summary: Summary) -> Table:
    rows = []
    for name, said in (("fresh", "fresh"), ("written", "cache-written"), ("read", "cache-read"), ("output", "output")):
        without, used = getattr(summary.usage_without, name), getattr(summary.usage, name)
        rows.append((said, number(without), number(used), change(without, used)))
    return table("Tokens on the bill", ("kind", "without trimtab", "with", "change"), rows)


def _remarks(summary: Summary) -> list[tuple[str, str]]:
    rows = [(f"no price is known for {model or 'an unnamed model'}", n) for model, n in summary.unpriced.items()]
    rows += [(f"refused by the provider, {why}", count) for why, count in summary.refused.items()]
    rows += [(f"fell back: {why}", count) for why, count in summary.fallbacks.items()]
    if summary.differing:
        rows.append(("answers that differ from the recorded ones", summary.differing))
    if summary.problem_count:
        rows.append(("lines or files that could not be read", summary.problem_count))
    told = [(what, number(count)) for what, count in rows]
    if summary.dearest is not None:
        name, ratio = summary.dearest
        told.append((f"weighted input of the session that fared worst, {name}", f"{ratio - 1:+.1%}"))
    return told
