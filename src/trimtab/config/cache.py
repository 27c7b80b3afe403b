"""The settings of the answer cache."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import NamedTuple

from pydantic import Field, field_validator

from trimtab.config.group import Group


class Pool(NamedTuple):
    """Who is served the same answers: one tenant, or the tenants of a group."""

    name: str
    shared: bool = False


class CacheRule(Group):
    """An exception for some answers. The first rule that matches a request says; what it leaves out is general."""

    model: str = Field("*", description="Shell pattern of the model name.")
    tenant: str = Field("*", description="Shell pattern of the tenant.")
    like: str = Field("", description="Regular expression that the newest question has to match, in any case.")
    ttl_s: float | None = Field(None, gt=0, description="How long an answer may be served; absent: `cache.ttl_s`.")
    serve: bool = Field(True, description="False: never answer such requests from the cache.")

    @field_validator("like")
    @classmethod
    def _readable(cls, like: str) -> str:
        try:
            re.compile(like)
        except re.error as error:
            raise ValueError(f"{like!r} is not a regular expression: {error}") from error
        return like


class CacheSettings(Group):
    """The answer cache."""

    exact: bool = Field(
        True,
        description="Serve the stored answer where the whole request is the same. False switches the whole cache off.",
    )
    semantic: bool = Field(
        True, description="Serve the stored answer where the question is the same in other words, within the bound."
    )
    max_error_rate: float = Field(
        0.01, gt=0, le=0.2, description="Bound on the share of wrong answers among those served by meaning."
    )
    ttl_s: float = Field(86400.0, gt=0, description="How long an answer may be served.")
    rules: tuple[CacheRule, ...] = Field((), description="Exceptions by model, tenant or question; the first wins.")
    max_temperature: float = Field(
        0.5, ge=0, description="Requests with an explicit temperature above are not served from cache."
    )
    max_answer_bytes: int = Field(1 << 20, ge=1024, description="Larger answers are not stored.")
    max_entries: int = Field(
        100_000, ge=100, description="Answers kept for each tenant; those that saved least go first."
    )
    reuse_tool_calls: tuple[str, ...] = Field(
        (), description="Names of read-only tools: answers that call them, or that follow their results, may be reused."
    )
    time_dependent: bool = Field(
        False, description="Serve questions by meaning whose answer depends on the time (news, weather, prices)."
    )
    timely_ttl_s: float = Field(
        60.0, gt=0, description="How long the answer to the same request may be served where it depends on the time."
    )
    per_user: bool = Field(False, description="Keep the answers of each end user (`user`, `metadata.user_id`) apart.")
    shared: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="Groups of tenants that share their answers: a name and its tenants."
    )
    candidates: int = Field(3, ge=1, le=10, description="Nearest entries that are looked at closely.")
    min_similarity: float = Field(
        0.55, ge=0, le=1, description="Entries whose embedding is further away are not looked at."
    )
    embedder: str = Field(
        "builtin",
        description="`builtin`, `sentence-transformers:NAME` (a local path or a model of the hub) or "
        "`openai:MODEL` (through `embedder_upstream`).",
    )
    embedder_upstream: str = Field("", description="Entry of `upstreams` that serves `openai:` embeddings.")
    embedder_key_env: str = Field("", description="Environment variable with the credential for embeddings.")
    shadow_rate: float = Field(
        0.01, ge=0, le=1, description="Share of hits that are checked by asking the provider in the background."
    )
    judge: bool = Field(False, description="Let `background.model` judge where a check of a hit is in doubt.")
    wait_s: float = Field(60.0, ge=0, description="How long an identical request waits for the one under way.")
    replay_chunks_per_s: float = Field(
        250.0, ge=0, description="Pace of a replayed stream in chunks per second; 0 sends it at once."
    )

    @field_validator("embedder")
    @classmethod
    def _known(cls, embedder: str) -> str:
        kind, _, name = embedder.partition(":")
        if embedder != "builtin" and not (kind in ("sentence-transformers", "openai") and name):
            raise ValueError(f"{embedder!r} is none of builtin, sentence-transformers:NAME, openai:MODEL")
        return embedder

    @field_validator("shared")
    @classmethod
    def _once(cls, shared: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        members = [tenant for group in shared.values() for tenant in group]
        twice = sorted({tenant for tenant in members if members.count(tenant) > 1})
        if twice:
            raise ValueError(f"the tenant {twice[0]!r} is in two groups; a tenant may share with one group only")
        return shared

    def rule_for(self, model: str, tenant: str, question: str) -> CacheRule | None:
        """The first rule that matches, if any."""
        for rule in self.rules:
            if (
                fnmatchcase(model, rule.model)
                and fnmatchcase(tenant, rule.tenant)
                and (not rule.like or re.search(rule.like, question, re.IGNORECASE))
            ):
                return rule
        return None

    def pool_of(self, tenant: str) -> Pool:
        """Whose answers a tenant may be served: its own, or those of the group that it shares with."""
        for name, tenants in self.shared.items():
            if tenant in tenants:
                return Pool(name, shared=True)
        return Pool(tenant)
