"""Counts what the verifier's scores are worth, and writes the calibration that ships with it.

    .venv/bin/python -m training.calibrate --data DATA_DIR --out src/trimtab/models/calibration.json

A pair counts as it would come up in traffic: questions pass an empty cache one after another, and of the nearest
entries that no guard refuses the one with the highest score is what would be served. Sources, each with its share:
questions of BANKING77 and CLINC150 (TRAIN splits, intents that the verifier's training did not see) whose answer is one
text for everybody; those that ask for a fact about something named; the hand-written pairs for development. Test
splits are never read.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import numpy as np

from benchmarks.cache.answers import question
from benchmarks.cache.faq import JUDGEMENT, seen
from benchmarks.cache.streams import Utterance, utterances, zipf
from trimtab.models import Encoder, PairScorer
from trimtab.semantic_cache.calibration import Calibration, even_edges
from trimtab.semantic_cache.question import Question
from trimtab.semantic_cache.vector_search import SPARE, score_of
from trimtab.semantic_cache.verifier import Verifier

BINS = 40
CANDIDATES = 3
MIN_SIMILARITY = 0.55
SHARES = {"faq": 0.7, "facts": 0.25, "pairs": 0.05}
PAIRS = "benchmarks/data/semantic_pairs/dev.jsonl"
CHECKED = Path(__file__).with_name("data") / "checked.jsonl"
"""Candidates whose label was judged by hand, because the rules of `benchmarks.cache.answers` are finer than answers
are: a hash of both texts, and whether the one's answer is right for the other."""


def name_of(asked: str, stored: str) -> str:
    """A name for a candidate that does not repeat its texts."""
    return blake2b(f"{asked}\0{stored}".encode(), digest_size=8).hexdigest()


def checked() -> dict[str, bool]:
    """Labels judged by hand."""
    lines = CHECKED.read_text(encoding="utf-8").splitlines() if CHECKED.exists() else []
    return {row["pair"]: row["right"] for row in map(json.loads, lines)}


def texts(data: Path, *, facts: bool) -> list[Utterance]:
    """Questions with the id of what they ask; before any traffic is seen, another question counts as another answer."""
    found = []
    for name, intent, text in utterances(data, "train"):
        known = (name, intent) in JUDGEMENT.faq
        if known is not facts and not seen(intent) and (asked := question(name, intent, text)) is not None:
            found.append(Utterance(text, asked, f"{name}:{intent}"))
    return found


@dataclass(frozen=True)
class Candidate:
    """A stored question near an asked one, that no guard refuses. ``asked`` numbers the questions of its source."""

    asked: int
    log_odds: float
    cosine: float
    right: bool
    pair: str

    @property
    def score(self) -> float:
        return score_of(self.log_odds, self.cosine)


def streamed(asked: Sequence[Utterance], verifier: Verifier, encoder: Encoder) -> Iterator[Candidate]:
    """The candidates that a cache of all questions before it has for each question."""
    known = checked()
    vectors = np.concatenate([encoder.encode([each.text]) for each in asked])
    for number in range(1, len(asked)):
        near = vectors[:number] @ vectors[number]
        nearest = [int(i) for i in np.argsort(-near)[: CANDIDATES + SPARE] if near[i] >= MIN_SIMILARITY]
        stored = [Question((asked[i].text,)) for i in nearest]
        judged = verifier.judge(Question((asked[number].text,)), stored, CANDIDATES)
        for place, judgement in zip(nearest, judged, strict=True):
            if judgement.log_odds is not None:
                pair = asked[number].text, asked[place].text
                right = known.get(name_of(*pair), asked[place].answer == asked[number].answer)
                said = f"{name_of(*pair)} {' || '.join(pair)}"
                yield Candidate(number, judgement.log_odds, float(near[place]), right, said)


def written(verifier: Verifier, encoder: Encoder) -> Iterator[Candidate]:
    """The hand-written pairs for development, where no guard refuses them."""
    for number, line in enumerate(Path(PAIRS).read_text(encoding="utf-8").splitlines()):
        row = json.loads(line)
        a, b = (Question(tuple(row[side][::2]), tuple(row[side][1::2])) for side in "ab")
        log_odds = verifier.judge(b, [a])[0].log_odds
        if log_odds is not None:
            cosine = float(encoder.encode([a.said])[0] @ encoder.encode([b.said])[0])
            yield Candidate(number, log_odds, cosine, row["same"], f"{b.said} || {a.said}")


def sources(data: Path, most: int, seed: int) -> dict[str, list[Candidate]]:
    """The candidates of every source."""
    verifier, encoder, chance = Verifier(PairScorer.shared()), Encoder.shared(), random.Random(seed)
    found = {"pairs": list(written(verifier, encoder))}
    for source in ("faq", "facts"):
        asked = zipf(texts(data, facts=source == "facts"), chance, most=most, repeats=False)
        found[source] = list(streamed(asked, verifier, encoder))
    return found


def best(candidates: Sequence[Candidate], score: Callable[[Candidate], float]) -> list[Candidate]:
    """The candidate that would be served for each question: the one with the highest score."""
    chosen: dict[int, Candidate] = {}
    for each in candidates:
        if each.asked not in chosen or score(each) > score(chosen[each.asked]):
            chosen[each.asked] = each
    return list(chosen.values())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--most", type=int, default=2500)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--show", type=int, default=0, help="how many wrong pairs with the highest scores to print")
    args = parser.parse_args()
    counted: list[tuple[float, bool, float]] = []
    for source, candidates in sources(args.data, args.most, args.seed).items():
        chosen = best(candidates, lambda each: each.score)
        counted += [(each.score, each.right, SHARES[source] / len(chosen)) for each in chosen]
        _print(source, chosen, args.show)
    made = Calibration.fit(counted, edges=even_edges((score for score, _, _ in counted), BINS), source=PairScorer.name)
    made.save(args.out)
    for alpha in (0.05, 0.02, 0.01, 0.005):
        cut = made.threshold(alpha)
        served = sum(weight for score, _, weight in counted if score >= cut)
        wrong = sum(weight for score, right, weight in counted if score >= cut and not right)
        print(f"bound {alpha:.3f}: from {cut:.4f} on, serves {served:.1%}, wrong {wrong / max(served, 1e-9):.2%}")


def _print(source: str, chosen: Sequence[Candidate], show: int) -> None:
    print(f"{source}: {len(chosen)} candidates, {sum(each.right for each in chosen) / len(chosen):.1%} right")
    for low in (0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999):
        above = [each.right for each in chosen if each.score >= low]
        if above:
            wrong = 1 - sum(above) / len(above)
            print(f"  from {low}: {len(above) / len(chosen):.1%} of candidates, {wrong:.2%} wrong")
    for each in sorted((each for each in chosen if not each.right), key=lambda each: -each.score)[:show]:
        print(f"  wrong {each.score:.4f} {each.pair}")


if __name__ == "__main__":
    main()
