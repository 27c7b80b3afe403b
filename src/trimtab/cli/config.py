"""`trimtab config`: what is set, whether it is right, and hashes of gateway keys."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from trimtab.cli.options import AsJson, ConfigFile, settings

app = typer.Typer(no_args_is_help=True, help="Show and check the configuration.")

_SHORTEST_KEY = 20
"""Characters. A plain SHA-256 hides a long random key and nothing that can be guessed."""


@app.command()
def show(config: ConfigFile = None, as_json: AsJson = False) -> None:
    """Print every setting in force and where it comes from.

    That is: default, file, or the environment variable. No secret is printed.
    """
    from trimtab.cli.origins import effective
    from trimtab.cli.output import console, print_json, table

    found = effective(settings(config), config)
    if as_json:
        print_json({each.name: {"value": each.value, "from": each.variable or each.origin} for each in found})
        return
    rows = [(each.name, _written(each.value), each.variable or each.origin) for each in found]
    console().print(table("Configuration", ("setting", "value", "from"), rows, text_columns=3))


@app.command()
def check(config: ConfigFile = None) -> None:
    """Check the configuration without starting anything.

    Exit code 2 if it is wrong, 0 if it is right; what is allowed and probably not meant is a warning.
    """
    from pathlib import Path

    from trimtab.cli.checks import doubts
    from trimtab.config import DEFAULT_FILE
    from trimtab.gateway.auth import check_exposure

    loaded = settings(config)
    check_exposure(loaded)
    for doubt in doubts(loaded):
        typer.echo(f"warning: {doubt}", err=True)
    file = config or Path(DEFAULT_FILE)
    typer.echo(
        f"{file}: the configuration is right"
        if file.exists()
        else f"no {DEFAULT_FILE} here: defaults and environment are right"
    )


@app.command(name="hash-key")
def hash_key(
    generate: Annotated[bool, typer.Option("--generate", help="Make a new random key and print it, too.")] = False,
) -> None:
    """Print the SHA-256 of a gateway key, for `auth.keys`.

    The key is read from standard input, or asked for on a terminal.
    """
    from hashlib import sha256
    from secrets import token_urlsafe

    from trimtab.errors import ConfigError

    if generate:
        key = f"tk_{token_urlsafe(32)}"
        typer.echo(f"key    {key}")
        typer.echo(f"sha256 {sha256(key.encode()).hexdigest()}")
        typer.echo("Give the key to the caller (header x-trimtab-key) and put the hash into auth.keys.", err=True)
        return
    key = typer.prompt("Key", hide_input=True) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    if not key or key != key.strip():
        raise ConfigError("the key is empty, or has blanks around it: give the key alone, on one line")
    if len(key) < _SHORTEST_KEY:
        typer.echo("warning: a key this short can be guessed; `trimtab config hash-key --generate` makes one", err=True)
    typer.echo(sha256(key.encode()).hexdigest())


def _written(value: object) -> str:
    """A value as it would stand in the file."""
    if value is None:
        return "(none)"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.15g}"
    return f'"{value}"' if isinstance(value, str) else str(value)
