"""Rows in plain sentences."""

from __future__ import annotations

from trimtab.response import Usage
from trimtab.telemetry.explain import explain
from trimtab.telemetry.ledger import EditLine, Row, usage_dict

ROW = Row(
    id="tt_1",
    at=1_750_000_000.0,
    tenant="acme",
    thread="t7",
    format="openai_chat",
    model="gpt-4o",
    stream=True,
    status=200,
    complete=True,
    before={"tools": 9000, "history": 1000},
    after={"tools": 6200, "history": 1000},
    edits=[EditLine("tool_selection", "ReplaceTool", "tools", "minified its schema", 3000, 200, "tool 4", "h9")],
    usage=usage_dict(Usage(fresh=200, read=7000, output=50)),
    without=usage_dict(Usage(fresh=3000, read=7000, output=50)),
    reported=True,
    cost=0.01,
    cost_without=0.03,
    latency={"added": 1.25, "upstream": 640.0},
    cache="miss",
    cache_reason="not asked before",
)


def changed(**fields: object) -> list[str]:
    return explain(Row(**{**{name: getattr(ROW, name) for name in ROW.__struct_fields__}, **fields}))  # type: ignore[arg-type]


def test_a_changed_request_is_told_from_edit_to_bill() -> None:
    """What was changed, where and why, how to have it back, tokens, cost, and how it was answered."""
    assert explain(ROW) == [
        "tt_1: a streamed openai_chat request of tenant acme, thread t7 at 2025-06-15 15:06:40 UTC.",
        "tool_selection rewrote a tool in tools (tool 4): minified its schema, 3,000 to 200 tokens; "
        "handle h9 brings it back.",
        "Input tokens: 10,000 came, 7,200 were sent (tools 9,000 to 6,200).",
        "Billed tokens (reported by the provider): 200 fresh, 0 cache-written, 7,000 cache-read, 50 output; "
        "without trimtab 3,000 fresh, 0 cache-written, 7,000 cache-read, 50 output.",
        "Cost: $0.0100, without trimtab $0.0300: saved $0.0200.",
        "The cache had no answer to it (not asked before).",
        "The provider answered 200, which was passed on whole.",
        "trimtab took 1.2 ms before the answer, the provider 640 ms.",
    ]


def test_an_untouched_request_says_so() -> None:
    """No edits, as many tokens as came."""
    lines = changed(edits=[], after=ROW.before)
    assert "Nothing new was changed in it." in lines
    assert "It has 10,000 input tokens, as it came." in lines


def test_a_loss_is_called_a_loss() -> None:
    """Our own calls count into it."""
    assert "Cost: $0.0100, $0.0300 for calls of our own, without trimtab $0.0300: lost $0.0100." in changed(
        own_cost=0.03
    )


def test_an_unknown_price_is_said_to_be_unknown() -> None:
    """Tokens without dollars."""
    lines = changed(cost=None, cost_without=None, reported=False, model="mine")
    assert "What that costs is not known: there is no price for the model 'mine'." in lines
    assert any(line.startswith("Billed tokens (estimated") for line in lines)


def test_a_hit_never_reached_the_provider() -> None:
    """Nothing is said of an answer of the provider's."""
    lines = changed(cache="hit", cache_reason="the same request", rounds=0)
    assert "It was answered from the cache; the provider was not asked (the same request)." in lines
    assert not any("The provider answered" in line for line in lines)


def test_a_hit_names_its_tier_entry_and_score_and_a_miss_the_nearest_entry() -> None:
    """What a person needs to look at the entry, or to delete it."""
    entry = {"cache_entry": "5c0be.k1", "cache_score": 0.98765}
    hit = changed(cache="hit", cache_tier="verified", rounds=0, **entry)
    assert "Tier: verified, entry 5c0be.k1, score 0.9877." in hit
    assert "Tier: exact, entry 5c0be.k1." in changed(cache="hit", cache_tier="exact", cache_entry="5c0be.k1", rounds=0)
    miss = changed(cache_reason="near miss: number differs: 3 vs 4", cache_entry="5c0be.k1")
    assert "The cache had no answer to it (near miss: number differs: 3 vs 4)." in miss
    assert "The nearest entry: 5c0be.k1." in miss


def test_a_hit_that_was_only_observed_was_answered_by_the_provider() -> None:
    """The pipeline found an answer and asked all the same."""
    lines = changed(cache="hit", cache_tier="exact", cache_reason="the same request")
    assert "Observing only: it would have been answered from the cache (the same request)." in lines
    assert "The provider answered 200, which was passed on whole." in lines


def test_faults_rounds_and_notes_are_told_one_by_one() -> None:
    """A fallback a sentence, and how many calls stood behind the answer."""
    lines = changed(fallback="a: missed the deadline; b", rounds=3, notes=["line 4 changes"], status=0, complete=False)
    assert "3 calls to the provider stood behind the answer." in lines
    assert "Fell back: a: missed the deadline." in lines
    assert "Fell back: b." in lines
    assert "Note: line 4 changes." in lines
    assert "No answer came." in lines


def test_many_edits_are_summed_up() -> None:
    """Beyond forty the rest share a sentence, and what was only observed another."""
    edit = EditLine("s", "ReplaceText", "history", "why", 10, 4)
    observed = EditLine("s", "ReplaceText", "history", "why", 10, 3, applied=False)
    lines = changed(edits=[edit] * 50 + [observed] * 2)
    assert "And 10 more edits, 60 tokens fewer." in lines
    assert "Observing only: 2 edits would have been made, 14 tokens fewer." in lines


def test_a_request_that_was_not_understood_is_told_as_well() -> None:
    """With nothing counted and nothing priced."""
    row = Row(id="tt_2", at=0.0, tenant="t", status=400, fallback="not understood: not JSON")
    assert "Its tokens were not counted." in explain(row)
    assert "Fell back: not understood: not JSON." in explain(row)


def test_a_call_of_our_own_is_told_apart() -> None:
    """What it was for and what it cost."""
    row = Row(
        id="tt_3",
        at=0.0,
        tenant="t",
        route="own",
        model="small",
        usage=usage_dict(Usage(fresh=10, output=2)),
        cost=0.0,
        cost_without=0.0,
        own_cost=0.000123,
        flags={"task": "digest"},
    )
    assert explain(row) == [
        "tt_3: a call of trimtab's own to small for digest.",
        "Tokens: 10 fresh, 0 cache-written, 0 cache-read, 2 output.",
        "It cost $0.000123.",
    ]
