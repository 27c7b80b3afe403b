"""Prices of a model's tokens, and the provider's prompt-cache arithmetic.

Rules of the caches: OpenAI and Anthropic prompt-caching documentation, as summarised in the evidence. Prices come
from `genai-prices`; a model that it does not know has no price, and no cost is guessed for it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Literal

from trimtab.config import Price, Provider
from trimtab.request import ChatRequest, Format
from trimtab.response import Usage

_MTOK = 1_000_000
_PIECE = 4096
"""Fragments are compared in pieces of this many bytes, so that a change at the end leaves the beginning warm."""


@dataclass(frozen=True)
class CacheRules:
    """How a provider caches prompts.

    ``kind``: ``automatic`` (any prefix, in steps), ``breakpoints`` (only where the client marks one) or ``none``.
    ``min_tokens`` is the shortest prefix cached, ``step`` its granularity, ``ttl`` seconds it stays warm.
    """

    kind: Literal["automatic", "breakpoints", "none"]
    min_tokens: int = 1024
    step: int = 1
    ttl: float = 300.0
    max_breakpoints: int = 0
    lookback: int = 20
    cache_key: bool = False


RULES: dict[Provider, CacheRules] = {
    "openai": CacheRules("automatic", min_tokens=1024, step=128, ttl=300.0, cache_key=True),
    "anthropic": CacheRules("breakpoints", min_tokens=1024, ttl=300.0, max_breakpoints=4),
    "unknown": CacheRules("none"),
}


def rules_for(provider: Provider, wire: Format) -> CacheRules:
    """The rules to reckon with: an unknown provider is assumed to cache as the owner of the format does."""
    if provider != "unknown":
        return RULES[provider]
    return RULES["anthropic"] if wire == "anthropic_messages" else RULES["openai"]


@dataclass(frozen=True)
class ModelPrice:
    """Dollars per token. Tiers beyond ``tier_from`` input tokens cost ``tier_factor`` times as much."""

    fresh: float
    written: float
    written_1h: float
    read: float
    output: float
    tier_from: int = 0
    tier: ModelPrice | None = None

    def cost(self, usage: Usage) -> float:
        """Dollars for ``usage``."""
        if self.tier is not None and usage.input > self.tier_from:
            return self.tier.cost(usage)
        short = usage.written - usage.written_1h
        return (
            usage.fresh * self.fresh
            + short * self.written
            + usage.written_1h * self.written_1h
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
            if len(self._memo) > 4096:
                self._memo.clear()
            self._memo[key] = self._look_up(model, provider)
        return self._memo[key]

    def _look_up(self, model: str, provider: Provider) -> ModelPrice | None:
        own = self._overrides.get(model)
        if own is not None:
            read = own.input if own.read is None else own.read
            written = own.input if own.written is None else own.written
            return _per_token(own.input, written, written, read, own.output)
        from genai_prices import Usage as Priced  # noqa: PLC0415  (0.1 s of import that pass-through does not need)
        from genai_prices import calc_price  # noqa: PLC0415

        for provider_id in (None if provider == "unknown" else provider, None):
            try:
                listed = calc_price(Priced(input_tokens=1), model_ref=model, provider_id=provider_id).model_price
            except LookupError:
                continue
            return _from_list(listed)
        return None


def _from_list(listed: Any) -> ModelPrice | None:
    """A price of `genai_prices`; tiered prices become two levels."""
    names = ("input_mtok", "cache_write_mtok", "cache_write_1h_mtok", "cache_read_mtok", "output_mtok")
    values = [getattr(listed, name, None) for name in names]
    if values[0] is None:
        return None
    tiers = [tier for value in values for tier in getattr(value, "tiers", ())]
    base = [getattr(value, "base", value) for value in values]
    if not tiers:
        return _price(base)
    start = min(tier.start for tier in tiers)
    above = [
        next((tier.price for tier in reversed(getattr(value, "tiers", ())) if tier.start == start), flat)
        for value, flat in zip(values, base, strict=True)
    ]
    low, high = _price(base), _price(above)
    return ModelPrice(low.fresh, low.written, low.written_1h, low.read, low.output, tier_from=start, tier=high)


def _price(mtok: Sequence[Any]) -> ModelPrice:
    fresh = float(mtok[0])
    written = fresh if mtok[1] is None else float(mtok[1])
    written_1h = written if mtok[2] is None else float(mtok[2])
    read = fresh if mtok[3] is None else float(mtok[3])
    output = 0.0 if mtok[4] is None else float(mtok[4])
    return _per_token(fresh, written, written_1h, read, output)


def _per_token(fresh: float, written: float, written_1h: float, read: float, output: float) -> ModelPrice:
    return ModelPrice(fresh / _MTOK, written / _MTOK, written_1h / _MTOK, read / _MTOK, output / _MTOK)


@dataclass(frozen=True)
class Segment:
    """A piece of a prompt in the provider's order: its bytes, its tokens, whether a breakpoint stands after it."""

    raw: bytes
    tokens: int
    breakpoint: bool = False


