# ruff: noqa: E501 - a pattern is read best on one line
"""Ways to ask for something else by putting one thing in the place of another, or two in each other's.

The same kind of function as in ``training.changes``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from random import Random

from training.edit_lexicons import NAMES, NOUNS
from training.inflection import plural, put
from training.phrases import Hit, Phrases
from training.rewrites import are_synonyms

Name = tuple[str, int, str]  # type, which thing of its type, form: "", "s" for a plural


@cache
def names() -> Phrases[Name]:
    """All names, as they are written."""
    return Phrases(_entries(NAMES), exact=True)


@cache
def nouns() -> Phrases[Name]:
    """All common nouns of the lexicon in the singular and the plural, as they are written."""
    entries = _entries(NOUNS)
    many = {plural(noun): (kind, which, "s") for noun, (kind, which, _) in entries.items() if kind not in _UNCOUNTED}
    return Phrases({**many, **entries}, exact=True)


_UNCOUNTED = {
    "drink",
    "sport",
    "disease",
    "drug",
    "subject",
    "colour",
    "metal",
    "element",
    "emotion",
    "season",
    "crime",
    "food",
}


def _entries(types: Mapping[str, str]) -> dict[str, Name]:
    result: dict[str, Name] = {}
    for kind, text in types.items():
        for which, entry in enumerate(text.replace("\n", " ").split(";")):
            for name in entry.split("|"):
                result.setdefault(" ".join(name.split()), (kind, which, ""))
    return result


@cache
def members(kind: str) -> tuple[tuple[str, ...], ...]:
    """The things of a type, each with all its names."""
    text = NAMES.get(kind) or NOUNS[kind]
    return tuple(tuple(" ".join(n.split()) for n in entry.split("|")) for entry in text.replace("\n", " ").split(";"))


def entity(text: str, rng: Random) -> str | None:
    """One named thing, all its mentions, by another of its type."""
    hits = [
        hit
        for hit in names().find(text)
        if _swappable(text, hit) and (text[hit.start : hit.end] != "Quora" or rng.random() < 0.3)
    ]
    return _replaced(text, hits, rng)


def _swappable(text: str, hit: Hit[Name]) -> bool:
    before, after = text[: hit.start], text[hit.end :]
    after_name = re.search(r"[A-Z][\w'’]* $", before) and not re.search(r"(?:^|[.?!:] )\w+ $", before)
    in_name = after_name or re.match(r" [A-Z]\w+| (?:of|in) Law\b", after)
    if hit.value[0] in {"length", "weight", "volume", "duration", "bytes", "currency"}:
        return bool(re.search(r"(?:\d ?|\b(?:many|few|several|in|two|three|four|five|six|ten|of) )$", before))
    return not in_name


def thing(text: str, rng: Random) -> str | None:
    """One common noun by another of its class."""
    hits = list(nouns().find(text))
    return _replaced(text, hits, rng)


def _replaced(text: str, hits: list[Hit[Name]], rng: Random) -> str | None:
    if not hits:
        return None
    chosen = rng.choice(hits).value
    present = {hit.value[1] for hit in hits if hit.value[0] == chosen[0]}
    options = [m for which, m in enumerate(members(chosen[0])) if which not in present]
    lowered = text.lower()
    options = [m for m in options if not any(name.lower() in lowered for name in m)]
    if not options:
        return None
    new = rng.choice(options)[0]
    for hit in reversed([hit for hit in hits if hit.value[:2] == chosen[:2]]):
        word = plural(new) if hit.value[2] else new
        if re.search(r"\b(?:the|The|an?|my|your|his|her|their|our|this|that) $", text[: hit.start]):
            word = word.removeprefix("the ")
        text = put(text, hit.start, hit.end, word)
    return text


def role(text: str, rng: Random) -> str | None:
    """Who does it and to whom, from where and to where, changed over."""
    options = []
    side = r"((?:(?:a|an|the|my) )?[\w'’+#-]+(?:\.\w+)*(?: [A-Z][\w'’+#-]*)*)"
    for pattern in (
        rf"\bfrom {side} (to|into) {side}(?=$|[?.,!]| (?:in|using|with|on|for|by|without|via|within)\b)",
        rf"(?<=[Cc]onvert ){side} (to|into) {side}(?=$|[?.,!]| (?:in|using|with|on)\b)",
        rf"(?<=[Ii]s ){side} ((?:much |really |so |that much )?(?:better|worse|bigger|faster|stronger|cheaper|safer|harder|easier|richer|smarter|older|larger|hotter|more \w+) than) {side}(?=$|[?.,!]| (?:in|for|at|as)\b)",
        rf"(?<=[Aa]re ){side} ((?:much |really |so )?(?:better|worse|bigger|faster|stronger|cheaper|safer|harder|easier|richer|smarter|more \w+|less \w+) than) {side}(?=$|[?.,!]| (?:in|for|at|as)\b)",
        rf"(?<=prefer ){side} (to|over) {side}(?=$|[?.,!])",
        rf"(?<=[Tt]ranslate ){side} (to|into) {side}(?=$|[?.,!])",
    ):
        if match := re.search(pattern, text):
            one, between, other = match.groups()
            if (
                one.lower() != other.lower()
                and one not in {"here", "scratch", "home", "start"}
                and not re.search(r"\d$", one)
            ):
                lead = "from " if match[0].startswith("from ") else ""
                options.append(text[: match.start()] + f"{lead}{other} {between} {one}" + text[match.end() :])
    if swapped := _exchanged(text):
        options.append(swapped)
    return rng.choice(options) if options else None


def _exchanged(text: str) -> str | None:
    hits = [hit for hit in names().find(text) if _swappable(text, hit)]
    if len(hits) != 2 or hits[0].value[0] != hits[1].value[0] or hits[0].value == hits[1].value:
        return None
    one, other = hits
    between = text[one.end : other.start]
    even = r"\b(?:and|or|vs|versus|between|with|compare\w*|differ\w*|similar|relation\w*|border|same|common|distance|far|like|nor)\b|^[,/ &-]+$"
    if re.search(even, between) or re.search(
        r"\b(?:between|compare\w*|differ\w*|choose|both|distance|far)\b", text[: one.start].lower()
    ):
        return None
    if "'s" in text or one.value[0] not in _ACTORS:
        return None
    first, second = text[one.start : one.end], text[other.start : other.end]
    if first.startswith("the ") != second.startswith("the ") and one.start == 0:
        return None
    return put(put(text, other.start, other.end, first), one.start, one.end, second)


_ACTORS = {
    "country",
    "anglo",
    "city",
    "nationality",
    "person",
    "site",
    "shop",
    "firm",
    "product",
    "os",
    "lang",
    "tool",
    "database",
    "believers",
}


def replaced_word(
    text: str, rng: Random, others: Mapping[str, tuple[str, ...]], fits: frozenset[tuple[str, str]]
) -> str | None:
    """A content word by one that people's questions told apart from it, where the neighbours have seen that one too."""
    tokens = list(re.finditer(r"[a-z][a-z-]{2,}", text))
    options = []
    for match in tokens:
        before = re.search(r"([A-Za-z'’]+) $", text[: match.start()])
        after = re.match(r" ([A-Za-z'’]+)", text[match.end() :])
        for new in others.get(match[0], ()):
            left = before is not None and (before[1].lower(), new) in fits
            right = after is None or (new, after[1].lower()) in fits
            if left and right and not are_synonyms(match[0], new) and new not in text.lower():
                options.append((match.start(), match.end(), new))
    if not options:
        return None
    start, end, new = rng.choice(options)
    return put(text, start, end, new)
