"""Keeping the cache within its bound: the answers that saved least go first."""

from __future__ import annotations

from collections import defaultdict

from trimtab.semantic_cache.entries import KIND, Entries, Place, decode_use, use_ns
from trimtab.store import Entry as Row
from trimtab.store import Store

_ALL = 10_000_000
_AT_ONCE = 500
_ROOM = 0.05
"""Share of the bound that is freed beyond what is needed, so that not every sweep has to."""


async def evict(store: Store, entries: Entries, most: int) -> int:
    """Delete answers of every tenant that has more than ``most``; how many went. Raises StoreError.

    An answer is worth the tokens that its hits saved; among those of the same worth the oldest go first. The newest
    twentieth is spared: nobody had time to ask for it again.
    """
    rows = sum(usage.rows for usage in await store.usage() if usage.kind == KIND)
    if rows <= most:
        return 0
    by_tenant: defaultdict[str, list[Row]] = defaultdict(list)
    for row in await store.entries(kind=KIND, limit=_ALL):
        by_tenant[row.tenant].append(row)
    gone = 0
    for rows_of_one in by_tenant.values():
        surplus = len(rows_of_one) - most
        if surplus > 0:
            gone += await _delete_least(store, entries, rows_of_one, surplus + int(_ROOM * most))
    return gone


async def _delete_least(store: Store, entries: Entries, rows: list[Row], number: int) -> int:
    saved = await _saved(store, rows)
    newest_first = sorted(rows, key=lambda row: -row.created)
    spared = max(1, len(rows) // 20)
    least = sorted(newest_first[spared:], key=lambda row: (saved.get((row.ns, row.key), 0), row.created))
    for row in least[:number]:
        await entries.delete(store, Place(row.ns, row.key))
    return min(number, len(least))


async def _saved(store: Store, rows: list[Row]) -> dict[tuple[str, str], int]:
    """Tokens that each entry has saved so far."""
    by_ns: defaultdict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
    for row in rows:
        by_ns[use_ns(row.ns)][Place(row.ns, row.key).id] = (row.ns, row.key)
    saved = {}
    for ns, ids in by_ns.items():
        keys = list(ids)
        for start in range(0, len(keys), _AT_ONCE):
            for key, value in (await store.get_many(ns, keys[start : start + _AT_ONCE])).items():
                saved[ids[key]] = decode_use(value.data).saved
    return saved
