"""What passes from one side to the other, header by header."""

from __future__ import annotations

import pytest

from trimtab.gateway.headers import as_text, safe, to_client, to_upstream


def test_what_belongs_to_the_connection_stays_behind() -> None:
    """Hop-by-hop headers, those that Connection names, and ours do not reach the provider; the rest does, in order."""
    given = [
        (b"host", b"localhost"),
        (b"connection", b"close, X-Private"),
        (b"x-private", b"1"),
        (b"transfer-encoding", b"chunked"),
        (b"content-length", b"3"),
        (b"expect", b"100-continue"),
        (b"proxy-authorization", b"Basic x"),
        (b"te", b"trailers"),
        (b"x-trimtab", b"off"),
        (b"x-trimtab-key", b"secret"),
        (b"x-session-id", b"s"),
        (b"accept", b"a"),
        (b"accept", b"b"),
        (b"x-utf8", "ü".encode()),
    ]
    assert to_upstream(given) == [("x-session-id", "s"), ("accept", "a"), ("accept", "b"), ("x-utf8", "ü")]


def test_a_gateway_behind_a_gateway_speaks_for_itself() -> None:
    """Headers of another trimtab on the way are not mixed with ours."""
    assert to_client([(b"x-trimtab-id", b"theirs"), (b"via", b"x"), (b"upgrade", b"h2c")]) == [(b"via", b"x")]


def test_repeated_headers_are_joined_as_http_joins_them() -> None:
    """For reading; what is sent on stays repeated."""
    assert as_text([(b"Accept", b"a"), (b"accept", b"b"), (b"x", b"\xff")]) == {"accept": "a, b", "x": "\xff"}


@pytest.mark.parametrize(
    ("text", "value"),
    [("plain", b"plain"), ("two\r\nlines: x", b"two?lines: x"), ("größe", b"gr?"), ("x" * 500, b"x" * 200)],
)
def test_a_text_becomes_a_header_that_nothing_can_break(text: str, value: bytes) -> None:
    """No line breaks, no bytes beyond ASCII, no endless values."""
    assert safe(text)[: len(value)] == value
    assert len(safe(text)) <= 200
