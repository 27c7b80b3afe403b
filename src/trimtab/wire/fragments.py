"""Exact JSON fragments: reading and replacing parts of a document without touching the bytes of the rest."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, TypeVar

import msgspec
import orjson
from msgspec import Raw

from trimtab.errors import EditError, NotUnderstood
from trimtab.request import Path

_object_decoder = msgspec.json.Decoder(dict[str, Raw])
_array_decoder = msgspec.json.Decoder(list[Raw])

V = TypeVar("V")


def object_fields(raw: bytes) -> dict[str, bytes]:
    """The members of a JSON object as raw fragments, in order. Raises NotUnderstood if it is not one."""
    try:
        return {name: bytes(value) for name, value in _object_decoder.decode(raw).items()}
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NotUnderstood(f"not a JSON object: {error}") from error


def array_items(raw: bytes) -> list[bytes]:
    """The elements of a JSON array as raw fragments. Raises NotUnderstood if it is not one."""
    try:
        return [bytes(item) for item in _array_decoder.decode(raw)]
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NotUnderstood(f"not a JSON array: {error}") from error


def value_of(raw: bytes) -> Any:
    """The decoded value of a fragment. Raises NotUnderstood where a strict reader would refuse it."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise NotUnderstood(f"not valid JSON: {error}") from error


def render_object(fields: Mapping[str, bytes]) -> bytes:
    """A JSON object from raw members."""
    return b"{" + b",".join(orjson.dumps(name) + b":" + raw for name, raw in fields.items()) + b"}"


def render_array(items: Iterable[bytes]) -> bytes:
    """A JSON array from raw elements."""
    return b"[" + b",".join(items) + b"]"


def replace(raw: bytes, path: Path, change: Callable[[bytes], bytes]) -> bytes:
    """``raw`` with the fragment at ``path`` changed; every sibling along the way keeps its bytes.

    Raises EditError if the path does not exist.
    """
    if not path:
        return change(raw)
    step, rest = path[0], path[1:]
    try:
        if isinstance(step, str):
            fields = object_fields(raw)
            fields[step] = replace(fields[step], rest, change)
            return render_object(fields)
        items = array_items(raw)
        items[step] = replace(items[step], rest, change)
        return render_array(items)
    except (KeyError, IndexError, NotUnderstood) as error:
        raise EditError(f"no fragment at {'/'.join(map(str, path))}: {error}") from error


def with_member(raw: bytes, name: str, value: bytes) -> bytes:
    """The JSON object ``raw`` with member ``name`` set to the fragment ``value``."""
    fields = object_fields(raw)
    fields[name] = value
    return render_object(fields)


class FragmentMemo(Generic[V]):
    """Remembers what was read from a fragment, by the fragment itself, bounded by bytes.

    A long thread is sent again with every request; only what is new in it costs work.
    """

    def __init__(self, max_bytes: int = 16 << 20) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._values: OrderedDict[bytes, V] = OrderedDict()

    def get(self, raw: bytes, read: Callable[[bytes], V]) -> V:
        known = self._values.get(raw)
        if known is not None:
            self._values.move_to_end(raw)
            return known
        value = read(raw)
        self._values[raw] = value
        self._bytes += len(raw)
        while self._bytes > self._max_bytes and len(self._values) > 1:
            dropped, _ = self._values.popitem(last=False)
            self._bytes -= len(dropped)
        return value
