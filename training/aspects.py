"""Different questions about one subject: how to do it, why, when, at what cost; what a thing is, is good for, weighs.

A topic is a form of question that many questions have; from what it says about itself all others of its group follow.
"""

from __future__ import annotations

import re
from random import Random

from training.frames import FRAMES

# What can be asked about doing something; {0} is a verb phrase in its base form.
DOING: dict[str, tuple[str, ...]] = {
    "how": FRAMES[0][1],
    "long": FRAMES[5][1],
    "should": FRAMES[13][1],
    "possible": FRAMES[14][1],
    "cost": (
        "How much does it cost to {0}?",
        "What does it cost to {0}?",
        "What is the cost if I want to {0}?",
        "How much money do I need to {0}?",
    ),
    "why": (
        "Why should I {0}?",
        "What is the reason to {0}?",
        "What reasons are there to {0}?",
        "Why would anyone {0}?",
    ),
    "when": (
        "When should I {0}?",
        "What is the right time to {0}?",
        "At what point should I {0}?",
        "When is the best moment to {0}?",
    ),
    "where": (
        "Where can I {0}?",
        "What is a place where I can {0}?",
        "In which place can I {0}?",
        "Where is it possible to {0}?",
    ),
    "legal": (
        "Is it legal to {0}?",
        "Am I allowed by law to {0}?",
        "Does the law allow me to {0}?",
        "Is it lawful to {0}?",
    ),
    "safe": ("Is it safe to {0}?", "How safe is it to {0}?", "Is it risk-free to {0}?", "Is there no danger if I {0}?"),
    "hard": ("How difficult is it to {0}?", "How hard is it to {0}?", "Is it very hard to {0}?"),
    "who": ("Who can help me {0}?", "Whom can I ask to help me {0}?", "Who would help me to {0}?"),
    "avoid": (
        "How do I avoid having to {0}?",
        "How can I get around having to {0}?",
        "What can I do so that I don't have to {0}?",
    ),
    "others": ("How do other people {0}?", "How do others {0}?", "What do other people do to {0}?"),
    "mistakes": ("What mistakes do people make when they try to {0}?", "What are common mistakes when trying to {0}?"),
    "tools": ("What tools do I need to {0}?", "Which tools are needed to {0}?", "What equipment is required to {0}?"),
    "after": ("What should I do after I {0}?", "What do I do once I {0}?", "What comes next after I {0}?"),
}

# What can be asked about a thing; {0} is its name.
BEING: dict[str, tuple[str, ...]] = {
    "define": FRAMES[1][1],
    "benefits": FRAMES[12][1],
    "drawbacks": (
        "What are the disadvantages of {0}?",
        "What are the drawbacks of {0}?",
        "disadvantages of {0}",
        "What are the downsides of {0}?",
    ),
    "history": (
        "What is the history of {0}?",
        "How did {0} develop over time?",
        "Tell me the history of {0}.",
        "history of {0}",
    ),
    "how": (
        "How does {0} work?",
        "Can you explain how {0} works?",
        "Explain how {0} works.",
        "how {0} works",
        "I want to know how {0} works.",
    ),
    "examples": (
        "What are some examples of {0}?",
        "Give me examples of {0}.",
        "Can you list a few examples of {0}?",
        "examples of {0}?",
    ),
    "types": (
        "What are the types of {0}?",
        "What kinds of {0} are there?",
        "Which types of {0} exist?",
        "different types of {0}",
    ),
    "causes": ("What causes {0}?", "What is the cause of {0}?", "causes of {0}", "What are the causes of {0}?"),
    "use": ("What is {0} used for?", "What is the use of {0}?", "What do people use {0} for?", "uses of {0}"),
    "origin": (
        "Where does {0} come from?",
        "What is the origin of {0}?",
        "What are the origins of {0}?",
        "origin of {0}",
    ),
    "why": (
        "Why is {0} important?",
        "Why does {0} matter?",
        "What is the importance of {0}?",
        "What makes {0} important?",
    ),
    "learn": ("How can I learn about {0}?", "How do I learn about {0}?", "What is a good way to learn about {0}?"),
    "alternatives": ("What are the alternatives to {0}?", "alternatives to {0}", "What can be used instead of {0}?"),
    "future": ("What is the future of {0}?", "How will {0} develop in the future?", "future of {0}?"),
    "inventor": ("Who came up with {0}?", "Who is the originator of {0}?", "Who was the first to come up with {0}?"),
    "avoid": ("How can {0} be avoided?", "How do I avoid {0}?", "What can I do to avoid {0}?", "ways to avoid {0}"),
}

