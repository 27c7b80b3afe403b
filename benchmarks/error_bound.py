"""The error bound on simulated tenants, against a fixed threshold, per-entry learning and an oracle.

A request has a candidate entry with a verifier score; whether its answer would be right is known to the simulation
only. The calibration is counted on labelled pairs of one population; tenants match it, are easier, are harder, or
change half way. vCache bounds wrong answers among all requests, not among those served: its own bound may well be kept.

    python -m benchmarks.error_bound
"""

from __future__ import annotations

import argparse
import math
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from random import Random
from statistics import mean, median
from typing import Any, TypeAlias

from rich.console import Console
from rich.table import Table

from benchmarks import results
from trimtab.semantic_cache.calibration import Calibration
from trimtab.semantic_cache.error_bound import Bound, EntryRecord, Status
from trimtab.semantic_cache.evidence import Verdict
from trimtab.semantic_cache.sampling import Sampler
from trimtab.semantic_cache.wealth import LEVELS, PROVEN, Tally, against_at_least, against_at_most

ALPHA = 0.01
RATE = 0.05
DELAY = 10
"""Requests that pass before the verdict on a checked hit is there."""


@dataclass(frozen=True)
class Population:
    """How scores and right answers go together.

    ``right`` is the share of right candidates; ``apart`` by how many standard deviations their scores lie apart;
    ``fooled`` the share of wrong candidates that score like right ones; ``uneven`` the standard deviation of the
    entries' own log-odds.
    """

    right: float = 0.7
    apart: float = 3.0
    fooled: float = 0.0
    uneven: float = 1.0


SHIPPED = Population()
PRIOR_ODDS = math.log(SHIPPED.right / (1 - SHIPPED.right))


@dataclass(frozen=True)
class Tenant:
    """A tenant's traffic: its population, and the one that it turns into half way."""

    name: str
    population: Population
    later: Population | None = None


TENANTS = (
    Tenant("as the labelled data", SHIPPED),
    Tenant("easier", replace(SHIPPED, right=0.92)),
    Tenant("much easier", replace(SHIPPED, right=0.985)),
    Tenant("harder", replace(SHIPPED, right=0.4)),
    Tenant("fools the verifier", replace(SHIPPED, right=0.5, fooled=0.25)),
    Tenant("the score says nothing", replace(SHIPPED, right=0.6, apart=3.0, fooled=1.0)),
    Tenant("turns bad half way", SHIPPED, replace(SHIPPED, right=0.5, fooled=0.25)),
    Tenant("turns good half way", replace(SHIPPED, right=0.4), replace(SHIPPED, right=0.92)),
)


@dataclass(frozen=True)
class Request:
    """The best candidate for a request: which entry, its score, whether its answer would be right."""

    entry: int
    score: float
    right: bool


def traffic(tenant: Tenant, requests: int, random: Random, entries: int = 300) -> Iterator[Request]:
    """A tenant's requests: entries by Zipf's law, scores as the shipped verifier gives them."""
    own = [random.gauss(0, 1) for _ in range(entries)]
    popularity = list(accumulate(1 / (rank + 1) for rank in range(entries)))
    for number in range(requests):
        population = tenant.later if tenant.later and number >= requests // 2 else tenant.population
        (entry,) = random.choices(range(entries), cum_weights=popularity)
        odds = population.right / (1 - population.right) * math.exp(population.uneven * own[entry])
        yield drawn(population, odds / (1 + odds), random, entry)


def drawn(population: Population, share: float, random: Random, entry: int = 0) -> Request:
    """One candidate; ``share`` is the probability that its answer is right."""
    right = random.random() < share
    like_right = right or random.random() < population.fooled
    apart = population.apart
    log_odds = random.gauss(apart * apart / 2 if like_right else -apart * apart / 2, apart) + PRIOR_ODDS
    return Request(entry, 1 / (1 + math.exp(-log_odds)), right)


def shipped(pairs: int = 20_000, seed: int = 0) -> Calibration:
    """The calibration, counted on labelled pairs of the shipped population."""
    random = Random(seed)
    requests = traffic(Tenant("labelled", SHIPPED), pairs, random, entries=pairs)
    return Calibration.fit((request.score, request.right, 1.0) for request in requests)


@dataclass
class Outcome:
    """What a policy did with a stream."""

    requests: int = 0
    hits: int = 0
    wrong: int = 0
    calls: int = 0
    """Extra calls upstream: checks of served hits."""
    wrong_at: list[int] = field(default_factory=list)
    status: Status | None = None

    def count(self, request: Request, served: bool) -> None:
        self.requests += 1
        self.hits += served
        if served and not request.right:
            self.wrong += 1
            self.wrong_at.append(self.requests)

    @property
    def error(self) -> float:
        return self.wrong / self.hits if self.hits else 0.0


Policy: TypeAlias = Callable[[Sequence[Request], Random], Outcome]


