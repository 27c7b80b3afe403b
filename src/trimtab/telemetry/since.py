"""Points in time as people write them: ``24h``, ``7d``, ``30m``, or a date."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from trimtab.errors import ConfigError

_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 7 * 86400.0}
_AGO = re.compile(r"(\d+(?:\.\d+)?)\s*([smhdw])", re.IGNORECASE)


def parse_since(text: str, now: float) -> float:
    """Seconds since the epoch of ``24h`` (ago), ``7d``, ``30m``, or of an ISO date or time, UTC unless it says.

    Raises ConfigError for anything else, and for what lies in the future.
    """
    given = text.strip()
    ago = _AGO.fullmatch(given)
    if ago is not None:
        return max(0.0, now - float(ago[1]) * _UNITS[ago[2].lower()])
    try:
        at = datetime.fromisoformat(given)
    except ValueError:
        raise ConfigError(
            f"since = {text!r}: give a span such as 30m, 24h or 7d, or a date such as 2026-01-31 or 2026-01-31T09:30"
        ) from None
    seconds = (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    if seconds > now:
        today = datetime.fromtimestamp(now, UTC)
        raise ConfigError(f"since = {text!r} lies in the future: it is {today:%Y-%m-%d %H:%M} UTC")
    return seconds
