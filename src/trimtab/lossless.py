"""Shortening JSON without losing anything: white space between tokens goes, every token keeps its bytes."""

from __future__ import annotations

import re

import msgspec

_PRETTY = re.compile(r"[{\[][ \t]*\r?\n[ \t]+[\"{\[\d\-tfn\]}]")
_STRUCTURE = re.compile(r'"(?:[^"\\\n]|\\.)*"|[{}\[\]]')
_MIN_SAVED = 8
"""Characters; a shorter saving is not worth a changed message."""
_MAX_UNCLOSED = 16
"""Brackets that never close, after which the rest of a text is left alone: bounds the time on hostile input."""


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
        done = unclosed = 0
        for match in _PRETTY.finditer(text):
            start = match.start()
            if start < done:
                continue
            end = _end_of_value(text, start)
            if end is None:
                unclosed += 1
                if unclosed >= _MAX_UNCLOSED:
                    break
                continue
            short = minify(text[start:end])
            if short is None or len(short) + _MIN_SAVED > end - start:
                continue
            pieces += (text[done:start], short)
            done = end
        return "".join(pieces) + text[done:] if pieces else None


def _end_of_value(text: str, start: int) -> int | None:
    """Where the JSON value that opens at ``start`` ends, by its brackets; None where it does not."""
    depth = 0
    for match in _STRUCTURE.finditer(text, start):
        token = match.group()
        if token in "{[":
            depth += 1
        elif token in "}]":
            depth -= 1
            if depth == 0:
                return match.end()
    return None
