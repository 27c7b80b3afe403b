"""Redis that is down, frozen, full, empty or not ours: a StoreError soon, and everything as before once it is back.

No test measures time. That nothing waits long is proven by what a frozen server would otherwise hold up for ever; and
what has to succeed is given time, since on a busy machine a server may be as good as frozen for a moment.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tests.fakes.redis_server import RedisServer, free_port, server_binary
from trimtab.errors import Conflict, StoreError
from trimtab.store import Put
from trimtab.store.later import Later, Line
from trimtab.store.redis.node import Full, within
from trimtab.store.redis.store import RedisStore

T = TypeVar("T")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    server_binary()
    started = RedisServer(tmp_path / "redis")
    yield started
    started.stop()


@pytest.fixture
async def store(server: RedisServer) -> AsyncIterator[RedisStore]:
    opened = await RedisStore.open(f"{server.url}?timeout_ms=5000")
    yield opened
    await opened.close()


async def until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110 - there is nobody to tell
        await asyncio.sleep(0.01)


async def eventually(call: Callable[[], Awaitable[T]]) -> T:
    """What a call gives once it does not fail any more."""
    while True:
        try:
            return await call()
        except StoreError:
            await asyncio.sleep(0.01)


async def fails(*calls: Callable[[], Awaitable[Any]]) -> list[str]:
    """Every call raises StoreError; what the errors say."""
    said = []
    for call in calls:
        with pytest.raises(StoreError) as error:
            await call()
        said.append(str(error.value))
    return said


def every_call(store: RedisStore) -> list[Callable[[], Awaitable[Any]]]:
    return [
        lambda: store.get("n:t", "k"),
        lambda: store.get_many("n:t", ["k", "l"]),
        lambda: store.put(Put("n:t", "k", b"x")),
        lambda: store.compare_and_set(Put("n:t", "k", b"x"), 0),
        lambda: store.delete("n:t", "k"),
        store.entries,
        store.usage,
        store.purge,
        store.sweep,
        lambda: store.vector_add("v:t", "k", [1.0, 0.0]),
        lambda: store.vector_search("v:t", [1.0, 0.0], 1),
        lambda: store.vector_delete("v:t", "k"),
        lambda: store.read("ledger"),
        lambda: store.trim("ledger", keep=1),
    ]


class TestDown:
    async def test_every_call_fails_and_the_circuit_opens(self, server: RedisServer, store: RedisStore) -> None:
        await store.put(Put("n:t", "k", b"x"))
        assert store.health.closed
        server.stop()
        await fails(*every_call(store))
        health = store.health
        assert not health.closed
        assert health.unreachable == (f"127.0.0.1:{server.port}",)
        assert health.failures >= 3
        assert health.refused > 0
        assert "127.0.0.1" in health.last_error

    async def test_it_goes_on_by_itself_when_the_server_is_back(self, server: RedisServer, store: RedisStore) -> None:
        server.stop()
        await fails(*every_call(store))
        server.start()
        await until(lambda: store.health.closed)
        assert await store.put(Put("n:t", "k", b"x")) == 1
        await store.vector_add("v:t", "k", [1.0, 0.0])
        assert [found.key for found in await store.vector_search("v:t", [1.0, 0.0], 1)] == ["k"]

    async def test_buffered_writes_wait_until_it_is_back_and_arrive_once(
        self, server: RedisServer, store: RedisStore
    ) -> None:
        server.stop()
        for number in range(700):  # more than go out at once
            store.put_later(Put("n:t", str(number), b"x"))
            store.append_later("ledger", {"n": number}, at=float(number))
        with pytest.raises(StoreError, match="they are kept"):
            await store.flush()
        store.append_later("ledger", {"n": 700}, at=20.0)
        server.start()
        await until(lambda: store.health.closed)
        await store.flush()
        assert [event.data["n"] for event in await store.read("ledger")] == list(range(701))
        assert len(await store.get_many("n:t", [str(number) for number in range(700)])) == 700
        assert store.dropped == 0

    async def test_what_is_not_written_when_the_store_closes_is_counted(
        self, server: RedisServer, store: RedisStore
    ) -> None:
        server.stop()
        store.put_later(Put("n:t", "k", b"x"))
        store.append_later("ledger", {}, at=1.0)
        await store.close()
        assert store.dropped == 2

    async def test_opening_says_where_and_not_the_password(self) -> None:
        server_binary()
        port = free_port()
        with pytest.raises(StoreError, match=f"cannot be opened: 127.0.0.1:{port}") as refusal:
            await RedisStore.open(f"redis://user:secret@127.0.0.1:{port}")
        assert "secret" not in str(refusal.value)


class TestFrozen:
    @pytest.fixture
    async def store(self, server: RedisServer) -> AsyncIterator[RedisStore]:
        opened = await eventually(lambda: RedisStore.open(f"{server.url}?timeout_ms=200"))
        yield opened
        await opened.close()

    async def test_every_call_fails_although_the_server_holds_the_connections(
        self, server: RedisServer, store: RedisStore
    ) -> None:
        await eventually(lambda: store.put(Put("n:t", "k", b"x")))
        server.freeze()
        said = await fails(*every_call(store))
        assert "no answer within 200 ms" in said[0]
        assert not store.health.closed
        server.thaw()
        await until(lambda: store.health.closed)
        assert await eventually(lambda: store.get("n:t", "k")) is not None

    async def test_an_answer_that_comes_too_late_is_not_taken_for_the_next_one(
        self, server: RedisServer, store: RedisStore
    ) -> None:
        await eventually(lambda: store.put(Put("n:t", "a", b"a")))
        await eventually(lambda: store.put(Put("n:t", "b", b"b")))
        server.freeze()
        await fails(lambda: store.get("n:t", "a"))
        server.thaw()
        for _ in range(20):
            found = await eventually(lambda: store.get("n:t", "b"))
            assert found is not None
            assert found.data == b"b"

    async def test_events_whose_answer_was_lost_are_not_written_twice(
        self, server: RedisServer, store: RedisStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("trimtab.store.redis.lanes.PATIENT_S", 0.05)
        server.freeze()
        for number in range(5):
            store.append_later("ledger", {"n": number}, at=1.0)
        await fails(store.flush)  # the server has the call in its buffer and will do it when it thaws
        server.thaw()
        await until(lambda: store.health.closed)
        store.append_later("ledger", {"n": 5}, at=1.0)
        await eventually(store.flush)
        assert [event.data["n"] for event in await eventually(lambda: store.read("ledger"))] == list(range(6))

    async def test_a_buffered_write_that_has_to_be_repeated_does_not_overtake_a_later_call(
        self, server: RedisServer, store: RedisStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("trimtab.store.redis.lanes.PATIENT_S", 0.05)
        server.freeze()
        store.put_later(Put("n:t", "k", b"buffered"))
        await fails(lambda: store.put(Put("n:t", "k", b"called")))
        server.thaw()
        await until(lambda: store.health.closed)
        await eventually(lambda: store.put(Put("n:t", "k", b"called again")))
        await eventually(store.flush)
        found = await eventually(lambda: store.get("n:t", "k"))
        assert found is not None
        assert found.data == b"called again"

    async def test_of_two_buffered_writes_that_have_to_be_repeated_the_newer_stands(
        self, server: RedisServer, store: RedisStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("trimtab.store.redis.lanes.PATIENT_S", 0.5)
        server.freeze()
        flushes = []
        for data in (b"older", b"newer"):
            store.put_later(Put("n:t", "k", data))
            flushes.append(asyncio.ensure_future(store.flush()))
            await asyncio.sleep(0)
        refused = await asyncio.gather(*flushes, return_exceptions=True)
        assert all(isinstance(error, StoreError) for error in refused)
        server.thaw()
        await eventually(store.flush)
        found = await eventually(lambda: store.get("n:t", "k"))
        assert found is not None
        assert found.data == b"newer"

    async def test_closing_does_not_wait_for_ever(
        self, server: RedisServer, store: RedisStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("trimtab.store.redis.lanes.PATIENT_S", 0.05)
        server.freeze()
        store.put_later(Put("n:t", "k", b"x"))
        await store.close()
        assert store.dropped == 1

    async def test_a_busy_loop_is_not_taken_for_a_slow_server(self, store: RedisStore) -> None:
        await eventually(lambda: store.put(Put("n:t", "k", b"x")))
        await store._link.nodes[0]._pool.disconnect()  # to connect again takes several turns of the loop
        failures = store.health.failures
        reading = asyncio.ensure_future(store.get("n:t", "k"))
        while not reading.done():  # every turn of the loop takes longer than an answer may
            await asyncio.sleep(0)
            time.sleep(0.25)  # noqa: ASYNC251 - this is the point
        assert (await reading) is not None
        assert store.health.failures == failures


class TestEmptied:
    async def test_a_server_that_comes_back_empty_is_only_a_miss(self, server: RedisServer, store: RedisStore) -> None:
        version = await store.put(Put("n:t", "k", b"x"))
        await store.vector_add("v:t", "k", [1.0, 0.0])
        store.append_later("ledger", {"n": 1}, at=1.0)
        await store.flush()
        (event,) = await store.read("ledger")
        assert server.ask("FLUSHALL") == "OK"
        assert server.ask("SCRIPT", "FLUSH") == "OK"
        assert await store.get("n:t", "k") is None
        assert await store.vector_search("v:t", [1.0, 0.0, 0.0], 1) == []
        assert await store.read("ledger") == []
        with pytest.raises(Conflict):
            await store.compare_and_set(Put("n:t", "k", b"y"), version)
        await store.compare_and_set(Put("n:t", "k", b"y"), 0)
        await store.vector_add("v:t", "k", [1.0, 0.0, 0.0])
        assert len(await store.vector_search("v:t", [1.0, 0.0, 0.0], 1)) == 1
        store.append_later("ledger", {"n": 2}, at=1.0)
        await store.flush()
        (later,) = await store.read("ledger", after=event.id)
        assert later.data == {"n": 2}

    async def test_an_entry_that_the_server_evicted_is_absent_and_its_version_stays_used(
        self, server: RedisServer, store: RedisStore
    ) -> None:
        version = await store.put(Put("n:t", "k", b"x", ttl=60))
        (key,) = server.ask("KEYS", "*:i:*")
        server.ask("DEL", key)
        assert await store.get("n:t", "k") is None
        assert await store.entries() == []
        assert not await store.delete("n:t", "k")
        await store.put(Put("n:t", "k", b"x", ttl=60))
        (key,) = server.ask("KEYS", "*:i:*")
        server.ask("DEL", key)
        assert await store.compare_and_set(Put("n:t", "k", b"y"), 0) > version


class TestFull:
    @pytest.fixture
    def server(self, tmp_path: Path) -> Iterator[RedisServer]:
        server_binary()
        started = RedisServer(tmp_path / "redis", "--maxmemory", "20mb", "--maxmemory-policy", "noeviction")
        yield started
        started.stop()

    async def test_a_full_server_refuses_writes_whole_and_makes_room(
        self, server: RedisServer, store: RedisStore
    ) -> None:
        await store.put(Put("thread:t", "state", b"s"))
        numbers = itertools.count()

        async def fill() -> None:
            for number in numbers:
                await store.put(Put("answer:t", str(number), bytes(100_000), content=True))

        with pytest.raises(Full, match="its memory is full"):
            await fill()
        refused = next(numbers) - 1
        assert await store.get("answer:t", str(refused)) is None
        assert str(refused) not in {entry.key for entry in await store.entries()}
        assert store.health.closed
        while await store.get("answer:t", "0") is not None:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)
        assert await store.put(Put("answer:t", "again", bytes(100_000), content=True)) >= 1
        assert await store.get("thread:t", "state") is not None, "state stays while there is content"

    async def test_buffered_writes_that_it_refuses_are_counted(self, server: RedisServer, store: RedisStore) -> None:
        server.ask("CONFIG", "SET", "maxmemory", "1")
        store.put_later(Put("n:t", "k", b"x"))
        store.append_later("ledger", {"n": 1}, at=1.0)
        await store.flush()
        assert store.dropped == 2
        server.ask("CONFIG", "SET", "maxmemory", "0")
        assert await store.get("n:t", "k") is None
        assert await store.entries() == []
        assert await store.read("ledger") == []


class TestNotOurs:
    async def test_a_wrong_password_is_said_without_it(self, server: RedisServer) -> None:
        server.ask("CONFIG", "SET", "requirepass", "right")
        with pytest.raises(StoreError, match=r"invalid username-password|WRONGPASS") as refusal:
            await RedisStore.open(f"redis://:wrong-secret@127.0.0.1:{server.port}")
        assert "wrong-secret" not in str(refusal.value)
        opened = await RedisStore.open(f"redis://:right@127.0.0.1:{server.port}")
        assert await opened.put(Put("n:t", "k", b"x")) == 1
        await opened.close()

    async def test_a_user_who_may_only_use_the_prefix_is_enough(self, server: RedisServer) -> None:
        rights = ("on", ">pw", "~trimtab{*", "+@read", "+@write", "+@scripting", "+@connection", "-@dangerous")
        assert server.ask("ACL", "SETUSER", "gateway", *rights) == "OK"
        opened = await RedisStore.open(f"redis://gateway:pw@127.0.0.1:{server.port}?timeout_ms=2000")
        await opened.put(Put("n:t", "k", b"x", tenant="t"))
        with pytest.raises(StoreError, match="may not use vector sets"):
            await opened.vector_add("n:t", "k", [1.0, 0.0])
        assert not opened.health.can_search
        await opened.close()
        server.ask("ACL", "SETUSER", "gateway", "+vadd", "+vsim", "+vrem", "+vcard")
        opened = await RedisStore.open(f"redis://gateway:pw@127.0.0.1:{server.port}?timeout_ms=2000")
        await opened.vector_add("n:t", "k", [1.0, 0.0])
        assert len(await opened.vector_search("n:t", [1.0, 0.0], 1)) == 1
        assert await opened.purge(tenant="t") == 1
        await opened.close()

    async def test_keys_of_another_program_are_an_error_and_not_a_value(
        self, server: RedisServer, store: RedisStore
    ) -> None:
        await store.put(Put("n:t", "k", b"x"))
        (key,) = server.ask("KEYS", "*:i:*")
        server.ask("SET", key, "short")
        with pytest.raises(StoreError, match="another program"):
            await store.get("n:t", "k")
        server.ask("DEL", key)
        server.ask("RPUSH", key, "x")
        assert await store.get("n:t", "k") is None  # MGET passes over what is no string

    @pytest.mark.parametrize(
        ("url", "sentence"),
        [
            ("redis://:secret@host:port/0", "cannot be read"),
            ("redis://:secret@host/0?prefix=a{b}", "must not be empty or hold braces"),
            ("redis://:secret@host/0?vectors=maybe", "it is auto, sets"),
            ("redis://:secret@host/0?timeout_ms=0", "give 1 to 60000"),
            ("redis://:secret@host/0?timeout_ms=soon", "cannot be read"),
            ("redis://:secret@host/0?what_is_this=1", "what_is_this"),
        ],
    )
    async def test_a_url_that_cannot_be_used_is_refused_in_a_sentence(self, url: str, sentence: str) -> None:
        server_binary()
        with pytest.raises(StoreError, match=sentence) as refusal:
            await RedisStore.open(url)
        assert "secret" not in str(refusal.value)


class TestWithin:
    async def test_what_takes_too_long_is_ended_even_if_it_reports_now_and_then(self) -> None:
        with pytest.raises(TimeoutError):
            async with within(0.01):
                await asyncio.Event().wait()
        reports = 0

        async def report_for_ever() -> None:
            nonlocal reports
            async with within(0.05) as again:
                while True:
                    await asyncio.sleep(0.01)
                    again()
                    reports += 1

        with pytest.raises(TimeoutError):
            await report_for_ever()
        assert reports > 5, "a report starts the time anew"

    async def test_a_cancellation_from_outside_stays_one(self) -> None:
        async def wait() -> None:
            async with within(60):
                await asyncio.Event().wait()

        task = asyncio.ensure_future(wait())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


class TestGivenBack:
    def test_a_newer_write_of_a_key_stands_and_events_keep_their_order(self) -> None:
        later = Later()
        for number in range(4):
            later.add(Put("n:t", str(number % 2), str(number).encode()))
            later.add(Line("ledger", 1.0, "", "", str(number).encode(), number))
        taken = later.take(100)
        later.add(Put("n:t", "1", b"newer"))
        later.add(Line("ledger", 1.0, "", "", b"4", 4))
        later.give_back(taken)
        left = later.take(100)
        assert sorted((item.key, item.data) for item in left if isinstance(item, Put)) == [("0", b"2"), ("1", b"newer")]
        assert [item.number for item in left if isinstance(item, Line)] == [0, 1, 2, 3, 4]
        assert later.due_in() is None
        later.give_back(left)
        assert later.due_in() is not None
        assert later.dropped == 0

    def test_the_bound_holds_for_what_is_given_back_too(self) -> None:
        later = Later(most_writes=3)
        later.give_back([Put("n:t", str(number), b"x") for number in range(5)])
        assert [item.key for item in later.take(100) if isinstance(item, Put)] == ["2", "3", "4"]
        assert later.dropped == 2