@dataclass(frozen=True)
class Ours:
    """The bound as the cache stage uses it; ``rate`` 0 leaves it to near misses."""

    calibration: Calibration
    alpha: float = ALPHA
    rate: float = RATE
    unsure_right: float = 0.0
    unsure_wrong: float = 0.0
    """Share of verdicts on right and on wrong answers that are unsure: none where a judge decides."""
    near_misses: bool = True
    by_entry: bool = True

    def __call__(self, requests: Sequence[Request], random: Random) -> Outcome:
        bound, sampler, outcome = Bound.of(self.calibration), Sampler(self.rate, random), Outcome()
        records: dict[int, EntryRecord] = {}
        due: deque[tuple[int, Callable[[Bound], Bound]]] = deque()
        for number, request in enumerate(requests):
            while due and due[0][0] <= number:
                bound = due.popleft()[1](bound).settled(self.alpha)
            record = records.get(request.entry, EntryRecord()) if self.by_entry else EntryRecord()
            decision = bound.decide(request.score, self.alpha, record)
            outcome.count(request, decision.serve)
            bound = bound.saw(request.score, served=decision.serve)
            level = 0
            if decision.serve:
                sample = sampler.draw(request.score, decision.threshold, record, eager=bound.eager)
                if not sample.chosen:
                    continue
                outcome.calls += 1
                level = sample.level
            elif not self.near_misses:
                continue
            verdict = self._verdict(request, random)

            def judge(
                bound: Bound,
                request: Request = request,
                verdict: Verdict = verdict,
                served: bool = decision.serve,
                level: int = level,
                by_entry: bool = decision.by == "entry",
            ) -> Bound:
                known = records.get(request.entry, EntryRecord())
                records[request.entry] = known.judged(request.score, verdict, bound.risk(request.score))
                return bound.observed(request.score, verdict, served=served, level=level, by_entry=by_entry)

            due.append((number + DELAY, judge))
        outcome.status = bound.status(self.alpha)
        return outcome

    def _verdict(self, request: Request, random: Random) -> Verdict:
        if random.random() < (self.unsure_right if request.right else self.unsure_wrong):
            return "unsure"
        return "same" if request.right else "different"


@dataclass(frozen=True)
class Fixed:
    """One threshold for ever."""

    threshold: float

    def __call__(self, requests: Sequence[Request], random: Random) -> Outcome:
        outcome = Outcome()
        for request in requests:
            outcome.count(request, request.score >= self.threshold)
        return outcome


def oracle(requests: Sequence[Request], random: Random, alpha: float = ALPHA) -> Outcome:
    """The lowest threshold that, knowing this very stream and what is right, keeps the bound."""
    ranked = sorted(requests, key=lambda request: -request.score)
    wrong = best = 0
    for served, request in enumerate(ranked, 1):
        wrong += not request.right
        if wrong <= alpha * served:
            best = served
    return Fixed(ranked[best - 1].score if best else math.inf)(requests, random)


@dataclass(frozen=True)
class PerEntry:
    """Per-entry learning in the manner of vCache: each entry has a logistic curve of its own and explores by chance.

    The probability to explore is the least that keeps the probability of a right answer at 1 - alpha, with the
    location of the curve taken at its lower confidence bound. Every entry starts knowing nothing; an exploration is a
    miss whose answer is compared.
    """

    alpha: float = ALPHA
    steepness: float = 1.0

    def __call__(self, requests: Sequence[Request], random: Random) -> Outcome:
        outcome = Outcome()
        seen: dict[int, list[tuple[float, bool]]] = {}
        for request in requests:
            known = seen.setdefault(request.entry, [])
            score = _log_odds(request.score)
            explores = random.random() < self._explore(known, score)
            outcome.count(request, not explores)
            if explores:
                known.append((score, request.right))
        return outcome

    def _explore(self, known: Sequence[tuple[float, bool]], score: float) -> float:
        if not known:
            return 1.0
        least = 1.0
        locations = [step / 2 for step in range(-16, 33)]
        logs = [sum(_log_logistic(s - at, right) for s, right in known) for at in locations]
        top = max(logs)
        weights = [math.exp(log - top) for log in logs]
        total = sum(weights)
        for miss in (0.001, 0.002, 0.005):
            beyond, at = 0.0, locations[-1]
            for place, weight in zip(reversed(locations), reversed(weights), strict=True):
                beyond += weight / total
                at = place
                if beyond > miss:
                    break
            right = (1 - miss) / (1 + math.exp(-self.steepness * (score - at)))
            least = min(least, max(0.0, (1 - self.alpha - right) / (1 - right)))
        return least


def _log_logistic(x: float, right: bool) -> float:
    x = x if right else -x
    return -math.log1p(math.exp(-x)) if x > -30 else x


def _log_odds(score: float) -> float:
    score = min(max(score, 1e-9), 1 - 1e-9)
    return math.log(score / (1 - score))


