"""A text as the rules of reuse read it: folded, cut to a bounded window, in sentences of bare words, code set aside."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from trimtab.semantic_cache.reuse.phrases import Phrases, word_set

WINDOW = 1500
"""Characters that are read at either end of a longer text: what is asked stands at its head or its tail."""

CODE = "§"
"""What stands for a block of code, and for what the rules have set aside."""

_CODE = re.compile(r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)|`[^`\n]{1,200}`", re.DOTALL)
_QUOTED = re.compile(
    r"\"[^\"\n]{2,300}\"|(?<!\w)'[^'\n]{2,300}'(?!\w)|“[^”\n]{2,300}”|«[^»\n]{2,300}»|„[^“”\n]{2,300}[“”]"
)
_TEXT_WORK = word_set(
    """
    translate translated translation spell spelled mean means meaning define definition synonym synonyms
    antonym antonyms word phrase sentence pronounce grammar rewrite rephrase paraphrase proofread correct summarize
    summarise shorten simplify classify extract term plural etymology spelling
    """
)
"""Words of requests that work on a text which they bring along."""
_HOW_TO_SAY = re.compile(r"\bhow (?:do|does|would|can|could|should|to)\b[^.?!\n]{0,20}\bsay\b", re.IGNORECASE)
_HANDED_OVER = re.compile(
    r"(\b(?:translate|rewrite|rephrase|paraphrase|proofread|summari[sz]e|shorten|simplify|classify|extract|spell"
    r"|correct(?! me)|synonyms?|grammar)\b[^:\n]{0,100}:)\s*[^\n]+(?:\n[^\n]+)*",
    re.IGNORECASE,
)
"""A text that follows a colon, for the work that is named before it."""
_FOREIGN = re.compile(r"[\u0100-\u0151\u0154-\u024f\u1e00-\u1effåøðþÅØÐÞ]")
"""Latin letters that no language of the rules has."""
_LANGUAGES = (
    "english|german|french|spanish|italian|portuguese|dutch|russian|chinese|mandarin|japanese|korean|arabic|hindi|turkish"
    "|greek|latin|polish|swedish|danish|norwegian|finnish|czech|hungarian|hebrew|thai|vietnamese|swahili|welsh|irish|\\w+ese"
)
_SAID = re.compile(
    r"(?<= )(say|translate|translated|translating|is|word for|phrase) "
    r"(?!my (?:\S+ )?(?:email|letter|message|text|file|document)|in |it |this |that |them |these |those )"
    rf"(?:\S+ ){{1,20}}?(in|to|into|from) (?=(?:\S+ ){{0,1}}(?:{_LANGUAGES}) )"
)
_NAMED = re.compile(
    r"(?<= )(spell|define|pronounce|(?:definition|meaning|synonyms?|antonyms?|spelling|plural|etymology) (?:of|for)"
    r"|(?:word|term|phrase) for)(?: the word| the term| the phrase)? "
    r"(?!the |my |our |this |that |it |a )\S+(?: \S+){0,2}(?= \Z)"
    r"|(?<= )(what does) (?!this |that |it |the |my |your )(?:\S+ ){1,3}(?=mean )"
)
_HYPHEN = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")
_SPACE = re.compile(r"[^\S\n]+")
_END = re.compile(r"[?!\n]+|\.+(?=\s|$)")
_MONEY = str.maketrans({"$": " dollars ", "€": " euros ", "£": " pounds ", "¥": " yen "})
_CAPITALS = re.compile(r"\b(?:IT|US)\b")
_WORD = re.compile(r"c\+\+|c#|\w+|§")
_APOSTROPHE = re.compile(r"\b(\w+)'(s|re|ve|ll|d|t|m)\b")
_ASKING = ("what", "who", "where", "when", "how", "why", "that", "there", "here")
_SUBJECTS = ("i", "we", "you", "he", "she", "it", "they", "which", *_ASKING)
_SHORT = {
    "s": {subject: f"{subject} is" for subject in _SUBJECTS} | {"let": "let us"},
    "d": {subject: f"{subject} would" for subject in _SUBJECTS},
    "t": {"can": "can not", "won": "will not", "shan": "shall not"},
    "m": {"i": "i am"},
}
_ENDINGS = {"re": " are", "ve": " have", "ll": " will"}
_BARE = {f"{word}s": f"{word} is" for word in _ASKING} | {
    "im": "i am",
    "ive": "i have",
    "dont": "do not",
    "doesnt": "does not",
    "didnt": "did not",
    "cant": "can not",
    "cannot": "can not",
}
_BARE_WORD = re.compile(rf"\b(?:{'|'.join(_BARE)})\b")


def _in_full(match: re.Match[str]) -> str:
    """A contraction in full, so that a phrase has one form only."""
    stem, ending = match[1], match[2]
    if ending in _ENDINGS:
        return stem + _ENDINGS[ending]
    if full := _SHORT[ending].get(stem):
        return full
    return f"{stem[:-1]} not" if ending == "t" and stem.endswith("n") else match[0]


def fold(text: str) -> str:
    """``text`` in small letters without accents, invisible characters and contractions; line ends are kept."""
    text = text.translate(_MONEY)
    if not text.isascii():
        parts = unicodedata.normalize("NFKD", text.replace("’", "'").replace("‘", "'").replace("`", "'"))
        text = "".join([c for c in parts if unicodedata.category(c) not in ("Mn", "Cf")])
    text = _HYPHEN.sub(" ", _SPACE.sub(" ", text.casefold()))
    if "'" in text:
        text = _APOSTROPHE.sub(_in_full, text)
    return _BARE_WORD.sub(lambda word: _BARE[word[0]], text).strip()


def window(text: str) -> str:
    """The ends of ``text`` that are read: all of it where it is short."""
    return text if len(text) <= 2 * WINDOW else f"{text[:WINDOW]}\n{text[-WINDOW:]}"


@dataclass(frozen=True)
class Sentence:
    """A sentence: its words with a space around each, whether it was a question, and how it stood there."""

    text: str
    asked: bool = False
    raw: str = ""

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The different words in their order, so that what is found first is the same every time."""
        return tuple(dict.fromkeys(self.text.split()))

    def without(self, phrases: Phrases, mark: str = CODE) -> Sentence:
        """The sentence with ``mark`` for each of ``phrases``."""
        return Sentence(phrases.without(self.text, self.words, mark), self.asked, self.raw)

    def find(self, phrases: Phrases) -> str:
        """The first of ``phrases`` that stands in the sentence; empty where none does."""
        return phrases.find(self.text, self.words)