_DOING_TOPIC = re.compile(r"(?:How (?:do|can|should) I |How to |What is the best way to )([^?.!,;:]{6,60})\?$")
_BEING_TOPIC = re.compile(r"What is ((?:[a-z][a-z-]+ ?){1,3})\?$")


def subject(text: str) -> tuple[str, str] | None:
    """``("doing", verb phrase)`` or ``("being", name)`` where the question is of that form."""
    if match := _DOING_TOPIC.match(text):
        known = re.match(
            r"(?:not|avoid|stop|know|be|feel|tell|get over|deal|become|have|fix|find|check|see|make sure)\b", match[1]
        )
        if not known and not re.search(r"\b(?:you|your|if|when|that|because|without|and|or|which|who|so)\b", match[1]):
            return "doing", match[1]
    if match := _BEING_TOPIC.match(text):
        said = set(match[1].split())
        if not said & _NOT_NAMES and not match[1].endswith(("s", "ing to", "er", "ed")):
            return "being", match[1].strip()
    return None


_NOT_NAMES = frozenset(
    """
    the a an best your my it that this there to of most like going happening wrong so better some one time love life
    good bad difference it's possible for in on about with up next new left more worth actually really exactly
    considered meant called being our his her their not
    """.split()  # noqa: SIM905 - a list of a hundred lines says less
)


def two(text: str, rng: Random, *, same: bool) -> tuple[str, str] | None:
    """Two questions about the subject of ``text``: the same one twice in other words, or two different ones."""
    found = subject(text)
    if found is None:
        return None
    form, about = found
    table = DOING if form == "doing" else BEING
    home = "how" if form == "doing" else "define"
    one = home if rng.random() < (0.5 if same else 0.7) else rng.choice(sorted(table))
    if same:
        a, b = rng.sample(table[one], 2)
    else:
        other = rng.choice([key for key in sorted(table) if key not in {one, *_NEAR.get((form, one), ())}])
        a, b = rng.choice(table[one][:12]), rng.choice(table[other])
    a, b = a.format(about), b.format(about)
    return (a, b) if rng.random() < 0.5 else (b, a)


# What may have one answer.
_NEAR = {
    ("doing", "how"): ("others", "tools", "possible", "where", "hard"),
    ("doing", "others"): ("how",),
    ("doing", "tools"): ("how",),
    ("doing", "possible"): ("how", "legal", "safe", "hard"),
    ("doing", "where"): ("how",),
    ("doing", "hard"): ("how", "possible", "long"),
    ("doing", "long"): ("hard",),
    ("doing", "should"): ("safe", "why"),
    ("doing", "safe"): ("should", "legal"),
    ("doing", "legal"): ("safe", "possible"),
    ("doing", "why"): ("should",),
    ("being", "define"): ("how", "use"),
    ("being", "how"): ("define",),
    ("being", "use"): ("define", "benefits", "why"),
    ("being", "benefits"): ("why", "use"),
    ("being", "why"): ("benefits", "use"),
    ("being", "history"): ("origin", "inventor"),
    ("being", "origin"): ("history", "inventor", "causes"),
    ("being", "inventor"): ("origin", "history"),
    ("being", "causes"): ("origin", "why"),
    ("being", "types"): ("examples",),
    ("being", "examples"): ("types",),
}
