"""The stable owner of a rotating bearer token, as the token itself states it."""

from __future__ import annotations

import base64
import binascii

import orjson

_JWT_PARTS = 3


def claim_of(token: str, claim: str) -> str | None:
    """A claim of a JWT, or None where the token is none or has no such claim.

    The signature is not checked, the key for it is the provider's: believe the claim only once the provider has
    accepted this very token.
    """
    parts = token.split(".")
    if len(parts) != _JWT_PARTS:
        return None
    try:
        payload = orjson.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError):
        return None
    value = payload.get(claim) if isinstance(payload, dict) else None
    return str(value) if isinstance(value, str | int) and value != "" else None
