"""Sentence frames that ask the same thing, and wraps that add nothing to what is asked."""

from __future__ import annotations

import re
from random import Random

from training.phrases import lower_first, upper_first

_HOW = (
    "How do I {0}?",
    "How can I {0}?",
    "How to {0}?",
    "What is the way to {0}?",
    "Steps to {0}",
    "I want to {0}, how?",
    "Can you tell me how to {0}?",
    "how to {0}",
    "Could you explain how to {0}?",
    "What's the best way to {0}?",
    "What do I have to do to {0}?",
    "I need to {0}. How do I do that?",
    "How would I {0}?",
    "What is a good way to {0}?",
    "Is there a way to {0}? How?",
    "How should I go about it if I want to {0}?",
    "Help me {0}",
    "I'd like to know how to {0}.",
    "Show me how to {0}.",
    "Any idea how to {0}?",
    "what steps do I take to {0}?",
    "How does one {0}?",
    "Tell me how I can {0}.",
    "I'm trying to {0}, how do I do it?",
)
_DEFINE = (
    "What is {0}?",
    "What's {0}?",
    "Define {0}.",
    "What does {0} mean?",
    "What is meant by {0}?",
    "Explain what {0} is.",
    "Can you tell me what {0} is?",
    "{0}: what is it?",
    "meaning of {0}",
    "{0} definition",
    "What exactly is {0}?",
    "Tell me what {0} means.",
    "I don't know what {0} is. Can you explain?",
    "definition of {0}?",
)
_OF = (
    "What is the {0} of {1}?",
    "What's the {0} of {1}?",
    "Tell me the {0} of {1}.",
    "{0} of {1}?",
    "the {0} of {1}",
    "Can you give me the {0} of {1}?",
    "I need the {0} of {1}.",
    "Do you know the {0} of {1}?",
    "{0} of {1}",
    "I'm looking for the {0} of {1}.",
)
_DIFFER = (
    "What is the difference between {0} and {1}?",
    "How do {0} and {1} differ?",
    "difference between {1} and {0}",
    "What are the differences between {0} and {1}?",
    "How does {0} differ from {1}?",
    "How is {0} different from {1}?",
    "{0} vs {1}: what is the difference?",
    "What distinguishes {1} from {0}?",
    "Explain the difference between {1} and {0}.",
    "What sets {0} and {1} apart?",
    "In what way are {1} and {0} different?",
)
_BETTER = (
    "Which is better, {0} or {1}?",
    "Which is better: {1} or {0}?",
    "{0} or {1}, which is better?",
    "{1} or {0}: which one is better?",
    "Between {0} and {1}, which is better?",
    "Which one is better, {1} or {0}?",
    "what's better {0} or {1}",
)
_LONG = (
    "How long does it take to {0}?",
    "How much time does it take to {0}?",
    "How much time do I need to {0}?",
    "What is the time needed to {0}?",
    "time it takes to {0}",
    "How long will it take to {0}?",
    "How long would it take me to {0}?",
)
_WHYDO = (
    "Why do {0}?",
    "What is the reason {0}?",
    "Why is it that {0}?",
    "For what reason do {0}?",
    "What makes it so that {0}?",
    "How come {0}?",
    "Can you explain why {0}?",
    "I wonder why {0}.",
    "What's the reason that {0}?",
)
_BESTONE = (
    "What is the best {0}?",
    "What's the best {0}?",
    "Which is the best {0}?",
    "Which {0} is the best?",
    "Can you recommend the best {0}?",
    "Tell me the best {0}.",
    "best {0}?",
    "what would be the best {0}?",
)
_BESTMANY = (
    "What are the best {0}?",
    "Which are the best {0}?",
    "Can you list the best {0}?",
    "What are some of the best {0}?",
    "best {0}",
    "Name the best {0}.",
    "Give me a list of the best {0}.",
    "I'm looking for the best {0}.",
)
_WHOIS = (
    "Who is {0}?",
    "Who's {0}?",
    "Tell me who {0} is.",
    "Can you tell me who {0} is?",
    "who exactly is {0}?",
)
_IFS = (
    "What happens if {0}?",
    "What will happen if {0}?",
    "If {0}, what happens?",
    "What would happen if {0}?",
    "if {0} what will happen?",
    "What are the consequences if {0}?",
)
_MANY = (
    "How many {0} are there in {1}?",
    "What is the number of {0} in {1}?",
    "How many {0} does {1} have?",
    "number of {0} in {1}",
    "Tell me how many {0} there are in {1}.",
)
_BENEFITS = (
    "What are the benefits of {0}?",
    "What are the advantages of {0}?",
    "benefits of {0}",
    "In what ways is {0} beneficial?",
    "What advantages does {0} have?",
    "Tell me the benefits of {0}.",
    "What are the upsides of {0}?",
)
_SHOULD = (
    "Should I {0}?",
    "Do you think I should {0}?",
    "Is it a good idea to {0}?",
    "Would it be a good idea to {0}?",
    "Is it advisable to {0}?",
    "Would you advise me to {0}?",
)
_POSSIBLE = (
    "Is it possible to {0}?",
    "Is there a way to {0}?",
    "Would it be possible to {0}?",
    "Is there any way to {0}?",
    "Can one {0}?",
    "is it at all possible to {0}?",
)