@dataclass(frozen=True)
class Reading:
    """A text as read.

    ``folded`` has its punctuation. ``brings_text``: code or quoted words stand in it. ``foreign``: how many of its
    words have letters of a language that is not read.
    """

    folded: str
    sentences: tuple[Sentence, ...]
    brings_text: bool
    foreign: int

    @cached_property
    def whole(self) -> Sentence:
        """All words as if they were one sentence."""
        return Sentence("".join([" ", *[sentence.text[1:] for sentence in self.sentences]]))


def bare(folded: str) -> str:
    """The words of a folded text with a space around each."""
    return f" {' '.join(_WORD.findall(folded))} "


def sentences_of(folded: str) -> Iterator[Sentence]:
    """The sentences of a folded text, the empty ones too."""
    start = 0
    for end in _END.finditer(folded):
        yield Sentence(bare(folded[start : end.start()]), "?" in end[0], folded[start : end.start()])
        start = end.end()
    yield Sentence(bare(folded[start:]), False, folded[start:])


def _set_aside(text: str) -> str:
    """The words of a sentence without those that are only talked about: what is to be spelled, defined, translated."""
    return _NAMED.sub(rf"\1\2 {CODE} ", _SAID.sub(rf"\1 {CODE} \2 ", text)).replace("  ", " ")


@lru_cache(maxsize=16)
def _read(seen: str) -> Reading:
    plain = _CODE.sub(f" {CODE} ", seen) if "`" in seen or "~~~" in seen else seen
    quoted = _QUOTED.search(plain) is not None
    works_on_text = not _TEXT_WORK.isdisjoint(_WORD.findall(plain.lower())) or _HOW_TO_SAY.search(plain) is not None
    if works_on_text:
        plain = _HANDED_OVER.sub(rf"\1 {CODE} ", _QUOTED.sub(f" {CODE} ", plain))
    if ("IT" in plain or "US" in plain) and not plain.isupper():
        plain = _CAPITALS.sub(r"\g<0>_", plain)  # the trade and the country, not the pronouns
    folded = fold(plain)
    sentences = [sentence for sentence in sentences_of(folded) if sentence.text.strip()]
    if works_on_text:
        sentences = [replace(sentence, text=_set_aside(sentence.text)) for sentence in sentences]
    return Reading(folded, tuple(sentences), quoted or CODE in plain, 0 if plain.isascii() else _foreign_words(plain))


def _foreign_words(plain: str) -> int:
    return sum(_FOREIGN.search(word) is not None for word in unicodedata.normalize("NFC", plain).split())


def read(text: str) -> Reading:
    """The reading of ``text``. The last few are kept, since several rules ask for the same one."""
    return _read(window(text))


def unread(reading: Reading) -> str:
    """Why no rule can say anything about the text: its script or language is none that they know; else empty."""
    if reading.foreign > 1 or (reading.foreign and len(reading.whole.words) < 5):
        return "a language that the rules do not read"
    if reading.folded.isascii():
        return ""
    letters = [letter for letter in reading.folded if letter.isalpha()]
    strange = sum(letter > "\u024f" for letter in letters)
    return "a script that the rules do not read" if 2 * strange > len(letters) else ""
