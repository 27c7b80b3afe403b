"""Streams, what is counted of them, and the hits that people check."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from benchmarks.cache import checked, stream_figures
from benchmarks.cache.contestants import Cosine, exact
from benchmarks.cache.encoder import Remembered, Vectors
from benchmarks.cache.questions import MOST, questions
from benchmarks.cache.replies import reply
from benchmarks.cache.streams import Outcome, Utterance, passed, zipf


def _letters(texts: Sequence[str]) -> Vectors:
    """Counts of letters, made unit vectors: anagrams are the same."""
    rows = np.array([[text.lower().count(letter) for letter in "abcdefghijklmnopqrstuvwxyz"] for text in texts], float)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def _texts(groups: int, each: int) -> list[Utterance]:
    return [Utterance(f"{g} {n}", f"answer {g}", f"intent {g}") for g in range(groups) for n in range(each)]


def test_without_repeats_every_text_comes_once() -> None:
    drawn = zipf(_texts(5, 7), random.Random(3), repeats=False)
    assert sorted(each.text for each in drawn) == sorted(each.text for each in _texts(5, 7))


def test_intents_come_by_zipfs_law() -> None:
    drawn = zipf(_texts(4, 3), random.Random(3), most=6000, repeats=True)
    counts = [count for _, count in Counter(each.group for each in drawn).most_common()]
    expected = [6000 / rank / (1 + 1 / 2 + 1 / 3 + 1 / 4) for rank in (1, 2, 3, 4)]
    assert counts == pytest.approx(expected, rel=0.1)


def test_a_seed_makes_the_same_stream_again() -> None:
    one, other, third = (zipf(_texts(5, 7), random.Random(seed), repeats=False) for seed in (1, 1, 2))
    assert one == other != third


async def test_a_hit_is_right_only_where_the_answer_is_the_same() -> None:
    requests = [Utterance("abc", "one", "a"), Utterance("cba", "one", "a"), Utterance("bca", "two", "b")]
    outcomes = await passed(requests, Cosine(_letters, 0.99).contestant())
    assert [(each.hit, each.right, each.possible) for each in outcomes] == [
        (False, False, False),
        (True, True, True),
        (True, False, False),
    ]
    assert [each.served_for for each in outcomes] == ["", "abc", "abc"]


async def test_a_hit_is_never_right_where_nothing_may_be_served_again() -> None:
    requests = [Utterance("abc", "", "weather"), Utterance("abc", "", "weather")]
    outcomes = await passed(requests, exact(), may=False)
    assert [(each.hit, each.right, each.exact) for each in outcomes] == [(False, False, False), (True, False, True)]


async def test_what_was_served_from_the_cache_is_not_stored_anew() -> None:
    requests = [Utterance(text, "one", "a") for text in ("aab", "aabb", "abb")]
    outcomes = await passed(requests, Cosine(_letters, 0.9).contestant())
    assert [each.served_for for each in outcomes] == ["", "aab", ""]  # the second is near both, the third to it only


def test_figures_count_hits_errors_and_the_bound_by_seed() -> None:
    one, other = Utterance("a", "x", "intent a", seen=True), Utterance("b", "y", "intent b")
    miss, good, bad = Outcome(one, False, False, False, False), _hit(one, right=True), _hit(other, right=False)
    said = stream_figures.figures([[miss, good, good, good], [miss, good, good, bad]], 0.01)
    assert said["hits"]["value"] == 0.75
    assert said["wrong"]["value"] == 0.125
    assert said["wrong_among_hits"]["value"] == pytest.approx(1 / 6, abs=1e-4)
    assert said["wrong_among_hits_pooled"]["value"] == pytest.approx(1 / 6, abs=1e-4)
    assert said["bound_kept"] == 1
    assert said["seen"]["wrong_among_hits_pooled"]["value"] == 0.0
    assert said["unseen"]["wrong_among_hits_pooled"]["value"] == 1.0
    assert said["by_group"]["intent b"] == {"requests": 1, "hits": 1.0, "wrong": 1.0}
    assert len(said["over_time"]) == stream_figures.WINDOWS


def test_excluded_intents_are_counted_by_reason() -> None:
    hits = [_hit(Utterance("a", "", f"action: {intent}"), right=False) for intent in ("alarm", "timer")]
    assert stream_figures.figures([hits], 0.01)["by_group"] == {"action": {"requests": 2, "hits": 1.0, "wrong": 1.0}}


def test_checked_hits_keep_their_verdicts_and_no_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checked, "FILE", tmp_path / "checked.jsonl")
    outcomes = [_hit(Utterance(f"question {n}", "x", "intent"), right=n % 2 == 0) for n in range(6)]
    sample = checked.sampled([*outcomes, *outcomes], "somebody")
    assert len(sample) == 6
    checked.write(sample, tmp_path / "reading.jsonl")
    assert "question" not in checked.FILE.read_text()
    assert "question 3" in (tmp_path / "reading.jsonl").read_text()
    judged = [{**row, "right": row["labelled"]} for row in checked.read()[:4]]
    checked.FILE.write_text("".join(json.dumps(row) + "\n" for row in judged))
    checked.write(sample, None)
    rows = checked.read()
    assert [row["right"] for row in rows] == [row["labelled"] for row in rows[:4]] + [None, None]
    said = checked.figures(rows)
    assert (said["pairs"], said["checked"]) == (6, 4)
    assert said["labelled_right_and_is"]["value"] == 1.0


def test_every_hit_that_the_labels_call_wrong_is_to_be_checked() -> None:
    outcomes = [_hit(Utterance(f"question {n}", "x", "intent"), right=n % 3 != 0) for n in range(30)]
    rows = [row for row, _ in checked.sampled(outcomes, "somebody", most=5)]
    assert [row["sample"] for row in rows[:5]] == ["random"] * 5
    assert {row["sample"] for row in rows[5:]} == {"wrong"}
    assert sum(not row["labelled"] for row in rows) == 10
    assert len({row["id"] for row in rows}) == len(rows)


def test_a_persons_verdict_stands_in_place_of_the_label() -> None:
    false, right = _hit(Utterance("a", "x", "i"), right=False), _hit(Utterance("b", "x", "i"), right=True)
    rows = [row for row, _ in checked.sampled([false, right], "somebody")]
    known = checked.verdicts({**row, "right": not row["labelled"]} for row in rows)
    assert [each.right for each in checked.corrected([false, right], known)] == [True, False]
    said = stream_figures.after_checking([checked.corrected([false, right], {})], 0.01)
    assert (said["wrong"]["value"], said["bound_kept"]) == (0.5, 0)


def test_an_encoder_is_asked_once_for_a_text(tmp_path: Path) -> None:
    asked: list[str] = []

    def encode(texts: Sequence[str]) -> Vectors:
        asked.extend(texts)
        return _letters(texts)

    first = Remembered(encode, tmp_path / "kept.npz")
    rows = first(["abc", "abd", "abc"])
    first.keep()
    again = Remembered(encode, tmp_path / "kept.npz")(["abd", "abc", "xyz"])
    assert sorted(asked) == ["abc", "abd", "xyz"]
    assert np.array_equal(again[:2], rows[[1, 0]])
    assert np.array_equal(again[2:], _letters(["xyz"]))


def test_the_same_answer_says_the_same_in_other_words() -> None:
    substance = [set(_numbers(reply("cards|limit", question))) for question in ("a", "b", "c", "d")]
    assert substance == [substance[0]] * 4
    assert len({reply("cards|limit", question) for question in "abcdefgh"}) > 4
    assert len({frozenset(_numbers(reply(f"cards|{n}", "a"))) for n in range(50)}) > 45


def test_made_up_questions_are_all_different() -> None:
    found = list(questions())
    assert len({question for question, _ in found}) == len(found) == MOST > 100_000
    assert all(question != other for question, other in found)


def _numbers(text: str) -> list[str]:
    return [word for word in text.split() if word.isdigit()]


def _hit(utterance: Utterance, *, right: bool) -> Outcome:
    return Outcome(utterance, True, right, False, True, f"stored for {utterance.text}")
