"""The normal form of a question: what may be said in several ways without asking anything else is said in one."""

from __future__ import annotations

import re
from functools import lru_cache

from trimtab.semantic_cache.guards.lexicon import listed
from trimtab.semantic_cache.guards.text import clean

LONGEST = 4000
"""Characters. In a longer text the question is a small part, and most of it is material."""

CASE_MATTERS = frozenset(
    listed(
        """us it who aids polish turkey china march august apple java chile jordan reading nice mobile job ram
        windows word excel access go rust swift basic ruby python amazon oracle visa target gap shell ford
        bush wood snow trump gates jobs queen prince dolly japan mercury mars venus earth sun god states rose
        will mark bill may june april pat rob pc ai an a i or in ok me hi oh la pa ma co id al ca de mo hair
        lab cat sat act gmat its pin sim son dad aim nato care fast arc ice swat space pip can unix spring
        flash chrome edge safari opera signal slack teams zoom meet drive docs sheets notion linear sketch"""
    )
)
"""Words that mean one thing with a capital and another without: their case is never changed."""

_NEGATED = "do|does|did|is|are|was|were|have|has|had|could|would|should|must|need|might"
_CONTRACTIONS = tuple(
    (re.compile(pattern, re.IGNORECASE), full)
    for pattern, full in (
        (r"\bcan'?t\b|\bcannot\b", "can not"),
        (r"\bwon't\b", "will not"),
        (r"\bshan't\b", "shall not"),
        (rf"\b({_NEGATED})n'?t\b", r"\1 not"),
        (r"\bain't\b", "is not"),
        (r"\bi'?m\b(?! ?\.)", "i am"),
        (r"\b(i|you|we|they|who)'ve\b", r"\1 have"),
        (r"\bive\b", "i have"),
        (r"\b(i|you|he|she|it|we|they|that|there|who|what)'ll\b", r"\1 will"),
        (r"\b(you|we|they|who|what|where|why|how)'re\b", r"\1 are"),
        (r"\blet's\b", "let us"),
        (r"\bwanna\b", "want to"),
        (r"\bb4\b(?= \w)", "before"),
        (r"\bgonna\b", "going to"),
        (r"\bw/o\b", "without"),
        (r"\bw/ ", "with "),
        (r"\bWW ?(I{1,3}|[123])\b", r"World War \1"),
        (r"\b(what|who|where|when|why|how|that|there|here|it|he|she)'s\b", r"\1 is"),
        (r"\b(what|where|who|that|how)s\b", r"\1 is"),
    )
)
_QUOTED = re.compile(r"(\"[^\"\n]{0,2000}\"|`[^`\n]{0,2000}`)")


def open_contractions(text: str) -> str:
    """Contractions written out, except inside quotes and code; of a possessive ('s) nothing is known, and it stays."""
    if "'" not in text and "w/" not in text and not _BARE.search(text):
        return text
    pieces = _QUOTED.split(text)
    return "".join(_open(piece) if at % 2 == 0 else piece for at, piece in enumerate(pieces))


_BARE = re.compile(
    rf"\b(?:wanna|gonna|b4|ww ?(?:i{{1,3}}|[123])|cant|cannot|im|ive|(?:{_NEGATED})nt|(?:what|where|who|that|how)s)\b",
    re.IGNORECASE,
)


def _open(text: str) -> str:
    for pattern, full in _CONTRACTIONS:
        text = pattern.sub(full, text)
    return text


