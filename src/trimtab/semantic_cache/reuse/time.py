"""Which answers go stale: questions about now, about what changes by itself, and about who or what is first at present.

What a past year fixes ("the weather on 3 May 2019") does not change. What names the present itself always does.
"""

from __future__ import annotations

import re

from trimtab.semantic_cache.reuse.lexicon_abroad import CLOCK as CLOCK_ABROAD
from trimtab.semantic_cache.reuse.lexicon_abroad import TOPICS as TOPICS_ABROAD
from trimtab.semantic_cache.reuse.lexicon_time import CLOCK, DATE_CODE, IDIOMS, TOPICS
from trimtab.semantic_cache.reuse.reading import Reading, Sentence, read, unread

SETTLED_BEFORE = 2026
"""Years before this one had ended when these rules were written: what is asked about them is history."""

_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mai|janvier|fevrier|avril|juin|enero|mayo|marz)[a-z]*"
_MEASURED = (
    "dollars?|euros?|pounds?|people|shares|units|barrels|words|miles|grams?|tokens|usd|eur|gbp|steps|times|meters|feet"
)
_YEAR = re.compile(
    rf" (?:in|during|year|season|en|im|{_MONTH}|{_MONTH} \d+(?:st|nd|rd|th)?) (1\d\d\d|20\d\d) (?!(?:{_MEASURED}) )"
    r"| (?:of|from|on|by|the) (1[5-9]\d\d|20\d\d) \Z"
    r"| ((?:19|20)\d\d) (?:world|olympics?|election|season|super|finals?|cup|champions|financial|euro|\d\d? \d\d? )"
    r"| \d\d? \d\d? (20\d\d|19\d\d) "
)
_PAST = re.compile(r" (?:(?:1\d|[4-9])th century|1[0-9]\d0s|\d+ (?:bce?|ad|ce)|middle ages|in ancient) ")
_OPEN = re.compile(r" (?:will|going to|gonna|expected|predicted|until|since|i|we|my|our) ")
"""Words beside a year with which it may be told by the way, or be only the beginning."""
_ALL = (CLOCK, TOPICS, CLOCK_ABROAD, TOPICS_ABROAD)
_LANGUAGE = re.compile(
    r" (?:python|javascript|typescript|java|js|node|sql|mysql|postgres|postgresql|sqlite|mongodb|excel|google sheets"
    r"|bash|shell|linux|powershell|php|ruby|rust|golang|kotlin|swift|c\+\+|c#|pandas|numpy|datetime|regex|git|django"
    r"|react|vba|perl|matlab|dart|flutter|scala|cron|crontab|css|html|§) "
)
_TASK = re.compile(
    r" (?:how (?:do|can|could|should|would|to|does)|function|script|code|query|formula|command|write|implement|explain"
    r"|program|regex|snippet|class|difference between) "
)
_OWN = re.compile(r"(?<= )(?:my|our|your|their|his|her|one s) current (?=\S)")
_HURRY = re.compile(r" (?:right now|now|today|at the moment)(?= \Z)")
_MADE = "made|sent|lost|paid|got|bought|put|did|had|took"
_WHEN_IT_WAS = re.compile(
    rf"(?<= )((?:i|we) (?:(?:have|had|just|already) )*(?:\w+ed|{_MADE}) (?:\S+ ){{0,5}}?)"
    r"(?:today|yesterday|this (?:morning|afternoon|week|month)|last (?:night|week|month|\w+day)|recently"
    r"|(?:\S+ ){0,3}(?:hours?|days?|weeks?|months?) ago) "
)
_TOLD = re.compile(
    r"\A (?:(?:hi|hello|hey|so|but|and|well|also|because|help|please|ok|yes|no|sorry) )*"
    rf"(?:(?:i|we) (?:\S+ ){{0,2}}?(?:\w+ed|{_MADE}|was|were|am|have|went|tried|withdrew|forgot|found|saw|left|spent"
    r"|can not|could not|do not)"
    r"|(?:my|our) (?:\S+ ){1,4}?(?:was|were|is|are|got|has|have|had|did|does|will|would|keeps|died|broke|\w+ed)"
    r"|(?:there|it|that|this|someone|somebody|they) (?:was|were|is|has|had|\w+ed)) "
)
_ASKS = re.compile(
    r" (?:what|when|where|which|who|whose|why|how|whether|tell me|know|wonder|is there|are there|can you|could you"
    r"|check|show|give|need|want) "
)


def time_dependence(text: str) -> str:
    """Why the answer to ``text`` depends on when it is asked, in words; empty where it does not."""
    reading = read(text)
    if reason := unread(reading):
        return f"the answer may depend on the time: {reason}"
    found = _of(reading)
    return f"the answer depends on the time: '{found}'" if found else ""


def _of(reading: Reading) -> str:
    whole = reading.whole.text
    programming = _LANGUAGE.search(whole) is not None and _TASK.search(whole) is not None
    for sentence in reading.sentences:
        if any(sentence.find(phrases) for phrases in _ALL) and (found := _of_sentence(sentence, programming)):
            return found
    return ""


def _of_sentence(sentence: Sentence, programming: bool) -> str:
    """What in the sentence depends on the time, when the uses of its words that do not are set aside."""
    fixed = _is_history(sentence.text)
    sentence = sentence.without(IDIOMS)
    if programming:
        sentence = sentence.without(DATE_CODE)
    if _TASK.search(sentence.text):
        sentence = Sentence(_HURRY.sub("", _OWN.sub("", sentence.text)), sentence.asked)
    sentence = Sentence(_WHEN_IT_WAS.sub(r"\1", sentence.text), sentence.asked)
    if not _is_told(sentence) and (found := sentence.find(CLOCK) or sentence.find(CLOCK_ABROAD)):
        return found
    return "" if fixed else sentence.find(TOPICS) or sentence.find(TOPICS_ABROAD)


def _is_told(sentence: Sentence) -> bool:
    """Whether somebody tells what happened to them: "my card was declined today" asks nothing about today."""
    return not sentence.asked and _TOLD.search(sentence.text) is not None and _ASKS.search(sentence.text) is None


def _is_history(text: str) -> bool:
    """Whether ``text`` names a time that is over and none that is not."""
    if _OPEN.search(text):
        return False
    years = [int(found[found.lastindex or 0]) for found in _YEAR.finditer(text)]
    return max(years) < SETTLED_BEFORE if years else _PAST.search(text) is not None
