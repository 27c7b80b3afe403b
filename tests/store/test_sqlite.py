"""The SQLite store keeps the contract, on disk and in memory, and what only a file shared by processes can break."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import stat
import sys
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.store.contract import Clock, StoreContract, StoreMachine
from trimtab.errors import StoreError
from trimtab.store import Put, SQLiteStore, Store, open_store
from trimtab.store.later import Later, Line
from trimtab.store.sqlite import writer as sqlite_writer


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "made" / "trimtab.db")


@pytest.fixture
async def file_store(path: str, clock: Clock) -> AsyncIterator[SQLiteStore]:
    store = SQLiteStore.open(path, clock=clock)
    yield store
    await store.close()


def everything_on_disk(path: str) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(Path(path).parent.iterdir()))


def size_of(path: str) -> int:
    return Path(path).stat().st_size


def overwrite_all_but_the_first_page(path: str) -> None:
    with open(path, "r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (size_of(path) - 4096))


async def read_one(path: str) -> None:
    store = SQLiteStore.open(path)
    try:
        await store.get("n:t", "1")
    finally:
        await store.close()


async def run_python(code: str, *arguments: str) -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, *arguments, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    assert process.returncode == 0
    return out.decode()


class TestContractOnDiskAndInMemory(StoreContract):
    @pytest.fixture(params=["file", "memory", "encrypted"])
    async def store(self, request: pytest.FixtureRequest, path: str, clock: Clock) -> AsyncIterator[Store]:
        key = bytes(32) if request.param == "encrypted" else None
        store = await open_store(":memory:" if request.param == "memory" else path, key=key, clock=clock)
        yield store
        await store.close()


class SQLiteMachine(StoreMachine):
    async def open(self, clock: Clock) -> Store:
        return await open_store(":memory:", clock=clock)


TestStoreMachine = SQLiteMachine.TestCase
TestStoreMachine.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)


class TestProcesses:
    async def test_increments_of_two_processes_and_two_threads_of_control_all_count(self, path: str) -> None:
        code = """
import asyncio, sys
from trimtab.errors import Conflict
from trimtab.store import Put, open_store
async def add(store, count):
    for _ in range(count):
        while True:
            value = await store.get("n:t", "sum")
            number, version = (int(value.data), value.version) if value else (0, 0)
            try:
                await store.compare_and_set(Put("n:t", "sum", b"%d" % (number + 1)), version)
                break
            except Conflict:
                pass
async def main():
    store = await open_store(sys.argv[1])
    await asyncio.gather(add(store, 100), add(store, 100))
    await store.close()
asyncio.run(main())
"""
        await asyncio.gather(run_python(code, path), run_python(code, path))
        store = SQLiteStore.open(path)
        value = await store.get("n:t", "sum")
        await store.close()
        assert value is not None
        assert value.data == b"400"
        assert value.version == 400

    async def test_kill_9_loses_nothing_acknowledged_and_of_the_rest_at_most_the_last_second(self, path: str) -> None:
        code = """
import asyncio, itertools, sys
from trimtab.store import Put, open_store
async def main():
    store = await open_store(sys.argv[1])
    store.put_later(Put("later", "0", b"x"))
    store.append_later("ledger", {"n": 0}, at=1.0)
    await asyncio.sleep(1.5)
    for number in itertools.count():
        store.put_later(Put("later", str(number + 1), b"x"))
        await asyncio.gather(
            store.put(Put("put", str(number), b"x" * 500)), store.compare_and_set(Put("set", str(number), b"x"), 0)
        )
        print(number, flush=True)
asyncio.run(main())
"""
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, path, stdout=asyncio.subprocess.PIPE)
        assert process.stdout is not None
        acknowledged = []
        while len(acknowledged) < 200:
            acknowledged.append((await process.stdout.readline()).decode().strip())
        process.send_signal(signal.SIGKILL)
        acknowledged += [line for line in (await process.stdout.read()).decode().split("\n")[:-1] if line]
        await process.wait()
        store = SQLiteStore.open(path)
        for ns in ("put", "set"):
            assert sorted(await store.get_many(ns, acknowledged)) == sorted(acknowledged)
        assert await store.get("later", "0") is not None
        assert [event.data for event in await store.read("ledger")] == [{"n": 0}]
        await store.close()

    async def test_vectors_of_another_process_are_seen_by_a_search(self, file_store: SQLiteStore) -> None:
        code = """
