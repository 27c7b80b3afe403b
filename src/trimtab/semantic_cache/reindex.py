"""Another embedder: stored questions are embedded anew, so that what was answered before is still found by meaning."""

from __future__ import annotations

import msgspec

from trimtab.engines import Embedder
from trimtab.semantic_cache.entries import KIND, Entries, Place, decode_entry
from trimtab.semantic_cache.scope import under_embedder
from trimtab.store import Put, Store

_ALL = 10_000_000


async def reindex(store: Store, entries: Entries, embedder: Embedder, now: float) -> int:
    """Move every answer that another embedder found to where this one finds it; how many.

    Does nothing where the store already knows this embedder. Raises StoreError, EmbeddingError; what was moved until
    then stays moved, and the next call goes on.
    """
    known = await store.get("cache_embedder", "name")
    name = embedder.name.encode()
    if known is not None and known.data == name:
        return 0
    moved = 0
    for row in await store.entries(kind=KIND, limit=_ALL):
        moved += await _moved(store, entries, embedder, Place(row.ns, row.key), now)
    await store.put(Put("cache_embedder", "name", name))
    return moved


async def _moved(store: Store, entries: Entries, embedder: Embedder, place: Place, now: float) -> bool:
    value = await store.get(place.ns, place.key)
    try:
        entry = None if value is None else decode_entry(value.data)
    except msgspec.DecodeError:  # written by another version
        return False
    if entry is None or not entry.turns or entry.embedder == embedder.name:
        return False
    left = entry.at + entry.ttl - now
    if left <= 0:
        return False
    to = Place(f"{KIND}:{place.pool}:{under_embedder(entry.scope, embedder.name)}", place.key)
    vector = await embedder.embed(entry.question.said)
    anew = msgspec.structs.replace(entry, embedder=embedder.name)
    entries.put(store, to, anew, f"answer_exact:{place.pool}", left)
    await store.flush()
    await store.vector_add(to.ns, to.key, vector, left)
    await entries.delete(store, place)
    return True
