"""The figures of a replay are what a person would compute by hand."""

from __future__ import annotations

import json

import pytest

from trimtab.replay import Needle, Problem, Summary
from trimtab.replay.needles import kept
from trimtab.replay.summary import SessionFigures, spread, weighted_input
from trimtab.response import Usage


@pytest.mark.parametrize(
    ("usage", "weighted"),
    [
        (Usage(fresh=1000), 1000.0),
        (Usage(fresh=63, read=1152), 63 + 115.2),
        (Usage(written=1000), 1250.0),
        (Usage(fresh=10, written=200, read=3000), 10 + 250 + 300),
        (Usage(written=300, written_1h=100), 250 + 200),
        (Usage(output=500), 0.0),
    ],
)
def test_input_is_weighted_by_its_three_prices(usage: Usage, weighted: float) -> None:
    """Fresh 1, written 1.25 (an hour: 2), read 0.1; output is no input."""
    assert weighted_input(usage) == pytest.approx(weighted)


def test_a_needle_is_found_in_the_text_that_a_model_reads() -> None:
    """Escapes of JSON are undone before the search, and a value that is only split or changed does not count."""
    body = json.dumps(
        {"messages": [{"content": 'say "ja" – 4,20\nC:\\new'}, {"content": "half", "input": {"n": 12.5}}]}
    )
    needles = [Needle('"ja" – 4,20\nC:\\new'), Needle("12.5"), Needle("halfhalf"), Needle("JA")]
    assert kept(needles, body.encode()) == needles[:2]
    assert kept([], b"not even JSON") == []


def test_the_99th_percentile_is_the_nearest_rank() -> None:
    """Of 1 to 100 it is 99, of three values the largest, of none nothing."""
    assert spread([float(n) for n in range(1, 101)]) == {"median": 50.5, "p99": 99.0, "max": 100.0}
    assert spread([3.0, 1.0, 2.0]) == {"median": 2.0, "p99": 3.0, "max": 3.0}
    assert spread([]) is None


def test_a_summary_is_json_and_names_the_dearest_session() -> None:
    """Empty and filled, it can be printed as JSON; problems are counted beyond those that are kept."""
    summary = Summary()
    assert json.loads(json.dumps(summary.to_dict()))["weighted_input"]["ratio"] is None
    for number in range(150):
        summary.problem(Problem("f", number, "broken"))
    for name, with_trimtab in (("a", 90.0), ("b", 101.0)):
        figures = SessionFigures(1)
        figures.weighted.add(100.0, with_trimtab)
        summary.sessions[name] = figures
    told = json.loads(json.dumps(summary.to_dict()))
    assert told["problems"]["count"] == 150
    assert len(told["problems"]["first"]) == 100
    assert told["dearest_session"] == {"session": "b", "ratio": 1.01}
