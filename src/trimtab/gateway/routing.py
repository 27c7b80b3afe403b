"""Which provider a request goes to, and under which address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import msgspec

from trimtab.config import Config, Provider, Route, Upstream, provider_of


class _Deciding(msgspec.Struct):
    model: Any = ""
    background: Any = False


@dataclass(frozen=True)
class Peek:
    """The fields of a body that decide where and how it goes, read without keeping the rest."""

    model: str = ""
    background: bool = False


_decode = msgspec.json.Decoder(_Deciding).decode


def peek(body: bytes) -> Peek:
    """The deciding fields of a JSON body; the defaults where it cannot be read."""
    try:
        found = _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Peek()
    return Peek(found.model if isinstance(found.model, str) else "", found.background is True)


@dataclass(frozen=True)
class Destination:
    """One upstream by its name in the configuration."""

    name: str
    settings: Upstream
    provider: Provider

    def url(self, raw_path: bytes, query: bytes) -> str:
        """The address for a path under ``/v1/``, path and query as the client wrote them."""
        target = raw_path + b"?" + query if query else raw_path
        return self.settings.url + target.decode("latin-1")


class Router:
    """Finds the first route that matches."""

    def __init__(self, config: Config) -> None:
        self._routes = config.routes
        self.destinations: Mapping[str, Destination] = {
            name: Destination(name, settings, _provider(settings)) for name, settings in config.upstreams.items()
        }

    def needs_model(self, path: str) -> bool:
        """Whether the destination of ``path`` depends on the model."""
        return any(route.model != "*" and path.startswith(route.path) for route in self._routes)

    def find(self, path: str, headers: Mapping[str, str], model: str = "") -> Destination | None:
        """Where a request goes; None where no route takes it."""
        for route in self._routes:
            if _takes(route, path, headers, model):
                return self.destinations[route.upstream]
        return None


def _takes(route: Route, path: str, headers: Mapping[str, str], model: str) -> bool:
    return (
        path.startswith(route.path)
        and (not route.header or route.header.lower() in headers)
        and (route.model == "*" or fnmatchcase(model, route.model))
    )


def _provider(settings: Upstream) -> Provider:
    return provider_of(settings.url) if settings.provider == "unknown" else settings.provider
