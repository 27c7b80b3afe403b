"""The servers that are measured: processes of their own, each on the core that it is given."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def cores() -> tuple[set[int], set[int]]:
    """The core for load and provider, and the core that the gateway has to itself (the same where there is but one)."""
    usable = sorted(os.sched_getaffinity(0))
    return {usable[0]}, {usable[-1]}


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def mock_provider(on: set[int]) -> Iterator[str]:
    """The mock provider while it runs; its URL without /v1."""
    command = [sys.executable, "-m", "benchmarks.mock_provider"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, preexec_fn=_pinned(on))
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        _end(process)


@contextmanager
def server(
    command: Sequence[str],
    port: int,
    on: set[int],
    *,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    patience_s: float = 90.0,
) -> Iterator[subprocess.Popen[bytes]]:
    """A server while it runs. Raises RuntimeError with what it said if it does not begin to listen."""
    log = (folder or ROOT / "benchmarks") / f".server-{port}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            cwd=folder or ROOT,
            env={**os.environ, **(environment or {})},
            stdout=out,
            stderr=subprocess.STDOUT,
            preexec_fn=_pinned(on),
        )
    try:
        _wait(process, port, patience_s, log)
        yield process
    finally:
        _end(process)
        log.unlink(missing_ok=True)


def trimtab(provider: str, port: int, folder: Path) -> list[str]:
    """The real command line, every stage on, nothing known about the provider."""
    command = Path(sys.executable).with_name("trimtab")
    return [str(command), "serve", "--port", str(port), "--upstream", provider, "--store", str(folder / "bench.db")]


def resident_mib(process: subprocess.Popen[bytes]) -> float:
    """Resident memory of a process."""
    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"process {process.pid} tells nothing of its memory")


def _pinned(on: set[int]) -> object:
    return lambda: os.sched_setaffinity(0, on)


def _wait(process: subprocess.Popen[bytes], port: int, patience_s: float, log: Path) -> None:
    until = time.monotonic() + patience_s
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"{process.args!r} does not listen: {log.read_text(errors='replace')[-2000:]}")


def _end(process: subprocess.Popen[bytes] | subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
