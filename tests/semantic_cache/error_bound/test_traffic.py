"""Whole streams of tenants that are easier or harder than the labelled data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from benchmarks.error_bound import Fixed, Ours, Population, Tenant, played
from tests.semantic_cache.error_bound.helpers import CALIBRATION, TENANT, THRESHOLD


def simulated(tenant: str, seeds: int = 20, requests: int = 1200, policy: Callable[..., Any] | None = None) -> Any:
    return played(TENANT[tenant], policy or Ours(CALIBRATION), seeds, requests)


@pytest.mark.parametrize("tenant", ["as the labelled data", "easier"])
def test_the_bound_is_kept_in_nineteen_of_twenty_streams(tenant: str) -> None:
    assert simulated(tenant)["kept"] >= 19


def test_an_easy_tenant_gets_more_hits_than_a_fixed_threshold_gives() -> None:
    ours = simulated("much easier", seeds=5)
    fixed = simulated("much easier", seeds=5, policy=Fixed(THRESHOLD))
    assert ours["hits"] > 1.1 * fixed["hits"]
    assert ours["kept"] == 5


def test_near_misses_are_what_an_easy_tenant_gains_from() -> None:
    without = simulated("much easier", seeds=5, policy=Ours(CALIBRATION, near_misses=False))
    assert simulated("much easier", seeds=5)["hits"] > 1.1 * without["hits"]


@pytest.mark.parametrize("tenant", ["fools the verifier", "the score says nothing"])
def test_under_a_wrong_prior_the_tier_shuts_after_few_wrong_answers(tenant: str) -> None:
    ours = simulated(tenant, seeds=8)
    fixed = simulated(tenant, seeds=8, policy=Fixed(THRESHOLD))
    assert ours["wrong_most"] < 70
    assert ours["wrong_median"] < 0.25 * fixed["wrong_median"]
    assert ours["wrong_in_last_quarter"] < 2


def test_a_tenant_that_turns_bad_is_found_out() -> None:
    ours = simulated("turns bad half way", seeds=6, requests=3000)
    fixed = simulated("turns bad half way", seeds=6, requests=3000, policy=Fixed(THRESHOLD))
    assert ours["wrong_in_last_quarter"] < 0.4 * fixed["wrong_in_last_quarter"]


def test_without_background_calls_a_harder_tenant_is_still_served_more_carefully() -> None:
    ours = simulated("harder", seeds=6, policy=Ours(CALIBRATION, rate=0.0))
    fixed = simulated("harder", seeds=6, policy=Fixed(THRESHOLD))
    assert ours["error"] < 0.75 * fixed["error"]


def test_a_tenant_of_another_kind_is_simulated_by_its_name_alone() -> None:
    tenant = Tenant("as the labelled data", Population())
    assert played(tenant, Fixed(THRESHOLD), 2, 200) == simulated(
        "as the labelled data", 2, 200, policy=Fixed(THRESHOLD)
    )
