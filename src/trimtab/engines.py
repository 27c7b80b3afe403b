"""The protocols by which stages are handed the libraries that they work with.

A stage never imports an engine of another folder; the optimizer builds the engines and hands them over.
"""

from __future__ import annotations

from typing import Protocol


class Minifier(Protocol):
    """Shortens text without losing anything."""

    def json_document(self, text: str) -> str | None:
        """The shortest text of the same JSON document, or None where it is none or cannot be shortened."""

    def json_blocks(self, text: str) -> str | None:
        """The text with the pretty-printed JSON blocks inside it shortened, or None where there are none."""
