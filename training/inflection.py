"""English forms by rule: enough for the words of the lexicons, with the exceptions listed."""

from __future__ import annotations

import re

_IRREGULAR = {
    "buy": ("bought", "bought"),
    "sell": ("sold", "sold"),
    "lose": ("lost", "lost"),
    "send": ("sent", "sent"),
    "show": ("showed", "shown"),
    "hide": ("hid", "hidden"),
    "win": ("won", "won"),
    "lend": ("lent", "lent"),
    "leave": ("left", "left"),
    "split": ("split", "split"),
    "grow": ("grew", "grown"),
    "shrink": ("shrank", "shrunk"),
    "freeze": ("froze", "frozen"),
    "forget": ("forgot", "forgotten"),
    "withdraw": ("withdrew", "withdrawn"),
    "spend": ("spent", "spent"),
    "undo": ("undid", "undone"),
    "redo": ("redid", "redone"),
    "read": ("read", "read"),
    "write": ("wrote", "written"),
    "teach": ("taught", "taught"),
    "rise": ("rose", "risen"),
    "fall": ("fell", "fallen"),
    "begin": ("began", "begun"),
    "get": ("got", "got"),
    "find": ("found", "found"),
    "make": ("made", "made"),
    "build": ("built", "built"),
    "choose": ("chose", "chosen"),
    "pick": ("picked", "picked"),
    "speak": ("spoke", "spoken"),
    "keep": ("kept", "kept"),
    "understand": ("understood", "understood"),
    "quit": ("quit", "quit"),
    "overcome": ("overcame", "overcome"),
    "become": ("became", "become"),
    "learn": ("learned", "learned"),
    "put": ("put", "put"),
    "know": ("knew", "known"),
    "steal": ("stole", "stolen"),
    "throw": ("threw", "thrown"),
    "hit": ("hit", "hit"),
    "beat": ("beat", "beaten"),
    "come": ("came", "come"),
    "go": ("went", "gone"),
    "think": ("thought", "thought"),
    "give": ("gave", "given"),
    "take": ("took", "taken"),
    "set": ("set", "set"),
    "cut": ("cut", "cut"),
    "shut": ("shut", "shut"),
    "do": ("did", "done"),
    "tell": ("told", "told"),
    "feel": ("felt", "felt"),
}
_DOUBLED = {
    "stop",
    "unzip",
    "zip",
    "ban",
    "unpin",
    "pin",
    "wrap",
    "unwrap",
    "split",
    "quit",
    "get",
    "put",
    "win",
    "begin",
    "forget",
    "plan",
    "drop",
    "chat",
    "shop",
    "hit",
    "permit",
    "log",
    "cut",
    "shut",
    "set",
    "stir",
    "chop",
    "swap",
}
_PLURALS = {
    "man": "men",
    "woman": "women",
    "child": "children",
    "wolf": "wolves",
    "tooth": "teeth",
    "wife": "wives",
    "octopus": "octopuses",
    "mosquito": "mosquitoes",
    "tomato": "tomatoes",
    "potato": "potatoes",
    "mango": "mangoes",
    "mother-in-law": "mothers-in-law",
    "person": "people",
    "calf": "calves",
    "half": "halves",
    "photo": "photos",
    "pair of jeans": "pairs of jeans",
    "knife": "knives",
    "shelf": "shelves",
}
_SAME_PLURAL = {"sheep", "salmon", "shrimp", "headphones", "antibiotics", "steroids", "antidepressants", "tuna"}


def verb_forms(verb: str) -> tuple[str, str, str, str, str]:
    """Base, third person, past, participle, -ing form."""
    past, participle = _IRREGULAR.get(verb, (_regular_past(verb),) * 2)
    return verb, _with_s(verb), past, participle, _ing(verb)


def plural(noun: str) -> str:
    """The plural of a noun or of a noun phrase that ends in its noun."""
    if noun in _SAME_PLURAL:
        return noun
    for single, many in _PLURALS.items():
        if noun == single or noun.endswith(" " + single):
            return noun[: len(noun) - len(single)] + many
    return _with_s(noun)


def takes_an(word: str) -> bool:
    """Whether the indefinite article before ``word`` is ``an``."""
    if re.match(r"(MBA|MBBS|MS|MCA|HIV|LSD|MP\d|XML|SVG|HTML|SQL|LLB|MTech|M\.Tech|LSAT|NYU|SBI|FBI|SSL|SSH)\b", word):
        return True
    if re.match(r"(?i)(hour|honest|heir\b|honou?r)|Ubuntu", word):
        return True
    return word[:1].lower() in "aeiou" and not re.match(
        r"(?i)(uni(?!n)|use|us\b|usa|euro|one\b|ukulele|uk\b|uran)", word
    )


def put(text: str, start: int, end: int, word: str) -> str:
    """``text`` with ``word`` in the place of ``text[start:end]`` and the article before it right."""
    before = text[:start]
    if match := re.search(r"\b(a|an|A|An) $", before):
        form = "an" if takes_an(word) else "a"
        before = before[: match.start()] + (form.capitalize() if match[1][0] == "A" else form) + " "
    return before + word + text[end:]


def _with_s(word: str) -> str:
    if re.search(r"[^aeiou]y$", word):
        return word[:-1] + "ies"
    return word + ("es" if re.search(r"(s|x|z|ch|sh|[^o]do)$", word) or word in ("go", "undo", "redo") else "s")


def _regular_past(verb: str) -> str:
    if verb.endswith("e"):
        return verb + "d"
    if re.search(r"[^aeiou]y$", verb):
        return verb[:-1] + "ied"
    return (verb + verb[-1] if verb in _DOUBLED else verb) + "ed"


def _ing(verb: str) -> str:
    if verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")):
        return verb[:-1] + "ing"
    return (verb + verb[-1] if verb in _DOUBLED else verb) + "ing"
