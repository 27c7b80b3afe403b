"""A gateway and a provider for clients that live in another environment: both are processes of the gateway's own.

`make compat` runs these tests in .venv-compat, which has the clients and nothing of trimtab.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

_ROOT = Path(__file__).resolve().parents[2]
_PYTHON = Path(os.environ.get("TRIMTAB_PYTHON", _ROOT / ".venv" / "bin" / "python"))
"""The interpreter that has trimtab."""


@dataclass
class Between:
    """The gateway's address, and what has come out behind it."""

    url: str
    log: Path

    @property
    def received(self) -> list[dict[str, Any]]:
        """The requests that the provider has got since the test began, as path, headers and body."""
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Between]:
    folder = tmp_path_factory.mktemp("compat")
    log = folder / "received.jsonl"
    provider = subprocess.Popen(
        [_PYTHON, "-m", "tests.compat.provider", log], cwd=_ROOT, stdout=subprocess.PIPE, text=True
    )
    assert provider.stdout is not None
    upstream = provider.stdout.readline().strip()
    serve = [_PYTHON.with_name("trimtab"), "serve", "--port", "0", "--upstream", upstream, "--store", folder / "t.db"]
    gateway = subprocess.Popen(serve, cwd=folder, stdout=subprocess.PIPE, text=True)
    assert gateway.stdout is not None
    ready = gateway.stdout.readline()  # trimtab listening on URL -> UPSTREAM
    try:
        assert " on http" in ready, f"the gateway did not start: {ready!r}"
        yield Between(ready.split(" on ", 1)[1].split(" ", 1)[0], log)
    finally:
        for process in (gateway, provider):
            process.send_signal(signal.SIGTERM)
            process.wait(30)


@pytest.fixture
def between(running: Between) -> Between:
    """The gateway, with nothing received yet."""
    running.log.write_text("", encoding="utf-8")
    return running
