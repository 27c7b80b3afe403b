"""The error tree.

TrimtabError
├── ConfigError            a setting is wrong; the message names it, its value and what would be right
├── NotUnderstood          a body that trimtab cannot read faithfully; it is forwarded untouched
├── EditError              an edit that does not fit the request it was made for
├── StoreError             the store refused or could not be reached
│   ├── Conflict           a compare-and-set lost: somebody else wrote first
│   └── ContentLocked      stored content cannot be decrypted with the key at hand
├── EmbeddingError         there is no vector to be had for a text
├── BudgetExceeded         a background call would go over its budget
├── UpstreamError          the provider could not be reached or broke off
│   └── UpstreamTimeout    the provider did not answer in time
└── AuthError              the caller's gateway key is missing or unknown
"""

from __future__ import annotations


class TrimtabError(Exception):
    """Base of every error that trimtab raises on purpose."""


class ConfigError(TrimtabError):
    """A setting is wrong. The message names the field, the value and what would be right."""


class NotUnderstood(TrimtabError):
    """A request body that cannot be read faithfully. It is forwarded untouched."""


class EditError(TrimtabError):
    """An edit names a place that the request does not have, or would make it invalid."""


class StoreError(TrimtabError):
    """The store refused an operation or could not be reached."""


class Conflict(StoreError):
    """A compare-and-set found another version than expected."""


class ContentLocked(StoreError):
    """Stored content is encrypted and the key at hand does not open it."""


class EmbeddingError(TrimtabError):
    """An embedder cannot be loaded, or gave no vector for a text."""


class BudgetExceeded(TrimtabError):
    """A background model call would exceed its budget."""


class UpstreamError(TrimtabError):
    """The provider could not be reached, refused the connection or broke off."""


class UpstreamTimeout(UpstreamError):
    """The provider did not answer within the configured time."""


class AuthError(TrimtabError):
    """The caller presented no gateway key, or an unknown one."""
