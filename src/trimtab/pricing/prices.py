"""Prices by model name. What neither the configuration nor `genai-prices` knows has none: nothing is guessed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from trimtab.config import Price, Provider
from trimtab.response import Usage

_MTOK = 1_000_000
_MEMO = 4096
_NAMES = ("input_mtok", "cache_write_mtok", "cache_write_1h_mtok", "cache_read_mtok", "output_mtok")


@dataclass(frozen=True)
class ModelPrice:
    """Dollars per token. Where the whole input is above ``tier_from`` tokens, ``tier`` is the price of every token."""

    fresh: float
    written: float
    written_1h: float
    read: float
    output: float
    tier_from: int = 0
    tier: ModelPrice | None = None

    def cost(self, usage: Usage, calls: int = 1) -> float:
        """Dollars for ``usage``; the tier of several calls together is that of their average input."""
        if self.tier is not None and usage.input > self.tier_from * max(1, calls):
            return self.tier.cost(usage, calls)
        hourly = min(usage.written, usage.written_1h)
        return (
            usage.fresh * self.fresh
            + (usage.written - hourly) * self.written
            + hourly * self.written_1h
            + usage.read * self.read
            + usage.output * self.output
        )


class PriceList:
    """Prices by model name: those of the configuration first, then the built-in list."""

    def __init__(self, overrides: Mapping[str, Price] | None = None) -> None:
        self._overrides = overrides or {}
        self._memo: dict[tuple[str, Provider], ModelPrice | None] = {}

    def of(self, model: str, provider: Provider = "unknown") -> ModelPrice | None:
        """The price of ``model``, or None where it is not known."""
        key = (model, provider)
        if key not in self._memo:
            if len(self._memo) >= _MEMO:
                self._memo.clear()
            self._memo[key] = self._look_up(model, provider)
        return self._memo[key]

    def _look_up(self, model: str, provider: Provider) -> ModelPrice | None:
        own = self._overrides.get(model)
        if own is not None:
            read = own.input if own.read is None else own.read
            written = own.input if own.written is None else own.written
            return _per_token([own.input, written, written, read, own.output])
        from genai_prices import Usage as Priced  # noqa: PLC0415  (0.1 s of import that pass-through does not need)
        from genai_prices import calc_price  # noqa: PLC0415

        for provider_id in dict.fromkeys((None if provider == "unknown" else provider, None)):
            try:
                listed = calc_price(Priced(input_tokens=1), model_ref=model, provider_id=provider_id).model_price
            except LookupError:
                continue
            return _from_list(listed)
        return None


def _from_list(listed: Any) -> ModelPrice | None:
    """A price of `genai_prices`, tier by tier."""
    values = [getattr(listed, name, None) for name in _NAMES]
    if values[0] is None:
        return None
    starts = sorted({tier.start for value in values for tier in getattr(value, "tiers", ())}, reverse=True)
    above: tuple[int, ModelPrice | None] = (0, None)
    for start in starts:
        price = _per_token([_at(value, start) for value in values])
        above = (start, replace(price, tier_from=above[0], tier=above[1]))
    return replace(_per_token([_at(value, 0) for value in values]), tier_from=above[0], tier=above[1])


def _at(value: Any, start: int) -> Any:
    """The price of a tier: the one that begins at or last before ``start``."""
    price = getattr(value, "base", value)
    for tier in getattr(value, "tiers", ()):
        if tier.start <= start:
            price = tier.price
    return price


def _per_token(mtok: Sequence[Any]) -> ModelPrice:
    """From dollars per million fresh, written, hourly written, read and output tokens; what is None costs as fresh.

    Hourly writes without a price cost as the others, output without one nothing (embeddings have none).
    """
    fresh = float(mtok[0])
    written = fresh if mtok[1] is None else float(mtok[1])
    written_1h = written if mtok[2] is None else float(mtok[2])
    read = fresh if mtok[3] is None else float(mtok[3])
    output = 0.0 if mtok[4] is None else float(mtok[4])
    return ModelPrice(fresh / _MTOK, written / _MTOK, written_1h / _MTOK, read / _MTOK, output / _MTOK)
