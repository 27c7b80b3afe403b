"""The pipeline: untouched requests, edits that stay, fallbacks, and what observing means."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from tests.conftest import Clock, Make
from tests.fakes.stages import Broken, Meeting, Shout, Stage
from trimtab.optimizer import Optimizer
from trimtab.pipeline import Incoming, Prepared

TOOLS = [{"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}]


def conversation(turns: int, *, extra: dict[str, Any] | None = None, results: str = "found it") -> bytes:
    """A thread of ``turns`` tool calls with their results, as an agent would send it."""
    messages: list[dict[str, Any]] = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Look."}]
    for turn in range(turns):
        call = {"id": f"c{turn}", "type": "function", "function": {"name": "look", "arguments": "{}"}}
        messages.append({"role": "assistant", "content": None, "tool_calls": [call]})
        messages.append({"role": "tool", "tool_call_id": f"c{turn}", "content": f"{results} {turn}"})
    return orjson.dumps({"model": "gpt-4.1", "messages": messages, "tools": TOOLS, **(extra or {})})


async def prepare(optimizer: Optimizer, body: bytes, **headers: str) -> Prepared:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return await optimizer.prepare(Incoming("openai_chat", body, names))


def results_in(body: bytes) -> list[str]:
    return [m["content"] for m in orjson.loads(body)["messages"] if m["role"] == "tool"]


async def test_a_request_that_no_stage_changes_keeps_its_bytes(make_optimizer: Make) -> None:
    body = b' { "model" : "gpt-4.1", "messages":[ {"role":"user","content":"h\\u0069"} ] , "x": 1e400 } '
    prepared = await prepare(make_optimizer(stages=(Stage(),)), body.replace(b"1e400", b"1.50"))
    assert not prepared.changed
    assert prepared.body == body.replace(b"1e400", b"1.50")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"model":1,"messages":[]}', b'{"messages":[]}', b"\xff\xfe"])
async def test_what_is_not_understood_is_forwarded_as_it_came(make_optimizer: Make, body: bytes) -> None:
    prepared = await prepare(make_optimizer(), body)
    assert prepared.body is body
    assert "not understood" in prepared.report.fallback


async def test_an_edit_made_once_is_sent_the_same_for_the_rest_of_the_thread(make_optimizer: Make) -> None:
    optimizer = make_optimizer(stages=(Shout(),))
    first = await prepare(optimizer, conversation(1))
    assert results_in(first.body) == ["FOUND IT 0"]
    quiet = make_optimizer(stages=(Stage(),))  # another process, whose stages do nothing: the log alone speaks
    second = await prepare(quiet, conversation(2))
    assert results_in(second.body) == ["FOUND IT 0", "found it 1"]
    old, new = orjson.loads(first.body)["messages"], orjson.loads(second.body)["messages"]
    assert new[: len(old)] == old


async def test_a_branch_keeps_the_edits_up_to_its_fork(make_optimizer: Make) -> None:
    optimizer = make_optimizer(stages=(Shout(),))
    await prepare(optimizer, conversation(1))
    await prepare(optimizer, conversation(2))
    quiet = make_optimizer(stages=(Stage(),))
    branch = orjson.loads(conversation(1))
    branch["messages"] += [{"role": "assistant", "content": "Hm."}, {"role": "user", "content": "Other way."}]
    prepared = await prepare(quiet, orjson.dumps(branch))
    assert results_in(prepared.body) == ["FOUND IT 0"]


@pytest.mark.parametrize("how", ["raises", "hangs", "misplaces"])
async def test_a_stage_that_fails_contributes_nothing_and_costs_nothing(make_optimizer: Make, how: str) -> None:
    optimizer = make_optimizer(stages=(Shout(), Broken(how)), pipeline={"deadline_ms": 300})
    prepared = await prepare(optimizer, conversation(1))
    assert results_in(prepared.body) == ["FOUND IT 0"]
    assert "broken" in prepared.report.fallback


async def test_what_is_late_is_left_out_but_the_frozen_rendering_stands(make_optimizer: Make) -> None:
    await prepare(make_optimizer(stages=(Shout(),)), conversation(1))
    late = make_optimizer(stages=(Broken("hangs"), Shout()), pipeline={"deadline_ms": 50})
    prepared = await prepare(late, conversation(2))
    assert results_in(prepared.body) == ["FOUND IT 0", "found it 1"]
    assert "deadline" in prepared.report.fallback


async def test_a_store_that_fails_leaves_the_original(make_optimizer: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    from trimtab.errors import StoreError

    optimizer = make_optimizer(stages=(Shout(),))

    async def refuse(*_: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(optimizer.store, "get_many", refuse)
    body = conversation(1)
    prepared = await prepare(optimizer, body)
    assert prepared.body is body
    assert "the disk is full" in prepared.report.fallback


async def test_off_leaves_one_request_alone(make_optimizer: Make) -> None:
    body = conversation(1)
    prepared = await prepare(make_optimizer(stages=(Shout(),)), body, x_trimtab="off")
    assert prepared.body is body
    assert prepared.report.edits == []


async def test_observing_computes_and_changes_nothing(make_optimizer: Make) -> None:
    body = conversation(1)
    prepared = await prepare(make_optimizer(stages=(Shout(),), pipeline={"mode": "observe"}), body)
    assert prepared.body is body
    assert [edit.stage for edit in prepared.report.observed] == ["shout"]


async def test_a_named_thread_is_known_whatever_its_messages(make_optimizer: Make) -> None:
    optimizer = make_optimizer(stages=(Shout(),))
    one = await prepare(optimizer, conversation(1), x_trimtab_thread="A")
    two = await prepare(optimizer, conversation(1), x_trimtab_thread="B")
    again = await prepare(optimizer, conversation(2), x_trimtab_thread="A")
    assert one.thread is not None
    assert two.thread is not None
    assert again.thread is not None
    assert one.thread.state.id == again.thread.state.id != two.thread.state.id


async def test_a_shared_cache_key_does_not_mix_two_conversations(make_optimizer: Make) -> None:
    optimizer = make_optimizer(stages=(Shout(),))
    one = await prepare(optimizer, conversation(1, extra={"prompt_cache_key": "app"}))
    other = orjson.loads(conversation(1, extra={"prompt_cache_key": "app"}))
    other["messages"][1]["content"] = "Something else."
    two = await prepare(optimizer, orjson.dumps(other))
    assert one.thread is not None
    assert two.thread is not None
    assert one.thread.state.id != two.thread.state.id


async def test_a_changed_date_in_the_system_text_is_the_same_thread(make_optimizer: Make) -> None:
    optimizer = make_optimizer(stages=(Shout(),))
    bodies = []
    for turns, time in ((1, "2026-01-02T10:00:00Z"), (2, "2026-01-02T10:05:31Z")):
        body = orjson.loads(conversation(turns))
        body["messages"][0]["content"] = f"Be brief.\nIt is {time}.\n" + "Rules follow.\n" * 20
        bodies.append(await prepare(optimizer, orjson.dumps(body)))
    assert bodies[0].thread is not None
    assert bodies[1].thread is not None
    assert bodies[0].thread.state.id == bodies[1].thread.state.id
    assert any("line 2 of the system text changes" in note for note in bodies[1].report.notes)


async def test_with_content_off_nothing_of_a_request_is_at_rest(make_optimizer: Make) -> None:
    optimizer = make_optimizer(stages=(Shout(),), content={"threads": False, "answers": False})
    await prepare(optimizer, conversation(1, results="a secret"))
    again = await prepare(optimizer, conversation(2, results="a secret"))
    assert results_in(again.body) == ["A SECRET 0", "A SECRET 1"]
    await optimizer.settle()
    assert all(not entry.content for entry in await optimizer.store.entries())


async def test_two_requests_at_once_in_a_thread_branch(make_optimizer: Make, clock: Clock) -> None:
    import asyncio

    await prepare(make_optimizer(stages=(Shout(),)), conversation(1))
    optimizer = make_optimizer(stages=(Meeting(2), Shout()))
    left, right = orjson.loads(conversation(2)), orjson.loads(conversation(2))
    right["messages"][-1]["content"] = "found the other"
    both = await asyncio.gather(*(prepare(optimizer, orjson.dumps(body)) for body in (left, right)))
    ids = {p.thread.state.id for p in both if p.thread is not None}
    assert len(ids) == 2
    assert all(results_in(p.body)[0] == "FOUND IT 0" for p in both)
    assert sorted(results_in(p.body)[1] for p in both) == ["FOUND IT 1", "FOUND THE OTHER"]
