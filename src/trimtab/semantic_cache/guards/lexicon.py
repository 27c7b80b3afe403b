"""How the lexicons are written: as lines of words."""

from __future__ import annotations


def listed(text: str) -> tuple[str, ...]:
    """The words of a text, in their order and each once."""
    return tuple(dict.fromkeys(text.split()))
