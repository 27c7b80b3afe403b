"""`trimtab config`: where values come from, what is wrong with them, and hashes of keys."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Trim


def shown(trim: Trim, *arguments: str) -> dict[str, Any]:
    result = trim("config", "show", "--json", *arguments)
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)  # type: ignore[no-any-return]


def test_show_says_where_each_value_comes_from(trim: Trim, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Default, file and environment are told apart, setting by setting within one group."""
    (home / "trimtab.toml").write_text("[server]\nport = 9000\nworkers = 2\n")
    monkeypatch.setenv("TRIMTAB_SERVER__PORT", "9001")
    found = shown(trim)
    assert found["server.port"] == {"value": 9001, "from": "TRIMTAB_SERVER__PORT"}
    assert found["server.workers"] == {"value": 2, "from": "file"}
    assert found["server.host"] == {"value": "127.0.0.1", "from": "default"}


def test_show_knows_a_group_that_was_given_as_json(trim: Trim, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a JSON variable leaves out is a default, not from the environment."""
    monkeypatch.setenv("TRIMTAB_CACHE", '{"exact": false}')
    found = shown(trim)
    assert found["cache.exact"] == {"value": False, "from": "TRIMTAB_CACHE"}
    assert found["cache.ttl_s"]["from"] == "default"


def test_show_knows_what_a_stronger_source_replaced_whole(
    trim: Trim, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list or the upstreams from the environment leave nothing of the file's behind."""
    (home / "trimtab.toml").write_text(
        '[upstreams.a]\nurl = "http://file.example"\nread_timeout_s = 5\n[[routes]]\nupstream = "a"\nmodel = "gpt-*"\n'
    )
    monkeypatch.setenv("TRIMTAB_UPSTREAMS", '{"a": {"url": "http://environment.example"}}')
    monkeypatch.setenv("TRIMTAB_ROUTES", '[{"upstream": "a"}]')
    found = shown(trim)
    assert found["upstreams.a.url"] == {"value": "http://environment.example", "from": "TRIMTAB_UPSTREAMS"}
    assert found["upstreams.a.read_timeout_s"] == {"value": 600.0, "from": "default"}
    assert found["routes.0.upstream"]["from"] == "TRIMTAB_ROUTES"
    assert found["routes.0.model"] == {"value": "*", "from": "default"}


def test_show_prints_no_secret(trim: Trim, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither passwords in URLs nor store keys nor the tokens of subjects appear, as table and as JSON."""
    monkeypatch.setenv("TRIMTAB_STORE_KEY", "5e" * 32)
    (home / "trimtab.toml").write_text(
        '[upstreams.a]\nurl = "https://user:hunter2@models.example/v1"\n[[routes]]\nupstream = "a"\n'
        '[auth.subjects]\n"tok-very-secret" = "acme"\n'
    )
    for result in (trim("config", "show"), trim("config", "show", "--json")):
        assert result.exit_code == 0
        assert "https://***@models.example" in result.stdout
        assert "acme" in result.stdout
        for secret in ("hunter2", "very-secret", "5e5e"):
            assert secret not in result.stdout + result.stderr


def test_check_accepts_defaults_and_a_right_file(trim: Trim, home: Path) -> None:
    """Exit code 0, and the file that was looked at by its name."""
    assert "no trimtab.toml here" in trim("config", "check").stdout
    (home / "mine.toml").write_text("[server]\nport = 9000\n")
    result = trim("config", "check", "--config", "mine.toml")
    assert (result.exit_code, result.stdout) == (0, "mine.toml: the configuration is right\n")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[server\n", "is not valid TOML"),
        ("[server]\nport = 99999\n", "server.port = 99999"),
        ("[servre]\nport = 1\n", "servre: there is no such setting"),
        ('[[routes]]\nupstream = "nobody"\n', "routes.0.upstream = 'nobody': no such upstream"),
        ('[server]\nhost = "0.0.0.0"\n', "there are no gateway keys"),
    ],
)
def test_check_names_what_is_wrong(trim: Trim, home: Path, text: str, named: str) -> None:
    """Whatever would keep the gateway from starting is named in one line, with exit code 2."""
    (home / "trimtab.toml").write_text(text)
    result = trim("config", "check")
    assert result.exit_code == 2
    assert named in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_check_warns_of_variables_that_no_setting_reads(trim: Trim, monkeypatch: pytest.MonkeyPatch) -> None:
    """A typing error in a variable's name is seen; right names, and those of keys, are not warned of."""
    monkeypatch.setenv("TRIMTAB_SERVR__PORT", "9000")
    monkeypatch.setenv("TRIMTAB_PORT", "9000")
    monkeypatch.setenv("TRIMTAB_PRICES__mine__INPUT", "1")
    monkeypatch.setenv("TRIMTAB_PRICES__mine__OUTPUT", "1")
    monkeypatch.setenv("TRIMTAB_STORE_KEY", "ab" * 32)
    result = trim("config", "check")
    assert result.exit_code == 0
    warned = [line.split()[4] for line in result.stderr.splitlines() if "is no setting" in line]
    assert warned == ["TRIMTAB_PORT", "TRIMTAB_SERVR__PORT"]


def test_a_setting_that_a_group_does_not_have_is_wrong_in_the_environment_too(
    trim: Trim, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within a known group a wrong name is an error, from whichever source."""
    monkeypatch.setenv("TRIMTAB_SERVER__HTTP__PORT", "9000")
    result = trim("config", "check")
    assert result.exit_code == 2
    assert "server.http: there is no such setting" in result.stderr


def test_check_warns_of_what_is_probably_not_meant(trim: Trim, home: Path) -> None:
    """An upstream that no route leads to, a store for each worker, and background calls without a key."""
    (home / "trimtab.toml").write_text(
        '[server]\nworkers = 2\n[store]\npath = ":memory:"\n'
        '[background]\nmodel = "m"\nupstream = "a"\nkey_env = "NO_KEY"\n'
        '[upstreams.a]\nurl = "https://api.openai.com"\n[upstreams.b]\nurl = "https://api.anthropic.com"\n'
        '[[routes]]\nupstream = "a"\n'
    )
    result = trim("config", "check")
    assert result.exit_code == 0
    for said in ("upstreams.b: no route leads to it", "each has a store of its own", "background.key_env = 'NO_KEY'"):
        assert said in result.stderr
    assert "provider is not set" not in result.stderr


def test_check_warns_of_an_upstream_whose_cache_is_unknown(trim: Trim, home: Path) -> None:
    """A provider that cannot be guessed from the URL costs savings, so it is said."""
    (home / "trimtab.toml").write_text('[upstreams.a]\nurl = "http://a.example"\n[[routes]]\nupstream = "a"\n')
    assert "upstreams.a.provider is not set" in trim("config", "check").stderr


def test_hash_key_reads_a_key_and_prints_only_its_hash(trim: Trim) -> None:
    """The line end does not count; the key itself is not repeated."""
    key = "a-long-enough-gateway-key"
    result = trim("config", "hash-key", given=f"{key}\n")
    assert result.stdout == sha256(key.encode()).hexdigest() + "\n"
    assert not result.stderr


def test_hash_key_generates_a_key_that_has_the_hash(trim: Trim) -> None:
    """Key and hash belong together, and no two keys are the same."""
    made = [dict(line.split() for line in trim("config", "hash-key", "--generate").stdout.splitlines()) for _ in "ab"]
    assert made[0]["key"] != made[1]["key"]
    for each in made:
        assert each["sha256"] == sha256(each["key"].encode()).hexdigest()


@pytest.mark.parametrize("given", ["", "\n", " key with a blank before it\n"])
def test_hash_key_refuses_what_is_no_key(trim: Trim, given: str) -> None:
    """Nothing, and blanks that would be hashed along, are an error."""
    result = trim("config", "hash-key", given=given)
    assert result.exit_code == 2
    assert "give the key alone" in result.stderr


def test_hash_key_warns_of_a_key_that_can_be_guessed(trim: Trim) -> None:
    """A short key is hashed, with a warning on stderr that leaves stdout usable."""
    result = trim("config", "hash-key", given="secret\n")
    assert result.stdout == sha256(b"secret").hexdigest() + "\n"
    assert "can be guessed" in result.stderr
