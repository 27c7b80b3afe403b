"""`trimtab`: the commands, and how each of them ends when something is wrong."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

import trimtab
from trimtab.cli import cache, config, data, doctor, explain, replay, report, serve
from trimtab.errors import ConfigError, TrimtabError

USAGE_EXIT = 2
FAILURE_EXIT = 1


class Commands(TyperGroup):
    """Ends a command that raises an error of ours with one sentence on stderr, and without a traceback."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except TrimtabError as error:
            typer.echo(f"trimtab: {error}", err=True)
            raise typer.Exit(USAGE_EXIT if isinstance(error, ConfigError) else FAILURE_EXIT) from error


app = typer.Typer(
    name="trimtab",
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # plain help comes in a third of the time, and is the same on every terminal
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"trimtab {trimtab.__version__}")
        raise typer.Exit


@app.callback()
def trim(
    show: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """The layer between an agent and its model provider: the same answers for a fraction of the bill."""


@app.command()
def version() -> None:
    """Print the version of trimtab, and of its Python and SQLite."""
    import platform
    import sqlite3

    typer.echo(f"trimtab {trimtab.__version__} (Python {platform.python_version()}, SQLite {sqlite3.sqlite_version})")


app.command()(serve.serve)
app.command()(replay.replay)
app.command()(doctor.doctor)
app.command()(explain.explain)
app.command()(report.report)
app.add_typer(cache.app, name="cache")
app.add_typer(config.app, name="config")
app.add_typer(data.app, name="data")


def main() -> None:
    """The console script."""
    app()
