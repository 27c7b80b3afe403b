"""The Redis store keeps the contract on every kind of server."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import re
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.redis_server import RedisServer, cluster, search_modules, server_binary
from tests.store.contract import Clock, StoreContract, StoreMachine
from trimtab.errors import Conflict, StoreError
from trimtab.store import Put, Store, open_store, shown
from trimtab.store.redis.keys import Layout, name_of, namespace_of, shard_of
from trimtab.store.redis.store import RedisStore

_prefixes = (f"t{number}" for number in itertools.count())


def url_of(server: RedisServer, *options: str) -> str:
    """A store of its own in a server that many share; patient, since a test machine may be busy."""
    return f"{server.url}?{'&'.join([f'prefix={next(_prefixes)}', 'timeout_ms=5000', *options])}"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    started = RedisServer(tmp_path_factory.mktemp("redis"))
    yield started
    started.stop()


@pytest.fixture(scope="module")
def search_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    server_binary()
    folder = tmp_path_factory.mktemp("search")
    started = RedisServer(folder, *search_modules(folder))
    yield started
    started.stop()


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[RedisServer]]:
    server_binary()
    with cluster(tmp_path_factory.mktemp("cluster")) as nodes:
        yield nodes


class TestContractWithVectorSets(StoreContract):
    @pytest.fixture(params=["clear", "encrypted"])
    async def store(self, request: pytest.FixtureRequest, server: RedisServer, clock: Clock) -> AsyncIterator[Store]:
        key = bytes(32) if request.param == "encrypted" else None
        store = await open_store(url_of(server), key=key, clock=clock)
        yield store
        await store.close()


class TestContractWithTheQueryEngine(StoreContract):
    @pytest.fixture
    async def store(self, search_server: RedisServer, clock: Clock) -> AsyncIterator[Store]:
        store = await open_store(url_of(search_server, "vectors=engine"), clock=clock)
        yield store
        await store.close()


class TestContractInACluster(StoreContract):
    @pytest.fixture
    async def store(self, nodes: list[RedisServer], clock: Clock) -> AsyncIterator[Store]:
        store = await open_store(url_of(nodes[0]), clock=clock)
        yield store
        await store.close()


class RedisMachine(StoreMachine):
    """All examples share one server, each under a prefix of its own."""

    server: RedisServer

    async def open(self, clock: Clock) -> Store:
        return await open_store(url_of(self.server), clock=clock)


@pytest.mark.usefixtures("server_of_the_machine")
class TestStoreMachine(RedisMachine.TestCase):  # type: ignore[name-defined, misc]
    settings = settings(max_examples=30, stateful_step_count=20, deadline=None)


@pytest.fixture
def server_of_the_machine(server: RedisServer) -> None:
    RedisMachine.server = server


Open = Callable[..., Awaitable[RedisStore]]


@pytest.fixture
async def opened() -> AsyncIterator[Open]:
    """Opens stores, and closes them when the test has ended."""
    stores: list[RedisStore] = []

    async def open_one(url: str, **settings: Any) -> RedisStore:
        stores.append(await RedisStore.open(url, **settings))
        return stores[-1]

    yield open_one
    for store in stores:
        await store.close()


@pytest.fixture
async def shared(opened: Open, server: RedisServer, clock: Clock) -> tuple[RedisStore, RedisStore]:
    """Two gateways on one store."""
    url = url_of(server)
    return await opened(url, clock=clock), await opened(url, clock=clock)


class TestGatewaysThatShare:
    async def test_what_one_writes_the_other_reads(self, shared: tuple[RedisStore, RedisStore]) -> None:
        one, two = shared
        await one.put(Put("n:t", "k", b"x"))
        await one.vector_add("v:t", "k", [1.0, 0.0])
        one.append_later("ledger", {"by": 1}, at=1.0)
        await one.flush()
        two.append_later("ledger", {"by": 2}, at=1.0)
        await two.flush()
        assert await two.get("n:t", "k") == await one.get("n:t", "k")
        assert [found.key for found in await two.vector_search("v:t", [1.0, 0.0], 1)] == ["k"]
        assert [event.data["by"] for event in await one.read("ledger")] == [1, 2]
        assert await two.purge() == 3
        assert await one.get("n:t", "k") is None

    async def test_increments_of_both_all_count(self, shared: tuple[RedisStore, RedisStore]) -> None:
        async def add(store: RedisStore, times: int) -> None:
            while times:
                value = await store.get("n:t", "sum")
                data, version = (value.data, value.version) if value else (b"0", 0)
                with contextlib.suppress(Conflict):
                    await store.compare_and_set(Put("n:t", "sum", str(int(data) + 1).encode()), version)
                    times -= 1

        await asyncio.gather(*(add(store, 20) for store in shared for _ in range(3)))
        total = await shared[0].get("n:t", "sum")
        assert total is not None
        assert total.data == b"120"

    async def test_prefixes_keep_installations_apart(self, opened: Open, server: RedisServer, clock: Clock) -> None:
        one, two = [await opened(url_of(server), clock=clock) for _ in range(2)]
        await one.put(Put("n:t", "k", b"x", tenant="t"))
        assert await two.get("n:t", "k") is None
        assert await two.purge() == 0
        assert len(await one.entries()) == 1


HOSTILE = [
    "",
    ":",
    "/",
    "{",
    "}",
    "{}",
    "{x}",
    "a/b",
    "a:b",
    "a b",
    "\n\r",
    "\x00",
    "%",
    "%2F",
    "*",
    "[a]",
    "ü",
    "-",
    "+",
]


class TestNames:
    def test_no_two_entries_share_a_name_and_none_leaves_its_shard(self) -> None:
        layout = Layout("p")
        places = [(ns, key) for ns in [*HOSTILE, "n", "n:", "n:t", "n:{t}"] for key in [*HOSTILE, "k"]]
        assert len({layout.value(ns, key) for ns, key in places}) == len(places)
        for ns, key in places:
            tag = re.fullmatch(rb"p\{(\d+)\}:i:[^{]*?/.*", layout.value(ns, key), re.DOTALL)
            assert tag is not None
            assert layout.base(shard_of(ns)) == b"p{%s}:" % tag[1]

    @given(st.text(), st.text())
    def test_a_name_can_be_read_back_so_no_two_are_the_same(self, ns: str, key: str) -> None:
        space, _, rest = name_of(ns, key).partition(b"/")
        assert (namespace_of(space), rest.decode()) == (ns, key)

    async def test_any_tenant_and_key_works_everywhere_and_finds_only_its_own(
        self, opened: Open, server: RedisServer, clock: Clock
    ) -> None:
        store = await opened(url_of(server), clock=clock)
        for number, name in enumerate(HOSTILE):
            put = Put(f"n:{name}", name, str(number).encode(), tenant=name, thread=name, ttl=60)
            await store.put(put)
            await store.vector_add(f"n:{name}", name, [1.0, float(number)])
            store.append_later(f"log{name}", {"tenant": name, "n": number}, at=1.0)
        await store.flush()
        for number, name in enumerate(HOSTILE):
            found = await store.get(f"n:{name}", name)
            assert found is not None
            assert found.data == str(number).encode()
            assert [each.key for each in await store.vector_search(f"n:{name}", [1.0, 0.0], 9)] == [name]
            assert [event.data["n"] for event in await store.read(f"log{name}")] == [number]
            assert [(entry.ns, entry.key) for entry in await store.entries(tenant=name)] == [(f"n:{name}", name)]
        assert await store.purge(tenant="{x}") == 2
        assert len(await store.entries()) == len(HOSTILE) - 1
        assert await store.vector_search("n:{x}", [1.0, 0.0], 9) == []


class TestBounds:
    async def test_over_the_bound_the_oldest_content_goes_and_state_stays(
        self, opened: Open, server: RedisServer, clock: Clock
    ) -> None:
        url = url_of(server)
        lax = await opened(url, clock=clock)
        await lax.put(Put("thread:t", "state", b"s" * 1000))
        for number in range(60):
            clock.now += 1
            await lax.put(Put(f"answer:{number % 7}", str(number), b"x" * 10_000, content=True))
            await lax.vector_add(f"answer:{number % 7}", str(number), [1.0, 0.0])
        store = await opened(url, clock=clock, max_bytes=400_000)
        went = await store.sweep()
        entries = await store.entries(kind="answer")
        left = sorted(int(entry.key) for entry in entries)
        assert went == 60 - len(left)
        assert left == list(range(went, 60)), "the newest are left, whatever shard they are in"
        assert 20 < len(left) < 40
        assert await store.get("thread:t", "state") is not None
        found = [len(await store.vector_search(f"answer:{number}", [1.0, 0.0], 99)) for number in range(7)]
        assert sum(found) == len(left), "a vector goes with its entry"
        assert await store.sweep() == 0

    async def test_when_content_is_gone_vectors_events_and_at_last_state_go_but_never_the_secret(
        self, opened: Open, server: RedisServer, clock: Clock
    ) -> None:
        url = url_of(server)
        lax = await opened(url, clock=clock)
        await lax.put(Put("secret", "tenant", b"s"))
        for number in range(40):
            await lax.put(Put("thread:t", str(number), b"x"))
            await lax.vector_add("v:t", str(number), [1.0, 0.0])
            lax.append_later("ledger", {"n": number}, at=1.0)
        await lax.flush()
        store = await opened(url, clock=clock, max_bytes=50_000)
        await store.sweep()
        left = {row.kind: row.rows for row in await store.usage()}
        assert left.get("vectors", 0) < 40
        assert left["thread"] == 40, "state is last"
        store = await opened(url, clock=clock, max_bytes=1000)
        await store.sweep()
        assert {entry.ns for entry in await store.entries()} <= {"secret", "thread:t"}
        assert await store.get("secret", "tenant") is not None
        assert {row.kind: row.rows for row in await store.usage()} == {"secret": 1}

    async def test_a_burst_is_held_to_the_bound_without_a_sweep(
        self, opened: Open, server: RedisServer, clock: Clock
    ) -> None:
        store = await opened(url_of(server), clock=clock, max_bytes=1_000_000)
        for number in range(60):
            clock.now += 1
            store.put_later(Put("answer:t", str(number), bytes(40_000), content=True))
        await store.flush()
        while await store.get("answer:t", "0") is not None:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)
        assert await store.get("answer:t", "59") is not None

    async def test_retention_bounds_content_and_events(self, opened: Open, server: RedisServer, clock: Clock) -> None:
        url = url_of(server)
        lax = await opened(url, clock=clock)
        await lax.put(Put("answer:t", "k", b"x", content=True))
        await lax.vector_add("answer:t", "k", [1.0, 0.0])
        await lax.put(Put("thread:t", "k", b"x"))
        for at in (clock.now, clock.now + 50, clock.now + 90):
            lax.append_later("ledger", {}, at=at)
        await lax.close()
        store = await opened(url, clock=clock, retention_s=60, event_retention_s=50)
        await store.put(Put("answer:t", "l", b"x", content=True, ttl=1000))
        clock.now += 101
        assert await store.get("answer:t", "l") is None
        assert await store.sweep() == 4  # both answers, and two events
        assert [entry.ns for entry in await store.entries()] == ["thread:t"]
        assert await store.vector_search("answer:t", [1.0, 0.0], 1) == []
        assert len(await store.read("ledger")) == 1

    async def test_in_real_time_the_server_lets_entries_go_by_itself(self, opened: Open, server: RedisServer) -> None:
        store = await opened(url_of(server), clock=time.time)
        await store.put(Put("n:t", "k", b"x", ttl=60.0))
        await store.put(Put("n:t", "for ever", b"x"))
        await store.put(Put("n:t", "nearly for ever", b"x", ttl=1e300))
        prefix = store._layout.prefix
        left = {key.rpartition(b"/")[2]: server.ask("PTTL", key) for key in server.ask("KEYS", f"{prefix}{{*:i:*")}
        assert 0 < left.pop(b"k") <= 60_000
        assert set(left.values()) == {-1}

    async def test_after_a_purge_nothing_of_a_tenant_is_left_in_the_server(
        self, opened: Open, server: RedisServer, clock: Clock
    ) -> None:
        store = await opened(url_of(server), clock=clock)
        for tenant in ("gone-tenant", "kept-tenant"):
            await store.put(Put(f"n:{tenant}", "k", f"text of {tenant}".encode(), tenant=tenant, thread="h", ttl=9))
            await store.vector_add(f"n:{tenant}", "k", [1.0, 0.0], ttl=9)
            store.append_later("ledger", {"tenant": tenant}, at=1.0)
        await store.purge(tenant="gone-tenant")
        keys = server.ask("KEYS", f"{store._layout.prefix}{{*")
        dumped = b"".join(key + (server.ask("DUMP", key) or b"") for key in keys)
        assert b"kept-tenant" in dumped
        assert b"gone-tenant" not in dumped


class TestVectors:
    async def test_expired_vectors_do_not_hide_live_ones(self, opened: Open, server: RedisServer, clock: Clock) -> None:
        store = await opened(url_of(server), clock=clock)
        for number in range(120):
            await store.vector_add("v:t", f"old{number}", [1.0, number / 1e6], ttl=5)
        await store.vector_add("v:t", "live", [1.0, 1.0])
        clock.now += 5
        assert [found.key for found in await store.vector_search("v:t", [1.0, 0.0], 3)] == ["live"]

    @pytest.mark.parametrize("dim", [8, 384])
    async def test_large_namespaces_find_nearly_all_near_neighbours(
        self, opened: Open, server: RedisServer, clock: Clock, dim: int
    ) -> None:
        store = await opened(url_of(server), clock=clock)
        rng = np.random.default_rng(7)
        matrix = rng.standard_normal((2000, dim)).astype(np.float32)
        matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
        for start in range(0, len(matrix), 200):
            rows = enumerate(matrix[start : start + 200].tolist(), start)
            await asyncio.gather(*(store.vector_add("v:t", str(number), row) for number, row in rows))
        hits, errors = 0, []
        for query in matrix[:20] + rng.standard_normal((20, dim)).astype(np.float32) * 0.02:
            found = await store.vector_search("v:t", query.tolist(), 5)
            exact = matrix @ (query / np.linalg.norm(query))
            hits += len({int(each.key) for each in found} & set(np.argsort(-exact)[:5].tolist()))
            errors += [abs(each.similarity - exact[int(each.key)]) for each in found]
        assert hits >= 95
        assert max(errors) < 5e-3

    async def test_a_server_without_vectors_keeps_everything_else(
        self, opened: Open, server: RedisServer, clock: Clock
    ) -> None:
        store = await opened(url_of(server, "vectors=engine"), clock=clock)  # which this server has not
        with pytest.raises(StoreError, match=r"Redis 8\.\S+ cannot search vectors"):
            await store.vector_add("v:t", "k", [1.0, 0.0])
        with pytest.raises(StoreError, match="everything else is kept there as usual"):
            await store.vector_search("v:t", [1.0, 0.0], 1)
        assert not store.health.can_search
        assert await store.put(Put("n:t", "k", b"x", tenant="t")) == 1
        assert await store.purge(tenant="t") == 1

    async def test_an_index_that_is_lost_is_made_anew(
        self, opened: Open, search_server: RedisServer, clock: Clock
    ) -> None:
        store = await opened(url_of(search_server, "vectors=engine"), clock=clock)
        await store.vector_add("v:t", "k", [1.0, 0.0])
        for name in search_server.ask("FT._LIST"):
            search_server.ask("FT.DROPINDEX", name)
        while not await store.vector_search("v:t", [1.0, 0.0], 1):  # noqa: ASYNC110 - it is built off the path
            await asyncio.sleep(0.01)


class TestOpening:
    async def test_a_socket_of_the_file_system_works_too(
        self, opened: Open, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        server_binary()
        folder = tmp_path_factory.mktemp("s")
        server = RedisServer(folder, "--unixsocket", str(folder / "s"), "--requirepass", "p/w")
        try:
            store = await opened(f"unix://:p%2Fw@{folder / 's'}?db=3&timeout_ms=5000")
            assert await store.put(Put("n:t", "k", b"x")) == 1
            assert await store.get("n:t", "k") is not None
            assert store.health.can_search
        finally:
            server.stop()

    async def test_without_redis_py_it_says_what_to_install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "redis.asyncio.connection", None)
        with pytest.raises(StoreError, match=r"install trimtab\[redis\]"):
            await open_store("redis://127.0.0.1")

    async def test_a_policy_that_evicts_state_is_doubted(self, opened: Open, server: RedisServer) -> None:
        server.ask("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
        store = await opened(url_of(server))
        server.ask("CONFIG", "SET", "maxmemory-policy", "noeviction")
        assert "set it to noeviction" in store.health.doubts[0]

    def test_another_event_loop_is_refused_in_a_sentence(self, server: RedisServer) -> None:
        async def use(store: RedisStore) -> None:
            with pytest.raises(StoreError, match="belongs to the event loop"):
                await store.get("n:t", "k")

        loop = asyncio.new_event_loop()
        store = loop.run_until_complete(RedisStore.open(url_of(server)))
        asyncio.run(use(store))
        loop.run_until_complete(store.close())
        loop.close()

    async def test_threads_may_hand_writes_over(self, opened: Open, server: RedisServer) -> None:
        store = await opened(url_of(server))

        def write(thread: int) -> None:
            for number in range(50):
                store.put_later(Put("n:t", f"{thread}-{number}", b"x"))
                store.append_later("ledger", {"thread": thread, "n": number}, at=1.0)

        await asyncio.gather(*(asyncio.to_thread(write, thread) for thread in range(4)))
        await store.flush()
        assert len(await store.entries()) == 200
        events = await store.read("ledger")
        for thread in range(4):
            mine = [event.data["n"] for event in events if event.data["thread"] == thread]
            assert mine == list(range(50))

    @pytest.mark.parametrize(
        ("url", "expected"),
        [
            ("trimtab.db", "trimtab.db"),
            ("redis://host:1/0", "redis://host:1/0"),
            ("redis://user:secret@host/0?prefix=a", "redis://***@host/0?prefix=a"),
            ("redis://:se/cr@et@host/0", "redis://***@host/0"),
            ("unix:///run/redis.sock?password=secret&prefix=a", "unix:///run/redis.sock?prefix=a"),
            ("rediss://host?password=secret", "rediss://host"),
        ],
    )
    def test_a_url_is_shown_without_its_secrets(self, url: str, expected: str) -> None:
        assert shown(url) == expected
