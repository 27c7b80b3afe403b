"""Fixtures that several folders share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from trimtab import config
from trimtab.optimizer import Optimizer
from trimtab.optimizer import warm_up as _warm_up
from trimtab.stage import Stage
from trimtab.store import Store, open_store

settings.register_profile("trimtab", deadline=None)  # a slow machine is no fault of the code
settings.load_profile("trimtab")


class Clock:
    """A clock that only moves when it is told to."""

    def __init__(self, now: float = 1_750_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def store(tmp_path: Path, clock: Clock) -> AsyncIterator[Store]:
    opened = await open_store(str(tmp_path / "trimtab.db"), clock=clock)
    yield opened
    await opened.close()


@pytest.fixture(scope="session", autouse=True)
def _encoder() -> None:
    """Load the shipped networks before the first test: no request is to miss its deadline over it."""
    _warm_up(config.CacheSettings())


Make = Callable[..., Optimizer]


@pytest.fixture
async def make_optimizer(store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Make]:
    """Makes optimizers over the test's store; settings are given as nested keyword arguments."""
    made: list[Optimizer] = []

    def make(stages: tuple[Stage, ...] | None = None, **settings: Any) -> Optimizer:
        optimizer = Optimizer(store, config.Config(**settings), stages=stages, clock=clock)
        made.append(optimizer)
        return optimizer

    yield make
    for optimizer in made:
        await optimizer.settle()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The development data beside the repository; a test that needs it skips where it is absent."""
    path = Path(__file__).resolve().parents[2] / "shared" / "data"
    if not path.is_dir():
        pytest.skip("the development data is not on this machine")
    return path
