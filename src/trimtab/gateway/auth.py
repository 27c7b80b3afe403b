"""Who is calling: gateway keys, or the caller's own provider key, known here by a keyed hash only."""

from __future__ import annotations

import hmac
import ipaddress
import os
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from trimtab.config import Config, GatewayKey
from trimtab.errors import AuthError, ConfigError, Conflict, StoreError
from trimtab.gateway.client import Head
from trimtab.gateway.headers import RawHeaders, to_upstream
from trimtab.gateway.routing import Destination
from trimtab.gateway.subjects import claim_of
from trimtab.identity import pseudonym
from trimtab.store import Put, Store

KEY_HEADER = "x-trimtab-key"
ANONYMOUS = "anonymous"
_KEY_HEADERS = ("x-api-key", "authorization")
_ACCEPTED_S = 3600.0
_MAX_ACCEPTED = 10_000


@dataclass(frozen=True)
class Caller:
    """Whose request it is, and the headers that it goes to the provider with.

    ``token`` names a rotating token whose owner counts only once the provider has accepted it.
    """

    tenant: str
    credential: str
    headers: list[tuple[str, str]]
    token: str = ""


async def installation_secret(store: Store) -> bytes:
    """The key of all pseudonyms: random, made once, the same for every process on one store. Raises StoreError."""
    fresh = Put("secret", "tenant", os.urandom(32))
    try:
        await store.compare_and_set(fresh, 0)
    except Conflict:
        value = await store.get("secret", "tenant")
        if value is None:
            raise StoreError("the secret for tenant names went away while it was read") from None
        return value.data
    return fresh.data


