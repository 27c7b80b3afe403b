"""What passing through costs: requests and streams per second, and added latency, each beside its baselines.

The gateway under test has one core to itself; load generator and mock provider share another. The contestants are
measured in turn, round after round in one run, so that whatever else the machine does meets all of them; the figures
are the medians of the rounds and their spread. Every request is new, so that no answer comes from a cache.

``python -m benchmarks.gateway [--rounds N] [--seconds S] [--without litellm,starlette,forwarder]``
"""

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import loadgen, processes, results, workloads
from benchmarks.loadgen import Load
from benchmarks.peers import litellm_proxy

RECORDED = {
    "litellm": {"JSON": {"share": 0.012}, "streams": {"share": 0.012}},
    "headroom": {"JSON": {"share": 0.007}, "streams": {"share": 0.026}},
}
"""Shares of a direct connection measured once for this project, for peers that cannot be installed here."""
AIMS = {"JSON": 0.25, "streams": 0.70}
CLIENTS = 50


@dataclass(frozen=True)
class Kind:
    """One kind of load."""

    name: str
    clients: int
    make: loadgen.Make


@dataclass
class Contestant:
    """Something that requests are sent to, and what was measured of it by kind of load."""

    name: str
    provider: processes.Provider
    url: str
    process: Popen[bytes] | None = None
    key: str = "sk-benchmark"
    loads: dict[str, list[Load]] = field(default_factory=dict)
    cpu_us: dict[str, list[float]] = field(default_factory=dict)

    def run(self, kind: Kind, seconds: float) -> None:
        processes.hurried(self.provider, hurried=kind.clients == 1)
        before = processes.cpu_seconds(self.process) if self.process else 0.0
        url = f"{self.url}/v1/chat/completions"
        load = asyncio.run(loadgen.run(url, kind.make, clients=kind.clients, seconds=seconds, key=self.key))
        if load.failures or not load.latencies:
            raise RuntimeError(f"{self.name} failed {load.failures} times at {kind.name}: {load.first_failure}")
        self.loads.setdefault(kind.name, []).append(load)
        if self.process:
            used = (processes.cpu_seconds(self.process) - before) * 1e6 / len(load.latencies)
            self.cpu_us.setdefault(kind.name, []).append(used)


def kinds() -> list[Kind]:
    """The kinds of load, each with counters of its own."""
    return [
        Kind("JSON", CLIENTS, workloads.single()),
        Kind("growing threads", CLIENTS, workloads.growing()),
        Kind("streams", CLIENTS, workloads.single(stream=True)),
        Kind("one client, JSON", 1, workloads.single()),
        Kind("one client, streams", 1, workloads.single(stream=True)),
    ]


@contextmanager
def contestants(without: Sequence[str]) -> Iterator[list[Contestant]]:
    """Everybody who takes part, running."""
    load, alone = processes.cores()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        provider = stack.enter_context(processes.mock_provider(load))
        found = [Contestant("direct", provider, provider.url)]

        def start(name: str, command: list[str], port: int, **environment: str) -> None:
            process = stack.enter_context(processes.server(command, port, alone, environment=environment))
            found.append(Contestant(name, provider, f"http://127.0.0.1:{port}", process))

        port = processes.free_port()
        start("trimtab", processes.trimtab(provider.url, port, folder), port)
        if "forwarder" not in without:
            port = processes.free_port()
            module = [sys.executable, "-m", "benchmarks.peers.granian_forwarder", str(port), provider.url]
            start("forwarder", module, port)
        if "starlette" not in without:
            port = processes.free_port()
            module = [sys.executable, "-m", "benchmarks.peers.starlette_proxy", str(port), provider.url]
            start("starlette", module, port)
        if "litellm" not in without and litellm_proxy.installed():
            port = processes.free_port()
            command = litellm_proxy.command(provider.url, port, folder, workloads.MODEL)
            key = f"sk-{secrets.token_hex(24)}"
            start("litellm", command, port, **litellm_proxy.environment(key))
            found[-1].key = key
        yield found


