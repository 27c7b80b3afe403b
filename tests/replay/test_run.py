"""Recorded exchanges go through the real pipeline, and what they save is added up from the ledger."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from tests.replay.material import FORMATS, call, played, recording
from tests.replay.test_provider import long_session
from trimtab.config import CacheSettings, Config, PipelineSettings
from trimtab.pipeline import Prepared
from trimtab.replay import Library, Problem, Recorded, Recordings, Rendering, ReplayProvider, replay
from trimtab.request import ChatRequest, Edit, Format, ReplaceText, SetField
from trimtab.response import ChatResponse, Usage
from trimtab.stage import Context, Edits, Verdict
from trimtab.telemetry.ledger import Row
from trimtab.thread import ThreadState
from trimtab.wire import CODECS


class Shortener:
    """Replaces a text in every new block that may be edited."""

    name = "shortener"

    def __init__(self, old: str, new: str) -> None:
        self._old, self._new = old, new

    async def before(self, request: ChatRequest, state: ThreadState, ctx: Context) -> Verdict:
        edits = [
            Edit(
                ReplaceText(index, number, block.text.replace(self._old, self._new)),
                self.name,
                "shorter",
                request.section_of(index),
                block.tokens,
                0,
            )
            for index in range(request.settled, len(request.messages))
            for number, block in enumerate(request.messages[index].blocks)
            if block.editable and self._old in block.text
        ]
        return Edits(tuple(edits))

    async def after(
        self, request: ChatRequest, response: ChatResponse | None, state: ThreadState, ctx: Context
    ) -> None:
        """Nothing to learn."""


async def test_the_bill_of_openai_by_hand() -> None:
    """1,207 fresh, then 63 fresh and 1,152 read: 1,385.2 weighted tokens, and the dollars of gpt-4.1."""
    summary = await replay(long_session("openai_chat"), stages=())
    assert summary.usage == summary.usage_without == Usage(fresh=1270, read=1152, output=2)
    assert summary.weighted.with_trimtab == pytest.approx(1207 + 63 + 0.1 * 1152)
    assert summary.cost.with_trimtab == pytest.approx((1270 * 2.0 + 1152 * 0.5 + 2 * 8.0) / 1e6)
    assert summary.weighted.ratio == summary.cost.ratio == summary.tokens.ratio == 1.0
    assert (summary.requests, list(summary.sessions)) == (2, ["tides-1"])


async def test_the_bill_of_anthropic_by_hand() -> None:
    """1,207 written, then 8 written and 1,207 read: 1,639.45 weighted tokens."""
    summary = await replay(long_session("anthropic_messages"), stages=())
    assert summary.usage == Usage(written=1215, read=1207, output=2)
    assert summary.weighted.with_trimtab == pytest.approx(1.25 * 1215 + 0.1 * 1207)
    assert summary.cost.with_trimtab == pytest.approx((1215 * 2.5 + 1207 * 0.2 + 2 * 10.0) / 1e6)


async def test_a_saving_counts_in_every_request_that_carries_it() -> None:
    """A system text of 1,200 tokens cut to one token saves 1,199 in each request, first cached and then not at all."""
    long = "hello" + " hello" * 1199
    summary = await replay(long_session("openai_chat"), stages=(Shortener(long, "hi"),))
    assert summary.sections["system"].without == 2 * 1203
    assert summary.sections["system"].with_trimtab == 2 * 4
    assert summary.stages == {"shortener": 2 * 1200, "other": -2}  # the stage claims one token too many a request
    assert summary.usage == Usage(fresh=8 + 16, output=2)
    assert summary.usage_without == Usage(fresh=1270, read=1152, output=2)
    assert summary.weighted.without == pytest.approx(1385.2)
    assert summary.weighted.with_trimtab == pytest.approx(24)
    assert summary.differing == 0


@pytest.mark.parametrize("wire", FORMATS)
async def test_needles_are_looked_for_in_what_the_provider_received(wire: Format) -> None:
    """A value that an edit took out is lost, whatever the client's own request says."""
    untouched = await replay(played(wire), stages=())
    assert (untouched.needles.recorded, untouched.needles.kept) == (1, 1)
    lost = await replay(played(wire), stages=(Shortener("DK-7731", "…"),))
    assert (lost.needles.recorded, lost.needles.kept, lost.needles.strong_kept) == (1, 0, 0)
    assert lost.needles.share == 0.0


@pytest.mark.parametrize("wire", FORMATS)
@pytest.mark.parametrize("stream", [False, True])
async def test_answers_are_the_recorded_ones(wire: Format, stream: bool) -> None:
    """With all stages on, in every format, whole and streamed, nothing is refused and no answer differs."""
    how = Rendering(wire, stream=stream)
    summary = await replay(played(wire, how), Config())
    assert (summary.requests, summary.differing, summary.refused, summary.fallbacks) == (3, 0, {}, {})
    assert summary.usage.output > 0


