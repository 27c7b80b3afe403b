"""JSON in tool results: minified where it is an answer, to the letter where it may be a file."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest

from tests.conftest import Make
from trimtab.context_optimization import ContextOptimization
from trimtab.lossless import JsonMinifier
from trimtab.optimizer import Optimizer
from trimtab.pipeline import Incoming

RECORD = {"name": "ada", "tags": ["a", "b"], "inner": {"x": 1.0, "y": None}}
PRETTY = json.dumps(RECORD, indent=2)
SHORT = '{"name":"ada","tags":["a","b"],"inner":{"x":1.0,"y":null}}'


@pytest.fixture
def optimizer(make_optimizer: Make) -> Optimizer:
    return make_optimizer(stages=(ContextOptimization(JsonMinifier()),))


async def result_of(optimizer: Optimizer, name: str, arguments: dict[str, Any], result: str) -> str:
    """A tool result as it goes to the provider."""
    call = {"id": "c", "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}
    messages = [
        {"role": "user", "content": f"Call {name}"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c", "content": result},
    ]
    body = orjson.dumps({"model": "gpt-4.1", "messages": messages})
    prepared = await optimizer.prepare(Incoming("openai_chat", body))
    sent: str = orjson.loads(prepared.body)["messages"][-1]["content"]
    return sent


@pytest.mark.parametrize("name", ["get_user_details", "searchFlights", "execute_sql", "list_orders", "web_search"])
async def test_an_answer_in_json_is_minified(optimizer: Optimizer, name: str) -> None:
    assert await result_of(optimizer, name, {"id": 7}, PRETTY) == SHORT
    assert await result_of(optimizer, name, {"id": 8}, f"Found:\n{PRETTY}\nOK") == f"Found:\n{SHORT}\nOK"


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("read_file", {"id": 1}),
        ("bash", {"command": "cat package.json"}),
        ("str_replace_editor", {"op": "view"}),
        ("get_file_contents", {"id": 1}),
        ("openDocument", {"id": 1}),
        ("fetch", {"path": "package.json"}),
        ("fetch", {"file_path": "package.json"}),
        ("run", {"cmd": "jq . a.json"}),
    ],
)
async def test_what_may_be_a_file_stays_to_the_letter(
    optimizer: Optimizer, name: str, arguments: dict[str, Any]
) -> None:
    """An agent that edits a file quotes it: white space in it is not ours to touch."""
    assert await result_of(optimizer, name, arguments, PRETTY) == PRETTY


@pytest.mark.parametrize(("tool", "expected"), [("get_weather", SHORT), ("read_file", PRETTY)])
async def test_the_same_holds_for_calls_in_text(optimizer: Optimizer, tool: str, expected: str) -> None:
    call = f'<function_calls><invoke name="{tool}"><parameter name="q">x</parameter></invoke></function_calls>'
    messages = [
        {"role": "user", "content": "Go"},
        {"role": "assistant", "content": call},
        {"role": "user", "content": f"<function_result>\n{PRETTY}\n</function_result>"},
    ]
    body = orjson.dumps({"model": "gpt-4.1", "messages": messages})
    prepared = await optimizer.prepare(Incoming("openai_chat", body))
    sent = orjson.loads(prepared.body)["messages"][-1]["content"]
    assert sent == f"<function_result>\n{expected}\n</function_result>"


async def test_a_result_whose_call_is_not_there_is_left_alone(optimizer: Optimizer) -> None:
    messages = [{"role": "user", "content": "Go"}, {"role": "tool", "tool_call_id": "gone", "content": PRETTY}]
    body = orjson.dumps({"model": "gpt-4.1", "messages": messages})
    assert (await optimizer.prepare(Incoming("openai_chat", body))).body == body
