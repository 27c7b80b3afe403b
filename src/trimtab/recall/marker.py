"""Markers: the text that stands where something was taken out. ``[trimtab:HANDLE kind, n tokens: what it was]``

A handle is made from the content, so that threads that begin alike stay alike; what it opens is looked up in the
tenant's own thread. Text in a user's content that looks like a marker is inert.
"""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import NamedTuple

_MARKER = re.compile(r"\[trimtab:([0-9a-f]{10}) (\w+), (\d+) tokens: ([^\]\n]*)\]")


class Marker(NamedTuple):
    """A marker as read back from a text."""

    handle: str
    kind: str
    tokens: int
    what: str


def handle_of(tenant: str, content: bytes) -> str:
    """The handle of a content: ten hexadecimal digits, other ones for every tenant."""
    return blake2b(f"{tenant}\0".encode() + content, digest_size=5).hexdigest()


def marker(handle: str, kind: str, tokens: int, what: str) -> str:
    """The text that stands in place of a removed content. ``what`` loses line breaks and square brackets."""
    flat = " ".join(what.replace("[", "(").replace("]", ")").split())
    return f"[trimtab:{handle} {kind}, {tokens} tokens: {flat}]"


def read_marker(text: str) -> list[Marker]:
    """All markers in a text, in order."""
    return [Marker(handle, kind, int(size), what) for handle, kind, size, what in _MARKER.findall(text)]
