"""A Redis cluster: namespaces spread over it, slots that move are followed, and a dead node costs only its own part."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.fakes.redis_server import RedisServer, cluster, server_binary
from trimtab.errors import StoreError
from trimtab.store import Put
from trimtab.store.redis.keys import SHARDS, SLOTS, Layout, shard_of, slot_of
from trimtab.store.redis.store import RedisStore

TENANTS = [f"tenant-{number}" for number in range(60)]


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[RedisServer]]:
    server_binary()
    with cluster(tmp_path_factory.mktemp("cluster")) as nodes:
        yield nodes


@pytest.fixture
async def store(nodes: list[RedisServer]) -> AsyncIterator[RedisStore]:
    for node in nodes:
        assert node.ask("FLUSHALL") == "OK"
    opened = await RedisStore.open(f"{nodes[0].url}?timeout_ms=5000")
    yield opened
    await opened.close()


def owner(nodes: list[RedisServer], slot: int) -> RedisServer:
    ranges = nodes[0].ask("CLUSTER", "SLOTS")
    port = next(primary[1] for first, last, primary, *_ in ranges if first <= slot <= last)
    return next(node for node in nodes if node.port == port)


def elsewhere(nodes: list[RedisServer], node: RedisServer) -> RedisServer:
    return next(other for other in nodes if other is not node)


def move(nodes: list[RedisServer], slot: int, source: RedisServer, target: RedisServer, *, finish: bool = True) -> None:
    """Move a slot with all its keys, as an operator does; without ``finish`` the source still answers for it."""
    assert target.ask("CLUSTER", "SETSLOT", slot, "IMPORTING", source.ask("CLUSTER", "MYID")) == "OK"
    assert source.ask("CLUSTER", "SETSLOT", slot, "MIGRATING", target.ask("CLUSTER", "MYID")) == "OK"
    keys = source.ask("CLUSTER", "GETKEYSINSLOT", slot, 1000)
    assert source.ask("MIGRATE", "127.0.0.1", target.port, "", 0, 5000, "KEYS", *keys) == "OK"
    if finish:
        end_move(nodes, slot, source, target)


def end_move(nodes: list[RedisServer], slot: int, source: RedisServer, target: RedisServer) -> None:
    name = target.ask("CLUSTER", "MYID")
    for node in (target, source, *nodes):
        assert node.ask("CLUSTER", "SETSLOT", slot, "NODE", name) == "OK"


async def test_it_is_recognised_and_every_node_holds_a_fair_part(nodes: list[RedisServer], store: RedisStore) -> None:
    assert store.health.server.endswith(", cluster")
    for tenant in TENANTS:
        await store.put(Put(f"n:{tenant}", "k", b"x"))
        await store.vector_add(f"v:{tenant}", "k", [1.0, 0.0])
    held = [sum(b":i:" in key for key in node.ask("KEYS", "*")) for node in nodes]
    assert sum(held) == len(TENANTS)
    assert min(held) >= len(TENANTS) // 6
    assert min(sum(b":v:" in key for key in node.ask("KEYS", "*")) for node in nodes) >= len(TENANTS) // 6


def test_shards_lie_evenly_among_the_slots() -> None:
    assert sorted(slot_of(shard) * SHARDS // SLOTS for shard in range(SHARDS)) == list(range(SHARDS))


def test_servers_agree_on_the_slot_of_every_shard(nodes: list[RedisServer]) -> None:
    for shard in range(SHARDS):
        key = Layout().base(shard) + b"i:n:{a}/b}c{d}"
        assert nodes[0].ask("CLUSTER", "KEYSLOT", key) == slot_of(shard)


async def test_a_slot_that_moved_is_followed(nodes: list[RedisServer], store: RedisStore) -> None:
    version = await store.put(Put("n:t", "k", b"x"))
    await store.vector_add("n:t", "k", [1.0, 0.0])
    slot = slot_of(shard_of("n:t"))
    source = owner(nodes, slot)
    move(nodes, slot, source, elsewhere(nodes, source))
    found = await store.get("n:t", "k")
    assert found is not None
    assert found.data == b"x"
    assert await store.compare_and_set(Put("n:t", "k", b"y"), version) == version + 1
    assert len(await store.vector_search("n:t", [1.0, 0.0], 1)) == 1
    assert [entry.key for entry in await store.entries()] == ["k"]
    assert store.health.failures == 0


async def test_writes_stay_in_order_while_their_slot_moves(nodes: list[RedisServer], store: RedisStore) -> None:
    await store.put(Put("n:t", "k", b"0"))
    slot = slot_of(shard_of("n:t"))
    source = owner(nodes, slot)
    move(nodes, slot, source, elsewhere(nodes, source))
    versions = await asyncio.gather(*(store.put(Put("n:t", "k", str(n).encode())) for n in range(1, 60)))
    assert versions == list(range(2, 61))
    found = await store.get("n:t", "k")
    assert found is not None
    assert found.data == b"59"


async def test_a_slot_that_is_just_moving_is_asked_where_its_keys_are(
    nodes: list[RedisServer], store: RedisStore
) -> None:
    version = await store.put(Put("n:t", "k", b"x"))
    slot = slot_of(shard_of("n:t"))
    source = owner(nodes, slot)
    target = elsewhere(nodes, source)
    move(nodes, slot, source, target, finish=False)
    found = await store.get("n:t", "k")
    assert found is not None
    assert found.version == version
    end_move(nodes, slot, source, target)


async def test_a_write_to_a_slot_that_is_just_moving_is_refused_rather_than_split(
    nodes: list[RedisServer], store: RedisStore
) -> None:
    await store.put(Put("n:t", "k", b"x"))
    slot = slot_of(shard_of("n:t"))
    source = owner(nodes, slot)
    target = elsewhere(nodes, source)
    move(nodes, slot, source, target, finish=False)
    try:
        with pytest.raises(StoreError, match="just being moved"):
            await store.put(Put("n:t", "k", b"y"))
        assert store.health.closed
    finally:
        end_move(nodes, slot, source, target)
    assert await store.put(Put("n:t", "k", b"z")) == 2


async def test_a_node_that_hangs_costs_its_own_part_only(
    nodes: list[RedisServer], store: RedisStore, request: pytest.FixtureRequest
) -> None:
    for tenant in TENANTS:
        await store.put(Put(f"n:{tenant}", "k", b"x"))
    lost = [tenant for tenant in TENANTS if owner(nodes, slot_of(shard_of(f"n:{tenant}"))) is nodes[1]]
    assert 0 < len(lost) < len(TENANTS)
    impatient = await RedisStore.open(f"{nodes[0].url}?timeout_ms=200")
    nodes[1].freeze()
    request.addfinalizer(nodes[1].thaw)
    for tenant in lost:
        with pytest.raises(StoreError):
            await impatient.get(f"n:{tenant}", "k")
    assert f"127.0.0.1:{nodes[1].port}" in impatient.health.unreachable
    for tenant in sorted(set(TENANTS) - set(lost)):
        assert await store.get(f"n:{tenant}", "k") is not None
    assert store.health.closed
    nodes[1].thaw()
    while not impatient.health.closed:  # noqa: ASYNC110 - there is nobody to tell
        await asyncio.sleep(0.01)
    assert await store.get(f"n:{lost[0]}", "k") is not None
    await impatient.close()


async def test_a_store_opens_by_any_node_that_answers(
    nodes: list[RedisServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("redis.link", "redis.server"):
        monkeypatch.setattr(f"trimtab.store.{module}.PATIENT_S", 1.0)
    nodes[0].freeze()
    try:
        store = await RedisStore.open(f"redis://127.0.0.1:{nodes[0].port},127.0.0.1:{nodes[2].port}")
        assert store.health.can_search
        await store.close()
    finally:
        nodes[0].thaw()
