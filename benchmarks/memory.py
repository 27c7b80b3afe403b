"""Whether the gateway's memory stays where it is: resident size after 10,000 and after 100,000 requests.

The requests are small and all different: single questions, streams, and threads that grow and end.

``python -m benchmarks.memory [--requests N]``
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import loadgen, processes, results, workloads

REQUESTS = 100_000
MOST_GROWTH = 0.10
MOST_MIB = 150
_CLIENTS = 32
_SETTLE_S = 3.0
"""What is still to be written is, by then."""


def mixed() -> loadgen.Make:
    """Of four clients one streams, one asks in growing threads, two ask single questions of about 700 bytes."""
    single, stream = workloads.single(size=700), workloads.single(size=700, stream=True)
    growing = workloads.growing(turns=6)
    makers = (single, stream, growing, single)
    return lambda client: makers[client % 4](client)


def measure(requests: int) -> list[tuple[int, float]]:
    """Requests answered so far and resident MiB, tenth by tenth, after a first point at the start."""
    load, alone = processes.cores()
    os.sched_setaffinity(0, load)
    make = mixed()
    with processes.mock_provider(load) as provider, tempfile.TemporaryDirectory() as folder:
        port = processes.free_port()
        command = processes.trimtab(provider.url, port, Path(folder))
        with processes.server(command, port, alone) as process:
            points = [(0, processes.resident_mib(process))]
            for part in range(1, 11):
                url = f"http://127.0.0.1:{port}/v1/chat/completions"
                run = loadgen.run(url, make, clients=_CLIENTS, seconds=600, most=requests // 10)
                answered = asyncio.run(run)
                if answered.failures:
                    raise RuntimeError(f"{answered.failures} requests failed: {answered.first_failure}")
                time.sleep(_SETTLE_S)
                points.append((part * (requests // 10), processes.resident_mib(process)))
                print(f"{points[-1][0]:>8,} requests: {points[-1][1]:.1f} MiB", file=sys.stderr, flush=True)
    return points


def main(argv: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory", description=__doc__)
    parser.add_argument("--requests", type=int, default=REQUESTS)
    given = parser.parse_args(argv)
    points = measure(given.requests)
    first, last = points[1][1], points[-1][1]
    growth = last / first - 1
    table = Table("requests", "resident MiB")
    for requests, resident in points:
        table.add_row(f"{requests:,}", f"{resident:.1f}")
    console = Console()
    console.print(table)
    console.print(
        f"growth from {points[1][0]:,} to {points[-1][0]:,} requests: {growth:+.1%} (aim: at most {MOST_GROWTH:.0%}); "
        f"resident at the end: {last:.0f} MiB (aim: below {MOST_MIB})"
    )
    said: dict[str, Any] = {"points": [{"requests": n, "resident_mib": round(mib, 1)} for n, mib in points]}
    aims = {"growth": MOST_GROWTH, "resident_mib": MOST_MIB}
    results.write("memory", {**said, "growth": round(growth, 4), "aims": aims})


if __name__ == "__main__":
    main(sys.argv[1:])
