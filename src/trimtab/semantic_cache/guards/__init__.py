"""Guards: reasons, in words, why the answer to one question must not be served for another that is close to it."""

from trimtab.semantic_cache.guards.comparison import KINDS, difference, differences
from trimtab.semantic_cache.guards.kinds import Difference
from trimtab.semantic_cache.guards.wording import normalise

__all__ = ["KINDS", "Difference", "difference", "differences", "normalise"]
