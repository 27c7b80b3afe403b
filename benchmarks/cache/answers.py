"""Which answer a question of an intent data set has: intent, what is named in it, and which way round it is.

Two texts have the same answer where intent, all labels and polarity agree. The labels are numbers, currencies, card
brands and wallets, banks, ways to pay, and places, those that something comes from apart; for intents that ask for
a fact about something named, every word that does not belong to the frame of the question (a text without one is left
out). They are the same question where besides the topic is the same: a help text on virtual cards answers both what
they are and how to get one, and yet these are two questions. In doubt labels differ: one that is too fine makes a cache
look worse than it is, never better.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from benchmarks.cache.faq import JUDGEMENT

_WORD = re.compile(r"[a-z0-9]+(?:['.,-][a-z0-9]+)*|[£$€%+*/^=]|(?<=\s)-(?=\s|\d)")
_NUMBER = re.compile(r"\d+(\.\d+)?")
_NUMBERS = {
    "half": 0.5, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90, "hundred": 100, "thousand": 1000, "million": 1_000_000,
}  # fmt: skip
"""The word "one" is left out: it is a pronoun more often than a number."""
_SIGNS = {"£": "GBP", "$": "USD", "€": "EUR"}
_FROM = re.compile(r"\bfrom\s+(?:the\s+)?$")
_SUBSTITUTIONS = tuple(
    (re.compile(pattern), backwards)
    for pattern, backwards in (
        (r"(calls? for|n't have( any)?|out of|no) (?P<first>.*?),? (can|could|may) .*?(use|add) (?P<second>.*)", True),
        (r"(replace|substitute|swap|switch|sub|exchange) (?P<first>.*) (with|by) (?P<second>.*)", True),
        (r"(?P<first>.*?)\b(instead of|in place of|in lieu of|rather than)\b(?P<second>.*)", False),
        (r"^instead of (?P<first>.*?),? (can|could|may|should) .*?(use|add|put) (?P<second>.*)", True),
        (r"(?P<first>.*?)\bfor\b(?P<second>.*)", False),
    )
)  # fmt: skip
"""How people ask whether one ingredient may stand for another; the flag: the wanted one is named first."""


def answer(data: str, intent: str, text: str) -> str | None:
    """The id of the answer to a text of ``data`` (banking77 or clinc150); None where the intent may not be reused."""
    return _labelled(data, intent, text, lambda topic: topic if topic in JUDGEMENT.turning else "")


def question(data: str, intent: str, text: str) -> str | None:
    """The id of the question that a text asks, which is finer than that of its answer."""
    return _labelled(data, intent, text, lambda topic: topic)


def _labelled(data: str, intent: str, text: str, known: Callable[[str], str]) -> str | None:
    for listed, pattern, belongs in JUDGEMENT.moved:
        if listed == (data, intent) and pattern.search(text):
            intent = belongs
    faq = JUDGEMENT.faq.get((data, intent))
    if faq is not None:
        return "|".join((data, intent, known(faq.topic(text)), *sorted(set(labels(text)))))
    if data != "clinc150" or intent not in JUDGEMENT.facts:
        return None
    if intent in JUDGEMENT.directed:
        named = _converted(text) if intent == "measurement_conversion" else _substituted(text)
    else:
        words = _named(text, JUDGEMENT.facts[intent])
        named = words if intent in JUDGEMENT.ordered else sorted(set(words))
    return "|".join((data, intent, *named)) if named else None


def _converted(text: str) -> list[str]:
    """What is converted and into what: "5 feet" and "inch". Without a number the first unit is the one that is
    known; "how many inches in a foot" names it last."""
    words = _named(text, JUDGEMENT.facts["measurement_conversion"])
    numbers = [word for word in words if _NUMBER.fullmatch(word)]
    if numbers:
        bound = [f"{word} {after}" for word, after in pairwise(words) if word in numbers and after not in numbers]
        rest = {word for word in words if word not in numbers} - {each.split()[1] for each in bound}
        return sorted({*bound, *rest})
    return words[::-1] if re.search(r"\b(how many|number of|amount of)\b", text.lower()) else words


def _substituted(text: str) -> list[str]:
    """What is to be used for what; nothing where the text does not say it in one of the usual ways."""
    low = text.lower()
    for pattern, backwards in _SUBSTITUTIONS:
        if found := pattern.search(low):
            frame = JUDGEMENT.facts["ingredient_substitution"]
            used, wanted = (sorted(set(_named(part, frame))) for part in (found["first"], found["second"]))
            used, wanted = (wanted, used) if backwards else (used, wanted)
            return ["use", *used, "for", *wanted] if used and wanted else []
    return []


def labels(text: str) -> Iterator[str]:
    """Numbers, and everything that intents.toml gives a label, places with "from" where it stands before."""
    low = text.lower().replace("’", "'")
    for word in _WORD.findall(low):
        if (number := _number(word)) is not None:
            yield number
    for pattern, name in JUDGEMENT.labels:
        for found in pattern.finditer(low):
            if found[0] == "us" and text[found.start() : found.end()] != "US" and "the us" not in low:
                continue  # the pronoun
            if name.startswith("@") and _FROM.search(low[: found.start()]):
                yield f"from {name}"
            else:
                yield _SIGNS.get(found[0], name)


def _number(word: str) -> str | None:
    plain = word.replace(",", "")
    if _NUMBER.fullmatch(plain):
        return f"{float(plain):.12g}"
    return f"{_NUMBERS[word]:.12g}" if word in _NUMBERS else None


def _named(text: str, frame: frozenset[str]) -> list[str]:
    """A text's words without those that frame the question, in a plain form and in order."""
    words = (word.removesuffix("'s") for word in _WORD.findall(text.lower().replace("’", "'")))
    return [_plain(word) for word in words if word not in frame and word not in JUDGEMENT.glue]


def _plain(word: str) -> str:
    """Numbers as digits, other words without the ending of a plural."""
    if (number := _number(word)) is not None:
        return number
    if len(word) > 4 and word.endswith(("ies", "ie")):
        return word.removesuffix("s")[:-2] + "y"
    if len(word) > 4 and word.endswith(("ches", "shes", "xes", "sses", "oes")):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
