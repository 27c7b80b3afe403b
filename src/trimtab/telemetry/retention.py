"""How long ledger rows are kept, and how many."""

from __future__ import annotations

from trimtab.config import LedgerSettings
from trimtab.telemetry.ledger import Ledger

_DAY_S = 86400.0


async def retain(ledger: Ledger, settings: LedgerSettings, now: float) -> int:
    """Drop rows beyond the retention and the bound; how many went. Raises StoreError.

    May run beside requests and in several processes at once: rows that are still to be written are written first,
    in their order, and what another process has dropped already is not there to drop.
    """
    return await ledger.trim(before=now - settings.retention_days * _DAY_S, keep=settings.max_rows)
