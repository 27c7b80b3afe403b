"""Hierarchical context: which messages of a thread a request carries, and at which level."""

from trimtab.context_optimization.context_manager import ContextOptimization

__all__ = ["ContextOptimization"]
