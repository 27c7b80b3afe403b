"""Stems of English words: what is left when inflection is taken away. Only good for comparing one word with another."""

from __future__ import annotations

import re
from functools import lru_cache

from trimtab.semantic_cache.guards.lexicon import listed

_IRREGULAR_FORMS = (
    "go goes went gone going",
    "buy bought",
    "sell sold",
    "send sent",
    "lend lent",
    "spend spent",
    "build built",
    "make made making makes",
    "take took taken taking",
    "give gave given giving",
    "get got gotten getting",
    "see saw seen",
    "know knew known",
    "think thought",
    "bring brought",
    "teach taught",
    "catch caught",
    "find found",
    "feel felt",
    "keep kept",
    "leave leaving leaves",
    "lose lost losing loses",
    "win won winning",
    "write wrote written writing",
    "speak spoke spoken",
    "break broke broken",
    "choose chose chosen choosing",
    "drive drove driven driving",
    "eat ate eaten",
    "fall fell fallen",
    "fly flew flown flies",
    "forget forgot forgotten forgetting",
    "grow grew grown",
    "hide hid hidden hiding",
    "begin began begun beginning",
    "come came coming",
    "become became becoming",
    "run ran running",
    "drink drank drunk",
    "sing sang sung",
    "swim swam swum swimming",
    "draw drew drawn",
    "wear wore worn",
    "tell told",
    "say said says",
    "pay paid",
    "hear heard",
    "hold held",
    "stand stood",
    "understand understood",
    "meet met meeting",
    "read reading reads",
    "rise rose risen rising",
    "shoot shot",
    "sleep slept",
    "steal stole stolen",
    "throw threw thrown",
    "wake woke woken waking",
    "fight fought",
    "seek sought",
    "feed fed",
    "lead led",
    "die died dying dies",
    "lie lied lying lies",
    "tie tied tying ties",
    "use used using uses",
    "child children childs childrens",
    "man men mens",
    "woman women womens womans",
    "person persons people peoples",
    "foot feet",
    "tooth teeth",
    "mouse mice",
    "goose geese",
    "life lives live living lived",
    "wife wives",
    "knife knives",
    "wolf wolves",
    "leaf leafs",
    "half halves",
    "shelf shelves",
    "analysis analyses",
    "crisis crises",
    "thesis theses",
    "hypothesis hypotheses",
    "criterion criteria",
    "phenomenon phenomena",
    "index indices indexes",
    "matrix matrices",
    "vertex vertices",
    "appendix appendices",
    "medium media",
    "datum data",
    "bus buses",
    "good better best",
    "bad worse worst",
    "big bigger biggest",
    "be is are am was were been being",
    "have has had having",
    "do does did done doing",
    "news",
    "series",
    "species",
    "lens lenses",
    "always",
    "perhaps",
    "thing things",
    "nothing",
    "something",
    "anything",
    "everything",
    "king kings",
    "spring springs",
    "string strings",
    "bring brings",
    "evening evenings",
    "morning mornings",
    "ceiling ceilings",
    "wedding weddings",
    "during",
    "need needs needed",
    "speed speeds",
    "seed seeds",
    "bed beds",
    "red",
    "only",
    "early earlier earliest",
    "family families",
    "reply replies replied",
    "try tries tried trying",
    "cry cries cried crying",
    "dry dries dried drying drier driest",
    "fry fries fried frying",
    "lay lays laid laying",
    "ask asks asked asking",
    "add adds added adding",
    "end ends ended ending endings",
    "act acts acted acting",
    "aid aids aided aiding",
    "bug bugs",
    "apply applies applied applying",
    "supply supplies supplied",
    "july",
    "italy",
    "ally",
    "holy",
    "ugly uglier ugliest",
    "lonely",
    "friendly",
    "daily",
    "weekly",
    "monthly",
    "yearly",
    "python",
    "windows",
    "kubernetes",
    "linux",
    "paris",
    "texas",
    "dallas",
    "mars",
    "jesus",
    "united",
    "beijing",
    "reading",
    "boeing",
)
_DISTINCT = {"reading": "read"}
_IRREGULAR = {form: forms.split()[0] for forms in _IRREGULAR_FORMS for form in forms.split()} | _DISTINCT

_GRADABLE = frozenset(
    listed(
        """cheap fast slow high low large small long short old young new strong weak hot cold warm cool easy hard
        soft rich poor tall deep shallow wide narrow thick thin heavy light bright dark clean dirty dry wet
        sweet loud quiet safe rare smart dumb late near close far few great tough simple happy sad busy
        healthy tasty pretty ugly funny scary crazy lazy angry hungry wealthy tiny noisy steep sharp smooth
        rough fresh ripe calm fierce mild dense sick fat slim tight loose full broad brief bold fair pure raw
        wild wise quick lean clear common costly nice fit mean odd sane hairy"""
    )
)
_VOWEL = re.compile(r"[aeiouy]")
_DOUBLE = re.compile(r"([bdgmnprt])\1$")


@lru_cache(16384)
def stem(word: str) -> str:
    """The stem of one word in lower case; two forms of one word have the same stem, and seldom two words."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) <= 3 or not word.isascii():
        return word
    word = _singular(word)
    return _IRREGULAR.get(word) or _tail(_without_suffix(word))


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "ches", "shes", "xes", "zes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _without_suffix(word: str) -> str:
    for suffix in ("ing", "ed"):
        root = word.removesuffix(suffix)
        if root != word and len(root) >= 3 and _VOWEL.search(root) and not (suffix == "ed" and root.endswith("e")):
            return _DOUBLE.sub(r"\1", root)
    for suffix in ("iest", "ier", "est", "er"):
        root = word.removesuffix(suffix)
        if root != word:
            single = _DOUBLE.sub(r"\1", root)
            for form in (root, root + "e", root + "y", single):
                if form in _GRADABLE:
                    return form
    if word.endswith("ily") and len(word) > 5:
        return word[:-3] + "y"
    if word.endswith("ly") and len(word) > 5:
        return word[:-2]
    return word


def _tail(word: str) -> str:
    if len(word) > 3 and word.endswith("e"):
        return word[:-1]
    return word[:-1] + "i" if len(word) > 3 and word.endswith("y") else word


@lru_cache(8192)
def is_slip(a: str, b: str) -> bool:
    """Whether one word may be a slip of the pen for the other: same first letter, one edit (two in a long word)."""
    short = min(len(a), len(b))
    if not 4 <= short <= 30 or a[0] != b[0] or abs(len(a) - len(b)) > 2:
        return False
    allowed = 2 if short >= 8 else 1
    return distance(a, b, allowed) <= allowed


def distance(a: str, b: str, limit: int) -> int:
    """The number of letters to insert, drop, replace or swap with a neighbour; ``limit`` + 1 where it is more."""
    if abs(len(a) - len(b)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, before, row = before, row, [i]
        for j, y in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return row[-1]
