"""Streams of questions that pass a cache one after another, and what it serves of them.

``faq``: CLINC150 and BANKING77, test splits, intents whose answer is one text for everybody. ``facts``: CLINC150
intents that ask for a fact about something named, where one word makes another answer. ``excluded``: intents whose
answer must never be served again (one's own affairs, time, actions, chance): every hit is a wrong one. ``low repeat``:
Quora questions, one of each component, so that hardly two have the same answer; a hit counts as wrong.
In the first three an intent is drawn by Zipf's law (its rank is drawn anew for each seed), then one of its texts:
without repeats until all are used up, or with repeats, as people ask.
"""

from __future__ import annotations

import gzip
import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from benchmarks.cache.answers import answer, question
from benchmarks.cache.contestants import Contestant
from benchmarks.cache.faq import JUDGEMENT, seen
from benchmarks.cache.replies import reply

MOST = 3000


@dataclass(frozen=True)
class Utterance:
    """A text, the id of its answer (empty: none that may be served again), what it belongs to, whether the verifier's
    training saw others of its intent, and the id of its question where that is finer than the answer's."""

    text: str
    answer: str
    group: str
    seen: bool = False
    question: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of one request. ``right``: the served answer was that of the text; ``asked_so``: it was given to the
    same question, not only to one of the same answer. ``possible``: an earlier one had the same answer.
    ``served_for``: the stored text."""

    utterance: Utterance
    hit: bool
    right: bool
    exact: bool
    possible: bool
    served_for: str = ""
    asked_so: bool = False


Draw: TypeAlias = Callable[[random.Random], list[Utterance]]


@dataclass(frozen=True)
class Stream:
    """A kind of stream: ``draw`` makes one from a seed's random numbers."""

    name: str
    draw: Draw
    reusable: bool = True
    seeds: int | None = None
    """Run with the first seeds only, where it is a variant of another stream."""


def utterances(data: Path, split: str = "test") -> list[tuple[str, str, str]]:
    """Data set, intent and text of both sets of intents."""
    found = []
    for name in ("banking77", "clinc150"):
        with gzip.open(data / "intents" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        found += [(name, row["intent"], " ".join(row["text"].split())) for row in rows if row["split"] == split]
    return found


def reusable(data: Path, *, facts: bool) -> list[Utterance]:
    """The texts of the ``faq`` stream, or of ``facts``."""
    found = []
    for name, intent, text in utterances(data):
        known = (name, intent) in JUDGEMENT.faq
        if known is not facts and (known_answer := answer(name, intent, text)) is not None:
            asked = question(name, intent, text) or known_answer
            found.append(Utterance(text, known_answer, f"{name}:{intent}", seen(intent), asked))
    return found


def excluded(data: Path) -> list[Utterance]:
    """The texts whose answer must not be served again; the group is intent and reason."""
    return [
        Utterance(text, "", f"{JUDGEMENT.excluded[name, intent]}: {intent}", seen(intent))
        for name, intent, text in utterances(data)
        if (name, intent) in JUDGEMENT.excluded
    ]


def unrelated(data: Path) -> list[Utterance]:
    """A question of each component of the test part of the Quora pairs."""
    from training.qqp import load

    parent: dict[str, str] = {}

    def root(node: str) -> str:
        while parent.setdefault(node, node) != node:
            parent[node] = node = parent[parent[node]]
        return node

    for a, b, _ in load(data)["test"]:
        parent[root(a)] = root(b)
    first: dict[str, str] = {}
    for text in parent:
        first.setdefault(root(text), text)
    return [Utterance(text, "", "qqp") for text in first.values()]


def zipf(texts: Sequence[Utterance], chance: random.Random, *, most: int = MOST, repeats: bool) -> list[Utterance]:
    """Up to ``most`` requests: an intent by Zipf's law, then one of its texts."""
    by_group: defaultdict[str, list[Utterance]] = defaultdict(list)
    for each in texts:
        by_group[each.group].append(each)
    groups = sorted(by_group)
    chance.shuffle(groups)
    weights = {group: 1 / rank for rank, group in enumerate(groups, 1)}
    for group in groups:
        chance.shuffle(by_group[group])
    drawn: list[Utterance] = []
    while groups and len(drawn) < most:
        group = chance.choices(groups, [weights[each] for each in groups])[0]
        left = by_group[group]
        if repeats:
            drawn.append(chance.choice(left))
            continue
        drawn.append(left.pop())
        if not left:
            groups.remove(group)
    return drawn


def streams(data: Path, most: int = MOST) -> list[Stream]:
    """All kinds."""
    faq, facts = reusable(data, facts=False), reusable(data, facts=True)
    never, apart = excluded(data), unrelated(data)

    def zipfian(name: str, texts: list[Utterance], *, repeats: bool, may: bool = True) -> Stream:
        return Stream(name, lambda chance: zipf(texts, chance, most=most, repeats=repeats), may, 5 if repeats else None)

    return [
        zipfian("faq", faq, repeats=False),
        zipfian("faq, with repeats", faq, repeats=True),
        zipfian("facts", facts, repeats=False),
        zipfian("facts, with repeats", facts, repeats=True),
        zipfian("excluded", never, repeats=False, may=False),
        Stream("low repeat", lambda chance: chance.sample(apart, min(most, len(apart))), False),
    ]


async def passed(requests: Iterable[Utterance], contestant: Contestant, *, may: bool = True) -> list[Outcome]:
    """Send the requests through an empty cache, one after another."""
    answers: dict[str, str] = {}
    questions: dict[str, str] = {}
    outcomes = []
    known: set[str] = set()
    async with contestant.open(lambda text: reply(answers[text], text)) as cache:
        for each in requests:
            right_one = answers[each.text] = each.answer or f"{each.group}: {each.text}"
            asked = questions[each.text] = each.question or right_one
            found = await cache.lookup(each.text)
            possible = each.answer in known
            if found is None:
                await cache.add(each.text, reply(right_one, each.text))
                outcomes.append(Outcome(each, False, False, False, possible))
            else:
                right = may and answers[found.question] == right_one
                asked_so = right and questions[found.question] == asked
                outcomes.append(Outcome(each, True, right, found.exact, possible, found.question, asked_so))
            if each.answer:
                known.add(each.answer)
    return outcomes
