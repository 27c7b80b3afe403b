"""One provider and one gateway for all tests of a module; each test says how the provider behaves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from tests.e2e.gateway import GatewayProcess
from tests.fakes.provider import Behaviour, FakeProvider, saying


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def module_provider() -> AsyncIterator[FakeProvider]:
    async with FakeProvider(saying("hello")) as provider:
        yield provider


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def gateway(
    module_provider: FakeProvider, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[GatewayProcess]:
    folder: Path = tmp_path_factory.mktemp("gateway")
    async with GatewayProcess(folder, module_provider.url) as process:
        yield process


@pytest.fixture
def provider(module_provider: FakeProvider) -> Callable[[Behaviour], FakeProvider]:
    """The provider, told how to behave and with nothing received yet."""

    def behaving(behave: Behaviour) -> FakeProvider:
        module_provider.behave = behave
        module_provider.received.clear()
        module_provider.arrived.clear()
        return module_provider

    return behaving
