"""The example sessions: valid chats, true needles, and exactly what their builders make."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import pytest
import toktok
from openai.types.chat import (
    ChatCompletionFunctionToolParam,
    ChatCompletionMessageParam,
    ChatCompletionMessageToolCallUnionParam,
)
from pydantic import TypeAdapter

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "examples" / "sessions"
FIELDS = {"session_id", "source", "tenant", "model", "tools", "messages", "requests", "reward", "task", "needles"}
TYPES = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict}


def unpacked(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


def load(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in unpacked(path).decode().split("\n") if line]


FILES = sorted(path for path in FOLDER.iterdir() if path.suffix in {".jsonl", ".gz"})
SESSIONS = {session["session_id"]: session for path in FILES for session in load(path)}
each_session = pytest.mark.parametrize("session", SESSIONS.values(), ids=SESSIONS.keys())


def written(message: dict[str, Any]) -> str:
    arguments = [call["function"]["arguments"] for call in message.get("tool_calls", ())]
    return "\n".join([message["content"] or "", *arguments])


def faults(value: Any, schema: dict[str, Any], at: str = "arguments") -> list[str]:
    """What the value breaks of the keywords that the example tools use."""
    wanted = TYPES[schema["type"]]
    if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
        return [f"{at} is no {schema['type']}: {value!r}"]
    found = []
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{at}: {value!r} is not in {schema['enum']}")
    if "pattern" in schema and not re.search(schema["pattern"], value):
        found.append(f"{at}: {value!r} does not match {schema['pattern']}")
    if not schema.get("minimum", float("-inf")) <= (value if schema["type"] in {"integer", "number"} else 0):
        found.append(f"{at}: {value!r} is too small")
    if schema["type"] in {"integer", "number"} and value > schema.get("maximum", float("inf")):
        found.append(f"{at}: {value!r} is too large")
    if isinstance(value, list):
        if len(value) < schema.get("minItems", 0):
            found.append(f"{at} is too short")
        found += [f for index, item in enumerate(value) for f in faults(item, schema["items"], f"{at}[{index}]")]
    if isinstance(value, dict):
        found += [f"{at}.{name} is missing" for name in schema["required"] if name not in value]
        found += [f"{at}.{name} is unknown" for name in value if name not in schema["properties"]]
        known = [name for name in value if name in schema["properties"]]
        found += [f for name in known for f in faults(value[name], schema["properties"][name], f"{at}.{name}")]
    return found


def test_there_are_enough_and_they_are_small() -> None:
    assert len(FILES) >= 8
    assert sum(path.stat().st_size for path in FILES) < 1_500_000


def test_the_builders_make_exactly_these_files(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "examples.builders", str(tmp_path)]
    table = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in FILES}
    assert [path.name for path in FILES if unpacked(path) != unpacked(tmp_path / path.name)] == []
    packed = [(path.read_bytes(), (tmp_path / path.name).read_bytes()) for path in FILES if path.suffix == ".gz"]
    assert [(ours[:10], made[:10]) for ours, made in packed] == [(bytes.fromhex("1f8b08000000000002ff"),) * 2]
    if zlib.ZLIB_RUNTIME_VERSION == "1.2.13":  # another zlib may pack the same lines in other bytes
        assert all(ours == made for ours, made in packed)
    assert table in (ROOT / "examples" / "README.md").read_text(encoding="utf-8")


@each_session
def test_it_has_the_fields_of_the_trace_format(session: dict[str, Any]) -> None:
    assert set(session) - {"obs"} == FIELDS
    assert session["source"] == "trimtab-examples"
    assert session["messages"][0]["role"] == "system"
    assert session["messages"][-1]["role"] == "assistant"


@each_session
def test_messages_and_tools_are_what_the_sdk_sends(session: dict[str, Any]) -> None:
    message = TypeAdapter(ChatCompletionMessageParam)
    call = TypeAdapter(ChatCompletionMessageToolCallUnionParam)
    tool = TypeAdapter(ChatCompletionFunctionToolParam)
    for each in session["messages"]:
        message.validate_python(each, strict=True)
        for part in each.get("tool_calls", ()):
            call.validate_python(part, strict=True)
    for each in session["tools"]:
        tool.validate_python(each, strict=True)
    names = [each["function"]["name"] for each in session["tools"]]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", name) for name in names)


@each_session
def test_every_call_has_its_result_before_the_next_turn(session: dict[str, Any]) -> None:
    waiting: list[str] = []
    seen: set[str] = set()
    for message in session["messages"]:
        if message["role"] == "tool":
            assert message["tool_call_id"] in waiting
            waiting.remove(message["tool_call_id"])
            continue
        assert waiting == []
        waiting = [call["id"] for call in message.get("tool_calls", ())]
        assert seen.isdisjoint(waiting)
        seen.update(waiting)
    assert waiting == []


@each_session
def test_calls_fit_the_schemas(session: dict[str, Any]) -> None:
    schemas = {tool["function"]["name"]: tool["function"]["parameters"] for tool in session["tools"]}
    for message in session["messages"]:
        for call in message.get("tool_calls", ()):
            function = call["function"]
            assert faults(json.loads(function["arguments"]), schemas[function["name"]], function["name"]) == []


@each_session
def test_requests_are_the_assistant_messages(session: dict[str, Any]) -> None:
    turns = [index for index, message in enumerate(session["messages"]) if message["role"] == "assistant"]
    assert session["requests"] == turns


@each_session
def test_needles_are_first_seen_in_a_result_and_used_later(session: dict[str, Any]) -> None:
    messages = session["messages"]
    results = [i for i, message in enumerate(messages) if message["role"] == "tool" or i in session.get("obs", ())]
    for needle in session["needles"]:
        seen = [index for index, message in enumerate(messages) if needle["text"] in written(message)]
        assert seen[0] == needle["from"]
        assert needle["from"] in results
        assert needle["uses"] == [index for index in seen if messages[index]["role"] == "assistant"]
        assert needle["used_at"] == needle["uses"][0] > needle["last_src"] >= needle["from"]
        before = [index for index in seen if index in results and index < needle["used_at"]]
        assert (needle["last_src"], needle["n_src"]) == (before[-1], len(before))
        assert needle["strength"] in {"strong", "weak"}
        assert needle["kind"] in {"arg", "answer"}


@pytest.mark.parametrize(
    ("session_id", "requests"),
    [("refund-desk-001", 12), ("bugfix-001", 25), ("workbench-001", 10), ("town-site-001", 8)],
)
def test_long_sessions_are_long(session_id: str, requests: int) -> None:
    assert len(SESSIONS[session_id]["requests"]) >= requests


def test_the_workbench_sends_a_hundred_tools_and_fifty_thousand_tokens() -> None:
    session = SESSIONS["workbench-001"]
    tools = json.dumps(session["tools"], separators=(",", ":"), ensure_ascii=False)
    first = [written(message) for message in session["messages"][: session["requests"][0]]]
    of_tools, of_system, *rest = toktok.batch_count([tools, *first], "o200k_base")
    assert len(session["tools"]) == 100
    assert of_tools >= 15_000
    assert of_system >= 20_000
    assert of_tools + of_system + sum(rest) >= 50_000


def test_the_coding_agent_reads_files_again_unchanged() -> None:
    results = [m["content"] for m in SESSIONS["bugfix-001"]["messages"] if m["role"] == "tool"]
    again = [text for text in set(results) if len(text) > 2_000 and results.count(text) > 1]
    assert len(again) >= 3


def test_the_text_agent_calls_in_xml_and_gets_results_from_the_user() -> None:
    session = SESSIONS["town-site-001"]
    assert session["tools"] == []
    assert '"parameters": {' in session["messages"][0]["content"]
    for index in session["obs"]:
        assert session["messages"][index]["content"].startswith("<function_results>")
        assert session["messages"][index - 1]["content"].endswith("</function_calls>")


def test_the_text_agent_replaces_what_stands_there_once() -> None:
    messages = SESSIONS["town-site-001"]["messages"]
    read = {}
    for index, message in enumerate(messages):
        values = dict(re.findall(r'<parameter name="(\w+)">(.*?)</parameter>', message["content"], re.DOTALL))
        if '<invoke name="read_page">' in message["content"] and message["role"] == "assistant":
            read[values["path"]] = messages[index + 1]["content"]
        if '<invoke name="replace_text">' in message["content"] and message["role"] == "assistant":
            assert read[values["path"]].count(values["old"]) == 1


def test_some_single_turns_are_exactly_the_same_request() -> None:
    faq = [session for name, session in SESSIONS.items() if name.startswith("faq-")]
    first = [json.dumps([session["model"], session["messages"][:2]]) for session in faq]
    assert len(faq) >= 8
    assert max(map(first.count, first)) >= 3


def test_the_research_agent_calls_side_by_side() -> None:
    widths = [len(message.get("tool_calls", ())) for message in SESSIONS["research-001"]["messages"]]
    assert sum(2 <= width <= 4 for width in widths) >= 4


def test_the_traveller_writes_escapes_scripts_and_emoji() -> None:
    text = "".join(written(message) for message in SESSIONS["travel-001"]["messages"])
    for part in (
        "\\u6771\\u4eac",
        "東京",
        "شكرًا",
        "👨‍👩‍👧",
        "İsmail",
        "1.4170e4",
        "18446744073709551615",
        '\\"barrierefreies\\"',
    ):
        assert part in text


@pytest.mark.parametrize("name", ["openai_sdk.py", "anthropic_sdk.py"])
def test_the_sdk_examples_are_short_and_compile(name: str) -> None:
    source = (ROOT / "examples" / name).read_text(encoding="utf-8")
    compile(source, name, "exec")
    assert len(source.splitlines()) <= 18
    assert "http://127.0.0.1:8787" in source
