"""Encryption of content at rest: AES-256-GCM, bound to the namespace and key that a value was stored under.

Only values are encrypted. Namespaces, keys, tenants, threads, sizes and vectors stay readable in the file, since
the store has to search by them. Nonces are random: one key is good for about four thousand million writes.
"""

from __future__ import annotations

import base64
import binascii
import os
from typing import TYPE_CHECKING

from trimtab.errors import ConfigError, ContentLocked

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
KEY_VARIABLE = "TRIMTAB_STORE_KEY"


def key_from_environment(name: str = KEY_VARIABLE) -> bytes | None:
    """The store key in the environment variable ``name``: 32 bytes in hex or base64. None if it is unset or empty.

    Raises ConfigError (which never repeats the value) if it is neither.
    """
    text = os.environ.get(name, "").strip()
    if not text:
        return None
    key = _from_hex(text) or _from_base64(text)
    if key is None:
        raise ConfigError(
            f"{name} is not a store key: it has to be {KEY_BYTES} random bytes, as 64 hexadecimal digits or as base64. "
            f"`openssl rand -hex {KEY_BYTES}` prints a good one."
        )
    return key


def _from_hex(text: str) -> bytes | None:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        return None
    return key if len(key) == KEY_BYTES else None


def _from_base64(text: str) -> bytes | None:
    padded = text.rstrip("=").replace("-", "+").replace("_", "/")
    padded += "=" * (-len(padded) % 4)
    try:
        key = base64.b64decode(padded, validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if len(key) == KEY_BYTES else None


class Sealer:
    """Encrypts and decrypts values under one key. Without a key it still recognises what it cannot open."""

    def __init__(self, key: bytes | None) -> None:
        self._cipher: AESGCM | None = None
        if key is not None:
            if len(key) != KEY_BYTES:
                raise ConfigError(f"the store key has {len(key)} bytes; AES-256 needs exactly {KEY_BYTES}")
            # Imported here: a store without a key should not pay the memory of a crypto library.
            from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

            self._cipher = AESGCM(key)

    @property
    def active(self) -> bool:
        """Whether content is encrypted when it is written."""
        return self._cipher is not None

    def seal(self, ns: str, key: str, data: bytes) -> bytes:
        """Nonce, ciphertext and tag of ``data``. Only to be called when `active`."""
        if self._cipher is None:
            raise ContentLocked("no store key is set, so content cannot be encrypted")
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, data, _bound_to(ns, key))

    def open(self, ns: str, key: str, sealed: bytes) -> bytes:
        """The data that `seal` was given; ContentLocked without the key, with another key, or from another place."""
        if self._cipher is None:
            raise ContentLocked(
                f"{ns}/{key} is encrypted and no store key is set. "
                f"Set {KEY_VARIABLE} to the key that it was written with."
            )
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415

        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _bound_to(ns, key))
        except (InvalidTag, ValueError):  # ValueError: cut so short that not even the nonce is whole
            raise ContentLocked(
                f"{ns}/{key} does not open with this store key: it was written with another key, or altered. "
                f"Set {KEY_VARIABLE} to the key that it was written with, or purge the content."
            ) from None


def _bound_to(ns: str, key: str) -> bytes:
    # The length in front keeps ("a", "bc") and ("ab", "c") apart.
    return f"{len(ns)}:{ns}{key}".encode()
