"""Requests in the OpenAI Responses format: read faithfully, edited in one place, written back."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai import BadRequestError, RateLimitError
from openai.types.responses.function_tool import FunctionTool

from tests.wire.openai_responses_provider import CODEC, client
from trimtab.errors import EditError, NotUnderstood
from trimtab.request import (
    MEDIA_TOKENS,
    AddTool,
    ChatRequest,
    Edit,
    MarkBreakpoint,
    OrderTools,
    RemoveMessage,
    RemoveTool,
    ReplaceText,
    ReplaceTool,
    SetField,
)
from trimtab.wire import fragments

BODY = rb"""
{ "model": "gpt-5.1" , "x_new": {"a" : [1, 2.50, 123456789012345678901234567890]},
  "instructions": "Be \u00fcbrig. \/",
  "input": [
    {"role": "developer", "content": "Rules  first"},
    {"type": "message", "role": "user", "id":null, "content": [
        {"type": "input_text", "text": "What is \ud83d\ude00 this?", "prompt_cache_breakpoint": {"mode": "explicit"}},
        {"type": "input_image", "image_url": "data:image/png;base64,AAAA", "detail": "high"},
        {"type": "input_file", "file_id": "file_1"},
        {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "mp3"}},
        {"type": "input_hologram", "beam": 1e3}
    ]},
    {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "Look."}],
     "encrypted_content": "gAAAAABoabcdefghij"},
    {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "look", "arguments": "{\"at\": 1}"},
    {"type": "function_call_output", "call_id": "call_1", "output": "a  result"},
    {"type": "function_call_output", "call_id": "call_2", "output": [
        {"type": "input_text", "text": "part"}, {"type": "input_image", "file_id": "file_2"}]},
    {"type": "message", "role": "assistant", "id": "msg_1", "status": "completed", "content": [
        {"type": "output_text", "text": "It is a face.", "annotations": []},
        {"type": "output_text", "text": "Cited.", "annotations": [{"type": "file_path", "index": 1}]},
        {"type": "refusal", "refusal": "No more."}]},
    {"type": "custom_tool_call", "call_id": "call_3", "name": "patch", "input": "*** Begin"},
    {"type": "custom_tool_call_output", "call_id": "call_3", "output": "patched"},
    {"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {"type": "search", "query": "q"}},
    {"type": "computer_call", "call_id": "call_4", "id": "cu_1", "action": {"type": "click", "x": 1, "y": 2}},
    {"type": "computer_call_output", "call_id": "call_4", "output": {"type": "computer_screenshot",
     "image_url": "data:image/png;base64,AAAA"}},
    {"type": "mcp_call", "id": "mcp_1", "server_label": "s", "name": "get", "arguments": "{}", "output": "long text"},
    {"type": "mcp_list_tools", "id": "mcpl_1", "server_label": "s", "tools": []},
    {"type": "local_shell_call", "id": "ls_1", "call_id": "call_5", "status": "completed",
     "action": {"type": "exec", "command": ["ls"], "env": {}}},
    {"type": "item_reference", "id": "msg_0"},
    {"id": "msg_00", "type": null},
    {"type": "from_the_future", "text": "verbatim", "call_id": "call_9"}
  ],
  "tools": [
    {"type": "function", "name": "look", "parameters": {"type": "object", "properties": {}}, "strict": false, "z":1},
    {"type": "web_search"},
    {"type": "function", "name": "safe", "parameters": {"type": "object"}, "strict": true}
  ],
  "stream": true, "store": false, "parallel_tool_calls": false, "tool_choice": "auto"
}"""


def edit(op: Any) -> Edit:
    return Edit(op, stage="test", why="test", section="history")


def changed(request: ChatRequest, *ops: Any) -> ChatRequest:
    return CODEC.apply(request, [edit(op) for op in ops])


def fields_of(request: ChatRequest) -> dict[str, bytes]:
    return fragments.object_fields(CODEC.render(request))


def kinds_at(index: int) -> list[tuple[str, str, str, bool]]:
    """Kind, text, author and whether it may be replaced, for each block of an input item of BODY."""
    blocks = CODEC.parse(BODY).messages[index + 1].blocks  # instructions come first
    return [(block.kind, block.text, block.author, block.editable) for block in blocks]


# -- reading -----------------------------------------------------------------------------------------------------


def test_an_unchanged_request_is_the_bytes_that_came() -> None:
    request = CODEC.parse(BODY)
    assert request.untouched
    assert CODEC.render(request) is BODY
    assert CODEC.apply(request, []) is request


def test_what_a_stage_wants_to_know_of_a_request_is_read() -> None:
    request = CODEC.parse(BODY)
    assert (request.format, request.model, request.stream) == ("openai_responses", "gpt-5.1", True)
    assert request.params["store"] is False
    assert request.origins == tuple(range(len(request.messages)))
    assert request.settled == 0
    assert request.newest_person == 2
    assert not request.forced_tool_choice
    assert [(t.name, t.builtin, t.strict) for t in request.tools] == [
        ("look", False, False),
        ("", True, False),
        ("safe", False, True),
    ]


def test_instructions_and_developer_messages_are_system_text() -> None:
    instructions, developer = CODEC.parse(BODY).messages[:2]
    assert (instructions.role, instructions.slot, instructions.text) == ("system", "instructions", "Be übrig. /")
    assert instructions.blocks[0].author == "system"
    assert (developer.role, developer.slot, developer.text) == ("system", "input", "Rules  first")


def test_a_users_parts_are_a_persons_text_and_opaque_media() -> None:
    assert kinds_at(1) == [
        ("text", "What is 😀 this?", "person", True),
        ("image", "", "person", False),
        ("file", "", "person", False),
        ("audio", "", "person", False),
        ("other", "", "person", False),
    ]
    blocks = CODEC.parse(BODY).messages[2].blocks
    assert [block.cache_marked for block in blocks] == [True, False, False, False, False]
    assert [block.opaque_tokens for block in blocks[1:4]] == [MEDIA_TOKENS] * 3


def test_reasoning_and_calls_are_verbatim_and_results_are_not() -> None:
    assert kinds_at(2) == [("thinking", "Look.", "model", False)]
    assert kinds_at(3) == [("tool_call", 'look {"at": 1}', "model", False)]
    assert kinds_at(4) == [("tool_result", "a  result", "tool", True)]
    assert kinds_at(5) == [("tool_result", "part", "tool", True), ("image", "", "tool", False)]
    messages = CODEC.parse(BODY).messages
    assert messages[3].blocks[0].opaque_tokens > 0
    assert [(b.call_id, b.name) for m in messages[4:6] for b in m.blocks] == [("call_1", "look"), ("call_1", None)]
    assert {block.call_id for block in messages[6].blocks} == {"call_2"}


def test_assistant_text_may_be_replaced_unless_annotations_point_into_it() -> None:
    assert kinds_at(6) == [
        ("text", "It is a face.", "model", True),
        ("text", "Cited.", "model", False),
        ("refusal", "No more.", "model", False),
    ]


def test_every_other_item_is_known_by_role_and_kept_verbatim() -> None:
    messages = CODEC.parse(BODY).messages[8:]
    assert [(m.role, m.blocks[0].kind, m.blocks[0].call_id, m.blocks[0].editable) for m in messages] == [
        ("assistant", "tool_call", "call_3", False),
        ("tool", "tool_result", "call_3", True),
        ("assistant", "tool_call", None, False),
        ("assistant", "tool_call", "call_4", False),
        ("tool", "tool_result", "call_4", False),
        ("assistant", "tool_call", None, False),
        ("other", "other", None, False),
        ("assistant", "tool_call", "call_5", False),
        ("other", "other", None, False),
        ("other", "other", None, False),
        ("other", "other", "call_9", False),
    ]
    assert messages[4].blocks[0].opaque_tokens >= MEDIA_TOKENS
    assert messages[5].blocks[0].text == "get {}"
    assert messages[5].blocks[0].opaque_tokens >= 2


def test_a_long_base64_result_counts_as_media_not_as_language() -> None:
    item = {"type": "image_generation_call", "id": "ig_1", "status": "completed", "result": "iVBOR" * 40_000}
    [message] = CODEC.parse(orjson.dumps({"model": "m", "input": [item]})).messages
    assert message.blocks[0].opaque_tokens == MEDIA_TOKENS


@pytest.mark.parametrize("kind", ["reasoning", "compaction"])
def test_encrypted_content_is_counted_roughly_by_its_length(kind: str) -> None:
    item = {"type": kind, "id": "rs_1", "summary": [], "encrypted_content": "A" * 5000}
    [message] = CODEC.parse(orjson.dumps({"model": "m", "input": [item]})).messages
    assert 1000 <= message.blocks[0].opaque_tokens < 1030


@pytest.mark.parametrize(
    "item",
    [
        {},
        {"role": "user"},
        {"role": "user", "content": None},
        {"role": "user", "content": 5},
        {"role": "user", "content": []},
        {"role": "user", "content": [None, 5, "x", {"type": "input_text"}, {"type": "input_text", "text": 5}]},
        {"role": 5, "content": "x"},
        {"role": ["user"], "content": [{"type": ["input_text"], "text": "x"}]},
        {"type": 5},
        {"type": ["message"]},
        {"type": "message"},
        {"type": "message", "role": "user", "content": {"text": "x"}},
        {"type": "reasoning", "summary": "x", "encrypted_content": 5, "content": [5, {"text": 5}]},
        {"type": "function_call"},
        {"type": "function_call", "name": 5, "arguments": {"a": 1}, "call_id": 5},
        {"type": "function_call_output", "output": None},
        {"type": "function_call_output", "call_id": [], "output": 7},
        {"type": "x_call", "action": [[[]]], "output": {"a": [None, True, 1.5, "t"]}},
        {"role": "tool", "content": "x"},
    ],
)
def test_malformed_items_never_crash_and_are_never_editable(item: dict[str, Any]) -> None:
    body = orjson.dumps({"model": "m", "input": [item]})
    request = CODEC.parse(body)
    assert CODEC.render(request) == body
    assert not any(block.editable for block in request.messages[0].blocks)
    assert request.tokens > 0
    again = CODEC.parse(CODEC.render(changed(request, SetField("store", False))))
    assert again.messages == request.messages


def test_a_nameless_part_of_a_known_message_is_still_counted() -> None:
    [message] = CODEC.parse(
        orjson.dumps({"model": "m", "input": [{"role": "user", "content": {"t": "a b c"}}]})
    ).messages
    assert message.blocks[0].opaque_tokens >= 3


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b'{"input": "x"}',
        b'{"model": 5, "input": "x"}',
        b'{"model": "m"}',
        b'{"model": "m", "input": null}',
        b'{"model": "m", "input": {"role": "user"}}',
        b'{"model": "m", "input": [5]}',
        b'{"model": "m", "input": ["text"]}',
        b'{"model": "m", "input": ["text", {"role": "user", "content": "x"}]}',
        b'{"model": "m", "input": "x", "tools": [5]}',
        b'{"model": "m", "input": "x", "tools": {}}',
        b'{"model": "m", "input": "\xff"}',
        b'{"model": "m", "input": ' + b"[" * 3000 + b"]" * 3000 + b"}",
        b'{"model": "m", "input": [{"a":' + b"[" * 800 + b"]" * 800 + b"}]}x",
    ],
)
def test_what_is_no_such_request_is_not_understood(body: bytes) -> None:
    with pytest.raises(NotUnderstood):
        CODEC.parse(body)


def test_deep_nesting_inside_an_item_is_read_or_refused_but_never_crashes() -> None:
    for depth in (100, 600, 900, 1000, 1100):
        body = b'{"model":"m","input":[{"type":"x","a":' + b"[" * depth + b"]" * depth + b"}]}"
        try:
            assert CODEC.render(CODEC.parse(body)) == body
        except NotUnderstood:
            assert depth > 600


@pytest.mark.parametrize("tool", [{}, {"type": "function"}, {"type": "function", "name": 5}, {"type": 5}, {"name": ""}])
def test_a_tool_without_a_name_does_not_crash(tool: dict[str, Any]) -> None:
    request = CODEC.parse(orjson.dumps({"model": "m", "input": "x", "tools": [tool]}))
    assert request.tools[0].name == ""


def test_a_function_is_strict_unless_the_client_says_otherwise() -> None:
    """Responses, unlike chat completions, enforces schemas by default."""
    tools = [{"type": "function", "name": "f", "parameters": {}}]
    tools += [{**tools[0], "strict": None}, {**tools[0], "strict": True}, {**tools[0], "strict": False}]
    request = CODEC.parse(orjson.dumps({"model": "m", "input": "x", "tools": tools}))
    assert [tool.strict for tool in request.tools] == [True, True, True, False]


def test_instructions_that_are_no_string_stay_verbatim() -> None:
    body = b'{"model":"m","instructions":[{"role":"system","content":"x"}],"input":"hi"}'
    request = CODEC.parse(body)
    assert (request.messages[0].role, request.messages[0].blocks[0].editable) == ("system", False)
    assert fields_of(changed(request, SetField("store", False)))["instructions"] == b'[{"role":"system","content":"x"}]'


# -- input as a string -------------------------------------------------------------------------------------------


def test_a_string_input_is_one_message_of_the_user_and_stays_a_string_while_alone() -> None:
    request = CODEC.parse(b'{"model":"m","input": "Hi \\u00e9"}')
    [message] = request.messages
    assert (message.role, message.raw, message.slot) == ("user", b'"Hi \\u00e9"', "input")
    assert (message.blocks[0].text, message.blocks[0].author, message.blocks[0].path) == ("Hi é", "person", ())
    assert fields_of(changed(request, SetField("store", False)))["input"] == b'"Hi \\u00e9"'
    assert fields_of(changed(request, ReplaceText(0, 0, "Ho")))["input"] == b'"Ho"'


def test_a_string_input_becomes_a_user_message_when_items_join_it() -> None:
    request = CODEC.parse(b'{"model":"m","input":"Hi \\u00e9"}')
    other = CODEC.read_message(b'{"role":"assistant","content":"Hm"}')
    joined = CODEC.with_messages(request, (*request.messages, other), (0, 1), 0)
    expected = b'[{"role":"user","content":"Hi \\u00e9"},{"role":"assistant","content":"Hm"}]'
    assert fields_of(joined)["input"] == expected
    assert CODEC.parse(CODEC.render(joined)).messages[0].text == "Hi é"


def test_with_the_same_messages_a_request_stays_untouched() -> None:
    request = CODEC.parse(BODY)
    assert CODEC.render(CODEC.with_messages(request, request.messages, request.origins, 3)) is BODY


# -- editing -----------------------------------------------------------------------------------------------------


def test_one_replaced_text_changes_exactly_one_fragment() -> None:
    request = CODEC.parse(BODY)
    edited = changed(request, ReplaceText(2, 0, 'short "1"'))
    before, after = fragments.object_fields(BODY), fields_of(edited)
    assert list(before) == list(after)
    assert {name for name in before if before[name] != after[name]} <= {"input", "tools"}
    assert fragments.array_items(after["tools"]) == fragments.array_items(before["tools"])
    old, new = fragments.array_items(before["input"]), fragments.array_items(after["input"])
    assert [index for index, pair in enumerate(zip(old, new, strict=True)) if pair[0] != pair[1]] == [1]
    assert new[1] == old[1].replace(rb'"What is \ud83d\ude00 this?"', rb'"short \"1\""')
    assert edited.messages[2].blocks[0].cache_marked


@pytest.mark.parametrize(("message", "block"), [(0, 0), (1, 0), (5, 0), (6, 0), (7, 0), (9, 0)])
def test_every_editable_block_holds_its_new_text(message: int, block: int) -> None:
    edited = changed(CODEC.parse(BODY), ReplaceText(message, block, "neu €"))
    assert CODEC.parse(CODEC.render(edited)).messages[message].blocks[block].text == "neu €"
    assert edited.messages[message].blocks[block].text == "neu €"


@pytest.mark.parametrize(
    ("message", "block"), [(2, 1), (2, 4), (3, 0), (4, 0), (6, 1), (7, 1), (7, 2), (8, 0), (18, 0)]
)
def test_what_has_to_stay_verbatim_refuses_a_new_text(message: int, block: int) -> None:
    with pytest.raises(EditError):
        changed(CODEC.parse(BODY), ReplaceText(message, block, "x"))


def test_a_place_that_does_not_exist_is_an_edit_error() -> None:
    with pytest.raises(EditError):
        changed(CODEC.parse(BODY), ReplaceText(99, 0, "x"))


def test_messages_are_removed_and_the_rest_keeps_its_bytes() -> None:
    request = CODEC.parse(BODY)
    edited = changed(request, RemoveMessage(0), RemoveMessage(3))
    fields = fields_of(edited)
    assert "instructions" not in fields
    items = fragments.array_items(fragments.object_fields(BODY)["input"])
    assert fragments.array_items(fields["input"]) == items[:2] + items[3:]
    assert edited.origins == tuple(i for i in request.origins if i not in (0, 3))


def test_tools_are_replaced_removed_added_and_ordered() -> None:
    request = CODEC.parse(BODY)
    raws = [tool.raw for tool in request.tools]
    parameters = {"type": "object", "properties": {"query": {"type": "string"}}}
    edited = changed(
        request,
        ReplaceTool(2, b'{"type":"function","name":"safe","parameters":{}}'),
        OrderTools((2, 1, 0)),
        AddTool("find_tools", "Finds tools.", parameters),
    )
    written = fragments.array_items(fields_of(edited)["tools"])
    assert written[:3] == [b'{"type":"function","name":"safe","parameters":{}}', raws[1], raws[0]]
    added = FunctionTool.model_validate_json(written[3], strict=True)
    assert (added.name, added.description, added.parameters, added.strict) == (
        "find_tools",
        "Finds tools.",
        parameters,
        False,
    )
    assert [t.raw for t in changed(request, RemoveTool(1)).tools] == [raws[0], raws[2]]


def test_without_any_tool_left_the_fields_about_tools_go_too() -> None:
    fields = fields_of(changed(CODEC.parse(BODY), RemoveTool(0), RemoveTool(1), RemoveTool(2)))
    assert not {"tools", "tool_choice", "parallel_tool_calls"} & set(fields)


def test_a_tool_can_be_added_where_there_was_none() -> None:
    request = changed(CODEC.parse(b'{"model":"m","input":"x"}'), AddTool("recall", "r", {"type": "object"}))
    assert CODEC.parse(CODEC.render(request)).tools[0].name == "recall"


def test_a_field_is_set_and_the_others_keep_bytes_and_order() -> None:
    request = changed(CODEC.parse(BODY), SetField("prompt_cache_key", "k"), SetField("store", True))
    fields = fields_of(request)
    assert (fields.pop("prompt_cache_key"), fields["store"]) == (b'"k"', b"true")
    assert request.params["prompt_cache_key"] == "k"
    before = fragments.object_fields(BODY)
    assert list(fields) == list(before)
    assert {name: fields[name] for name in before if name not in ("store", "input", "tools")} == {
        name: before[name] for name in before if name not in ("store", "input", "tools")
    }
    for name in ("input", "tools"):
        assert fragments.array_items(fields[name]) == fragments.array_items(before[name])


def test_breakpoints_are_left_to_the_provider() -> None:
    request = CODEC.parse(BODY)
    marked = changed(request, MarkBreakpoint(2), MarkBreakpoint(None))
    assert marked.messages == request.messages
    assert marked.tools == request.tools


# -- properties --------------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=3)
    ),
    max_leaves=6,
)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
PART = st.one_of(
    st.fixed_dictionaries({"type": st.sampled_from(["input_text", "output_text"]), "text": TEXT}, optional={"x": JSON}),
    st.fixed_dictionaries(
        {"type": st.sampled_from(["input_image", "input_file", "refusal", "new"])}, optional={"x": JSON}
    ),
    JSON,
)
ITEM = st.one_of(
    st.fixed_dictionaries(
        {
            "role": st.sampled_from(["user", "assistant", "system", "developer", "x"]),
            "content": TEXT | st.lists(PART, max_size=3),
        },
        optional={"type": st.just("message"), "x": JSON},
    ),
    st.fixed_dictionaries(
        {
            "type": st.sampled_from(["function_call_output", "custom_tool_call_output"]),
            "output": TEXT | st.lists(PART, max_size=3),
        },
        optional={"call_id": TEXT, "x": JSON},
    ),
    st.fixed_dictionaries(
        {"type": TEXT | st.sampled_from(["reasoning", "function_call", "mcp_call"])},
        optional={"x": JSON, "arguments": TEXT},
    ),
    st.dictionaries(
        st.sampled_from(["type", "role", "content", "output", "call_id", "name", "summary"]), JSON, max_size=4
    ),
)
BODIES = st.builds(
    lambda items, extra, ascii_only, indent: json.dumps(
        {**extra, "model": "m", "input": items, "tools": [{"type": "function", "name": "f"}]},
        ensure_ascii=ascii_only,
        indent=indent,
    ).encode(),
    TEXT | st.lists(ITEM, max_size=4),
    st.dictionaries(st.sampled_from(["x", "metadata", "größe", "a\n"]), JSON, max_size=3),
    st.booleans(),
    st.sampled_from([None, 1, "\t"]),
)


@given(BODIES)
def test_any_body_is_rendered_as_it_came_or_not_understood(body: bytes) -> None:
    try:
        request = CODEC.parse(body)
    except NotUnderstood:
        return  # numbers that a strict reader refuses
    assert CODEC.render(request) == body
    assert request.tokens >= 0
    apart = changed(request, SetField("trimtab", 1))
    after = fields_of(apart)
    before = fragments.object_fields(body)
    assert after.pop("trimtab") == b"1"
    assert list(after) == list(before)
    for name, raw in before.items():
        if raw[:1] == b"[" and name in ("input", "tools"):
            assert fragments.array_items(after[name]) == fragments.array_items(raw)
        else:
            assert after[name] == raw


@given(BODIES, TEXT, st.integers(0, 30))
def test_any_one_edit_changes_one_string_and_nothing_else(body: bytes, text: str, pick: int) -> None:
    try:
        request = CODEC.parse(body)
    except NotUnderstood:
        return
    places = [(m, b) for m, msg in enumerate(request.messages) for b, block in enumerate(msg.blocks) if block.editable]
    if not places:
        return
    at, block = places[pick % len(places)]
    edited = changed(request, ReplaceText(at, block, text))
    assert edited.messages[at].blocks[block].text == text
    for index, (old, new) in enumerate(zip(request.messages, edited.messages, strict=True)):
        if index != at:
            assert new is old
    path = request.messages[at].blocks[block].path
    assert path is not None
    restored = fragments.replace(edited.messages[at].raw, path, lambda _: _at(request.messages[at].raw, path))
    assert restored == request.messages[at].raw


def _at(raw: bytes, path: tuple[str | int, ...]) -> bytes:
    found: list[bytes] = []

    def keep(value: bytes) -> bytes:
        found.append(value)
        return value

    fragments.replace(raw, path, keep)
    return found[0]


# -- errors ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("status", "kind"), [(400, BadRequestError), (429, RateLimitError)])
def test_our_errors_are_the_sdks_errors(status: int, kind: type[Exception]) -> None:
    body = CODEC.error(status, "not so")
    assert set(json.loads(body)["error"]) == {"message", "type", "param", "code"}
    headers = {"content-type": "application/json"}
    with (
        client(lambda _: httpx2.Response(status, headers=headers, content=body)) as sdk,
        pytest.raises(kind, match="not so"),
    ):
        sdk.responses.create(model="m", input="x")
