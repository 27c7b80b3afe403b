"""Labelled pairs of questions that differ in one thing that matters, or only in words: what the verifier learns from.

``python -m training.edits --data DIR --out FILE --seed 1`` writes one JSON object a line: ``a``, ``b``, ``same``,
``kind``, ``split`` (``train``, or ``dev`` for all that comes from a held back twentieth of the questions and
templates). The same seed gives the same file.

Every kind of difference comes with rewriting on either side, and both labels come in equal numbers at every degree of
overlap, so that neither few changes nor many tell anything.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from zlib import crc32

from training import additions, aspects, changes, contexts, intents, qqp, swaps, templates
from training.noise import noisy
from training.phrases import jaccard, words
from training.told_apart import told_apart

MOST_WORDS = 60

# How much of a kind is wanted, where not as much as of any other: more of what a first model got wrong, less of what
# is easy.
SHARES = {
    "polarity": 1.8,
    "role": 1.8,
    "role said otherwise": 0.8,
    "rewritten": 1.6,
    "said otherwise": 2.0,
    "form": 0.7,
    "form said otherwise": 0.7,
    "aspect said otherwise": 0.7,
    "limit said otherwise": 0.8,
    "politeness": 0.5,
    "typo": 0.8,
    "word": 0.6,
    "context left out": 0.3,
}


@dataclass(frozen=True)
class Draft:
    """Two questions before they are rewritten; ``base`` is the question or template that they come from."""

    a: str
    b: str
    same: bool
    kind: str
    base: str


@dataclass(frozen=True)
class Pair:
    """A line of the file."""

    a: str
    b: str
    same: bool
    kind: str
    split: str


CHANGES = {
    "number": changes.number,
    "entity": swaps.entity,
    "thing": swaps.thing,
    "polarity": changes.polarity,
    "time": changes.time,
    "negation": changes.negation,
    "role": swaps.role,
    "narrowing": changes.narrowing,
}


def of_questions(pairs: list[qqp.Pair], seed: int) -> Iterator[Draft]:
    """What can be made of questions that people asked."""
    others, fits = told_apart(pairs)
    questions = sorted({question.strip() for a, b, _ in pairs for question in (a, b)})
    for question in questions:
        if not 4 <= len(question.split()) <= 34 or not question.isascii():
            continue
        rng = Random(f"{seed} {question}")
        yield Draft(question, question, True, "rewritten", question)
        made = [(kind, change(question, rng)) for kind, change in CHANGES.items()]
        made.append(("word", swaps.replaced_word(question, rng, others, fits)))
        for kind, new in made:
            if new is not None:
                yield Draft(question, new, False, kind, question)
        yield from _added(question, rng)
        if rng.random() < 0.12 and len(question.split()) < 20:
            yield from (Draft(*made, question) for made in contexts.of_question(question, rng))
        if aspect := aspects.two(question, rng, same=False):
            yield Draft(*aspect, False, "aspect", question)
        if aspect := aspects.two(question, rng, same=True):
            yield Draft(*aspect, True, "aspect said otherwise", question)


def _added(question: str, rng: Random) -> Iterator[Draft]:
    """A limit or a form of answer added, changed, or said otherwise."""
    if topics := additions.limit_topics(question):
        one, other = rng.sample(additions.LIMITS[rng.choice(topics)], 2)
        limited = additions.limited(question, rng.choice(one), rng)
        against = additions.limited(question, rng.choice(other), rng)
        yield Draft(limited, question if rng.random() < 0.5 else against, False, "limit", question)
        yield Draft(limited, additions.limited(question, rng.choice(one), rng), True, "limit said otherwise", question)
    if rng.random() < 0.12 and len(question.split()) < 16:
        yield from _formed(question, rng)


def _formed(question: str, rng: Random) -> Iterator[Draft]:
    one, other = rng.sample(additions.FORMS, 2)
    formed = additions.formed(question, rng.choice(one), rng)
    against = additions.formed(question, rng.choice(other), rng)
    yield Draft(formed, question if rng.random() < 0.5 else against, False, "form", question)
    yield Draft(formed, additions.formed(question, rng.choice(one), rng), True, "form said otherwise", question)


def of_templates(seed: int) -> Iterator[Draft]:
    """Templates, their conversations, and what the changes make of filled templates."""
    yield from (Draft(*made) for made in contexts.pairs(seed, 8))
    for at, (a, b, same, kind, base) in enumerate(templates.pairs(seed, 14)):
        yield Draft(a, b, same, kind, base)
        rng = Random(f"{seed} {at} {b}")
        if same:
            for change in ("polarity", "negation", "narrowing"):
                if (new := CHANGES[change](b, rng)) is not None:
                    yield Draft(a, new, False, change, base)
        if same and rng.random() < 0.15:
            for draft in _formed(b, rng):
                yield Draft(draft.a, draft.b, draft.same, draft.kind, base)


def of_duplicates(pairs: list[qqp.Pair], seed: int) -> Iterator[Draft]:
    """Questions that people called the same, one of them changed in something that both have."""
    for a, b, same in pairs:
        if not same or not (a + b).isascii() or max(len(a.split()), len(b.split())) > 34:
            continue
        rng = Random(f"{seed} {a} {b}")
        for kind in ("number", "entity", "thing", "polarity", "negation", "time"):
            new = CHANGES[kind](b, rng)
            if new is None:
                continue
            gone = set(words(b)) - set(words(new))
            if kind == "negation" or (gone and gone <= set(words(a))):
                yield Draft(a, new, False, kind, a)


def rewritten(draft: Draft, rng: Random, known: frozenset[str] = frozenset()) -> Iterator[Pair]:
    """The pair with rewriting on both sides; nothing where that leaves no pair of its label."""
    differing = frozenset(set(words(draft.a)) ^ set(words(draft.b)))
    counts = rng.choice(((0, 0), (0, 1), (1, 0), (1, 1), (0, 2), (2, 0), (1, 2), (2, 1), (2, 2), (3, 1), (1, 3)))
    a, done_a = noisy(draft.a, rng, counts[0], differing, known)
    b, done_b = noisy(draft.b, rng, counts[1], differing, known)
    if rng.random() < 0.5:
        a, b = b, a
    done = done_a + done_b
    kind = done[0] if draft.kind == "rewritten" and len(done) == 1 else draft.kind
    if a == b or max(len(a.split()), len(b.split())) > MOST_WORDS:
        return
    if not draft.same and sorted(words(a)) == sorted(words(b)) and draft.kind != "role":
        return
    yield Pair(a, b, draft.same, kind, "dev" if crc32(draft.base.encode()) % 20 == 0 else "train")


def balanced(pool: Iterable[Pair], size: int, rng: Random) -> list[Pair]:
    """At most ``size`` pairs: at every degree of overlap as many of either label, kinds as even as may be."""
    cells: defaultdict[tuple[int, bool], defaultdict[str, list[Pair]]] = defaultdict(lambda: defaultdict(list))
    for pair in pool:
        cells[bucket(pair), pair.same][pair.kind].append(pair)
    for kinds in cells.values():
        for pairs in kinds.values():
            rng.shuffle(pairs)
    totals = {key: sum(map(len, kinds.values())) for key, kinds in cells.items()}
    room = {at: min(totals.get((at, True), 0), totals.get((at, False), 0)) for at in range(11)}
    share = _level(room, size // 2)
    taken: Counter[str] = Counter()
    result: list[Pair] = []
    for at in sorted(room, key=lambda at: room[at]):
        for same in (True, False):
            kinds = cells[at, same]
            for _ in range(share[at]):
                kind = min(
                    (kind for kind in kinds if kinds[kind]),
                    key=lambda kind: (taken[kind] / SHARES.get(kind, 1.0), kind),
                )
                taken[kind] += 1
                result.append(kinds[kind].pop())
    rng.shuffle(result)
    return result


def bucket(pair: Pair) -> int:
    """The tenth of overlap that a pair lies in; 10: the same words."""
    return int(jaccard(pair.a, pair.b) * 10)


def _level(room: dict[int, int], wanted: int) -> dict[int, int]:
    """How much of each to take so that the sum is ``wanted`` and none is more than it must be."""
    share = dict.fromkeys(room, 0)
    while wanted > 0 and (free := [at for at in room if share[at] < room[at]]):
        step = max(1, wanted // len(free))
        for at in free:
            more = min(step, room[at] - share[at], wanted)
            share[at] += more
            wanted -= more
    return share


def drafts(data: Path, train: list[qqp.Pair], seed: int) -> Iterator[Draft]:
    """All drafts of all sources, in one order."""
    yield from of_questions(train, seed)
    yield from of_duplicates(train, seed)
    yield from of_templates(seed)
    yield from (Draft(*made) for made in intents.pairs(data, seed, 110))


def vocabulary(pairs: list[qqp.Pair]) -> frozenset[str]:
    """Words that stand in three questions at least."""
    seen = Counter(
        word for question in sorted({q for a, b, _ in pairs for q in (a, b)}) for word in set(words(question))
    )
    return frozenset(word for word, count in seen.items() if count > 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", type=int, default=80_000)
    args = parser.parse_args()
    pool: dict[tuple[str, str], Pair] = {}
    train = qqp.load(args.data)["train"]
    known = vocabulary(train)
    for number, draft in enumerate(drafts(args.data, train, args.seed)):
        for pair in rewritten(draft, Random(f"{args.seed} {number}"), known):
            pool.setdefault((pair.a, pair.b), pair)
    result = balanced(pool.values(), args.size, Random(args.seed))
    args.out.parent.mkdir(parents=True, exist_ok=True)
    with args.out.open("w", encoding="utf-8") as out:
        for pair in result:
            out.write(json.dumps(asdict(pair), ensure_ascii=False) + "\n")
    report(list(pool.values()), result)


def report(pool: list[Pair], result: list[Pair]) -> None:
    """Print how the labels and kinds came out."""
    before, after = Counter((pair.same, pair.kind) for pair in pool), Counter((pair.same, pair.kind) for pair in result)
    for same, kind in sorted(before):
        print(f"{'same' if same else 'other':6}{kind:24}{after[same, kind]:7} of {before[same, kind]}")
    cells = Counter((bucket(pair), pair.same) for pair in result)
    for at in range(11):
        print(f"overlap {at / 10:.1f}: {cells[at, True]} same, {cells[at, False]} other")
    print(f"{len(result)} pairs, {sum(pair.split == 'dev' for pair in result)} of them dev")


if __name__ == "__main__":
    main()
