"""What the provider of a stream says: the same in substance for the same answer, in other words each time.

Made up, since the intent sets have no answers. The facts of an answer (steps, places, numbers) are drawn from its id,
so that different answers differ as two help texts of one company do; how it begins and ends is drawn from the question.
Comparing such texts is easier than comparing those of a model: what is said of shadow calls here is an upper bound.
"""

from __future__ import annotations

import random
from hashlib import blake2b

_OPENINGS = (
    "", "Sure. ", "Of course. ", "Here is how that is with us. ", "Good question. ", "Happy to help. ",
    "In short: ", "Thanks for asking. ",
)  # fmt: skip
_CLOSINGS = (
    "", " Is there anything else?", " Just ask if anything is unclear.", " I hope this helps.",
    " Let me know if you need more detail.", " Have a good day.",
)  # fmt: skip
_FIRST = (
    "open {place} and choose {item}", "send the form {item} to {place}", "call {place} and ask for {item}",
    "sign in at {place} and confirm {item}", "look under {item} in {place}", "bring {item} to {place}",
)  # fmt: skip
_ITEMS = (
    "the transfer form", "card settings", "the second tab", "your passport", "the blue receipt", "limits",
    "the reference number", "notifications", "the signed letter", "account details", "the plan", "documents",
    "the code from the letter", "billing", "the address field", "the yearly statement",
)  # fmt: skip
_PLACES = (
    "the app", "the branch", "the help desk", "the website", "the post office", "the security page", "the profile page",
    "the office in the main street", "the partner shop", "the archive", "the phone line", "the machine at the entrance",
)  # fmt: skip
_RULES = (
    "It takes {number} working days.", "It costs {number} euros.", "You can do it {number} times a year.",
    "There is no charge below {number} euros.", "It is possible from the age of {number}.",
    "We keep it for {number} days.", "No more than {number} are allowed at once.", "It ends after {number} minutes.",
)  # fmt: skip


def reply(answer: str, question: str) -> str:
    """The text of an answer as given to this question."""
    facts, manner = _drawn(answer), _drawn(f"{answer}\n{question}")
    first = facts.choice(_FIRST).format(place=facts.choice(_PLACES), item=facts.choice(_ITEMS))
    second = facts.choice(_FIRST).format(place=facts.choice(_PLACES), item=facts.choice(_ITEMS))
    rules = [rule.format(number=facts.randint(2, 95)) for rule in facts.sample(_RULES, 2)]
    if manner.random() < 0.5:
        rules.reverse()
    substance = f"please {first}, and then {second}. {' '.join(rules)}"
    opening = manner.choice(_OPENINGS)
    if not opening or opening.endswith(". "):
        substance = substance[0].upper() + substance[1:]
    return f"{opening}{substance}{manner.choice(_CLOSINGS)}"


def _drawn(seed: str) -> random.Random:
    return random.Random(int.from_bytes(blake2b(seed.encode(), digest_size=8).digest(), "big"))
