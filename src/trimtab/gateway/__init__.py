"""The gateway: any client reaches the pipeline by changing its base URL."""

from trimtab.gateway.app import Gateway, build_app
from trimtab.gateway.serve import serve

__all__ = ["Gateway", "build_app", "serve"]
