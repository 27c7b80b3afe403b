"""Programs in environments of their own that answer questions: a line of JSON in, a line of JSON out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.processes import ROOT

_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""Threads of a library that wait for each other in a spin make everything else on the machine slow."""


class Worker:
    """A program that runs and answers one question after another."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a question. Raises RuntimeError where the program ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise RuntimeError(f"{' '.join(map(str, self._process.args))} ended: {self._process.wait()}")  # type: ignore[arg-type]
        answer: dict[str, Any] = json.loads(line)
        return answer


def environment(name: str, packages: Sequence[str], *, bare: Sequence[str] = ()) -> Path | None:
    """The interpreter of ``.venv-NAME`` with these packages, made where it is not there; ``bare`` ones are installed
    without what they ask for. None where they cannot be had."""
    folder = ROOT / f".venv-{name}"
    python, note = folder / "bin" / "python", folder / ".wanted"
    wanted = "\n".join([*packages, *bare])
    if note.exists() and note.read_text(encoding="utf-8") == wanted:
        return python
    print(f"installing {', '.join([*packages, *bare])} into {folder.name} ...", file=sys.stderr, flush=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    try:
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([*pip, *packages], check=True, stderr=subprocess.DEVNULL, timeout=600)
        if bare:
            subprocess.run([*pip, "--no-deps", *bare], check=True, stderr=subprocess.DEVNULL, timeout=600)
    except (subprocess.SubprocessError, OSError) as error:
        print(f"{folder.name} could not be made: {type(error).__name__}", file=sys.stderr, flush=True)
        return None
    note.write_text(wanted, encoding="utf-8")
    return python


@contextmanager
def running(python: Path, module: str, *arguments: str) -> Iterator[Worker]:
    """A worker module while it runs."""
    command = [str(python), "-m", module, *arguments]
    process = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **_ONE_THREAD}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield Worker(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
