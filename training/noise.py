"""Rewriting a question several times over without changing what it asks."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import TypeAlias

from training import frames, rewrites
from training.contexts import BETWEEN

Rewrite: TypeAlias = Callable[[str, Random], str | None]

# First what moves words about, then words, then letters: a rule for sentences needs them still spelt right.
_SENTENCE: tuple[tuple[str, Rewrite, float], ...] = (
    ("order", rewrites.order, 2.0),
    ("frame", frames.frame, 3.0),
    ("politeness", frames.politeness, 1.2),
)
_WORDS: tuple[tuple[str, Rewrite, float], ...] = (
    ("synonym", rewrites.synonym, 3.0),
    ("alias", rewrites.alias, 2.0),
    ("number form", rewrites.number, 2.0),
    ("unit form", rewrites.unit, 2.0),
    ("plural", rewrites.plural_form, 1.0),
    ("contraction", rewrites.contraction, 1.0),
)
_LETTERS: tuple[tuple[str, Rewrite, float], ...] = (
    ("punctuation", rewrites.punctuation, 1.0),
    ("case", rewrites.case, 1.0),
    ("chat", rewrites.chat, 0.4),
    ("typo", rewrites.typo, 1.6),
)
_ALL = {name: (op, weight) for ops in (_SENTENCE, _WORDS, _LETTERS) for name, op, weight in ops}
_LEVELS = {name: level for level, name in enumerate(_ALL)}


def noisy(
    text: str, rng: Random, count: int, keep: frozenset[str] = frozenset(), known: frozenset[str] = frozenset()
) -> tuple[str, list[str]]:
    """``text`` rewritten up to ``count`` times, no two times in one way, and what was done.

    ``keep``: words (lower case) whose letters stay: those in which the two sides of a pair differ. Of a conversation
    each time one of its questions is rewritten. ``known``: words that no slip of the finger may make.
    """
    if BETWEEN in text:
        return _noisy_chat(text, rng, count, keep, known)
    names = list(_ALL)
    weights = [_ALL[name][1] for name in names]
    order: list[str] = []
    while len(order) < min(len(names), count + 3):
        name = rng.choices(names, weights)[0]
        if name not in order:
            order.append(name)
    chosen = sorted(order, key=lambda name: _LEVELS[name])
    done: list[str] = []
    picked = set(order[:count])
    spare = order[count:]
    for name in chosen:
        if name not in picked:
            continue
        op = _ALL[name][0]
        new = rewrites.typo(text, rng, keep, known) if name == "typo" else op(text, rng)
        if new is not None and new.strip() and new != text:
            text = new
            done.append(name)
    for name in spare:  # where too little fitted
        if len(done) >= count:
            break
        if any(_LEVELS[name] < _LEVELS[other] for other in done):
            continue  # its rules need what the later ones have changed
        new = rewrites.typo(text, rng, keep, known) if name == "typo" else _ALL[name][0](text, rng)
        if new is not None and new.strip() and new != text:
            text = new
            done.append(name)
    return text, done


def _noisy_chat(
    text: str, rng: Random, count: int, keep: frozenset[str], known: frozenset[str]
) -> tuple[str, list[str]]:
    parts = text.split(BETWEEN)
    done: list[str] = []
    for _ in range(count):
        at = rng.randrange(len(parts))
        parts[at], more = noisy(parts[at], rng, 1, keep, known)
        done += more
    return BETWEEN.join(parts), done
