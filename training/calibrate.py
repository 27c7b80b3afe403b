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
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from pathlib import Path

import numpy as np

from benchmarks.cache.answers import answer
from benchmarks.cache.faq import JUDGEMENT, seen
from benchmarks.cache.streams import Utterance, utterances, zipf
from trimtab.models import Encoder, PairScorer
from trimtab.semantic_cache.calibration import Calibration
from trimtab.semantic_cache.question import Question
from trimtab.semantic_cache.vector_search import score_of
from trimtab.semantic_cache.verifier import Verifier

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
    """Questions with the id of their answer."""
    found = []
    for name, intent, text in utterances(data, "train"):
        known = (name, intent) in JUDGEMENT.faq
        if known is not facts and not seen(intent) and (reply := answer(name, intent, text)) is not None:
            found.append(Utterance(text, reply, f"{name}:{intent}"))
    return found


def streamed(asked: Sequence[Utterance], verifier: Verifier, encoder: Encoder) -> Iterator[tuple[float, bool, str]]:
    """Score, whether right, and both texts, of what would be served for each question by a cache of all before it."""
    known = checked()
    vectors = np.concatenate([encoder.encode([each.text]) for each in asked])
    for number in range(1, len(asked)):
        near = vectors[:number] @ vectors[number]
        nearest = [int(i) for i in np.argsort(-near)[: CANDIDATES + 2] if near[i] >= MIN_SIMILARITY]
        question = Question((asked[number].text,))
        stored = [Question((asked[i].text,)) for i in nearest]
        scored = [
            (score_of(judged.log_odds, float(near[i])), i)
            for judged, i in zip(verifier.judge(question, stored, CANDIDATES), nearest, strict=True)
            if judged.log_odds is not None
        ]
        if scored:
            best, place = max(scored)
            pair = asked[number].text, asked[place].text
            right = known.get(name_of(*pair), asked[place].answer == asked[number].answer)
            yield best, right, f"{name_of(*pair)} {' || '.join(pair)}"


def written(verifier: Verifier, encoder: Encoder) -> Iterator[tuple[float, bool, str]]:
    """The hand-written pairs for development, where no guard refuses them."""
    for line in Path(PAIRS).read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        a, b = (Question(tuple(row[side][::2]), tuple(row[side][1::2])) for side in "ab")
        judged = verifier.judge(b, [a])[0]
        if judged.log_odds is not None:
            cosine = float(encoder.encode([a.said])[0] @ encoder.encode([b.said])[0])
            yield score_of(judged.log_odds, cosine), row["same"], f"{b.said} || {a.said}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--most", type=int, default=2500)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--show", type=int, default=0, help="how many wrong pairs with the highest scores to print")
    args = parser.parse_args()
    verifier, encoder = Verifier(PairScorer()), Encoder()
    chance = random.Random(args.seed)
    counted: list[tuple[float, bool, float]] = []
    for source, share in SHARES.items():
        if source == "pairs":
            scored = list(written(verifier, encoder))
        else:
            asked = zipf(texts(args.data, facts=source == "facts"), chance, most=args.most, repeats=False)
            scored = list(streamed(asked, verifier, encoder))
        counted += [(score, right, share / len(scored)) for score, right, _ in scored]
        _print(source, scored, args.show)
    made = Calibration.fit(counted, source=PairScorer.name)
    made.save(args.out)
    for alpha in (0.05, 0.02, 0.01, 0.005):
        cut = made.threshold(alpha)
        served = sum(weight for score, _, weight in counted if score >= cut)
        wrong = sum(weight for score, right, weight in counted if score >= cut and not right)
        print(f"bound {alpha:.3f}: from {cut:.4f} on, serves {served:.1%}, wrong {wrong / max(served, 1e-9):.2%}")


def _print(source: str, scored: Sequence[tuple[float, bool, str]], show: int) -> None:
    print(f"{source}: {len(scored)} candidates, {sum(right for _, right, _ in scored) / len(scored):.1%} right")
    for low in (0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999):
        above = [right for score, right, _ in scored if score >= low]
        if above:
            wrong = 1 - sum(above) / len(above)
            print(f"  from {low}: {len(above) / len(scored):.1%} of candidates, {wrong:.2%} wrong")
    for score, _, pair in sorted((each for each in scored if not each[1]), reverse=True)[:show]:
        print(f"  wrong {score:.4f} {pair}")


if __name__ == "__main__":
    main()
