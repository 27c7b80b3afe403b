"""What a request cost and would have cost: both worlds, worked out by hand."""

from __future__ import annotations

import pytest

from tests.conftest import Clock
from tests.prompts import anthropic, block, chat, marked, said
from trimtab.config import Price
from trimtab.pricing import PriceList
from trimtab.response import Usage
from trimtab.telemetry.accounting import Accountant

PRICES = PriceList(
    {
        "gpt-4o": Price(input=10, output=100, read=1),
        "claude-sonnet-4-5": Price(input=10, output=100, read=1, written=20),
    }
)
MTOK = 1_000_000


@pytest.fixture
def accountant(clock: Clock) -> Accountant:
    return Accountant(PRICES, clock)


def test_an_untouched_request_saves_exactly_nothing(accountant: Accountant) -> None:
    """However the provider counts and whatever it had cached, both sides are its report."""
    request = chat([said(3000)])
    for reported in (
        Usage(fresh=3300, output=50),
        Usage(fresh=100, read=3200, output=9),
        Usage(fresh=40_000, output=1),
    ):
        bill = accountant.bill("a", "openai", request, [request], reported, 0)
        assert bill.usage == bill.without == reported
        assert bill.cost == bill.cost_without
        assert bill.reported


def test_what_was_taken_out_is_priced_as_the_provider_would_have(accountant: Accountant) -> None:
    """1,000 of 3,000 fresh tokens taken out, counted by the provider at 1.1 each: 1,100 fresh tokens saved."""
    bill = accountant.bill("a", "openai", chat([said(3000)]), [chat([said(2000)])], Usage(fresh=2200, output=10), 0)
    assert bill.without == Usage(fresh=3300, output=10)
    assert bill.cost == pytest.approx((2200 * 10 + 10 * 100) / MTOK)
    assert bill.cost_without == pytest.approx((3300 * 10 + 10 * 100) / MTOK)


def test_tokens_that_would_have_been_read_save_the_price_of_reading(accountant: Accountant) -> None:
    """In the second turn the removed tokens would have been warm: they save a tenth."""
    client, sent = [said(3072)], [said(2048)]
    accountant.bill("a", "openai", chat(client), [chat(sent)], Usage(fresh=2048), 0)
    new = said(500, word=" b")
    bill = accountant.bill(
        "a", "openai", chat([*client, new]), [chat([*sent, new])], Usage(fresh=500, read=2048, output=7), 0
    )
    assert bill.without == Usage(fresh=500, read=3072, output=7)


def test_a_rewrite_that_breaks_a_warm_prefix_shows_as_a_loss(accountant: Accountant) -> None:
    """Fewer tokens at the full price may cost more than more tokens at the price of reading."""
    client = chat([said(4096)])
    accountant.bill("a", "openai", client, [client], Usage(fresh=4096), 0)
    bill = accountant.bill("a", "openai", client, [chat([said(3000, word=" b")])], Usage(fresh=3000), 0)
    assert bill.without == Usage(read=4096)
    assert bill.cost is not None
    assert bill.cost_without is not None
    assert bill.cost > bill.cost_without


def test_after_a_restart_what_was_taken_out_counts_as_warm_as_the_rest(accountant: Accountant) -> None:
    """We know of no warm prefix, the provider read 90% of the prompt: of the 1,000 saved tokens 900 were reads."""
    bill = accountant.bill(
        "a", "openai", chat([said(3000)]), [chat([said(2000)])], Usage(fresh=200, read=1800, output=1), 0
    )
    assert bill.without == Usage(fresh=300, read=2700, output=1)


def test_history_that_the_provider_holds_does_not_blow_up_the_difference(accountant: Accountant) -> None:
    """With `previous_response_id` it counts 50,000 tokens that we do not see; what we saved is still 100."""
    bill = accountant.bill("a", "openai", chat([said(600)]), [chat([said(500)])], Usage(fresh=50_500), 0)
    assert bill.without == Usage(fresh=50_600)


