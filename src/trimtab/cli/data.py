"""`trimtab data`: what the store holds, how large it is, when it goes, and making it go now."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from trimtab.cli.options import AsJson, ConfigFile, StorePath, existing_store, settings

if TYPE_CHECKING:
    from rich.table import Table

    from trimtab.config import Config
    from trimtab.store import Entry, Store, Usage

app = typer.Typer(no_args_is_help=True, help="Show and delete what is kept at rest.")

Tenant: TypeAlias = Annotated[
    str | None, typer.Option("--tenant", metavar="TENANT", help="Only what is this tenant's.")
]
Thread: TypeAlias = Annotated[str | None, typer.Option("--thread", metavar="ID", help="Only what is of this thread.")]

_ALL = 1_000_000

KINDS = {
    "answer": "which thread an answer of the provider belongs to, by its id",
    "answer_exact": "keys of whole requests, pointing at answers of the cache",
    "background": "what background calls have spent today and this hour",
    "blob": "texts that trimtab put into requests, and originals of what it took out",
    "cache_bound": "what checks have found of the cache's error rate",
    "cache_feedback": "which answers of the cache people have judged",
    "cache_use": "how often each answer of the cache was served, and what checks have found of it",
    "cached": "answers, and the questions that they answer, for the cache",
    "chain": "which thread a conversation belongs to, by the hashes of its messages",
    "events": "the ledger: one row a request, in tokens and dollars",
    "secret": "the random key from which tenant names are made",
    "thread": "what was changed in a thread, by hashes",
    "token": "hashes of rotating tokens that the provider has accepted",
    "vectors": "embeddings of what the cache and recall search by meaning",
}


@app.command()
def show(
    tenant: Tenant = None,
    thread: Thread = None,
    kind: Annotated[str | None, typer.Option("--kind", metavar="KIND", help="Only entries of this kind.")] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="How many entries to list.")] = 50,
    store: StorePath = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Show what is kept, its size and when it goes.

    With a tenant, thread or kind, the entries are listed one by one.
    """
    from trimtab.cli.output import console, print_json
    from trimtab.store import shown

    loaded = settings(config, store=store)
    listed = bool(tenant or thread or kind)
    usage, entries = asyncio.run(_look(loaded, kind, tenant, thread))
    if as_json:
        print_json(_json(loaded, usage, entries, limit if listed else 0))
        return
    out = console()
    typer.echo(f"Store: {shown(loaded.store.path)}")
    if listed:
        if not entries:
            typer.echo("Nothing like that is kept.")
            return
        out.print(_entries_table(entries[:limit]))
        if len(entries) > limit:
            typer.echo(f"{len(entries) - limit:,} older entries are not listed; --limit shows more.")
    elif usage:
        out.print(_usage_table(usage, entries))
    else:
        typer.echo("The store is empty.")


@app.command()
def purge(
    tenant: Tenant = None,
    thread: Thread = None,
    content_only: Annotated[
        bool, typer.Option("--content-only", help="Delete texts of requests and answers; keep the ledger and threads.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    store: StorePath = None,
    config: ConfigFile = None,
) -> None:
    """Delete what is kept of a tenant or thread, or all.

    Asks first. What is deleted cannot be had back; the requests of a thread go on as if it were a new one.
    """
    from trimtab.errors import ConfigError
    from trimtab.store import shown

    loaded = settings(config, store=store)
    for name, value in (("--tenant", tenant), ("--thread", thread)):
        if value == "":
            raise ConfigError(f"{name} is empty: leave it out to mean all")
    whose = " and ".join(f"{name} {value}" for name, value in (("tenant", tenant), ("thread", thread)) if value)
    what = "all texts" if content_only else "everything, the ledger included,"
    if not yes:
        typer.confirm(f"Delete {what} of {whose or 'ALL tenants'} in {shown(loaded.store.path)}?", abort=True)
    gone = asyncio.run(_purge(loaded, tenant, thread, content_only=content_only))
    typer.echo(f"{gone:,} entries and ledger rows deleted.")
    typer.echo("A gateway that is running may hold recent texts in memory until it is restarted.", err=True)


async def _look(
    config: Config, kind: str | None, tenant: str | None, thread: str | None
) -> tuple[list[Usage], list[Entry]]:
    async with existing_store(config) as store:
        return await store.usage(), await store.entries(kind=kind, tenant=tenant, thread=thread, limit=_ALL)


async def _purge(config: Config, tenant: str | None, thread: str | None, *, content_only: bool) -> int:
    store: Store
    async with existing_store(config) as store:
        return await store.purge(tenant=tenant, thread=thread, content_only=content_only)


def _usage_table(usage: Sequence[Usage], entries: Sequence[Entry]) -> Table:
    from trimtab.cli.output import number, size, table

    rows = []
    for each in sorted(usage, key=lambda each: each.kind):
        expiries = [e.expires for e in entries if e.expires and e.ns.partition(":")[0] == each.kind]
        text = "yes" if each.content else "no"
        rows.append((each.kind, KINDS.get(each.kind, ""), text, number(each.rows), size(each.bytes), _range(expiries)))
    return table("What is kept", ("kind", "what it is", "texts", "rows", "size", "expires"), rows, text_columns=3)


def _entries_table(entries: Sequence[Entry]) -> Table:
    from trimtab.cli.output import moment, size, table

    rows = [
        (e.ns, e.key, e.tenant, e.thread, "yes" if e.content else "no", moment(e.created), _expiry(e), size(e.size))
        for e in entries
    ]
    columns = ("namespace", "key", "tenant", "thread", "text", "written", "expires", "size")
    return table("Entries, newest first", columns, rows, text_columns=7)


def _expiry(entry: Entry) -> str:
    from trimtab.cli.output import span

    return "never" if entry.expires is None else f"in {span(entry.expires - time.time())}"


def _range(expiries: Sequence[float]) -> str:
    from trimtab.cli.output import span

    if not expiries:
        return ""
    now = time.time()
    first, last = span(min(expiries) - now), span(max(expiries) - now)
    return f"in {first}" if first == last else f"in {first} to {last}"


def _json(config: Config, usage: Sequence[Usage], entries: Sequence[Entry], limit: int) -> dict[str, Any]:
    import dataclasses

    import msgspec

    from trimtab.store import shown

    return {
        "store": shown(config.store.path),
        "usage": [msgspec.to_builtins(each) for each in usage],
        "entries": [dataclasses.asdict(each) for each in entries[:limit]],
    }
