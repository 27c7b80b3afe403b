"""Runs the shipped networks on one core.

onnxruntime and the tokenizer are imported when the first network is loaded: a gateway that needs none stays small.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float32]

LONGEST_TEXT = 128
"""Tokens of a text that the encoder reads; of longer ones the first and last half of that."""
LONGEST_PAIR = 192
"""Tokens of a pair that the verifier reads."""


def path_of(name: str) -> Path:
    """Where a shipped file lies."""
    return Path(str(files("trimtab.models").joinpath(name)))


@dataclass(frozen=True)
class Batch:
    """What a network is fed: word embeddings (batch, tokens, hidden), mask and segments (batch, tokens)."""

    words: Floats
    mask: Floats
    segments: npt.NDArray[np.int64]


class Words:
    """The tokenizer and the shared table of word embeddings, one byte a number."""

    def __init__(self) -> None:
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # its threads would outlive us and help nobody
        from tokenizers import Tokenizer  # noqa: PLC0415

        self._tokenizer = Tokenizer.from_file(str(path_of("tokenizer.json")))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._rows: npt.NDArray[np.int8] = np.load(path_of("words.npy"), mmap_mode="r")
        self._scales: Floats = np.load(path_of("words_scales.npy"))
        start, stop = self._tokenizer.token_to_id("[CLS]"), self._tokenizer.token_to_id("[SEP]")
        if start is None or stop is None:
            raise ValueError("tokenizer.json has no [CLS] or [SEP]")
        self._start, self._stop = start, stop

    @classmethod
    @cache
    def shared(cls) -> Words:
        """The one table of this process."""
        return cls()

    def tokens(self, text: str) -> list[int]:
        """The ids of a text's word pieces, without the marks at its ends."""
        readable = text.encode("utf-8", "replace").decode()  # lone surrogates are no text
        found: list[int] = self._tokenizer.encode(readable, add_special_tokens=False).ids
        return found

    def texts(self, texts: Sequence[str]) -> Batch:
        """A batch of single texts; of long ones the beginning and the end."""
        rows = []
        for text in texts:
            ids, most = self.tokens(text), LONGEST_TEXT - 2
            if len(ids) > most:
                ids = ids[: most // 2] + ids[-(most - most // 2) :]
            rows.append([self._start, *ids, self._stop])
        return self._batch(rows, [0] * len(rows))

    def pairs(self, pairs: Sequence[tuple[Sequence[int], Sequence[int]]]) -> Batch:
        """A batch of pairs of tokenised texts, which together fit `LONGEST_PAIR`."""
        rows = [[self._start, *a, self._stop, *b, self._stop] for a, b in pairs]
        return self._batch(rows, [len(a) + 2 for a, _ in pairs])

    def _batch(self, rows: list[list[int]], second_from: list[int]) -> Batch:
        width = max(map(len, rows))
        ids = np.zeros((len(rows), width), np.int64)
        mask, segments = np.zeros(ids.shape, np.float32), np.zeros(ids.shape, np.int64)
        for row, (pieces, start) in enumerate(zip(rows, second_from, strict=True)):
            ids[row, : len(pieces)], mask[row, : len(pieces)] = pieces, 1
            if start:
                segments[row, start : len(pieces)] = 1
        return Batch(self._rows[ids] * self._scales[ids][:, :, None], mask, segments)


class _Session:
    """A graph that is loaded when it is first run. Any thread may run it."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = Lock()
        self._loaded: Any = None

    def run(self, inputs: dict[str, Any]) -> Any:
        """The output of the graph."""
        with self._lock:
            if self._loaded is None:
                self._loaded = _load(self._name)
        return self._loaded.run(None, inputs)[0]


def _load(name: str) -> Any:
    import onnxruntime  # noqa: PLC0415

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # an arena never gives back what the longest batch took
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path_of(name)), options, providers=["CPUExecutionProvider"])


class Encoder:
    """Sentences to vectors of length 1."""

    name = "minilm-l6-int8-1"
    """Another name is another space: vectors of two are never compared."""
    dim = 384

    @classmethod
    @cache
    def shared(cls) -> Encoder:
        """The one of this process."""
        return cls()

    def __init__(self) -> None:
        self._session = _Session("encoder.onnx")

    def encode(self, texts: Sequence[str]) -> Floats:
        """Vectors of shape (len(texts), dim). Never raises on account of a text."""
        batch = Words.shared().texts(texts)
        found: Floats = self._session.run({"words": batch.words, "mask": batch.mask})
        return found


class PairScorer:
    """Pairs of questions to log-odds that the answer to one is right for the other."""

    name = "verifier-1"

    @classmethod
    @cache
    def shared(cls) -> PairScorer:
        """The one of this process."""
        return cls()

    def __init__(self) -> None:
        self._session = _Session("verifier.onnx")

    def fits(self, a: str, b: str) -> bool:
        """Whether the verifier can read both texts to their end."""
        words = Words.shared()
        return len(words.tokens(a)) + len(words.tokens(b)) + 3 <= LONGEST_PAIR

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Log-odds, one a pair; minus infinity for a pair that is too long to be read whole."""
        words = Words.shared()
        tokenised = [(words.tokens(a), words.tokens(b)) for a, b in pairs]
        readable = [i for i, (a, b) in enumerate(tokenised) if len(a) + len(b) + 3 <= LONGEST_PAIR]
        scores = [float("-inf")] * len(pairs)
        if readable:
            batch = words.pairs([tokenised[i] for i in readable])
            inputs = {"words": batch.words, "mask": batch.mask, "segments": batch.segments}
            for place, value in zip(readable, self._session.run(inputs).tolist(), strict=True):
                scores[place] = value
        return scores