def measure(found: list[Contestant], rounds: int, seconds: float) -> None:
    """Everybody in turn, kind after kind, round after round."""
    everything = kinds()
    for contestant in found:
        for kind in everything[:3]:
            contestant.run(kind, min(1.0, seconds))
        contestant.loads.clear()
        contestant.cpu_us.clear()
    for number in range(rounds):
        for kind in everything:
            for contestant in found:
                contestant.run(kind, seconds)
        busy = os.getloadavg()[0]
        print(f"round {number + 1} of {rounds}, load average {busy:.1f}", file=sys.stderr, flush=True)


def figures(found: list[Contestant]) -> dict[str, Any]:
    """Medians over the rounds, shares of the direct connection round by round, and the spread of those."""
    direct = found[0]
    return {contestant.name: _figures_of(contestant, direct) for contestant in found}


def _figures_of(contestant: Contestant, direct: Contestant) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for kind, loads in contestant.loads.items():
        base = direct.loads[kind]
        if kind.startswith("one client"):
            said[kind] = {
                "median_ms": _median([load.median_ms for load in loads]),
                "p99_ms": _median([load.p99_ms for load in loads]),
                "added_median_ms": _median([a.median_ms - b.median_ms for a, b in zip(loads, base, strict=True)]),
                "added_p99_ms": _median([a.p99_ms - b.p99_ms for a, b in zip(loads, base, strict=True)]),
            }
        else:
            shares = [a.per_second / b.per_second for a, b in zip(loads, base, strict=True)]
            said[kind] = {
                "per_second": round(statistics.median(load.per_second for load in loads), 1),
                "share": round(statistics.median(shares), 4),
                "share_lowest": round(min(shares), 4),
                "share_highest": round(max(shares), 4),
            }
        if kind in contestant.cpu_us:
            said[kind]["cpu_us"] = round(statistics.median(contestant.cpu_us[kind]))
    return said


def _median(values: list[float]) -> float:
    return round(statistics.median(values), 3)


def tables(said: dict[str, Any]) -> Iterator[Table]:
    """The figures as they are printed."""
    throughput = Table(
        "50 clients", "JSON", "of direct", "growing", "of direct", "streams", "of direct", title="per second"
    )
    for name, of in said.items():
        cells = []
        for kind in ("JSON", "growing threads", "streams"):
            about = of[kind]
            spread = f" ({about['share_lowest']:.1%}-{about['share_highest']:.1%})" if name != "direct" else ""
            cells += [f"{about['per_second']:,.0f}", f"{about['share']:.1%}{spread}"]
        throughput.add_row(name, *cells)
    yield throughput
    latency = Table(
        "one client", "JSON median", "added", "p99 added", "stream median", "added", "p99 added", title="ms"
    )
    for name, of in said.items():
        cells = []
        for kind in ("one client, JSON", "one client, streams"):
            cells += [f"{of[kind][figure]:.2f}" for figure in ("median_ms", "added_median_ms", "added_p99_ms")]
        latency.add_row(name, *cells)
    yield latency


def main(argv: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gateway", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2.0, help="per contestant, kind of load and round")
    parser.add_argument("--without", default="", help="peers to leave out: forwarder, starlette, litellm")
    given = parser.parse_args(argv)
    load, _ = processes.cores()
    os.sched_setaffinity(0, load)
    with contestants(given.without.split(",")) as found:
        measure(found, given.rounds, given.seconds)
        said = figures(found)
    console = Console()
    for table in tables(said):
        console.print(table)
    missing = {name: RECORDED[name] for name in ("litellm", "headroom") if name not in said}
    for name, shares in missing.items():
        told = ", ".join(f"{kind} {about['share']:.1%}" for kind, about in shares.items())
        console.print(f"{name}: {told} of direct (recorded, not measured in this run)")
    console.print(f"aims: {', '.join(f'{kind} {share:.0%}' for kind, share in AIMS.items())} of direct, 0.7 ms added")
    about: dict[str, Any] = {"rounds": given.rounds, "seconds": given.seconds, "clients": CLIENTS}
    if "litellm" in said:
        about["litellm_version"] = litellm_proxy.version()
    results.write("gateway", {**about, "measured": said, "recorded": missing, "aims": AIMS})


if __name__ == "__main__":
    main(sys.argv[1:])
