"""The answer cache: exact, then semantic, then verified."""

from trimtab.semantic_cache.cache_manager import SemanticCache
from trimtab.semantic_cache.embedding_service import embedder_for

__all__ = ["SemanticCache", "embedder_for"]
