"""The promises of the design, as properties over random threads. A test here that fails is a broken promise."""

from __future__ import annotations

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.formats import FORMATS, calls_and_results, request
from tests.fakes.stages import Broken, Shout
from tests.properties.threads import History, bill, formats, play, providers, steps
from trimtab.config import Provider
from trimtab.optimizer import default_stages
from trimtab.request import Format, Message
from trimtab.stage import Stage
from trimtab.wire import CODECS

slow = settings(max_examples=25, deadline=None)


def rendered(wire: Format, body: bytes) -> tuple[list[str], list[list[tuple[str, str, str]]]]:
    """What a provider reads of a request: its tools and its messages, breakpoints aside."""
    parsed = CODECS[wire].parse(body)
    return [tool.name for tool in parsed.tools], [read(message) for message in parsed.messages]


def read(message: Message) -> list[tuple[str, str, str]]:
    return [(block.kind, block.call_id or "", block.text) for block in message.blocks]


@slow
@given(formats, steps())
def test_1_what_no_stage_changes_goes_out_as_it_came(wire: Format, grown: list[History]) -> None:
    plain = [[entry for entry in history if isinstance(entry, str)] for history in grown]
    for history, prepared in zip(plain, play(wire, plain), strict=True):
        assert prepared.body == request(wire, history)


@slow
@given(formats, steps(), st.lists(st.sampled_from(["raises", "misplaces", "fine"]), min_size=6, max_size=6))
def test_2_faulty_stages_never_cost_a_request(wire: Format, grown: list[History], faults: list[str]) -> None:
    def stages(number: int) -> tuple[Stage, ...]:
        return (Broken(faults[number]), *default_stages()[1:], Broken(faults[-1 - number]))

    for history, prepared in zip(grown, play(wire, grown, stages=stages, restart=True), strict=True):
        calls, answered = calls_and_results(wire, prepared.body)
        assert (calls, answered) == calls_and_results(wire, request(wire, history))


@slow
@given(formats, providers, steps(), st.booleans())
def test_4_what_was_sent_once_is_sent_again_the_same(
    wire: Format, provider: Provider, grown: list[History], restart: bool
) -> None:
    """Also by another process over the same store, and whatever the stages would now make of it."""
    before: list[list[tuple[str, str, str]]] = []
    tools: list[str] = []
    for prepared in play(wire, grown, provider, restart=restart):
        names, messages = rendered(wire, prepared.body)
        assert messages[: len(before)] == before
        assert not tools or names == tools
        before, tools = messages, names


@slow
@given(formats, steps())
def test_4_a_rendering_outlives_the_stage_that_made_it(wire: Format, grown: list[History]) -> None:
    """The first request is shouted, the later ones are not: what was shouted stays so."""
    played = play(wire, grown, stages=lambda number: (Shout(),) if number == 1 else (), restart=True)
    loud = rendered(wire, played[min(1, len(played) - 1)].body)[1]
    for prepared in played[1:]:
        assert rendered(wire, prepared.body)[1][: len(loud)] == loud


@slow
@given(formats, providers, steps())
def test_5_calls_stay_with_their_results_and_the_request_stays_readable(
    wire: Format, provider: Provider, grown: list[History]
) -> None:
    for history, prepared in zip(grown, play(wire, grown, provider), strict=True):
        assert prepared.report.fallback == ""
        assert calls_and_results(wire, prepared.body) == calls_and_results(wire, request(wire, history))


@slow
@given(formats, providers, steps())
def test_6_what_a_person_or_the_model_wrote_stays_verbatim(
    wire: Format, provider: Provider, grown: list[History]
) -> None:
    for history, prepared in zip(grown, play(wire, grown, provider), strict=True):
        for author in ("person", "model", "system"):
            assert written(wire, prepared.body, author) == written(wire, request(wire, history), author)


def written(wire: Format, body: bytes, author: str) -> list[str]:
    messages = CODECS[wire].parse(body).messages
    return [block.text for message in messages for block in message.blocks if block.author == author]


@slow
@given(steps())
def test_the_formats_agree_on_what_is_shortened(grown: list[History]) -> None:
    """The same thread loses the same text in every format: no stage depends on one of them."""
    shortened = [[len(text) for text in written(wire, play(wire, grown)[-1].body, "tool")] for wire in FORMATS]
    assert shortened == [shortened[0]] * len(FORMATS)


@slow
@given(steps(), st.data())
def test_4_breakpoints_that_the_client_moves_leave_the_thread_as_it_was(
    grown: list[History], data: st.DataObject
) -> None:
    """As coding agents do: the newest message carries the mark, the one before gives it up."""
    marked = [_marked(request("anthropic_messages", history), data.draw(st.integers(0, 3))) for history in grown]
    before: list[list[tuple[str, str, str]]] = []
    for prepared in play("anthropic_messages", grown, "anthropic", bodies=marked):
        assert prepared.report.fallback == ""
        assert prepared.body.count(b'"cache_control"') == prepared.incoming.body.count(b'"cache_control"')
        messages = rendered("anthropic_messages", prepared.body)[1]
        assert messages[: len(before)] == before
        before = messages


def _marked(body: bytes, back: int) -> bytes:
    """The request with a breakpoint on its last message, or one before, its text wrapped to carry it."""
    value = orjson.loads(body)
    message = value["messages"][-1 - min(back, len(value["messages"]) - 1)]
    if isinstance(message["content"], str):
        message["content"] = [{"type": "text", "text": message["content"]}]
    message["content"][-1]["cache_control"] = {"type": "ephemeral"}
    return orjson.dumps(value)


@slow
@given(formats, providers, steps())
def test_8_without_our_edits_the_ledger_shows_no_saving(wire: Format, provider: Provider, grown: list[History]) -> None:
    """Traffic that no stage changes costs what it would have cost, to the token, whatever the cache does."""
    for row in bill(wire, grown, provider, stages=()):
        assert row.usage == row.without
        assert row.cost == row.cost_without
