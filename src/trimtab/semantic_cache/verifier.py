"""Whether the answer to one question is right for another: guards, the conversation, then a small cross-encoder.

What is certain is said by rules, in words (`guards`): another number, another name, a negation. What is a matter of
degree is said by the network. Neither alone would do: edited pairs fool a network, paraphrases escape rules.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from trimtab.engines import PairScores
from trimtab.semantic_cache.guards import difference, differences
from trimtab.semantic_cache.guards.wording import normalise
from trimtab.semantic_cache.question import Question
from trimtab.semantic_cache.reuse.reference import unresolved_reference

_WORDS = re.compile(r"\w+")
DOUBTS = frozenset({"addition", "scope", "format"})
"""Kinds of differences that only make the network's yes less sure: of the pairs for development that it holds for the
same, rules of these kinds would refuse more paraphrases than traps (`training.weigh` counts them)."""
DOUBT = 1.5
"""Log-odds that each of them takes."""
_REPLIES_ALIKE = 0.5
"""Share of the content words of the shorter of two replies that the other must have, where something points to them."""
_FACTS = frozenset({"identifier", "number", "time", "language", "entity"})
"""Kinds of differences that count between replies; their wording does not."""
_ACKNOWLEDGED = frozenset({
    "sure", "okay", "good", "great", "noted", "thanks", "thank", "telling", "knowing", "know", "understood", "right",
    "lovely", "nice", "pleasure", "course", "help", "would", "like", "what", "which", "with", "that", "this", "your",
    "sorry", "hear", "have", "need", "does", "they", "will", "here", "there", "fine", "sounds", "happy", "glad",
})  # fmt: skip
"""Words with which a reply takes note, and frames a question back."""


@dataclass(frozen=True)
class Judgement:
    """What the verifier says of a stored question. ``log_odds`` is None where a rule refused, which ``why`` names."""

    log_odds: float | None
    why: str = ""


class Verifier:
    """Compares what is asked with what was asked before."""

    def __init__(self, scores: PairScores, *, guards: bool = True) -> None:
        """``guards`` may be switched off to measure what they add; never in service."""
        self._scores = scores
        self._guards = guards

    def refusal(self, asked: Question, stored: Question) -> str:
        """Why the stored question is certainly another one, in words; empty where it may be the same."""
        if len(asked.turns) != len(stored.turns) or len(asked.replies) != len(stored.replies):
            return "the conversation has another shape"
        if len(asked.turns) > 1 and (why := _context_differs(asked, stored, guards=self._guards)):
            return why
        if self._guards:
            certain = (each for each in differences(asked.newest, stored.newest) if each.kind not in DOUBTS)
            if (found := next(certain, None)) is not None:
                return found.words
        if not self._scores.fits(asked.said, stored.said):
            return "too long to be compared word by word"
        return ""

    def judge(self, asked: Question, stored: Sequence[Question], most: int = 3) -> list[Judgement]:
        """One judgement for each stored question, nearest first.

        The network sees the first ``most`` that no rule refuses, in one batch. CPU work of milliseconds.
        """
        refusals = self.refusals(asked, stored)
        open_ones = [place for place, why in enumerate(refusals) if not why][:most]
        scores = dict(zip(open_ones, self.doubted(asked, [stored[place] for place in open_ones]), strict=True))
        return [Judgement(scores.get(place), why) for place, why in enumerate(refusals)]

    def refusals(self, asked: Question, stored: Sequence[Question]) -> list[str]:
        """`refusal` of each stored question. CPU work of about a millisecond for each that was not read lately."""
        return [self.refusal(asked, each) for each in stored]

    def doubted(self, asked: Question, stored: Sequence[Question]) -> list[float]:
        """The network's log-odds, less what rules that are not certain take from them."""
        scores = self.log_odds(asked, stored)
        if not self._guards:
            return scores
        return [odds - DOUBT * len(_doubts(asked, each)) for odds, each in zip(scores, stored, strict=True)]

    def log_odds(self, asked: Question, stored: Sequence[Question]) -> list[float]:
        """The network's log-odds that each stored question has the same answer. CPU work of milliseconds.

        In a conversation the earlier turns have to be the same too: the least certain of them counts.
        """
        pairs: list[tuple[str, str]] = []
        spans = []
        for each in stored:
            turns = [(asked.said, each.said)]
            if len(asked.turns) > 1:
                turns += [(a, b) for a, b in zip(asked.earlier, each.earlier, strict=True) if not _alike(a, b)]
            spans.append((len(pairs), len(pairs) + len(turns)))
            pairs += turns
        scores = self._scores.score(pairs) if pairs else []
        return [min(scores[start:stop]) for start, stop in spans]


def _doubts(asked: Question, stored: Question) -> set[str]:
    return {each.kind for each in differences(asked.newest, stored.newest)} & DOUBTS


def _alike(a: str, b: str) -> bool:
    return a == b or normalise(a) == normalise(b)


def _context_differs(asked: Question, stored: Question, *, guards: bool) -> str:
    """Why the same words mean something else here."""
    for a, b in zip(asked.earlier, stored.earlier, strict=True):
        if guards and not _alike(a, b) and (found := difference(a, b)):
            return f"earlier in the conversation: {found.words}"
    pointing = bool(unresolved_reference(asked.newest))
    for a, b in zip(asked.replies, stored.replies, strict=True):
        if why := _reply_differs(a, b, pointing=pointing):
            return why
    return ""


def _reply_differs(a: str, b: str, *, pointing: bool) -> str:
    """Why two replies do not lead to the same place, though they may be worded differently.

    ``pointing``: the newest turn refers to something before it, which may be in the reply.
    """
    words = [_WORDS.findall(text.lower()) for text in (a, b)]
    if words[0] == words[1]:
        return ""
    if sorted(words[0]) == sorted(words[1]):
        return "what was answered before has another order"
    facts = [found for found in differences(a, b) if found.kind in _FACTS]
    if facts:
        return f"in what was answered before: {facts[0].words}"
    content = [{word for word in each if len(word) > 3 and word not in _ACKNOWLEDGED} for each in words]
    smaller = min(map(len, content))
    if pointing and smaller and len(content[0] & content[1]) < _REPLIES_ALIKE * smaller:
        return "what was answered before differs, and the question refers to it"
    return ""
