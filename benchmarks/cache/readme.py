"""The README's tables about the semantic cache: headings, rows and a closing line from the results of each part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.cache.pairs import WRONG

_READ_AT = tuple(str(most) for most in WRONG if most in (0.01, 0.02, 0.05))
_STREAMS: Mapping[str, str] = {
    "faq": "questions with one answer for everybody, no text twice",
    "faq, with repeats": "the same, texts repeat",
    "facts": "facts about something named, no text twice",
    "excluded": "what must not be served again",
    "low repeat": "unrelated questions",
}
_SHOWN = (
    "trimtab", "trimtab, bound 2%", "trimtab, bound 5%", "cosine 0.80", "cosine 0.90", "cosine 0.95", "exact text",
)  # fmt: skip


@dataclass(frozen=True)
class Said:
    """A table, and what is said under it."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: str = ""


def pairs(found: Mapping[str, Any]) -> Said:
    """Hand-written traps first, then the Quora pairs: served and wrong at the default, and the curve."""
    rows = []
    words = []
    for name, figures in found["sets"].items():
        about = f"{name}: {figures['should_hit']:,} should hit, {figures['traps']:,} traps"
        for decider, of in figures["deciders"].items():
            curve = [_percent(of["curve"][at]) if "curve" in of else "-" for at in _READ_AT]
            area = f"{of['auc']:.3f}" if of.get("auc") is not None else "-"
            rows.append((about, _ours(decider), _percent(of["served"]), _percent(of["wrong"]), area, *curve))
            about = ""
        if equal := figures.get("at_equal_error"):
            more = f"{equal['ratio']:.1f} times as many" if equal["ratio"] else "none of them"
            words.append(
                f"{name}: at our error of {equal['wrong']:.1%}, {equal['ours']:.1%} served against "
                f"{equal['theirs']:.1%} of the best baseline ({equal['best_baseline']}), {more}."
            )
    at = [f"served at {float(most):.0%} wrong" for most in _READ_AT]
    return Said(("pairs", "", "served", "traps wrong", "AUC", *at), rows, " ".join(words))


def streams(found: Mapping[str, Any], shown: Sequence[str] = _SHOWN) -> Said:
    """Hits and wrong answers by kind of stream, of the contestants that are ``shown``."""
    rows = []
    for stream, title in _STREAMS.items():
        if stream not in found["streams"]:
            continue
        by_name = found["streams"][stream]
        first = next(iter(by_name.values()))
        about = f"{title}: {first['requests']:,}, {_percent(first['possible'])} could hit"
        for name, of in by_name.items():
            if name not in shown:
                continue
            error, checked = (
                _percent(each["wrong_among_hits_pooled"], 2) if of["hits"]["value"] else "-"
                for each in (of, of["checked"])
            )
            kept = f"{of['checked']['bound_kept']} of {of['seeds']}"
            wrong = _interval(of["checked"]["wrong"], 2)
            other = _percent(of["other_question_pooled"], 1) if of["hits"]["value"] else "-"
            rows.append((about, _ours(name), _interval(of["hits"]), wrong, f"{error} / {checked}", kept, other))
            about = ""
    judged, words = found["checked"], ""
    if judged["checked"]:
        right, false = judged["labelled_right_and_is"], judged["labelled_wrong_and_is"]
        words = (
            f"{judged['checked']} random hits were checked by hand: of {judged['labelled_right']} that the labels call "
            f"right {_percent(right)} are, of {judged['labelled_wrong']} that they call wrong {_percent(false)} are."
        )
    headings = (
        "stream: requests", "", "hits", "wrong answers per request", "wrong among hits, by label / checked",
        "seeds within the bound (1%)", "another question",
    )  # fmt: skip
    return Said(headings, rows, words)


def latency(found: Mapping[str, Any]) -> Said:
    """Hits and what a miss adds, by store and size."""
    rows = []
    for store, by_size in found["stores"].items():
        for size, of in by_size.items():
            hit = f"{of['hit_median_ms']:.1f} / {of['hit_p99_ms']:.1f} ms" if "hit_median_ms" in of else "-"
            miss = f"{of['miss_added_median_ms']:.1f} / {of['miss_added_p99_ms']:.1f} ms"
            rows.append((f"{store}, {int(size):,} entries", hit, miss, f"{of['passed_median_ms']:.1f} ms"))
    return Said(("", "hit, median / p99", "added by a miss", "cache off, mock provider"), rows)


def cost(found: Mapping[str, Any]) -> Said:
    """Dollars of one stream with the cache and without."""
    rows = [
        (
            name,
            f"{of['requests']:,}",
            f"{of['cache'].get('hit', 0):,}",
            f"${of['cost']:.4f}",
            f"${of['own']:.4f} ({of['own_calls']:,} calls)",
            f"{of['saved']:.1%}",
            "-" if of["saved_on_hits"] is None else f"{of['saved_on_hits']:.1%}",
        )
        for name, of in found["runs"].items()
    ]
    headings = ("similar questions", "requests", "hits", "answers", "own calls", "saved", "saved on hits")
    return Said(headings, rows)


def _ours(name: str) -> str:
    return f"**{name}**" if name.startswith("trimtab") else name


def _percent(found: Mapping[str, float], digits: int = 1) -> str:
    return f"{found['value']:.{digits}%}"


def _interval(found: Mapping[str, float], digits: int = 1) -> str:
    half = (found["high"] - found["low"]) / 2 * 100
    return f"{found['value']:.{digits}%} ± {half:.{digits}f}"
