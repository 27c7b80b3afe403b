"""`trimtab replay`: what would I have saved on this recorded traffic?"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from trimtab.cli.options import AsJson, ConfigFile, settings

if TYPE_CHECKING:
    from trimtab.config import Config
    from trimtab.replay import Problem, Recorded, Recordings, Summary


class Simulated(StrEnum):
    """The providers whose prompt cache can be simulated."""

    openai = "openai"
    anthropic = "anthropic"


def replay(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE", help="Recordings, plain or gzip; directories of them; - is standard input."),
    ],
    provider: Annotated[
        Simulated | None, typer.Option("--provider", help="Play sessions as if they had gone to this provider.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", min=1, help="Play no more than N requests.")
    ] = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Play recorded traffic offline; print what it would have saved.

    Reads sessions (JSON lines with `messages`) and logs of wire requests with their answers, in all three formats.
    Nothing is sent anywhere and nothing is kept. What cannot be read is listed on standard error and skipped.
    Exit code 1 if nothing could be played.
    """
    from trimtab.cli.output import console, print_json
    from trimtab.cli.replay_tables import tables
    from trimtab.replay import Recordings, Rendering

    loaded = settings(config)
    recordings = Recordings(files, Rendering.of(provider.value) if provider else None)
    summary = asyncio.run(_play(recordings, limit, loaded))
    for problem in summary.problems:
        typer.echo(str(problem), err=True)
    if summary.problem_count > len(summary.problems):
        typer.echo(f"... and {summary.problem_count - len(summary.problems):,} more", err=True)
    if as_json:
        print_json(summary.to_dict())
    elif summary.requests:
        out = console()
        for each in tables(summary):
            out.print(each)
    if not summary.requests:
        typer.echo("trimtab: nothing could be played", err=True)
        raise typer.Exit(1)


async def _play(recordings: Recordings, limit: int | None, config: Config) -> Summary:
    from trimtab.replay import replay as play

    with _progress(recordings) as advance:
        return await play(_first(recordings, limit), config, played=lambda *_: advance())


def _first(exchanges: Iterable[Recorded | Problem], limit: int | None) -> Iterator[Recorded | Problem]:
    """The exchanges up to the ``limit``-th, with the problems on the way."""
    from trimtab.replay import Recorded

    count = 0
    for each in exchanges:
        yield each
        count += isinstance(each, Recorded)
        if limit is not None and count >= limit:
            return


@contextmanager
def _progress(recordings: Recordings) -> Iterator[Callable[[], None]]:
    """What to call after every exchange: moves a bar on stderr, where somebody is looking at it."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from trimtab.cli.output import console

    columns = (
        TextColumn("{task.fields[requests]:,} requests"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console(stderr=True), transient=True) as bar:
        task = bar.add_task("replay", total=recordings.total_bytes or None, requests=0)
        played = 0

        def advance() -> None:
            nonlocal played
            played += 1
            bar.update(task, completed=recordings.read_bytes, requests=played)

        yield advance
