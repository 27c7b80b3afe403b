"""An optimizer with nothing but the cache, whose verifier is told what to say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Make
from tests.semantic_cache.helpers import Scores, calibration
from trimtab.optimizer import Optimizer
from trimtab.semantic_cache import SemanticCache


@pytest.fixture
def scores() -> Scores:
    return Scores()


@pytest.fixture
def make(make_optimizer: Make, scores: Scores) -> Callable[..., Optimizer]:
    def made(**settings: Any) -> Optimizer:
        return make_optimizer(stages=(SemanticCache(scores=scores, calibration=calibration),), **settings)

    return made


@pytest.fixture
def optimizer(make: Callable[..., Optimizer]) -> Optimizer:
    return make()
