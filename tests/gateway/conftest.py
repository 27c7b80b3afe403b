"""A fake provider, and gateways in front of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from tests.fakes.provider import FakeProvider, saying
from tests.gateway.asgi import Caller, running
from trimtab.config import Config, Upstream
from trimtab.optimizer import Optimizer
from trimtab.stage import Stage

Start = Callable[..., AbstractAsyncContextManager[Caller]]


@pytest.fixture
async def provider() -> AsyncIterator[FakeProvider]:
    async with FakeProvider(saying("hello")) as opened:
        yield opened


@pytest.fixture
def start(provider: FakeProvider) -> Start:
    """Starts a gateway in front of the provider; settings are given as nested keyword arguments."""

    def starting(
        stages: tuple[Stage, ...] | None = None, *, upstream: dict[str, Any] | None = None, **settings: Any
    ) -> AbstractAsyncContextManager[Caller]:
        config = configured(provider.url, upstream, **settings)
        return running(lambda: Optimizer.open(config, stages=stages))

    return starting


def configured(url: str, upstream: dict[str, Any] | None = None, **settings: Any) -> Config:
    """A configuration that sends everything to one URL and keeps everything in memory."""
    one = Upstream(**{"url": url, "provider": "openai", **(upstream or {})})
    defaults: dict[str, Any] = {
        "store": {"path": ":memory:"},
        "upstreams": {"default": one},
        "routes": [{"upstream": "default"}],
    }
    return Config(**{**defaults, **settings})