import asyncio, sys
from trimtab.store import open_store
async def main():
    store = await open_store(sys.argv[1])
    await store.vector_add("v:t", sys.argv[2], [float(x) for x in sys.argv[3:]])
    await store.close()
asyncio.run(main())
"""
        await file_store.vector_add("v:t", "mine", [1.0, 1.0])
        assert [n.key for n in await file_store.vector_search("v:t", [1.0, 0.0], 2)] == ["mine"]
        await run_python(code, file_store.path, "theirs", "1", "0")
        assert [n.key for n in await file_store.vector_search("v:t", [1.0, 0.0], 2)] == ["theirs", "mine"]

    async def test_a_store_that_another_process_keeps_locked_refuses_writes_and_answers_reads(
        self, file_store: SQLiteStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await file_store.put(Put("n:t", "k", b"x"))
        monkeypatch.setattr(sqlite_writer, "BUSY_S", 0.02)
        other = sqlite3.connect(file_store.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked for too long"):
            await file_store.put(Put("n:t", "k", b"y"))
        found = await file_store.get("n:t", "k")
        assert found is not None
        assert found.data == b"x"
        other.execute("ROLLBACK")
        other.close()
        assert await file_store.put(Put("n:t", "k", b"y")) == 2

    async def test_two_processes_may_create_the_same_file_at_once(self, path: str) -> None:
        code = """
import asyncio, sys
from trimtab.store import Put, open_store
async def main():
    store = await open_store(sys.argv[1])
    await store.put(Put("n", sys.argv[2], b"x"))
    await store.close()
asyncio.run(main())
"""
        await asyncio.gather(*(run_python(code, path, str(number)) for number in range(4)))
        store = SQLiteStore.open(path)
        assert len(await store.entries()) == 4
        await store.close()

    async def test_the_libraries_that_cost_memory_are_loaded_only_when_they_are_needed(self, path: str) -> None:
        code = """
import asyncio, sys
from trimtab.store import Put, open_store
async def main():
    store = await open_store(sys.argv[1])
    await store.put(Put("n", "k", b"x", content=True))
    await store.close()
