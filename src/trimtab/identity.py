"""Who a request belongs to: pseudonymous credentials, chains of message hashes, and the template of a prompt."""

from __future__ import annotations

import hmac
import re
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Literal, TypeVar

from trimtab import tokens
from trimtab.request import ChatRequest, digest_of

K = TypeVar("K")
V = TypeVar("V")

_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_MOMENT = (
    r"\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?\b"
    r"|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b"
    r"|\b\d{1,2}:\d{2}(?::\d{2})?(?:\s?[ap]\.?m\b\.?)?"
    rf"|\b(?:{_MONTHS})[a-z]*\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}\b"
    rf"|\b\d{{1,2}}\.?\s+(?:{_MONTHS})[a-z]*\.?,?\s+\d{{4}}\b"
    r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b"
)
_ID = (
    r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"  # UUID
    r"|\b(?=[0-9a-f]*\d)[0-9a-f]{16,}\b"  # hashes and hexadecimal ids
    r"|\b\d{10,}\b"  # epochs and long numeric ids
)
MOMENT = re.compile(_MOMENT, re.IGNORECASE)
"""A date, a time of day or a weekday, as it stands in a text."""
_VOLATILE = re.compile(f"{_ID}|{_MOMENT}", re.IGNORECASE)


_TWO_DIGITS = re.compile("[0-9]{2}")


@lru_cache(maxsize=1024)
def pseudonym(secret: bytes, credential: str) -> str:
    """A stable name for a credential that does not reveal it: HMAC-SHA256 with the installation's secret."""
    return hmac.digest(secret, credential.encode(), "sha256").hex()[:24]


def normalise(text: str) -> str:
    """``text`` with dates, times and ids replaced by a placeholder: what stays is the template."""
    return "\n".join([_normalised(line) for line in text.split("\n")])


def _normalised(line: str) -> str:
    """Most lines have neither two digits in a row nor a weekday, and need no closer look."""
    if "day" in line or "DAY" in line or _TWO_DIGITS.search(line):
        return _VOLATILE.sub("\N{SECTION SIGN}", line)
    return line


Naming = Literal["header", "field", "answer", "chain"]


@dataclass(frozen=True)
class ThreadName:
    """The client's own name for a thread. Names that several conversations may share are told apart by their start.

    ``answer``: the name is the id of the provider's answer that this request continues.
    """

    name: str
    naming: Naming


def thread_name(headers: Mapping[str, str], request: ChatRequest) -> ThreadName | None:
    """The client's own name for the thread: a header, or a session field of the provider."""
    for header in ("x-trimtab-thread", "x-session-id"):
        if headers.get(header):
            return ThreadName(headers[header][:256], "header")
    params = request.params
    conversation = params.get("conversation")
    if isinstance(conversation, dict):
        conversation = conversation.get("id")
    metadata = params.get("metadata")
    user = metadata.get("user_id") if isinstance(metadata, dict) else None
    session = user if isinstance(user, str) and "session" in user else None  # as coding agents name theirs
    for value, naming in (
        (conversation, "header"),
        (params.get("previous_response_id"), "answer"),
        (params.get("prompt_cache_key"), "field"),
        (session, "field"),
    ):
        if isinstance(value, str) and value:
            return ThreadName(value[:512], naming)  # type: ignore[arg-type]
    return None


def leading_system(request: ChatRequest) -> int:
    """How many messages at the start are system text."""
    count = 0
    for message in request.messages:
        if message.role != "system":
            break
        count += 1
    return count


def chain_of(tenant: str, request: ChatRequest, template: bytes) -> list[bytes]:
    """For every message, the 8-byte hash of it and everything before it.

    Leading system text is known by its template, so that a changed date does not make another thread; it
    anchors its own edits by its content alone.
    """
    start = leading_system(request)
    chain = [digest_of(b"system" + message.identity)[:8] for message in request.messages[:start]]
    link = blake2b(f"{tenant}\0{request.format}\0".encode() + template, digest_size=8).digest()
    for message in request.messages[start:]:
        link = blake2b(link + message.identity, digest_size=8).digest()
        chain.append(link)
    return chain


@dataclass(frozen=True)
class VolatileSpan:
    """A part of the system text that changes between requests and so breaks the provider's prefix there."""

    line: int
    text: str
    tokens_behind: int
    """Tokens of system text that come after it and cannot be shared because of it."""


class Templates:
    """Knows prompts by what does not change in them.

    Spans that look volatile (dates, ids) are normalised away. Beyond those, a prompt that mostly equals an
    earlier one of the same credential shows which of its lines change.
    """

    def __init__(self, entries: int = 1024, recent: int = 8) -> None:
        self._entries = entries
        self._recent = recent
        self._digests: OrderedDict[bytes, bytes] = OrderedDict()
        self._seen: OrderedDict[str, OrderedDict[bytes, tuple[str, ...]]] = OrderedDict()
        self._spans: OrderedDict[tuple[str, bytes], VolatileSpan] = OrderedDict()

    def digest(self, request: ChatRequest) -> bytes:
        """The identity of the leading system text, volatile spans aside."""
        system = request.messages[: leading_system(request)]
        key = b"".join(message.identity for message in system)
        known = self._digests.get(key)
        if known is None:
            known = digest_of("\n".join(normalise(message.text) for message in system).encode("utf-8", "replace"))
            _remember(self._digests, key, known, self._entries)
        return known

    def volatile(self, credential: str, request: ChatRequest) -> VolatileSpan | None:
        """The first span of the system text that changed since an earlier prompt of this credential, if any."""
        system = request.messages[: leading_system(request)]
        if not system:
            return None
        key = b"".join(message.identity for message in system)
        seen = self._seen.get(credential)
        if seen is None:
            seen = OrderedDict()
            _remember(self._seen, credential, seen, self._entries)
        if key not in seen:
            lines = tuple("\n".join(message.text for message in system).splitlines())
            span = next((span for old in reversed(seen.values()) if (span := _changed_span(old, lines))), None)
            _remember(seen, key, lines, self._recent)
            if span is not None:
                _remember(self._spans, (credential, key), span, self._entries)
        return self._spans.get((credential, key))


def _changed_span(before: Sequence[str], lines: Sequence[str]) -> VolatileSpan | None:
    """Where ``lines`` first differs from ``before``, if the two are one prompt: four fifths of it the same."""
    head = _common(before, lines)
    tail = min(_common(before[::-1], lines[::-1]), min(len(before), len(lines)) - head)
    if head >= len(lines) or (head + tail) * 5 < max(len(before), len(lines)) * 4:
        return None
    behind = tokens.count("\n".join(lines[head:]))
    return VolatileSpan(head + 1, lines[head][:160], behind)


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


def _remember(memo: OrderedDict[K, V], key: K, value: V, entries: int) -> None:
    memo[key] = value
    memo.move_to_end(key)
    if len(memo) > entries:
        memo.popitem(last=False)
