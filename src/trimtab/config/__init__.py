"""One typed configuration: defaults, then the file, then the environment, then arguments.

Environment variables are ``TRIMTAB_`` plus the path with double underscores: ``TRIMTAB_SERVER__PORT=9000``.
`docs/configuration.md` is generated from these types.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeAlias

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from trimtab.config.cache import CacheRule, CacheSettings
from trimtab.config.group import Group
from trimtab.errors import ConfigError

__all__ = [
    "DEFAULT_FILE",
    "KNOWN_UPSTREAMS",
    "Auth",
    "BackgroundSettings",
    "CacheRule",
    "CacheSettings",
    "Config",
    "Content",
    "ContentOverride",
    "GatewayKey",
    "Group",
    "LedgerSettings",
    "LosslessSettings",
    "Mode",
    "PipelineSettings",
    "PrefixSettings",
    "Price",
    "Provider",
    "Route",
    "Server",
    "StoreSettings",
    "Upstream",
    "load",
    "provider_of",
    "single_upstream",
]

Provider: TypeAlias = Literal["openai", "anthropic", "unknown"]
Mode: TypeAlias = Literal["on", "observe", "off"]
DEFAULT_FILE = "trimtab.toml"
KNOWN_UPSTREAMS: dict[str, str] = {"openai": "https://api.openai.com", "anthropic": "https://api.anthropic.com"}


class Server(Group):
    """Where the gateway listens."""

    host: str = Field("127.0.0.1", description="Address to bind. Anything but loopback needs `auth`.")
    port: int = Field(8787, ge=0, le=65535, description="Port; 0 takes a free one.")
    workers: int = Field(1, ge=1, le=64, description="Worker processes.")
    max_body_bytes: int = Field(64 << 20, ge=1024, description="Larger request bodies are answered with 413.")
    shutdown_grace_s: float = Field(30.0, ge=0, description="How long running streams may take to finish on shutdown.")
    proxy_from_env: bool = Field(
        False, description="Reach providers through the proxy that HTTP_PROXY, HTTPS_PROXY and NO_PROXY name."
    )


class Upstream(Group):
    """A model provider. The URL may end in /v1 or not."""

    url: str = Field(description="Base URL, with or without /v1.")
    provider: Provider = Field(
        "unknown", description="Whose prompt cache and request fields to count on; guessed from known URLs."
    )
    connect_timeout_s: float = Field(10.0, gt=0, description="Time to open a connection.")
    read_timeout_s: float = Field(600.0, gt=0, description="Longest silence before an answer or between two chunks.")
    subject_claim: str = Field(
        "", description="JWT claim that names the stable owner of a rotating bearer token, for instance `sub`."
    )

    @field_validator("url")
    @classmethod
    def _base(cls, url: str) -> str:
        if not url.startswith(("http://", "https://")):
            raise ValueError(f"{url!r} is not an http:// or https:// URL")
        return url.rstrip("/").removesuffix("/v1")


class Route(Group):
    """Sends some requests to one upstream. The first route that matches wins."""

    upstream: str = Field(description="Name of an entry of `upstreams`.")
    path: str = Field("/v1/", description="Path prefix.")
    model: str = Field("*", description="Shell pattern of the model name.")
    header: str = Field("", description="Only requests that carry this header, for instance `anthropic-version`.")


class GatewayKey(Group):
    """A key that callers present, at rest only as its hash."""

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the key in hex (`trimtab config hash-key`).")
    tenant: str = Field(min_length=1, description="Tenant that the key stands for.")
    provider_key_env: str = Field("", description="Environment variable with the provider key to send in its place.")


class Auth(Group):
    """Who may call, and which tenant a call belongs to."""

    mode: Literal["auto", "gateway_keys", "pass_through"] = Field(
        "auto",
        description="`auto`: callers on loopback are told apart by their own provider key; other addresses need "
        "gateway keys. `pass_through`: the same on any address, chosen explicitly.",
    )
    keys: tuple[GatewayKey, ...] = Field((), description="Gateway keys, sent as `x-trimtab-key`.")
    subjects: dict[str, str] = Field(
        default_factory=dict, description="Tenant by token prefix, for rotating tokens without a readable subject."
    )


class StoreSettings(Group):
    """Where state, answers and the ledger lie."""

    path: str = Field("trimtab.db", description="SQLite file, `:memory:`, or the URL of a Redis (`redis://…`).")
    max_bytes: int = Field(2 << 30, ge=1 << 20, description="Size bound; the oldest content goes first.")
    sweep_every_s: float = Field(60.0, gt=0, description="How often expired entries are deleted.")
    key_env: str = Field("TRIMTAB_STORE_KEY", description="Environment variable with the key that encrypts content.")


class Content(Group):
    """Which texts of requests and answers may be kept at rest. What is off is kept in memory at most."""

    threads: bool = Field(True, description="Renderings of edited messages, so that a thread survives a restart.")
    answers: bool = Field(True, description="Answers, for the cache.")
    retention_s: float = Field(7 * 86400.0, gt=0, description="How long content is kept after it was written.")
    tenants: dict[str, ContentOverride] = Field(default_factory=dict, description="Exceptions by tenant.")

    def allows(self, kind: Literal["threads", "answers"], tenant: str) -> bool:
        """Whether ``kind`` may be kept at rest for ``tenant``."""
        override = self.tenants.get(tenant)
        chosen = getattr(override, kind) if override else None
        return bool(getattr(self, kind) if chosen is None else chosen)


class ContentOverride(Group):
    """The content policy of one tenant; what is absent follows the general one."""

    threads: bool | None = Field(None, description="In place of `content.threads`.")
    answers: bool | None = Field(None, description="In place of `content.answers`.")


class PipelineSettings(Group):
    """How the stages run together."""

    mode: Mode = Field("on", description="`observe` computes and records what would be done and changes nothing.")
    deadline_ms: float = Field(250.0, gt=0, description="Time for all stages; what is late is left out.")
    cpu_threads: int = Field(2, ge=1, le=64, description="Worker threads for work over a millisecond.")
    thread_retention_s: float = Field(7 * 86400.0, gt=0, description="How long an idle thread is remembered.")
    max_rounds: int = Field(3, ge=1, le=10, description="Upstream calls behind one answer that internal tools may use.")


class LosslessSettings(Group):
    """Savings that lose nothing."""

    tools: bool = Field(True, description="Minify JSON schemas of tools.")
    system: bool = Field(True, description="Minify pretty-printed JSON blocks in the system text.")
    results: bool = Field(True, description="Minify pretty-printed JSON in tool results.")
    references: bool = Field(True, description="Replace later copies of identical blocks within a thread.")
    min_reference_tokens: int = Field(64, ge=16, description="Smaller repeats are left alone.")


class PrefixSettings(Group):
    """What makes the provider's own prompt cache hit."""

    breakpoints: bool = Field(True, description="Set prompt-cache breakpoints where the client set none.")
    cache_key: bool = Field(True, description="Set a stable `prompt_cache_key` where absent.")
    tool_order: bool = Field(True, description="Keep the order in which the tools of a thread were first seen.")
    move_volatile: bool = Field(
        False, description="Move volatile lines (dates, ids) of the system text behind the stable part."
    )
    min_tokens: int = Field(
        0, ge=0, description="Leave requests shorter than this alone; what the provider does not cache is anyway."
    )


