"""The servers that are measured: processes of their own, each on the core that it is given."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[1]


def cores() -> tuple[set[int], set[int]]:
    """The core for load and provider, and the core that the gateway has to itself (the same where there is but one)."""
    usable = sorted(os.sched_getaffinity(0))
    return {usable[0]}, {usable[-1]}


@dataclass(frozen=True)
class Provider:
    """The mock provider while it runs; its URL is without /v1."""

    url: str
    pid: int


def hurried(provider: Provider, *, hurried: bool) -> None:
    """How soon load generator and provider run when a message comes for them.

    Many clients: not at once. The two wake each other for every message, and would spend their core on switching, now
    more and now less of it, and the direct connection would be a matter of luck. One client: at once.
    """
    policy = (os.SCHED_OTHER if hurried else os.SCHED_BATCH) | os.SCHED_RESET_ON_FORK
    for pid in (0, provider.pid):
        os.sched_setscheduler(pid, policy, os.sched_param(0))


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def mock_provider(on: set[int]) -> Iterator[Provider]:
    """A mock provider of its own."""
    command = _on(on, [sys.executable, "-m", "benchmarks.mock_provider"])
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        yield Provider(f"http://127.0.0.1:{port}", process.pid)
    finally:
        _end(process)


@contextmanager
def server(
    command: Sequence[str],
    port: int,
    on: set[int],
    *,
    environment: Mapping[str, str] | None = None,
    patience_s: float = 90.0,
) -> Iterator[subprocess.Popen[bytes]]:
    """A server while it runs. Raises RuntimeError with what it said if it does not begin to listen."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            _on(on, command), cwd=ROOT, env={**os.environ, **(environment or {})}, stdout=said, stderr=said
        )
        try:
            _wait(process, port, patience_s, said)
            yield process
        finally:
            _end(process)


def trimtab(provider: str, port: int, folder: Path) -> list[str]:
    """The real command line with every default: all stages on, nothing known about the provider."""
    command = Path(sys.executable).with_name("trimtab")
    return [str(command), "serve", "--port", str(port), "--upstream", provider, "--store", str(folder / "bench.db")]


def resident_mib(process: subprocess.Popen[bytes]) -> float:
    """Resident memory of a process."""
    for line in Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"process {process.pid} tells nothing of its memory")


def cpu_seconds(process: subprocess.Popen[bytes]) -> float:
    """Processor time that a process has used, in all its threads."""
    fields = Path(f"/proc/{process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _on(cores: set[int], command: Sequence[str]) -> list[str]:
    taskset = shutil.which("taskset")
    if taskset is None:
        raise RuntimeError("taskset (util-linux) is needed to keep each process on its core")
    return [taskset, "--cpu-list", ",".join(map(str, sorted(cores))), *command]


def _wait(process: subprocess.Popen[bytes], port: int, patience_s: float, said: IO[bytes]) -> None:
    until = time.monotonic() + patience_s
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    said.seek(0)
    text = said.read()[-2000:].decode(errors="replace")
    raise RuntimeError(f"{' '.join(map(str, process.args[3:]))} does not listen on {port}: {text}")  # type: ignore[index]


def _end(process: subprocess.Popen[bytes] | subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