_QUESTION = r"(?=(?:what|who|whom|whose|where|when|why|how|which|if|whether)\b)"
_ASKED = (
    r"(?:(?:explain|summari[sz]e|translate|list|describe|suggest|define|rewrite|rephrase|compare|outline|"
    r"provide|convert|"
    r"calculate|proofread)\b|(?:give|show|tell|help|find|write|make|draft|recommend|create|send|teach) me\b)"
)
_ANY_VERB = (
    r"(?:write|give|list|show|explain|summari[sz]e|translate|convert|describe|create|make|generate|find|help|suggest|"
    r"recommend|compare|define|calculate|fix|tell|provide|name|draft|rewrite|rephrase|check|review|outline)\b"
)
_GREETING = r"(?:hi|hello|hey|hiya|greetings|good (?:morning|afternoon|evening|day)|dear (?:sir|madam|all|team))"
_ADDRESS = r"(?: (?:there|all|everyone|everybody|team|guys|folks|again|sir|madam|assistant|bot))*"
_LEADS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?i:{_GREETING}{_ADDRESS} ?[,.!;]+ ?(?!world))",
        rf"(?i:{_GREETING}{_ADDRESS} (?=(?:what|who|where|when|why|how|which|can|could|please|is|are|do|does|i)\b))",
        r"(?i:(?:so|well|okay|ok|um|uh|hmm|excuse me|sorry|quick question|question|just wondering) ?[,:]+ ?)",
        r"(?i:please|pls|plz|kindly),? (?=[a-z])",
        rf"(?i:(?:can|could) (?:you|u|someone|anyone|anybody|somebody) (?={_ASKED}))",
        rf"(?i:(?:can|could|would|will) (?:you|u) (?:please|pls|kindly) (?={_ANY_VERB}))",
        r"(?i:would you (?=(?:explain|(?:give|show|tell|help) me)\b))",
        rf"(?i:(?:tell|let) me (?:please )?(?:know )?{_QUESTION})",
        rf"(?i:(?:do|would|does) (?:you|u|anyone|anybody|someone) (?:happen to )?know {_QUESTION}(?!if|whether))",
        rf"(?i:i (?:would like|want|need|wanted|am trying|am curious|wish|'d like) to (?:know|find out|learn|"
        rf"understand) "
        rf"{_QUESTION}(?!if|whether|how to\b))",
        rf"(?i:i (?:was|am) (?:just )?(?:wondering|curious),? {_QUESTION}(?!if|whether))",
        rf"(?i:(?:any idea|any ideas|i wonder) {_QUESTION}(?!if|whether))",
    )
)
_LEADING = frozenset(
    listed(
        """hi hello hey hiya greetings good dear so well okay ok um uh hmm excuse sorry quick question just
        please pls plz kindly can could would will tell let do does i any"""
    )
)
"""The words that all of these begin with."""
_FIRST_WRAPPING = 7
"""From this lead on, a whole question is wrapped in another, and its verb may stand at the end."""
_TAILS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?: ?[,.!?;]+ ?| - )(?:many thanks|thank you|thanks|thx|ty|cheers)(?: (?:so much|very much|a lot|"
        r"a million|again|"
        r"in advance|for your help|for the help|for any help))*(?: in advance)? ?[.!:)]*$",
        r"(?: ?[,.!?;]+ ?| - )(?:please|pls|plz|kindly) ?[.!?]*$",
        r"(?<!\bsay)(?<!\bspell)(?<!\bword)(?<!\bfor)(?<!\bin)(?<!\bis)(?<!\bof)(?<!\bmean)(?<!\bwrite)(?<!\buse)(?<!\bto)"
        r"(?<!\bthe)(?<!\ba)(?<!\bwith)(?<!\bsaying)(?<!\bdoes)(?<!\band)(?<!\bor) (?:please|pls|plz) ?[.!?]*$",
    )
)
_TAIL_WORDS = ("thank", "thx", "ty", "cheers", "please", "pls", "plz", "kindly")
_TURNED = re.compile(r"^(what|who|where) (.{1,80}) (is|are|was|were)$")
_END = re.compile(r"(?:(?<=[\w)\"'\]+#%*])[.?!]+| [.?!]+)$")
_SYMBOL_BEFORE = re.compile(
    r"\b(?:of|is|does|do|a|the|an|and|or|mean|means|with|by|to|use|operator|symbol|sign|called|character|mark|command) "
    r"[.?!]+$",
    re.IGNORECASE,
)
_STATEMENT = re.compile(
    r"^(?:i|you|he|she|it|we|they|this|that|these|those|there|the|my|your|his|her|its|our|their|everyone|nobody)\b",
    re.IGNORECASE,
)
_FUNCTION = frozenset(listed("Do Does To Of And Or For In On Is Are A An The I How What Why Where When With"))
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")


