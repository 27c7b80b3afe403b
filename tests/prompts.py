"""Requests whose parts have a known number of tokens, for tests that do the provider's arithmetic by hand."""

from __future__ import annotations

from typing import Any

import orjson

from trimtab.request import ChatRequest
from trimtab.tokens import MESSAGE_OVERHEAD
from trimtab.wire import CODECS


def text(tokens: int, word: str = " a") -> str:
    """A text of exactly ``tokens`` tokens; another word makes another text of the same length."""
    return word * tokens


def said(tokens: int, role: str = "user", word: str = " a") -> dict[str, Any]:
    """A message that counts as exactly ``tokens`` tokens, overhead included."""
    return {"role": role, "content": text(tokens - MESSAGE_OVERHEAD, word)}


def block(tokens: int, word: str = " a", **more: Any) -> dict[str, Any]:
    """A content block of exactly ``tokens`` tokens."""
    return {"type": "text", "text": text(tokens, word), **more}


def marked(ttl: str | None = None) -> dict[str, Any]:
    """A breakpoint, to be spread into a block."""
    return {"cache_control": {"type": "ephemeral", **({"ttl": ttl} if ttl else {})}}


def chat(messages: list[dict[str, Any]], model: str = "gpt-4o", **fields: Any) -> ChatRequest:
    return CODECS["openai_chat"].parse(orjson.dumps({"model": model, "messages": messages, **fields}))


def anthropic(messages: list[dict[str, Any]], model: str = "claude-sonnet-4-5", **fields: Any) -> ChatRequest:
    body = {"model": model, "max_tokens": 100, "messages": messages, **fields}
    return CODECS["anthropic_messages"].parse(orjson.dumps(body))
