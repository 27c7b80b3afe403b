"""The README's tables, made from benchmarks/results/*.json: what is claimed is what was measured."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks import results
from benchmarks.savings import HEADROOM

README = Path(__file__).resolve().parents[1] / "README.md"


def main(argv: list[str] | None = None) -> None:
    """Write the tables, or with --check say whether they are as the results have them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args(argv)
    text = README.read_text(encoding="utf-8")
    filled = _filled(text)
    if options.check:
        if filled != text:
            raise SystemExit("README.md: its tables are not those of benchmarks/results; run `make docs`")
        return
    README.write_text(filled, encoding="utf-8")


def _filled(text: str) -> str:
    for name, render in TABLES.items():
        table = render()
        if table:
            pattern = re.compile(rf"(<!-- table:{name} -->\n).*?(<!-- /table -->)", re.DOTALL)
            text = pattern.sub(lambda match, table=table: f"{match[1]}\n{table}\n\n{match[2]}", text)  # type: ignore[misc]
    return text


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [headings, ["---", *["---:"] * (len(headings) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _figures(name: str) -> Any:
    found = results.read(name)
    return None if found is None else found["figures"]


def _savings() -> str:
    figures = _figures("savings")
    if figures is None:
        return ""
    headings = (
        "sessions", "requests", "tokens", "cost, OpenAI", "cost, Anthropic", "needed values kept", "dearest session",
        "Headroom: tokens", "cost", "kept",
    )  # fmt: skip
    rows = []
    for name in ("suna", *HEADROOM):
        if name not in figures:
            continue
        openai, anthropic = figures[name]["openai"], figures[name]["anthropic"]
        peer = HEADROOM.get(name)
        theirs = ("-",) * 3 if peer is None else (f"{peer[0]:.3f}", f"{peer[1]:.3f} / {peer[2]:.3f}", f"{peer[3]:.1%}")
        kept = "-" if openai["needles"] is None else f"{min(openai['needles'], anthropic['needles']):.1%}"
        dearest = max(openai["dearest_session"], anthropic["dearest_session"])
        rows.append(
            (
                name,
                str(openai["requests"]),
                f"**{openai['tokens']:.3f}**",
                f"**{openai['weighted_input']:.3f}**",
                f"**{anthropic['weighted_input']:.3f}**",
                kept,
                f"{dearest:.3f}",
                *theirs,
            )
        )
    return _table(headings, rows)


TABLES: dict[str, Callable[[], str]] = {"savings": _savings}


if __name__ == "__main__":
    main()
