"""The guards in their order: the kinds that are most often right come first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

from trimtab.semantic_cache.guards.content import Leftovers, compare_content, compare_given
from trimtab.semantic_cache.guards.exchange import compare_direction, compare_exchange
from trimtab.semantic_cache.guards.form import compare_form
from trimtab.semantic_cache.guards.identifiers import compare_identifiers
from trimtab.semantic_cache.guards.kinds import Difference, differs
from trimtab.semantic_cache.guards.language import compare_language
from trimtab.semantic_cache.guards.matching import ACTIONS, leftovers
from trimtab.semantic_cache.guards.names import compare_names
from trimtab.semantic_cache.guards.negation import compare_negation, denied_pairs, parity
from trimtab.semantic_cache.guards.polarity import compare_polarity, opposites, turned_particles
from trimtab.semantic_cache.guards.quantities import compare_numbers
from trimtab.semantic_cache.guards.question import compare_question
from trimtab.semantic_cache.guards.reach import compare_reach
from trimtab.semantic_cache.guards.reading import Reading, read, read_long
from trimtab.semantic_cache.guards.roles import exchanged
from trimtab.semantic_cache.guards.stems import stem
from trimtab.semantic_cache.guards.times import compare_tense, compare_times
from trimtab.semantic_cache.guards.wording import LONGEST, normalise

_FAR = 2
"""Content words without counterpart above which a negation or another kind of question is no proof.

The wording is another altogether then: what one text denies the other may say by another word. Measured on QQP.
"""

Guard = Callable[[Reading, Reading], Iterator[Difference]]


def _numbers(a: Reading, b: Reading) -> Iterator[Difference]:
    yield from compare_numbers(a.numbers, b.numbers)


def _identifiers(a: Reading, b: Reading) -> Iterator[Difference]:
    yield from compare_identifiers(a.identifiers, b.identifiers, a.bag, b.bag)


def _times(a: Reading, b: Reading) -> Iterator[Difference]:
    yield from compare_times(a.times, b.times)
    if _leftovers(a, b).close:
        yield from compare_tense(a.times, b.times)


def _opposites(a: Reading, b: Reading) -> Iterator[Difference]:
    """Negation and opposites together, since two of them turn a question back."""
    prefixed = [pair for pair in denied_pairs(a.bag, b.bag) if stem(pair[0]) not in ACTIONS]
    stems = {stem(word) for pair in prefixed for word in pair}
    turned = [
        (_written(a, mine), _written(b, yours))
        for mine, yours in opposites(a.bag, b.bag)
        if not stems.issuperset((mine, yours))
    ]
    turned += turned_particles(a.particles, b.particles)
    denied = parity(a.negation) != parity(b.negation)
    if _leftovers(a, b).apart <= _FAR:
        yield from compare_negation(a.negation, b.negation, len(turned) + len(prefixed))
    if prefixed and not denied:
        words = ", ".join(f"{denying} vs {plain}" for denying, plain in prefixed)
        yield Difference("negation", f"denied by a prefix: {words}")
    roles = exchanged(a.text, b.text, near=_leftovers(a, b).apart <= _FAR)
    if roles and len(turned) == 1:  # A cheaper than B is B dearer than A
        return
    yield from compare_polarity(turned, denied=denied)
    if roles:
        yield Difference("polarity", f"roles exchanged: {roles}")
    yield from compare_exchange(a.text.raw, b.text.raw)
    yield from compare_direction(a.text.raw, b.text.raw)


def _written(reading: Reading, stemmed: str) -> str:
    return next((word.low for word in reading.text.words if word.stem == stemmed), stemmed)


def _language(a: Reading, b: Reading) -> Iterator[Difference]:
    yield from compare_language(a.language, b.language)


def _names(a: Reading, b: Reading) -> Iterator[Difference]:
    yield from compare_names(a.names, b.names, (a.bag, b.bag), (a.words, b.words), apart=_leftovers(a, b).apart)


def _form(a: Reading, b: Reading) -> Iterator[Difference]:
    yield from compare_form(a.form, b.form)


def _reach(a: Reading, b: Reading) -> Iterator[Difference]:
    yield from compare_reach(a.reach, b.reach, close=_leftovers(a, b).close)


def _question(a: Reading, b: Reading) -> Iterator[Difference]:
    if _leftovers(a, b).apart <= _FAR:
        yield from compare_question(a.question, b.question)


def _content(a: Reading, b: Reading) -> Iterator[Difference]:
    yield from compare_given(a.content, b.content)
    yield from compare_content(_leftovers(a, b), (a.text, b.text))


@lru_cache(256)
def _leftovers(a: Reading, b: Reading) -> Leftovers:
    left = leftovers(a.content.words, b.words, b.bag)
    right = leftovers(b.content.words, a.words, a.bag)
    names = tuple(
        [name.word for name in some.names.names if not other.bag.has(name.word)] for some, other in ((a, b), (b, a))
    )
    return Leftovers(left, right, min(len(a.words) - len(left), len(b.words) - len(right)), (names[0], names[1]))


GUARDS: tuple[Guard, ...] = (
    _identifiers,
    _numbers,
    _times,
    _opposites,
    _language,
    _form,
    _names,
    _reach,
    _question,
    _content,
)

KINDS = (
    "identifier",
    "number",
    "time",
    "negation",
    "polarity",
    "language",
    "format",
    "entity",
    "scope",
    "question",
    "substitution",
    "addition",
)
"""All kinds of differences, the most reliable first."""


def difference(a: str, b: str) -> Difference | None:
    """The first reason why the answer to one question must not be served for the other; nothing where none is seen."""
    return next(_all(a, b), None)


def differences(a: str, b: str) -> tuple[Difference, ...]:
    """All reasons, for logs and for measuring what each guard adds."""
    return tuple(_all(a, b))


def _all(a: str, b: str) -> Iterator[Difference]:
    if a == b or normalise(a) == normalise(b):
        return
    if max(len(a), len(b)) > LONGEST:
        mine, yours = read_long(a), read_long(b)
        if mine != yours:
            yield differs("identifier", "numbers or names in long texts", mine - yours, yours - mine)
        return
    left, right = read(a), read(b)
    for guard in GUARDS:
        yield from guard(left, right)
