"""What kind of thing a question asks for: a person, a time, a place, a reason, a way, an amount, yes or no."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trimtab.semantic_cache.guards.kinds import Difference
from trimtab.semantic_cache.guards.reach import SCOPE
from trimtab.semantic_cache.guards.text import Text

QUESTION = "question"

_PATTERNS = (
    (
        "permission",
        r"(?:(?:is|are) (?:it|there|we|i|they) (?:\w+ )?(?:legal|illegal|allowed|permitted|lawful|"
        r"against the law|forbidden)|"
        r"am i (?:\w+ )?(?:allowed|permitted)|(?:does|do) the (?:law|rules?) (?:allow|forbid|permit))",
    ),
    (
        "advice",
        r"(?:should (?:i|we|you|one|people)|is it (?:\w+ )?(?:good|wise|worth|worthwhile|safe|healthy|dangerous|"
        r"bad|advisable|smart)|"
        r"would it be (?:\w+ )?(?:good|wise|smart)|would you (?:advise|recommend))",
    ),
    ("difficulty", r"is it (?:\w+ )?(?:hard|difficult|easy|tough|complicated|challenging)"),
    ("count", r"how many|what (?:is|are|was) the (?:total )?(?:number|count) of|number of"),
    (
        "amount",
        r"how much|what (?:is|are|was) the (?:\w+ )?(?:cost|price|fees?|charges?|salary)|what price|what does it cost",
    ),
    (
        "duration",
        r"how long|(?:what is|for) (?:the )?(?:duration|time span)|how much time|how many (?:hours|days|weeks|"
        r"months|years)",
    ),
    ("age", r"how old|at what age|what age|what is the (?:\w+ )?age"),
    ("distance", r"how far|what is the distance|what distance|how many (?:km|kms|miles|kilometers|kilometres)"),
    ("frequency", r"how often|how frequently|how many times|how regularly"),
    (
        "size",
        r"how (?:big|large|tall|high|wide|deep|heavy|thick)|what is the (?:size|height|weight|width|depth|length) of",
    ),
    ("speed", r"how (?:fast|quick(?!ly can)|soon)"),
    (
        "quality",
        r"how (?:good|bad|safe|dangerous|accurate|difficult|hard|easy|effective|useful|important|true|real|"
        r"reliable|likely)",
    ),
    (
        "reason",
        r"why|how come|what (?:is|are|was|were) the (?:main |real |actual )?(?:reasons?|causes?)|what (?:causes|"
        r"makes|made|caused)|for what reason",
    ),
    (
        "person",
        r"who|whom|whose|which (?:person|man|woman|actor|author|president)|what is the name of the (?:person|"
        r"man|woman)",
    ),
    ("time", r"when|(?:what|which|in what|on what|at what) (?:time|date|year|day|month)"),
    ("place", r"where|(?:what|which|in what|in which) (?:place|city|town|country|location|state)s?"),
    (
        "way",
        r"how (?:(?:do|can|could|should|would|might|shall|does|did) (?:i|we|you|u|one|someone|somebody|people|"
        r"they|anyone|a person)"
        r"(?! (?:feel|like|think|say|define|know)\b)|to)|"
        r"(?:what (?:is|are|would be) )?(?:the |some |any )?(?:good |best |easiest |fastest |right |"
        r"most effective |quickest |proper |better |correct )*"
        r"(?:ways?|steps?|methods?|process|procedure) (?:to|for|of)|steps|instructions|guide|tips",
    ),
    ("manner", r"how (?:is|are|was|were|has|have|had|did|does|do|can|could|will|would|should)"),
    ("choice", r"which|what"),
    ("yes or no", r"is|are|was|were|am|do|does|did|can|could|will|would|should|has|have|had|may|might|shall|must"),
)
_KINDS = tuple((name, re.compile(rf"(?:{pattern})\b")) for name, pattern in _PATTERNS)
_SENTENCE = re.compile(
    r"[.?!\n;]+|, (?=(?:what|who|when|where|why|how|which|is|are|do|does|can)\b)|\band (?=(?:what|who|when|"
    r"where|why|how)\b)"
)

_CLASHES: dict[str, str] = {
    "reason": "way person time place count amount duration age distance frequency size speed quality yes_or_no",
    "manner": "person time place reason count amount duration age distance frequency size",
    "person": "way time place count amount duration age distance frequency size speed reason yes_or_no",
    "time": "person place count amount age distance frequency size way reason",
    "place": "person time count amount duration age distance frequency size speed reason",
    "count": "person time place reason way amount age size speed quality yes_or_no",
    "amount": "person time place reason way count age distance frequency size",
    "duration": "person place reason way age distance frequency size quality yes_or_no",
    "age": "person place time reason way count amount duration distance frequency size speed quality",
    "distance": "person place time reason way count amount duration age frequency size quality",
    "frequency": "person place time reason way amount duration age distance size quality yes_or_no",
    "permission": "way reason person time place count amount difficulty duration",
    "advice": "reason person place count amount permission difficulty duration",
    "difficulty": "way reason person place time count amount duration",
    "size": "person place time reason way count amount duration age distance frequency speed quality",
    "speed": "person place reason age distance size quality",
    "quality": "person place time reason count age distance frequency size speed",
}
_ASIDE = frozenset(("yes or no", "quality", "difficulty", "advice"))
"""What people ask beside their question without wanting an answer of its own."""
_CLASH = {name: frozenset(words.replace("_", " ") for words in others.split()) for name, others in _CLASHES.items()}


_WRAPPED = re.compile(
    r"\b(?:do|can|could|would|does) (?:you|u|anyone|someone) (?:please )?(?:know|tell me|explain|say) ?"
)


def read_question(text: Text) -> frozenset[str]:
    """The kinds of question that a text asks, one of each sentence that asks one."""
    found = set()
    raw = _WRAPPED.sub("", text.raw.lower())
    for sentence in _SENTENCE.split(raw[-1200:]):
        kind = _kind(sentence.strip(" \"'(),-"))
        if kind:
            found.add(kind)
    return frozenset(found)


def _kind(sentence: str) -> str:
    for name, pattern in _KINDS:
        if pattern.match(sentence):
            return name
    return ""


def compare_question(a: frozenset[str], b: frozenset[str]) -> Iterator[Difference]:
    """Every question of one text asks for something else than every question of the other, or one text asks more."""
    if a and b and (a < b or b < a) and (more := (a ^ b) - _ASIDE):
        yield Difference(SCOPE, f"asked in one only: {', '.join(sorted(more))}")
    if not a or not b or a & b:
        return
    if all(_clash(x, y) for x in a for y in b):
        yield Difference(QUESTION, f"question differs: {', '.join(sorted(a))} vs {', '.join(sorted(b))}")


def _clash(x: str, y: str) -> bool:
    return y in _CLASH.get(x, ()) or x in _CLASH.get(y, ())
