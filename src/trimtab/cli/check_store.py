"""What `trimtab doctor` looks at in the store: that it opens and can be written, its room, its mode and its key."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from pathlib import Path

from trimtab.cli.checks import Check
from trimtab.cli.output import size
from trimtab.config import Config
from trimtab.errors import ConfigError, ContentLocked, StoreError
from trimtab.store import Put, Store, file_of, key_from_environment, open_store, shown
from trimtab.store.redis.node import Health
from trimtab.store.redis.store import RedisStore

_PROBE = Put("doctor", "probe", b"trimtab", ttl=60.0)
_ENTRIES_TRIED = 3


async def check_store(config: Config) -> list[Check]:
    """Everything about the store. A store that is not there yet is tried in a temporary folder beside its place."""
    try:
        key = key_from_environment(config.store.key_env)
        file = file_of(config.store.path)
    except ConfigError as error:
        return [Check("store key", "fail", str(error), f"set {config.store.key_env} right, or unset it")]
    except StoreError as error:
        return [Check("store", "fail", str(error), "change store.path")]
    if file is None:
        return await _server(config, key)
    if file == ":memory:":
        found = [Check("store", "warn", "it is in memory: nothing survives a restart", "set store.path to a file")]
        return [*found, _key_check(config, key)]
    try:
        found = await (_probe_there if _is_there(file) else _probe_beside)(file, key)
    except StoreError as error:
        return [Check("store", "fail", str(error))]
    if all(check.subject != "store key" for check in found):
        found.append(_key_check(config, key))
    return [*found, *_mode(Path(file)), _room(Path(file), config)]


async def _server(config: Config, key: bytes | None) -> list[Check]:
    """What there is to say about a store that is a Redis."""
    url, name = config.store.path, shown(config.store.path)
    try:
        store = await RedisStore.open(url, key=key)
        health = store.health
        await store.close()
        found = [await _probe(url, key, f"{name} ({health.server}) can be read and written"), *await _locked(url, key)]
    except StoreError as error:
        return [Check("store", "fail", f"{name}: {error}", "see docs/redis.md"), _key_check(config, key)]
    if all(check.subject != "store key" for check in found):
        found.append(_key_check(config, key))
    found += [Check("store settings", "warn", doubt, "see docs/redis.md") for doubt in health.doubts]
    return [*found, _search(health)]


def _search(health: Health) -> Check:
    if health.can_search:
        return Check("store vectors", "ok", f"vectors are searched by {health.search}")
    return Check("store vectors", "warn", health.search, "use Redis 8, or a server with the query engine")


def _is_there(file: str) -> bool:
    return Path(file).exists()


async def _probe_there(file: str, key: bytes | None) -> list[Check]:
    return [await _probe(file, key, f"{file} can be read and written"), *await _locked(file, key)]


async def _probe(file: str, key: bytes | None, finding: str) -> Check:
    store = await open_store(file, key=key)
    try:
        await store.put(_PROBE)
        value = await store.get(_PROBE.ns, _PROBE.key)
        await store.delete(_PROBE.ns, _PROBE.key)
    finally:
        await store.close()
    if value is None or value.data != _PROBE.data:
        return Check("store", "fail", f"{shown(file)} does not give back what was written", "choose another place")
    return Check("store", "ok", finding)


async def _probe_beside(file: str, key: bytes | None) -> list[Check]:
    folder = _existing(Path(file))
    try:
        with tempfile.TemporaryDirectory(prefix=".trimtab-doctor-", dir=folder) as beside:
            return [await _probe(str(Path(beside) / "probe.db"), key, f"{file} is not there yet; it can be made")]
    except OSError as error:
        finding = f"{file} cannot be made: {folder}: {error.strerror or error}"
        return [Check("store", "fail", finding, "give the folder to this user, or choose another store.path")]


def _existing(place: Path) -> Path:
    """What is nearest above a file and there: a folder, unless something else is in the way."""
    return next(above for above in place.absolute().parents if above.exists())


async def _locked(file: str, key: bytes | None) -> list[Check]:
    """Whether the newest encrypted texts open with the key at hand."""
    store: Store = await open_store(file, key=key)
    try:
        entries = [entry for entry in await store.entries(limit=200) if entry.content][:_ENTRIES_TRIED]
        for entry in entries:
            await store.get(entry.ns, entry.key)
    except ContentLocked as error:
        return [Check("store key", "fail", str(error))]
    finally:
        await store.close()
    return []


def _mode(place: Path) -> list[Check]:
    if not place.exists() or os.name != "posix":
        return []
    mode = stat.S_IMODE(place.stat().st_mode)
    if mode & 0o077:
        return [
            Check("store mode", "warn", f"others on this machine may read {place} ({mode:04o})", f"chmod 600 {place}")
        ]
    return [Check("store mode", "ok", f"{place} is its owner's alone ({mode:04o})")]


def _room(place: Path, config: Config) -> Check:
    held = sum(each.stat().st_size for each in place.absolute().parent.glob(f"{place.name}*") if each.is_file())
    free = shutil.disk_usage(_existing(place)).free
    wanted = max(0, config.store.max_bytes - held)
    finding = f"{size(held)} used of at most {size(config.store.max_bytes)}, {size(free)} free on the disk"
    if free < wanted:
        return Check("store room", "warn", finding, "free some space, or lower store.max_bytes")
    return Check("store room", "ok", finding)


def _key_check(config: Config, key: bytes | None) -> Check:
    if key is None:
        return Check("store key", "ok", f"content is not encrypted; a key in {config.store.key_env} would encrypt it")
    return Check("store key", "ok", f"content is encrypted with the key in {config.store.key_env}")
