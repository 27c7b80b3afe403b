"""Which server a shard lies on, and how to reach it: one Redis, or a cluster whose slots may move at any time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from trimtab.errors import StoreError
from trimtab.store.redis.keys import SHARDS, Command, slot_of
from trimtab.store.redis.node import PATIENT_S, Node, Unreachable, load
from trimtab.store.redis.scripts import LIBRARY

QUICK_S = 0.05
"""How long a call on a request's path waits for an answer."""
_OURS = ("prefix", "timeout_ms", "vectors")
_MOST_REDIRECTIONS = 3
_SHARDS_AT_ONCE = 32


@dataclass(frozen=True)
class Place:
    """What a URL says: the servers to begin with, how to connect, and trimtab's own options."""

    seeds: tuple[str, ...]
    options: dict[str, Any] = field(repr=False)
    """Arguments for redis-py's connections. They may hold a password."""
    prefix: str = "trimtab"
    quick_s: float = QUICK_S
    vectors: str = "auto"

    @property
    def database(self) -> int:
        """The number of the database in the server."""
        return int(self.options.get("db", 0))


def place_of(url: str) -> Place:
    """Read ``redis://``, ``rediss://`` or ``unix://``; several hosts are separated by commas. Raises StoreError."""
    parts = urlsplit(url)
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    ours = {name: given.pop(name) for name in _OURS if name in given}
    user, _, hosts = parts.netloc.rpartition("@")
    seeds = [host for host in hosts.split(",") if host] or ["localhost"]
    try:
        options = _options(parts, given, user, seeds[0])
        seconds = float(ours.get("timeout_ms", QUICK_S * 1000)) / 1000
        addresses = tuple(_address(options) if parts.scheme == "unix" else _with_port(seed) for seed in seeds)
    except ValueError as error:
        raise StoreError(f"the Redis URL cannot be read ({error}); it looks like redis://user@host:6379/0") from None
    vectors = ours.get("vectors", "auto")
    if vectors not in {"auto", "sets", "engine"}:
        raise StoreError(f"vectors={vectors!r} in the Redis URL: it is auto, sets (vector sets) or engine (FT.*)")
    if not 1e-3 <= seconds <= 60:
        raise StoreError(f"timeout_ms={ours['timeout_ms']} in the Redis URL: give 1 to 60000 milliseconds")
    return Place(addresses, options, ours.get("prefix", "trimtab"), seconds, vectors)


def _options(parts: SplitResult, given: dict[str, str], user: str, seed: str) -> dict[str, Any]:
    netloc = parts.netloc if parts.scheme == "unix" else f"{user}@{seed}" if user else seed
    url = parts._replace(netloc=netloc, query=urlencode(given)).geturl()
    options: dict[str, Any] = load("redis.asyncio.connection").parse_url(url)
    return options | {
        "protocol": 2,
        "socket_timeout": None,  # ours is the time that counts
        "socket_connect_timeout": None,
        "retry": load("redis.asyncio.retry").Retry(load("redis.backoff").NoBackoff(), 0),
    }


def _with_port(seed: str) -> str:
    parts = urlsplit(f"//{seed}")
    host = parts.hostname or "localhost"
    return _join(host, parts.port or 6379)


