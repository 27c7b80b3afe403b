"""Lines of recordings: files, directories and standard input, plain or gzip, one line in memory at a time."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

import orjson

from trimtab.errors import NotUnderstood
from trimtab.replay.recorded import Problem
from trimtab.wire import fragments

STDIN = "-"
_SUFFIXES = (".jsonl", ".jsonl.gz", ".json", ".json.gz")
_GZIP = b"\x1f\x8b"
_LONGEST_LINE = 256 << 20
"""Bytes; a longer line, or a longer JSON document over many lines, is skipped as a problem."""


@dataclass(frozen=True)
class Line:
    """One JSON value of a recording and where it stands; in a document over many lines, the number of its element."""

    file: str
    number: int
    raw: bytes


class Sources:
    """The lines of several sources, in order; a directory stands for the recordings in it, by name.

    ``read_bytes`` of ``total_bytes`` (0 where unknown) have been read, compressed as they are: for a progress bar.
    """

    def __init__(self, sources: Sequence[str | Path], stdin: BinaryIO | None = None) -> None:
        self._stdin = stdin
        self._files = [file for source in sources for file in _files(str(source))]
        self._done_bytes = 0
        self._open: BinaryIO | None = None
        sizes = [Path(file).stat().st_size if Path(file).is_file() else 0 for file in self._files]
        self.total_bytes = 0 if STDIN in self._files else sum(sizes)

    @property
    def read_bytes(self) -> int:
        return self._done_bytes + (self._open.tell() if self._open is not None else 0)

    def __iter__(self) -> Iterator[Line | Problem]:
        for file in self._files:
            if file == STDIN:
                yield from _read(self._stdin or sys.stdin.buffer, "standard input")
                continue
            try:
                with open(file, "rb") as opened:
                    self._open = opened
                    yield from _read(opened, file)
                    self._done_bytes += opened.tell()
            except OSError as error:
                yield Problem(file, 0, error.strerror or str(error))
            finally:
                self._open = None


def _files(source: str) -> list[str]:
    path = Path(source)
    if source == STDIN or not path.is_dir():
        return [source]
    return [str(file) for file in sorted(path.rglob("*")) if file.name.endswith(_SUFFIXES) and file.is_file()]


def _read(opened: BinaryIO, name: str) -> Iterator[Line | Problem]:
    buffered = opened if isinstance(opened, io.BufferedReader) else io.BufferedReader(opened)  # type: ignore[type-var]
    if buffered.peek(2)[:2] != _GZIP:
        yield from _lines(buffered, name)
        return
    with gzip.open(buffered) as unpacked:
        try:
            yield from _lines(unpacked, name)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            yield Problem(name, 0, f"the gzip file is damaged or ends early: {error}")


def _lines(stream: IO[bytes] | gzip.GzipFile, name: str) -> Iterator[Line | Problem]:
    number = 0
    first = True
    while raw := stream.readline(_LONGEST_LINE):
        number += 1
        if not raw.endswith(b"\n") and len(raw) >= _LONGEST_LINE:
            yield Problem(name, number, f"the line is longer than {_LONGEST_LINE >> 20} MiB")
            while raw and not raw.endswith(b"\n"):
                raw = stream.readline(1 << 20)
            continue
        text = raw.strip().removeprefix(b"\xef\xbb\xbf")
        if not text:
            continue
        if first and _opens_document(text):
            yield from _document(raw, stream, name)
            return
        first = False
        yield Line(name, number, text)


def _opens_document(first: bytes) -> bool:
    """Whether a first line begins a JSON document over many lines, or an array of all records."""
    return first in (b"{", b"[") or first.startswith(b"[")


def _document(first: bytes, stream: IO[bytes] | gzip.GzipFile, name: str) -> Iterator[Line | Problem]:
    rest = stream.read(_LONGEST_LINE)
    if stream.read(1):
        yield Problem(name, 0, f"the JSON document is larger than {_LONGEST_LINE >> 20} MiB; write one record a line")
        return
    text = (first + rest).strip().removeprefix(b"\xef\xbb\xbf")
    try:
        items = fragments.array_items(text) if text.startswith(b"[") else [text]
        orjson.loads(text)
    except (NotUnderstood, orjson.JSONDecodeError) as error:
        yield Problem(name, 1, f"neither one JSON document nor JSON lines: {error}")
        return
    for number, item in enumerate(items, 1):
        yield Line(name, number, item)