class BackgroundSettings(Group):
    """Model calls on trimtab's own account. Off until a model is configured."""

    model: str = Field("", description="Model to call; empty switches background calls off.")
    upstream: str = Field("", description="Entry of `upstreams` to call.")
    key_env: str = Field("", description="Environment variable with the credential for these calls.")
    max_usd_per_day: float = Field(1.0, ge=0, description="Budget in dollars per day (UTC).")
    max_calls_per_hour: int = Field(200, ge=0, description="Budget in calls per hour.")
    concurrency: int = Field(1, ge=1, le=16, description="Calls under way at once.")


class LedgerSettings(Group):
    """The record of every request in tokens and money."""

    retention_days: float = Field(90.0, gt=0, description="How long rows are kept.")
    max_rows: int = Field(2_000_000, ge=1000, description="Bound on rows; the oldest go first.")


class Price(Group):
    """Dollars per million tokens of a model that the price list does not know, or knows wrongly."""

    input: float = Field(ge=0, description="Input that is neither read from the provider's cache nor written to it.")
    output: float = Field(ge=0, description="Output.")
    read: float | None = Field(None, ge=0, description="Cache read; `input` if absent.")
    written: float | None = Field(None, ge=0, description="Cache write; `input` if absent.")


class Config(BaseSettings):
    """Everything that can be set."""

    model_config = SettingsConfigDict(env_prefix="TRIMTAB_", env_nested_delimiter="__", extra="forbid", frozen=True)

    server: Server = Server()  # type: ignore[call-arg]
    upstreams: dict[str, Upstream] = Field(
        default_factory=lambda: {
            name: Upstream(url=url, provider=name)  # type: ignore[arg-type,call-arg]
            for name, url in KNOWN_UPSTREAMS.items()
        }
    )
    routes: tuple[Route, ...] = (
        Route(upstream="anthropic", path="/v1/messages"),  # type: ignore[call-arg]
        Route(upstream="anthropic", path="/v1/", header="anthropic-version"),  # type: ignore[call-arg]
        Route(upstream="openai", path="/v1/"),  # type: ignore[call-arg]
    )
    auth: Auth = Auth()  # type: ignore[call-arg]
    store: StoreSettings = StoreSettings()  # type: ignore[call-arg]
    content: Content = Content()  # type: ignore[call-arg]
    pipeline: PipelineSettings = PipelineSettings()  # type: ignore[call-arg]
    cache: CacheSettings = CacheSettings()  # type: ignore[call-arg]
    lossless: LosslessSettings = LosslessSettings()  # type: ignore[call-arg]
    prefix: PrefixSettings = PrefixSettings()  # type: ignore[call-arg]
    background: BackgroundSettings = BackgroundSettings()  # type: ignore[call-arg]
    ledger: LedgerSettings = LedgerSettings()  # type: ignore[call-arg]
    prices: dict[str, Price] = Field(default_factory=dict, description="Prices by model name, over the built-in list.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)  # `load` puts file, environment and arguments together, in that order


def load(file: str | Path | None = None, overrides: Mapping[str, Any] | None = None) -> Config:
    """Read the configuration.

    ``file`` must exist when given; otherwise ``trimtab.toml`` in the working directory is read if there.
    ``overrides`` (nested, from the command line) win over everything. Raises ConfigError.
    """
    path = Path(file) if file else Path(DEFAULT_FILE)
    values: dict[str, Any] = {}
    if file or path.exists():
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise ConfigError(f"cannot read the config file {path}: {error.strerror or error}") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path} is not valid TOML: {error}") from error
    try:
        values = _merged(values, EnvSettingsSource(Config)())
        config = Config(**_merged(values, overrides or {}))
    except (ValidationError, SettingsError) as error:
        source = f"{path}, the environment or arguments" if path.exists() else "the environment or arguments"
        raise ConfigError(_in_words(error, source)) from error
    _check_references(config)
    return config


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for name, value in over.items():
        inner = merged.get(name)
        deep = isinstance(value, Mapping) and isinstance(inner, Mapping) and name not in ("upstreams",)
        merged[name] = _merged(inner, value) if deep else value  # type: ignore[arg-type]
    return merged


