"""Pairs of short conversations: what a newest question means depends on the one before it.

A conversation is one text, its questions parted by `` | ``.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from training import changes, swaps, templates

BETWEEN = " | "

# What people say next that means nothing without what went before; the members of a line mean the same.
FOLLOWING = tuple(
    tuple(wording.strip() for wording in line.split(" / "))
    for line in """
Why? / Why is that? / why / How come? / What is the reason for that? / And why is that so?
Can you explain that in more detail? / Please explain in more detail. / More details, please. / Tell me more about that.
Give me an example. / Can you give an example? / An example, please. / Show me an example of that. / for example?
Give me three examples. / Can you give 3 examples? / Three examples, please. / show three examples of that
Shorter, please. / Make it shorter. / Can you shorten that? / Please give me a shorter version.
Longer, please. / Make it longer. / Can you make that longer? / Please give me a longer version.
Say that in simpler words. / Explain it more simply. / Can you simplify that? / Simpler, please.
Translate that into French. / Now in French. / And in French, please? / Can I have that in French?
Translate that into Spanish. / Now in Spanish. / And in Spanish, please? / Can I have that in Spanish?
Translate that into German. / Now in German. / And in German, please? / Can I have that in German?
Do it again. / Once more, please. / Again. / Try that again.
What else? / Anything else? / Is there anything else? / And what else is there?
Are you sure? / Really? / Is that right? / Are you certain about that?
What does it cost? / How much does that cost? / And the price? / How much is it?
How long does that take? / And how long does it take? / How much time does that need? / how long?
Is it safe? / Is that safe to do? / How safe is that? / And is this safe?
Is it legal? / Is that legal? / Is this allowed by law? / And is it lawful?
What are the risks? / Are there any risks with that? / Which risks does this have? / And the risks?
What are the alternatives? / Is there an alternative to that? / What could I use instead? / Any alternatives?
Put that in a table. / As a table, please. / Can I have this as a table? / Make it a table.
Put that in JSON. / As JSON, please. / Can I have this as JSON? / Make it JSON.
Where did you get that from? / What is your source? / Source? / Can you name your sources?
What is the next step? / And then? / What do I do after that? / What comes next?
What did people do before that? / And before that? / What was there earlier?
Who told you that? / Who says so? / According to whom?
Does it work for children too? / And for children? / What about kids? / Is it the same for children?
Does it work for beginners too? / And for beginners? / What about beginners? / Is it the same for beginners?
What about last year? / And last year? / How was that last year? / The same for last year?
What about next year? / And next year? / How will that be next year? / The same for next year?
What if it doesn't work? / And if that fails? / What do I do when it does not work? / It doesn't work, what now?
What if I do the opposite? / And the other way round? / What about the reverse?
Write the code for it. / Show me the code. / Can you write code for that? / Code, please.
Write a test for it. / Now a test for that. / Can you write a test for this? / Test, please.
What is the first one? / Tell me about the first one. / The first one, what is it?
What is the second one? / Tell me about the second one. / The second one, what is it?
Which of them is the best? / Which one is best? / And the best of these? / The best one?
Which of them is the cheapest? / Which one is cheapest? / And the cheapest of these? / The cheapest one?
Yes, do that. / Yes please. / Yes, go ahead. / ok do it
No, don't do that. / No thanks. / No, leave it. / no stop
Who was it? / Who did that? / Which person was that?
When was that? / When did this happen? / At what time was it?
Where is that? / Where is it? / In which place is this?
How do I do that? / How? / And how does one do it? / How can I do it?
How many are there? / How many of them are there? / And how many?
Can I undo it? / Is that reversible? / Can this be undone? / How final is it?
""".strip().splitlines()
)

# After a question on one thing, the same asked of another: the slots must be asked for by the question before.
_ELSEWHERE = (
    "And {0}?",
    "What about {0}?",
    "And what about {0}?",
    "How about {0}?",
    "the same for {0}?",
    "And for {0}, please?",
    "Now the same for {0}.",
    "and with {0}?",
)
_ASKED_OF = frozenset(
    [
        "country",
        "city",
        "lang",
        "database",
        "os",
        "tool",
        "cloud",
        "library",
        "site",
        "disease",
        "drug",
        "food",
        "animal_s",
        "state",
        "year",
        "league",
        "invention",
        "series",
        "subject",
        "service",
        "algorithm",
        "product_s",
        "plant",
        "dish",
        "n",
        "port",
        "flag",
        "currency",
        "concept",
        "command",
    ]
)


def pairs(seed: int, rounds: int) -> Iterator[tuple[str, str, bool, str, str]]:
    """``(a, b, same, kind, group)`` from templates: an earlier question and what is said next."""
    for at, group in enumerate(templates.groups()):
        base = f"templates {at}"
        for which, meaning in enumerate(group):
            rng = Random(f"{seed} context {at} {which}")
            for _ in range(rounds):
                others = [other for other in group if other is not meaning]
                for a, b, same, kind in _of_meaning(meaning, others, rng):
                    yield a, b, same, kind, base


def _of_meaning(
    meaning: templates.Meaning, others: list[templates.Meaning], rng: Random
) -> Iterator[tuple[str, str, bool, str]]:
    ask = templates.asker(meaning, rng)
    other_ask = templates.other_asker(ask, others)
    one, other = rng.sample(FOLLOWING, 2)
    if other_ask is not None and rng.random() < 0.85:
        kind = "context"
        said = rng.choice(one)
        yield _chat(ask(), said), _chat(other_ask(), said if rng.random() < 0.6 else rng.choice(one)), False, kind
    yield _chat(ask(), rng.choice(one)), _chat(ask(), rng.choice(one)), True, "context said otherwise"
    yield _chat(ask(), rng.choice(one)), _chat(ask(), rng.choice(other)), False, "context, next"
    elsewhere = [slot for slot in meaning.slots if slot[0] in _ASKED_OF and slot[1] == "" and len(meaning.slots) <= 2]
    if elsewhere:
        kind = rng.choice(elsewhere)[0]
        this, that = (rng.choice(names) for names in rng.sample(templates.choices(kind), 2))
        if {this, that} & set(ask.filling.values()):
            return
        yield _chat(ask(), _next(this, rng)), _chat(ask(), _next(this, rng)), True, "context said otherwise"
        yield _chat(ask(), _next(this, rng)), _chat(ask(), _next(that, rng)), False, "context, next"
        if others:
            neighbour = templates.neighbour_asker(ask, others)
            said = _next(this, rng)
            yield _chat(ask(), said), _chat(neighbour(), said), False, "context"
    if rng.random() < 0.25:
        said = rng.choice(one)
        yield _chat(ask(), said), said if rng.random() < 0.5 else ask(), False, "context left out"


def of_question(question: str, rng: Random) -> Iterator[tuple[str, str, bool, str]]:
    """The same from a question that somebody asked, where a change of it is known."""
    change = rng.choice((swaps.entity, changes.number, swaps.thing, changes.polarity))
    new = change(question, rng)
    if new is None:
        return
    one, other = rng.sample(FOLLOWING, 2)
    said = rng.choice(one)
    yield _chat(question, said), _chat(new, rng.choice((said, rng.choice(one)))), False, "context"
    yield _chat(question, said), _chat(question, rng.choice(one)), True, "context said otherwise"
    if rng.random() < 0.3:
        yield _chat(question, said), _chat(question, rng.choice(other)), False, "context, next"


def _next(thing: str, rng: Random) -> str:
    return rng.choice(_ELSEWHERE).format(thing)


def _chat(*said: str) -> str:
    return BETWEEN.join(said)
