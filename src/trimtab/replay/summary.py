"""What a replay adds up to: tokens by stage and section, the bill with and without trimtab, needles, time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from trimtab.replay.recorded import Problem
from trimtab.request import SECTIONS
from trimtab.response import Usage

FRESH, WRITTEN, WRITTEN_1H, READ = 1.0, 1.25, 2.0, 0.1
"""What an input token costs by how the provider's prompt cache took it, a fresh one being 1.

Anthropic's price list; OpenAI's models bill no writes (GPT-5.6 and later: 1.25) and current ones read at 0.1.
"""

_KEPT_PROBLEMS = 100


def weighted_input(usage: Usage) -> float:
    """Input tokens weighted by what they cost: the size of the bill's input side, whatever the model's price."""
    short = usage.written - usage.written_1h
    return usage.fresh * FRESH + short * WRITTEN + usage.written_1h * WRITTEN_1H + usage.read * READ


@dataclass
class Pair:
    """The same figure without trimtab and with it."""

    without: float = 0.0
    with_trimtab: float = 0.0

    def add(self, without: float, with_trimtab: float) -> None:
        self.without += without
        self.with_trimtab += with_trimtab

    @property
    def ratio(self) -> float | None:
        """With over without, or None where there is nothing to compare with."""
        return self.with_trimtab / self.without if self.without else None


@dataclass
class Needles:
    """Values of tool results that an answer depended on, and whether its request still carried them verbatim.

    ``recorded`` counts those in the client's own request: a format that cannot carry one is no loss of ours.
    """

    total: int = 0
    recorded: int = 0
    kept: int = 0
    strong: int = 0
    strong_kept: int = 0

    @property
    def share(self) -> float | None:
        return self.kept / self.recorded if self.recorded else None


@dataclass
class SessionFigures:
    """One session: its requests, and its weighted input and input tokens."""

    requests: int = 0
    weighted: Pair = field(default_factory=Pair)
    tokens: Pair = field(default_factory=Pair)


@dataclass
class Summary:
    """The answer to "what would I have saved?". Token counts are estimates of the replay's own counter.

    ``stages`` holds input tokens saved over all requests by each stage, an edit counted in every request that
    carries it. ``cost`` covers the requests whose model has a known price; ``unpriced`` are the others.
    """

    requests: int = 0
    problem_count: int = 0
    problems: list[Problem] = field(default_factory=list)
    sections: dict[str, Pair] = field(default_factory=lambda: {name: Pair() for name in SECTIONS})
    stages: Counter[str] = field(default_factory=Counter)
    usage: Usage = field(default_factory=Usage)
    usage_without: Usage = field(default_factory=Usage)
    weighted: Pair = field(default_factory=Pair)
    cost: Pair = field(default_factory=Pair)
    unpriced: Counter[str] = field(default_factory=Counter)
    cache_hits: int = 0
    differing: int = 0
    """Answers that say something else than the recorded ones (another recording's answer, from the cache)."""
    refused: Counter[str] = field(default_factory=Counter)
    """Requests of ours that the provider refused, by why; the client got its answer to the original."""
    fallbacks: Counter[str] = field(default_factory=Counter)
    needles: Needles = field(default_factory=Needles)
    added_ms: list[float] = field(default_factory=list)
    stage_ms: dict[str, list[float]] = field(default_factory=dict)
    sessions: dict[str, SessionFigures] = field(default_factory=dict)

    def problem(self, problem: Problem) -> None:
        """Count a problem; the first hundred are kept."""
        self.problem_count += 1
        if len(self.problems) < _KEPT_PROBLEMS:
            self.problems.append(problem)

    @property
    def tokens(self) -> Pair:
        """Input tokens, whatever they cost."""
        total = Pair()
        for pair in self.sections.values():
            total.add(pair.without, pair.with_trimtab)
        return total

    @property
    def dearest(self) -> tuple[str, float] | None:
        """The session that fared worst, and its weighted input as a share of what it was without trimtab."""
        ratios = [(name, each.weighted.ratio) for name, each in self.sessions.items()]
        known = [(name, ratio) for name, ratio in ratios if ratio is not None]
        return max(known, key=lambda entry: entry[1], default=None)

    def to_dict(self) -> dict[str, Any]:
        """JSON-like, with ratios and without the figures of each session."""
        dearest = self.dearest
        return {
            "requests": self.requests,
            "sessions": len(self.sessions),
            "problems": {"count": self.problem_count, "first": [str(problem) for problem in self.problems]},
            "tokens": _pair(self.tokens),
            "sections": {name: _pair(pair) for name, pair in self.sections.items()},
            "stages": dict(self.stages),
            "usage": {"without": asdict(self.usage_without), "with": asdict(self.usage)},
            "weighted_input": _pair(self.weighted),
            "cost_usd": _pair(self.cost),
            "unpriced": dict(self.unpriced),
            "cache_hits": self.cache_hits,
            "differing_answers": self.differing,
            "refused": dict(self.refused),
            "fallbacks": dict(self.fallbacks),
            "needles": {**asdict(self.needles), "share": self.needles.share},
            "added_ms": spread(self.added_ms),
            "stage_ms": {name: spread(values) for name, values in self.stage_ms.items()},
            "dearest_session": None if dearest is None else {"session": dearest[0], "ratio": dearest[1]},
        }


def spread(values: list[float]) -> Mapping[str, float] | None:
    """Median, 99th percentile and maximum of some milliseconds."""
    if not values:
        return None
    ordered = sorted(values)
    rank = -(-len(ordered) * 99 // 100)  # nearest rank: the smallest value that 99% do not exceed
    return {"median": median(ordered), "p99": ordered[rank - 1], "max": ordered[-1]}


def _pair(pair: Pair) -> dict[str, float | None]:
    return {"without": pair.without, "with": pair.with_trimtab, "ratio": pair.ratio}
