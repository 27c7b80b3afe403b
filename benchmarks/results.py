"""Where figures are kept: one JSON file a script, without dates or paths, so that a rerun shows only what changed."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "results"


def machine() -> dict[str, Any]:
    """What the figures depend on, as far as it may be told."""
    return {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.system()}


def write(name: str, figures: Mapping[str, Any]) -> None:
    """Keep the figures of a script in ``benchmarks/results/NAME.json``."""
    FOLDER.mkdir(exist_ok=True)
    text = json.dumps({"machine": machine(), **figures}, indent=2, ensure_ascii=False)
    (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def read(name: str) -> dict[str, Any]:
    """The figures that a script left; nothing where it has left none."""
    path = FOLDER / f"{name}.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found
