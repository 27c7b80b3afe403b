"""Smaller tool schemas that accept exactly the same instances.

White space between the tokens of `tools[]` is not paid for, since providers render the schemas anew; what is
paid for and can go without loss is pretty-printed JSON inside the texts of a schema.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from trimtab.engines import Minifier
from trimtab.request import Tool
from trimtab.wire.fragments import value_of


def lossless(tool: Tool, minifier: Minifier) -> bytes | None:
    """The tool's fragment with JSON blocks in its descriptions minified, or None where there are none."""
    if b"\\n" not in tool.raw:
        return None  # no text in it has a second line
    value = value_of(tool.raw)
    changed = _map_descriptions(value, minifier.json_blocks)
    return orjson.dumps(value) if changed else None


def _map_descriptions(value: Any, change: Callable[[str], str | None]) -> bool:
    """Change every ``description`` text in place; whether any changed."""
    changed = False
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "description" and isinstance(inner, str):
                new = change(inner)
                if new is not None:
                    value[name] = new
                    changed = True
            else:
                changed |= _map_descriptions(inner, change)
    elif isinstance(value, list):
        for inner in value:
            changed |= _map_descriptions(inner, change)
    return changed
