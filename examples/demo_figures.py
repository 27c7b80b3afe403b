"""The demo's figures, added up from the ledger's rows: what a person sees in `trimtab report`, by session and stage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from examples.demo_sessions import Exchange
from examples.demo_validity import Validity
from trimtab.optimizer import default_stages
from trimtab.pricing import ModelPrice, PriceList
from trimtab.replay.summary import Pair, spread
from trimtab.response import Usage
from trimtab.telemetry.ledger import Row

STAGES = [stage.name for stage in default_stages()]
REST = "not attributed"
"""What the sections lost or gained beyond the figures of the edits: a text is not the sum of its parts in tokens."""

CENT_DUST = 1e-9
"""Dollars below which a difference is one of floating-point sums."""


@dataclass
class Played:
    """A request that was played: its ledger row, and what the provider bills for it when it is asked directly."""

    exchange: Exchange
    row: Row
    direct: Usage


@dataclass
class Sums:
    """Some requests, added up. Of every pair, the first is what would have been without trimtab.

    ``weighted`` is the input in tokens of the price of a fresh one, by each model's own price list.
    ``direct_usd`` is what the same requests cost when the provider is asked directly, by its own arithmetic;
    ``hit_usd`` what those that the cache answered would have cost.
    """

    requests: int = 0
    streamed: int = 0
    hits: int = 0
    tokens: Pair = field(default_factory=Pair)
    usage: Usage = field(default_factory=Usage)
    usage_without: Usage = field(default_factory=Usage)
    weighted: Pair = field(default_factory=Pair)
    usd: Pair = field(default_factory=Pair)
    direct_usd: float = 0.0
    hit_usd: float = 0.0
    unpriced: int = 0

    def add(self, played: Played, price: ModelPrice | None) -> None:
        row = played.row
        self.requests += 1
        self.streamed += row.stream
        self.hits += row.cache == "hit"
        self.tokens.add(sum(row.before.values()), sum(row.after.values()))
        usage, without = Usage(**row.usage), Usage(**row.without)
        self.usage += usage
        self.usage_without += without
        if price is None or row.cost is None or row.cost_without is None:
            self.unpriced += 1
            return
        self.weighted.add(_weighted(price, without), _weighted(price, usage))
        self.usd.add(row.cost_without, row.cost + row.own_cost)
        self.direct_usd += price.cost(played.direct)
        if row.cache == "hit":
            self.hit_usd += row.cost_without

    @classmethod
    def of(cls, several: Iterable[Sums]) -> Sums:
        """The sums of several together."""
        total = cls()
        for each in several:
            for name in ("requests", "streamed", "hits", "usage", "usage_without", "direct_usd", "hit_usd", "unpriced"):
                setattr(total, name, getattr(total, name) + getattr(each, name))
            for name in ("tokens", "weighted", "usd"):
                pair: Pair = getattr(each, name)
                getattr(total, name).add(pair.without, pair.with_trimtab)
        return total

    @property
    def saved(self) -> float:
        return self.usd.without - self.usd.with_trimtab

    @property
    def saved_without_hits(self) -> float:
        """Dollars saved if the answers from the cache had been bought like all others."""
        return self.saved - self.hit_usd

    def to_dict(self) -> dict[str, Any]:
        usd = {"saved": self.saved, "saved_without_cache_hits": self.saved_without_hits, "direct": self.direct_usd}
        return {
            "requests": self.requests,
            "streamed": self.streamed,
            "cache_hits": self.hits,
            "tokens": _pair(self.tokens),
            "usage": {"without": asdict(self.usage_without), "with": asdict(self.usage)},
            "weighted_input": _pair(self.weighted),
            "usd": {**_pair(self.usd), **usd},
            "unpriced": self.unpriced,
        }


@dataclass
class SessionFigures(Sums):
    """One session, and how it was played."""

    file: str = ""
    client: str = ""
    model: str = ""

    def to_dict(self) -> dict[str, Any]:
        return {"file": self.file, "client": self.client, "model": self.model, **super().to_dict()}


class Figures:
    """Everything that the demo reports."""

    def __init__(self, played: Sequence[Played], validity: Validity) -> None:
        self.total = Sums()
        self.unmarked = Sums()
        """The part of ``total`` whose client marks nothing for Anthropic's cache, as trimtab then does."""
        self.sessions: dict[str, SessionFigures] = {}
        self.validity = validity
        self.added_ms = [each.row.latency["added"] for each in played if "added" in each.row.latency]
        self.cache = Counter(each.row.cache for each in played)
        prices = PriceList()
        for each in played:
            exchange, model = each.exchange, each.exchange.model
            price = prices.of(model, "anthropic" if each.row.format == "anthropic_messages" else "openai")
            new = SessionFigures(file=exchange.file, client=exchange.client, model=model)
            sums = [self.total, self.sessions.setdefault(exchange.recorded.session, new)]
            if exchange.client.endswith("unmarked"):
                sums.append(self.unmarked)
            for each_sum in sums:
                each_sum.add(each, price)
        self.stages = _waterfall(played)

    @property
    def dearer(self) -> dict[str, float]:
        """Sessions that cost more than without, and how much more."""
        return {name: -each.saved for name, each in self.sessions.items() if each.saved < -CENT_DUST}

    def to_dict(self) -> dict[str, Any]:
        """JSON-like; only the milliseconds differ from run to run."""
        validity = self.validity
        return {
            **self.total.to_dict(),
            "sessions": len(self.sessions),
            "stages": [
                {"stage": name, "before": pair.without, "after": pair.with_trimtab} for name, pair in self.stages
            ],
            "unmarked": self.unmarked.to_dict(),
            "cache": dict(self.cache),
            "added_ms": spread(self.added_ms),
            "validity": {
                "answers_as_recorded": self.total.requests,
                "requests_at_provider": validity.compared,
                "refused": validity.refused,
                "references": validity.references,
            },
            "by_session": {name: each.to_dict() for name, each in self.sessions.items()},
        }


def _waterfall(played: Sequence[Played]) -> list[tuple[str, Pair]]:
    """Input tokens before and after each stage, over all requests.

    An edit of a message is made once and stands in every later request of its thread, where it is counted again;
    edits of tools are made anew.
    """
    saved = dict.fromkeys([*STAGES, REST], 0)
    standing: dict[str, Counter[str]] = {}
    left = 0
    for each in played:
        row = each.row
        before, after = sum(row.before.values()), sum(row.after.values())
        left += before
        if row.cache == "hit":
            saved[STAGES[0]] += before - after
            continue
        kept = standing.setdefault(each.exchange.recorded.session, Counter())
        now: Counter[str] = Counter()
        for edit in row.edits:
            if edit.applied:
                (kept if edit.place.startswith("message") else now)[edit.stage] += edit.before - edit.after
        total = kept + now
        for name, tokens in total.items():
            saved[name] += tokens
        saved[REST] += before - after - total.total()
    return list(_steps(left, saved.items()))


def _steps(left: int, saved: Iterable[tuple[str, int]]) -> Iterable[tuple[str, Pair]]:
    for name, tokens in saved:
        if tokens or name != REST:
            yield name, Pair(left, left - tokens)
        left -= tokens


def _weighted(price: ModelPrice, usage: Usage) -> float:
    return price.cost(replace(usage, output=0)) / price.fresh if price.fresh else float(usage.input)


def _pair(pair: Pair) -> dict[str, float | None]:
    return {"without": pair.without, "with": pair.with_trimtab, "ratio": pair.ratio}
