"""Anthropic requests: read without loss, edited in one place, joined over rounds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trimtab.errors import EditError, NotUnderstood
from trimtab.request import (
    MEDIA_TOKENS,
    AddTool,
    ChatRequest,
    Edit,
    MarkBreakpoint,
    Message,
    Op,
    OrderTools,
    RemoveMessage,
    RemoveTool,
    ReplaceText,
    ReplaceTool,
    SetField,
)
from trimtab.wire import fragments
from trimtab.wire.anthropic_messages import AnthropicMessages
from trimtab.wire.codec import ToolResult

CODEC = AnthropicMessages()
EPHEMERAL = {"type": "ephemeral"}

BODY = rb"""{
  "model": "claude-sonnet-4-5", "max_tokens": 1024, "x_unknown": [1, 2e3, 12345678901234567890123],
  "system": [{"type":"text","text":"You are \u00e9\/exact.","x":1},
             {"type": "text", "text": "Rules.", "cache_control": {"type": "ephemeral", "ttl": "1h"}}],
  "messages": [
    {"role": "user", "content": "What is \"it\" \ud83d\ude00?"},
    {"role": "assistant", "content": [
      {"type": "thinking", "thinking": "Hm, let me see", "signature": "EqQB+/=="},
      {"type": "redacted_thinking", "data": "c2VjcmV0c2VjcmV0"},
      {"type": "text", "text": "I look."},
      {"type": "tool_use", "id": "toolu_1", "name": "read", "input": { "path" : "/a", "n": 1e2 }},
      {"type": "tool_use", "id": "toolu_2", "name": "shot", "input": {}}]},
    {"role": "user", "content": [
      {"type": "tool_result", "tool_use_id": "toolu_1", "content": "file   text", "is_error": false},
      {"type": "tool_result", "tool_use_id": "toolu_2", "content": [
        {"type": "text", "text": "one"},
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}},
        {"type": "text", "text": "two", "future": null}]},
      {"type": "text", "text": "and now?"}]}
  ],
  "tools": [{"name": "read", "description": "Reads.", "input_schema": {"type": "object", "properties": {}}},
            {"type": "web_search_20250305", "name": "web_search", "max_uses": 3}],
  "tool_choice": {"type": "auto", "disable_parallel_tool_use": true},
  "thinking": {"type": "enabled", "budget_tokens": 1024},
  "stream": true
}"""


def edit(*ops: Op) -> list[Edit]:
    return [Edit(op, "test", "because", "history") for op in ops]


def apply(request: ChatRequest, *ops: Op) -> Any:
    """The edited request as the provider reads it."""
    return json.loads(CODEC.render(CODEC.apply(request, edit(*ops))))


def request_of(*messages: Any, **fields: Any) -> ChatRequest:
    return CODEC.parse(orjson.dumps({"model": "m", "max_tokens": 1, "messages": messages, **fields}))


def blocks_of(message: Any) -> tuple[tuple[str, str, str, bool], ...]:
    read = CODEC.read_message(orjson.dumps(message))
    return tuple((block.kind, block.text, block.author, block.editable) for block in read.blocks)


def user(*content: Any) -> dict[str, Any]:
    return {"role": "user", "content": list(content)}


def assistant(*content: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": list(content)}


# -- reading --------------------------------------------------------------------------------------------------


def test_a_parsed_request_renders_as_the_bytes_that_came_in() -> None:
    assert CODEC.render(CODEC.parse(BODY)) == BODY


def test_a_request_shows_its_messages_roles_and_parameters() -> None:
    request = CODEC.parse(BODY)
    assert (request.model, request.stream) == ("claude-sonnet-4-5", True)
    assert [(message.role, message.slot) for message in request.messages] == [
        ("system", "system"),
        ("user", "messages"),
        ("assistant", "messages"),
        ("user", "messages"),
    ]
    assert request.params["tool_choice"]["disable_parallel_tool_use"] is True
    assert request.params["thinking"]["budget_tokens"] == 1024
    assert request.newest_person == 3
    assert not request.forced_tool_choice
    assert request_of(tool_choice={"type": "any"}).forced_tool_choice
    assert request_of(tool_choice={"type": "tool", "name": "f"}).forced_tool_choice


def test_blocks_tell_kind_author_call_and_place() -> None:
    request = CODEC.parse(BODY)
    seen = [(b.kind, b.text, b.author, b.path, b.call_id) for m in request.messages for b in m.blocks]
    assert seen == [
        ("text", "You are é/exact.", "system", (0, "text"), None),
        ("text", "Rules.", "system", (1, "text"), None),
        ("text", 'What is "it" 😀?', "person", ("content",), None),
        ("thinking", "Hm, let me see", "model", None, None),
        ("thinking", "", "model", None, None),
        ("text", "I look.", "model", ("content", 2, "text"), None),
        ("tool_call", 'read{ "path" : "/a", "n": 1e2 }', "model", None, "toolu_1"),
        ("tool_call", "shot{}", "model", None, "toolu_2"),
        ("tool_result", "file   text", "tool", ("content", 0, "content"), "toolu_1"),
        ("tool_result", "one", "tool", ("content", 1, "content", 0, "text"), "toolu_2"),
        ("image", "", "tool", None, "toolu_2"),
        ("tool_result", "two", "tool", ("content", 1, "content", 2, "text"), "toolu_2"),
        ("text", "and now?", "person", ("content", 2, "text"), None),
    ]
    assert [b.name for b in request.messages[2].blocks if b.kind == "tool_call"] == ["read", "shot"]
    assert request.messages[3].blocks[2].tokens == MEDIA_TOKENS
    assert request.messages[2].blocks[1].opaque_tokens > 0


def test_system_may_be_a_string_a_list_or_absent() -> None:
    (system, _) = request_of({"role": "user", "content": "x"}, system="Be brief.").messages
    assert (system.role, system.slot, system.blocks[0].path) == ("system", "system", ())
    assert apply(request_of({"role": "user", "content": "x"}, system="Long."), ReplaceText(0, 0, "L"))["system"] == "L"
    assert [m.role for m in request_of({"role": "user", "content": "x"}, system=None).messages] == ["user"]
    assert request_of(system=[]).messages[0].blocks == ()


def test_a_system_message_among_the_messages_counts_as_system() -> None:
    message = CODEC.read_message(b'{"role":"system","content":"new rules"}')
    assert (message.role, message.slot, message.blocks[0].author) == ("system", "messages", "system")


def test_a_user_message_of_tool_results_only_has_role_tool() -> None:
    result = {"type": "tool_result", "tool_use_id": "t", "content": "x"}
    assert CODEC.read_message(orjson.dumps(user(result, result))).role == "tool"
    assert CODEC.read_message(orjson.dumps(user(result, {"type": "text", "text": "x"}))).role == "user"
    assert CODEC.read_message(orjson.dumps(user())).role == "user"


@pytest.mark.parametrize("content", [{}, {"content": None}, {"content": []}, {"content": 5}])
def test_a_tool_result_without_content_keeps_its_pairing_in_view(content: dict[str, Any]) -> None:
    message = CODEC.read_message(orjson.dumps(user({"type": "tool_result", "tool_use_id": "toolu_9", **content})))
    assert [(b.kind, b.text, b.call_id, b.editable) for b in message.blocks] == [("tool_result", "", "toolu_9", False)]


def test_search_results_and_documents_inside_tool_results_are_texts_of_the_tool() -> None:
    cited = {"citations": {"enabled": True}}
    found = {"type": "search_result", "source": "u", "title": "t", "content": [{"type": "text", "text": "hit"}]}
    plain = {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "doc"}}
    inner = {"type": "document", "source": {"type": "content", "content": [{"type": "text", "text": "part"}]}}
    whole = {"type": "document", "source": {"type": "content", "content": "whole"}}
    pdf = {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": "A"}}
    parts = [found, plain, inner, whole, pdf, {**found, **cited}, {**plain, **cited}, {"type": "tool_reference"}]
    message = user({"type": "tool_result", "tool_use_id": "t", "content": parts})
    assert blocks_of(message) == (
        ("tool_result", "hit", "tool", True),
        ("tool_result", "doc", "tool", True),
        ("tool_result", "part", "tool", True),
        ("tool_result", "whole", "tool", True),
        ("file", "", "tool", False),
        ("tool_result", "hit", "tool", False),
        ("tool_result", "doc", "tool", False),
        ("other", "", "tool", False),
    )
    read = CODEC.read_message(orjson.dumps(message))
    assert {block.call_id for block in read.blocks} == {"t"}
    request = request_of(message)
    for index in range(4):
        changed = CODEC.apply(request, edit(ReplaceText(0, index, "new")))
        assert [b.text for b in changed.messages[0].blocks].index("new") == index


def test_what_a_person_attaches_stays_verbatim() -> None:
    found = {"type": "search_result", "source": "u", "title": "t", "content": [{"type": "text", "text": "hit"}]}
    doc = {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "my notes"}}
    image = {"type": "image", "source": {"type": "url", "url": "https://x/y.png"}}
    assert blocks_of(user(found, doc, image, {"type": "container_upload", "file_id": "f"})) == (
        ("text", "hit", "tool", True),
        ("file", "my notes", "person", False),
        ("image", "", "person", False),
        ("other", "", "person", False),
    )


def test_server_tools_unknown_types_and_cited_text_stay_verbatim() -> None:
    call = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "q"}}
    result = {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": [{"encrypted_content": "E"}]}
    cited = {"type": "text", "text": "so", "citations": [{"type": "char_location", "cited_text": "so"}]}
    message = assistant(call, result, cited, {"type": "from_the_future", "text": "?"}, {"type": 7}, "bare", None)
    read = CODEC.read_message(orjson.dumps(message))
    assert [(b.kind, b.editable, b.call_id) for b in read.blocks] == [
        ("other", False, "srvtoolu_1"),
        ("other", False, "srvtoolu_1"),
        ("text", False, None),
        *[("other", False, None)] * 4,
    ]
    assert read.blocks[0].name == "web_search"


@pytest.mark.parametrize(
    "message",
    [
        {"role": "user"},
        {"role": "user", "content": None},
        {"role": "user", "content": 3},
        {"content": "who?"},
        {"role": "narrator", "content": "x"},
        {"role": ["user"], "content": "x"},
        {"role": "assistant", "content": [{"type": "text", "text": 5}]},
        {"role": "assistant", "content": [{"type": "thinking"}, {"type": "tool_use"}]},
        {"role": "user", "content": [{"type": "document"}, {"type": "image", "source": 1}, {"type": "search_result"}]},
        {"role": "user", "content": [{"type": "document", "source": {"type": "content", "content": [3]}}]},
        {"role": "user", "content": [{"type": "tool_result", "content": [None, 1, "x", {"type": None}]}]},
    ],
)
def test_malformed_messages_are_kept_and_offer_nothing_to_edit(message: dict[str, Any]) -> None:
    request = request_of(message, {"role": "user", "content": "fine"})
    assert not any(block.editable for block in request.messages[0].blocks)
    assert isinstance(request.tokens, int)
    assert apply(request, ReplaceText(1, 0, "f"))["messages"] == [message, {"role": "user", "content": "f"}]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"model":"m"}',
        b'{"messages":[]}',
        b'{"model":1,"messages":[]}',
        b'{"model":"m","messages":"x"}',
        b'{"model":"m","messages":null}',
        b'{"model":"m","messages":["x"]}',
        b'{"model":"m","messages":[{"role":"user","content":"\\ud800"}]}',
        b'{"model":"m","messages":[],"system":3}',
        b'{"model":"m","messages":[],"tools":[1]}',
        b'{"model":"m","messages":[],"tools":{}}',
        b'{"model":"m","model":"n","messages":[]}',
    ],
)
def test_what_cannot_be_read_faithfully_is_not_understood(body: bytes) -> None:
    with pytest.raises(NotUnderstood):
        CODEC.parse(body)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
TYPES = st.sampled_from(
    ["text", "image", "document", "search_result", "tool_use", "tool_result", "thinking", "server_tool_use", "new"]
)
BLOCKS = st.builds(
    lambda kind, members, extra: {**extra, "type": kind, **members},
    TYPES,
    st.dictionaries(st.sampled_from(["text", "content", "source", "input", "id", "tool_use_id"]), JSON, max_size=4),
    st.dictionaries(st.text(max_size=4), JSON, max_size=2),
)
MESSAGES = st.builds(
    lambda role, content, extra: {**extra, "role": role, "content": content},
    st.sampled_from(["user", "assistant", "system", "other", None]),
    st.text(max_size=10) | st.lists(BLOCKS | JSON, max_size=4) | JSON,
    st.dictionaries(st.text(max_size=4), JSON, max_size=2),
)


@given(st.lists(MESSAGES, max_size=4), JSON, st.sampled_from([None, 2]), st.booleans())
@settings(max_examples=200, deadline=None)
def test_any_request_renders_as_it_came_and_an_edit_changes_one_fragment(
    messages: list[Any], extra: Any, indent: int | None, escape: bool
) -> None:
    """Whatever the content: identity without edits; with one edit all other bytes stay and the meaning is right."""
    value = {"model": "m", "messages": messages, "extra": extra, "system": "Be exact."}
    body = json.dumps(value, indent=indent, ensure_ascii=escape).encode()
    request = CODEC.parse(body)
    assert CODEC.render(request) == body
    sites = [(m, b) for m, message in enumerate(request.messages) for b, k in enumerate(message.blocks) if k.editable]
    for m, b in sites:
        changed = CODEC.apply(request, edit(ReplaceText(m, b, "short")))
        assert [x.raw for i, x in enumerate(changed.messages) if i != m] == [
            x.raw for i, x in enumerate(request.messages) if i != m
        ]
        before, after = request.messages[m].raw, changed.messages[m].raw
        path = request.messages[m].blocks[b].path or ()
        assert fragments.replace(after, path, lambda _: b"0") == fragments.replace(before, path, lambda _: b"0")
        assert changed.messages[m].blocks[b].text == "short"
        rendered = fragments.object_fields(CODEC.render(changed))
        assert {n: r for n, r in rendered.items() if n not in ("messages", "system")} == {
            n: r for n, r in request.fields.items() if n not in ("messages", "system")
        }


# -- tools ----------------------------------------------------------------------------------------------------


def test_tools_tell_custom_from_builtin_and_survive_without_a_name() -> None:
    tools = [
        {"name": "a", "input_schema": {}, "strict": True, "defer_loading": True},
        {"type": "custom", "name": "b", "input_schema": {}, "cache_control": EPHEMERAL},
        {"type": "bash_20250124", "name": "bash"},
        {"type": "mcp_toolset", "mcp_server_name": "files"},
        {"type": "browser_toolset_20260801"},
        {"name": 3, "type": None},
        {},
    ]
    read = request_of(tools=tools).tools
    assert [(t.name, t.builtin, t.strict, t.cache_marked) for t in read] == [
        ("a", False, True, False),
        ("b", False, False, True),
        ("bash", True, False, False),
        ("files", True, False, False),
        ("", True, False, False),
        ("", False, False, False),
        ("", False, False, False),
    ]


def test_tools_are_replaced_removed_added_and_ordered() -> None:
    request = CODEC.parse(BODY)
    less = b'{"name":"read","input_schema":{"type":"object"}}'
    assert apply(request, ReplaceTool(0, less))["tools"][0] == json.loads(less)
    assert [t["name"] for t in apply(request, RemoveTool(0))["tools"]] == ["web_search"]
    assert [t["name"] for t in apply(request, OrderTools((1, 0)))["tools"]] == ["web_search", "read"]
    added = apply(request, AddTool("find", "Finds.", {"properties": {"q": {"type": "string"}}}))["tools"][2]
    assert added == {
        "name": "find",
        "description": "Finds.",
        "input_schema": {"type": "object", "properties": {"q": {"type": "string"}}},
    }


def test_without_any_tool_the_choice_among_them_goes_too() -> None:
    rendered = apply(CODEC.parse(BODY), RemoveTool(0), RemoveTool(1))
    assert "tools" not in rendered
    assert "tool_choice" not in rendered


# -- other edits ----------------------------------------------------------------------------------------------


def test_messages_are_removed_and_fields_set() -> None:
    request = CODEC.parse(BODY)
    assert [m["role"] for m in apply(request, RemoveMessage(2))["messages"]] == ["user", "user"]
    assert "system" not in apply(request, RemoveMessage(0))
    assert apply(request, SetField("metadata", {"user_id": "u"}))["metadata"] == {"user_id": "u"}


@pytest.mark.parametrize("text", ["", " \n"])
def test_a_text_may_not_become_empty_but_a_whole_tool_result_may(text: str) -> None:
    request = CODEC.parse(BODY)
    for message, block in ((0, 0), (1, 0), (2, 2), (3, 1), (3, 4)):
        with pytest.raises(EditError):
            CODEC.apply(request, edit(ReplaceText(message, block, text)))
    assert apply(request, ReplaceText(3, 0, text))["messages"][2]["content"][0]["content"] == text


def test_thinking_and_calls_may_not_be_edited() -> None:
    for block in (0, 1, 3):
        with pytest.raises(EditError):
            CODEC.apply(CODEC.parse(BODY), edit(ReplaceText(2, block, "x")))


def test_cache_marks_are_seen_where_they_stand_and_counted_once() -> None:
    part = {"type": "text", "text": "p"}
    result = {"type": "tool_result", "tool_use_id": "t", "content": [part, part], "cache_control": EPHEMERAL}
    inner = {"type": "tool_result", "tool_use_id": "t", "content": [{**part, "cache_control": EPHEMERAL}, part]}
    message = CODEC.read_message(orjson.dumps(user(result, inner, {**part, "cache_control": None})))
    assert [block.cache_marked for block in message.blocks] == [False, True, True, False, False]


def marked(content: Any, role: str = "user") -> Any:
    request = request_of({"role": role, "content": content})
    return apply(request, MarkBreakpoint(0))["messages"][0]["content"]


def test_a_breakpoint_goes_on_the_last_block_that_may_carry_one() -> None:
    text = {"type": "text", "text": "t"}
    call = {"type": "tool_use", "id": "1", "name": "f", "input": {}}
    thinking = {"type": "thinking", "thinking": "h", "signature": "s"}
    empty = {"type": "text", "text": " "}
    found = {"type": "web_search_tool_result", "tool_use_id": "1", "content": []}
    on = {"cache_control": EPHEMERAL}
    assert marked("plain") == [{"type": "text", "text": "plain", **on}]
    assert marked("") == ""
    assert marked([text, call], "assistant") == [text, {**call, **on}]
    assert marked([text, thinking, {"type": "redacted_thinking", "data": "d"}]) == [
        {**text, **on},
        thinking,
        {"type": "redacted_thinking", "data": "d"},
    ]
    assert marked([text, empty, {"type": "new_kind"}, "?"]) == [{**text, **on}, empty, {"type": "new_kind"}, "?"]
    assert marked([text, found], "assistant") == [text, {**found, **on}]
    assert marked([{**text, "cache_control": None}]) == [{**text, **on}]
    assert marked([thinking]) == [thinking]
    assert marked([]) == []


def test_the_clients_own_breakpoint_is_never_moved() -> None:
    text = {"type": "text", "text": "t", "cache_control": {"type": "ephemeral", "ttl": "1h"}}
    request = request_of(user({"type": "text", "text": "a"}, text))
    assert CODEC.render(CODEC.apply(request, edit(MarkBreakpoint(0)))) == CODEC.render(request)


def test_a_breakpoint_on_the_system_text_and_after_an_edit() -> None:
    request = request_of({"role": "user", "content": "x"}, system="Be exact.")
    rendered = apply(request, MarkBreakpoint(0), ReplaceText(0, 0, "Exact."))
    assert rendered["system"] == [{"type": "text", "text": "Exact.", "cache_control": EPHEMERAL}]
    both = apply(request_of(system=[{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]), MarkBreakpoint(0))
    assert both["system"] == [{"type": "text", "text": "a"}, {"type": "text", "text": "b", "cache_control": EPHEMERAL}]


def test_a_breakpoint_on_the_tools_goes_to_the_last_that_is_loaded() -> None:
    a, b = {"name": "a", "input_schema": {}}, {"name": "b", "input_schema": {}}
    late = {"name": "late", "input_schema": {}, "defer_loading": True}
    on = {"cache_control": EPHEMERAL}
    assert apply(request_of(tools=[a, b]), MarkBreakpoint(None))["tools"] == [a, {**b, **on}]
    assert apply(request_of(tools=[a, late]), MarkBreakpoint(None))["tools"] == [{**a, **on}, late]
    assert apply(request_of(tools=[late]), MarkBreakpoint(None))["tools"] == [late]
    own = {**b, "cache_control": {"type": "ephemeral", "ttl": "1h"}}
    assert apply(request_of(tools=[a, own]), MarkBreakpoint(None))["tools"] == [a, own]


# -- rounds ---------------------------------------------------------------------------------------------------


def answer(*content: Any, stop_reason: Any = "tool_use", **fields: Any) -> bytes:
    usage = {"input_tokens": 10, "output_tokens": 5}
    return orjson.dumps(
        {
            "id": "msg_a",
            "type": "message",
            "role": "assistant",
            "model": "m",
            "content": list(content),
            "stop_reason": stop_reason,
            "stop_sequence": None,
            "usage": usage,
            **fields,
        }
    )


TEXT = {"type": "text", "text": "so"}
THINKING = {"type": "thinking", "thinking": "hm", "signature": "sig=="}
OURS = {"type": "tool_use", "id": "toolu_i", "name": "find_tools", "input": {"query": "x"}}
THEIRS = {"type": "tool_use", "id": "toolu_c", "name": "read", "input": {"p": 1}}


def test_a_turn_is_the_answer_verbatim_without_empty_texts() -> None:
    body = answer(THINKING, {"type": "text", "text": ""}, TEXT, OURS, THEIRS)
    (message,) = CODEC.turn(CODEC.read_response(200, body))
    assert json.loads(message.raw) == {"role": "assistant", "content": [THINKING, TEXT, OURS, THEIRS]}
    assert orjson.dumps(THINKING) in message.raw
    assert CODEC.turn(CODEC.read_response(200, answer())) == ()
    assert CODEC.turn(CODEC.read_response(500, b"<html>")) == ()


RESULTS = (ToolResult("toolu_i", "find_tools", "found"), ToolResult("toolu_j", "recall", ""))
RENDERED = [
    {"type": "tool_result", "tool_use_id": "toolu_i", "content": "found"},
    {"type": "tool_result", "tool_use_id": "toolu_j", "content": ""},
]


def joined(results: Sequence[ToolResult], following: Any) -> list[Any]:
    message = None if following is None else CODEC.read_message(orjson.dumps(following))
    return [json.loads(m.raw) for m in CODEC.join(results, message)]


def test_results_open_the_next_user_message() -> None:
    own = {"type": "tool_result", "tool_use_id": "toolu_c", "content": "theirs"}
    new = user(*RENDERED)
    assert joined(RESULTS, None) == [new]
    assert joined(RESULTS, user(own, TEXT)) == [user(*RENDERED, own, TEXT)]
    assert joined(RESULTS, user(own)) == [user(*RENDERED, own)]
    assert joined(RESULTS, {"role": "user", "content": "go on", "x": 1}) == [
        {"role": "user", "content": [*RENDERED, {"type": "text", "text": "go on"}], "x": 1}
    ]
    assert joined(RESULTS, {"role": "user", "content": ""}) == [new]
    assert joined(RESULTS, assistant(TEXT)) == [new, assistant(TEXT)]
    assert joined(RESULTS, {"role": "system", "content": "s"}) == [new, {"role": "system", "content": "s"}]
    assert joined(RESULTS, {"role": "user", "content": None}) == [new, {"role": "user", "content": None}]
    assert joined((), user(own)) == [user(own)]
    assert joined((), None) == []


def test_joining_keeps_the_clients_own_bytes() -> None:
    raw = b'{"role": "user",  "content": [ {"type":"tool_result","tool_use_id":"c", "content":"\\u00e9"} ]}'
    (message,) = CODEC.join(RESULTS[:1], CODEC.read_message(raw))
    assert b'{"type":"tool_result","tool_use_id":"c", "content":"\\u00e9"}' in message.raw
    assert message.role == "tool"


def test_a_turn_and_its_results_pair_every_call() -> None:
    turn = CODEC.turn(CODEC.read_response(200, answer(OURS, {**OURS, "id": "toolu_j"})))
    (results,) = CODEC.join(RESULTS, None)
    calls = [block.call_id for message in turn for block in message.blocks if block.kind == "tool_call"]
    assert calls == [block.call_id for block in results.blocks]
    assert isinstance(results, Message)


def test_hiding_nothing_leaves_the_body_alone() -> None:
    body = answer(TEXT, THEIRS)
    assert CODEC.hide([body], {"find_tools"}) is body


def test_hiding_joins_the_rounds_under_the_last_answer() -> None:
    first = answer(THINKING, TEXT, OURS, id="msg_1")
    last = answer({"type": "text", "text": "done"}, stop_reason="end_turn", id="msg_2", future={"a": 1})
    assert json.loads(CODEC.hide([first, last], {"find_tools"})) == {
        **json.loads(last),
        "content": [THINKING, TEXT, {"type": "text", "text": "done"}],
    }


def test_hiding_corrects_the_stop_reason_only_when_no_call_remains() -> None:
    assert json.loads(CODEC.hide([answer(TEXT, OURS)], {"find_tools"}))["stop_reason"] == "end_turn"
    mixed = json.loads(CODEC.hide([answer(OURS, THEIRS)], {"find_tools"}))
    assert (mixed["stop_reason"], mixed["content"]) == ("tool_use", [THEIRS])
    cut = json.loads(CODEC.hide([answer(OURS, stop_reason="max_tokens")], {"find_tools"}))
    assert (cut["stop_reason"], cut["content"]) == ("max_tokens", [])


def test_hiding_gives_the_last_body_where_it_is_no_answer() -> None:
    error = CODEC.error(529, "busy")
    assert CODEC.hide([answer(OURS), error], {"find_tools"}) is error
    assert CODEC.hide([b"<html>"], {"find_tools"}) == b"<html>"


def test_messages_are_memoised_by_content() -> None:
    assert CODEC.read_message(b'{"role":"user","content":"x"}') is CODEC.read_message(b'{"role":"user","content":"x"}')