def _in_words(error: ValidationError | SettingsError, source: str) -> str:
    """Every problem on a line: the field, the value, what would be right."""
    if isinstance(error, SettingsError):
        return f"in the environment: {error}"
    lines = []
    for problem in error.errors():
        field = ".".join(str(part) for part in problem["loc"]) or "(top level)"
        if problem["type"] == "extra_forbidden":
            lines.append(f"{field}: there is no such setting (see docs/configuration.md)")
        else:
            lines.append(f"{field} = {problem['input']!r}: {problem['msg']}")
    return f"in {source}: " + "; ".join(lines)


def _check_references(config: Config) -> None:
    known = ", ".join(sorted(config.upstreams)) or "none"
    for index, route in enumerate(config.routes):
        if route.upstream not in config.upstreams:
            raise ConfigError(f"routes.{index}.upstream = {route.upstream!r}: no such upstream (there are: {known})")
    if config.background.model and config.background.upstream not in config.upstreams:
        chosen = config.background.upstream
        raise ConfigError(f"background.upstream = {chosen!r}: background calls need an upstream (there are: {known})")
    cache = config.cache
    if cache.embedder.startswith("openai:") and cache.embedder_upstream not in config.upstreams:
        chosen = cache.embedder_upstream
        raise ConfigError(f"cache.embedder_upstream = {chosen!r}: {cache.embedder} needs one (there are: {known})")
    for index, key in enumerate(config.auth.keys):
        if key.provider_key_env and key.provider_key_env not in os.environ:
            raise ConfigError(f"auth.keys.{index}.provider_key_env = {key.provider_key_env!r}: the variable is not set")


def single_upstream(name_or_url: str, provider: Provider | None = None) -> dict[str, Any]:
    """Overrides for ``--upstream``: a known provider's name, or a URL that serves all formats.

    ``provider`` says whose prompt cache stands behind a URL that does not tell by itself. Raises ConfigError.
    """
    url = KNOWN_UPSTREAMS.get(name_or_url, name_or_url)
    if not url.startswith(("http://", "https://")):
        known = ", ".join(KNOWN_UPSTREAMS)
        raise ConfigError(f"--upstream {name_or_url!r}: give a URL (http:// or https://) or one of {known}")
    entry = {"url": url, "provider": provider or provider_of(url)}
    return {"upstreams": {"default": entry}, "routes": ({"upstream": "default", "path": "/v1/"},)}


def provider_of(url: str) -> Provider:
    """The provider behind a URL, by host name; ``unknown`` where only the operator can say."""
    for name, known in KNOWN_UPSTREAMS.items():
        if url.startswith(known):
            return "openai" if name == "openai" else "anthropic"
    return "unknown"
