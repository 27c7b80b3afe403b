"""`trimtab cache`: what the answer cache did, what it holds, and taking answers out of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from trimtab.cli.options import AsJson, ConfigFile, StorePath, existing_store, settings

if TYPE_CHECKING:
    from trimtab.config import Config
    from trimtab.semantic_cache.administration import Kept, Selection
    from trimtab.semantic_cache.cache_stats import CacheStats

app = typer.Typer(no_args_is_help=True, help="Show what the answer cache did and holds, and delete from it.")

Tenant: TypeAlias = Annotated[
    str | None, typer.Option("--tenant", metavar="TENANT", help="Only what is this tenant's.")
]
Writer: TypeAlias = Annotated[
    str | None,
    typer.Option("--writer", metavar="NAME", help="Only what this end user (as requests name it) or thread wrote."),
]
Like: TypeAlias = Annotated[
    str | None,
    typer.Option("--like", metavar="TEXT", help="Only where the question holds this text, or matches /REGEX/."),
]
OlderThan: TypeAlias = Annotated[
    str | None,
    typer.Option("--older-than", metavar="TIME", help="Only what is older than 30m, 24h, 7d, or than a date."),
]
Yes: TypeAlias = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Id: TypeAlias = Annotated[
    str, typer.Argument(metavar="ID", help="Id of an entry: the header x-trimtab-cache-entry, or its beginning.")
]


@app.command()
def stats(
    since: Annotated[
        str, typer.Option("--since", metavar="TIME", help="From when: 30m, 24h, 7d, or a date such as 2026-01-31.")
    ] = "24h",
    tenant: Tenant = None,
    store: StorePath = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Show hits, misses and why, what they saved, and how far the answers can be trusted."""
    from trimtab.cli.cache_tables import stats_tables
    from trimtab.cli.output import console, print_json
    from trimtab.telemetry.since import parse_since

    start = parse_since(since, time.time())
    made = asyncio.run(_stats(settings(config, store=store), start, tenant))
    if as_json:
        print_json(made.to_dict())
        return
    out = console()
    for each in stats_tables(made, since):
        out.print(each)
    for pool in made.pools.values():
        if pool.note:
            typer.echo(f"{pool.name}: {pool.note}.")


@app.command("list")
def list_entries(
    tenant: Tenant = None,
    writer: Writer = None,
    like: Like = None,
    older_than: OlderThan = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="How many entries to list.")] = 50,
    store: StorePath = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """List answers that are kept, newest first."""
    from trimtab.cli.cache_tables import entries_table
    from trimtab.cli.output import console, print_json

    chosen = _selection(tenant, writer, like, older_than)
    found = asyncio.run(_listed(settings(config, store=store), chosen, limit))
    if as_json:
        print_json([kept.to_dict() for kept in found])
    elif found:
        console().print(entries_table(found, time.time()))
    else:
        typer.echo("No such answer is kept.")


@app.command()
def show(entry_id: Id, store: StorePath = None, config: ConfigFile = None, as_json: AsJson = False) -> None:
    """Show one entry: what was asked, the answer, and how it was used."""
    from trimtab.cli.cache_tables import entry_lines
    from trimtab.cli.output import print_json

    kept = asyncio.run(_shown(settings(config, store=store), entry_id))
    if as_json:
        print_json({**kept.to_dict(), "turns": list(kept.entry.turns), "answer": kept.answer})
        return
    for line in entry_lines(kept):
        typer.echo(line)


@app.command()
def delete(
    entry_id: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="Id of one entry; without it, all that the options mean.")
    ] = None,
    tenant: Tenant = None,
    writer: Writer = None,
    like: Like = None,
    older_than: OlderThan = None,
    yes: Yes = False,
    store: StorePath = None,
    config: ConfigFile = None,
) -> None:
    """Delete answers, so that they are never served again.

    Asks first. Gateways that are running stop serving them within two seconds.
    """
    from trimtab.errors import ConfigError

    loaded, chosen = settings(config, store=store), _selection(tenant, writer, like, older_than)
    if entry_id is not None:
        if not chosen.everything:
            raise ConfigError("give an ID, or options that say which entries are meant, not both")
        kept = asyncio.run(_shown(loaded, entry_id))
        what = f"the answer to {_quoted(kept)} ({kept.id})"
    elif chosen.everything:
        raise ConfigError("nothing says what to delete: give an ID, --tenant, --writer, --like or --older-than")
    else:
        kept, what = None, _described(chosen)
    if not yes:
        from trimtab.store import shown as without_password

        typer.confirm(f"Delete {what} from the cache in {without_password(loaded.store.path)}?", abort=True)
    gone = asyncio.run(_deleted(loaded, chosen, kept))
    typer.echo(f"{gone:,} {'entry' if gone == 1 else 'entries'} deleted.")


