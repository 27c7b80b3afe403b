"""The protocols by which stages are handed the libraries that they work with.

A stage never imports an engine of another folder; the optimizer builds the engines and hands them over.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt


class Minifier(Protocol):
    """Shortens text without losing anything."""

    def json_document(self, text: str) -> str | None:
        """The shortest text of the same JSON document, or None where it is none or cannot be shortened."""

    def json_blocks(self, text: str) -> str | None:
        """The text with the pretty-printed JSON blocks inside it shortened, or None where there are none."""


class Embedder(Protocol):
    """Turns texts into vectors whose cosine says how near their meanings are."""

    @property
    def name(self) -> str:
        """Names the space: vectors of embedders with different names are never compared."""

    async def embed(self, text: str) -> npt.NDArray[np.float32]:
        """The vector of a text, of length 1. Raises EmbeddingError where there is none to be had."""


class PairScores(Protocol):
    """Says of pairs of questions how likely the answer to one is right for the other."""

    def fits(self, a: str, b: str) -> bool:
        """Whether both texts are short enough to be read to their end."""

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Log-odds, one a pair. A pair that does not fit has minus infinity."""
