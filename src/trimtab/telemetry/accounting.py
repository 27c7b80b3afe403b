"""From what went over the wire to a ledger row: tokens, prices, and what it would have cost without us."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from trimtab.config import Provider
from trimtab.pricing import PrefixCache, PriceList, can_cache, prompt_of, rules_for
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
        rules = rules_for(provider, client.format, client.model)
        asked = prompt_of(account, client, rules)
        without = self._without.take(asked)
        prompts = (asked if _same(request, client) else prompt_of(account, request, rules) for request in sent)
        estimate = sum((self._with.take(prompt) for prompt in prompts), Usage())
        if reported is not None and sent:
            usage = reported
            made_cacheable = not can_cache(client, rules) and any(can_cache(request, rules) for request in sent)
            without = _calibrated(without, estimate, reported, cacheable=not made_cacheable)
        else:  # a stored answer costs nothing, and its own usage tells what writing it anew would have taken
            usage = replace(estimate, output=output if sent else 0)
            without = replace(without, output=output if reported is None else reported.output)
        price = self.prices.of(client.model, provider)
        return Bill(
            usage=usage,
            without=without,
            reported=reported is not None or not sent,
            cost=None if price is None else price.cost(usage, calls=len(sent)),
            cost_without=None if price is None else price.cost(without),
        )


def _same(request: ChatRequest, client: ChatRequest) -> bool:
    """Whether what was sent is what came in."""
    return request is client or (request.body is not None and request.body is client.body)


def _calibrated(without: Usage, estimate: Usage, reported: Usage, *, cacheable: bool) -> Usage:
    """What the provider would have reported without us: its report, plus the difference between our estimates.

    The difference is scaled by how the provider counts tokens; where nothing was changed it is zero. Where the
    provider read more than we knew to be warm (we were restarted, it keeps prefixes for longer), what we took out
    is taken to have been as warm as the rest. Not ``cacheable``: only our breakpoints made it read or write anything.
    """
    scale = _scale(estimate, reported)
    total = max(0, reported.input + round(scale * (without.input - estimate.input)))
    if not cacheable:
        return Usage(fresh=total, output=reported.output)
    read = reported.read + round(scale * (without.read - estimate.read))
    unknown = max(0.0, reported.read - scale * estimate.read)
    if unknown and reported.input:
        left = total - reported.input - scale * (without.read - estimate.read)
        read += round(max(0.0, left) * unknown / reported.input)
    read = min(total, max(0, read))
    written = min(total - read, max(0, reported.written + round(scale * (without.written - estimate.written))))
    hourly = reported.written_1h + round(scale * (without.written_1h - estimate.written_1h))
    return Usage(total - read - written, written, read, reported.output, min(written, max(0, hourly)))


def _scale(estimate: Usage, reported: Usage) -> float:
    """Tokens as the provider counts them, for one of ours.

    Tokenizers do not differ by more than a factor of two. Beyond it the provider counts what we do not see (a
    history that it holds, media), which the difference has no part in.
    """
    scale = reported.input / estimate.input if estimate.input else 1.0
    return scale if 0.5 <= scale <= 2.0 else 1.0