def segments_of(request: ChatRequest) -> list[Segment]:
    """The prompt as the provider's cache sees it: tools, then messages (the system text among them is first)."""
    found = [Segment(tool.raw, tool.tokens, tool.cache_marked) for tool in request.tools]
    for message in request.messages:
        marked = any(block.cache_marked for block in message.blocks)
        found.append(Segment(message.raw, message.tokens, marked))
    return found


class PrefixCache:
    """What a provider would hold of the prompts sent so far, per credential and model. Kept in memory, bounded."""

    def __init__(self, clock: Callable[[], float], entries: int = 100_000) -> None:
        self._clock = clock
        self._entries = entries
        self._warm: OrderedDict[bytes, float] = OrderedDict()

    def send(self, account: str, request: ChatRequest, rules: CacheRules) -> Usage:
        """Account for a request as if it were sent now: which of its tokens are fresh, written and read."""
        segments = segments_of(request)
        if rules.kind == "none":
            return Usage(fresh=sum(segment.tokens for segment in segments))
        seed = f"{account}\0{request.model}\0{request.format}".encode()
        prefixes = _prefixes(seed, segments, split=rules.kind == "automatic")
        if rules.kind == "automatic":
            return self._automatic(prefixes, rules)
        return self._breakpoints(prefixes, rules)

    def _is_warm(self, digest: bytes, now: float) -> bool:
        return self._warm.get(digest, 0.0) > now

    def _heat(self, digest: bytes, until: float) -> None:
        self._warm[digest] = until
        self._warm.move_to_end(digest)
        if len(self._warm) > self._entries:
            self._warm.popitem(last=False)

    def _automatic(self, prefixes: Sequence[_Prefix], rules: CacheRules) -> Usage:
        now = self._clock()
        total = prefixes[-1].tokens if prefixes else 0
        warm = 0
        for prefix in prefixes:
            if not self._is_warm(prefix.digest, now):
                break
            warm = prefix.tokens
        read = warm // rules.step * rules.step
        if read < rules.min_tokens:
            read = 0
        for prefix in prefixes:
            self._heat(prefix.digest, now + rules.ttl)
        return Usage(fresh=total - read, read=read)

    def _breakpoints(self, prefixes: Sequence[_Prefix], rules: CacheRules) -> Usage:
        now = self._clock()
        total = prefixes[-1].tokens if prefixes else 0
        marks = [index for index, prefix in enumerate(prefixes) if prefix.breakpoint]
        read = end = 0
        for mark in marks:
            for index in range(mark, max(-1, mark - rules.lookback - 1), -1):
                if prefixes[index].tokens >= rules.min_tokens and self._is_warm(prefixes[index].digest, now):
                    read = max(read, prefixes[index].tokens)
                    self._heat(prefixes[index].digest, now + rules.ttl)
                    break
            if prefixes[mark].tokens >= rules.min_tokens:
                end = max(end, prefixes[mark].tokens)
                self._heat(prefixes[mark].digest, now + rules.ttl)
        written = max(0, end - read)
        return Usage(fresh=total - read - written, written=written, read=read)


@dataclass(frozen=True)
class _Prefix:
    digest: bytes
    tokens: int
    breakpoint: bool


def _prefixes(seed: bytes, segments: Sequence[Segment], *, split: bool) -> list[_Prefix]:
    """Cumulative digests at the end of every segment; long segments in pieces where the provider works in steps.

    Breakpoint markers are not content: they are left out of what is hashed.
    """
    running = blake2b(seed, digest_size=12)
    tokens = 0
    found = []
    for segment in segments:
        raw = segment.raw if not segment.breakpoint else segment.raw.replace(_MARKER, b"")
        pieces = range(0, len(raw), _PIECE) if split and len(raw) > _PIECE else (0,)
        for start in pieces:
            end = start + _PIECE if len(pieces) > 1 else len(raw)
            running.update(raw[start:end])
            share = min(1.0, end / len(raw)) if raw else 1.0
            last = end >= len(raw)
            found.append(_Prefix(running.digest(), tokens + int(segment.tokens * share), segment.breakpoint and last))
        tokens += segment.tokens
    return found


_MARKER = b',"cache_control":{"type":"ephemeral"}'
