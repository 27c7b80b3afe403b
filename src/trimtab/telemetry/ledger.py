"""The ledger: one row a request, in tokens and in money, with and without trimtab."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Sequence
from random import Random
from typing import Any, Protocol

import msgspec

from trimtab.request import Edit
from trimtab.response import Usage
from trimtab.store import Event, Store

STREAM = "ledger"
OWN = "own"
"""The route of rows for model calls on our own account."""
_LONGEST_S = 3600.0
"""Rows are written when the answer ends; none ends later than this after its id was given."""

log = logging.getLogger(__name__)
_random = Random()  # ids are no secrets, and asking the system for each would give the interpreter away meanwhile


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
    cache_tier: str = ""
    cache_entry: str = ""
    cache_score: float | None = None
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
    return f"tt_{int(at * 1000):011x}{_random.getrandbits(40):010x}"


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


class OwnCall(Protocol):
    """A model call on our own account, as whoever makes it reports it (`trimtab.background.Call`)."""

    @property
    def task(self) -> str: ...
    @property
    def tenant(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def format(self) -> str: ...
    @property
    def at(self) -> float: ...
    @property
    def seconds(self) -> float: ...
    @property
    def status(self) -> int: ...
    @property
    def complete(self) -> bool: ...
    @property
    def usage(self) -> Usage | None: ...
    @property
    def cost(self) -> float | None: ...
    @property
    def error(self) -> str: ...


def own_row(call: OwnCall) -> Row:
    """The row of a model call on our own account: it costs, and nobody would have paid it without us."""
    known = call.cost is not None
    return Row(
        id=new_id(call.at),
        at=call.at,
        tenant=call.tenant,
        route=OWN,
        format=call.format,
        model=call.model,
        status=call.status,
        complete=call.complete,
        usage={} if call.usage is None else usage_dict(call.usage),
        reported=call.usage is not None,
        cost=0.0 if known else None,
        cost_without=0.0 if known else None,
        own_cost=call.cost or 0.0,
        latency={"upstream": round(call.seconds * 1000, 3)},
        fallback=call.error,
        flags={"task": call.task},
    )


class Ledger:
    """Writes rows off the request path and reads them back. Events that are no rows of ours are passed over."""

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
                    return next(iter(_rows_of([event])), (0, None))[1]
            if events[0].at > at + _LONGEST_S:
                return None
            after = events[-1].id
        return None

    async def rows(self, since: float | None = None, *, after: int = 0, limit: int = 10_000) -> list[tuple[int, Row]]:
        """Rows in the order they were written, with their event ids."""
        return _rows_of(await self._store.read(STREAM, after=after, since=since, limit=limit))

    async def scan(self, since: float | None = None, *, page: int = 1000) -> AsyncIterator[Row]:
        """All rows of requests that began at ``since`` or later, in the order they were written, page by page.

        Ends with the rows that there were when the last page was read; what is written meanwhile may come too.
        """
        after = 0
        while events := await self._store.read(STREAM, after=after, since=since, limit=page):
            for _, row in _rows_of(events):
                yield row
            after = events[-1].id
            if len(events) < page:
                return

    async def trim(self, *, before: float | None = None, keep: int | None = None) -> int:
        """Drop rows that began before ``before``, and all but the newest ``keep``; how many went."""
        return await self._store.trim(STREAM, before=before, keep=keep)


def _rows_of(events: Sequence[Event]) -> list[tuple[int, Row]]:
    found = []
    for event in events:
        try:
            found.append((event.id, msgspec.convert(event.data, Row)))
        except msgspec.ValidationError as error:  # written by another version
            log.warning("event %s of the ledger is not a row that this version reads: %s", event.id, error)
    return found
