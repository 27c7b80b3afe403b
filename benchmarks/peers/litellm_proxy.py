"""The LiteLLM proxy in a virtual environment of its own, with one model that leads to the mock provider."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.processes import ROOT

VENV = ROOT / ".venv-litellm"
COMMAND = VENV / "bin" / "litellm"


def installed() -> bool:
    """Whether the proxy is there; installs it where it is not and a package index can be reached."""
    if COMMAND.exists():
        return True
    print("installing litellm[proxy] into .venv-litellm ...", flush=True)
    try:
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
        install = [str(VENV / "bin" / "pip"), "install", "--quiet", "litellm[proxy]"]
        subprocess.run(install, check=True, stderr=subprocess.DEVNULL, timeout=600)
    except (subprocess.SubprocessError, OSError) as error:
        print(f"litellm could not be installed: {type(error).__name__}", flush=True)
        return False
    return COMMAND.exists()


def version() -> str:
    """The version that is measured."""
    asked = [str(VENV / "bin" / "python"), "-c", "import importlib.metadata as m; print(m.version('litellm'))"]
    return subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()


def command(provider: str, port: int, folder: Path, model: str) -> list[str]:
    """The command line, after writing its configuration into ``folder``."""
    about = {"model": f"openai/{model}", "api_base": f"{provider}/v1", "api_key": "sk-benchmark"}
    config = folder / "litellm.json"  # JSON is YAML
    config.write_text(json.dumps({"model_list": [{"model_name": model, "litellm_params": about}]}), encoding="utf-8")
    return [str(COMMAND), "--config", str(config), "--host", "127.0.0.1", "--port", str(port), "--num_workers", "1"]


def environment(key: str) -> dict[str, str]:
    """Environment variables: quiet, offline, and the key that it wants callers to present."""
    quiet = {"LITELLM_LOG": "ERROR", "LITELLM_LOCAL_MODEL_COST_MAP": "True", "DISABLE_ADMIN_UI": "True"}
    return {**quiet, "LITELLM_MASTER_KEY": key}
