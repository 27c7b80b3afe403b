"""`trimtab doctor`: each check says ok, warn or fail, and what to do."""

from __future__ import annotations

import asyncio
import json
import socket
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Filled, Trim
from tests.fakes.redis_server import RedisServer
from trimtab.store import Put, open_store


@pytest.fixture
def config(home: Path, upstream_url: str) -> Path:
    """A configuration with nothing wrong about it."""
    file = home / "trimtab.toml"
    file.write_text(
        f'[server]\nport = 0\n[upstreams.local]\nurl = "{upstream_url}"\nprovider = "openai"\n'
        '[[routes]]\nupstream = "local"\n'
    )
    return file


def add(config: Path, text: str) -> None:
    config.write_text(config.read_text() + text)


def checks(trim: Trim, *, well: bool) -> dict[str, dict[str, Any]]:
    result = trim("doctor", "--json")
    assert result.exit_code == (0 if well else 1), result.stdout
    printed = json.loads(result.stdout)
    assert printed["ok"] is well
    return {each["subject"]: each for each in printed["checks"]}


def test_all_is_well_where_it_is(trim: Trim, config: Path, home: Path) -> None:
    """Every subject is looked at, any answer of the upstream counts, and nothing is left behind."""
    found = checks(trim, well=True)
    assert {"python", "config", "store", "store room", "store key", "port", "upstream local", "prices"} <= set(found)
    assert {each["verdict"] for each in found.values()} == {"ok"}
    assert "status 401 without a credential" in found["upstream local"]["finding"]
    assert list(home.iterdir()) == [config]


def test_the_lines_for_people_say_the_same(trim: Trim, config: Path) -> None:
    """A line a check, the verdict first, the remedy below where there is something to do."""
    add(config, '[store]\npath = ":memory:"\n')
    lines = trim("doctor").stdout.splitlines()
    at = next(index for index, line in enumerate(lines) if line.startswith("warn store"))
    assert lines[at + 1].strip() == "-> set store.path to a file"


def test_a_wrong_configuration_fails(trim: Trim, home: Path) -> None:
    """The reason is that of `config check`; what does not need the configuration is looked at all the same."""
    (home / "trimtab.toml").write_text("[server]\nport = 'http'\n")
    found = checks(trim, well=False)
    assert found["config"]["verdict"] == "fail"
    assert "server.port" in found["config"]["finding"]
    assert found["prices"]["verdict"] == "ok"


def test_an_open_address_without_keys_fails(trim: Trim, config: Path) -> None:
    """What `serve` would refuse is a failure here; chosen on purpose it is a warning."""
    config.write_text(config.read_text().replace("port = 0", 'port = 0\nhost = "0.0.0.0"'))
    assert checks(trim, well=False)["auth"]["verdict"] == "fail"
    add(config, '[auth]\nmode = "pass_through"\n')
    assert checks(trim, well=True)["auth"]["verdict"] == "warn"


def test_a_store_in_use_is_written_and_read(trim: Trim, config: Path, filled: Filled) -> None:
    """The probe leaves what is in the store as it was."""
    before = filled.kept()
    found = checks(trim, well=True)
    assert found["store"]["finding"] == "trimtab.db can be read and written"
    assert "0600" in found["store mode"]["finding"]
    assert filled.kept() == before


def test_a_store_that_others_may_read_is_warned_of(trim: Trim, config: Path, filled: Filled) -> None:
    """The remedy is the command to type."""
    filled.path.chmod(0o644)
    found = checks(trim, well=True)
    assert found["store mode"]["verdict"] == "warn"
    assert found["store mode"]["remedy"] == "chmod 600 trimtab.db"


def test_a_file_that_is_no_store_fails(trim: Trim, config: Path, home: Path) -> None:
    """Somebody else's file is neither used nor changed."""
    (home / "trimtab.db").write_bytes(b"my holiday photos" * 100)
    assert checks(trim, well=False)["store"]["verdict"] == "fail"
    assert (home / "trimtab.db").read_bytes() == b"my holiday photos" * 100