def _join(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _address(options: dict[str, Any]) -> str:
    return str(options.get("path", "the Redis socket"))


class Link:
    """All servers of a store."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.is_cluster = False
        self._nodes: dict[str, Node] = {}
        errors = load("redis.exceptions")
        self._moved, self._ask, self._no_script = errors.MovedError, errors.AskError, errors.NoScriptError
        self._table = [self._node(place.seeds[0])] * SHARDS
        self._learning: asyncio.Task[None] | None = None
        self._closing: set[asyncio.Task[None]] = set()

    @property
    def nodes(self) -> list[Node]:
        """The servers that hold shards."""
        return list({id(node): node for node in self._table}.values())

    def node_of(self, shard: int) -> Node:
        """The server that a shard lies on, as far as is known."""
        return self._table[shard]

    def _node(self, address: str) -> Node:
        known = self._nodes.get(address)
        if known is None:
            options = dict(self.place.options)
            if "path" not in options:
                host, _, port = address.rpartition(":")
                options |= {"host": host.strip("[]"), "port": int(port)}
            known = self._nodes[address] = Node(address, options, before_probe=self._before_probe)
        return known

    async def _before_probe(self) -> None:
        if self.is_cluster:
            await self.learn()

    async def learn(self) -> None:
        """Ask which server holds which slots. Raises Unreachable when none of them says."""
        error: StoreError = Unreachable("no server of the cluster answers")
        for address in dict.fromkeys([*(node.address for node in self.nodes if not node.open), *self.place.seeds]):
            try:
                (answer,) = await self._node(address).ask([("CLUSTER", "SLOTS")], PATIENT_S)
            except Unreachable as unreachable:
                error = unreachable
                continue
            if not isinstance(answer, Exception):
                self._take_in(address, answer)
                return
            if not self.is_cluster:  # "This instance has cluster support disabled", or may not be asked
                return
        raise error

    def _take_in(self, asked: str, ranges: list[Any]) -> None:
        self.is_cluster = True
        for first, last, primary, *_ in ranges:
            host = (primary[0] or b"").decode() or asked.rpartition(":")[0].strip("[]")
            node = self._node(_join(host, int(primary[1])))
            for shard in range(SHARDS):
                if first <= slot_of(shard) <= last:
                    self._table[shard] = node
        for address in [address for address, node in self._nodes.items() if node not in self._table]:
            if address not in self.place.seeds and address != asked:
                self._leave(address)

    def _leave(self, address: str) -> None:
        """Close a server that has left the cluster. Not here: it may be its own probe that found that out."""
        node = self._nodes.pop(address)
        closing = asyncio.get_running_loop().create_task(node.close())
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)

    async def run(self, shard: int, commands: Sequence[Command], seconds: float) -> list[Any]:
        """The answers of the server that holds the shard; an answer may be an error of redis-py.

        Raises Unreachable.
        """
        return await self._follow(shard, commands, await self._table[shard].ask(commands, seconds), seconds)

    async def _follow(self, shard: int, commands: Sequence[Command], answers: list[Any], seconds: float) -> list[Any]:
        """Do again what was refused because the shard has moved, or because the server did not know the script yet.

        Where one call of a pipeline is refused for that, so are all that follow it, so their order is kept.
        """
        node, asking = self._table[shard], False
        for _ in range(_MOST_REDIRECTIONS):
            again = [at for at, answer in enumerate(answers) if isinstance(answer, (self._moved, self._ask))]
            if again:
                node, asking = self._redirected(shard, answers[again[0]])
            else:
                again = [at for at, answer in enumerate(answers) if isinstance(answer, self._no_script)]
                if not again:
                    break
                await node.ask([("SCRIPT", "LOAD", LIBRARY)], seconds)
            asked: list[Command] = []
            for at in again:
                asked += [("ASKING",), commands[at]] if asking else [commands[at]]
            found = await node.ask(asked, seconds)
            for at, answer in zip(again, found[1::2] if asking else found, strict=True):
                answers[at] = answer
        return answers

    def _redirected(self, shard: int, error: Any) -> tuple[Node, bool]:
        node = self._node(_join(error.host or self._table[shard].address.rpartition(":")[0], int(error.port)))
        if isinstance(error, self._ask):
            return node, True
        self._table[shard] = node
        if self._learning is None or self._learning.done():  # one slot that moved seldom comes alone
            self._learning = asyncio.get_running_loop().create_task(self._learn_quietly())
        return node, False

    async def _learn_quietly(self) -> None:
        try:
            await self.learn()
        except StoreError:
            return  # the next redirection tries again

    async def everywhere(self, commands: Callable[[int], Sequence[Command]]) -> list[list[Any]]:
        """Run each shard's commands on all shards, many to a pipeline; the answers by shard. Raises Unreachable."""
        found: dict[int, list[Any]] = {}

        async def ask(node: Node, shards: Sequence[int]) -> None:
            parts = [list(commands(shard)) for shard in shards]
            answers = await node.ask([command for part in parts for command in part], PATIENT_S)
            for shard, part in zip(shards, parts, strict=True):
                mine, answers = answers[: len(part)], answers[len(part) :]
                found[shard] = await self._follow(shard, part, mine, PATIENT_S)

        by_node: dict[int, list[int]] = {}
        for shard, node in enumerate(self._table):
            by_node.setdefault(id(node), []).append(shard)
        await asyncio.gather(
            *(
                ask(self._table[shards[0]], shards[at : at + _SHARDS_AT_ONCE])
                for shards in by_node.values()
                for at in range(0, len(shards), _SHARDS_AT_ONCE)
            )
        )
        return [found[shard] for shard in range(SHARDS)]

    async def close(self) -> None:
        """Close all connections."""
        if self._learning is not None:
            self._learning.cancel()
            await asyncio.gather(self._learning, return_exceptions=True)
        await asyncio.gather(*self._closing, *(node.close() for node in self._nodes.values()))
