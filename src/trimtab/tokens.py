"""Offline token counts, memoised per content.

Counts are o200k_base for every model: exact for current OpenAI models, an estimate for others (the ledger
scales estimates by what the provider reports). Memoisation makes a request cost its new content only.
"""

from __future__ import annotations

from collections import OrderedDict

import toktok

ENCODING = "o200k_base"
MESSAGE_OVERHEAD = 3
"""Tokens a provider adds around each message (OpenAI cookbook, "counting tokens for chat completions")."""

_MEMO_FROM = 256  # shorter texts are counted faster than they are looked up
_ALL = 1 << 62
_MEMO_ENTRIES = 4096


class TokenCounter:
    """Counts tokens of texts; long texts are remembered by their hash, never by their content."""

    def __init__(self, entries: int = _MEMO_ENTRIES) -> None:
        self._entries = entries
        self._memo: OrderedDict[tuple[int, int], int] = OrderedDict()

    def count(self, text: str) -> int:
        """Tokens of ``text`` as ordinary text (special-token strings count as the characters they are)."""
        if not text:
            return 0
        if len(text) < _MEMO_FROM:
            return _counted(text)
        key = (hash(text), len(text))
        known = self._memo.get(key)
        if known is not None:
            self._memo.move_to_end(key)
            return known
        counted = _counted(text)
        self._memo[key] = counted
        if len(self._memo) > self._entries:
            self._memo.popitem(last=False)
        return counted


def _counted(text: str) -> int:
    """Tokens of one text; lone surrogates count as replacement characters.

    `toktok.truncate` counts the whole text whatever it keeps, in the thread that calls it. `toktok.batch_count`
    starts threads of its own even for one text, which costs 34 microseconds before the first token.
    """
    try:
        counted: tuple[str, int] = toktok.truncate(text, _ALL, ENCODING)
    except UnicodeEncodeError:
        counted = toktok.truncate(text.encode("utf-8", "replace").decode(), _ALL, ENCODING)
    return counted[1]


def load() -> None:
    """Load the tokenizer, which takes most of a second. The thread that does should end soon after.

    Every thread that uses the tokenizer keeps 16 MB of its own for it, for as long as it lives.
    """
    toktok.truncate("", 0, ENCODING)


_shared = TokenCounter()


def count(text: str) -> int:
    """Tokens of ``text``, through the counter that the whole process shares."""
    return _shared.count(text)
