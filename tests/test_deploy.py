"""The deployment files fit each other, the package and its configuration. No container is built here."""

from __future__ import annotations

import re
import shlex
import tomllib
from configparser import RawConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from trimtab import config
from trimtab.errors import ConfigError
from trimtab.gateway.auth import check_exposure

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
DOCKERFILE = (DEPLOY / "Dockerfile").read_text().replace("\\\n", " ")
GRACE_S = config.Server().shutdown_grace_s  # type: ignore[call-arg]


@pytest.fixture
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return loaded


@pytest.fixture
def unit() -> RawConfigParser:
    parser = RawConfigParser(delimiters=("=",), comment_prefixes=("#",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string((DEPLOY / "trimtab.service").read_text())
    return parser


def instructions(name: str) -> list[str]:
    return re.findall(rf"^{name} +(.+)$", DOCKERFILE, re.M)


def image_environment() -> dict[str, str]:
    return dict(re.findall(r"(\w+)=(\S+)", " ".join(instructions("ENV"))))


def set_all(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], folder: Path) -> None:
    """The environment of a container: these variables of ours and no others."""
    monkeypatch.chdir(folder)
    for name, value in variables.items():
        if name.startswith("TRIMTAB_"):
            monkeypatch.setenv(name, value)


# -- the image ------------------------------------------------------------------------------------------------


def test_the_image_s_python_is_one_that_the_package_supports() -> None:
    versions = set(re.findall(r"^FROM python:(\d+\.\d+)-", DOCKERFILE, re.M))
    (version,) = versions
    assert SpecifierSet(PROJECT["requires-python"]).contains(version)
    assert f"Programming Language :: Python :: {version}" in PROJECT["classifiers"]


def test_the_image_installs_what_the_project_pins() -> None:
    assert "--constraint constraints.txt ." in DOCKERFILE
    pins = dict(re.findall(r"^([\w.-]+)==(.+)$", (ROOT / "constraints.txt").read_text(), re.M))
    pinned = {name.lower().replace("_", "-"): version for name, version in pins.items()}
    for line in PROJECT["dependencies"]:
        needed = Requirement(line)
        name = needed.name.lower().replace("_", "-")
        assert needed.specifier.contains(pinned[name]), f"{line}, pinned {pinned[name]}"


def test_everything_that_the_image_copies_is_there() -> None:
    for copied in instructions("COPY"):
        if not copied.startswith("--from"):
            for source in copied.split()[:-1]:
                assert (ROOT / source).exists(), source
    assert PROJECT["readme"] in " ".join(instructions("COPY"))


def test_the_image_runs_without_root_and_listens_where_it_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    set_all(monkeypatch, image_environment(), tmp_path)
    loaded = config.load()
    assert instructions("USER") == ["trimtab"]
    assert instructions("EXPOSE") == [str(loaded.server.port)]
    assert f"'127.0.0.1', {loaded.server.port}" in DOCKERFILE
    assert loaded.store.path.startswith(f"{instructions('VOLUME')[0]}/")


def test_the_image_alone_refuses_to_be_open_to_everybody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    set_all(monkeypatch, image_environment(), tmp_path)
    with pytest.raises(ConfigError, match="no gateway keys"):
        check_exposure(config.load())


def test_the_health_check_is_a_program(tmp_path: Path) -> None:
    (check,) = re.findall(r'CMD \["python", "-c", "(.+)"\]', DOCKERFILE)
    compile(check, "HEALTHCHECK", "exec")


# -- compose --------------------------------------------------------------------------------------------------


def test_compose_starts_the_gateway_as_it_is_configured(
    compose: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    gateway = compose["services"]["gateway"]
    assert (DEPLOY / gateway["build"]["context"] / gateway["build"]["dockerfile"]).resolve() == DEPLOY / "Dockerfile"
    assert gateway["image"] == f"trimtab:{PROJECT['version']}"
    environment = {name: re.sub(r"\$\{\w+:-(.*)\}", r"\1", value) for name, value in gateway["environment"].items()}
    set_all(monkeypatch, image_environment() | environment, tmp_path)
    loaded = config.load()
    check_exposure(loaded)
    assert loaded.store.key_env in environment


def test_compose_publishes_on_loopback_and_keeps_the_store_on_a_volume(compose: dict[str, Any]) -> None:
    gateway = compose["services"]["gateway"]
    assert all(port.startswith("127.0.0.1:") for port in gateway["ports"])
    assert gateway["read_only"] is True
    assert gateway["cap_drop"] == ["ALL"]
    mounted = dict(volume.split(":")[:2] for volume in gateway["volumes"])
    assert mounted == {"data": instructions("VOLUME")[0]}
    assert set(mounted) <= set(compose["volumes"])


def test_redis_is_there_for_those_who_ask_and_nothing_needs_it(compose: dict[str, Any]) -> None:
    assert compose["services"]["redis"]["profiles"] == ["redis"]
    assert "depends_on" not in compose["services"]["gateway"]
    assert not any("redis" in str(value) for value in compose["services"]["gateway"].values())


# -- systemd --------------------------------------------------------------------------------------------------


def test_the_unit_runs_a_command_line_that_exists(unit: RawConfigParser) -> None:
    typer = pytest.importorskip("typer")
    cli = pytest.importorskip("trimtab.cli")
    program, command, *arguments = shlex.split(unit["Service"]["ExecStart"])
    assert program.endswith("/.venv/bin/trimtab")
    served = typer.main.get_command(cli.app).commands[command]
    context = served.make_context(command, arguments)
    state = f"/var/lib/{unit['Service']['StateDirectory']}"
    assert context.params["store"].startswith(f"{state}/")
    assert unit["Service"]["WorkingDirectory"] == state


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("DynamicUser", "yes"),
        ("NoNewPrivileges", "yes"),
        ("ProtectSystem", "strict"),
        ("ProtectHome", "yes"),
        ("PrivateTmp", "yes"),
        ("PrivateDevices", "yes"),
        ("CapabilityBoundingSet", ""),
        ("RestrictAddressFamilies", "AF_INET AF_INET6 AF_UNIX"),
        ("SystemCallFilter", "@system-service"),
        ("StateDirectoryMode", "0700"),
        ("UMask", "0077"),
    ],
)
def test_the_unit_is_hardened(unit: RawConfigParser, setting: str, value: str) -> None:
    assert unit["Service"][setting] == value


def test_supervisors_wait_longer_than_running_streams_may_take(compose: dict[str, Any], unit: RawConfigParser) -> None:
    assert float(unit["Service"]["TimeoutStopSec"]) > GRACE_S
    assert float(compose["services"]["gateway"]["stop_grace_period"].removesuffix("s")) > GRACE_S
