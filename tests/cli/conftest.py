"""A command line in an empty folder with a clean environment, and real things for it to work on."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from trimtab.cli import app
from trimtab.store import Put, Store, open_store
from trimtab.telemetry.ledger import EditLine, Ledger, Row, new_id

Trim = Callable[..., Result]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory, and no setting from outside."""
    for name in [name for name in os.environ if name.upper().startswith("TRIMTAB_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def trim() -> Trim:
    """Runs a command in this process; whatever is raised but an exit fails the test."""

    def run(*arguments: str, given: str | bytes | None = None) -> Result:
        result = CliRunner().invoke(app, list(arguments), input=given)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


def row(at: float, **known: object) -> Row:
    """A ledger row of a request that was made cheaper."""
    values: dict[str, object] = {
        "tenant": "acme",
        "thread": "t1",
        "route": "openai",
        "format": "openai_chat",
        "model": "gpt-4o",
        "status": 200,
        "complete": True,
        "before": {"tools": 100, "system": 50, "history": 0, "newest": 10},
        "after": {"tools": 60, "system": 50, "history": 0, "newest": 10},
        "edits": [EditLine("tool_selection", "ReplaceTool", "tools", "minified", 100, 60, "tool 0")],
        "usage": {"fresh": 120, "written": 0, "written_1h": 0, "read": 0, "output": 9},
        "without": {"fresh": 160, "written": 0, "written_1h": 0, "read": 0, "output": 9},
        "reported": True,
        "cost": 0.012,
        "cost_without": 0.016,
        "latency": {"added": 1.5, "upstream": 200.0},
        "cache": "miss",
    }
    return Row(id=new_id(at), at=at, **{**values, **known})  # type: ignore[arg-type]


class Filled:
    """A store on disk as a gateway leaves it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        now = time.time()
        self.rows = [row(now - 7200), row(now - 60, tenant="other", thread="t2", model="claude-sonnet-4-5")]
        asyncio.run(self._fill())

    async def _fill(self) -> None:
        store = await open_store(str(self.path))
        await self.put(store, "blob:acme", "b1", "acme", "t1")
        await self.put(store, "blob:other", "b2", "other", "t2")
        await store.put(Put("thread:acme", "t1", b"{}", 3600.0, "acme", "t1"))
        ledger = Ledger(store, time.time)
        for each in self.rows:
            ledger.write(each)
        await store.close()

    async def put(self, store: Store, ns: str, key: str, tenant: str, thread: str) -> None:
        await store.put(Put(ns, key, b"what somebody wrote", 3600.0, tenant, thread, content=True))

    def kept(self) -> list[str]:
        """Namespaces of what is left, sorted."""

        async def look() -> list[str]:
            store = await open_store(str(self.path))
            found = [entry.ns for entry in await store.entries()]
            await store.close()
            return sorted(found)

        return asyncio.run(look())


@pytest.fixture
def filled(home: Path) -> Filled:
    return Filled(home / "trimtab.db")


class _Refusing(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(401)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def upstream_url() -> Iterator[str]:
    """A provider that answers, if only that it wants a credential. It is no trimtab."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Refusing)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def gateway_url(home: Path, upstream_url: str) -> Iterator[str]:
    """`trimtab serve` in a process of its own; it has to end well when it is asked to."""
    command = [sys.executable, "-m", "trimtab.cli", "serve", "--port", "0", "--store", "gateway.db"]
    with subprocess.Popen(
        [*command, "--upstream", upstream_url, "--provider", "openai"], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        ready = process.stdout.readline()
        yield next(word for word in ready.split() if word.startswith("http://"))
        process.terminate()
        assert process.wait(30) == 0
