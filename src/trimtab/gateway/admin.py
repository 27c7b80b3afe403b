"""The gateway's own small endpoints: health, readiness, and what was done to a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from trimtab.errors import StoreError
from trimtab.gateway.cache_admin import cache_routes
from trimtab.gateway.ownership import own_row

if TYPE_CHECKING:
    from trimtab.gateway.app import Gateway

PREFIX = "/v1/trimtab/"


def admin_app(gateway: Gateway) -> Starlette:
    """The small endpoints over a gateway."""
    endpoints = _Endpoints(gateway)
    routes = [
        Route("/healthz", endpoints.health),
        Route("/readyz", endpoints.ready),
        Route(f"{PREFIX}explain/{{row_id}}", endpoints.explain),
        *cache_routes(gateway, PREFIX),
        Route("/{path:path}", endpoints.unknown, methods=["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
    ]
    return Starlette(routes=routes)


class _Endpoints:
    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def health(self, request: Request) -> Response:
        """The process answers; how many requests it is at, this one aside."""
        return JSONResponse({"status": "ok", "running": self._gateway.running - 1})

    async def ready(self, request: Request) -> Response:
        """Requests can be served: the store answers and there is a provider to ask."""
        problems = []
        try:
            await self._gateway.optimizer.store.get("ready", "probe")
        except StoreError as error:
            problems.append(f"the store: {error}")
        if not self._gateway.rules.config.routes:
            problems.append("no upstream: the configuration has no routes")
        if problems:
            return JSONResponse({"status": "not ready", "problems": problems}, 503)
        return JSONResponse({"status": "ready"})

    async def explain(self, request: Request) -> Response:
        """The ledger row of a request, for the tenant whose request it was."""
        row_id = request.path_params["row_id"]
        row = await own_row(self._gateway, request, row_id)
        if row is None:
            return JSONResponse({"error": {"message": f"the ledger has no request {row_id} of this caller"}}, 404)
        return JSONResponse(msgspec.to_builtins(row))

    async def unknown(self, request: Request) -> Response:
        """What is served here, for somebody who asked for something else."""
        here = (
            "the providers' APIs under /v1/, /healthz, /readyz, GET /v1/trimtab/explain/{id}, "
            "POST /v1/trimtab/feedback, GET /v1/trimtab/cache/stats, and GET and DELETE /v1/trimtab/cache/entries "
            "and /v1/trimtab/cache/entries/{id}"
        )
        return JSONResponse(
            {"error": {"message": f"there is no {request.method} {request.url.path} here; trimtab serves {here}"}}, 404
        )
