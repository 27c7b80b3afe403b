"""The shared table of word embeddings, one byte a number, and the tokenizer that names its rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Encoding, Tokenizer


def quantised(table: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """Rows as int8 and one scale a row: ``rows * scales[:, None]`` is the table again, to within 0.4% of its range."""
    scales = np.abs(table).max(axis=1) / 127
    scales[scales == 0] = 1.0
    rows = np.rint(table / scales[:, None]).astype(np.int8)
    return rows, scales.astype(np.float32)


def tokenizer(path: str | Path, longest: int) -> Tokenizer:
    """The WordPiece tokenizer of the checkpoint, pairs truncated to ``longest`` tokens."""
    loaded = Tokenizer.from_file(str(path))
    loaded.enable_truncation(longest, strategy="longest_first")
    loaded.no_padding()
    return loaded


def padded(encoded: list[Encoding]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Ids, mask and segments of a batch, each (batch, tokens)."""
    width = max(len(one.ids) for one in encoded)
    ids = np.zeros((len(encoded), width), np.int64)
    mask, segments = ids.copy(), ids.copy()
    for row, one in enumerate(encoded):
        size = len(one.ids)
        ids[row, :size], mask[row, :size], segments[row, :size] = one.ids, 1, one.type_ids
    return ids, mask, segments
