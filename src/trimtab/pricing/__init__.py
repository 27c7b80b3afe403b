"""Prices of a model's tokens, and the provider's prompt-cache arithmetic."""

from trimtab.pricing.prefix_cache import PrefixCache, Prompt, can_cache, prompt_of
from trimtab.pricing.prices import ModelPrice, PriceList
from trimtab.pricing.rules import RULES, CacheRules, rules_for

__all__ = [
    "RULES",
    "CacheRules",
    "ModelPrice",
    "PrefixCache",
    "PriceList",
    "Prompt",
    "can_cache",
    "prompt_of",
    "rules_for",
]