def test_a_place_where_no_store_can_be_made_fails(trim: Trim, config: Path, home: Path) -> None:
    """A folder that is a file, and a kind of store that there is not, each with its reason."""
    (home / "taken").write_text("")
    add(config, '[store]\npath = "taken/trimtab.db"\n')
    assert checks(trim, well=False)["store"]["verdict"] == "fail"
    config.write_text(config.read_text().replace("taken/trimtab.db", "redis://127.0.0.1:1"))
    assert "cannot be opened" in checks(trim, well=False)["store"]["finding"]


def test_a_redis_is_written_and_its_settings_are_looked_at(trim: Trim, config: Path, tmp_path: Path) -> None:
    """What it is and how it searches is said, a policy that evicts state is warned of, the password never shown."""
    server = RedisServer(tmp_path / "redis", "--requirepass", "hush-hush", "--maxmemory-policy", "allkeys-lru")
    try:
        add(config, f'[store]\npath = "redis://:hush-hush@127.0.0.1:{server.port}"\n')
        printed = trim("doctor", "--json").stdout
        found = {each["subject"]: each for each in json.loads(printed)["checks"]}
    finally:
        server.stop()
    assert found["store"]["verdict"] == "ok"
    assert "(Redis 8" in found["store"]["finding"]
    assert found["store vectors"]["finding"] == "vectors are searched by vector sets"
    assert "maxmemory-policy is allkeys-lru" in found["store settings"]["finding"]
    assert "store key" in found
    assert "hush-hush" not in printed


def test_a_store_key_is_looked_at(trim: Trim, config: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A malformed key fails, a right one is said, and one that does not open what is there fails."""
    monkeypatch.setenv("TRIMTAB_STORE_KEY", "letmein")
    found = checks(trim, well=False)
    assert "is not a store key" in found["store key"]["finding"]
    assert "letmein" not in str(found)
    monkeypatch.setenv("TRIMTAB_STORE_KEY", "ab" * 32)

    async def write() -> None:
        store = await open_store(str(home / "trimtab.db"), key=bytes.fromhex("ab" * 32))
        await store.put(Put("blob:acme", "b1", b"text", tenant="acme", content=True))
        await store.close()

    asyncio.run(write())
    assert "is encrypted" in checks(trim, well=True)["store key"]["finding"]
    monkeypatch.setenv("TRIMTAB_STORE_KEY", "cd" * 32)
    assert checks(trim, well=False)["store"]["verdict"] == "ok"
    found = json.loads(trim("doctor", "--json").stdout)["checks"]
    assert [each["verdict"] for each in found if each["subject"] == "store key"] == ["fail"]


def test_a_port_that_somebody_else_has_fails(trim: Trim, config: Path, upstream_url: str) -> None:
    """A server that is no trimtab is in the way."""
    config.write_text(config.read_text().replace("port = 0", f"port = {upstream_url.rpartition(':')[2]}"))
    found = checks(trim, well=False)
    assert found["port"]["verdict"] == "fail"
    assert "another process listens there" in found["port"]["finding"]


def test_a_port_where_a_trimtab_runs_is_well(trim: Trim, config: Path, gateway_url: str) -> None:
    """The gateway is recognised by its own answers."""
    config.write_text(config.read_text().replace("port = 0", f"port = {gateway_url.rpartition(':')[2]}"))
    assert "a trimtab is running at" in checks(trim, well=True)["port"]["finding"]


def test_upstreams_that_cannot_be_reached_fail(trim: Trim, config: Path) -> None:
    """A closed port and a name without an address are told apart, each by the upstream's name."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        add(
            config,
            f'[upstreams.closed]\nurl = "http://127.0.0.1:{closed.getsockname()[1]}"\nprovider = "openai"\n'
            '[upstreams.nowhere]\nurl = "http://nowhere.invalid"\nprovider = "openai"\n'
            '[[routes]]\nupstream = "closed"\n[[routes]]\nupstream = "nowhere"\n',
        )
        found = checks(trim, well=False)
    assert "cannot connect" in found["upstream closed"]["finding"]
    assert "nowhere.invalid has no address" in found["upstream nowhere"]["finding"]
    assert found["upstream local"]["verdict"] == "ok"