def policies(calibration: Calibration) -> dict[str, Policy]:
    """What is compared."""
    return {
        "trimtab": Ours(calibration),
        "trimtab, no judge": Ours(calibration, unsure_right=0.3, unsure_wrong=0.6),
        "trimtab, no background calls": Ours(calibration, rate=0.0),
        "trimtab, no near misses": Ours(calibration, near_misses=False),
        "fixed at the shipped threshold": Fixed(calibration.threshold(ALPHA)),
        "per entry, as vCache": PerEntry(),
        "oracle threshold": oracle,
    }


def played(tenant: Tenant, policy: Policy, seeds: int, requests: int) -> dict[str, Any]:
    """A policy on as many streams of a tenant as there are seeds."""
    outcomes = [
        policy(list(traffic(tenant, requests, Random(f"{tenant.name} {seed}"))), Random(seed)) for seed in range(seeds)
    ]
    kinds = [outcome.status for outcome in outcomes if outcome.status]
    return {
        "hits": mean(outcome.hits / outcome.requests for outcome in outcomes),
        "error": sum(outcome.wrong for outcome in outcomes) / max(1, sum(outcome.hits for outcome in outcomes)),
        "kept": sum(outcome.error <= ALPHA for outcome in outcomes),
        "wrong_median": median(outcome.wrong for outcome in outcomes),
        "wrong_most": max(outcome.wrong for outcome in outcomes),
        "wrong_in_last_quarter": mean(sum(at > requests * 3 / 4 for at in each.wrong_at) for each in outcomes),
        "calls": mean(outcome.calls for outcome in outcomes),
        "shut": sum(bool(status.closed) or status.threshold > 1 for status in kinds),
    }


def peeked(rate: float, streams: int, verdicts: int, *, moving: bool, seed: int = 0) -> dict[str, float]:
    """How often a look after every verdict finds a false proof, or an interval without the average error rate.

    Verdicts come in two sampling classes. Where the error rate is ``moving`` it goes up and down around ``rate``, as
    it does under a moving threshold; the proof is false while the average so far is at least ``rate``.
    """
    random = Random(seed)
    found = [_one_stream(random, rate, verdicts, moving=moving) for _ in range(streams)]
    return {
        "proven": sum(proven for proven, _ in found) / streams,
        "interval_missed": sum(missed for _, missed in found) / streams,
    }


def _one_stream(random: Random, rate: float, verdicts: int, *, moving: bool) -> tuple[bool, bool]:
    tally = Tally()
    proven = missed = False
    weights = errors = 0.0
    for number in range(verdicts):
        level = random.choice((0, 2))
        now = rate * (1.5 if number // 50 % 2 == 0 else 0.5) if moving else rate
        weights += 0.5**level
        errors += 0.5**level * now
        counts = tuple(float(each == level) for each in range(LEVELS))
        tally = tally.plus(Tally(different=counts) if random.random() < now else Tally(same=counts))
        average = errors / weights
        low, high = against_at_most(tally, average), against_at_least(tally, average)
        missed = missed or max(low, high) >= math.log(40)  # as in `interval`, which inverts both tests
        proven = proven or (average >= rate - 1e-12 and high >= math.log(PROVEN))
    return proven, missed


def main(argv: list[str] | None = None) -> None:
    """Simulate, print, write the results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=20, help="streams of each tenant")
    parser.add_argument("--requests", type=int, default=3000, help="requests of each stream")
    options = parser.parse_args(argv)
    calibration = shipped()
    figures: dict[str, Any] = {
        "max_error_rate": ALPHA,
        "shadow_rate": RATE,
        "seeds": options.seeds,
        "requests": options.requests,
        "shipped_threshold": calibration.threshold(ALPHA),
        "peeking": {
            f"{rate:g}, {'moving' if moving else 'constant'}": peeked(rate, 300, 1000, moving=moving)
            for rate in (0.01, 0.05)
            for moving in (False, True)
        },
        "tenants": {},
    }
    for tenant in TENANTS:
        figures["tenants"][tenant.name] = {
            name: played(tenant, policy, options.seeds, options.requests)
            for name, policy in policies(calibration).items()
        }
        _print(tenant.name, figures["tenants"][tenant.name], options.seeds)
    for rate, found in figures["peeking"].items():
        print(f"error rate {rate}, a look after every verdict: false proof {found['proven']:.1%},", end=" ")
        print(f"interval missed {found['interval_missed']:.1%} (at most 5%)")
    results.write("error_bound", figures)


def _print(tenant: str, rows: dict[str, Any], seeds: int) -> None:
    table = Table(title=tenant)
    for heading in ("policy", "hits", "wrong", "bound kept", "wrong, median", "most", "extra calls", "shut"):
        table.add_column(heading, justify="left" if heading == "policy" else "right")
    for name, row in rows.items():
        table.add_row(
            name,
            f"{row['hits']:.1%}",
            f"{row['error']:.2%}",
            f"{row['kept']} of {seeds}",
            f"{row['wrong_median']:.0f}",
            f"{row['wrong_most']}",
            f"{row['calls']:.0f}",
            f"{row['shut']}" if name.startswith("trimtab") else "",
        )
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
