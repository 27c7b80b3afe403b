"""What a provider holds of the prompts sent so far, and what a request is billed for it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from trimtab.pricing.parts import Part, parts_of
from trimtab.pricing.rules import TTLS, CacheRules, fitted
from trimtab.request import ChatRequest
from trimtab.response import Usage

_HOUR_S = TTLS["1h"]


@dataclass(frozen=True, slots=True)
class _Prefix:
    """A prompt up to here. ``mark`` as in `Part`."""

    digest: bytes
    tokens: int
    mark: str


@dataclass(slots=True)
class _Warmth:
    until: float
    ttl: float


def can_cache(request: ChatRequest, rules: CacheRules) -> bool:
    """Whether the provider may cache anything of this request: automatically, or because breakpoints are set."""
    rules = fitted(rules, request)
    if rules.kind != "breakpoints":
        return rules.kind == "automatic"
    return rules.implicit or any(part.mark for part in parts_of(request))


@dataclass(frozen=True, slots=True)
class Prompt:
    """A request as a provider's cache sees it, under the rules that its own fields leave."""

    rules: CacheRules
    total: int
    prefixes: Sequence[_Prefix]


def prompt_of(account: str, request: ChatRequest, rules: CacheRules) -> Prompt:
    """What a request of ``account`` is to a provider's cache; made once, it may be sent to several of them."""
    rules = fitted(rules, request)
    if not request.tools and request.tokens < rules.min_tokens:
        return Prompt(rules, request.tokens, ())  # too short to be cached, now or as the beginning of another
    parts = parts_of(request)
    total = sum(part.tokens for part in parts)
    if rules.kind == "none" or not parts:
        return Prompt(rules, total, ())
    seed = f"{account}\0{request.model}\0{request.format}".encode("utf-8", "replace")
    return Prompt(rules, total, _prefixes(seed, parts, everywhere=rules.kind == "automatic"))


class PrefixCache:
    """What a provider would hold of the prompts sent so far, per credential and model. Kept in memory, bounded."""

    def __init__(self, clock: Callable[[], float], entries: int = 100_000) -> None:
        self._clock = clock
        self._entries = entries
        self._warm: OrderedDict[bytes, _Warmth] = OrderedDict()

    def send(self, account: str, request: ChatRequest, rules: CacheRules) -> Usage:
        """Account for a request as if it were sent now: which of its tokens are fresh, written and read."""
        return self.take(prompt_of(account, request, rules))

    def take(self, prompt: Prompt) -> Usage:
        """As `send`, for a prompt that is at hand."""
        if not prompt.prefixes:
            return Usage(fresh=prompt.total)
        if prompt.rules.kind == "automatic":
            return self._automatic(prompt.prefixes, prompt.rules)
        return self._breakpoints(prompt.prefixes, prompt.rules)

    def _is_warm(self, digest: bytes, now: float) -> bool:
        held = self._warm.get(digest)
        return held is not None and held.until > now

    def _heat(self, digest: bytes, now: float, ttl: float) -> None:
        """Written or used now. What is warm keeps the time to live that it was written with."""
        held = self._warm.get(digest)
        if held is None or held.until <= now:
            self._warm[digest] = _Warmth(now + ttl, ttl)
        else:
            held.ttl = max(held.ttl, ttl)
            held.until = now + held.ttl
        self._warm.move_to_end(digest)
        while len(self._warm) > self._entries:
            self._warm.popitem(last=False)

    def _automatic(self, prefixes: Sequence[_Prefix], rules: CacheRules) -> Usage:
        now = self._clock()
        total = prefixes[-1].tokens
        warm = 0
        for prefix in prefixes:
            if not self._is_warm(prefix.digest, now):
                break
            warm = prefix.tokens
        read = warm // rules.step * rules.step
        if read < rules.min_tokens:
            read = 0
        for prefix in reversed(prefixes):  # the beginning last: what more prompts share is forgotten later
            self._heat(prefix.digest, now, rules.ttl)
        return Usage(fresh=total - read, read=read)

    def _breakpoints(self, prefixes: Sequence[_Prefix], rules: CacheRules) -> Usage:
        now = self._clock()
        total = prefixes[-1].tokens
        last = len(prefixes) - 1
        marks = [at for at, prefix in enumerate(prefixes) if prefix.mark or (rules.implicit and at == last)]
        if rules.max_breakpoints:
            marks = marks[-rules.max_breakpoints :]
        found = self._longest_warm(prefixes, marks, rules, now)
        read = prefixes[found].tokens if found >= 0 else 0
        if found >= 0:
            self._heat(prefixes[found].digest, now, 0.0)
        end = hourly = 0
        for mark in marks:
            prefix = prefixes[mark]
            if prefix.tokens < rules.min_tokens:
                continue
            ttl = TTLS.get(prefix.mark, rules.ttl)
            end = prefix.tokens
            if ttl >= _HOUR_S:
                hourly = prefix.tokens
            written_now = prefix.tokens > read or not self._is_warm(prefix.digest, now)
            self._heat(prefix.digest, now, ttl if written_now else 0.0)
        written = max(0, end - read)
        return Usage(
            fresh=total - read - written, written=written, read=read, written_1h=min(written, max(0, hourly - read))
        )

    def _longest_warm(self, prefixes: Sequence[_Prefix], marks: Sequence[int], rules: CacheRules, now: float) -> int:
        """Index of the longest prefix that a breakpoint finds warm by looking back, or -1."""
        found = -1
        for mark in marks:
            stop = found if not rules.lookback else max(found, mark - rules.lookback)
            for index in range(mark, stop, -1):
                if prefixes[index].tokens >= rules.min_tokens and self._is_warm(prefixes[index].digest, now):
                    found = index
                    break
        return found


def _prefixes(seed: bytes, parts: Sequence[Part], *, everywhere: bool) -> list[_Prefix]:
    """Cumulative digests behind every part, or behind every content block only."""
    running = blake2b(seed, digest_size=12)
    tokens = 0
    found = []
    for part in parts:
        running.update(part.digest)
        tokens += part.tokens
        if everywhere or part.ends:
            found.append(_Prefix(running.digest(), tokens, part.mark))
    return found