class LongKey:
    """Sets a field to a value that the provider does not take."""

    name = "long_key"

    async def before(self, request: ChatRequest, state: ThreadState, ctx: Context) -> Verdict:
        return Edits((Edit(SetField("prompt_cache_key", "k" * 65), self.name, "a key", "history"),))

    async def after(
        self, request: ChatRequest, response: ChatResponse | None, state: ThreadState, ctx: Context
    ) -> None:
        """Nothing to learn."""


async def test_what_the_provider_refuses_after_an_edit_is_seen() -> None:
    """The client gets its answer to the original, the bill is the original's, and the summary tells why."""
    first, second = long_session("openai_chat")
    summary = await replay([first, second], stages=(LongKey(),))
    assert summary.differing == 0
    assert summary.usage == summary.usage_without == Usage(fresh=1270, read=1152, output=2)
    assert sum(summary.refused.values()) == 2
    assert all(why.startswith("after an edit: ") and "prompt_cache_key" in why for why in summary.refused)
    assert sum(summary.fallbacks.values()) == 2


async def test_the_same_request_again_is_a_cache_hit() -> None:
    """A repeat costs nothing, its tokens count as saved by the cache, and its needles need no request."""
    twice = [*played("openai_chat"), *played("openai_chat", session_id="again")]
    summary = await replay(twice)
    assert summary.cache_hits == 3
    assert summary.differing == 0
    assert summary.stages["semantic_cache"] > 0
    assert summary.sessions["again"].weighted.with_trimtab == 0
    assert summary.needles.total == 1
    without = await replay(twice, Config(cache=CacheSettings(exact=False)))
    assert without.cache_hits == 0


async def test_another_sessions_answer_is_counted_as_differing() -> None:
    """Two sessions that ask the same and were answered differently: the second gets the first one's answer."""
    changed = recording()["messages"]
    changed[2] = {"role": "assistant", "content": "Which Husum?"}
    both = [*played("openai_chat")[:1], *played("openai_chat", session_id="b", messages=changed, requests=[2])]
    summary = await replay(both)
    assert (summary.cache_hits, summary.differing) == (1, 1)


@pytest.mark.parametrize(("prompt_cache", "read"), [("shared", 1152), ("session", 0)])
async def test_the_prompt_cache_is_shared_or_not(prompt_cache: Any, read: int) -> None:
    """Two sessions with one system text: the second reads it only where the credential is shared."""
    first = long_session("openai_chat")[:1]
    second = [Recorded("other", 0, o.format, o.request, o.response, o.tenant) for o in first]
    summary = await replay([*first, *second], stages=(), prompt_cache=prompt_cache)
    assert summary.usage.read == read


async def test_recorded_times_decide_what_is_warm() -> None:
    """Ten minutes between two requests leave nothing in the provider's cache."""
    first, second = long_session("openai_chat")
    late = [
        Recorded(o.session, o.step, o.format, o.request, o.response, at=1_800_000_000.0 + o.step * 600)
        for o in (first, second)
    ]
    assert (await replay(late, stages=())).usage.read == 0
    assert (await replay([first, second], stages=())).usage.read == 1152


async def test_problems_are_counted_and_the_rest_is_played(tmp_path: Path) -> None:
    """A broken line does not end a replay; every exchange is shown to the caller with its ledger row."""
    file = tmp_path / "s.jsonl"
    file.write_text("nope\n" + json.dumps(recording()) + "\n{\n")
    seen: list[tuple[str, float | None]] = []

    def note(recorded: Recorded, prepared: Prepared, row: Row) -> None:
        seen.append((recorded.id, row.cost))

    summary = await replay(Recordings([file]), played=note)
    assert (summary.requests, summary.problem_count) == (3, 2)
    assert [each for each, _ in seen] == ["tides-1.0", "tides-1.1", "tides-1.2"]
    assert all(cost for _, cost in seen)
    assert isinstance(summary.problems[0], Problem)


async def test_observing_changes_nothing() -> None:
    """In observe mode both sides of the bill are the same, and every request is what was recorded."""
    config = Config(pipeline=PipelineSettings(mode="observe"))
    summary = await replay([*played("openai_chat"), *played("openai_chat", session_id="again")], config)
    assert summary.weighted.ratio == 1.0
    assert summary.cache_hits == 0
    assert summary.stages == {}


