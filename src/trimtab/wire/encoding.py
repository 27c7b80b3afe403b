"""Reading compressed bodies. What goes to the client is never re-encoded; this is for our own books."""

from __future__ import annotations

import zlib

_MAX_BYTES = 64 << 20


def decode(body: bytes, encoding: str) -> bytes | None:
    """``body`` without its Content-Encoding; None where it cannot be opened, or is larger than 64 MiB."""
    for step in reversed([part.strip().lower() for part in encoding.split(",") if part.strip()]):
        opened = _decode_one(body, step)
        if opened is None:
            return None
        body = opened
    return body


def _decode_one(body: bytes, encoding: str) -> bytes | None:
    match encoding:
        case "identity":
            return body
        case "gzip" | "x-gzip":
            return _inflate(body, 31)
        case "deflate":
            return _inflate(body, 15) or _inflate(body, -15)
        case "br":
            return _brotli(body)
        case "zstd":
            return _zstd(body)
    return None


def _inflate(body: bytes, window: int) -> bytes | None:
    try:
        opener = zlib.decompressobj(window)
        opened = opener.decompress(body, _MAX_BYTES)
    except zlib.error:
        return None
    return None if opener.unconsumed_tail else opened


def _brotli(body: bytes) -> bytes | None:
    import brotli  # noqa: PLC0415  (few answers come so; the import is not free)

    opener = brotli.Decompressor()
    try:
        opened = bytes(opener.process(body, output_buffer_limit=_MAX_BYTES))
    except brotli.error:
        return None
    return opened if opener.is_finished() else None


def _zstd(body: bytes) -> bytes | None:
    import zstandard  # noqa: PLC0415  (as above)

    try:
        with zstandard.ZstdDecompressor().stream_reader(body) as reader:
            opened: bytes = reader.read(_MAX_BYTES + 1)
    except zstandard.ZstdError:
        return None
    return opened if len(opened) <= _MAX_BYTES else None
