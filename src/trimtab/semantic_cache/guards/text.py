"""A text as the guards read it: cleaned characters and words of known kinds."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from trimtab.semantic_cache.guards.lexicon_words import FUNCTION
from trimtab.semantic_cache.guards.stems import stem

_SAME = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′ʼ`´", "'"),
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‐‑‒–−﹣", "-"),
        **dict.fromkeys("—―", " - "),
        **dict.fromkeys("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad", ""),
        **{chr(0x2080 + n): str(n) for n in range(10)},
        **{char: f"^{n}" for n, char in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")},
        "×": "*",
        "÷": "/",
        "…": "...",
    }
)
"""The tick is kept apart by ``clean``: it marks code."""
_TICKS = {ord("`"): "`"}
_FRACTION = re.compile(r"(?<=\d)(?=[¼½¾⅐-⅞])")
_SPACES = re.compile(r"(\"[^\"]*\"|`[^`]*`)|\s+")
_LINE_ENDS = re.compile(r"[^\S\n]+$", re.MULTILINE)


def clean(text: str) -> str:
    """Characters that look alike are one: NFKC, straight quotes and dashes, single spaces, no invisible signs.

    A power stays a power, though NFKC would turn 10⁵ into 105, and 2½ becomes 2 1/2.
    """
    if text.isascii():
        return _spaced(text)
    text = _FRACTION.sub(" ", text.translate(_SAME | _TICKS))
    text = unicodedata.normalize("NFKC", text).replace("\u2044", "/").translate(_SAME | _TICKS)
    text = "".join(str(unicodedata.digit(char, 0)) if char.isdecimal() and char > "9" else char for char in text)
    return _spaced(text)


def _spaced(text: str) -> str:
    """Single spaces outside quotes; where there are several lines, indentation may be code, and stays."""
    text = text.replace("\r\n", "\n").strip()
    if "\n" in text:
        return _LINE_ENDS.sub("", text)
    return _SPACES.sub(lambda match: match.group(1) or " ", text)


class Word(NamedTuple):
    """One token: as written, in lower case without possessive s, its stem and kind, and whether it opens a sentence."""

    text: str
    low: str
    stem: str
    kind: str
    opens: bool
    start: int


_FILES = (
    "py|ipynb|js|jsx|ts|tsx|json|ya?ml|toml|csv|tsv|xlsx?|docx?|pptx?|pdf|txt|md|html?|css|scss|sql|sh|bash|ps1|bat|"
    "exe|dll|so|java|kt|kts|jar|class|go|rs|rb|php|cs|cpp|hpp|swift|ini|cfg|conf|env|log|xml|svg|png|jpe?g|gif|webp|"
    "mp[34]|wav|avi|mov|mkv|zip|tar|gz|tgz|rar|7z|iso|dmg|apk|deb|rpm|lock|pem|crt|key|vue|gradle|plist|parquet"
)
_OPENERS = "what|why|how|who|where|when|which|is|are|can|do|does|did|will|should|could|would|i|the|if|it|my|please|and"
_TOKEN = re.compile(
    rf"""
      (?P<plain>[A-Z]?[a-z]+(?=[\ ?,!]|$))
    | (?P<url>(?:https?://|www\.)[^\s<>"')\]]+)
    | (?P<email>[\w.+-]{{1,64}}@[\w-]{{1,63}}(?:\.[\w-]{{2,63}}){{1,6}})
    | (?P<tick>`[^`\n]{{1,200}}`)
    | (?P<env>\$\{{?[A-Za-z_]\w*\}}?|%[A-Z_]{{3,40}}%)
    | (?P<hex>\b0[xX][0-9a-fA-F]+\b|\#[0-9a-fA-F]{{6}}\b)
    | (?P<handle>(?<!\w)[@\#][A-Za-z_]\w*|(?<!\w)\#\d+)
    | (?P<path>(?<![\w/.])(?:~|\.{{1,2}}|[A-Za-z]:)?[/\\][\w.-]*[A-Za-z_][\w.-]*(?:[/\\][\w.*-]+)*/?)
    | (?P<flag>(?<![\w-])--[A-Za-z][\w-]+|(?<![\w-])-[A-Za-z]{{1,2}}(?![\w-]))
    | (?P<call>[A-Za-z_][\w.]{{0,80}}\(\))
    | (?P<file>(?<![\w.])(?:[\w-]{{1,80}}\.){{1,4}}(?:{_FILES})\b(?![\w.(]))
    | (?P<letters>\b(?:[A-Za-z]\.){{2,8}}(?![a-z])|\b(?:[A-Za-z]\.){{1,8}}[A-Za-z]\b(?![\w.]))
    | (?P<dotted>\b[A-Za-z_]\w{{0,60}}(?:\.(?!(?i:{_OPENERS})\b)[A-Za-z_]\w{{0,60}}){{1,6}}(?![\w]))
    | (?P<snake>\b[^\W_]*_\w+|\b[^\W_]+_(?!\w))
    | (?P<date>\b\d{{4}}-\d{{1,2}}-\d{{1,2}}\b|\b\d{{1,2}}([/.])\d{{1,2}}\2\d{{2,4}}\b(?!\.\d)
        |\b\d{{4}}/\d{{1,2}}/\d{{1,2}}\b)
    | (?P<clock>\b\d{{1,2}}[:.]\d{{2}}(?::\d{{2}})?\ ?(?:[ap]m\b|[ap]\.m\.)|\b\d{{1,2}}\ ?(?:[ap]m\b|[ap]\.m\.)
        |\b[01]?\d:[0-5]\d\b|\b2[0-3]:[0-5]\d\b)
    | (?P<version>\bv?\d{{1,6}}(?:\.\d{{1,9}}){{2,6}}\b|\bv\d{{1,6}}(?:\.\d{{1,9}}){{0,3}}\b)
    | (?P<code>\b[A-Za-z]-?\d+[A-Za-z0-9]*(?:-[A-Za-z0-9]+)*\b|\b\d+[A-Za-z]+\d\w*(?:-\w+)*\b
        |\b[A-Za-z]{{2,}}\d+[A-Za-z]\w*\b
        |\b[A-Z]{{2,8}}-\d[\d-]*\b)
    | (?P<camel>\b[a-z]+[A-Z]\w*|\b[A-Z][a-z0-9]+[A-Z]\w*)
    | (?P<number>(?:\d{{1,3}}(?:,\d{{2,3}})+(?!\d)|\d+)(?:\.\d+)?(?:[A-Za-z]+|%)?|(?<![A-Za-z\d])\.\d+)
    | (?P<word>[^\W\d_]+(?:'[^\W\d_]+)*(?:\+\+|\#)?)
    | (?P<mark>[^\s\w]|_)
    """,
    re.VERBOSE,
)
_END = frozenset(".?!\n")


@dataclass(frozen=True)
class Text:
    """A cleaned text and its words, the marks between them included."""

    raw: str
    words: tuple[Word, ...]

    @cached_property
    def cased(self) -> bool:
        """Whether capitals inside a sentence say anything: not where all words that carry meaning have one, or none."""
        inner = [word for word in self.words if word.kind == "word" and not word.opens and word.low not in FUNCTION]
        capitals = sum(word.text[0].isupper() for word in inner)
        return 0 < capitals < len(inner) or (0 < capitals <= 2)

    @cached_property
    def lows(self) -> tuple[str, ...]:
        """The words in lower case, without marks."""
        return tuple(word.low for word in self.words if word.kind != "mark")


def read_text(text: str) -> Text:
    """The words of a text that went through ``clean`` and ``open_contractions``."""
    words: list[Word] = []
    opens = True
    for match in _TOKEN.finditer(text):
        kind, written = match.lastgroup or "mark", match.group()
        if kind == "plain":
            kind = "word"
        elif kind == "letters":
            kind, written = "word", written.replace(".", "")
        low = written.lower()
        if kind == "word" and "'" in low:
            low = low.removesuffix("'s").replace("'", "")
        words.append(Word(written, low, stem(low) if kind in ("word", "camel") else low, kind, opens, match.start()))
        opens = written in _END if kind == "mark" else False
    return Text(text, tuple(words))
