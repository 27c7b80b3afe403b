"""Ways to say the same thing otherwise: word by word and letter by letter.

Each takes a question and randomness, and gives the question rewritten, or None where there is nothing to rewrite.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from random import Random

from training import synonyms
from training.edit_lexicons import NAMES, NOUNS
from training.inflection import plural, put, verb_forms
from training.phrases import WORD, Phrases, lower_first, upper_first
from training.spellings import BESIDE, CHAT, CONTRACTIONS, NUMBERS, UNITS

_QUANTITY = re.compile(r"(?i)\b(?:how|so|too|as|very) $")


@cache
def _synonyms() -> Phrases[tuple[str, ...]]:
    table: dict[str, set[str]] = {}

    def enter(group: list[tuple[str, bool]]) -> None:
        for word, found in group:
            if found:
                table.setdefault(word, set()).update(other for other, _ in group if other.lower() != word.lower())

    for text, forms in ((synonyms.VERBS, _verb), (synonyms.NOUNS, _noun), (synonyms.FIXED, _fixed)):
        for entry in text.replace("\n", " ").split(";"):
            members = [member.strip() for member in entry.split("/") if member.strip()]
            columns = [forms(member.lstrip(">")) for member in members]
            for form in range(min(map(len, columns), default=0)):
                enter([(columns[i][form], not members[i].startswith(">")) for i in range(len(members))])
    return Phrases({word: tuple(sorted(o)) for word, o in table.items() if o and word not in _LEFT_ALONE}, exact=False)


_LEFT_ALONE = {"fixed", "bettered", "used", "lower", "lowered", "better", "many times", "well known", "pick-up"}


def _verb(member: str) -> list[str]:
    verb, _, rest = member.partition(" ")
    return [f"{form} {rest}".strip() for form in verb_forms(verb)]


def _noun(member: str) -> list[str]:
    return [member, plural(member)]


def _fixed(member: str) -> list[str]:
    return [member]


def synonym(text: str, rng: Random) -> str | None:
    """One word or phrase replaced by another of its group."""
    hits = [
        hit
        for hit in _synonyms().find(text)
        if not _QUANTITY.search(text[: hit.start]) or text[hit.start : hit.end] != "many"
    ]
    hits = [hit for hit in hits if not text[hit.start + 1 : hit.end].isupper() or hit.end - hit.start < 4]
    if not hits:
        return None
    hit = rng.choice(hits)
    new = rng.choice(hit.value)
    old = text[hit.start : hit.end]
    if old[0].isupper() and hit.start == 0:
        new = upper_first(new)
    elif old[0].isupper() and not old.isupper():
        return None  # part of a name
    return put(text, hit.start, hit.end, new)


def are_synonyms(one: str, other: str) -> bool:
    """Whether the list says that these two mean the same, in this form."""
    hits = list(_synonyms().find(one))
    return any(other.lower() in {word.lower() for word in hit.value} for hit in hits)


def alias(text: str, rng: Random) -> str | None:
    """A name or common noun by another name of the same thing."""
    hits = [hit for hit in _aliases().find(text) if len(hit.value) > 1]
    if not hits:
        return None
    hit = rng.choice(hits)
    old = text[hit.start : hit.end]
    others = [other for other in hit.value if other != old and (other[:4] == "the ") == (old[:4] == "the ")]
    if not others or re.search(r"\b(new|trump|hillary) $", text[: hit.start].lower()):
        return None
    return put(text, hit.start, hit.end, rng.choice(others))


@cache
def _aliases() -> Phrases[tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    for types in (NAMES, NOUNS):
        for entries in types.values():
            for entry in entries.replace("\n", " ").split(";"):
                names = tuple(" ".join(name.split()) for name in entry.split("|"))
                if len(names) > 1:
                    table.update((name, names) for name in names)
    return Phrases(table, exact=True)


@cache
def _contractions() -> tuple[tuple[str, str, re.Pattern[str], re.Pattern[str]], ...]:
    return tuple(
        (
            long,
            short,
            re.compile(rf"\b{long}\b(?! not\b)", re.IGNORECASE),
            re.compile(rf"(?:(?<=[a-z] )|^){re.escape(short)}\b", re.IGNORECASE),
        )
        for long, short in CONTRACTIONS.items()
    )


def contraction(text: str, rng: Random) -> str | None:
    """``what is`` as ``what's`` or the reverse."""
    for long, short, full, brief in rng.sample(_contractions(), len(CONTRACTIONS)):
        if match := full.search(text):
            if match.end() == len(text.rstrip("?. ")):
                continue  # "what it is" has no short form at the end
            return _cased(text, match, short)
        if match := brief.search(text):
            if "n't" in short and _ASKED.search(text[: match.start()]):
                continue  # "why don't birds" needs another order
            return _cased(text, match, "I " + long[2:] if long.startswith("i ") else long)
    return None


