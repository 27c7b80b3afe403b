"""How the providers cache prompts.

Sources: the prompt-caching pages of OpenAI and Anthropic (developers.openai.com/api/docs/guides/prompt-caching,
platform.claude.com/docs/en/build-with-claude/prompt-caching), as summarised in the evidence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from trimtab.config import Provider
from trimtab.request import ChatRequest, Format

DAY_S = 86400.0
TTLS: dict[str, float] = {"5m": 300.0, "30m": 1800.0, "1h": 3600.0, "24h": DAY_S}


@dataclass(frozen=True)
class CacheRules:
    """How a provider caches prompts.

    ``kind``: ``automatic`` (any prefix, in steps), ``breakpoints`` (only what ends at one) or ``none``.
    ``min_tokens`` is the shortest prefix cached, ``step`` its granularity, ``ttl`` seconds it stays warm after its
    last use. ``lookback`` counts the content blocks, its own included, in which a breakpoint looks for an earlier
    one (0: all of them); ``implicit``: the provider sets a breakpoint of its own at the end of the prompt.
    """

    kind: Literal["automatic", "breakpoints", "none"]
    min_tokens: int = 1024
    step: int = 1
    ttl: float = 300.0
    max_breakpoints: int = 0
    lookback: int = 20
    cache_key: bool = False
    implicit: bool = False


RULES: dict[Provider, CacheRules] = {
    "openai": CacheRules("automatic", min_tokens=1024, step=128, ttl=300.0, cache_key=True),
    "anthropic": CacheRules("breakpoints", min_tokens=1024, ttl=300.0, max_breakpoints=4),
    "unknown": CacheRules("none"),
}
_OPENAI_BREAKPOINTS = CacheRules(
    "breakpoints", min_tokens=1024, ttl=TTLS["30m"], max_breakpoints=4, lookback=0, cache_key=True, implicit=True
)
"""GPT-5.6 and later: writes are billed, and a prefix is found again at a breakpoint only."""
_ANTHROPIC_MINIMUM: tuple[tuple[str, int], ...] = (
    (r"(opus|fable|mythos)-5", 512),
    (r"opus-4-[567]|haiku-4-5", 4096),  # of 4.7 some pages say 2,048
    (r"3-haiku|3-5-haiku|haiku-3", 2048),
)
"""Shortest cached prefix by model; 1,024 for all others (Sonnet, Opus 4 and 4.1, Opus 4.8)."""
_GPT = re.compile(r"(?:^|/)gpt-(\d+)(?:\.(\d+))?(?![\d.])")


@lru_cache(maxsize=1024)
def rules_for(provider: Provider, wire: Format, model: str = "") -> CacheRules:
    """The rules to reckon with: an unknown provider is assumed to cache as the owner of the format does.

    With ``model``, also what holds for that model alone.
    """
    if provider == "unknown":
        provider = "anthropic" if wire == "anthropic_messages" else "openai"
    if provider == "anthropic":
        name = model.lower().replace(".", "-")
        least = next((least for pattern, least in _ANTHROPIC_MINIMUM if re.search(pattern, name)), 0)
        return replace(RULES[provider], min_tokens=least) if least else RULES[provider]
    gpt = _GPT.search(model.lower())
    if gpt is not None and (int(gpt[1]), int(gpt[2] or 0)) >= (5, 6):
        return _OPENAI_BREAKPOINTS
    return RULES[provider]


def fitted(rules: CacheRules, request: ChatRequest) -> CacheRules:
    """``rules`` as the request's own fields change them: how long to keep, and who sets the breakpoints."""
    params = request.params
    if rules.kind == "automatic" and params.get("prompt_cache_retention") == "24h":
        return replace(rules, ttl=DAY_S)
    if rules.kind != "breakpoints":
        return rules
    if isinstance(params.get("cache_control"), dict):  # Anthropic's automatic caching
        return replace(rules, implicit=True)
    options = params.get("prompt_cache_options")
    if rules.implicit and isinstance(options, dict) and options.get("mode") == "explicit":
        return replace(rules, implicit=False)
    return rules
