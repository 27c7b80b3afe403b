"""`trimtab explain`: what was changed in one request, and why."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from trimtab.cli.options import AsJson, ConfigFile, StorePath, existing_store, settings
from trimtab.errors import ConfigError, TrimtabError

if TYPE_CHECKING:
    from trimtab.config import Config
    from trimtab.telemetry.ledger import Row


def explain(
    row_id: Annotated[
        str, typer.Argument(metavar="ID", help="Ledger id of a request: the header x-trimtab-id of its answer.")
    ],
    store: StorePath = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Say what was changed in a request, why, and what that saved."""
    import msgspec

    from trimtab.cli.output import print_json
    from trimtab.telemetry import explain as sentences
    from trimtab.telemetry.ledger import time_of

    if time_of(row_id) is None:
        raise ConfigError(f"{row_id!r} is not a ledger id: give the x-trimtab-id of an answer, tt_ and 21 digits")
    row = asyncio.run(_find(row_id, settings(config, store=store)))
    if as_json:
        print_json(msgspec.to_builtins(row))
        return
    for sentence in sentences.explain(row):
        typer.echo(sentence)


async def _find(row_id: str, config: Config) -> Row:
    import time

    from trimtab.store import shown
    from trimtab.telemetry.ledger import Ledger

    async with existing_store(config) as store:
        row = await Ledger(store, time.time).find(row_id)
    if row is None:
        raise TrimtabError(
            f"{shown(config.store.path)} has no request {row_id}: it was written to another store (--store), has "
            f"expired (ledger.retention_days = {config.ledger.retention_days:g}), or ended less than a second ago"
        )
    return row
