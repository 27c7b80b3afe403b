"""From what went over the wire to a ledger row: tokens, prices, and what it would have cost without us."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from trimtab.config import Provider
from trimtab.pricing import PrefixCache, PriceList, rules_for
from trimtab.request import ChatRequest
from trimtab.response import Usage


@dataclass(frozen=True)
class Bill:
    """What a request cost and would have cost. Dollars are None where the model has no known price."""

    usage: Usage
    without: Usage
    reported: bool
    cost: float | None
    cost_without: float | None


class Accountant:
    """Keeps the provider's prompt cache of both worlds: what was sent, and what would have been."""

    def __init__(self, prices: PriceList, clock: Callable[[], float]) -> None:
        self.prices = prices
        self._with = PrefixCache(clock)
        self._without = PrefixCache(clock)

    def bill(
        self,
        account: str,
        provider: Provider,
        client: ChatRequest,
        sent: Sequence[ChatRequest],
        reported: Usage | None,
        output: int,
    ) -> Bill:
        """Price one request.

        ``sent`` holds the request of every round, none where the answer came from the cache. ``reported`` is
        the provider's usage over all rounds; without it both sides are estimated. ``output`` is the estimate
        of output tokens.

        The counterfactual has the same output and the provider's prefix arithmetic over the client's own
        request. It assumes every possible hit of the provider's cache, so what is reported as saved is rather
        too little than too much.
        """
        rules = rules_for(provider, client.format)
        without = self._without.send(account, client, rules)
        estimate = sum((self._with.send(account, request, rules) for request in sent), Usage())
        if reported is not None and sent:
            usage = reported
            without = _calibrated(without, estimate, reported)
        else:
            usage = replace(estimate, output=output if sent else 0)
            without = replace(without, output=output)
        price = self.prices.of(client.model, provider)
        return Bill(
            usage=usage,
            without=without,
            reported=reported is not None or not sent,
            cost=None if price is None else price.cost(usage),
            cost_without=None if price is None else price.cost(without),
        )


def _calibrated(without: Usage, estimate: Usage, reported: Usage) -> Usage:
    """What the provider would have reported without us: its report, plus the difference between our estimates.

    The difference is scaled by how the provider counts tokens; where nothing was changed it is zero.
    """
    scale = reported.input / estimate.input if estimate.input else 1.0
    total = max(0, reported.input + round(scale * (without.input - estimate.input)))
    read = min(total, max(0, reported.read + round(scale * (without.read - estimate.read))))
    written = min(total - read, max(0, reported.written + round(scale * (without.written - estimate.written))))
    written_1h = min(written, reported.written_1h)
    return Usage(total - read - written, written, read, reported.output, written_1h)
