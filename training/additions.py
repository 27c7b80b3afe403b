"""What people add to a question and what then asks for another answer: for whom, where, how fast, in which form.

Each group is one addition, worded in several ways; two groups of one topic never ask for the same.
"""

from __future__ import annotations

import re
from random import Random

from training.phrases import lower_first, upper_first

Group = tuple[str, ...]


def _groups(text: str) -> tuple[Group, ...]:
    return tuple(tuple(wording.strip() for wording in line.split("/")) for line in text.strip().splitlines())


# Go at the end of "How do I ...", some at its beginning with a comma.
LIMITS: dict[str, tuple[Group, ...]] = {
    "person": _groups("""
        as a beginner / as a complete beginner / if I am a beginner
        as a student / if I am a student / being a student
        for kids / for children
        as a woman / if I am a woman
        with a toddler / if I have a toddler
        as a foreigner / if I am a foreigner
        for elderly people / for the elderly / for seniors
        with a disability / if I have a disability
        with no experience / without any experience / if I have no experience"""),
    "money": _groups("""
        for free / without paying anything / at no cost
        on a budget / with little money / without spending much
        for under 50 dollars / for less than $50
        for under 500 dollars / for less than $500"""),
    "speed": _groups("""
        in one day / within a day / in a single day
        in a week / within a week / in 7 days
        in a month / within a month / in 30 days
        in a year / within a year / in 12 months
        overnight / in one night
        in under ten minutes / in less than 10 minutes"""),
    "place": _groups("""
        at home / from home
        at school / in school
        at work / at my workplace
        in India
        in Germany
        in Canada
        in the US / in the USA
        in the countryside / in a rural area
        abroad / in a foreign country
        on a plane / during a flight
        in winter / during winter
        in summer / during summer"""),
    "without": _groups("""
        without a doctor / without seeing a doctor
        without a credit card / without using a credit card
        without the internet / without an internet connection / offline
        without a computer / without using a computer
        without a degree / if I don't have a degree
        without medication / without taking medication
        without anyone noticing / so that nobody notices
        without help / on my own / by myself"""),
    "tech": _groups("""
        on Android / on an Android phone
        on an iPhone / on iOS
        on Windows / on a Windows PC
        on a Mac / on macOS
        on Linux / on a Linux machine
        in Python / using Python
        in Java / using Java
        in Excel / using Excel
        without root / without root access
        without admin rights / without administrator rights
        from the command line / in the terminal
        without losing data / without data loss
        in production / in a production environment
        in the cloud / on a cloud server"""),
}

# What the answer should look like; a wording goes after "Answer", "Reply" or alone behind a comma.
FORMS: tuple[Group, ...] = _groups("""
    in one sentence / in a single sentence / with just one sentence
    in two sentences / using two sentences
    in one paragraph / in a single paragraph
    in one word / with a single word
    as a bullet list / in bullet points / as bullet points
    as a numbered list / as an enumerated list
    as JSON / in JSON format / as a JSON object
    as a table / in a table / in table form
    in XML / as XML / in XML format
    in YAML / as YAML
    as CSV / in CSV format
    in French / in the French language
    in Spanish / in the Spanish language
    in German / in the German language
    in Hindi / in the Hindi language
    step by step / with step-by-step instructions
    in under 100 words / in less than 100 words / using fewer than 100 words
    in under 300 words / in less than 300 words / using fewer than 300 words
    in detail / in great detail
    briefly / in brief / in short
    with an example / including an example / and give an example
    with three examples / including 3 examples / and give three examples
    in simple terms / in plain language
    for a five-year-old / as if I were five / like I'm five
    for an expert / at expert level
    with sources / citing sources / including your sources
    with code only / as code only
    as a poem / in the form of a poem
    in formal language / in a formal tone
    with yes or no only / with just yes or no
""")

_ASK = (
    "{q} Answer {f}.",
    "{q} Please answer {f}.",
    "{q} Reply {f}.",
    "{q} Respond {f}.",
    "{q} ({f})",
    "{F}: {q}",
    "Answer {f}: {q}",
    "Answer this {f}. {q}",
    "{q} Give your answer {f}.",
    "{q} I want the answer {f}.",
    "Please reply {f}. {q}",
)
_SHORT = (
    "{q} ({f})",
    "{q} - {f}",
    "{q} Answer {f}.",
    "{q} I want it {f}.",
    "{F}: {q}",
)

_TECHNICAL = re.compile(
    r"(?i)\b(android|iphone|windows|linux|ubuntu|python|java|sql|code|file|files|app|apps|laptop|computer|pc|wifi|software|browser|"
    r"chrome|email|password|video|videos|photos?|website|server|install|data|program|excel|pdf|android|phone|router|script|screen)\b"
)


def limit_topics(text: str) -> list[str]:
    """The topics of limits that can go with a question; empty where none reads naturally."""
    fits = re.match(
        r"(?:How (?:do|can|should) (?:I|we)|How to|Where can I|Can I|What is the (?:best|easiest) way to)\b"
        r"[^,.;:?]{8,70}\?$",
        text,
    )
    if not fits or re.search(
        r"(?i)\b(?:if|when|that|because|in|for|without|as|with|on|at|by|using|free|old|years?)\b[^?]{3,40}\?$", text
    ):
        return []
    if re.search(r"(?i)\b(?:god|love|girl|girlfriend|boyfriend|crush|dead|universe|quora)\b", text):
        return []
    topics = ["money", "speed", "place", "without", "person"]
    return [*["tech"] * 4, "money", "speed"] if _TECHNICAL.search(text) else topics


def limited(text: str, wording: str, rng: Random) -> str:
    """The question with the limit at its end or, sometimes, at its beginning."""
    body = text.rstrip("?. ")
    end = text[len(body) :].strip()
    if rng.random() < 0.2 and re.match(r"(?:in|on|at|as a|without|from|if|for) ", wording):
        return f"{upper_first(wording)}, {lower_first(body)}{end}"
    return f"{body} {wording}{end}"


def formed(text: str, wording: str, rng: Random) -> str:
    """The question with a wish for the form of its answer."""
    odd = wording.startswith(("and ", "like ", "as if", "for ", "with code", "as code", "as a poem", "in the form"))
    frames = (
        ("{q} Answer {f}.", "{q} Reply {f}.", "{q} Please respond {f}.") if odd else _SHORT if len(text) > 90 else _ASK
    )
    question = text if text[-1] in "?.!" else text + "?"
    return rng.choice(frames).format(q=question, f=wording, F=upper_first(wording))
