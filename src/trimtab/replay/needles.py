"""Whether the values that an answer depended on still stand in the request that asked for it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

from trimtab.replay.recorded import Needle


def text_of_body(body: bytes) -> str:
    """Every string of a JSON body as a model reads it: decoded, one a line, names of members included."""
    found: list[str] = []
    left: list[Any] = [orjson.loads(body)]
    while left:
        value = left.pop()
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, dict):
            found += value
            left += reversed(value.values())
        elif isinstance(value, list):
            left += reversed(value)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            found.append(str(value))
    return "\n".join(found)


def kept(needles: Iterable[Needle], body: bytes) -> list[Needle]:
    """The needles that stand in ``body`` verbatim."""
    needles = list(needles)
    if not needles:
        return []
    text = text_of_body(body)
    return [needle for needle in needles if needle.text in text]