def test_breakpoints_of_ours_make_the_difference_between_reading_and_fresh(accountant: Accountant) -> None:
    """A client that sets none would have paid for fresh tokens, also where the provider had it all warm before us."""
    client = anthropic([said(3000)])
    sent = anthropic([{"role": "user", "content": [block(2997, **marked())]}])
    first = accountant.bill("a", "anthropic", client, [sent], Usage(read=3300, output=5), 0)
    assert first.without == Usage(fresh=3300, output=5)
    second = accountant.bill("a", "anthropic", client, [sent], Usage(written=100, read=3200, output=5), 0)
    assert second.without == Usage(fresh=3300, output=5)


def test_a_provider_that_caches_by_itself_is_believed(accountant: Accountant) -> None:
    """Nobody set a breakpoint and it read all the same: that is no saving of ours."""
    request = anthropic([said(3000)])
    bill = accountant.bill("a", "unknown", request, [request], Usage(fresh=100, read=2900), 0)
    assert bill.without == bill.usage


def test_the_client_s_own_breakpoints_count_in_the_counterfactual(accountant: Accountant) -> None:
    """With its hourly marker it would have written its longer prompt for an hour."""
    client = anthropic([{"role": "user", "content": [block(4000, **marked("1h"))]}])
    sent = anthropic([{"role": "user", "content": [block(3000, **marked("1h"))]}])
    reported = Usage(written=3003, written_1h=3003, output=2)
    bill = accountant.bill("a", "anthropic", client, [sent], reported, 0)
    assert bill.without == Usage(written=4003, written_1h=4003, output=2)


def test_without_a_report_both_sides_are_estimates(accountant: Accountant) -> None:
    """A provider that says nothing is reckoned with by the same arithmetic."""
    bill = accountant.bill("a", "openai", chat([said(3000)]), [chat([said(2000)])], None, 33)
    assert bill.usage == Usage(fresh=2000, output=33)
    assert bill.without == Usage(fresh=3000, output=33)
    assert not bill.reported


def test_a_stored_answer_costs_nothing(accountant: Accountant) -> None:
    """What it would have cost is the client's request, with the output that the provider counted when it wrote it."""
    client = chat([said(3000)])
    bill = accountant.bill("a", "openai", client, [], Usage(fresh=1, output=77), 12)
    assert bill.usage == Usage()
    assert bill.without == Usage(fresh=3000, output=77)
    assert bill.cost == 0.0
    assert accountant.bill("a", "openai", client, [], None, 12).without.output == 12


def test_a_hit_keeps_the_client_s_prefix_warm_in_the_counterfactual_only(accountant: Accountant) -> None:
    """Without us the request would have gone to the provider and warmed its cache; with us it did not."""
    client = chat([said(2048)])
    accountant.bill("a", "openai", client, [], None, 0)
    bill = accountant.bill("a", "openai", client, [client], None, 0)
    assert bill.usage.read == 0
    assert bill.without.read == 2048


def test_all_rounds_are_paid_for_and_the_counterfactual_is_one_call(accountant: Accountant) -> None:
    """An internal round costs its own input; the client would have asked once."""
    client = chat([said(2048)])
    rounds = [client, chat([said(2048), said(100, "assistant", " b"), said(52, word=" c")])]
    bill = accountant.bill("a", "openai", client, rounds, Usage(fresh=2200, read=2048, output=30), 0)
    assert bill.without == Usage(fresh=2048, output=30)


def test_an_unknown_model_is_counted_and_not_priced(accountant: Accountant) -> None:
    """Tokens are there, dollars are not."""
    request = chat([said(2000)], model="in-house")
    bill = accountant.bill("a", "openai", request, [request], Usage(fresh=2100, output=3), 0)
    assert bill.usage.fresh == 2100
    assert bill.cost is None
    assert bill.cost_without is None
