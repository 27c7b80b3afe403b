"""The pages that are made from the code say what the code says."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from trimtab.cli import docs
from trimtab.cli.config_reference import EXAMPLE, page, rows
from trimtab.config import Config, load

ROOT = Path(__file__).parents[2]


def test_the_committed_pages_are_up_to_date() -> None:
    """What `make check` checks."""
    for path, text in docs.pages().items():
        assert (ROOT / path).read_text(encoding="utf-8") == text, f"{path}: run `make docs`"


def test_the_example_is_a_configuration(home: Path) -> None:
    """The example loads, and means what its comments say."""
    (home / "trimtab.toml").write_text(EXAMPLE)
    config = load()
    assert EXAMPLE in page()
    assert set(tomllib.loads(EXAMPLE)) <= set(Config.model_fields)
    assert config.content.allows("threads", "legal")
    assert not config.content.allows("answers", "legal")
    assert config.upstreams["models"].url == "https://models.internal.example"
    assert config.prices["house-model-7b"].read == 0.02


def test_every_setting_is_described() -> None:
    """No setting has an empty description, type or default, and none of a later version is forgotten."""
    found = [row for name, field in Config.model_fields.items() for row in rows((name,), field)]
    assert len(found) > 50
    assert [row.name for row in found if not (row.description and row.kind and row.default)] == []


def test_the_variables_on_the_page_are_read(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each variable that the page gives for a plain setting changes that setting."""
    found = [row for name, field in Config.model_fields.items() for row in rows((name,), field)]
    plain = [row for row in found if "<" not in row.name and row.kind.startswith("whole number")]
    assert plain
    for row in plain:
        default = int(re.sub(r"\D", "", row.default.split(" ", maxsplit=1)[0]))
        group, field = row.path
        monkeypatch.setenv(row.variable.strip("`"), str(default + 1))
        assert getattr(getattr(load(), group), field) == default + 1


def test_every_command_has_its_help_on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """The width of the terminal makes no difference, nor do colours."""
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("FORCE_COLOR", "1")
    text = docs.command_page()
    monkeypatch.setenv("COLUMNS", "200")
    assert docs.command_page() == text
    assert "\x1b" not in text
    for name in ("serve", "replay", "doctor", "explain", "report", "config hash-key", "data purge", "version"):
        assert f"## trimtab {name}\n" in text


def test_check_tells_and_writing_repairs(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A stale page fails the check with the lines that differ, and nothing is written by it."""
    (home / "pyproject.toml").write_text("")
    assert docs.main([], root=home) == 0
    assert docs.main(["--check"], root=home) == 0
    stale = home / "docs" / "configuration.md"
    stale.write_text(stale.read_text().replace("8787", "8788"))
    capsys.readouterr()
    assert docs.main(["--check"], root=home) == 1
    told = capsys.readouterr()
    assert "8788" in told.out
    assert "run `make docs`" in told.err
    assert "8788" in stale.read_text()
    assert docs.main([], root=home) == 0
    assert "8788" not in stale.read_text()


def test_outside_a_checkout_nothing_is_written(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An installed package has no docs folder to write to."""
    assert docs.main([], root=home) == 1
    assert "is not the repository" in capsys.readouterr().err
    assert list(home.iterdir()) == []
