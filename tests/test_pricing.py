"""What tokens cost, and which cache rules hold for which model."""

from __future__ import annotations

import pytest
from genai_prices import Usage as Priced
from genai_prices import calc_price

from tests.prompts import anthropic, chat, said
from trimtab.config import Price
from trimtab.pricing import ModelPrice, PriceList, rules_for
from trimtab.pricing.prices import _from_list
from trimtab.pricing.rules import fitted
from trimtab.response import Usage

MTOK = 1_000_000


def test_each_kind_of_token_has_its_own_price() -> None:
    """The cost is the sum over fresh, written, hourly written, read and output tokens, worked out by hand."""
    price = ModelPrice(fresh=3e-6, written=3.75e-6, written_1h=6e-6, read=0.3e-6, output=15e-6)
    usage = Usage(fresh=1000, written=2000, read=10_000, output=500, written_1h=800)
    assert price.cost(usage) == pytest.approx(0.003 + 1200 * 3.75e-6 + 800 * 6e-6 + 0.003 + 0.0075)


def test_hourly_writes_never_count_for_more_than_all_writes() -> None:
    """A provider that reports more hourly writes than writes does not make the rest negative."""
    price = ModelPrice(fresh=1.0, written=2.0, written_1h=4.0, read=0.0, output=0.0)
    assert price.cost(Usage(written=10, written_1h=50)) == 40.0


def test_a_tier_prices_every_token_once_the_input_is_beyond_its_start() -> None:
    """Claude Sonnet 4.5 costs $3 up to and including 200,000 input tokens and $6 for all of them beyond."""
    price = PriceList().of("claude-sonnet-4-5", "anthropic")
    assert price is not None
    assert price.cost(Usage(fresh=200_000)) == pytest.approx(0.6)
    assert price.cost(Usage(fresh=200_001)) == pytest.approx(200_001 * 6 / MTOK)
    assert price.cost(Usage(fresh=1, read=200_000, output=1000)) == pytest.approx(
        6 / MTOK + 200_000 * 0.6 / MTOK + 1000 * 22.5 / MTOK
    )


def test_the_tier_of_several_calls_is_that_of_their_average() -> None:
    """Three rounds of 100,000 tokens are not one call of 300,000."""
    price = PriceList().of("claude-sonnet-4-5", "anthropic")
    assert price is not None
    assert price.cost(Usage(fresh=300_000), calls=3) == pytest.approx(0.9)
    assert price.cost(Usage(fresh=300_000), calls=1) == pytest.approx(1.8)


def test_a_price_with_several_tiers_keeps_them_all() -> None:
    """Tokens are priced by the highest tier that they reach, not by the first."""
    listed = calc_price(Priced(input_tokens=1), model_ref="qwen/qwen3-coder-flash", provider_id="openrouter")
    price = _from_list(listed.model_price)
    assert price is not None
    low, middle, high = (price.cost(Usage(fresh=count)) / count for count in (30_000, 100_000, 200_000))
    assert low < middle < high


def test_writes_for_an_hour_have_their_own_price() -> None:
    """Anthropic bills them at twice the fresh token, the others at 1.25 times."""
    price = PriceList().of("claude-haiku-4-5", "anthropic")
    assert price is not None
    assert price.cost(Usage(written=MTOK)) == pytest.approx(1.25)
    assert price.cost(Usage(written=MTOK, written_1h=MTOK)) == pytest.approx(2.0)


def test_where_no_write_price_is_listed_a_write_costs_as_a_fresh_token() -> None:
    """OpenAI charges nothing extra for writing its cache up to GPT-5.5."""
    price = PriceList().of("gpt-4o", "openai")
    assert price is not None
    assert (price.written, price.written_1h) == (price.fresh, price.fresh)
    assert price.read == pytest.approx(1.25 / MTOK)


@pytest.mark.parametrize("model", ["", "in-house-model", "gpt", "日本語", "x" * 500, "gpt-4o\n"])
def test_an_unknown_model_has_no_price(model: str) -> None:
    """Nothing is guessed, whatever a client puts into the field."""
    assert PriceList().of(model) is None


