"""Words that people told apart: from pairs of questions that differ in one word and were labelled as not the same."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict

from training.phrases import words
from training.qqp import Pair
from training.rewrites import are_synonyms

_SMALL = frozenset(
    """
    the a an is are was were do does did can could should would will have has had in on at to of for from with by
    and or but if how what which who why when where i you we they he she it my your our their his her its this that
    these those be been being not no some any much many more most very really just so as than then there here one
    ever get got make made find good best way thing things people someone someone's like about into out up down over
    all each every other another such only own same difference between want need know think use used using mean
    happen happens happened going see look say tell take come go give different various right possible actually
    currently still even never often usually ways
    """.split()  # noqa: SIM905 - a list of a hundred lines says less
)

# Told apart once or twice by people who were wrong, or who minded more than the answer does.
_LIKE_ENOUGH = frozenset(
    " ".join(sorted(pair.split()))
    for pair in """
    agriculture farming; business company; business startup; company website; cognizant cts; iit iits; amazing decent;
    apps youtube; car suv; characteristics functions; compared related; coding symbolism; crazy shy;
    dating sex; earth world; earth usa; feeling sound; gadgets tech; girl teen; given received; hate reject;
    importance relevance; improve practice; joy love; jobs lives; learn start; learn write; leave remain;
    leader politician; managers politicians; market mind; mechanism person; mobile web; physics science;
    programming science; plus times; psychopath sociopath; remove stop; resource store; graphs websites; special ugly;
    story weakness; study university; shopping travel; survive witness; forces values; history nature; health water;
    float work; bad important; book phone; build lead; breed train; call ring; agree getty; access park; album bit;
    associated bridge; associated green; black wild; citizens discover; book phone; better ignorance; king royal;
    eating exercising; breads potato; approach eclipse; celebrities galaxies;
    definition fundamental; decisions relationship
    """.split(";")  # noqa: SIM905 - a list of sixty lines says less
)


def told_apart(pairs: list[Pair]) -> tuple[dict[str, tuple[str, ...]], frozenset[tuple[str, str]]]:
    """For a word the words that asked for something else in its place, and which words stand side by side."""
    apart: Counter[tuple[str, str]] = Counter()
    alike: Counter[tuple[str, str]] = Counter()
    seen: Counter[str] = Counter()
    beside: Counter[tuple[str, str]] = Counter()
    for a, b, same in pairs:
        left, right = words(a), words(b)
        for side in (left, right):
            seen.update(set(side))
            beside.update(itertools.pairwise(side))
        if len(left) == len(right):
            differing = [(x, y) for x, y in zip(left, right, strict=True) if x != y]
            if len(differing) == 1:
                (alike if same else apart).update((differing[0], differing[0][::-1]))
    others: defaultdict[str, list[str]] = defaultdict(list)
    for (old, new), _ in sorted(apart.items()):
        if (
            (old, new) not in alike
            and " ".join(sorted((old, new))) not in _LIKE_ENOUGH
            and _content(old)
            and _content(new)
            and min(seen[old], seen[new]) >= 4
            and not _akin(old, new)
        ):
            others[old].append(new)
    return {old: tuple(new) for old, new in others.items()}, frozenset(
        pair for pair, count in beside.items() if count > 1
    )


def _content(word: str) -> bool:
    return len(word) > 2 and word.isalpha() and word not in _SMALL


def _akin(one: str, other: str) -> bool:
    """Whether two words are forms of one, spellings of one, or listed as meaning the same."""
    stem = min(len(one), len(other), 5) - 1
    return one[:stem] == other[:stem] or are_synonyms(one, other) or are_synonyms(other, one)
