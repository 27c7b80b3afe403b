# ruff: noqa: E501 - a pattern is read best on one line
"""Ways to ask for something else by changing one thing in a question.

Each takes a question and randomness and gives the changed question, which reads as naturally but whose answer is
another, or None where it has nothing to change.
"""

from __future__ import annotations

import re
from functools import cache
from random import Random

from training import opposites, swaps
from training.inflection import put, verb_forms
from training.phrases import Phrases, upper_first, words

_NUMBER_WORDS = [
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "fifteen",
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "sixty",
    "ninety",
]
_ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]


def number(text: str, rng: Random) -> str | None:
    """One number changed, in digits or in words; years stay near."""
    spots = list(
        re.finditer(
            r"(?<![\w./,:^*-])(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)(?=$|[^\w./:,^*-]|[.,:](?!\d)|(?:k|K|kg|km|th|GB|gb|mg|ml|hrs?|am|pm|lbs|cm|mm)\b)(?!\s*/)",
            text,
        )
    )
    spelt = list(
        re.finditer(rf"(?<![\w-])({'|'.join(_NUMBER_WORDS)})(?![\w-])(?<!the two)(?<!these two)(?<!those two)", text)
    )
    ordinals = list(re.finditer(rf"(?<=the )({'|'.join(_ORDINALS)})\b(?! time| of all)", text))
    choices = spots + spelt + ordinals
    if not choices:
        return None
    match = rng.choice(choices)
    old = match[0]
    if match in ordinals:
        new = rng.choice([word for word in _ORDINALS[:6] if word != old])
    elif match in spelt:
        at = _NUMBER_WORDS.index(old)
        new = rng.choice([w for w in _NUMBER_WORDS[max(0, at - 3) : at + 4] if w != old])
    else:
        new = _other_number(old, text[match.end() : match.end() + 2], rng)
    if new == old or re.search(rf"(?<![\w.,]){re.escape(new)}(?![\w])", text):
        return None  # "from 11th to 11th"
    return text[: match.start()] + new + text[match.end() :]


def _other_number(old: str, after: str, rng: Random) -> str:
    if "." in old:
        whole, _, part = old.partition(".")
        return (
            f"{whole}.{(int(part) + rng.choice((1, 2, 3, 5))) % 10 ** len(part):0{len(part)}d}"
            if rng.random() < 0.6
            else f"{int(whole) + rng.choice((1, 2, 3))}.{part}"
        )
    value = int(old.replace(",", ""))
    if 1900 <= value <= 2035 and "," not in old:
        return str(value + rng.choice((-10, -5, -3, -2, -1, 1, 2, 3)))
    if after[:2] in {"th", "am", "pm"}:
        return str(
            value + 1
            if value + 1 not in {11, 12, 13} and after == "th" and (value + 1) % 10 >= 3
            else value - 1
            if 5 <= value <= 20
            else value + 10
        )
    if value <= 12:
        new = rng.choice([n for n in range(max(1, value - 4), value + 6) if n != value])
    elif value < 100:
        new = rng.choice((value + 5, value - 5, value + 1, value - 2, value * 2, value + 10, value - 1))
    else:
        step = 10 ** (len(str(value)) - 1)
        new = rng.choice(
            (
                value * 2,
                value + step,
                value * 10,
                value // 2,
                value + step // 2 or 1,
                value + 1 if value % 10 else value + step,
            )
        )
    return f"{new:,}" if "," in old else str(new)


@cache
def _opposites() -> Phrases[tuple[str, ...]]:
    table: dict[str, list[str]] = {}
    for entry in opposites.PHRASES.replace("\n", " ").split(";"):
        old, new = (part.strip() for part in entry.split("/"))
        table.setdefault(old, []).append(new)
    return Phrases({old: tuple(new) for old, new in table.items()}, exact=False)


@cache
def _verbs() -> Phrases[tuple[tuple[str, str], ...]]:
    table: dict[str, list[tuple[str, str]]] = {}
    for entry in opposites.VERBS:
        one, other = entry.split("/")
        forms = list(zip(verb_forms(one), verb_forms(other), ("base", "s", "past", "done", "ing"), strict=True))
        for old, new, form in forms + [(b, a, f) for a, b, f in forms]:
            table.setdefault(old, []).append((new, form))
    return Phrases({old: tuple(new) for old, new in table.items()}, exact=False)


_BEFORE_VERB = re.compile(
    r"(?i)\b(to|i|you|we|they|one|can|should|could|would|will|must|not|never|don't|people|and|or|automatically|help me) $"
)


