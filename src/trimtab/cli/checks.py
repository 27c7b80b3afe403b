"""What `trimtab doctor` looks at, beside the store and the network: Python, the configuration, prices."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from trimtab.cli.origins import unread_variables
from trimtab.config import DEFAULT_FILE, Config, load, provider_of
from trimtab.errors import ConfigError, TrimtabError

Verdict = Literal["ok", "warn", "fail"]
OLDEST_PYTHON = (3, 11)


@dataclass(frozen=True)
class Check:
    """One line of the doctor: what was looked at, how it is, and what to do where it is not well."""

    subject: str
    verdict: Verdict
    finding: str
    remedy: str = ""


def check_python() -> Check:
    """Whether this Python is one that trimtab runs on."""
    version = ".".join(map(str, sys.version_info[:3]))
    finding = f"{version} with SQLite {sqlite3.sqlite_version}"
    if sys.version_info < OLDEST_PYTHON:
        wanted = ".".join(map(str, OLDEST_PYTHON))
        return Check("python", "fail", finding, f"install trimtab under Python {wanted} or later")
    return Check("python", "ok", finding)


def check_config(file: Path | None) -> tuple[Config | None, list[Check]]:
    """The configuration, where it is right, and what is to be said about it."""
    chosen = file or Path(DEFAULT_FILE)
    try:
        config = load(file)
    except ConfigError as error:
        return None, [Check("config", "fail", str(error), "correct it; `trimtab config check` looks again")]
    finding = f"{chosen} is right" if file or chosen.exists() else f"no {DEFAULT_FILE} here: defaults and environment"
    found = [Check("config", "ok", finding), *(Check("config", "warn", doubt) for doubt in doubts(config))]
    return config, [*found, *_check_exposure(config)]


def _check_exposure(config: Config) -> list[Check]:
    from trimtab.gateway.auth import check_exposure, on_loopback

    try:
        check_exposure(config)
    except ConfigError as error:
        return [Check("auth", "fail", str(error), "`trimtab serve` refuses to start like this")]
    if config.auth.mode == "pass_through" and not on_loopback(config.server.host):
        finding = f"anybody who reaches {config.server.host} may use the gateway with a provider key of their own"
        return [Check("auth", "warn", finding, 'set auth.mode = "gateway_keys" unless that is meant')]
    return []


def doubts(config: Config) -> Iterator[str]:
    """What is allowed and probably not meant."""
    for name in unread_variables(config):
        yield f"the environment variable {name} is no setting and is not read (see docs/configuration.md)"
    for name, upstream in config.upstreams.items():
        if upstream.provider == "unknown" and provider_of(upstream.url) == "unknown":
            yield (
                f"upstreams.{name}.provider is not set: whose prompt cache stands behind {upstream.url} is not known, "
                "so none is counted on; set it to openai or anthropic"
            )
    routed = {route.upstream for route in config.routes} | {config.background.upstream}
    for name in config.upstreams:
        if name not in routed:
            yield f"upstreams.{name}: no route leads to it, so no request goes there; add one to routes"
    if config.store.path == ":memory:" and config.server.workers > 1:
        yield f"store.path = ':memory:' with server.workers = {config.server.workers}: each has a store of its own"
    background = config.background
    if background.model and not os.environ.get(background.key_env, ""):
        yield f"background.key_env = {background.key_env!r}: the variable is empty, so background calls will be refused"


def check_prices(config: Config | None) -> Check:
    """Whether models have prices."""
    from trimtab.pricing import PriceList

    own = {} if config is None else config.prices
    try:
        known = PriceList(own).of("gpt-4o", "openai") is not None
    except (ImportError, TrimtabError) as error:
        return Check("prices", "fail", f"the price list cannot be read: {error}", "install trimtab again")
    if not known:
        return Check("prices", "warn", "the built-in price list is empty", "install a newer genai-prices")
    return Check("prices", "ok", f"built-in list loaded, {len(own)} of your own")