_NP = (
    r"((?:(?!\b(?:best|difference|most|your|you|my|the|like|it|to|that|going|"
    r"happening|wrong)\b)(?!\d)[\w'’+#-]+ ?){1,3}?)"
)
_TAIL = r"([^?.!,;:]+?)"

# What a frame is known by, and the frames that it may become; ``how`` patterns keep clear of other persons.
FRAMES: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = tuple(
    (re.compile(pattern + r"[?.!]*$"), frames)
    for pattern, frames in (
        (
            rf"(?:How (?:do|can|should|would|could|does) (?:I|one|we) |How to |What(?: is|'s) the best way to ){_TAIL}",
            _HOW,
        ),
        (rf"What is {_NP}", _DEFINE),
        (r"What is the (\w+(?: \w+)?) of ([^?.!,;:]{2,50})", _OF),
        (r"What (?:is|are) the differences? between ([\w'’+#. -]{1,30}?) and ([\w'’+#. -]{1,30}?)", _DIFFER),
        (r"(?:Which is better[,:]?|Which one is better[,:]?) ([\w'’+#. -]{1,25}?) or ([\w'’+#. -]{1,25}?)", _BETTER),
        (rf"How (?:long|much time) (?:does|will|would) it take to {_TAIL}", _LONG),
        (r"Why do ((?!you\b|I\b|we\b|so\b)[\w'’ -]+?)", _WHYDO),
        (r"(?:What|Which) is the best ([\w'’+# -]+?)", _BESTONE),
        (r"(?:What|Which) are (?:some of )?the best ([\w'’+# -]+?)", _BESTMANY),
        (r"Who is ([A-Z][\w'’.-]+(?: [A-Z][\w'’.-]+){0,2})", _WHOIS),
        (rf"What (?:happens|will happen|would happen) if {_TAIL}", _IFS),
        (r"How many ([\w ]{3,25}) are there in ([\w ]{3,25})", _MANY),
        (rf"What are the (?:benefits|advantages) of {_TAIL}", _BENEFITS),
        (rf"Should I {_TAIL}", _SHOULD),
        (rf"Is it possible to {_TAIL}", _POSSIBLE),
    )
)

