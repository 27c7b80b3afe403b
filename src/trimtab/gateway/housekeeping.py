"""What has to be done now and then while the gateway runs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from trimtab.errors import EmbeddingError, StoreError
from trimtab.optimizer import Optimizer
from trimtab.semantic_cache import SemanticCache
from trimtab.semantic_cache.eviction import evict
from trimtab.semantic_cache.reindex import reindex
from trimtab.telemetry.retention import retain

_log = logging.getLogger("trimtab.gateway")


async def keep_house(optimizer: Optimizer, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
    """Give back the room of what has expired and of what is over its bound, for ever."""
    caches = [stage for stage in optimizer.pipeline.stages if isinstance(stage, SemanticCache)]
    for cache in caches:
        try:
            await reindex(optimizer.store, cache.entries, cache.embedder, optimizer.clock())
        except (StoreError, EmbeddingError) as error:
            _log.warning("answers of another embedder could not be placed anew: %s", error)
    while True:
        await sleep(optimizer.config.store.sweep_every_s)
        try:
            await optimizer.store.sweep()
            for cache in caches:
                await evict(optimizer.store, cache.entries, optimizer.config.cache.max_entries)
            await retain(optimizer.ledger, optimizer.config.ledger, optimizer.clock())
        except StoreError as error:
            _log.warning("the store could not be swept: %s", error)
