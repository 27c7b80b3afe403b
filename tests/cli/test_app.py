"""The command line as a whole: it starts fast, and ends in a sentence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import trimtab
from tests.cli.conftest import Trim

HEAVY = ("pydantic", "rich", "numpy", "orjson", "aiohttp", "granian", "genai_prices", "toktok", "trimtab.config")


def test_help_imports_nothing_that_only_a_command_needs() -> None:
    """What `trimtab --help` costs is Python and typer: no pipeline, no configuration, no rich."""
    code = "import sys, trimtab.cli; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(done.stdout.split()) & set(HEAVY)


def test_help_lists_every_command(trim: Trim) -> None:
    """Each command has a line, none of which is cut off."""
    result = trim("--help")
    assert result.exit_code == 0
    for name in ("serve", "replay", "doctor", "explain", "report", "config", "data", "version"):
        assert f"\n  {name}" in result.stdout
    assert "..." not in result.stdout.partition("Commands:")[2]


def test_version_names_the_release(trim: Trim) -> None:
    """`trimtab version` and `trimtab --version` agree."""
    assert trim("version").stdout.startswith(f"trimtab {trimtab.__version__} (Python ")
    assert trim("--version").stdout == f"trimtab {trimtab.__version__}\n"


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (["--nonsense"], "--nonsense"),
        (["nonsense"], "nonsense"),
        (["serve", "--port", "http"], "--port"),
        (["report", "--by", "phase"], "phase"),
        (["replay"], "FILE"),
    ],
)
def test_wrong_usage_is_refused(trim: Trim, wrong: list[str], named: str) -> None:
    """An unknown option, command or value is named on stderr, with exit code 2."""
    result = trim(*wrong)
    assert result.exit_code == 2
    assert named in result.stderr
    assert not result.stdout


def test_an_error_of_ours_is_a_sentence_without_a_traceback(home: Path) -> None:
    """The real process, not only the test runner, ends with one line on stderr."""
    command = [sys.executable, "-m", "trimtab.cli", "config", "show", "--config", "nowhere.toml"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=home)
    assert done.returncode == 2
    assert done.stderr == "trimtab: cannot read the config file nowhere.toml: No such file or directory\n"
    assert not done.stdout


def test_public_names_are_found_when_they_are_used() -> None:
    """The package imports its names lazily; none is missing, and a wrong one is an AttributeError."""
    assert all(getattr(trimtab, name) is not None for name in trimtab.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        trimtab.nonsense  # noqa: B018
