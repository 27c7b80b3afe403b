"""Identifiers: names in code, flags, paths, files, error codes, addresses. One letter more is another thing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from trimtab.semantic_cache.guards.kinds import Difference, differs
from trimtab.semantic_cache.guards.matching import ALIASES, Bag
from trimtab.semantic_cache.guards.text import Text

IDENTIFIER = "identifier"

_EXACT = frozenset(("flag", "env"))
"""Kinds of which a capital makes another thing."""
_KINDS = frozenset(
    ("url", "email", "tick", "env", "hex", "handle", "path", "flag", "call", "file", "dotted", "snake", "code")
)
_SIGNS = re.compile(r"[^\w\s.\-/:()]")
"""Signs in code that no plain words say."""
_SCHEME = re.compile(r"^(?:https?://)?(?:www\.)?")


@dataclass(frozen=True, slots=True)
class Identifiers:
    """The identifiers of one text in a comparable form, each with how it is written."""

    said: dict[str, str]


def read_identifiers(text: Text) -> Identifiers:
    """The identifiers of a text. Names in camel case are names first: ``names`` compares those."""
    said: dict[str, str] = {}
    for word in text.words:
        if word.kind in _KINDS:
            said[_form(word.kind, word.text)] = word.text
    return Identifiers(said)


def _form(kind: str, text: str) -> str:
    if kind in _EXACT:
        return text
    text = text.strip("`").removesuffix("()")
    if kind == "url":
        return _SCHEME.sub("", text.lower()).rstrip("/.,;:!?")
    if kind == "code":
        return text.lower().replace("-", "")
    return text.lower().rstrip("./") or text


def compare_identifiers(a: Identifiers, b: Identifiers, a_bag: Bag, b_bag: Bag) -> Iterator[Difference]:
    """Identifiers that only one text has. One that the other spells as plain words ("os path") is there."""
    left, right = _missing(a, b, b_bag), _missing(b, a, a_bag)
    if left or right:
        yield differs(IDENTIFIER, "identifier", left, right)


def _missing(mine: Identifiers, yours: Identifiers, bag: Bag) -> list[str]:
    return [
        said
        for form, said in mine.said.items()
        if form not in yours.said and not _spelt(form, bag) and ALIASES.get(form, form) not in bag.aliases
    ]


def _spelt(form: str, bag: Bag) -> bool:
    plain = "".join(char for char in form if char.isalnum())
    return bool(plain) and not form.startswith("-") and not _SIGNS.search(form) and plain in bag.joined
