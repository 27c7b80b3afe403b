"""`trimtab serve`: what its options mean, what it refuses, and the running process."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.cli.conftest import Trim
from trimtab.cli.options import settings
from trimtab.cli.serve import Behind, overrides
from trimtab.errors import ConfigError


def test_options_win_over_the_file_and_leave_the_rest_of_it(home: Path) -> None:
    """A port on the command line beats that of the file; the file's other settings stay."""
    (home / "trimtab.toml").write_text(
        '[server]\nport = 9000\nworkers = 2\n[pipeline]\ndeadline_ms = 100\nmode = "off"\n'
    )
    config = settings(None, overrides(port=0, observe=True), store="other.db")
    assert (config.server.port, config.server.workers) == (0, 2)
    assert (config.pipeline.mode, config.pipeline.deadline_ms) == ("observe", 100)
    assert config.store.path == "other.db"


def test_without_options_nothing_is_overridden() -> None:
    """What is not given leaves file and environment alone, a port of 0 included."""
    assert overrides() == {"server": {}}
    assert overrides(port=0) == {"server": {"port": 0}}


@pytest.mark.parametrize(
    ("upstream", "provider", "expected"),
    [
        ("openai", None, ("https://api.openai.com", "openai")),
        ("anthropic", None, ("https://api.anthropic.com", "anthropic")),
        ("http://models.example/v1", None, ("http://models.example", "unknown")),
        ("http://models.example", Behind.anthropic, ("http://models.example", "anthropic")),
    ],
)
def test_one_upstream_takes_all_requests(upstream: str, provider: Behind | None, expected: tuple[str, str]) -> None:
    """A name or a URL, with or without /v1, becomes the only upstream; --provider says what stands behind it."""
    config = settings(None, overrides(upstream=upstream, provider=provider))
    (only,) = config.upstreams.values()
    assert (only.url, only.provider) == expected
    assert [(route.path, route.upstream) for route in config.routes] == [("/v1/", "default")]


def test_a_provider_without_an_upstream_is_refused() -> None:
    """--provider alone would do nothing, so it is an error."""
    with pytest.raises(ConfigError, match="--upstream URL"):
        overrides(provider=Behind.openai)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--upstream", "mistral"], "--upstream 'mistral': give a URL"),
        (["--host", "0.0.0.0"], "there are no gateway keys"),
        (["--port", "70000"], "server.port = 70000"),
        (["--config", "nowhere.toml"], "cannot read the config file nowhere.toml"),
    ],
)
def test_what_cannot_be_served_is_refused_in_a_sentence(trim: Trim, arguments: list[str], sentence: str) -> None:
    """Nothing starts, exit code 2, one line on stderr, no secret in it."""
    result = trim("serve", *arguments)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert "secret" not in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_the_gateway_serves_until_it_is_asked_to_end(gateway_url: str, home: Path) -> None:
    """The line on stdout names the address, requests are served there, the store is where --store says."""
    with urlopen(f"{gateway_url}/healthz", timeout=10) as answer:
        assert json.load(answer)["status"] == "ok"
    assert (home / "gateway.db").exists()
