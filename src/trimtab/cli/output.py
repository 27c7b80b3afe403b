"""How results are printed: tables for people, JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_PIPED_WIDTH = 200
"""Columns where the output goes to a file or a pipe: enough that no figure is cut."""


def console(*, stderr: bool = False) -> Console:
    """A console on today's stdout or stderr that prints texts as they are, square brackets included."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else _PIPED_WIDTH
    return Console(file=stream, width=width, markup=False, emoji=False, highlight=False)


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], *, text_columns: int = 1) -> Table:
    """A table whose first ``text_columns`` are texts and whose others are figures, aligned to the right."""
    from rich import box
    from rich.table import Table

    made = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for index, name in enumerate(columns):
        made.add_column(name, justify="left" if index < text_columns else "right", overflow="fold")
    for row in rows:
        made.add_row(*(str(cell) for cell in row))
    return made


def print_json(value: Any) -> None:
    """Print a JSON document."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def number(value: float) -> str:
    """A count, with a separator every three digits."""
    return f"{round(value):,}"


def dollars(value: float | None) -> str:
    """An amount, with as many digits as small amounts need."""
    if value is None:
        return "unknown"
    sign = "-" if value < 0 else ""
    return f"{sign}${abs(value):,.2f}" if abs(value) >= 100 else f"{sign}${abs(value):,.4f}"


def change(before: float, after: float) -> str:
    """By how much something grew or shrank, in percent."""
    return f"{(after - before) / before:+.1%}" if before else ""


def saving(without: float, saved: float) -> str:
    """An amount saved, and the share that it is of what would have been paid."""
    return f"{dollars(saved)} ({saved / without:.1%})" if without else dollars(saved)


def milliseconds(value: float | None) -> str:
    return "" if value is None else f"{value:,.2f} ms"


def size(value: float) -> str:
    """A number of bytes."""
    for unit in ("bytes", "KiB", "MiB"):
        if abs(value) < 1024:
            return f"{value:,.0f} {unit}" if unit == "bytes" else f"{value:,.1f} {unit}"
        value /= 1024
    return f"{value:,.1f} GiB"


def moment(at: float | None) -> str:
    """A point in time; empty for none."""
    return "" if at is None else datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def span(seconds: float) -> str:
    """A length of time in its largest fitting unit."""
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds / length:,.1f} {unit}"
    return f"{max(0.0, seconds):,.0f} s"
