"""The form in which an answer is asked for: its structure, its length, steps, examples, code only."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trimtab.semantic_cache.guards.kinds import Difference, differs
from trimtab.semantic_cache.guards.text import Text

FORMAT = "format"

_STRUCTURES = (
    "json|yaml|xml|csv|table|markdown|html|latex|bullets?|bullet points?|bullet list|bulleted list|"
    "numbered list|ordered list|enumerated list|list|"
    "essay|poem|haiku|limerick|song|rap|email|letter|tweet|diagram|flowchart|graph|chart|plain text|ascii art|"
    "pseudocode|pseudo code|emojis?|story|dialogue|speech|outline|mind map|code block|spreadsheet"
)
_SAME = {
    "bullet": "bullets",
    "bullet point": "bullets",
    "bullet points": "bullets",
    "bulleted list": "bullets",
    "bullet list": "bullets",
    "enumerated list": "list",
    "list": "list",
    "numbered list": "list",
    "ordered list": "list",
    "pseudo code": "pseudocode",
    "emojis": "emoji",
}
_AS = re.compile(
    rf"\b(?:(?:as|in|into|to|return|output|respond with|reply with|answer with|in the form of|formatted as|format as|"
    rf"present as) (?:a |an |the )?(?:valid |plain |simple |short |markdown |html |comma separated )?"
    rf"({_STRUCTURES})(?: format| form)?|({_STRUCTURES}) format)\b"
)
_DATA = frozenset(("json", "yaml", "xml", "csv", "markdown", "html", "latex"))
_COUNT = r"(?:a few|few|a single|a couple of|just one|one|two|three|four|five|six|ten|single|\d+)"
_FORMS = {
    "sentences": rf"\b(?:{_COUNT} sentences?)\b",
    "words": rf"\b(?:(?:in|with|using|under|than|a|about) {_COUNT} words?|(?:one|single) word)\b",
    "lines": rf"\b(?:(?:in|with|using) {_COUNT} lines?|one liner)\b",
    "paragraphs": rf"\b(?:{_COUNT} paragraphs?)\b",
    "short": r"\b(?:in (?:short|brief)|briefly|concise(?:ly)?|short answer|brief (?:answer|explanation|summary|"
    "overview)|tl ?dr|"
    r"keep it (?:short|brief|concise)|be (?:brief|concise)|short version|in a nutshell|quick summary)\b",
    "detailed": r"\b(?:in (?:great |more |full )?detail|in depth|detailed(?: \w+)? (?:explanation|answer|guide|"
    "description|"
    r"overview|summary|steps|tutorial|manner|way)|comprehensive(?:ly)?|thorough(?:ly)?|elaborate|at length|long answer|"
    r"be detailed)\b",
    "step by step": r"\bstep by step\b",
    "code only": r"\b(?:only (?:the )?code|code only|just (?:the )?code|no explanations?|"
    r"without (?:any )?(?:explanations?|comments?))\b",
    "with examples": r"\b(?:with|including|include|and give|and show|giving|using|"
    r"containing) (?:me )?(?:\w+ ){0,2}examples?\b",
    "with sources": r"\b(?:(?:with|including|include|citing|cite|give) (?:your |the |its )?(?:sources|citations|"
    r"references))\b",
    "yes or no": r"\b(?:yes or no|true or false)\b",
    "simply": r"\b(?:in (?:simple|plain|easy) (?:terms|words|language|english)|(?:like|as if|pretend) (?:i am|"
    r"i was|i were|to a) "
    r"(?:five|5)|for a (?:five|5) year old|eli5|in layman s? ?terms|in laymans terms|for dummies)\b",
    "formal": r"\b(?:(?:in |with )?(?:a )?formal (?:tone|language|style|way))\b",
    "expert": r"\b(?:expert level|for (?:an )?experts?|in technical terms)\b",
}
_COMPILED = {name: re.compile(pattern) for name, pattern in _FORMS.items()}
_TRIGGERS = {
    "sentences": "sentence sentences",
    "words": "word words",
    "lines": "line lines liner",
    "paragraphs": "paragraph paragraphs",
    "short": "short brief briefly concise concisely tl tldr nutshell quick",
    "detailed": "detail depth detailed comprehensive comprehensively thorough thoroughly elaborate length long",
    "step by step": "step",
    "code only": "code explanation explanations comments comment",
    "with examples": "example examples",
    "with sources": "sources citations references",
    "yes or no": "yes true",
    "simply": "simple plain easy five 5 eli5 layman laymans dummies",
    "formal": "formal",
    "expert": "expert experts technical",
}
_TRIGGER = {name: frozenset(words.split()) for name, words in _TRIGGERS.items()}
"""Words without which a form is not asked for; looking for them is cheaper than the patterns."""
_STRUCTURE_WORDS = frozenset(re.findall(r"\w{3,}", _STRUCTURES.replace("s?", ""))) | frozenset(
    re.findall(r"\w{4,}", _STRUCTURES.replace("?", ""))
)


def read_form(text: Text) -> frozenset[str]:
    """The forms that a text asks for."""
    words = frozenset(text.lows)
    lows = " ".join(text.lows)
    found = {name for name, some in _TRIGGER.items() if not some.isdisjoint(words) and _COMPILED[name].search(lows)}
    if not _STRUCTURE_WORDS.isdisjoint(words):
        for match in _AS.finditer(lows):
            structure = match[1] or match[2]
            if match[0].startswith("to ") and structure not in _DATA:
                continue  # to list, to chart: verbs
            found.add(_SAME.get(structure, structure))
    return frozenset(found)


def compare_form(a: frozenset[str], b: frozenset[str]) -> Iterator[Difference]:
    """Forms that only one text asks for."""
    if a != b:
        yield differs(FORMAT, "form of the answer", a - b, b - a)
