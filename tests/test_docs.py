"""The pages say what is so: links lead somewhere, code runs, commands, settings, files and tests exist."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from tests.conftest import Clock
from trimtab import config
from trimtab.gateway.auth import check_exposure
from trimtab.optimizer import Optimizer
from trimtab.store import Put

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(
    page
    for folder in (ROOT, ROOT / "docs", ROOT / "deploy", ROOT / "examples", ROOT / "benchmarks")
    for page in folder.glob("*.md")
)
CODE = "\n".join(path.read_text() for path in sorted((ROOT / "tests").rglob("*.py")))
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))

_FENCE = re.compile(r"^([ ]*)```(\w*)\n(.*?)^\1```", re.S | re.M)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_INLINE = re.compile(r"`([^`\n]+)`")


def blocks(page: Path, *languages: str) -> list[str]:
    """The fenced blocks of a page in one of the languages, without their indentation."""
    found = []
    for indent, language, text in _FENCE.findall(page.read_text()):
        if language in languages:
            found.append("".join(line.removeprefix(indent) for line in text.splitlines(keepends=True)))
    return found


def prose(page: Path) -> str:
    return _FENCE.sub("", page.read_text())


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub gives to a page's headings."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@every_page
def test_every_relative_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    for link in _LINK.findall(prose(page)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{link} leads nowhere"
        assert target.is_relative_to(ROOT), f"{link} leads out of the repository"
        assert not anchor or anchor in anchors(target), f"{link}: there is no such heading"


@every_page
def test_every_python_block_compiles_and_those_of_ours_alone_run(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for number, block in enumerate(blocks(page, "python", "py")):
        code = compile(block, f"{page.name}, Python block {number}", "exec")
        imported = set(re.findall(r"^(?:from|import) (\w+)", block, re.M))
        if "trimtab" in imported and "asyncio.run" in block:
            exec(code, {"__name__": "__main__"})


@every_page
def test_every_configuration_in_a_page_can_be_loaded_and_started(page: Path, tmp_path: Path) -> None:
    for block in blocks(page, "toml"):
        tomllib.loads(block)
        if block.startswith("# trimtab.toml"):
            file = tmp_path / "trimtab.toml"
            file.write_text(block)
            check_exposure(config.load(file))


@every_page
def test_every_yaml_block_is_yaml(page: Path) -> None:
    for block in blocks(page, "yaml", "yml"):
        assert yaml.safe_load(block)


# -- commands -------------------------------------------------------------------------------------------------


def commands(page: Path) -> Iterator[tuple[list[str], bool]]:
    """The command lines of trimtab in a page, and whether each stands there to be run as it is."""
    for block in blocks(page, "sh", "bash", "shell", "console", "ini"):
        for line in block.splitlines():
            words = shlex.split(line.removeprefix("$ "), comments=True)
            while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
                words = words[1:]
            if words and Path(words[0]).name == "trimtab":
                yield words[1:], True
    for code in _INLINE.findall(prose(page)):
        if code.startswith("trimtab ") and "…" not in code:
            yield shlex.split(code)[1:], False


def known_options(command: Any) -> set[str]:
    return {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}


def command_of(words: list[str]) -> tuple[Any, list[str]]:
    """The command that a line names, and its arguments."""
    typer = pytest.importorskip("typer")
    cli = pytest.importorskip("trimtab.cli")
    command = typer.main.get_command(cli.app)
    while words and not words[0].startswith("-") and hasattr(command, "commands"):
        assert words[0] in command.commands, f"there is no command {words[0]!r} in {command.name}"
        command, words = command.commands[words[0]], words[1:]
    return command, words


@every_page
def test_every_command_line_names_a_command_and_options_that_exist(page: Path) -> None:
    for words, whole in commands(page):
        command, arguments = command_of(words)
        for argument in arguments:
            option = argument.partition("=")[0]
            if option.startswith("-") and option not in ("-", "--help", "-h"):
                assert option in known_options(command), f"trimtab {shlex.join(words)}: no option {option}"
        if whole and not hasattr(command, "commands"):
            command.make_context(command.name, list(arguments))  # raises where the line could not be run


# -- names ----------------------------------------------------------------------------------------------------


@every_page
def test_every_setting_that_a_page_names_exists(page: Path) -> None:
    groups = "|".join(config.Config.model_fields)
    for code in _INLINE.findall(prose(page)):
        if (name := re.match(rf"(?:{groups})(?:\.\w+)+(?= = |$)", code)) is None or name[0].endswith((".py", ".md")):
            continue
        kind: Any = config.Config
        for step in name[0].split("."):
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                assert step in kind.model_fields, f"there is no setting {name[0]}"
                kind = kind.model_fields[step].annotation
            else:  # the name of an entry, or a list that is written without its index
                kind = next(
                    (a for a in getattr(kind, "__args__", ()) if isinstance(a, type) and issubclass(a, BaseModel)), None
                )
                if isinstance(kind, type) and step in kind.model_fields:
                    kind = kind.model_fields[step].annotation


@every_page
def test_every_source_file_that_a_page_names_exists(page: Path) -> None:
    for code in _INLINE.findall(prose(page)):
        if re.fullmatch(r"[\w/]+\.py|(?:\w+/)+", code):
            homes = (ROOT, ROOT / "src" / "trimtab", page.parent)
            assert any((home / code).exists() for home in homes), f"there is no {code}"


@every_page
def test_every_test_that_a_page_names_exists(page: Path) -> None:
    for name in re.findall(r"`(test_\w+)`", prose(page)):
        assert re.search(rf"^ *(?:async )?def {name}\(", CODE, re.M), f"there is no {name}"


# -- papers ---------------------------------------------------------------------------------------------------


def test_the_licence_is_the_one_that_the_package_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    text = (ROOT / "LICENSE").read_text()
    assert project["license"] == "Apache-2.0"
    assert project["license-files"] == ["LICENSE"]
    assert "Apache License\n                           Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_the_changelog_tells_of_this_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    headings = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(), re.M)
    assert headings[0] == "Unreleased"
    assert project["version"] in headings


# -- content at rest ------------------------------------------------------------------------------------------

AT_REST = ROOT / "docs" / "content-at-rest.md"


def test_every_namespace_of_the_store_stands_in_the_page_on_content() -> None:
    source = "\n".join(path.read_text() for path in (ROOT / "src" / "trimtab").rglob("*.py"))
    used = set(re.findall(r'\bPut\(\s*f?"(\w+)', source)) | set(
        re.findall(r'^(?:_NAMESPACE|KIND|USE) = "(\w+)"', source, re.M)
    )
    rows = [line for line in AT_REST.read_text().splitlines() if line.startswith("| `")]
    told = {name for line in rows for name in re.findall(r"^\| `(\w+)(?::TENANT)?`", line)}
    assert {"blob", "thread", "cached", "secret"} <= used
    assert used <= told


async def test_content_goes_when_the_page_says_so(tmp_path: Path, clock: Clock) -> None:
    """The bound of `content.retention_s` holds for content, whatever time of its own it was given, and for it alone."""
    settings = config.Config(store={"path": str(tmp_path / "kept.db")}, content={"retention_s": 60})  # type: ignore[arg-type]
    async with await Optimizer.open(settings, clock=clock) as optimizer:
        for key, content in (("text", True), ("state", False)):
            await optimizer.store.put(Put("blob:acme", key, b"...", 3600.0, "acme", "t", content=content))
        clock.advance(61)
        assert await optimizer.store.get("blob:acme", "text") is None
        assert await optimizer.store.get("blob:acme", "state") is not None
