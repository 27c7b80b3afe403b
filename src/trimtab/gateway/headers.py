"""Headers on their way through: what belongs to one hop stays behind, everything else is passed on as it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from trimtab.pipeline import Prepared
from trimtab.semantic_cache.reasons import kind_of, near_miss

RawHeaders = Sequence[tuple[bytes, bytes]]

HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-authentication-info",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
_OURS = b"x-trimtab"
_NOT_SENT = HOP_BY_HOP | {b"host", b"content-length", b"expect"}
"""Not passed on to the provider: its own address and the body's length, and a wait that the server already ended."""

_UNPRINTABLE = re.compile(r"[^\x20-\x7e]+")
_LONGEST = 200


def as_text(headers: RawHeaders) -> dict[str, str]:
    """Headers by lower-case name; values of repeated ones joined as HTTP joins them."""
    found: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def to_upstream(headers: RawHeaders) -> list[tuple[str, str]]:
    """The client's headers as the provider gets them."""
    dropped = _NOT_SENT | _named_by_connection(headers)
    return [
        (name.decode("latin-1"), _sendable(value))
        for name, value in headers
        if (low := name.lower()) not in dropped and not low.startswith(_OURS)
    ]


def to_client(headers: RawHeaders) -> list[tuple[bytes, bytes]]:
    """The provider's headers as the client gets them; names come in lower case."""
    dropped = HOP_BY_HOP | _named_by_connection(headers)
    return [(name, value) for name, value in headers if name not in dropped and not name.startswith(_OURS)]


def safe(text: str) -> bytes:
    """A text as a header value: printable ASCII, of moderate length."""
    return _UNPRINTABLE.sub("?", text)[:_LONGEST].strip().encode("ascii")


def explained(prepared: Prepared) -> list[tuple[bytes, bytes]]:
    """What trimtab says about a request: its ledger id, what the cache did, its thread, what went wrong of ours."""
    outcome, status = _cache_status(prepared)
    told = [
        (b"x-trimtab-id", prepared.report.id.encode()),
        (b"x-trimtab-cache", outcome),
        (b"cache-status", status),
    ]
    told += _cache_details(prepared)
    if prepared.thread is not None:
        told.append((b"x-trimtab-thread", safe(prepared.thread.state.id)))
    if prepared.report.fallback:
        told.append((b"x-trimtab-fallback", safe(prepared.report.fallback)))
    return told


def _cache_status(prepared: Prepared) -> tuple[bytes, bytes]:
    """``hit``, ``miss`` or ``bypass``, and the same as a Cache-Status member (RFC 9211)."""
    if prepared.answer is not None:
        return b"hit", b"trimtab; hit; ttl=%d" % int(prepared.answer.ttl_s)
    ctx = prepared.ctx
    if ctx is not None and ctx.cache_outcome in ("miss", "hit"):  # a hit without an answer could not be replayed
        return b"miss", b"trimtab; fwd=uri-miss" + _detail(_near(prepared))
    return b"bypass", b"trimtab; fwd=bypass" + _detail(safe(ctx.cache_reason) if ctx is not None else b"")


def _cache_details(prepared: Prepared) -> list[tuple[bytes, bytes]]:
    """With a hit what answered and how old it is; with a near miss why the nearest entry was not served."""
    ctx, answer = prepared.ctx, prepared.answer
    if ctx is None or answer is None:
        near = _near(prepared)
        return [(b"x-trimtab-cache-near", near)] if near else []
    told = [(b"age", b"%d" % int(answer.age_s))]
    if ctx.cache_tier:
        told.append((b"x-trimtab-cache-tier", safe(ctx.cache_tier)))
    if ctx.cache_entry and ctx.cache_tier != "shared":  # there it is the nearest entry, which did not answer
        told.append((b"x-trimtab-cache-entry", safe(ctx.cache_entry)))
    return told


def _near(prepared: Prepared) -> bytes:
    """Why the nearest entry was not served; empty where there was none.

    The words of a reason may be those of the other question. Where tenants share, they may be another tenant's, and
    only the kind of the reason is told.
    """
    ctx = prepared.ctx
    why = near_miss(ctx.cache_reason) if ctx is not None and ctx.cache_outcome == "miss" else ""
    if why and ctx is not None and ctx.config.cache.pool_of(ctx.tenant).shared:
        why = kind_of(why)
    return safe(why)


def _detail(text: bytes) -> bytes:
    """A text as the ``detail`` of a Cache-Status member, an RFC 8941 string; nothing for none."""
    return b'; detail="%s"' % text.replace(b"\\", b"\\\\").replace(b'"', b'\\"') if text else b""


def _named_by_connection(headers: RawHeaders) -> frozenset[bytes]:
    """Further headers of this hop, as `Connection` lists them."""
    return frozenset(_listed(value for name, value in headers if name.lower() == b"connection"))


def _listed(values: Iterable[bytes]) -> Iterable[bytes]:
    for value in values:
        yield from (item.strip().lower() for item in value.split(b","))


def _sendable(value: bytes) -> str:
    """The text that the HTTP client, which writes UTF-8, turns into the same bytes again where they are UTF-8."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
