"""The scope of a cached answer: everything that has to be the same before similarity may be asked about."""

from __future__ import annotations

from hashlib import blake2b

from trimtab.request import ChatRequest
from trimtab.stage import Context

TRANSPORT = frozenset({"stream", "stream_options", "prompt_cache_key", "prompt_cache_retention", "service_tier"})
"""Fields that change how an answer is delivered or billed, not which answer it is."""

HEADERS = ("anthropic-version", "anthropic-beta", "openai-beta", "openai-organization", "openai-project")
"""Headers that change which answer it is."""


def exact_key(request: ChatRequest, ctx: Context) -> str:
    """The key of a whole request: tenant, format and every field that may change the answer, byte for byte."""
    named: list[tuple[str, bytes]] = [
        ("tenant", ctx.tenant.encode()),
        ("credential", ctx.credential.encode()),
        ("format", request.format.encode()),
        *((header, ctx.headers.get(header, "").encode("utf-8", "replace")) for header in HEADERS),
        *((name, request.fields[name]) for name in sorted(request.fields.keys() - TRANSPORT)),
    ]
    whole = b"".join(b"%s\0%d\0%s" % (name.encode(), len(value), value) for name, value in named)
    return blake2b(whole, digest_size=20).hexdigest()


def bypass_reason(request: ChatRequest, ctx: Context) -> str:
    """Why this request may not be answered from the cache, in words; empty where it may."""
    params = request.params
    temperature = params.get("temperature")
    limit = ctx.config.cache.max_temperature
    asked = ctx.headers.get("x-trimtab-cache", "").strip().lower()
    control = ctx.headers.get("cache-control", "").lower()
    reasons = (
        (not ctx.config.cache.exact, "switched off"),
        (not ctx.config.content.allows("answers", ctx.tenant), "answers of this tenant are not kept"),
        (asked in ("bypass", "off"), "the client asked for a bypass"),
        ("no-store" in control, "the client sent Cache-Control: no-store"),
        (ctx.chained, "the provider holds part of the conversation"),
        (params.get("background") is True, "a background response"),
        (isinstance(params.get("n"), int) and params["n"] > 1, "several choices were asked for"),
        (
            isinstance(temperature, int | float) and temperature > limit,
            f"temperature {temperature} is above cache.max_temperature {limit}",
        ),
        (any(tool.builtin for tool in request.tools), "tools of the provider look at the outside world"),
    )
    return next((reason for applies, reason in reasons if applies), "")


def refresh_reason(ctx: Context) -> str:
    """Why the stored answer has to be replaced by a new one; empty where it may be served."""
    if ctx.headers.get("x-trimtab-cache", "").strip().lower() == "refresh":
        return "the client asked for a refresh"
    if "no-cache" in ctx.headers.get("cache-control", "").lower():
        return "the client sent Cache-Control: no-cache"
    if ctx.named and ctx.repeated:
        return "the same request again in a thread that the client names: a regeneration"
    return ""
