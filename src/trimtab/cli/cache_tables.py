"""How `trimtab cache` prints figures and entries."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from trimtab.cli.output import dollars, moment, number, size, span, table

if TYPE_CHECKING:
    from rich.table import Table

    from trimtab.semantic_cache.administration import Kept
    from trimtab.semantic_cache.cache_stats import CacheStats, PoolStats

_ID = 12
"""Characters of an id that a list shows: enough to name an entry to `trimtab cache show`."""
_QUESTION = 70


def stats_tables(made: CacheStats, since: str) -> Iterator[Table]:
    """What the cache did, why it did not, and how far each pool can be trusted."""
    yield table(f"Cache since {since}", ("", "figure"), _figures(made))
    for title, counts in (("Near misses", made.near), ("Left aside", made.bypasses)):
        if counts:
            ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
            yield table(title, ("why", "requests"), [(why, number(count)) for why, count in ordered])
    if made.pools:
        columns = ("tenant or group", "error rate", "bound", "threshold", "served", "checked", "unsure")
        yield table("Answers by meaning", columns, [_pool(pool) for pool in made.pools.values()], text_columns=2)


def _figures(made: CacheStats) -> list[tuple[str, str]]:
    rate = "" if made.hit_rate is None else f"{made.hit_rate:.1%}"
    rows = [("requests looked up", number(made.asked)), ("hit rate", rate)]
    rows += [(f"hits: {tier}", number(count)) for tier, count in made.hits.items()]
    rows.append(("misses", number(made.misses)))
    if made.observed:
        rows.append(("hits that were only observed", number(made.observed)))
    rows += [
        ("tokens saved", number(made.tokens_saved)),
        ("dollars saved", dollars(made.dollars_saved)),
    ]
    if made.unknown_price:
        rows.append(("hits without a known price, in no sum of dollars", number(made.unknown_price)))
    for task, own in made.own.items():
        if own.calls:
            rows.append((f"own calls: {task}", f"{number(own.calls)}, {dollars(own.dollars)}"))
    rows += [("answers kept", number(made.entries)), ("their size", size(made.bytes))]
    return rows


def _pool(pool: PoolStats) -> tuple[str, ...]:
    status = pool.status
    said: str = status.kind
    if status.kind != "prior":
        estimate = "" if status.error is None else f" {status.error:.2%}"
        said += f"{estimate} ({status.low:.2%} to {status.high:.2%})"
    if status.closed:
        said = f"closed: {status.closed}"
    return (
        f"{pool.name} (group)" if pool.shared else pool.name,
        said,
        f"{pool.max_error_rate:.2%}",
        f"{status.threshold:.4g}" if math.isfinite(status.threshold) else "none",
        number(status.served),
        number(status.verdicts),
        number(status.unsure),
    )


def entries_table(found: Sequence[Kept], now: float) -> Table:
    """Entries, one a line."""
    rows = [
        (
            kept.place.key[:_ID],
            _short(kept.question) or "(a whole request)",
            kept.entry.model,
            kept.entry.tenant,
            f"{span(now - kept.entry.at)} ago",
            number(kept.use.hits),
            number(kept.use.saved),
            size(kept.size),
        )
        for kept in found
    ]
    columns = ("id", "question", "model", "tenant", "written", "hits", "tokens saved", "size")
    return table("Entries, newest first", columns, rows, text_columns=5)


def entry_lines(kept: Kept) -> Iterator[str]:
    """One entry, a line after another."""
    entry, use = kept.entry, kept.use
    yield f"Id: {kept.id}"
    yield f"Tenant: {entry.tenant}, thread {entry.thread}" + (f", end user {entry.user}" if entry.user else "")
    yield f"Model: {entry.model} ({entry.format})"
    yield f"Written: {moment(entry.at)}, expires {moment(kept.expires) or 'never'}"
    last = f", last {moment(use.last)}" if use.hits else ""
    yield f"Hits: {number(use.hits)}{last}, {number(use.saved)} tokens saved"
    yield f"Verdicts: {use.record.right} right, {use.record.wrong} wrong, {use.record.unsure} unsure"
    for turn in entry.turns:
        yield f"Asked: {_printable(turn)}"
    if not entry.turns:
        yield "Asked: (only the same whole request has this answer)"
    yield f"Answered: {_printable(kept.answer)}" + "".join(f" [calls {tool}]" for tool in entry.tools)


def _printable(text: str) -> str:
    """A text that cannot steer the terminal: what somebody else wrote may hold control characters."""
    return "".join(each if each.isprintable() or each in "\n\t" else "\N{REPLACEMENT CHARACTER}" for each in text)


def _short(text: str) -> str:
    line = _printable(" ".join(text.split()))
    return line if len(line) <= _QUESTION else f"{line[: _QUESTION - 1]}…"
