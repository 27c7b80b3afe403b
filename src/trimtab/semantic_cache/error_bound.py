"""Which hits may be served, so that the share of wrong answers among them stays within the bound that a user set."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from typing import Literal

import msgspec

from trimtab.semantic_cache.calibration import CERTAINTY, Calibration, lowest_cut, sure
from trimtab.semantic_cache.evidence import Evidence, Verdict, nothing
from trimtab.semantic_cache.posterior import Posterior, posterior
from trimtab.semantic_cache.wealth import PROVEN, Tally, against_at_least, against_at_most, interval

RELAX = 5.0
"""Wealth that near misses must have gained before the threshold goes below the shipped one: once in five, if ever."""
ENOUGH = 8
"""Verdicts that each step down needs of its own."""
_STEP = 0.1
"""Share of the labelled traffic that each step down adds at least: one of few candidates would wait for its verdicts
for ever."""
_UNSURE = 10.0
"""Odds of an unsure verdict to stand for a wrong answer, against those of a verdict that was reached."""
DANGER = 250.0
"""Limit at which the tier closes itself."""
_OWN_TRAFFIC = 200.0
"""Candidates that the labelled pairs' mix of scores weighs beside the tenant's own."""
_STALE, _STALE_VERDICTS = 1.1, 1.02
"""A belief is formed anew when it could rest on this many times as many candidates or verdicts, and after every wrong
answer served: forming it takes about a millisecond."""
_FEW = 40
"""Verdicts on served hits below which a tenant is new."""
_ENTRY_PRIOR = 0.25
"""How firmly an entry's risk is believed to be that of its score, in expected wrong answers."""
_RIGHTS = 3
"""Right verdicts that an entry needs before it is served below the threshold."""


class EntryRecord(msgspec.Struct, frozen=True, array_like=True):
    """Verdicts on one cache entry.

    ``expected`` is how many wrong ones its scores had led one to expect, ``worst`` the highest score at which it was
    wrong, ``lowest`` the lowest at which it was right.
    """

    right: int = 0
    wrong: int = 0
    unsure: int = 0
    expected: float = 0.0
    worst: float = 0.0
    lowest: float = 1.0

    @property
    def verified(self) -> bool:
        return self.right + self.wrong > 0

    @property
    def factor(self) -> float:
        """How many times as often as its scores say this entry is wrong: gamma-Poisson posterior mean."""
        return (_ENTRY_PRIOR + self.wrong) / (_ENTRY_PRIOR + self.expected)

    def judged(self, score: float, verdict: Verdict, risk: float) -> EntryRecord:
        """The record after a verdict; ``risk`` is `Bound.risk` of the score."""
        if verdict == "unsure":
            return msgspec.structs.replace(self, unsure=self.unsure + 1)
        expected = self.expected + risk
        if verdict == "same":
            lowest = min(self.lowest, score)
            return msgspec.structs.replace(self, right=self.right + 1, expected=expected, lowest=lowest)
        return msgspec.structs.replace(self, wrong=self.wrong + 1, expected=expected, worst=max(self.worst, score))


UNKNOWN = EntryRecord()


@dataclass(frozen=True)
class Decision:
    """Whether to serve, at which threshold, and why in words. ``by`` says what decided."""

    serve: bool
    threshold: float
    by: Literal["threshold", "entry", "closed"]
    why: str


@dataclass(frozen=True)
class Status:
    """What can be said about the error rate of served hits since the tier was opened.

    ``prior``: no verdict on a served hit yet. ``estimated``: ``low`` and ``high`` bound the average error rate of
    the hits served so far, at all times at once with 95%. ``proven``: that average being above the bound is refuted,
    with an error of at most 5% over all time. Unsure verdicts count as wrong in ``high`` and for ``proven``, as right
    in ``low``. ``error`` leaves them out.
    """

    kind: Literal["prior", "estimated", "proven"]
    threshold: float
    served: int
    verdicts: int
    unsure: int
    error: float | None
    low: float
    high: float
    closed: str