def polarity(text: str, rng: Random) -> str | None:
    """A verb, adjective or preposition by its opposite."""
    found: list[tuple[int, int, str]] = []
    for hit in _opposites().find(text):
        found += [(hit.start, hit.end, new) for new in hit.value]
    for hit_v in _verbs().find(text):
        before = text[: hit_v.start]
        for new, form in hit_v.value:
            if form == "ing" or (form == "base" and (_BEFORE_VERB.search(before) or not before)):
                found.append((hit_v.start, hit_v.end, new))
    there = set(words(text))
    found = [(start, end, new) for start, end, new in found if _turns(text, start, end) and new not in there]
    if not found:
        return None
    start, end, new = rng.choice(found)
    old = text[start:end]
    if old == "best" and rng.random() < 0.7:
        return None  # else half of all would be this
    if old[0].isupper():
        if start and text[start - 2 : start] not in {". ", "? "}:
            return None
        new = upper_first(new)
    return put(text, start, end, new)


def _turns(text: str, start: int, end: int) -> bool:
    """Whether the word is meant: not in a set phrase."""
    around = text[max(0, start - 14) : end + 14].lower()
    old = text[start:end].lower()
    before, after = text[:start].lower(), text[end:].lower()
    if old in {
        "free",
        "new",
        "first",
        "early",
        "late",
        "past",
        "front",
        "dead",
        "cold",
        "hot",
        "hard",
        "easy",
    } and re.match(r"[ -](?:time|day|year|fire|dog|fall|drive|aid|name|war|of|end)", after):
        return False
    if old == "best" and re.search(r"(at|my|your|the very|do (?:my|your)) $", before[-9:]):
        return False
    if old in {"most", "without", "with", "before", "after"} and re.search(
        r"with or without|before or after|before and after|deal with|get along with|with (?:respect|regard)|make do with|(?:look|name|ask|run|take)\w*(?: \w+)? after|up with|wrong with|problem with|start with|come (?:up )?with|happen\w* (?:to|with)|after all|live with|the most|most of",
        around,
    ):
        return False
    if old in {"with", "without"} and not re.match(
        r" (?:a|an|my|the|any|no|sugar|water|money|milk|\w+ing|gel|root|internet|python|java|experience|friends|family|pain|alcohol|food|out)\b",
        after,
    ):
        return False
    return not re.search(r"\b(?:or|and|vs|/|than|not|nor) ?$", before) and not re.match(
        r" (?:or|and|vs|nor|than) ", after
    )


@cache
def _times() -> Phrases[tuple[str, ...]]:
    table: dict[str, list[str]] = {}
    for entry in opposites.TIMES.replace("\n", " ").split(";"):
        old, new = (part.strip() for part in entry.split("/"))
        table.setdefault(old, []).append(new)
    return Phrases({old: tuple(new) for old, new in table.items()}, exact=False)


def time(text: str, rng: Random) -> str | None:
    """A time or a frequency by another."""
    hits = [
        h
        for h in _times().find(text)
        if text[h.start : h.end] not in {"a day", "a month"}
        or re.search(r"\b(times|once|twice|hours|minutes|dollars|rupees|\$?\d+\w*) $", text[: h.start])
    ]
    if not hits:
        return None
    hit = rng.choice(hits)
    new = rng.choice(hit.value)
    return put(text, hit.start, hit.end, upper_first(new) if text[hit.start].isupper() else new)


_VERB_AFTER = r"(?!(?:am|are|is|was|were|have|had|has|can|could|will|would|should|do|did|does|don't|didn't|never|not|just|only|really|also|all|always|ever|already|might|may|must|no|to|who|that|\w+ed|\w+ly|\w+ing)\b)[a-z]{2,}\b"

