"""The scope of a cached answer: everything that has to be the same before similarity may be asked about."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import product
from typing import Any, Protocol

import msgspec
import orjson

from trimtab.config import CacheSettings, Config
from trimtab.identity import MOMENT
from trimtab.request import ChatRequest
from trimtab.semantic_cache.question import Question
from trimtab.stage import Context
from trimtab.store import Store

TRANSPORT = frozenset({"stream", "stream_options", "prompt_cache_key", "prompt_cache_retention", "service_tier"})
"""Fields that change how an answer is delivered or billed, not which answer it is."""

HEADERS = ("anthropic-version", "anthropic-beta", "openai-beta", "openai-organization", "openai-project")
"""Headers that change which answer it is."""

END_USER = frozenset({"user", "safety_identifier", "metadata"})
"""Fields that say who asks: they may narrow a scope, never widen it."""

_CONVERSATION = frozenset({"messages", "input", "system", "instructions"})
_NOT_PARTITIONS = TRANSPORT | END_USER | _CONVERSATION
_SPEAKS_OF_NOW = re.compile(
    r"\b(?:today|now|current|currently|date|time|datetime|timestamp|as of|day|clock|session|started)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Scope:
    """A hard partition of the cache. ``ns`` is where its entries lie in the store."""

    ns: str
    digest: str
    """The conditions without the embedder: what an entry remembers, so that another embedder can place it anew."""


def exact_key(request: ChatRequest, ctx: Context) -> str:
    """The key of a whole request: pool, format and every field that may change the answer, byte for byte."""
    names = sorted(request.fields.keys() - TRANSPORT)
    parts = [orjson.dumps([*_asked_by(request, ctx), names]), *[request.fields[name] for name in names]]
    return blake2b(b"\0".join(parts), digest_size=20).hexdigest()  # JSON has no bare NUL in it


def exact_ns(ctx: Context) -> str:
    """Where the keys of whole requests lie in the store."""
    return f"answer_exact:{pool_name(ctx)}"


class Asker(Protocol):
    """Whose pool it is: a request's context, or somebody who looks after the cache."""

    @property
    def tenant(self) -> str: ...
    @property
    def config(self) -> Config: ...
    @property
    def store(self) -> Store: ...
    @property
    def clock(self) -> Callable[[], float]: ...


def pool_name(ctx: Asker) -> str:
    """The tenant, or behind a colon the group that it shares with; in ``scope_of`` the two can never be mistaken."""
    return pool_named(ctx.config.cache, ctx.tenant)


def pool_named(cache: CacheSettings, tenant: str) -> str:
    """The name of a tenant's pool."""
    pool = cache.pool_of(tenant)
    return f":{pool.name}" if pool.shared else pool.name


def scope_of(
    request: ChatRequest, question: Question, ctx: Context, embedder: str, *, timely: bool = False, own: bool = False
) -> Scope:
    """The partition that a question belongs to: the same for all that ask under the same conditions.

    ``timely``: the answer depends on the time, so dates of the system text count. ``own``: it depends on who asks,
    so the tenant and the end user count, whatever is shared.
    """
    said = [*_asked_by(request, ctx), len(question.turns), len(question.replies)]
    said += [_system(message.text, timely) for message in request.messages if message.role == "system"]
    if own:
        said += ["own", ctx.tenant, end_user(request)]
    elif ctx.config.cache.per_user:
        said += ["user", end_user(request)]
    names = sorted(request.fields.keys() - _NOT_PARTITIONS)
    parts = [orjson.dumps([said, names]), *[_plain(request.fields[name]) for name in names]]
    digest = blake2b(b"\0".join(parts), digest_size=12).hexdigest()
    return Scope(f"cached:{pool_name(ctx)}:{under_embedder(digest, embedder)}", digest)


def under_embedder(digest: str, embedder: str) -> str:
    """The name of a partition whose questions an embedder has placed: spaces are never mixed."""
    return blake2b(f"{digest}\0{embedder}".encode(), digest_size=12).hexdigest()


def _asked_by(request: ChatRequest, ctx: Context) -> list[object]:
    """Who asks, where and in which format. Tenants of a group ask as one, whatever their credentials are."""
    pool = ctx.config.cache.pool_of(ctx.tenant)
    credential = "" if pool.shared else ctx.credential
    return [pool.name, pool.shared, credential, request.format, *(ctx.headers.get(header, "") for header in HEADERS)]


def end_user(request: ChatRequest) -> str:
    """A hash of the end user that the request names in the provider's fields; empty where it names none."""
    metadata = request.params.get("metadata")
    inner = metadata.get("user_id") if isinstance(metadata, dict) else None
    named = [request.params.get("user"), request.params.get("safety_identifier"), inner]
    return _hashed(value if isinstance(value, str) else "" for value in named)


def end_users(name: str) -> frozenset[str]:
    """What `end_user` may have made of a plain name, whichever of the fields it stood in."""
    return frozenset(filter(None, map(_hashed, product(("", name), repeat=3))))


def _hashed(told: Iterable[str]) -> str:
    names = list(told)
    return blake2b(orjson.dumps(names), digest_size=8).hexdigest() if any(names) else ""


@lru_cache(maxsize=256)
def _system(text: str, timely: bool) -> str:
    """A digest of system text; where the answer does not depend on the time, without the date of today.

    Only lines that tell the time lose what they tell. A date in any other line (when an offer ends, when a company
    was founded) stays in, as do ids.
    """
    lines = []
    for line in text.splitlines():
        tells = not timely and len(line) <= 160 and _SPEAKS_OF_NOW.search(line) is not None
        lines.append(" ".join((MOMENT.sub("\N{SECTION SIGN}", line) if tells else line).split()))
    return blake2b("\n".join(lines).encode("utf-8", "replace"), digest_size=16).hexdigest()


@lru_cache(maxsize=256)
def _plain(raw: bytes) -> bytes:
    """A field without the white space between its JSON tokens."""
    try:
        return bytes(msgspec.json.format(raw, indent=-1))
    except msgspec.DecodeError:
        return raw


# -- why not ----------------------------------------------------------------------------------------------------


def bypass_reason(request: ChatRequest, ctx: Context) -> str:
    """Why this request may not be answered from the cache, in words; empty where it may."""
    config = ctx.config
    if not config.cache.exact:
        return "switched off"
    if not config.content.allows("answers", ctx.tenant):
        return "answers of this tenant are not kept"
    newest = request.messages[request.newest_person].text if request.newest_person >= 0 else ""
    rule = config.cache.rule_for(request.model, ctx.tenant, newest) if config.cache.rules else None
    if rule is not None and not rule.serve:
        return "a rule of cache.rules keeps it out"
    return _asked_for(ctx) or _not_repeatable(request, ctx, request.params)


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
