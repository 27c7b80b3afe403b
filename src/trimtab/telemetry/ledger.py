"""The ledger: one row a request, in tokens and in money, with and without trimtab."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import msgspec

from trimtab.request import Edit
from trimtab.response import Usage
from trimtab.store import Store

STREAM = "ledger"
_LONGEST_S = 3600.0
"""Rows are written when the answer ends; none ends later than this after its id was given."""


class EditLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """One edit as the ledger keeps it: where, what and why, never the text."""

    stage: str
    op: str
    section: str
    why: str
    before: int = 0
    after: int = 0
    place: str = ""
    handle: str = ""
    applied: bool = True


class Row(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One request. Token counts are estimates of ours except ``usage`` where ``reported``; costs are dollars.

    ``cost`` is what the request cost, ``cost_without`` what it would have cost had the client's own request been
    sent, with the prefixes that its requests would have kept warm; None where the model's price is not known.
    """

    id: str
    at: float
    tenant: str
    thread: str = ""
    route: str = ""
    format: str = ""
    model: str = ""
    stream: bool = False
    status: int = 0
    complete: bool = False
    before: dict[str, int] = {}
    after: dict[str, int] = {}
    edits: list[EditLine] = []
    usage: dict[str, int] = {}
    reported: bool = False
    without: dict[str, int] = {}
    rounds: int = 1
    cost: float | None = None
    cost_without: float | None = None
    own_cost: float = 0.0
    latency: dict[str, float] = {}
    """Milliseconds: one entry a stage, ``added`` (ours, before the first upstream byte), ``upstream``, ``first``."""
    cache: str = ""
    cache_reason: str = ""
    fallback: str = ""
    notes: list[str] = []
    flags: dict[str, str] = {}

    @property
    def saved(self) -> float | None:
        if self.cost is None or self.cost_without is None:
            return None
        return self.cost_without - self.cost - self.own_cost


def new_id(at: float) -> str:
    """A ledger id that tells when it was given: milliseconds since the epoch, then 40 random bits."""
    return f"tt_{int(at * 1000):011x}{os.urandom(5).hex()}"


def time_of(row_id: str) -> float | None:
    """When a ledger id was given, or None if it is not one."""
    digits = row_id.removeprefix("tt_")
    if len(digits) != 21 or digits == row_id or not set(digits) <= set("0123456789abcdef"):
        return None
    return int(digits[:11], 16) / 1000


def usage_dict(usage: Usage) -> dict[str, int]:
    """A usage as the ledger keeps it."""
    return {
        "fresh": usage.fresh,
        "written": usage.written,
        "written_1h": usage.written_1h,
        "read": usage.read,
        "output": usage.output,
    }


def edit_line(edit: Edit, *, applied: bool = True) -> EditLine:
    """An edit as the ledger keeps it."""
    op = edit.op
    places = [f"{name} {getattr(op, name)}" for name in ("message", "block", "tool", "name") if hasattr(op, name)]
    return EditLine(
        stage=edit.stage,
        op=type(op).__name__,
        section=edit.section,
        why=edit.why,
        before=edit.tokens_before,
        after=edit.tokens_after,
        place=", ".join(places),
        handle=edit.handle or "",
        applied=applied,
    )


class Ledger:
    """Writes rows off the request path and reads them back."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock

    def write(self, row: Row) -> None:
        """Hand a row to the store; a crash loses at most the last second of them."""
        data: dict[str, Any] = msgspec.to_builtins(row)
        self._store.append_later(STREAM, data, at=row.at)

    async def find(self, row_id: str) -> Row | None:
        """The row with this id, by the time that the id tells."""
        at = time_of(row_id)
        if at is None:
            return None
        after = 0
        while events := await self._store.read(STREAM, after=after, since=at - 0.002, limit=1000):
            for event in events:
                if event.data.get("id") == row_id:
                    return msgspec.convert(event.data, Row)
            if events[0].at > at + _LONGEST_S:
                return None
            after = events[-1].id
        return None

    async def rows(self, since: float | None = None, *, after: int = 0, limit: int = 10_000) -> list[tuple[int, Row]]:
        """Rows in the order they were written, with their event ids."""
        events = await self._store.read(STREAM, after=after, since=since, limit=limit)
        return [(event.id, msgspec.convert(event.data, Row)) for event in events]
