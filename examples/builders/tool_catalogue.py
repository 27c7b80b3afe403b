"""Reads the tool catalogue of the workbench: blocks of plain text, one tool or shared shape each.

A block is a name, a description, then one line a parameter: `name! type: description`, `!` where it is required.
Types: str, str /pattern/, int, int 1..9, num, bool, date, time, one(a b c), [type], and @shape for a shared object.
"""

from __future__ import annotations

import re
from pathlib import Path

from .schema import Maybe, Schema, integer, many, number, one_of, record, text, tool

FOLDER = Path(__file__).parent / "workbench_tools"
PARAMETER = re.compile(
    r"(?P<name>\w+)(?P<required>!?) (?P<type>\[.+\]|\S+\(.+?\)|str /.+/|\S+(?: \d\S*)?): (?P<words>.+)"
)


def load() -> list[Schema]:
    """All tools of the catalogue in the order of the files."""
    shapes: dict[str, Schema] = {}
    tools = []
    for path in sorted(FOLDER.glob("*.txt")):
        for block in path.read_text(encoding="utf-8").strip().split("\n\n"):
            name, description, *lines = (line.strip() for line in block.splitlines())
            parameters = dict(_parameter(line, shapes) for line in lines)
            if name.startswith("@"):
                shapes[name] = record(description, **parameters)
            else:
                tools.append(tool(name, description, **parameters))
    return tools


def _parameter(line: str, shapes: dict[str, Schema]) -> tuple[str, Schema | Maybe]:
    match = PARAMETER.fullmatch(line)
    if match is None:
        raise ValueError(f"not a parameter line: {line!r}")
    schema = _schema(match["type"], match["words"], shapes)
    return match["name"], schema if match["required"] else Maybe(schema)


def _schema(kind: str, words: str, shapes: dict[str, Schema]) -> Schema:
    if kind.startswith("["):
        item = _schema(kind[1:-1], "", shapes)
        if not item["description"]:
            del item["description"]
        return many(item, words)
    if kind.startswith("@"):
        return {**shapes[kind], "description": words or shapes[kind]["description"]}
    if kind.startswith("one("):
        return one_of(words, *kind[4:-1].split())
    if kind.startswith("str /"):
        return text(words, pattern=kind[5:-1])
    if kind.startswith("int"):
        return integer(words, **_limits(kind[3:].strip()))
    plain = {
        "str": text(words),
        "num": number(words),
        "bool": {"type": "boolean", "description": words},
        "date": text(words, format="date"),
        "time": text(words, format="date-time"),
    }
    return plain[kind]


def _limits(span: str) -> dict[str, int]:
    low, _, high = span.partition("..")
    return {name: int(value) for name, value in (("minimum", low), ("maximum", high)) if value}
