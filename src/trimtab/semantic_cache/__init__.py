"""The answer cache: exact, then semantic, then verified."""

from trimtab.semantic_cache.cache_manager import SemanticCache

__all__ = ["SemanticCache"]
