"""The error bound of every pool, kept in the store so that processes and restarts share what was learnt."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import msgspec

from trimtab.errors import Conflict, StoreError
from trimtab.models import path_of
from trimtab.semantic_cache.calibration import Calibration
from trimtab.semantic_cache.error_bound import Bound, effective
from trimtab.semantic_cache.evidence import Evidence
from trimtab.semantic_cache.scope import Asker, pool_name
from trimtab.stage import Context
from trimtab.store import Put, Store, Value

KIND = "cache_bound"
HEADER = "x-trimtab-max-error-rate"
_KEY = "verified"
_REREAD_S = 10.0
_WRITE_EVERY = 25
"""Candidates seen after which the counts are written without a verdict; a verdict is written at once."""
_TRIES = 4

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Evidence).decode


@cache
def shipped() -> Calibration:
    """The calibration that ships with the verifier."""
    return Calibration.load(path_of("calibration.json"))


@dataclass
class _Held:
    bound: Bound
    read_at: float
    unwritten: int = 0


class Bounds:
    """Reads and writes the bound of a pool. Where the store is away, what is known in memory goes on."""

    def __init__(self, calibration: Callable[[], Calibration] = shipped) -> None:
        self._calibration = calibration
        self._held: dict[str, _Held] = {}
        self._writing = asyncio.Lock()

    async def of(self, ctx: Asker) -> Bound:
        """The bound of the request's pool. Raises StoreError where nothing was read yet and nothing can be."""
        pool, now = pool_name(ctx), ctx.clock()
        held = self._held.get(pool)
        if held is None:
            held = self._held[pool] = _Held(await read(ctx.store, pool, self._calibration()), now)
        elif now - held.read_at > _REREAD_S:
            held.read_at = now
            stored = await read(ctx.store, pool, self._calibration())
            held.bound = held.bound.since_stored(stored.evidence) if not held.unwritten else held.bound
        return held.bound

    @staticmethod
    def alpha(ctx: Context) -> tuple[float, str]:
        """The bound in force for a request, and what is to be said about the one that its caller asked for."""
        return effective(ctx.config.cache.max_error_rate, ctx.headers.get(HEADER))

    async def change(self, ctx: Asker, change: Callable[[Bound], Bound], *, now: bool = False) -> None:
        """Take something in; written at once where ``now``, else when enough has gathered. Never raises StoreError."""
        pool = pool_name(ctx)
        held = self._held.get(pool)
        if held is None:
            return
        held.bound = change(held.bound)
        held.unwritten += 1
        if now or held.unwritten >= _WRITE_EVERY:
            held.unwritten = 0
            async with self._writing:
                await self._write(ctx, pool, held)

    async def _write(self, ctx: Asker, pool: str, held: _Held) -> None:
        """Add what is new to what the store has. What comes meanwhile goes on top, and is written the next time."""
        fresh, calibration = held.bound.fresh, held.bound.calibration
        held.bound = Bound.of(calibration, held.bound.evidence)
        for _ in range(_TRIES):
            try:
                value = await ctx.store.get(KIND, pool)
                written = _evidence(value, calibration).plus(fresh)
                put = Put(KIND, pool, _encode(written), tenant=ctx.tenant)
                await ctx.store.compare_and_set(put, 0 if value is None else value.version)
            except Conflict:
                continue
            except StoreError:
                break
            later = held.bound.fresh
            held.bound = replace(Bound.of(calibration, written.plus(later)), fresh=later)
            return
        held.bound = replace(held.bound, fresh=fresh.plus(held.bound.fresh))  # it goes with the next
        held.unwritten += 1


def _evidence(value: Value | None, calibration: Calibration) -> Evidence:
    """What a stored value says; nothing where it belongs to another calibration or version."""
    try:
        return Bound.of(calibration, None if value is None else _decode(value.data)).evidence
    except msgspec.DecodeError:
        return Bound.of(calibration).evidence


async def read(store: Store, pool: str, calibration: Calibration) -> Bound:
    """The bound of a pool as the store has it. Raises StoreError."""
    return Bound.of(calibration, _evidence(await store.get(KIND, pool), calibration))


async def reset(store: Store, pool: str, calibration: Callable[[], Calibration] = shipped) -> bool:
    """Forget what was learnt of a pool, and open its tier; whether there was anything. Raises StoreError.

    Processes that still know the old evidence drop it when they read or write the next time.
    """
    value = await store.get(KIND, pool)
    if value is None:
        return False
    await store.put(Put(KIND, pool, _encode(_evidence(value, calibration()).forgotten())))
    return True