@dataclass(frozen=True)
class Bound:
    """A tenant's threshold, from a shipped calibration and what its traffic has shown.

    Immutable: `saw`, `observed` and `settled` give a new one. ``evidence`` is everything known, ``fresh`` what of it
    came since the store was read. To write: read the store anew, write ``read.plus(bound.fresh)`` with compare-and-set,
    go on with `since_stored`. Evidence under another calibration is dropped.

    The threshold. From the first request it is the calibration's. It goes up when the belief is no longer sure
    (`CERTAINTY`) that the error rate at or above it is within the bound. It goes below the calibration's only step
    by step, and only where a test that may be looked at after every verdict has shown enough for everything between
    (`_relaxed`). Near misses pay for that: a miss goes upstream anyway, and its fresh answer says at no risk and
    no cost whether the candidate below the threshold would have been right.

    Closing. Beside the threshold runs a test of "the average error rate of served hits is at most the bound" with a
    new start every `evidence.BLOCK` verdicts, so that a good past does not hide a bad present. It adds up the wealths
    of all starts (an e-detector: Shin, Ramdas and Rinaldo, 2023): while the error rate is within the bound, the mean
    number of starts before a false alarm is at least `DANGER`, that is 5,000 verdicts. At the limit the tier closes:
    it serves nothing, but all its candidates are near misses now and go on being compared for free. It opens again
    when an operator resets it (`Evidence.reopened`, `Evidence.forgotten`), or when verdicts since the closing on
    candidates above a cut, which was fixed at the closing and is stricter than before, prove an error rate within the
    bound: wealth `PROVEN`, twice as much after every closing. It then never serves below that cut, and not before the
    belief, which has not forgotten the wrong answers yet, is sure.

    After the idea of vCache (Schroeder et al., 2025) every entry has a record of its own that refines the tenant's
    threshold. What an entry's record decided teaches nothing about a score bin.
    """

    calibration: Calibration
    evidence: Evidence
    fresh: Evidence

    @classmethod
    def of(cls, calibration: Calibration, stored: Evidence | None = None) -> Bound:
        """A tenant's bound from what the store holds of it."""
        empty = nothing(calibration.key, calibration.bins)
        known = stored is not None and stored.calibration == calibration.key and len(stored.seen) == calibration.bins
        kept = stored if known and stored is not None else empty
        return cls(calibration, kept, msgspec.structs.replace(empty, opening=kept.opening))

    @property
    def eager(self) -> bool:
        """Whether hits are to be checked more often: few were so far, or one was wrong lately."""
        evidence = self.evidence
        return evidence.total.verdicts < _FEW or any(sum(block.different) for block in evidence.blocks[-2:])

    def since_stored(self, written: Evidence) -> Bound:
        """The bound after its evidence was written, together with what others had written."""
        return self._with_belief(Bound.of(self.calibration, written))

    def saw(self, score: float, *, served: bool) -> Bound:
        """A candidate of this score was the best one, and was served or not."""
        number = self.calibration.bin(score)
        return self._with_belief(self._both(lambda evidence: evidence.saw(number, served=served)))

    def observed(
        self, score: float, verdict: Verdict, *, served: bool, level: int = 0, by_entry: bool = False
    ) -> Bound:
        """A verdict: on a served hit that was checked, or on a near miss whose fresh answer came anyway.

        ``level`` is the `Sample`'s; ``by_entry`` says that the entry's record, not the threshold, decided.
        """
        number = self.calibration.bin(score)
        closure = self.evidence.closure
        tried = closure is not None and number >= closure.cut and not served and not by_entry

        def grown(evidence: Evidence) -> Evidence:
            if not by_entry:
                evidence = evidence.judged(number, verdict)
            if served:
                evidence = evidence.checked(verdict, level)
            return evidence.tried(verdict) if tried else evidence

        later = self._both(grown)
        return later if served and verdict == "different" else self._with_belief(later)

    def _both(self, change: Callable[[Evidence], Evidence]) -> Bound:
        return replace(self, evidence=change(self.evidence), fresh=change(self.fresh))

    def settled(self, alpha: float) -> Bound:
        """Close the tier where it is in danger, open it where it has proven itself. Call after `observed`."""
        evidence = self.evidence
        if evidence.closure is None:
            why = self._alarm(alpha)
            if not why:
                return self
            cut = self._stricter(alpha)
            return self._both(lambda evidence: evidence.closed(why, cut))
        limit = math.log(PROVEN) + evidence.closings * math.log(2)
        if against_at_least(evidence.trial, alpha) < limit:
            return self
        reopened = evidence.reopened()
        return replace(self, evidence=reopened, fresh=reopened)

    def _stricter(self, alpha: float) -> int:
        return min(max(self.cut(alpha), self._first_cut(alpha) + 1), self.calibration.bins - 1)

    def in_danger(self, alpha: float) -> str:
        """Why nothing may be served, in words; empty where the tier is open and within its bound."""
        closure = self.evidence.closure
        return closure.why if closure else self._alarm(alpha)

    def _alarm(self, alpha: float) -> str:
        if alpha <= 0:
            return ""
        logs, since = [], Tally()
        for block in reversed(self.evidence.blocks):
            since = since.plus(block)
            logs.append(against_at_most(since, alpha))
        if not logs or max(logs) + math.log(sum(math.exp(log - max(logs)) for log in logs)) < math.log(DANGER):
            return ""
        total = self.evidence.total
        wrong, verdicts = sum(total.different), total.verdicts
        return f"{wrong:.0f} of {verdicts:.0f} checked hits were wrong: more than max_error_rate {alpha:g} allows"

    @cached_property
    def belief(self) -> Posterior:
        """What is believed about the error rates, formed when first asked for."""
        evidence, traffic = self.evidence, self.calibration.traffic
        mix = [_OWN_TRAFFIC * share + seen for share, seen in zip(traffic, evidence.seen, strict=True)]
        return posterior(self.calibration.prior, evidence.right, evidence.wrong, mix)

    @cached_property
    def _formed_from(self) -> tuple[float, float]:
        """How many candidates and verdicts the belief rests on."""
        evidence = self.evidence
        return _OWN_TRAFFIC + sum(evidence.seen), evidence.between(0, self.calibration.bins).verdicts

    @cached_property
    def _cuts(self) -> dict[float, int]:
        return {}

    def _with_belief(self, later: Bound) -> Bound:
        """Carry the belief on to ``later``, unless that rests on so much more that it has to be formed anew."""
        if "belief" in self.__dict__ and later.evidence.opening == self.evidence.opening:
            candidates, verdicts = self._formed_from
            now_candidates, now_verdicts = later._formed_from
            if now_candidates <= candidates * _STALE and now_verdicts <= verdicts * _STALE_VERDICTS:
                carried = {"belief": self.belief, "_formed_from": self._formed_from, "_cuts": self._cuts}
                later.__dict__.update(carried)
        return later

    def risk(self, score: float) -> float:
        """The probability that a stored answer with this score is wrong, on this tenant's traffic."""
        return self.belief.rates[self.calibration.bin(score)]

    def threshold(self, alpha: float) -> float:
        """The score from which on hits are served; infinite where none may be."""
        return self.calibration.edge(self.cut(alpha))

    def cut(self, alpha: float) -> int:
        """The bin from which on hits are served; the number of bins where none may be."""
        cut = self._cuts.get(alpha)
        if cut is None:
            first = self._first_cut(alpha)
            cut = lowest_cut(self.belief, alpha, first)
            if cut == first and alpha > 0 and not self.evidence.floor:
                cut = self._relaxed(alpha, first)
            self._cuts[alpha] = cut
        return cut

    def _first_cut(self, alpha: float) -> int:
        return max(self.calibration.cut(alpha), self.evidence.floor)

    def _relaxed(self, alpha: float, first: int) -> int:
        """How far below the calibration's cut the threshold may go.

        For each of `_steps`, in falling order: with the upper belief about everything from ``first`` on, what lies
        between may be wrong at a rate of at most ``allowed`` if the whole is to stay within ``alpha``. The wealth
        against a higher rate there must have reached `RELAX`. As the order is fixed and the first failure ends it, the
        probability that the threshold *ever* passes a cut whose part between is worse than allowed is at most
        1 / RELAX, without a correction for the number of cuts (fixed-sequence testing; Angelopoulos et al., "Learn then
        test", 2021). That is exact for rates and an allowance that stay as they are; the allowance moves with the
        belief about what lies above. An unsure verdict is no proof of anything, and wrong answers leave more doubt than
        right ones: it counts as so much of a wrong one as `_UNSURE` makes of the rate that is tested. Lower bins are
        seen more often than served ones, which errs towards caution. A bin that has more than `evidence.MEMORY`
        verdicts forgets old ones: from there on the test holds at each time, not at all at once.
        """
        belief, evidence, bins = self.belief, self.evidence, self.calibration.bins
        above = belief.upper(first, CERTAINTY) if first < bins else 0.0
        cut = first
        for lower in self._steps(first):
            share = belief.shares[first] / belief.shares[lower] if first < bins else 0.0
            allowed = (alpha - share * above) / (1 - share)
            if allowed <= 0 or evidence.between(lower, cut).verdicts < ENOUGH or not sure(belief, lower, alpha):
                break
            between = evidence.between(lower, first).leaning(min(1.0, _UNSURE * allowed))
            if against_at_least(between, min(allowed, 1.0)) < math.log(RELAX):
                break
            cut = lower
        return cut

    def _steps(self, first: int) -> Iterator[int]:
        """The cuts to which the threshold may come down from ``first``, in falling order."""
        shares = list(accumulate(reversed(self.calibration.traffic)))[::-1]
        wanted = (shares[first] if first < len(shares) else 0.0) + _STEP
        for lower in range(first - 1, -1, -1):
            if shares[lower] >= wanted:
                yield lower
                wanted = shares[lower] + _STEP

    def decide(self, score: float, alpha: float, entry: EntryRecord = UNKNOWN) -> Decision:
        """Whether a candidate of this score, whose entry has this record, is served.

        An entry that was wrong is served only above the score at which it was, and only while its own risk is no
        higher than the highest that the threshold admits. One that was right several times is also served below the
        threshold, where its own risk is within the bound and it was right at as low a score.
        """
        if closure := self.evidence.closure:
            return Decision(False, math.inf, "closed", closure.why)
        cut = self.cut(alpha)
        threshold = self.calibration.edge(cut)
        own = entry.factor * self.risk(score)
        if score >= threshold:
            if entry.wrong and (score <= entry.worst or own > max(alpha, self.belief.rates[cut])):
                return Decision(False, threshold, "entry", f"this answer was wrong {entry.wrong} times")
            return Decision(True, threshold, "threshold", f"score {score:.4g} reaches {threshold:.4g}")
        trusted = entry.right >= _RIGHTS and entry.worst < entry.lowest <= score and cut < self.calibration.bins
        if trusted and own <= alpha:
            return Decision(True, threshold, "entry", f"this answer was right {entry.right} times")
        return Decision(False, threshold, "threshold", f"score {score:.4g} is below {threshold:.4g}")

    def status(self, alpha: float) -> Status:
        """What is known of the error rate of served hits."""
        total = self.evidence.total
        kind: Literal["prior", "estimated", "proven"] = "prior"
        low, high = 0.0, 1.0
        if total.verdicts:
            proven = against_at_least(total, alpha) >= math.log(PROVEN)
            kind = "proven" if proven else "estimated"
            low, high = interval(total)
        return Status(
            kind,
            self.threshold(alpha),
            round(self.evidence.served),
            round(total.verdicts),
            round(sum(total.unsure)),
            total.rate,
            low,
            high,
            self.in_danger(alpha),
        )


def effective(configured: float, asked: object) -> tuple[float, str]:
    """The bound in force where a caller asked for one, and why it is not what was asked; a caller may only tighten."""
    if asked is None:
        return configured, ""
    try:
        alpha = float(asked) if isinstance(asked, str | int | float) and not isinstance(asked, bool) else math.nan
    except (ValueError, OverflowError):
        alpha = math.nan
    if not 0 <= alpha <= 1:
        return configured, f"max_error_rate {str(asked)[:40]!r} is not a number from 0 to 1"
    if alpha > configured:
        return configured, f"max_error_rate {alpha:g} is above the configured {configured:g}; a caller may only tighten"
    return alpha, ""
