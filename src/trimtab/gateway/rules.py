"""What one configuration makes of requests: where they go and who may send them. Replaced whole on a reload."""

from __future__ import annotations

from dataclasses import dataclass

from trimtab.config import Config
from trimtab.gateway.auth import Gatekeeper
from trimtab.gateway.client import Head
from trimtab.gateway.routing import Destination, Router
from trimtab.wire import CODECS, PATHS, Codec


@dataclass(frozen=True)
class Rules:
    """A configuration in force."""

    config: Config
    router: Router
    gatekeeper: Gatekeeper


def error_codec(head: Head, to: Destination | None = None) -> Codec:
    """Whose shape an error of ours has: that of the path's format, else of the provider that the caller speaks to."""
    if head.path in PATHS:
        return CODECS[PATHS[head.path]]
    anthropic = (
        head.path.startswith("/v1/messages")
        or "anthropic-version" in head.named
        or (to is not None and to.provider == "anthropic")
    )
    return CODECS["anthropic_messages" if anthropic else "openai_chat"]


NO_ROUTE = "no route of this gateway takes the request; `trimtab config show` prints the routes"
