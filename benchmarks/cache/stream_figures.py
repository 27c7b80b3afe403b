"""What is said about a contestant on a kind of stream: shares over seeds with intervals, over time, and by group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from rich.table import Table

from benchmarks.cache.statistics import Share, mean, share
from benchmarks.cache.streams import Outcome

WINDOWS = 10
_HEADINGS = (
    "", "seeds", "hits", "exact", "wrong per request", "wrong among hits", "bound kept", "checked: among hits",
    "bound kept", "another question", "unseen: hits", "wrong among hits",
)  # fmt: skip


def figures(runs: Sequence[Sequence[Outcome]], bound: float) -> dict[str, Any]:
    """Over the runs of all seeds; ``bound``: the share of wrong answers among the hits that is not to be exceeded."""
    wrong_hits = [_wrong_among_hits(run) for run in runs]
    return {
        "seeds": len(runs),
        "requests": len(runs[0]),
        "hits": _mean(runs, lambda each: each.hit),
        "right": _mean(runs, lambda each: each.right),
        "possible": _mean(runs, lambda each: each.possible),
        "wrong": _mean(runs, lambda each: each.hit and not each.right),
        "wrong_among_hits": mean(wrong_hits).to_dict(),
        "wrong_among_hits_pooled": _pooled(runs).to_dict(),
        "other_question_pooled": _pooled(runs, lambda each: each.asked_so).to_dict(),
        "exact_hits": _mean(runs, lambda each: each.hit and each.exact),
        "bound": bound,
        "bound_kept": sum(error <= bound for error in wrong_hits),
        "over_time": _over_time(runs),
        "seen": _part([[each for each in run if each.utterance.seen] for run in runs]),
        "unseen": _part([[each for each in run if not each.utterance.seen] for run in runs]),
        "by_group": _by_group(runs),
    }


def after_checking(runs: Sequence[Sequence[Outcome]], bound: float) -> dict[str, Any]:
    """What changes once people's verdicts stand in place of the labels."""
    wrong_hits = [_wrong_among_hits(run) for run in runs]
    return {
        "wrong": _mean(runs, lambda each: each.hit and not each.right),
        "wrong_among_hits": mean(wrong_hits).to_dict(),
        "wrong_among_hits_pooled": _pooled(runs).to_dict(),
        "bound_kept": sum(error <= bound for error in wrong_hits),
    }


def _mean(runs: Sequence[Sequence[Outcome]], holds: Any) -> dict[str, Any]:
    return mean([sum(map(bool, map(holds, run))) / len(run) if run else 0.0 for run in runs]).to_dict()


def _wrong_among_hits(run: Sequence[Outcome]) -> float:
    hits = sum(each.hit for each in run)
    return sum(each.hit and not each.right for each in run) / hits if hits else 0.0


def _right(outcome: Outcome) -> bool:
    return outcome.right


def _pooled(runs: Sequence[Sequence[Outcome]], good: Callable[[Outcome], bool] = _right) -> Share:
    """Of all hits of all seeds. Texts come again in several seeds, so the interval is a little too narrow."""
    hits = [each for run in runs for each in run if each.hit]
    return share(sum(not good(each) for each in hits), len(hits))


def _over_time(runs: Sequence[Sequence[Outcome]]) -> list[dict[str, Any]]:
    """Hits and wrong answers per request in each tenth of the stream."""
    said = []
    for window in range(WINDOWS):
        parts = [run[len(run) * window // WINDOWS : len(run) * (window + 1) // WINDOWS] for run in runs]
        wrong = _mean(parts, lambda each: each.hit and not each.right)
        said.append({"until": len(runs[0]) * (window + 1) // WINDOWS, "hits": _mean(parts, lambda each: each.hit)})
        said[-1]["wrong"] = wrong
    return said


def _part(runs: Sequence[Sequence[Outcome]]) -> dict[str, Any]:
    """Over the requests of some intents only; what was stored for others may have been served to them."""
    return {
        "hits": _mean(runs, lambda each: each.hit),
        "possible": _mean(runs, lambda each: each.possible),
        "wrong": _mean(runs, lambda each: each.hit and not each.right),
        "wrong_among_hits_pooled": _pooled(runs).to_dict(),
    }


def _by_group(runs: Sequence[Sequence[Outcome]]) -> dict[str, Any]:
    """By intent; where a group says its reason first (excluded intents), by reason."""
    counts: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for run in runs:
        for each in run:
            reason, _, intent = each.utterance.group.partition(": ")
            count = counts[reason if intent else each.utterance.group]
            count[0] += 1
            count[1] += each.hit
            count[2] += each.hit and not each.right
    return {
        group: {"requests": requests, "hits": round(hits / requests, 4), "wrong": round(wrong / requests, 5)}
        for group, (requests, hits, wrong) in sorted(counts.items())
    }


def tables(said: dict[str, dict[str, Any]]) -> Iterable[Table]:
    """A table for each kind of stream."""
    for stream, by_name in said.items():
        first = next(iter(by_name.values()))
        table = Table(title=f"{stream}: {first['requests']:,} requests, {first['possible']['value']:.1%} could hit")
        for heading in _HEADINGS:
            table.add_column(heading, justify="right" if heading else "left")
        for name, of in by_name.items():
            table.add_row(
                name,
                str(of["seeds"]),
                _percent(of["hits"]),
                f"{of['exact_hits']['value']:.1%}",
                _percent(of["wrong"], 2),
                _percent(of["wrong_among_hits"], 2),
                f"{of['bound_kept']} of {of['seeds']}",
                _percent(of["checked"]["wrong_among_hits"], 2),
                f"{of['checked']['bound_kept']} of {of['seeds']}",
                f"{of['other_question_pooled']['value']:.2%}",
                f"{of['unseen']['hits']['value']:.1%}",
                f"{of['unseen']['wrong_among_hits_pooled']['value']:.2%}",
            )
        yield table


def _percent(found: dict[str, float], digits: int = 1) -> str:
    half = (found["high"] - found["low"]) / 2
    return f"{found['value']:.{digits}%} ±{half * 100:.{digits}f}"
