"""What a caller may see of the gateway's books and cache: what its own tenant has, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request

from trimtab.errors import AuthError
from trimtab.gateway.client import Head
from trimtab.telemetry.ledger import Row

if TYPE_CHECKING:
    from trimtab.gateway.app import Gateway


async def own_tenants(gateway: Gateway, request: Request) -> list[str]:
    """The tenants that a caller is: one, or one for each upstream that knows its token by another owner.

    Raises AuthError where a gateway key is needed and not given.
    """
    head, rules = Head(request.scope), gateway.rules
    callers = [await rules.gatekeeper.identify(head, to) for to in rules.router.destinations.values()]
    return list(dict.fromkeys(caller.tenant for caller in callers))


async def own_row(gateway: Gateway, request: Request, row_id: str) -> Row | None:
    """The ledger row of one of the caller's requests; None for any other id."""
    optimizer = gateway.optimizer
    row = await optimizer.ledger.find(row_id)
    if row is None:
        await optimizer.store.flush()  # rows are written within a second; one that was just made is near
        row = await optimizer.ledger.find(row_id)
    if row is None:
        return None
    try:
        return row if row.tenant in await own_tenants(gateway, request) else None
    except AuthError:
        return None