@lru_cache(maxsize=1024)
def on_loopback(host: str) -> bool:
    """Whether a host name or address is this machine's own."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def keys_required(config: Config) -> bool:
    """Whether callers need a gateway key."""
    auth = config.auth
    return auth.mode == "gateway_keys" or (auth.mode == "auto" and not on_loopback(config.server.host))


def check_exposure(config: Config) -> None:
    """Refuse a gateway that anybody could use. Raises ConfigError."""
    if keys_required(config) and not config.auth.keys:
        why = (
            'auth.mode = "gateway_keys"'
            if config.auth.mode == "gateway_keys"
            else f"server.host = {config.server.host!r} can be reached from other machines"
        )
        raise ConfigError(
            f"{why}, and there are no gateway keys: add auth.keys (`trimtab config hash-key` makes an entry), bind to "
            '127.0.0.1, or choose auth.mode = "pass_through" to let every caller in with a provider key of their own'
        )


class Gatekeeper:
    """Tells callers apart under one configuration."""

    def __init__(self, config: Config, secret: bytes, store: Store, *, clock: Callable[[], float] = time.time) -> None:
        check_exposure(config)
        self._auth = config.auth
        self._required = keys_required(config)
        self._local = on_loopback(config.server.host) and config.auth.mode == "auto"
        self._secret = secret
        self._store = store
        self._clock = clock
        self._accepted: OrderedDict[str, float] = OrderedDict()

    def host_allowed(self, headers: Mapping[str, str]) -> bool:
        """Whether the Host header fits a gateway on loopback that asks for no key.

        A web page can make a browser send requests here under a name of its own that resolves to 127.0.0.1
        (DNS rebinding) and read the answers; such requests carry that name.
        """
        host = headers.get("host", "")
        if not self._local or not host:
            return True
        name = host[: host.find("]") + 1] if host.startswith("[") else host.rsplit(":", 1)[0]
        return on_loopback(name)

    async def identify(self, head: Head, to: Destination) -> Caller:
        """The caller of a request. Raises AuthError where a gateway key is needed and not given."""
        headers, raw = head.named, head.headers
        key = self._gateway_key(headers)
        if key is not None and key.provider_key_env:
            return self._with_our_key(key, os.environ.get(key.provider_key_env, ""), headers, raw, to)
        presented = _presented(headers)
        account = pseudonym(self._secret, f"{to.settings.url}\0{presented}") if presented else ANONYMOUS
        sent = to_upstream(raw)
        if key is not None:
            return Caller(key.tenant, account, sent)
        if not presented:
            return Caller(ANONYMOUS, account, sent)
        own = pseudonym(self._secret, presented)
        owner = self._owner(presented, to)
        if not owner:
            return Caller(own, account, sent)
        tenant = owner if await self._was_accepted(account) else own
        return Caller(tenant, account, sent, token=account)

    def accepted(self, caller: Caller) -> None:
        """The provider has answered a request with this caller's token: the token's owner counts from now on."""
        now = self._clock()
        if not caller.token or self._accepted.get(caller.token, 0.0) > now + _ACCEPTED_S / 2:
            return
        self._keep(caller.token, now + _ACCEPTED_S)
        self._store.put_later(Put("token", caller.token, b"", ttl=_ACCEPTED_S))

    async def refused(self, caller: Caller) -> None:
        """The provider has refused this caller's token: its owner does not count any more."""
        if caller.token and self._accepted.get(caller.token) != 0.0:
            self._keep(caller.token, 0.0)
            with suppress(StoreError):  # then another process believes it for an hour at most
                await self._store.delete("token", caller.token)

    # -- gateway keys -----------------------------------------------------------------------------------------

    def _gateway_key(self, headers: Mapping[str, str]) -> GatewayKey | None:
        presented = headers.get(KEY_HEADER)
        if presented is not None:
            key = self._known(presented)
            if key is None:
                raise AuthError(f"the gateway key in {KEY_HEADER} is not known here")
            return key
        for name in _KEY_HEADERS if self._auth.keys else ():  # an SDK that can send one key only sends the gateway's
            key = self._known(_bare(headers.get(name, "")))
            if key is not None and key.provider_key_env:
                return key
        if self._required:
            raise AuthError(f"this gateway needs a key: send it as {KEY_HEADER}")
        return None

    def _known(self, presented: str) -> GatewayKey | None:
        """The entry of a presented key, compared without telling by the time how much of it was right."""
        digest = sha256(presented.encode("utf-8", "surrogateescape")).hexdigest()
        found = None
        for key in self._auth.keys:
            if hmac.compare_digest(digest, key.sha256):
                found = key
        return found

    def _with_our_key(
        self, key: GatewayKey, secret: str, headers: Mapping[str, str], raw: RawHeaders, to: Destination
    ) -> Caller:
        """The caller's key replaced by the provider key that it stands for."""
        sent = [(name, value) for name, value in to_upstream(raw) if name not in _KEY_HEADERS]
        as_api_key = to.provider == "anthropic" or (
            to.provider == "unknown" and "x-api-key" in headers and "authorization" not in headers
        )
        sent.append(("x-api-key", secret) if as_api_key else ("authorization", f"Bearer {secret}"))
        return Caller(key.tenant, pseudonym(self._secret, f"{to.settings.url}\0{secret}"), sent)

    # -- rotating tokens --------------------------------------------------------------------------------------

    def _owner(self, presented: str, to: Destination) -> str:
        """The stable owner of a rotating token, if the configuration can tell; not yet to be believed."""
        claim = to.settings.subject_claim
        subject = claim_of(presented, claim) if claim else None
        if subject:
            return pseudonym(self._secret, f"subject\0{to.name}\0{claim}\0{subject}")
        fitting = [prefix for prefix in self._auth.subjects if prefix and presented.startswith(prefix)]
        return self._auth.subjects[max(fitting, key=len)] if fitting else ""

    async def _was_accepted(self, token: str) -> bool:
        until = self._accepted.get(token)
        if until is not None:
            return until > self._clock()
        try:
            known = await self._store.get("token", token) is not None
        except StoreError:
            return False
        self._keep(token, self._clock() + _ACCEPTED_S if known else 0.0)
        return known

    def _keep(self, token: str, until: float) -> None:
        self._accepted[token] = until
        self._accepted.move_to_end(token)
        if len(self._accepted) > _MAX_ACCEPTED:
            self._accepted.popitem(last=False)


def _presented(headers: Mapping[str, str]) -> str:
    """The provider key of a request. Where two are sent both count: which one the provider reads is not known."""
    keys = [_bare(headers[name]) for name in _KEY_HEADERS if headers.get(name)]
    return "\0".join(keys)


def _bare(value: str) -> str:
    """A key without the word ``Bearer`` before it."""
    return value[7:].strip() if value[:7].lower() == "bearer " else value.strip()
