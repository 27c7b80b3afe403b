"""The gateway's endpoints for its answer cache: figures, entries, deletion, and feedback on answers.

Every caller sees and changes what its own tenant has; anything else does not exist for it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from trimtab.errors import AuthError, ConfigError, StoreError, TrimtabError
from trimtab.gateway.ownership import own_row, own_tenants
from trimtab.semantic_cache import SemanticCache
from trimtab.semantic_cache.administration import (
    Kept,
    Selection,
    UnknownEntry,
    age_of,
    deleted,
    forgotten,
    is_pattern,
    listed,
    shown,
)
from trimtab.semantic_cache.bounds import Bounds
from trimtab.semantic_cache.cache_stats import stats
from trimtab.semantic_cache.entries import Entries
from trimtab.semantic_cache.feedback import Caller, Feedback, Heard, NotFromCache
from trimtab.telemetry.since import parse_since

if TYPE_CHECKING:
    from trimtab.gateway.app import Gateway

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]

_FILTERS = ("like", "writer", "older_than")
_MOST_LISTED = 1000
_LARGEST_BODY = 4096
_HEADERS = {"cache-control": "no-store"}
_STATUS: dict[type[TrimtabError], int] = {
    ConfigError: 400,
    AuthError: 401,
    UnknownEntry: 404,
    NotFromCache: 409,
    StoreError: 503,
}
_FEEDBACK = (
    'the body is a JSON object such as {"id": "tt_…", "good": false}: "id" is the x-trimtab-id of an answer, or '
    '"entry" its x-trimtab-cache-entry, and "good" is true or false'
)


class _Said(msgspec.Struct, forbid_unknown_fields=True):
    good: bool
    id: str = ""
    entry: str = ""


_decode = msgspec.json.Decoder(_Said).decode


def cache_routes(gateway: Gateway, prefix: str) -> list[Route]:
    """The routes under ``prefix``."""
    admin = _CacheAdmin(gateway)
    entries, entry = f"{prefix}cache/entries", f"{prefix}cache/entries/{{entry_id}}"
    return [
        Route(f"{prefix}feedback", _told(admin.feedback), methods=["POST"]),
        Route(f"{prefix}cache/stats", _told(admin.stats), methods=["GET"]),
        Route(entries, _told(admin.entries), methods=["GET"]),
        Route(entries, _told(admin.delete_entries), methods=["DELETE"]),
        Route(entry, _told(admin.entry), methods=["GET"]),
        Route(entry, _told(admin.delete_entry), methods=["DELETE"]),
    ]


class _CacheAdmin:
    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def feedback(self, request: Request) -> Any:
        """Whether a served answer was right."""
        said = await _said(request)
        optimizer = self._gateway.optimizer
        stage = self._stage()
        feedback = Feedback(*self._memory(stage), optimizer.embedder)
        if said.id:
            row = await own_row(self._gateway, request, said.id)
            if row is None:
                raise UnknownEntry(f"the ledger has no request {said.id} of this caller")
            heard = await feedback.on_request(self._caller(row.tenant), row, good=said.good)
        else:
            heard = await self._on_entry(feedback, request, said)
        return {"deleted": heard.deleted, "counted": heard.counted}

    async def _on_entry(self, feedback: Feedback, request: Request, said: _Said) -> Heard:
        for tenant in await own_tenants(self._gateway, request):
            try:
                return await feedback.on_entry(self._caller(tenant), said.entry, good=said.good)
            except UnknownEntry:
                continue
        raise UnknownEntry(f"there is no entry {said.entry!r} of this caller in the cache")

    async def stats(self, request: Request) -> Any:
        """What the cache did for the caller, and how far it can be trusted."""
        given = _query(request, ("since",))
        optimizer = self._gateway.optimizer
        since = parse_since(given.get("since", "24h"), optimizer.clock())
        tenants = await own_tenants(self._gateway, request)
        await optimizer.store.flush()
        rows, config = optimizer.ledger.scan(since), self._gateway.rules.config
        made = await stats(rows, optimizer.store, config, since=since, tenants=tenants)
        return made.to_dict()

    async def entries(self, request: Request) -> Any:
        """The caller's newest entries."""
        given = _query(request, (*_FILTERS, "limit"))
        limit = _limit(given.get("limit", "50"))
        store, now = self._gateway.optimizer.store, self._gateway.optimizer.clock()
        found: list[Kept] = []
        for tenant in await own_tenants(self._gateway, request):
            found += await listed(store, self._selection(given, tenant), now=now, limit=limit)
        found.sort(key=lambda kept: -kept.entry.at)
        return {"entries": [kept.to_dict() for kept in found[:limit]]}

    async def entry(self, request: Request) -> Any:
        """One entry with its question and its answer."""
        kept = await self._own(request)
        return {**kept.to_dict(), "turns": list(kept.entry.turns), "answer": kept.answer}

    async def delete_entry(self, request: Request) -> Any:
        """Delete one entry."""
        kept = await self._own(request)
        entries, _ = self._memory(self._stage())
        return {"deleted": await forgotten(self._gateway.optimizer.store, entries, [kept.place])}

    async def delete_entries(self, request: Request) -> Any:
        """Delete the caller's entries that are meant."""
        given = _query(request, _FILTERS)
        if not given:
            raise ConfigError(f"nothing says which entries are to be deleted: give {_list(_FILTERS)}")
        entries, _ = self._memory(self._stage())
        store, now, gone = self._gateway.optimizer.store, self._gateway.optimizer.clock(), 0
        for tenant in await own_tenants(self._gateway, request):
            gone += await deleted(store, entries, self._selection(given, tenant), now=now)
        return {"deleted": gone}

    async def _own(self, request: Request) -> Kept:
        entry_id, told = request.path_params["entry_id"], "no upstream is configured, so nobody has entries"
        for tenant in await own_tenants(self._gateway, request):
            try:
                return await shown(self._gateway.optimizer.store, entry_id, tenant=tenant)
            except UnknownEntry as error:
                told = str(error)
        raise UnknownEntry(told)

    def _selection(self, given: dict[str, str], tenant: str) -> Selection:
        like, older_than = given.get("like"), given.get("older_than")
        if like is not None and is_pattern(like):  # one that takes for ever would hold up everybody's requests
            raise ConfigError(f"like = {like!r}: regular expressions are for the command line; give a part of the text")
        now = self._gateway.optimizer.clock()
        age = None if older_than is None else age_of("older_than", older_than, now)
        return Selection(tenant, given.get("writer"), like, age)

    def _caller(self, tenant: str) -> Caller:
        optimizer = self._gateway.optimizer
        return Caller(tenant, self._gateway.rules.config, optimizer.store, optimizer.clock)

    def _stage(self) -> SemanticCache | None:
        stages = self._gateway.optimizer.pipeline.stages
        return next((stage for stage in stages if isinstance(stage, SemanticCache)), None)

    @staticmethod
    def _memory(stage: SemanticCache | None) -> tuple[Entries, Bounds]:
        return (Entries(), Bounds()) if stage is None else (stage.entries, stage.bounds)


