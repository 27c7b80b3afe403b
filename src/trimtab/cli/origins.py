"""Where each effective setting comes from, and which environment variables no setting reads."""

from __future__ import annotations

import os
import tomllib
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit, urlunsplit

from pydantic import BaseModel
from pydantic_settings import EnvSettingsSource

from trimtab.config import DEFAULT_FILE, Config
from trimtab.store import KEY_VARIABLE

PREFIX = "TRIMTAB_"
SEPARATOR = "__"
Steps = tuple[str, ...]
Origin = Literal["default", "file", "environment"]
_SHOWN_OF_TOKEN = 4
_REPLACED_WHOLE = frozenset({"upstreams"})
"""Groups whose entries are not merged: the strongest source that names one gives all of them."""


@dataclass(frozen=True)
class Setting:
    """One effective value, fit to be shown, and where it comes from."""

    name: str
    value: Any
    origin: Origin
    variable: str = ""
    """The environment variable, where it comes from one."""


def effective(config: Config, file: Path | None) -> list[Setting]:
    """Every setting of a configuration that was loaded from ``file``, in the order of the types."""
    chosen = file or Path(DEFAULT_FILE)
    in_file = tomllib.loads(chosen.read_text(encoding="utf-8")) if file or chosen.exists() else {}
    in_environment = EnvSettingsSource(Config)()
    found = []
    for path, value in _leaves((), config):
        origin: Origin = "default"
        for name, values in (("environment", in_environment), ("file", in_file)):
            given = _given(values, path)
            if given is not None:
                origin = typing.cast(Origin, name) if given else "default"
                break
        variable = _variable(path) if origin == "environment" else ""
        found.append(Setting(".".join(_named(path)), _shown(value), origin, variable))
    return found


def _leaves(path: Steps, value: Any) -> Iterator[tuple[Steps, Any]]:
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _leaves((*path, name), getattr(value, name))
    elif isinstance(value, Mapping) and value:
        for name, inner in value.items():
            yield from _leaves((*path, str(name)), inner)
    elif isinstance(value, tuple) and value:
        for index, inner in enumerate(value):
            yield from _leaves((*path, str(index)), inner)
    else:
        yield path, value


def _given(values: Any, path: Steps) -> bool | None:
    """Whether a source gives the setting at ``path``. None: it says nothing, and the next source counts.

    False: it replaces the list or group that the setting is in, and leaves the setting itself to its default.
    """
    decides = False
    for step in path:
        if isinstance(values, Mapping):
            if step not in values:
                return False if decides else None
            values = values[step]
            decides = decides or step in _REPLACED_WHOLE
        elif isinstance(values, list | tuple):
            decides = True
            if int(step) >= len(values):
                return False
            values = values[int(step)]
        else:
            return True
    return True


def _variable(path: Steps) -> str:
    present = {name.upper(): name for name in os.environ}
    for end in range(len(path), 0, -1):
        name = PREFIX + SEPARATOR.join(path[:end]).upper()
        if name in present:
            return present[name]
    return ""


def _named(path: Steps) -> Steps:
    """A setting's path as it is shown: of the tokens that tenants are mapped from, the beginning only."""
    if path[:2] == ("auth", "subjects") and len(path) > 2:
        return (*path[:2], path[2][:_SHOWN_OF_TOKEN] + "...")
    return path


def _shown(value: Any) -> Any:
    """A value without the password that a URL may carry."""
    if isinstance(value, str) and "://" in value:
        url = urlsplit(value)
        if "@" in url.netloc:
            value = urlunsplit(url._replace(netloc="***@" + url.netloc.rpartition("@")[2]))
    return list(value) if isinstance(value, tuple) else value


def unread_variables(config: Config | None) -> list[str]:
    """Environment variables that look like settings and are none, so that a typing error does not go unseen."""
    named = {KEY_VARIABLE}
    if config is not None:
        named |= {config.store.key_env, config.background.key_env}
        named |= {key.provider_key_env for key in config.auth.keys}
    return sorted(
        name
        for name in os.environ
        if name.upper().startswith(PREFIX) and name not in named and not _is_setting(name[len(PREFIX) :].lower())
    )


def _is_setting(name: str) -> bool:
    kind: Any = Config
    for step in name.split(SEPARATOR):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            if step not in kind.model_fields:
                return False
            kind = kind.model_fields[step].annotation
        elif typing.get_origin(kind) is dict:
            kind = typing.get_args(kind)[1]
        else:
            return False
    return True
