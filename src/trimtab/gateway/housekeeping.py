"""What has to be done now and then while the gateway runs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from trimtab.errors import StoreError
from trimtab.optimizer import Optimizer
from trimtab.telemetry.retention import retain

_log = logging.getLogger("trimtab.gateway")


async def keep_house(optimizer: Optimizer, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
    """Give back the room of what has expired, for ever."""
    while True:
        await sleep(optimizer.config.store.sweep_every_s)
        try:
            await optimizer.store.sweep()
            await retain(optimizer.ledger, optimizer.config.ledger, optimizer.clock())
        except StoreError as error:
            _log.warning("the store could not be swept: %s", error)