_ASKED = re.compile(r"(?i)(?:^|[.,?!] |\b(?:why|what|how|who|which|where|when|because|and|or|but|if) )$")


def _cased(text: str, match: re.Match[str], new: str) -> str:
    return text[: match.start()] + (upper_first(new) if match[0][0].isupper() else new) + text[match.end() :]


@cache
def _chat_words() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(rf"(?<![\w'’-]){long}(?![\w'’-])"), short) for long, short in CHAT.items())


def chat(text: str, rng: Random) -> str | None:
    """Two words as people write them to their friends, all in lower case."""
    result, done = text.lower(), 0
    for long, short in rng.sample(_chat_words(), len(CHAT)):
        changed = long.sub(short, result)
        done += changed != result
        result = changed
        if done == 2:
            break
    return result if done else None


def case(text: str, rng: Random) -> str | None:
    """All in lower case; seldom all in upper case or with every word capital."""
    draw = rng.random()
    new = text.lower() if draw < 0.8 else text.upper() if draw < 0.87 else " ".join(map(upper_first, text.split(" ")))
    return new if new != text else None


def punctuation(text: str, rng: Random) -> str | None:
    """A question mark lost, doubled or spaced; commas and apostrophes lost."""
    options = [
        text.rstrip("?.! "),
        text.replace(",", "") if ", " in text else text,
        re.sub(r"(?<=n)['’](?=t\b)", "", text),
    ]
    if text.endswith("?"):
        options += [text + "?", text[:-1] + " ?", text[:-1] + ".", text[:-1] + "?!", text.rstrip("?")]
    options = [option for option in options if option != text]
    return rng.choice(options) if options else None


def typo(text: str, rng: Random, keep: frozenset[str] = frozenset(), known: frozenset[str] = frozenset()) -> str | None:
    """One letter wrong in one ordinary word that is not in ``keep``, so that no word in ``known`` comes of it."""
    spots = [
        m
        for m in re.finditer(r"(?<![\w.'’/_-])[a-z]{5,}(?![\w.'’/_(-])", text)
        if m[0] not in keep and not is_listed(m[0])
    ]
    if not spots:
        return None
    spot = rng.choice(spots)
    word = spot[0]
    at = rng.randrange(1, len(word) - 1)
    draw = rng.random()
    if draw < 0.4 and word[at] != word[at + 1]:
        new = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    elif draw < 0.7:
        new = word[:at] + word[at + 1 :]
    elif draw < 0.85:
        new = word[:at] + rng.choice(BESIDE[word[at]]) + word[at + 1 :]
    else:
        new = word[: at + 1] + word[at] + word[at + 1 :]
    return text[: spot.start()] + new + text[spot.end() :] if new != word and new not in known else None


@cache
def _listed() -> frozenset[str]:
    found = set()
    for types in (NAMES, NOUNS):
        for entries in types.values():
            for match in WORD.finditer(entries):
                found |= {match[0].lower(), plural(match[0].lower())}
    return frozenset(found)


def is_listed(word: str) -> bool:
    """Whether the word names something in a lexicon of names or things."""
    return word.lower() in _listed()


_OTHER_NUMBERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(rf"(?<![\w-])({'|'.join(NUMBERS[2:])})(?![\w-])"), lambda match: str(NUMBERS.index(match[1]))),
    (re.compile(r"\b(\d{1,3}),(\d{3})\b(?!,)"), lambda match: match[1] + match[2]),
    (re.compile(r"\$(\d+)\b(?![.,kKmM])"), lambda match: f"{match[1]} dollars"),
    (re.compile(r"\b(\d+)%"), lambda match: f"{match[1]} percent"),
)


