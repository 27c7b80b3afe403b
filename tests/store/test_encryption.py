"""Content is encrypted at rest where a key is set, opens only with that key, and only in its place."""

from __future__ import annotations

import base64
import sqlite3
from pathlib import Path

import pytest

from trimtab.errors import ConfigError, ContentLocked
from trimtab.store import Put, SQLiteStore, key_from_environment

KEY = bytes(range(32))
SECRET = b"the words of a person " * 20


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "trimtab.db")


def everything_on_disk(path: str) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(Path(path).parent.iterdir()))


async def write(path: str, key: bytes | None, data: bytes = SECRET) -> None:
    store = SQLiteStore.open(path, key=key)
    await store.put(Put("c:t", "k", data, content=True))
    await store.put(Put("s:t", "state", b"not content"))
    assert (b"words of a person" in everything_on_disk(path)) == (key is None)  # the write-ahead log too
    await store.close()


async def test_content_comes_back_and_is_nowhere_in_the_files_in_clear(path: str) -> None:
    await write(path, KEY)
    assert b"words of a person" not in everything_on_disk(path)
    assert b"not content" in everything_on_disk(path)
    store = SQLiteStore.open(path, key=KEY)
    value = await store.get("c:t", "k")
    assert value is not None
    assert value.data == SECRET
    assert [entry.size for entry in await store.entries(kind="c")] == [len(SECRET)]
    await store.close()


async def test_the_same_content_is_never_encrypted_to_the_same_bytes(path: str) -> None:
    store = SQLiteStore.open(path, key=KEY)
    await store.put(Put("c:t", "a", b"same", content=True))
    await store.put(Put("c:t", "b", b"same", content=True))
    await store.close()
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT data FROM items").fetchall()
    connection.close()
    assert len(set(rows)) == 2


@pytest.mark.parametrize("key", [None, bytes(32)])
async def test_without_the_right_key_content_is_locked_and_the_rest_is_not(path: str, key: bytes | None) -> None:
    await write(path, KEY)
    store = SQLiteStore.open(path, key=key)
    with pytest.raises(ContentLocked, match="TRIMTAB_STORE_KEY"):
        await store.get("c:t", "k")
    with pytest.raises(ContentLocked):
        await store.get_many("c:t", ["k"])
    state = await store.get("s:t", "state")
    assert state is not None
    assert state.data == b"not content"
    assert await store.put(Put("c:t", "k", b"new", content=True)) == 2
    value = await store.get("c:t", "k")
    assert value is not None
    assert value.data == b"new"
    await store.close()


async def test_content_from_before_the_key_was_set_stays_readable(path: str) -> None:
    await write(path, None)
    store = SQLiteStore.open(path, key=KEY)
    value = await store.get("c:t", "k")
    assert value is not None
    assert value.data == SECRET
    await store.close()


@pytest.mark.parametrize("change", ["key = 'other'", "ns = 'c:u'", "data = zeroblob(length(data))", "data = x'00'"])
async def test_a_row_that_was_moved_or_altered_does_not_open(path: str, change: str) -> None:
    await write(path, KEY)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(f"UPDATE items SET {change} WHERE key = 'k'")
    ns, key = connection.execute("SELECT ns, key FROM items WHERE content = 1").fetchone()
    connection.close()
    store = SQLiteStore.open(path, key=KEY)
    with pytest.raises(ContentLocked, match="does not open"):
        await store.get(ns, key)
    await store.close()


@pytest.mark.parametrize(
    "text",
    [
        KEY.hex(),
        KEY.hex().upper(),
        base64.b64encode(KEY).decode(),
        f" {base64.urlsafe_b64encode(KEY).decode().rstrip('=')}\n",
    ],
)
def test_a_key_is_read_from_the_environment_as_hex_or_base64(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("TRIMTAB_STORE_KEY", text)
    assert key_from_environment() == KEY


def test_no_key_means_no_encryption(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRIMTAB_STORE_KEY", raising=False)
    assert key_from_environment() is None
    monkeypatch.setenv("OTHER", "")
    assert key_from_environment("OTHER") is None


@pytest.mark.parametrize("text", ["secret-passphrase", KEY.hex()[:-2], base64.b64encode(KEY + b"x").decode(), "ключ"])
def test_a_key_of_another_shape_is_refused_without_being_repeated(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("OTHER", text)
    with pytest.raises(ConfigError, match=r"OTHER is not a store key.*32 random bytes") as refusal:
        key_from_environment("OTHER")
    assert text not in str(refusal.value)


def test_a_key_of_the_wrong_length_is_refused(path: str) -> None:
    with pytest.raises(ConfigError, match="has 16 bytes"):
        SQLiteStore.open(path, key=bytes(16))
