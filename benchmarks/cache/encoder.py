"""Sentence vectors for the baselines: all-MiniLM-L6-v2 in full precision, in an environment of its own."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from hashlib import blake2b
from pathlib import Path
from tempfile import gettempdir
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.worker import Worker

Vectors: TypeAlias = NDArray[np.float32]
Encode: TypeAlias = Callable[[Sequence[str]], Vectors]
"""Unit vectors of texts, a row each."""

_BATCH = 64
_KEPT = Path(gettempdir()) / "trimtab-benchmark-minilm.npz"


class Remembered:
    """An encoder that encodes every text once, and keeps what it knows in a file when told to."""

    def __init__(self, encode: Encode, file: Path | None = None) -> None:
        self._encode = encode
        self._file = file
        self._rows: dict[bytes, Vectors] = {}
        if file is not None and file.exists():
            with np.load(file) as kept:
                self._rows = {bytes(key): row for key, row in zip(kept["keys"], kept["rows"], strict=True)}

    def __call__(self, texts: Sequence[str]) -> Vectors:
        keys = [blake2b(text.encode(), digest_size=16).digest() for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._rows}
        ordered = sorted(new.items(), key=lambda item: len(item[1]))  # alike in length, so that little is padded
        for start in range(0, len(ordered), _BATCH):
            batch = ordered[start : start + _BATCH]
            rows = self._encode([text for _, text in batch])
            self._rows.update((key, row) for (key, _), row in zip(batch, rows, strict=True))
        return np.stack([self._rows[key] for key in keys])

    def keep(self) -> None:
        """Write what is known to the file."""
        if self._file is not None and self._rows:
            keys = np.frombuffer(b"".join(self._rows), np.uint8).reshape(-1, 16)
            np.savez(self._file, keys=keys, rows=np.stack(list(self._rows.values())))


def minilm(worker: Worker) -> Remembered:
    """MiniLM in a worker; its vectors are kept in the temporary folder from run to run."""

    def encode(texts: Sequence[str]) -> Vectors:
        said = worker.ask({"texts": list(texts)})
        return np.frombuffer(base64.b64decode(said["vectors"]), np.float32).reshape(len(texts), -1)

    return Remembered(encode, _KEPT)
