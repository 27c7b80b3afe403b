"""The prefix stage: breakpoints where they pay, a stable key, a stable order of tools."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from tests.conftest import Clock, Make
from trimtab.config import Provider
from trimtab.optimizer import Optimizer
from trimtab.pipeline import Incoming, Prepared
from trimtab.prefix import Prefix
from trimtab.request import Format

RULES = "Follow the house rules in all that you do and say, whatever you are asked. " * 120


@pytest.fixture
def optimizer(make_optimizer: Make) -> Optimizer:
    return make_optimizer(stages=(Prefix(),))


def tool(name: str) -> dict[str, Any]:
    return {"name": name, "input_schema": {"type": "object", "properties": {}}}


def anthropic(*texts: str, tools: tuple[str, ...] = ("look",), **fields: Any) -> bytes:
    roles = ("user", "assistant")
    messages = [{"role": roles[number % 2], "content": text} for number, text in enumerate(texts)]
    body = {"model": "claude-sonnet-5", "max_tokens": 9, "system": RULES, "messages": messages, **fields}
    if tools:
        body["tools"] = [tool(name) for name in tools]
    return orjson.dumps(body)


def openai(*texts: str, tools: tuple[str, ...] = (), **fields: Any) -> bytes:
    messages = [{"role": "system", "content": RULES}, *({"role": "user", "content": text} for text in texts)]
    body = {"model": "gpt-4.1", "messages": messages, **fields}
    if tools:
        functions = [{"name": name, "parameters": {"type": "object", "properties": {}}} for name in tools]
        body["tools"] = [{"type": "function", "function": function} for function in functions]
    return orjson.dumps(body)


async def prepare(optimizer: Optimizer, body: bytes, provider: Provider = "anthropic") -> Prepared:
    wire: Format = "anthropic_messages" if provider == "anthropic" else "openai_chat"
    return await optimizer.prepare(Incoming(wire, body, provider=provider))


def marks(body: bytes) -> list[str]:
    """Where breakpoints stand: ``tools``, ``system``, or the index of the message."""
    value = orjson.loads(body)
    found = ["tools" for each in value.get("tools", []) if "cache_control" in each]
    if isinstance(value["system"], list):
        found += ["system" for block in value["system"] if "cache_control" in block]
    for index, message in enumerate(value["messages"]):
        if isinstance(message["content"], list):
            found += [str(index) for block in message["content"] if "cache_control" in block]
    return found


async def test_an_agents_first_request_is_marked_after_tools_system_and_last_message(optimizer: Optimizer) -> None:
    assert marks((await prepare(optimizer, anthropic("Go"))).body) == ["tools", "system", "0"]


async def test_a_later_request_also_marks_where_the_one_before_ended(optimizer: Optimizer) -> None:
    await prepare(optimizer, anthropic("Go"))
    later = await prepare(optimizer, anthropic("Go", "Gone.", "On"))
    assert marks(later.body) == ["tools", "system", "0", "2"]


async def test_a_client_with_breakpoints_of_its_own_gets_none_of_ours(optimizer: Optimizer) -> None:
    body = orjson.loads(anthropic("Go"))
    body["tools"][0]["cache_control"] = {"type": "ephemeral"}
    raw = orjson.dumps(body)
    assert (await prepare(optimizer, raw)).body is raw
    automatic = anthropic("Go", cache_control={"type": "ephemeral"})
    assert (await prepare(optimizer, automatic)).body is automatic


async def test_a_single_question_is_marked_only_when_its_prefix_comes_again(optimizer: Optimizer, clock: Clock) -> None:
    first = await prepare(optimizer, anthropic("One?", tools=()))
    assert marks(first.body) == []
    clock.advance(100)
    assert marks((await prepare(optimizer, anthropic("Two?", tools=()))).body) == ["system"]
    clock.advance(1000)
    assert marks((await prepare(optimizer, anthropic("Three?", tools=()))).body) == []


async def test_where_threads_never_go_on_a_first_request_is_no_longer_marked(
    optimizer: Optimizer, clock: Clock
) -> None:
    """A write that is never read costs a quarter more: after eight such threads it is not made again."""
    for number in range(8):
        clock.advance(1000)
        assert marks((await prepare(optimizer, anthropic(f"Question {number}?"))).body) == ["tools", "system", "0"]
    clock.advance(1000)
    assert marks((await prepare(optimizer, anthropic("Another?"))).body) == []


async def test_a_short_request_is_left_alone(optimizer: Optimizer) -> None:
    body = orjson.dumps({"model": "claude-sonnet-5", "max_tokens": 9, "messages": [{"role": "user", "content": "Hi"}]})
    assert (await prepare(optimizer, body)).body is body


async def test_an_unknown_provider_gets_nothing_that_only_some_accept(optimizer: Optimizer) -> None:
    for body, wire in ((anthropic("Go"), "anthropic_messages"), (openai("Go"), "openai_chat")):
        prepared = await optimizer.prepare(Incoming(wire, body, provider="unknown"))  # type: ignore[arg-type]
        assert prepared.body is body


async def test_openai_gets_a_cache_key_that_stays_for_the_thread(optimizer: Optimizer) -> None:
    one = orjson.loads((await prepare(optimizer, openai("Go"), "openai")).body)["prompt_cache_key"]
    two = orjson.loads((await prepare(optimizer, openai("Go", "On"), "openai")).body)["prompt_cache_key"]
    assert one == two
    assert len(one) <= 64


async def test_the_clients_cache_key_stays(optimizer: Optimizer) -> None:
    body = openai("Go", prompt_cache_key="mine")
    assert (await prepare(optimizer, body, "openai")).body is body


async def test_tools_keep_the_order_in_which_the_thread_first_saw_them(optimizer: Optimizer) -> None:
    await prepare(optimizer, openai("Go", tools=("a", "b", "c")), "openai")
    later = await prepare(optimizer, openai("Go", "On", tools=("c", "d", "a", "b")), "openai")
    names = [each["function"]["name"] for each in orjson.loads(later.body)["tools"]]
    assert names == ["a", "b", "c", "d"]
    last = await prepare(optimizer, openai("Go", "On", "Off", tools=("d", "b", "c", "a")), "openai")
    assert [each["function"]["name"] for each in orjson.loads(last.body)["tools"]] == ["a", "b", "c", "d"]


async def test_a_changing_line_is_moved_to_the_end_only_where_configured(make_optimizer: Make) -> None:
    def dated(day: int, question: str) -> bytes:
        text = f"You are Ada.\nToday is day {day} of the fair.\n" + "\n".join(f"Rule {n}: be kind." for n in range(300))
        body = orjson.loads(openai(question))
        body["messages"][0]["content"] = text
        return orjson.dumps(body)

    for move in (False, True):
        optimizer = make_optimizer(stages=(Prefix(),), prefix={"move_volatile": move})
        await prepare(optimizer, dated(1, f"Move {move}"), "openai")
        prepared = await prepare(optimizer, dated(2, f"Move {move}"), "openai")
        sent = orjson.loads(prepared.body)["messages"][0]["content"].split("\n")
        assert ("day 2" in sent[-1]) == move
        assert ("day 2" in sent[1]) != move
        assert any("line 2 of the system text changes" in note for note in prepared.report.notes)