asyncio.run(main())
print([name for name in ("numpy", "cryptography") if name in sys.modules])
"""
        assert (await run_python(code, path)).strip() == "[]"


class TestRestart:
    async def test_everything_is_there_after_a_restart_and_versions_go_on(self, path: str, clock: Clock) -> None:
        store = SQLiteStore.open(path, clock=clock)
        await store.put(Put("n:t", "k", b"x"))
        await store.put(Put("n:t", "gone", b"x"))
        await store.put(Put("n:t", "gone", b"x"))
        await store.delete("n:t", "gone")
        await store.vector_add("v:t", "k", [1.0, 0.0])
        store.append_later("ledger", {"n": 1}, at=1.0)
        store.put_later(Put("n:t", "later", b"x"))
        await store.close()
        store = SQLiteStore.open(path, clock=clock)
        assert await store.compare_and_set(Put("n:t", "k", b"y"), 1) == 2
        assert await store.put(Put("n:t", "gone", b"x")) == 3
        assert await store.get("n:t", "later") is not None
        assert [n.key for n in await store.vector_search("v:t", [1.0, 0.0], 1)] == ["k"]
        assert [event.data for event in await store.read("ledger")] == [{"n": 1}]
        await store.close()

    async def test_one_store_serves_the_loops_of_several_threads(self, file_store: SQLiteStore) -> None:
        async def use(name: str) -> None:
            await asyncio.gather(*(file_store.put(Put("n:t", f"{name}{n}", b"x")) for n in range(50)))
            assert await file_store.get("n:t", f"{name}49") is not None

        threads = [threading.Thread(target=lambda name=name: asyncio.run(use(name))) for name in "abc"]
        for thread in threads:
            thread.start()
        await use("d")
        for thread in threads:
            await asyncio.to_thread(thread.join)
        assert len(await file_store.entries()) == 200


class TestPlace:
    async def test_only_the_owner_can_read_the_files(self, file_store: SQLiteStore) -> None:
        await file_store.put(Put("n:t", "k", b"x"))
        folder = Path(file_store.path).parent
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}
        assert modes == {"trimtab.db": 0o600, "trimtab.db-wal": 0o600, "trimtab.db-shm": 0o600}
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700

    async def test_a_url_names_the_same_file_as_its_path(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        for url, name in [(f"sqlite:///{tmp_path}/a.db", "a.db"), ("sqlite:///b.db", "b.db"), ("c.db", "c.db")]:
            store = await open_store(url)
            await store.close()
            assert (tmp_path / name).exists()

    @pytest.mark.parametrize(
        ("url", "sentence"),
        [
            ("postgres://:secret@host/0", "no store for postgres:// URLs"),
            ("sqlite://trimtab.db", "three slashes"),
            ("", "no path"),
        ],
    )
    async def test_other_stores_are_refused_with_a_way_out_and_without_the_password(
        self, url: str, sentence: str
    ) -> None:
        with pytest.raises(StoreError, match=sentence) as refusal:
            await open_store(url)
        assert "secret" not in str(refusal.value)

    def test_a_folder_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(StoreError, match="is a folder; name a file in it"):
            SQLiteStore.open(str(tmp_path))

    def test_a_path_below_a_file_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("x")
        with pytest.raises(StoreError, match="choose a path whose folder"):
            SQLiteStore.open(str(tmp_path / "file" / "trimtab.db"))

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
    def test_a_folder_that_cannot_be_written_is_refused(self, tmp_path: Path) -> None:
        tmp_path.chmod(0o500)
        with pytest.raises(StoreError, match="cannot be written"):
            SQLiteStore.open(str(tmp_path / "trimtab.db"))
        tmp_path.chmod(0o700)

    def test_a_file_that_is_no_database_is_refused_and_left_alone(self, tmp_path: Path) -> None:
        file = tmp_path / "notes.txt"
        file.write_bytes(b"dear diary " * 1000)
        with pytest.raises(StoreError, match="not a trimtab store; choose another path"):
            SQLiteStore.open(str(file))
        assert file.read_bytes() == b"dear diary " * 1000

    def test_the_database_of_another_program_is_refused_and_left_alone(self, tmp_path: Path) -> None:
        file = tmp_path / "other.db"
        with sqlite3.connect(file) as connection:
            connection.execute("CREATE TABLE theirs (x)")
        connection.close()
        before = file.read_bytes()
        with pytest.raises(StoreError, match="another program"):
            SQLiteStore.open(str(file))
        assert file.read_bytes() == before

    async def test_a_file_of_a_later_release_is_refused(self, path: str) -> None:
        await SQLiteStore.open(path).close()
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA user_version = 99")
        connection.close()
        with pytest.raises(StoreError, match=r"later trimtab \(schema 99.*upgrade trimtab"):
            SQLiteStore.open(path)

    async def test_a_damaged_file_is_named_as_such_when_it_is_read(self, path: str) -> None:
        store = SQLiteStore.open(path)
        for number in range(200):
            store.put_later(Put("n:t", str(number), b"x" * 1000))
        await store.close()
        overwrite_all_but_the_first_page(path)
        with pytest.raises(StoreError, match="damaged; move it away"):
            await read_one(path)

    async def test_a_full_disk_fails_the_write_and_keeps_what_is_there(self, file_store: SQLiteStore) -> None:
        await file_store.put(Put("n:t", "k", b"x"))

        def fill(connection: sqlite3.Connection, now: float) -> Any:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            return connection.execute(f"PRAGMA max_page_count = {pages}").fetchone()

        await file_store._writer.submit(fill)
        results = await asyncio.gather(
            file_store.put(Put("n:t", "big", b"x" * 100_000)),
            file_store.put(Put("n:t", "k", b"y")),
            return_exceptions=True,
        )
        assert isinstance(results[0], StoreError)
        assert "disk is full; free some space" in str(results[0])
        assert results[1] == 2
        file_store.put_later(Put("n:t", "big", b"x" * 100_000))
        await file_store.flush()
        assert file_store.dropped == 1


class TestBounds:
    async def test_the_oldest_content_goes_when_the_file_is_full_and_the_rest_stays(
        self, path: str, clock: Clock
    ) -> None:
        bound = 2_000_000
        store = SQLiteStore.open(path, max_bytes=bound, clock=clock)
        await store.put(Put("state:t", "k", b"x" * 10_000))
        for number in range(300):
            clock.now += 1
            ns, key = "c:t", str(number)
            await store.vector_add(ns, key, [1.0, number])
            await store.put(Put(ns, key, os.urandom(30_000), content=True))
            assert size_of(path) < bound * 1.3
        await store.sweep()
        kept = [int(entry.key) for entry in await store.entries(kind="c")]
        assert kept == list(range(299, 299 - len(kept), -1))
        assert 40 < len(kept) < 67
        assert await store.get("state:t", "k") is not None
        assert len(await store.vector_search("c:t", [1.0, 1.0], 1000)) == len(kept)
        assert size_of(path) <= bound
        await store.close()

    async def test_events_and_state_go_only_when_there_is_no_content_left(self, path: str, clock: Clock) -> None:
        store = SQLiteStore.open(path, max_bytes=500_000, clock=clock)
        await store.put(Put("c:t", "k", b"x" * 10_000, content=True))
        for number in range(1000):
            store.append_later("ledger", {"n": number, "text": "x" * 1000}, at=clock.now)
        await store.flush()
        await store.sweep()
        events = await store.read("ledger")
        assert events[-1].data["n"] == 999
        assert 0 < len(events) < 500
        assert await store.get("c:t", "k") is None
        await store.close()

    async def test_the_file_shrinks_after_a_purge_and_a_sweep(self, file_store: SQLiteStore) -> None:
        for number in range(50):
            await file_store.put(Put("c:t", str(number), os.urandom(50_000), tenant="t", content=True))
        await file_store.purge(tenant="t")
        await file_store.sweep()
        assert size_of(file_store.path) < 300_000

    async def test_purged_content_is_gone_from_the_bytes_of_the_files(self, file_store: SQLiteStore) -> None:
        for number in range(20):
            await file_store.put(Put("c:t", str(number), b"a very private word " * 40, tenant="t", content=True))
        assert b"private" in everything_on_disk(file_store.path)
        await file_store.purge(tenant="t")
        assert b"private" not in everything_on_disk(file_store.path)

    async def test_retention_caps_content_at_once_and_events_at_a_sweep(self, path: str, clock: Clock) -> None:
        store = SQLiteStore.open(path, retention_s=100, event_retention_s=50, clock=clock)
        await store.put(Put("c:t", "for ever", b"x", content=True))
        await store.put(Put("c:t", "long", b"x", ttl=1000, content=True))
        await store.put(Put("c:t", "short", b"x", ttl=10, content=True))
        await store.put(Put("s:t", "state", b"x"))
        store.append_later("ledger", {"n": 1}, at=clock.now)
        clock.now += 60
        store.append_later("ledger", {"n": 2}, at=clock.now)
        await store.flush()
        assert await store.sweep() == 2
        assert [event.data["n"] for event in await store.read("ledger")] == [2]
        clock.now += 40
        assert [entry.key for entry in await store.entries()] == ["state"]
        await store.close()

    async def test_a_shorter_retention_reaches_what_was_written_before(self, path: str, clock: Clock) -> None:
        store = SQLiteStore.open(path, clock=clock)
        await store.put(Put("c:t", "k", b"x", content=True))
        await store.vector_add("c:t", "k", [1.0])
        await store.close()
        clock.now += 100
        store = SQLiteStore.open(path, retention_s=100, clock=clock)
        assert await store.sweep() == 1
        assert await store.vector_search("c:t", [1.0], 1) == []
        await store.close()

    def test_a_flood_of_later_writes_drops_the_oldest_and_counts_them(self) -> None:
        later = Later(most_writes=10, most_bytes=1000)
        for number in range(15):
            later.add(Put("n", str(number), b"x"))
        assert later.dropped == 5
        assert [item.key for item in later.take(100) if isinstance(item, Put)] == [str(n) for n in range(5, 15)]
        for number in range(5):
            later.add(Put("n", str(number), b"x" * 300))
        later.add(Put("n", "too big", b"x" * 1001))
        assert later.dropped == 8
        assert len(later.take(100)) == 3
        assert later.due_in() is None

    def test_values_are_dropped_before_events(self) -> None:
        later = Later(most_writes=3)
        for number in range(3):
            later.add(Line("ledger", 1.0, "", "", b"{}"))
            later.add(Put("n", str(number), b"x"))
        assert all(isinstance(item, Line) for item in later.take(10))
        assert later.dropped == 3
