"""Prompt compression: what of the system text a request carries."""

from trimtab.prompt_compression.stage import PromptCompression

__all__ = ["PromptCompression"]