async def _said(request: Request) -> _Said:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST_BODY:
            raise ConfigError(f"the body is larger than {_LARGEST_BODY} bytes; {_FEEDBACK}")
    try:
        said = _decode(body)
    except msgspec.DecodeError as error:
        raise ConfigError(f"{error}; {_FEEDBACK}") from error
    if bool(said.id) == bool(said.entry):
        raise ConfigError(f'exactly one of "id" and "entry" has to be there; {_FEEDBACK}')
    return said


def _query(request: Request, known: tuple[str, ...]) -> dict[str, str]:
    """The query's fields. Raises ConfigError for one that is not known, so that a typing error deletes nothing."""
    given = {}
    for name, value in request.query_params.multi_items():
        if name not in known:
            raise ConfigError(f"there is no {name!r} here; what can be given is {_list(known)}")
        if name in given or not value:
            raise ConfigError(f"{name} = {value!r}: give it once, with a value, or leave it out")
        given[name] = value
    return given


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 9 and 1 <= int(text) <= _MOST_LISTED):
        raise ConfigError(f"limit = {text!r}: give a whole number from 1 to {_MOST_LISTED}")
    return int(text)


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(names)


def _told(work: Callable[[Request], Awaitable[Any]]) -> Endpoint:
    """The endpoint that tells what ``work`` gives, or what was wrong, as JSON."""

    async def endpoint(request: Request) -> Response:
        try:
            return JSONResponse(await work(request), headers=_HEADERS)
        except tuple(_STATUS) as error:
            status = next(status for kind, status in _STATUS.items() if isinstance(error, kind))
            return JSONResponse({"error": {"message": str(error)}}, status, headers=_HEADERS)

    return endpoint