_BEFORE = (
    "Hi, ",
    "Hello, ",
    "Hey, ",
    "Hi there! ",
    "Quick question: ",
    "Just wondering, ",
    "Please help: ",
    "Question: ",
    "Sorry to bother you, ",
    "Good morning, ",
    "I have a question. ",
    "Just curious: ",
    "Sorry if this is a basic question, but ",
    "So ",
    "Okay, ",
    "Dear assistant, ",
    "Hello! ",
    "I was wondering: ",
    "Could you help me with this? ",
    "Not sure if this is the right place, but ",
    "Please tell me, ",
    "Um, ",
    "Can someone tell me, ",
    "Hey! Quick one: ",
    "I've been thinking about this. ",
    "Something I never understood: ",
    "Good evening. ",
)
_AFTER = (
    " Thanks!",
    " Thanks in advance.",
    " Thank you.",
    " Please help.",
    " Any help is appreciated.",
    " Just curious.",
    " Please let me know.",
    " Thanks a lot!",
    " Anyone?",
    " I'd really like to know.",
    " Can you help?",
    " Cheers",
    " I can't find it anywhere.",
    " pls",
    " Thx",
    " Please and thank you.",
    " I keep forgetting.",
    " It's been bugging me.",
    " Asking for a friend.",
    " I would be grateful.",
)
_ASKING = (
    "Please {0}",
    "Can you {0}?",
    "Could you please {0}?",
    "I need you to {0}",
    "I'd like you to {0}",
    "Could you {0} for me?",
    "Hey, {0}",
    "Would you {0}, please?",
    "Go ahead and {0}",
    "Hi! Please {0}",
    "I want you to {0}",
    "{0}, please",
)
IMPERATIVES = frozenset(
    [
        "write",
        "explain",
        "summarise",
        "summarize",
        "translate",
        "list",
        "give",
        "show",
        "tell",
        "find",
        "create",
        "compare",
        "draft",
        "generate",
        "describe",
        "name",
        "define",
        "convert",
        "calculate",
        "suggest",
        "recommend",
        "rewrite",
        "proofread",
        "implement",
        "refactor",
        "plan",
        "outline",
        "design",
        "turn",
        "make",
        "sort",
        "extract",
        "classify",
        "debug",
        "compose",
        "correct",
        "shorten",
        "schedule",
        "build",
        "set",
        "remove",
        "add",
        "delete",
        "rank",
        "count",
        "check",
        "prepare",
        "remind",
        "book",
        "order",
        "cancel",
        "help",
        "play",
        "reserve",
        "restart",
        "stop",
        "open",
        "close",
        "kill",
        "encrypt",
        "decrypt",
        "compress",
        "extract",
        "proofread",
    ]
)


def frame(text: str, rng: Random) -> str | None:
    """The question in another frame of the same meaning."""
    for pattern, frames in FRAMES:
        if match := pattern.match(text):
            if re.search(r"\b(you|your|yourself|one's|oneself|we|our|us)\b", match[1]) and frames is _HOW:
                return None
            new = rng.choice(frames).format(*match.groups())
            new = upper_first(new) if rng.random() < 0.6 else new
            return new if new != text else None
    return None


def is_imperative(text: str) -> bool:
    """Whether the text tells somebody to do something."""
    return text.split(" ", 1)[0].lower() in IMPERATIVES


def politeness(text: str, rng: Random) -> str | None:
    """The question with a word of greeting, excuse or thanks."""
    if is_imperative(text):
        body = lower_first(text.rstrip(". "))
        if "?" in body or "." in body or "\n" in body or ":" in body:
            return "Please " + lower_first(text)
        return rng.choice(_ASKING).format(body)
    if rng.random() < 0.6:
        before = rng.choice(_BEFORE)
        if re.match(r"(?i)(hi|hello|hey|please|good|sorry|just|so |can)\b", text):
            return None
        return before + (
            lower_first(text) if before.endswith(", ") or before in {"So ", _BEFORE[12], _BEFORE[19]} else text
        )
    if text[-1] not in "?.!":
        return text + rng.choice((", thanks", ", please", " please"))
    return text + rng.choice(_AFTER)
