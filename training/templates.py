"""Pairs from templates: one meaning in several wordings, its neighbours, and other fillings of its slots."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from training.edit_lexicons import NAMES, NOUNS
from training.inflection import takes_an
from training.phrases import upper_first
from training.swaps import members
from training.template_slots import SLOTS

FILES = ("templates_tech.txt", "templates_life.txt", "templates_roles.txt")

_SLOT = re.compile(r"\{([a-z_]+)(2?)\}")


@dataclass(frozen=True)
class Meaning:
    """Wordings of one question.

    ``directed``: it is another question when the two fillings of a type change places;
    ``even``: it is the same one then.
    """

    wordings: tuple[str, ...]
    directed: bool
    even: bool

    @property
    def slots(self) -> tuple[tuple[str, str], ...]:
        """Type and number of every slot, in one order."""
        return tuple(sorted({(m[1], m[2]) for wording in self.wordings for m in _SLOT.finditer(wording)}))


def groups() -> list[list[Meaning]]:
    """All groups of neighbouring meanings."""
    result = []
    for file in FILES:
        text = Path(__file__).with_name(file).read_text(encoding="utf-8")
        _head, *blocks = text.strip().split("\n\n")
        result += [[_meaning(line) for line in block.splitlines()] for block in blocks]
    return result


def _meaning(line: str) -> Meaning:
    wordings = tuple(wording.strip() for wording in line.lstrip("=> ").split(" | "))
    return Meaning(wordings, line.startswith(">"), line.startswith("="))


def choices(kind: str) -> list[tuple[str, ...]]:
    """What may fill a slot, each thing with all its names."""
    if kind in SLOTS:
        return [(" ".join(entry.split()),) for entry in SLOTS[kind].split(";")]
    if kind in NAMES or kind in NOUNS:
        return list(members(kind))
    raise KeyError(f"no such slot: {kind}")


Filling = dict[tuple[str, str], str]


def _filling(slots: tuple[tuple[str, str], ...], rng: Random) -> Filling:
    result: Filling = {}
    for kind in sorted({kind for kind, _ in slots}):
        one, other = rng.sample(choices(kind), 2)
        result[kind, ""], result[kind, "2"] = rng.choice(one), rng.choice(other)
    return result


def _filled(wording: str, filling: Filling) -> str:
    text = _SLOT.sub(lambda m: filling[m[1], m[2]], wording)
    text = re.sub(r"\b(a|A) (?=([A-Za-z]\S*))", lambda m: m[1] + "n " if takes_an(m[2]) else m[0], text)
    text = re.sub(r"\bthe the\b|\ba the\b", "the", text)
    return upper_first(text) if wording[0].isupper() else text


def pairs(seed: int, rounds: int) -> Iterator[tuple[str, str, bool, str, str]]:
    """``(a, b, same, kind, group)``; ``rounds``: how many fillings every meaning gets."""
    for at, group in enumerate(groups()):
        base = f"templates {at}"
        for which, meaning in enumerate(group):
            rng = Random(f"{seed} {at} {which}")
            for _ in range(rounds if meaning.slots else 4):
                for a, b, same, kind in _of_meaning(meaning, [m for m in group if m is not meaning], rng):
                    yield a, b, same, kind, base


def _of_meaning(meaning: Meaning, neighbours: list[Meaning], rng: Random) -> Iterator[tuple[str, str, bool, str]]:
    slots = meaning.slots
    filling = _filling(tuple({*slots, *(slot for m in neighbours for slot in m.slots)}), rng)
    if len(meaning.wordings) > 1:
        one, other = rng.sample(meaning.wordings, 2)
        yield _filled(one, filling), _filled(other, filling), True, "said otherwise"
    wording = rng.choice(meaning.wordings)
    yield _filled(wording, filling), _filled(wording, filling), True, "rewritten"
    if slots:
        changed, kind = _changed(filling, rng.choice(slots), rng)
        yield (
            _filled(rng.choice(meaning.wordings), filling),
            _filled(rng.choice(meaning.wordings), changed),
            False,
            kind,
        )
        yield _filled(wording, filling), _filled(wording, changed), False, kind
    if neighbours:
        neighbour = rng.choice(neighbours)
        yield (
            _filled(rng.choice(meaning.wordings), filling),
            _filled(rng.choice(neighbour.wordings), filling),
            False,
            "aspect",
        )
        likest = max(neighbour.wordings, key=lambda other: len(set(other.split()) & set(wording.split())))
        yield _filled(wording, filling), _filled(likest, filling), False, "aspect"
    if meaning.directed or meaning.even:
        kind = next(kind for kind, second in slots if second)
        swapped = {**filling, (kind, ""): filling[kind, "2"], (kind, "2"): filling[kind, ""]}
        one, other = rng.choice(meaning.wordings), rng.choice(meaning.wordings)
        yield _filled(one, filling), _filled(other, swapped), meaning.even, "role" if meaning.directed else "order"
        if meaning.directed:
            yield _filled(one, filling), _filled(one, swapped), False, "role"
            yield _filled(other, swapped), _filled(rng.choice(meaning.wordings), swapped), True, "role said otherwise"


def _changed(filling: Filling, slot: tuple[str, str], rng: Random) -> tuple[Filling, str]:
    present = {value for (kind, _), value in filling.items() if kind == slot[0]}
    options = [entry for entry in choices(slot[0]) if not present & set(entry)]
    return {**filling, slot: rng.choice(rng.choice(options))}, _KINDS.get(
        slot[0], "entity" if slot[0] in NAMES else "thing"
    )


@dataclass(frozen=True)
class Asker:
    """Asks one filled question in any of its wordings."""

    meaning: Meaning
    filling: Filling
    rng: Random

    def __call__(self) -> str:
        return _filled(self.rng.choice(self.meaning.wordings), self.filling)


def asker(meaning: Meaning, rng: Random) -> Asker:
    """Asks ``meaning`` with one filling."""
    return Asker(meaning, _filling(meaning.slots, rng), rng)


def other_asker(asked: Asker, others: list[Meaning]) -> Asker | None:
    """Asks something else than ``asked``: of another thing, or another thing of the same. None: there is neither."""
    slots = asked.meaning.slots
    if slots and (not others or asked.rng.random() < 0.65):
        return Asker(asked.meaning, _changed(asked.filling, asked.rng.choice(slots), asked.rng)[0], asked.rng)
    return neighbour_asker(asked, others) if others else None


def neighbour_asker(asked: Asker, others: list[Meaning]) -> Asker:
    """Asks another meaning of the group of the same things."""
    meaning = asked.rng.choice(others)
    return Asker(meaning, {**_filling(meaning.slots, asked.rng), **asked.filling}, asked.rng)


_KINDS = {
    **dict.fromkeys(("n", "p", "length", "weight"), "number"),
    **dict.fromkeys(
        ("code", "flag", "command", "port", "ver", "func", "table", "service", "host", "file", "setting"), "identifier"
    ),
    **dict.fromkeys(("when", "year", "hour", "weekday", "season"), "time"),
}