@lru_cache(4096)
def normalise(text: str) -> str:
    """The form under which two questions are the same question.

    Gone are only things that cannot change the answer: look-alike characters, spaces, closing punctuation,
    contractions, politeness wrapped around, and the capital that opens a sentence. Capitals inside a sentence stay
    ("US" is not "us"), and so does all that stands in quotes or code. Of a text of several lines, and of a long one,
    only the characters are made alike.
    """
    before, text = "", clean(text)
    while text != before:  # what is unwrapped may be wrapped again; every turn but the first only takes away
        before, text = text, _normalised(text)
    return text


def _normalised(text: str) -> str:
    if "\n" in text or len(text) > LONGEST:
        return text
    pieces = _QUOTED.split(open_contractions(text))
    if len(pieces) > 1:
        return _quoted(pieces)
    return _case(_unwrapped(text=pieces[0]))


def _quoted(pieces: list[str]) -> str:
    """Around quotes only the ends are unwrapped, and the quotes are left alone."""
    first = _case(_without_leads(pieces[0])[0]) if pieces[0].strip() else pieces[0]
    last = _without_end(_without_tails(pieces[-1])) if pieces[-1].strip() else pieces[-1]
    if not last.strip(" .?!"):
        last = ""
    return "".join((first, *pieces[1:-1], last)).strip()


def _unwrapped(text: str) -> str:
    text, asked = _without_leads(_without_tails(text))
    text = _without_end(text)
    return _TURNED.sub(r"\1 \3 \2", text) if asked else text


def _without_leads(text: str) -> tuple[str, bool]:
    """The text without greetings and politeness before it, and whether a question was wrapped in another."""
    asked = False
    found = True
    if text.split(" ", 1)[0].lower().strip(",.!;:") not in _LEADING:
        return text, asked
    while found:
        found = False
        for at, lead in enumerate(_LEADS):
            match = lead.match(text)
            if match and len(text) - match.end() >= 4:
                text, found = text[match.end() :], True
                asked = asked or at >= _FIRST_WRAPPING
    return text, asked


def _without_tails(text: str) -> str:
    end = text[-80:].lower()
    if not any(word in end for word in _TAIL_WORDS):
        return text
    for tail in (*_TAILS, *_TAILS):
        match = tail.search(text)
        if match and match.start() >= 4:
            text = text[: match.start()] + ("?" if "?" in match.group() else "")
    return text


def _without_end(text: str) -> str:
    """Closing punctuation goes, unless it is what is asked about, or makes a statement a question."""
    if _SYMBOL_BEFORE.search(text) or (text.endswith("?") and _STATEMENT.match(text)):
        return text
    return _END.sub("", text).rstrip(" ,;:") if not text.endswith(("...", "++")) else text


def _case(text: str) -> str:
    """Small letters where a capital says nothing: at the start, in function words, and where all are capitals."""
    words = _WORD.findall(text)
    long = [word for word in words if len(word) > 1]
    if len(long) >= 4 and text.upper() == text and not any(word.lower() in CASE_MATTERS for word in long):
        return text.lower()
    first = True

    def lower(match: re.Match[str]) -> str:
        nonlocal first
        word = match.group()
        opens, first = first, False
        opens = opens or text[max(0, match.start() - 2) : match.start()] in (". ", "? ", "! ")
        if word == "I" or word in _FUNCTION:
            return word.lower()
        plain = word[1:].islower() or word[1:] == ""
        ambiguous = word.lower() in CASE_MATTERS and word not in {"May", "Will", "Can", "Its", "It", "Who"}
        return word.lower() if opens and plain and not ambiguous and word.isascii() else word

    return _WORD.sub(lower, text)
