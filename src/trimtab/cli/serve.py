"""`trimtab serve`: the gateway."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from trimtab.cli.options import ConfigFile, StorePath, settings


class Behind(StrEnum):
    """Whose prompt cache stands behind an upstream URL."""

    openai = "openai"
    anthropic = "anthropic"


def serve(
    host: Annotated[
        str | None, typer.Option("--host", metavar="HOST", help="Address to bind.  [default: 127.0.0.1]")
    ] = None,
    port: Annotated[
        int | None, typer.Option("--port", metavar="PORT", help="Port to bind; 0 takes a free one.  [default: 8787]")
    ] = None,
    upstream: Annotated[
        str | None,
        typer.Option("--upstream", metavar="NAME|URL", help="Where all requests go: openai, anthropic, or a URL."),
    ] = None,
    provider: Annotated[
        Behind | None, typer.Option("--provider", help="Whose prompt cache stands behind an upstream URL.")
    ] = None,
    store: StorePath = None,
    config: ConfigFile = None,
    workers: Annotated[
        int | None, typer.Option("--workers", metavar="N", help="Worker processes.  [default: 1]")
    ] = None,
    observe: Annotated[
        bool, typer.Option("--observe", help="Change nothing; record what would be changed and saved.")
    ] = False,
) -> None:
    """Run the gateway. Point a client's base URL at it, with or without /v1.

    Without --upstream, Anthropic's API goes to Anthropic and everything else to OpenAI, or where the configuration
    says. What stands here wins over the environment, and that over the file. The file is read again when it changes.
    """
    import logging

    from trimtab.errors import ConfigError, StoreError
    from trimtab.gateway.serve import serve as run
    from trimtab.store import file_of

    given = overrides(host=host, port=port, workers=workers, upstream=upstream, provider=provider, observe=observe)
    if store is not None:
        given["store"] = {"path": store}
    loaded = settings(config, given)
    try:
        file_of(loaded.store.path)
    except StoreError as error:
        raise ConfigError(str(error)) from error
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s")
    if loaded.pipeline.mode != "on":
        typer.echo(f"pipeline.mode = {loaded.pipeline.mode}: requests go out as they come", err=True)
    run(loaded, config_file=config, overrides=given, log=typer.echo)


def overrides(
    *,
    host: str | None = None,
    port: int | None = None,
    workers: int | None = None,
    upstream: str | None = None,
    provider: Behind | None = None,
    observe: bool = False,
) -> dict[str, Any]:
    """What the options of the command line say, as nested settings. Raises ConfigError."""
    from trimtab.config import single_upstream
    from trimtab.errors import ConfigError

    server = {"host": host, "port": port, "workers": workers}
    given: dict[str, Any] = {"server": {name: value for name, value in server.items() if value is not None}}
    if upstream is not None:
        given |= single_upstream(upstream, provider.value if provider else None)
    elif provider is not None:
        raise ConfigError(f"--provider {provider.value}: it says what stands behind an --upstream URL; give one")
    if observe:
        given["pipeline"] = {"mode": "observe"}
    return given
