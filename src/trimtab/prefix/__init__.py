"""The prefix stage: making the provider's own prompt cache hit."""

from trimtab.prefix.stage import Prefix

__all__ = ["Prefix"]
