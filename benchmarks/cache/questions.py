"""Made-up questions for load: any number of different ones, and each again in other words."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

_VERBS = (
    "reset", "configure", "install", "clean", "replace", "update", "repair", "calibrate", "store", "inspect",
    "insure", "transport",
)  # fmt: skip
_PARTS = (
    "battery", "display", "filter", "water pump", "control panel", "power cable", "door seal", "temperature sensor",
    "cooling fan", "drive belt", "fuse", "hinge", "keypad", "lamp", "motor", "nozzle", "pressure valve", "handle",
    "spring", "thermostat",
)  # fmt: skip
_THINGS = (
    "coffee machine", "dishwasher", "lawn mower", "bread maker", "air purifier", "sewing machine", "printer",
    "treadmill", "food processor", "vacuum cleaner", "washing machine", "espresso grinder", "heat pump", "telescope",
    "record player", "electric bike", "label maker", "ice cream maker", "garden shredder", "water softener",
    "microscope", "projector", "dehumidifier", "rice cooker", "pressure washer",
)  # fmt: skip
_PLACES = (
    "in a holiday flat", "in an office kitchen", "on a camping site", "in a school", "in a hospital", "in a workshop",
    "on a boat", "in a greenhouse", "in a museum", "in a bakery", "in a library", "in a hotel", "in a cellar",
    "in a laboratory", "on a balcony", "in a garage", "in a theatre", "in a restaurant", "in a barn", "in a tent",
)  # fmt: skip

MOST = len(_VERBS) * len(_PARTS) * len(_THINGS) * len(_PLACES)
_STRIDE = 38_197
"""Has no factor in common with MOST, so that every combination comes once."""


def questions() -> Iterator[tuple[str, str]]:
    """Every question once, neighbours unlike each other, and the same in other words."""
    combinations = list(itertools.product(_VERBS, _PARTS, _THINGS, _PLACES))
    for number in range(MOST):
        verb, part, thing, place = combinations[number * _STRIDE % MOST]
        what = f"{verb} the {part} of the {thing} {place}"
        yield f"How do I {what}?", f"how can i {what}"
