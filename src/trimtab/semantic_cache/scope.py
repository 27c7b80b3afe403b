"""The scope of a cached answer: everything that has to be the same before similarity may be asked about."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import orjson

from trimtab.request import ChatRequest
from trimtab.stage import Context

TRANSPORT = frozenset({"stream", "stream_options", "prompt_cache_key", "prompt_cache_retention", "service_tier"})
"""Fields that change how an answer is delivered or billed, not which answer it is."""

HEADERS = ("anthropic-version", "anthropic-beta", "openai-beta", "openai-organization", "openai-project")
"""Headers that change which answer it is."""


def exact_key(request: ChatRequest, ctx: Context) -> str:
    """The key of a whole request: tenant, format and every field that may change the answer, byte for byte."""
    said = [ctx.tenant, ctx.credential, request.format, *(ctx.headers.get(header, "") for header in HEADERS)]
    names = sorted(request.fields.keys() - TRANSPORT)
    parts = [orjson.dumps([said, names]), *[request.fields[name] for name in names]]
    return blake2b(b"\0".join(parts), digest_size=20).hexdigest()  # JSON has no bare NUL in it


def bypass_reason(request: ChatRequest, ctx: Context) -> str:
    """Why this request may not be answered from the cache, in words; empty where it may."""
    config, params = ctx.config, request.params
    if not config.cache.exact:
        return "switched off"
    if not config.content.allows("answers", ctx.tenant):
        return "answers of this tenant are not kept"
    return _asked_for(ctx) or _not_repeatable(request, ctx, params)


def _asked_for(ctx: Context) -> str:
    if ctx.headers.get("x-trimtab-cache", "").strip().lower() in ("bypass", "off"):
        return "the client asked for a bypass"
    if "no-store" in ctx.headers.get("cache-control", "").lower():
        return "the client sent Cache-Control: no-store"
    return ""


def _not_repeatable(request: ChatRequest, ctx: Context, params: Mapping[str, Any]) -> str:
    """Why the same request may well get another answer."""
    temperature, choices, limit = params.get("temperature"), params.get("n"), ctx.config.cache.max_temperature
    if ctx.chained:
        return "the provider holds part of the conversation"
    if params.get("background") is True:
        return "a background response"
    if isinstance(choices, int) and choices > 1:
        return "several choices were asked for"
    if isinstance(temperature, int | float) and temperature > limit:
        return f"temperature {temperature} is above cache.max_temperature {limit}"
    if any(tool.builtin for tool in request.tools):
        return "tools of the provider look at the outside world"
    return ""


def refresh_reason(ctx: Context) -> str:
    """Why the stored answer has to be replaced by a new one; empty where it may be served."""
    if ctx.headers.get("x-trimtab-cache", "").strip().lower() == "refresh":
        return "the client asked for a refresh"
    if "no-cache" in ctx.headers.get("cache-control", "").lower():
        return "the client sent Cache-Control: no-cache"
    if ctx.named and ctx.repeated:
        return "the same request again in a thread that the client names: a regeneration"
    return ""
