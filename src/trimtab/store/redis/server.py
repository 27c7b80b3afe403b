"""What a Redis server is and can do: asked once, when the store is opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from trimtab.errors import StoreError
from trimtab.store.redis.keys import SHARDS, Command, Layout
from trimtab.store.redis.link import Link
from trimtab.store.redis.node import PATIENT_S, Unreachable

Engine = Literal["v", "f", ""]
"""Vector sets, the query engine, or neither."""


@dataclass(frozen=True)
class Server:
    """A server's name and version, how vectors are searched for, and if not, why not."""

    version: str
    engine: Engine
    why_not: str = ""
    doubts: tuple[str, ...] = ()
    """What works, and is probably not meant."""

    @property
    def search(self) -> str:
        """How vectors are searched for, in words."""
        return {"v": "vector sets", "f": "query engine", "": self.why_not}[self.engine]


async def look(link: Link, layout: Layout) -> Server:
    """Connect, find the cluster's slots, and see what the server can do. Raises StoreError."""
    try:
        await link.learn()
        info, sets, engine, script = await _ask(link, layout)
    except Unreachable as error:
        raise StoreError(f"the Redis store cannot be opened: {error}; start it, or change store.path") from error
    if isinstance(script, Exception) and type(script).__name__ != "TryAgainError":  # a shard that is just being moved
        raise StoreError(f"this Redis cannot hold a store: {script}; trimtab needs 6.2 or later and its own keys")
    facts = _facts(info)
    if _may_not(sets) and not _can(engine):
        why_not = "its user may not use vector sets; give it the commands that docs/redis.md lists"
        return Server(_version(facts), "", f"{_version(facts)} cannot search vectors: {why_not}", _doubts(facts))
    return _server(_version(facts), link, _can(sets), _can(engine), _doubts(facts))


async def _ask(link: Link, layout: Layout) -> list[Any]:
    """What the first server says that answers."""
    error: StoreError = Unreachable("no server answers")
    for shard in {id(link.node_of(shard)): shard for shard in range(SHARDS)}.values():
        probe: Command = ("VCARD", layout.base(shard) + b"v:")
        try:
            return await link.run(shard, [("INFO",), probe, ("FT._LIST",), layout.call(shard, "", "used")], PATIENT_S)
        except Unreachable as unreachable:
            error = unreachable
    raise error


def _can(answer: Any) -> bool:
    return not isinstance(answer, Exception)


def _may_not(answer: Any) -> bool:
    return type(answer).__name__ == "NoPermissionError"


def _server(version: str, link: Link, sets: bool, engine: bool, doubts: tuple[str, ...]) -> Server:
    wanted = link.place.vectors
    if sets and wanted != "engine":
        return Server(version, "v", doubts=doubts)
    if engine and wanted != "sets" and not link.is_cluster and link.place.database == 0:
        return Server(version, "f", doubts=doubts)
    only = "the query engine is used on database 0 of a single server only" if engine else "it has no query engine"
    return Server(
        version,
        "",
        f"{version} cannot search vectors: {'' if sets else 'it has no vector sets (Redis 8 has), and '}{only}; "
        "everything else is kept there as usual",
        doubts,
    )


def _facts(info: Any) -> dict[str, str]:
    if not isinstance(info, bytes):
        return {}
    return dict(line.split(":", 1) for line in info.decode(errors="replace").splitlines() if ":" in line)


def _version(facts: dict[str, str]) -> str:
    if "valkey_version" in facts:
        return f"Valkey {facts['valkey_version']}"
    return f"Redis {facts['redis_version']}" if "redis_version" in facts else "this Redis"


def _doubts(facts: dict[str, str]) -> tuple[str, ...]:
    policy = facts.get("maxmemory_policy", "")
    if not policy.startswith("allkeys"):
        return ()
    return (
        f"maxmemory-policy is {policy}: a full server evicts state, and all vectors of a namespace at once; "
        "set it to noeviction or volatile-ttl",
    )
