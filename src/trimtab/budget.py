"""A budget that processes and restarts share: dollars per day and calls per hour (UTC), kept in the store."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from trimtab.errors import BudgetExceeded, Conflict, StoreError
from trimtab.store import Put, Store

_NAMESPACE = "background"
_KEY = "budget"
_DAY_S = 86400
_HOUR_S = 3600
_KEPT_S = 2.0 * _DAY_S
_TRIES = 30


class Spent(msgspec.Struct, frozen=True):
    """What is spent or reserved of the present day's dollars and hour's calls."""

    day: int = 0
    dollars: float = 0.0
    hour: int = 0
    calls: int = 0


@dataclass(frozen=True)
class Reserved:
    """An upper estimate that was taken from the budget of a day."""

    day: int
    dollars: float


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Spent).decode


class Budget:
    """Takes from the budget before a call and gives back after it, by compare-and-set."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock
        self._lock = asyncio.Lock()

    async def spent(self) -> Spent:
        """What is spent and reserved now, by all processes. Raises StoreError."""
        return self._now((await self._load())[0])

    async def reserve(self, dollars: float, per_day: float, per_hour: int) -> Reserved:
        """Take one call of ``dollars``. Raises BudgetExceeded, also where the budget cannot be read or written."""

        def take(held: Spent) -> Spent:
            if held.calls >= per_hour:
                raise BudgetExceeded(
                    f"{held.calls} background calls this hour, background.max_calls_per_hour is {per_hour}"
                )
            if held.dollars + dollars > per_day:
                raise BudgetExceeded(
                    f"${held.dollars:.4f} of ${per_day:g} (background.max_usd_per_day) are spent or reserved today, "
                    f"this call may cost ${dollars:.4f}"
                )
            return msgspec.structs.replace(held, dollars=held.dollars + dollars, calls=held.calls + 1)

        try:
            held = await self._change(take)
        except StoreError as error:
            raise BudgetExceeded(f"the budget of background calls cannot be kept: {error}") from error
        return Reserved(held.day, dollars)

    async def settle(self, reserved: Reserved, dollars: float) -> None:
        """Put what a call cost in the place of its reservation. Where that fails, the reservation stands as spent."""
        if dollars == reserved.dollars:
            return

        def give_back(held: Spent) -> Spent:
            if held.day != reserved.day:
                return held  # the day that it was taken from is over
            return msgspec.structs.replace(held, dollars=max(0.0, held.dollars - reserved.dollars + dollars))

        try:
            await self._change(give_back)
        except StoreError:
            return

    async def _change(self, change: Callable[[Spent], Spent]) -> Spent:
        async with self._lock:  # processes compete through the store, calls of one process need not
            for attempt in range(_TRIES):
                held, version = await self._load()
                changed = change(self._now(held))
                try:
                    await self._store.compare_and_set(Put(_NAMESPACE, _KEY, _encode(changed), _KEPT_S), version)
                except Conflict:
                    await asyncio.sleep(random.random() * 0.001 * attempt)
                    continue
                return changed
        raise StoreError(f"other processes changed the budget {_TRIES} times in a row")

    async def _load(self) -> tuple[Spent, int]:
        value = await self._store.get(_NAMESPACE, _KEY)
        if value is None:
            return Spent(), 0
        try:
            return _decode(value.data), value.version
        except msgspec.MsgspecError as error:
            raise StoreError(f"the budget in the store cannot be read: {error}") from error

    def _now(self, held: Spent) -> Spent:
        """``held`` as of now. A clock that lags behind another process's does not begin a day or an hour anew."""
        now = self._clock()
        day, hour = int(now // _DAY_S), int(now // _HOUR_S)
        if day > held.day:
            held = msgspec.structs.replace(held, day=day, dollars=0.0)
        return msgspec.structs.replace(held, hour=hour, calls=0) if hour > held.hour else held