def number(text: str, rng: Random) -> str | None:
    """A number in words, in digits, or written otherwise."""
    options: list[str] = []
    for match in re.finditer(r"(?<![\w.,/:$-])(\d{1,7})(?![\w.,/:%-]\d|[\w/:%-])", text):
        value = int(match[1])
        if (
            2 <= value <= 12
            and text[match.end() :][:1] in " ?"
            and not re.search(r"[A-Z+#]\w* $|\w+[.]\w* $", text[: match.start()][-12:])
        ):
            options.append(text[: match.start()] + NUMBERS[value] + text[match.end() :])
        if value >= 10_000 or (value >= 1000 and not 1500 <= value <= 2100):
            options.append(text[: match.start()] + f"{value:,}" + text[match.end() :])
        if value >= 1000 and value % 1000 == 0 and value != 2000:
            options.append(text[: match.start()] + f"{value // 1000}k" + text[match.end() :])
    for pattern, written in _OTHER_NUMBERS:
        options.extend(text[: m.start()] + written(m) + text[m.end() :] for m in pattern.finditer(text))
    return rng.choice(options) if options else None


def unit(text: str, rng: Random) -> str | None:
    """A unit after a number in its other spelling."""
    hits = [m for m in re.finditer(r"(?<=\d)( ?)([A-Za-z]+)\b", text) if m[2] in UNITS]
    if not hits:
        return None
    match = rng.choice(hits)
    return text[: match.start()] + match[1] + rng.choice(UNITS[match[2]]) + text[match.end() :]


def plural_form(text: str, rng: Random) -> str | None:
    """``a laptop`` as ``laptops`` where the thing is meant in general."""
    for match in re.finditer(
        r"(\w+) an? ([a-z]+(?: [a-z]+)?)(?=[?.!]*$| (?:in|for|on|at|with|from|without|using)\b)", text
    ):
        known = match[2] in _listed_nouns()
        if known and match[1].lower() not in {
            "between",
            "and",
            "or",
            "play",
            "in",
            "if",
            "have",
            "is",
            "as",
            "am",
            "be",
            "was",
            "become",
            "like",
            "of",
            "half",
            "per",
            "such",
            "what",
            "to",
        }:
            return text[: match.start(1)] + match[1] + " " + plural(match[2]) + text[match.end() :]
    return None


@cache
def _listed_nouns() -> frozenset[str]:
    kinds = ("animal", "device", "vehicle", "instrument", "garment", "software", "art")
    entries = ";".join(NOUNS[kind] for kind in kinds).replace("\n", " ").split(";")
    return frozenset(" ".join(name.split()) for entry in entries for name in entry.split("|"))


def order(text: str, rng: Random) -> str | None:
    """A place or tool named at the end named at the beginning, and the reverse."""
    if match := re.match(
        r"(In|On|Using|With|For) ([^,?]{2,30}), ((?:how|what|which|where|who|why|is|are|can|do|does)\b.*?)(\?*)$", text
    ):
        return upper_first(match[3]) + " " + match[1].lower() + " " + match[2] + match[4]
    if match := re.match(
        r"([^,.?;:]*\w)(?<! know)(?<! wonder)(?<! see)(?<! ask)(?<! tell)(?<! check)"
        r"(?<! even)(?<! as)(?<! or)(?<! only)(?<! and) (if (?:I|you|we|they|he|she|my|the|a) [^,?]+)(\?*)$",
        text,
    ):
        return upper_first(match[2]) + ", " + lower_first(match[1]) + match[3]
    place = re.match(
        r"((?:How|What|Which|Where|Who|Is|Are|Can|Do|Does)\b.{8,}\w) (in|on|using) ([A-Z][\w+#.]*(?: [A-Z]\w+)?)(\?*)$",
        text,
    )
    if place and not re.search(
        r"\b(live|interested|believe|invest|work|born|log|put|based|majoring|major|specialize|one|ones|that|those|people|person|man|woman|and|or|not)$",
        place[1],
    ):
        return f"{upper_first(place[2])} {place[3]}, {lower_first(place[1])}{place[4]}"
    return None