@app.command()
def reopen(
    tenant: Annotated[str, typer.Option("--tenant", metavar="TENANT", help="Whose cache.")],
    yes: Yes = False,
    store: StorePath = None,
    config: ConfigFile = None,
) -> None:
    """Serve answers by meaning again, after the error bound has closed that.

    Asks first. What checks had found is forgotten: first delete the answers that were wrong.
    """
    loaded = settings(config, store=store)
    closed = asyncio.run(_closed(loaded, tenant))
    if not closed:
        typer.echo(f"The cache of {tenant} is open: there is nothing to do.")
        return
    typer.echo(f"It was closed because {closed}.")
    if not yes:
        typer.confirm(f"Forget that and serve {tenant} by meaning again?", abort=True)
    asyncio.run(_reset(loaded, tenant))
    typer.echo("It is open. Gateways that are running know it within ten seconds.")


def _selection(tenant: str | None, writer: str | None, like: str | None, older_than: str | None) -> Selection:
    from trimtab.semantic_cache.administration import Selection, age_of

    age = None if older_than is None else age_of("--older-than", older_than, time.time())
    return Selection(tenant, writer, like, age)


def _described(chosen: Selection) -> str:
    parts: Sequence[tuple[str, str | None]] = (
        ("of tenant", chosen.tenant),
        ("written by", chosen.writer),
        ("like", None if chosen.like is None else repr(chosen.like)),
        ("older than", None if chosen.older_than_s is None else f"{chosen.older_than_s:,.0f} s"),
    )
    return "all answers " + ", ".join(f"{word} {value}" for word, value in parts if value is not None)


def _quoted(kept: Kept) -> str:
    return repr(kept.question[:80]) if kept.question else "one whole request"


async def _stats(config: Config, since: float, tenant: str | None) -> CacheStats:
    from trimtab.semantic_cache.cache_stats import stats as summed
    from trimtab.telemetry.ledger import Ledger

    async with existing_store(config) as store:
        rows = Ledger(store, time.time).scan(since)
        return await summed(rows, store, config, since=since, tenants=None if tenant is None else [tenant])


async def _listed(config: Config, chosen: Selection, limit: int) -> list[Kept]:
    from trimtab.semantic_cache.administration import listed

    async with existing_store(config) as store:
        return await listed(store, chosen, now=time.time(), limit=limit)


async def _shown(config: Config, entry_id: str) -> Kept:
    from trimtab.semantic_cache.administration import shown

    async with existing_store(config) as store:
        return await shown(store, entry_id)


async def _deleted(config: Config, chosen: Selection, kept: Kept | None) -> int:
    from trimtab.semantic_cache.administration import deleted, forgotten
    from trimtab.semantic_cache.entries import Entries

    async with existing_store(config) as store:
        if kept is not None:
            return await forgotten(store, Entries(), [kept.place])
        return await deleted(store, Entries(), chosen, now=time.time())


async def _closed(config: Config, tenant: str) -> str:
    """Why the tier of a tenant is closed; empty where it is open."""
    from trimtab.semantic_cache.bounds import read, shipped
    from trimtab.semantic_cache.scope import pool_named

    async with existing_store(config) as store:
        bound = await read(store, pool_named(config.cache, tenant), shipped())
        return bound.in_danger(config.cache.max_error_rate)


async def _reset(config: Config, tenant: str) -> None:
    from trimtab.semantic_cache.bounds import reset
    from trimtab.semantic_cache.scope import pool_named

    async with existing_store(config) as store:
        await reset(store, pool_named(config.cache, tenant))
