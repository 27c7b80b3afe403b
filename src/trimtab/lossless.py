"""Shortening JSON without losing anything: white space between tokens goes, every token keeps its bytes."""

from __future__ import annotations

import re

import msgspec

_PRETTY = re.compile(r"[{\[][ \t]*\r?\n[ \t]+[\"{\[\d\-tfn\]}]")
_STRUCTURE = re.compile(r'"(?:[^"\\\n]++|\\.)*+"?|[{}\[\]]')
"""Strings and brackets. A string that is cut off ends with its line; or each quote in it would be tried anew."""
_MIN_SAVED = 8
"""Characters; a shorter saving is not worth a changed message."""


def minify(text: str) -> str | None:
    """A JSON document without white space between tokens, or None where it is none.

    Numbers, escapes, key order and repeated keys stay as they are.
    """
    try:
        return msgspec.json.format(text, indent=-1)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None


class JsonMinifier:
    """The lossless engine. Deterministic: the same text always becomes the same text."""

    def json_document(self, text: str) -> str | None:
        """The shortest text of the same JSON document, or None where it is none or is short already."""
        if text.lstrip()[:1] not in ("{", "["):
            return None
        short = minify(text)
        return short if short is not None and len(short) + _MIN_SAVED <= len(text) else None

    def json_blocks(self, text: str) -> str | None:
        """The text with the pretty-printed JSON blocks inside it shortened, or None where there are none."""
        pieces: list[str] = []
        done = known = 0
        ends: dict[int, int] = {}
        for match in _PRETTY.finditer(text):
            start = match.start()
            if start < done:
                continue
            if start >= known:
                ends = _ends(text, start)
                known = ends.get(start, len(text))
            end = ends.get(start)
            if end is None:
                continue
            short = minify(text[start:end])
            if short is None or len(short) + _MIN_SAVED > end - start:
                continue
            pieces += (text[done:start], short)
            done = end
        return "".join(pieces) + text[done:] if pieces else None


def _ends(text: str, start: int) -> dict[int, int]:
    """Where the JSON value that opens at ``start`` ends, and every value inside it; those that do not are absent.

    One pass, whatever the text: of a value that is cut off, the inner ones are known without looking again.
    """
    opened: list[int] = []
    ends: dict[int, int] = {}
    for match in _STRUCTURE.finditer(text, start):
        token = match.group()
        if token in "{[":
            opened.append(match.start())
        elif token in "}]":
            ends[opened.pop()] = match.end()
            if not opened:
                break
    return ends