_NEGATIONS = tuple(
    (re.compile(pattern), new)
    for pattern, new in (
        (
            r"\b([Ww]hy|[Hh]ow come) (do|does|did|is|are|was|were|should|would|could|has) (?!.{0,60}\b(?:not|never)\b)(?!n't)",
            r"\1 \2n't ",
        ),
        (r"\b([Ww]hy) can (?!.{0,60}\bnot\b)", r"\1 can't "),
        (r"\b([Ww]hy|[Hh]ow come) (do|does|did|is|are|was|were|should|would|could|has)n['’]t ", r"\1 \2 "),
        (r"\b([Ww]hy) can['’]t ", r"\1 can "),
        (
            r"\b(What|Which|Who|Whom|When|Where)\b([^?.,]*?) (should|can|must|could) (I|you|we|one|people|they) (?!not\b)",
            r"\1\2 \3 \4 not ",
        ),
        (r"\b([Hh]ow) to (?!not\b)", r"\1 not to "),
        (rf"\b([Ii]f|[Ww]hen) (I|you|we|they|people) ({_VERB_AFTER})", r"\1 \2 don't \3"),
        (r"\b([Ii]f|[Ww]hen) (I|you|we|they|people) don['’]t ", r"\1 \2 "),
        (
            rf"\b(people|those|students|men|women|girls|guys|kids|users|countries|companies) (who|that) ({_VERB_AFTER})",
            r"\1 \2 don't \3",
        ),
        (
            r"\b(people|those|students|men|women|girls|guys|kids|users|countries|companies) (who|that) (don't|do not) ",
            r"\1 \2 ",
        ),
        (r"\b(who|that|which) (is|are|was|were) (?!not\b|the\b|a\b|an\b)", r"\1 \2 not "),
        (r"\b(who|that|which) (is|are|was|were) not ", r"\1 \2 "),
        (r"\b(Is it (?:\w+)) to (?!not\b)", r"\1 not to "),
        (
            r"\b(decide|decided|want|wanted|prefer|choose|chose|try|allowed|asked|told (?:me|him|her|them)|supposed) to (?!not\b)",
            r"\1 not to ",
        ),
        (
            r"\b(Who|Which \w+|What) (can|will|should) (?!not\b|I\b|you\b|we\b|they\b|be\b|the\b|a\b|happen\b|one\b|my\b|it\b)([a-z]+ )",
            r"\1 \2 not \3",
        ),
        (r"\b(I am|I'm|It is|it is|he is|she is|they are|it's) (?!not\b|there\b)(\w+)", r"\1 not \2"),
        (r"\b(I am|I'm|It is|it is|he is|she is|they are|it's) not ", r"\1 "),
        (r"\b(I|they|we) (?:don't|do not) (know|have|like|want|need|understand|feel|trust) ", r"\1 \2 "),
        (r"\b(I|they|we) (know|have|like|want|need|understand|feel|trust) (?!not\b|to know)", r"\1 don't \2 "),
    )
)


def negation(text: str, rng: Random) -> str | None:
    """A negation put in or taken out."""
    options = []
    for pattern, new in _NEGATIONS:
        if pattern.search(text) and not re.search(r"\bor\b|why not", text):
            options.append(pattern.sub(new, text, count=1))
    return rng.choice(options) if options else None


_NO_PLACE = r"\b(?:world|life|general|ever|opinion|earth|me|all|you|time|history|order|addition|case|fact|common|it|them|this|that|someone|granted|sure|least|first|love|him|her|touch|mind|contact|progress|trouble|shape|charge|favou?r|English|details?|need|place|touch)\b"


def narrowing(text: str, rng: Random) -> str | None:
    """A restriction at the end or before a noun taken away or put in."""
    options = []
    if match := re.match(
        r"(.{12,}\w) ((?:in|on|at|for|without|using|during|after|before|under) [^?.,;:]{3,30})(\?+)$", text
    ):
        single = not re.search(r"[.?!] ", match[1]) and not re.search(_NO_PLACE, match[2])
        known = list(swaps.names().find(match[2])) or re.match(
            r"(?:for (?:beginners|kids|students|women|men|free|children|adults)|without \w+ing|without|using|during|under \w+)",
            match[2],
        )
        bound = re.search(
            r"\b(?:interested|believe|majoring|prepare|apply|live|get|go|is|are|was|be|look|looking|search|work|worked|vote|invest|rely|based|based|log|there|between|and|or|than|like|happen|happening|happened|doing|been|pay|care|wait)$",
            match[1],
        )
        if single and known and not bound:
            options.append(match[1] + match[3])
    for word, before in opposites.NARROWING.items():
        nouns_of = "|".join(before.split())
        if match := re.search(rf"(?<=[a-z] ){word} ({nouns_of})\b", text):
            options.append(put(text, match.start(), match.end(), match[1]))
        if match := re.search(rf"(?<=best )({nouns_of})\b", text):
            options.append(put(text, match.start(), match.end(), f"{word} {match[1]}"))
    if match := re.search(r"(?<=[a-z] )only (?=[a-z])", text):
        options.append(text[: match.start()] + text[match.end() :])
    return rng.choice(options) if options else None
