"""Writes the pages that are made from the code: docs/configuration.md and docs/cli.md.

``python -m trimtab.cli.docs`` writes them; with ``--check`` it only says whether they are up to date.
"""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from trimtab.cli.app import app
from trimtab.cli.config_reference import page

_WIDTH = 100
_HINT_LINES = 40
_CLI_INTRO = """\
# Command line

<!-- Made by `python -m trimtab.cli.docs` from the commands. Do not edit. -->

Errors are one sentence on standard error. Exit codes: 0 done, 1 it failed, 2 the command line or the configuration
is wrong. Commands with `--json` print nothing but one JSON document on standard output.
"""


def pages() -> dict[str, str]:
    """Every page by its path in the repository."""
    return {"docs/cli.md": command_page(), "docs/configuration.md": page()}


def command_page() -> str:
    """The help of every command, one after another."""
    parts = [_CLI_INTRO]
    for name, text in _helps("trimtab", typer.main.get_command(app), None):
        parts.append(f"\n## {name}\n\n```text\n{text.rstrip()}\n```\n")
    return "".join(parts)


def _helps(name: str, command: Any, parent: typer.Context | None) -> Iterator[tuple[str, str]]:
    settings: dict[str, Any] = {**command.context_settings, "terminal_width": _WIDTH, "max_content_width": _WIDTH}
    context = typer.Context(command, parent=parent, info_name=name.rpartition(" ")[2], **settings)
    yield name, command.get_help(context)
    for inner, each in getattr(command, "commands", {}).items():
        yield from _helps(f"{name} {inner}", each, context)


def main(arguments: list[str] | None = None, root: Path | None = None) -> int:
    """Write the pages, or check them; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m trimtab.cli.docs", description="Write the pages made from code.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where a page is out of date")
    check = parser.parse_args(arguments).check
    root = root or Path(__file__).parents[3]
    if not (root / "pyproject.toml").is_file():
        print(f"{root} is not the repository: run this from a checkout", file=sys.stderr)
        return 1
    stale = [path for path, text in pages().items() if _differs(root / path, text)]
    for path in stale:
        if check:
            _hint(root / path, path, pages()[path])
        else:
            (root / path).parent.mkdir(exist_ok=True)
            (root / path).write_text(pages()[path], encoding="utf-8")
            print(f"{path} written")
    return 1 if check and stale else 0


def _differs(file: Path, text: str) -> bool:
    return not file.exists() or file.read_text(encoding="utf-8") != text


def _hint(file: Path, path: str, text: str) -> None:
    """Say how a page differs, and what to run."""
    there = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    lines = list(difflib.unified_diff(there, text.splitlines(), path, f"{path} (as the code has it)", lineterm="", n=0))
    print("\n".join(lines[:_HINT_LINES]))
    if len(lines) > _HINT_LINES:
        print(f"... and {len(lines) - _HINT_LINES} more lines")
    print(f"{path} is out of date: run `make docs` (python -m trimtab.cli.docs)", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
