"""`trimtab doctor`: is everything there that the gateway needs, and what to do where it is not."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from trimtab.cli.options import AsJson, ConfigFile

if TYPE_CHECKING:
    from trimtab.cli.checks import Check


def doctor(config: ConfigFile = None, as_json: AsJson = False) -> None:
    """Check that all is well, and say what to do where it is not.

    Looks at Python, configuration, store, port, upstreams and prices. Every upstream is asked for /v1/models without
    a credential, and any answer counts. Exit code 1 if a check fails.
    """
    from trimtab.cli.output import print_json

    found = asyncio.run(_checks(config))
    failed = [check for check in found if check.verdict == "fail"]
    if as_json:
        print_json({"ok": not failed, "checks": [asdict(check) for check in found]})
    else:
        _print(found)
    if failed:
        raise typer.Exit(1)


async def _checks(file: Path | None) -> list[Check]:
    from trimtab.cli.check_network import check_port, check_upstreams
    from trimtab.cli.check_store import check_store
    from trimtab.cli.checks import check_config, check_prices, check_python

    config, found = check_config(file)
    found = [check_python(), *found]
    if config is not None:
        found += await check_store(config)
        found.append(await check_port(config))
        found += await check_upstreams(config)
    return [*found, check_prices(config)]


def _print(found: list[Check]) -> None:
    colours = {"ok": typer.colors.GREEN, "warn": typer.colors.YELLOW, "fail": typer.colors.RED}
    width = max(len(check.subject) for check in found)
    for check in found:
        typer.secho(f"{check.verdict:<5}", fg=colours[check.verdict], bold=True, nl=False)
        typer.echo(f"{check.subject:<{width}}  {check.finding}")
        if check.remedy and check.verdict != "ok":
            typer.echo(f"{'':<{width + 7}}-> {check.remedy}")
