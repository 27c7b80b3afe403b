"""Clients that have pins of their own, each test against the running gateway: LiteLLM, LangChain, OpenAI Agents.

``python -m benchmarks.compat [PYTEST ARGUMENTS]`` makes .venv-compat with the clients (once; after that no network is
needed) and runs tests/compat in it. The gateway and the provider behind it run in the environment that this runs in.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import results
from benchmarks.processes import ROOT

VENV = ROOT / ".venv-compat"
CLIENTS = ("litellm", "langchain-openai", "langchain-anthropic", "openai-agents")
_RUNNERS = ("pytest", "pytest-asyncio", "pytest-timeout")


def prepared() -> Path:
    """The interpreter of the clients' environment, made or brought up to date where the wanted packages changed."""
    python, note = VENV / "bin" / "python", VENV / ".wanted"
    wanted = "\n".join((*CLIENTS, *_RUNNERS))
    if not note.exists() or note.read_text(encoding="utf-8") != wanted:
        print(f"installing {', '.join(CLIENTS)} into {VENV.name} ...", flush=True)
        try:
            subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
            subprocess.run([python, "-m", "pip", "install", "--quiet", *CLIENTS, *_RUNNERS], check=True)
        except (subprocess.CalledProcessError, OSError) as error:
            raise SystemExit(f"the clients could not be installed into {VENV.name}: {error}") from error
        note.write_text(wanted, encoding="utf-8")
    return python


def versions(python: Path) -> dict[str, str]:
    """Which version of each client is tested."""
    ask = f"import importlib.metadata as m, json; print(json.dumps({{n: m.version(n) for n in {CLIENTS!r}}}))"
    asked = subprocess.run([python, "-c", ask], check=True, capture_output=True, text=True)
    told: dict[str, str] = json.loads(asked.stdout)
    return told


def run(python: Path, arguments: Sequence[str]) -> tuple[int, dict[str, dict[str, int]]]:
    """Run the tests; the exit status of pytest, and what passed and failed by test module."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [python, "-m", "pytest", "tests/compat", "--confcutdir=tests/compat", f"--junitxml={report}"]
        # The project's own settings are for its own environment: there, every warning is an error.
        command += ["-o", "addopts=-q -p no:cacheprovider", "-o", "filterwarnings=ignore", *arguments]
        environment = {**os.environ, "TRIMTAB_PYTHON": sys.executable, "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
        status = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
        return status, _counted(report) if report.exists() else {}


def _counted(report: Path) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for case in ET.parse(report).getroot().iter("testcase"):
        module = case.get("classname", "").rpartition(".")[2].removeprefix("test_")
        counts = found.setdefault(module, {"passed": 0, "failed": 0, "skipped": 0})
        tags = {child.tag for child in case}
        counts["failed" if tags & {"failure", "error"} else "skipped" if "skipped" in tags else "passed"] += 1
    return found


def main(argv: Sequence[str]) -> None:
    python = prepared()
    status, counts = run(python, argv)
    known = versions(python)
    table = Table("clients", "passed", "failed", "skipped")
    for module, count in counts.items():
        table.add_row(module, *(str(number) for number in count.values()))
    console = Console()
    console.print(table)
    console.print(", ".join(f"{name} {version}" for name, version in known.items()))
    if status == 0 and not argv:
        said: dict[str, Any] = {"versions": known, "tests": counts}
        results.write("compat", said)
    if status:
        raise SystemExit(status)


if __name__ == "__main__":
    main(sys.argv[1:])
