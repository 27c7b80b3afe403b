"""Options that several commands share, and the configuration and store that they lead to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

if TYPE_CHECKING:
    from trimtab.config import Config
    from trimtab.store import Store

ConfigFile: TypeAlias = Annotated[
    Path | None,
    typer.Option("--config", "-c", metavar="FILE", help="Configuration file; without it ./trimtab.toml, if there."),
]
StorePath: TypeAlias = Annotated[
    str | None, typer.Option("--store", metavar="PATH", help="Store to use instead of the configured one.")
]
AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def settings(file: Path | None, overrides: Mapping[str, Any] | None = None, *, store: str | None = None) -> Config:
    """The configuration of a command: file, environment, then what the command line says. Raises ConfigError."""
    from trimtab.config import load

    given: dict[str, Any] = dict(overrides or {})
    if store is not None:
        given["store"] = {**given.get("store", {}), "path": store}
    return load(file, given)


@asynccontextmanager
async def existing_store(config: Config) -> AsyncIterator[Store]:
    """The configured store, to be looked at: it is not made where it is absent, and nothing in it expires early.

    Raises StoreError, ConfigError.
    """
    from trimtab.store import key_from_environment, open_store

    _check_there(config.store.path)
    store = await open_store(config.store.path, key=key_from_environment(config.store.key_env))
    try:
        yield store
    finally:
        await store.close()


def _check_there(path: str) -> None:
    from trimtab.errors import StoreError
    from trimtab.store import file_of

    file = file_of(path)
    if file is None:  # a server: whether it is there shows when it is opened
        return
    if file == ":memory:":
        raise StoreError("the store is :memory:, which only the process that made it can see; name a file with --store")
    if not Path(file).exists():
        raise StoreError(f"there is no store at {file}: `trimtab serve` makes it; name another one with --store")