def test_a_model_of_another_provider_is_found_all_the_same() -> None:
    """A gateway before several providers is configured as one of them, and is asked for models of the others."""
    assert PriceList().of("claude-haiku-4-5", "openai") == PriceList().of("claude-haiku-4-5", "anthropic")


def test_the_configuration_wins_over_the_list() -> None:
    """A price of one's own is used as given; what it leaves out costs as a fresh token."""
    prices = PriceList({"gpt-4o": Price(input=1.0, output=2.0), "mine": Price(input=4.0, output=8.0, read=0.5)})
    own, mine = prices.of("gpt-4o", "openai"), prices.of("mine")
    assert own is not None
    assert mine is not None
    assert own.cost(Usage(1, 1, 1, 1)) == pytest.approx(5 / MTOK)
    assert mine.cost(Usage(read=MTOK, output=MTOK, written=MTOK)) == pytest.approx(12.5)


@pytest.mark.parametrize(
    ("model", "least"),
    [
        ("claude-3-haiku-20240307", 2048),
        ("claude-3-5-haiku-latest", 2048),
        ("claude-haiku-4-5-20251001", 4096),
        ("anthropic/claude-haiku-4.5", 4096),
        ("claude-opus-4-5", 4096),
        ("claude-opus-4-6", 4096),
        ("claude-opus-4-1-20250805", 1024),
        ("claude-opus-4-20250514", 1024),
        ("claude-opus-4-8", 1024),
        ("claude-sonnet-4-5", 1024),
        ("claude-3-5-sonnet-20241022", 1024),
        ("claude-opus-5", 512),
        ("something-else", 1024),
    ],
)
def test_the_shortest_cached_prefix_depends_on_the_model(model: str, least: int) -> None:
    """Anthropic caches nothing below a length that differs from model to model."""
    assert rules_for("anthropic", "anthropic_messages", model).min_tokens == least


@pytest.mark.parametrize(
    ("model", "kind"),
    [
        ("gpt-4o", "automatic"),
        ("gpt-4.1-mini", "automatic"),
        ("gpt-5", "automatic"),
        ("gpt-5.5", "automatic"),
        ("gpt-5-mini-2025-08-07", "automatic"),
        ("gpt-5.6", "breakpoints"),
        ("gpt-5.6-sol", "breakpoints"),
        ("openai/gpt-5.10", "breakpoints"),
        ("gpt-6", "breakpoints"),
        ("o3", "automatic"),
        ("gpt-oss-120b", "automatic"),
    ],
)
def test_openai_bills_writes_from_gpt_5_6_on(model: str, kind: str) -> None:
    """Newer models find a prefix at breakpoints only, of which the provider sets one itself."""
    rules = rules_for("openai", "openai_chat", model)
    assert (rules.kind, rules.implicit) == (kind, kind == "breakpoints")


def test_an_unknown_provider_is_taken_to_cache_as_the_owner_of_the_format_does() -> None:
    """The counterfactual needs some arithmetic, and the format is the best hint."""
    assert rules_for("unknown", "anthropic_messages") == rules_for("anthropic", "anthropic_messages")
    assert rules_for("unknown", "openai_responses") == rules_for("openai", "openai_responses")


def test_a_request_may_ask_for_longer_retention() -> None:
    """`prompt_cache_retention` of 24 hours keeps a prefix warm for a day."""
    rules = rules_for("openai", "openai_chat", "gpt-5")
    assert fitted(rules, chat([said(10)], prompt_cache_retention="24h")).ttl == 86400.0
    assert fitted(rules, chat([said(10)], prompt_cache_retention="in_memory")).ttl == 300.0


def test_a_request_may_set_who_places_the_breakpoints() -> None:
    """Anthropic's top-level `cache_control` adds one at the end; OpenAI's explicit mode takes it away."""
    claude = rules_for("anthropic", "anthropic_messages")
    assert fitted(claude, anthropic([said(10)], cache_control={"type": "ephemeral"})).implicit
    assert not fitted(claude, anthropic([said(10)])).implicit
    gpt = rules_for("openai", "openai_chat", "gpt-5.6")
    assert not fitted(gpt, chat([said(10)], prompt_cache_options={"mode": "explicit"})).implicit
