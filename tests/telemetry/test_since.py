"""Points in time as people write them."""

from __future__ import annotations

import pytest

from trimtab.errors import ConfigError
from trimtab.telemetry.since import parse_since

NOW = 1_750_000_000.0  # 2025-06-15 15:06:40 UTC


@pytest.mark.parametrize(
    ("text", "ago"),
    [("24h", 86400), ("7d", 7 * 86400), ("30m", 1800), ("90s", 90), ("2w", 14 * 86400), (" 1.5H ", 5400), ("0h", 0)],
)
def test_a_span_is_counted_back_from_now(text: str, ago: float) -> None:
    """With its unit, in either case, fractions included."""
    assert parse_since(text, NOW) == NOW - ago


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2025-06-15", 1_749_945_600),
        ("2025-06-15T12:00", 1_749_988_800),
        ("2025-06-15T12:00:00Z", 1_749_988_800),
        ("2025-06-15 12:00+02:00", 1_749_981_600),
    ],
)
def test_a_date_is_utc_unless_it_says(text: str, at: float) -> None:
    """A date alone is its midnight."""
    assert parse_since(text, NOW) == at


@pytest.mark.parametrize("text", ["", "yesterday", "24", "h", "-3h", "24 hours", "2025-13-01", "1e3h"])
def test_anything_else_is_refused_with_what_would_be_right(text: str) -> None:
    """The message names what was given and shows examples."""
    with pytest.raises(ConfigError, match="24h or 7d") as refused:
        parse_since(text, NOW)
    assert repr(text) in str(refused.value)


def test_the_future_is_refused() -> None:
    """Nothing can be reported from it; most likely the year is mistyped."""
    with pytest.raises(ConfigError, match="lies in the future"):
        parse_since("2026-01-01", NOW)


def test_a_span_longer_than_time_is_all_of_it() -> None:
    """Rows from before the epoch there are none."""
    assert parse_since("99999w", NOW) == 0.0
