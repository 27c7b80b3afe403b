"""Exact JSON fragments: reading and replacing parts of a document without touching the bytes of the rest."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from threading import Lock
from typing import Any, Generic, TypeAlias, TypeVar

import msgspec
import orjson
from msgspec import Raw

from trimtab.errors import EditError, NotUnderstood
from trimtab.request import Path

Span: TypeAlias = tuple[int, int]

_object_decoder = msgspec.json.Decoder(dict[str, Raw])
_array_decoder = msgspec.json.Decoder(list[Raw])
_REFUSED = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)  # the last: nested deeper than a stack allows

_BEFORE_MEMBER = re.compile(rb'\s*[{,]\s*"[^"\\]*(?:\\.[^"\\]*)*"\s*:\s*')
_BEFORE_ITEM = re.compile(rb"\s*[\[,]\s*")
_OBJECT_END = re.compile(rb"\s*(?:\{\s*)?\}\s*")

V = TypeVar("V")


def object_fields(raw: bytes) -> dict[str, bytes]:
    """The members of a JSON object as raw fragments, in order.

    Raises NotUnderstood if it is not one, or if a name stands twice: readers disagree on which of them counts.
    """
    fields = _decoded(raw)
    written = 1
    for name, value in fields.items():
        written += len(name) + len(value) + 4  # quotes, colon, and a comma or the closing brace
    if written == len(raw):
        return fields  # written without white space, as SDKs do: had a name stood twice, there would be more of it
    return _walk(raw)[0]


def _decoded(raw: bytes) -> dict[str, bytes]:
    try:
        return {name: bytes(value) for name, value in _object_decoder.decode(raw).items()}
    except _REFUSED as error:
        raise NotUnderstood(f"not a JSON object: {error}") from error


def _walk(raw: bytes) -> tuple[dict[str, bytes], dict[str, Span]]:
    """The members of an object and where each value stands."""
    fields = _decoded(raw)
    spans: dict[str, Span] = {}
    position = 0
    for name, value in fields.items():
        before = _BEFORE_MEMBER.match(raw, position)
        if before is None or not raw.startswith(value, before.end()):
            raise NotUnderstood(f"a name stands twice in a JSON object, at or before {name!r}")
        position = before.end() + len(value)
        spans[name] = (before.end(), position)
    if _OBJECT_END.fullmatch(raw, position) is None:
        raise NotUnderstood("a name stands twice in a JSON object")
    return fields, spans


def array_items(raw: bytes) -> list[bytes]:
    """The elements of a JSON array as raw fragments. Raises NotUnderstood if it is not one."""
    try:
        return [bytes(item) for item in _array_decoder.decode(raw)]
    except _REFUSED as error:
        raise NotUnderstood(f"not a JSON array: {error}") from error


def _item_span(raw: bytes, index: int) -> Span:
    """Where element ``index`` of an array stands. Raises IndexError, NotUnderstood."""
    items = array_items(raw)
    if not 0 <= index < len(items):
        raise IndexError(f"{index} of {len(items)}")
    end = 0
    for item in items[: index + 1]:
        before = _BEFORE_ITEM.match(raw, end)
        end = (before.end() if before else end) + len(item)
    return end - len(items[index]), end


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


def _span(raw: bytes, path: Path) -> Span:
    start, end = 0, len(raw)
    for step in path:
        inner = raw[start:end]
        try:
            low, high = _walk(inner)[1][step] if isinstance(step, str) else _item_span(inner, step)
        except (KeyError, IndexError, NotUnderstood) as error:
            raise EditError(f"no fragment at {'/'.join(map(str, path))}: {error}") from error
        start, end = start + low, start + high
    return start, end


def at(raw: bytes, path: Path) -> bytes:
    """The fragment at ``path``. Raises EditError if the path does not exist."""
    start, end = _span(raw, path)
    return raw[start:end]


def replace(raw: bytes, path: Path, change: Callable[[bytes], bytes]) -> bytes:
    """``raw`` with the fragment at ``path`` changed, and not one other byte.

    Raises EditError if the path does not exist.
    """
    start, end = _span(raw, path)
    return raw[:start] + change(raw[start:end]) + raw[end:]


def with_members(raw: bytes, values: Mapping[str, bytes]) -> bytes:
    """The JSON object ``raw`` with members set to fragments; new ones come last, the others keep their bytes."""
    spans = _walk(raw)[1]
    for name in sorted(spans.keys() & values.keys(), key=spans.__getitem__, reverse=True):
        start, end = spans[name]
        raw = raw[:start] + values[name] + raw[end:]
    new = b",".join(orjson.dumps(name) + b":" + value for name, value in values.items() if name not in spans)
    if not new:
        return raw
    close = raw.rindex(b"}")
    return raw[:close] + (b"," if spans else b"") + new + raw[close:]


def with_member(raw: bytes, name: str, value: bytes) -> bytes:
    """The JSON object ``raw`` with member ``name`` set to the fragment ``value``."""
    return with_members(raw, {name: value})


def without_members(raw: bytes, names: Iterable[str]) -> bytes:
    """The JSON object ``raw`` less the members ``names``; the others keep their bytes."""
    fields = object_fields(raw)
    gone = [name for name in names if fields.pop(name, None) is not None]
    return render_object(fields) if gone else raw


class FragmentMemo(Generic[V]):
    """Remembers what was read from a fragment, by the fragment itself, bounded by bytes. Safe between threads.

    A long thread is sent again with every request; only what is new in it costs work.
    """

    _ENTRY_BYTES = 1024
    """What the objects made of one fragment take beside their text (measured: 0.63 KB with one block)."""

    def __init__(self, max_bytes: int = 6 << 20) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._values: OrderedDict[bytes, V] = OrderedDict()
        self._lock = Lock()

    def _cost(self, raw: bytes) -> int:
        return 2 * len(raw) + self._ENTRY_BYTES  # the fragment, and its text decoded

    def get(self, raw: bytes, read: Callable[[bytes], V]) -> V:
        with self._lock:
            known = self._values.get(raw)
            if known is not None:
                self._values.move_to_end(raw)
                return known
        value = read(raw)
        with self._lock:
            if raw not in self._values:
                self._bytes += self._cost(raw)
            self._values[raw] = value
            while self._bytes > self._max_bytes and len(self._values) > 1:
                dropped, _ = self._values.popitem(last=False)
                self._bytes -= self._cost(dropped)
        return value
