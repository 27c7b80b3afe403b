"""Prices of a model's tokens, and the provider's prompt-cache arithmetic."""

from trimtab.pricing.prefix_cache import PrefixCache, can_cache
from trimtab.pricing.prices import ModelPrice, PriceList
from trimtab.pricing.rules import RULES, CacheRules, rules_for

__all__ = ["RULES", "CacheRules", "ModelPrice", "PrefixCache", "PriceList", "can_cache", "rules_for"]