async def test_a_model_without_a_price_is_counted_and_not_guessed() -> None:
    """Its tokens are in the bill's tokens, its dollars nowhere."""
    summary = await replay(played("openai_chat", Rendering(model="house-model")), stages=())
    assert summary.unpriced == {"house-model": 3}
    assert summary.cost.without == 0.0
    assert summary.usage.input > 0


EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "sessions"


@pytest.mark.parametrize("wire", FORMATS)
async def test_the_shipped_sessions_play_cleanly(wire: Format) -> None:
    """Every example, in every format: nothing refused, no answer changed, no value lost, nothing dearer."""
    if not EXAMPLES.is_dir():
        pytest.skip("the examples are not in this checkout")
    summary = await replay(Recordings([EXAMPLES], Rendering(wire, breakpoints=False)), quiet_deadline())
    assert summary.problem_count == 0
    assert summary.refused == {}
    assert summary.differing == 0
    assert summary.needles.share == 1.0
    assert summary.tokens.with_trimtab < summary.tokens.without
    shares: Mapping[str, float] = {name: each.weighted.ratio or 0.0 for name, each in summary.sessions.items()}
    assert max(shares.values()) <= 1.02, max(shares, key=lambda name: shares[name])


@pytest.mark.parametrize("wire", ["openai_chat", "anthropic_messages"])
@pytest.mark.parametrize("trace", ["tau_airline", "livemcp"])
async def test_development_sessions_play_cleanly(trace: str, wire: Format, shared_data: Path) -> None:
    """The first 120 exchanges of real traces: valid, unchanged answers, every needle kept."""
    file = shared_data / "traces" / f"{trace}.dev.jsonl.gz"
    first = list(islice(Recordings([file], Rendering(wire)), 120))
    config = quiet_deadline(cache=CacheSettings(exact=False))
    summary = await replay(first, config)
    assert (summary.refused, summary.differing) == ({}, 0)
    assert summary.needles.share == 1.0


def quiet_deadline(**settings: Any) -> Config:
    """A configuration whose deadline a busy machine cannot miss."""
    return Config(pipeline=PipelineSettings(deadline_ms=60_000), **settings)


@pytest.mark.parametrize("wire", FORMATS)
async def test_optimised_requests_are_recognised_without_a_header(wire: Format) -> None:
    """What the pipeline makes of the shipped sessions still finds its own answer among all the others."""
    if not EXAMPLES.is_dir():
        pytest.skip("the examples are not in this checkout")
    exchanges = [one for one in Recordings([EXAMPLES], Rendering(wire)) if isinstance(one, Recorded)]
    library = Library()
    for one in exchanges:
        library.add(one)
    provider = ReplayProvider(library, lambda: 0.0)
    codec = CODECS[wire]
    strayed: list[str] = []

    def ask_again(recorded: Recorded, prepared: Prepared, row: Row) -> None:
        given = codec.read_response(200, provider.respond(wire, prepared.body, "key").body)
        meant = codec.read_response(200, recorded.response)
        if (given.text, given.tool_calls) != (meant.text, meant.tool_calls):
            strayed.append(recorded.id)

    await replay(exchanges, quiet_deadline(), played=ask_again)
    assert strayed == []


async def test_a_breakpoint_that_moves_on_leaves_the_thread_as_it_was() -> None:
    """An agent marks its last message anew in every request; what an edit made of the earlier ones stays warm."""
    inputs: list[int] = []
    fresh: list[bool] = []

    def note(recorded: Recorded, prepared: Prepared, row: Row) -> None:
        inputs.append(row.usage["fresh"] + row.usage["written"] + row.usage["read"])
        fresh.append(prepared.thread is None or prepared.thread.fresh)

    exchanges = played("anthropic_messages", tools=[], **_long_results())
    summary = await replay(exchanges, quiet_deadline(), played=note)
    assert summary.stages["context_optimization"] > 0
    assert summary.refused == {}
    assert fresh == [True] + [False] * 6
    assert summary.usage.written == inputs[-1]  # every token was written once and read from then on


def _long_results() -> dict[str, Any]:
    """Six results that repeat each other's lines, so that later ones become references to earlier ones."""
    rows = [f"row {number}: the quick brown fox jumps over the lazy dog number {number * 7919}" for number in range(80)]
    messages: list[dict[str, Any]] = [{"role": "user", "content": "Read the table six times."}]
    requests = []
    for turn in range(6):
        requests.append(len(messages))
        called = {"role": "assistant", "content": None, "tool_calls": [call(f"call_{turn}", "tide", "{}")]}
        text = "\n".join([f"copy {turn}", *rows])
        messages += [called, {"role": "tool", "tool_call_id": f"call_{turn}", "content": text}]
    requests.append(len(messages))
    messages.append({"role": "assistant", "content": "Done."})
    return {"messages": messages, "requests": requests}
