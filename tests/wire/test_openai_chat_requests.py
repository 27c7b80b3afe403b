"""Chat Completions requests: every role and kind of content, read, edited and rendered."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.test_fragments import JSON, spaced
from trimtab.errors import EditError, NotUnderstood
from trimtab.request import (
    MEDIA_TOKENS,
    AddTool,
    Block,
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
from trimtab.wire.openai_chat import OpenAIChat

CODEC = OpenAIChat()
ROLES = ["system", "developer", "user", "assistant", "tool", "function", "critic", "", None]


def read(message: Any) -> Message:
    return CODEC.read_message(json.dumps(message).encode())


def blocks(message: Any) -> list[tuple[Any, ...]]:
    return [(b.kind, b.text, b.author, b.path) for b in read(message).blocks]


def request_of(messages: list[Any], **fields: Any) -> ChatRequest:
    return CODEC.parse(json.dumps({"model": "gpt-5", "messages": messages, **fields}).encode())


def apply(request: ChatRequest, *ops: Op) -> ChatRequest:
    return CODEC.apply(request, [Edit(op, "test", "because", "history") for op in ops])


# -- reading --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "kind", "author", "as_role"),
    [
        ("system", "text", "system", "system"),
        ("developer", "text", "system", "system"),
        ("user", "text", "person", "user"),
        ("assistant", "text", "model", "assistant"),
        ("tool", "tool_result", "tool", "tool"),
        ("function", "tool_result", "tool", "tool"),
    ],
)
def test_each_role_says_whose_text_it_is(role: str, kind: str, author: str, as_role: str) -> None:
    """Text is editable in every role, as a string and as a list of parts, and carries its author."""
    assert read({"role": role, "content": "hi"}).role == as_role
    assert blocks({"role": role, "content": "hi"}) == [(kind, "hi", author, ("content",))]
    assert blocks({"role": role, "content": [{"type": "text", "text": "a"}, "b"]}) == [
        (kind, "a", author, ("content", 0, "text")),
        (kind, "b", author, ("content", 1)),
    ]


def test_a_tool_result_names_its_call() -> None:
    """The call's id and the function's name are at hand where the message has them."""
    assert read({"role": "tool", "tool_call_id": "c1", "content": "r"}).blocks[0].call_id == "c1"
    [result] = read({"role": "function", "name": "f", "content": "r"}).blocks
    assert (result.call_id, result.name) == (None, "f")


def test_media_is_counted_and_never_editable() -> None:
    """Images, audio, files and what is not known keep their place, have no text, and cost an estimate."""
    parts = [
        {"type": "text", "text": "look"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
        {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
        {"type": "file", "file": {"file_id": "f1"}},
        {"type": "video_url", "video_url": {"url": "https://x"}},
        {"type": "hologram", "hologram": {"a": [1, 2, 3]}},
    ]
    read_blocks = read({"role": "user", "content": parts}).blocks
    assert [block.kind for block in read_blocks] == ["text", "image", "audio", "file", "other", "other"]
    assert [block.editable for block in read_blocks] == [True, False, False, False, False, False]
    assert [block.text for block in read_blocks[1:]] == [""] * 5
    assert [block.opaque_tokens for block in read_blocks[1:5]] == [MEDIA_TOKENS] * 4
    assert 0 < read_blocks[5].tokens < 40


def test_everything_an_assistant_can_say() -> None:
    """Reasoning, text, refusals, audio, parallel, custom and legacy calls: only the text is editable."""
    message = {
        "role": "assistant",
        "reasoning_content": "hm",
        "reasoning": "hm",
        "content": [{"type": "text", "text": "a"}, {"type": "refusal", "refusal": "no"}],
        "refusal": "never",
        "audio": {"id": "audio_1"},
        "tool_calls": [
            {"id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"x":1}'}},
            {"id": "c2", "type": "custom", "custom": {"name": "g", "input": "free"}},
            {"id": "c3", "function": {"name": "h", "arguments": {"y": 2}}},
            {"id": "c4", "type": "odd"},
            7,
        ],
        "function_call": {"name": "old", "arguments": "{}"},
    }
    assert blocks(message) == [
        ("thinking", "hm", "model", None),
        ("text", "a", "model", ("content", 0, "text")),
        ("refusal", "no", "model", None),
        ("refusal", "never", "model", None),
        ("audio", "", "model", None),
        ("tool_call", 'f{"x":1}', "model", None),
        ("tool_call", "gfree", "model", None),
        ("tool_call", 'h{"y": 2}', "model", None),
        ("other", "", "model", None),
        ("other", "", "model", None),
        ("tool_call", "old{}", "model", None),
    ]
    calls = [b for b in read(message).blocks if b.kind == "tool_call"]
    assert [(b.call_id, b.name) for b in calls] == [("c1", "f"), ("c2", "g"), ("c3", "h"), (None, "old")]


def test_thinking_of_other_providers_is_verbatim() -> None:
    """Thinking parts and details are counted, not edited."""
    thinking = {"type": "thinking", "thinking": [{"type": "text", "text": "long thought"}]}
    [block] = read({"role": "assistant", "content": [thinking]}).blocks
    assert (block.kind, block.path, block.text) == ("thinking", None, "")
    assert block.tokens > 3
    [detail] = read({"role": "assistant", "content": None, "reasoning_details": [{"data": "enc"}]}).blocks
    assert (detail.kind, detail.path) == ("thinking", None)


def test_cache_marks_are_seen() -> None:
    """Anthropic's mark behind a chat-completions proxy, on a part or a message, and OpenAI's own breakpoint."""
    for mark in ({"cache_control": {"type": "ephemeral"}}, {"prompt_cache_breakpoint": {"mode": "explicit"}}):
        parts = [{"type": "text", "text": "a"}, {"type": "text", "text": "b", **mark}]
        assert [b.cache_marked for b in read({"role": "user", "content": parts}).blocks] == [False, True]
        assert read({"role": "user", "content": "a", **mark}).blocks[0].cache_marked
    assert not read({"role": "user", "content": "a", "cache_control": None}).blocks[0].cache_marked


@pytest.mark.parametrize(
    "content", [None, 7, True, {"a": 1}, [], [None], [7], [[]], [{}], [{"type": 3}], [{"text": 4}]]
)
@pytest.mark.parametrize("role", ROLES)
def test_malformed_content_is_other_and_stays(role: Any, content: Any) -> None:
    """Nothing that has the wrong shape crashes or becomes editable."""
    message = {"role": role, "content": content} if role is not None else {"content": content}
    assert all(block.kind == "other" and not block.editable for block in read(message).blocks)


def test_an_unknown_role_is_left_alone() -> None:
    """What a role means that we do not know is not ours to change."""
    message = read({"role": "critic", "content": "hi"})
    assert message.role == "other"
    assert message.blocks == (Block("text", "hi", "system"),)


@given(st.sampled_from(ROLES), st.dictionaries(st.sampled_from(
    ["content", "tool_calls", "function_call", "refusal", "audio", "reasoning", "reasoning_details", "name",
     "tool_call_id", "cache_control", "x"]), JSON))  # fmt: skip
def test_no_message_crashes_and_each_path_leads_to_its_text(role: Any, fields: dict[str, Any]) -> None:
    """Whatever JSON a message holds, a block with a path has its text there."""
    value = {**fields, "role": role}
    message = read(value)
    for block in message.blocks:
        if block.path is not None:
            assert json.loads(fragments.at(message.raw, block.path)) == block.text


@pytest.mark.parametrize("raw", [b'"hi"', b"7", b"null", b"[]", b'{"role":"user","role":"user"}', b'{"role":"\xff"}',
                                 b'{"role":"user","content":"\\ud800"}', b'{"role":"user","content":"\xff"}',
                                 b'{"role":"user","content":[{"text":"a","text":"b"}]}'])  # fmt: skip
def test_what_is_no_message_is_not_understood(raw: bytes) -> None:
    """Other values, doubled names and text that is not Unicode: the request is forwarded untouched."""
    with pytest.raises(NotUnderstood):
        CODEC.parse(b'{"model":"m","messages":[' + raw + b"]}")


@pytest.mark.parametrize(
    ("raw", "name", "builtin", "strict", "slot"),
    [
        ({"type": "function", "function": {"name": "f", "parameters": {}}}, "f", False, False, "tools"),
        ({"type": "function", "function": {"name": "f", "strict": True}}, "f", False, True, "tools"),
        ({"function": {"name": "f"}}, "f", False, False, "tools"),
        ({"type": "function", "name": "flat", "strict": True}, "flat", False, True, "tools"),
        ({"type": "custom", "custom": {"name": "g", "format": {"type": "text"}}}, "g", True, False, "tools"),
        ({"type": "web_search"}, "web_search", True, False, "tools"),
        ({"googleSearch": {}}, "", True, False, "tools"),
        ({"type": "function", "function": None}, "", True, False, "tools"),
        ({"type": "function", "function": {"name": 7}}, "", True, False, "tools"),
        ({}, "", True, False, "tools"),
        ({"name": "old", "parameters": {}}, "old", False, False, "functions"),
    ],
)
def test_each_kind_of_tool(raw: Any, name: str, builtin: bool, strict: bool, slot: str) -> None:
    """Functions, custom tools, providers' own tools and broken ones."""
    [tool] = request_of([], **{slot: [raw]}).tools
    assert (tool.name, tool.builtin, tool.strict, tool.slot) == (name, builtin, strict, slot)


def test_params_are_what_stages_look_at() -> None:
    """Scalar fields are decoded, the slots are not among them."""
    request = request_of([], stream=True, n=2, tool_choice={"type": "function", "function": {"name": "f"}}, tools=None)
    assert (request.stream, request.params["n"], request.forced_tool_choice) == (True, 2, True)
    assert not {"messages", "tools", "functions"} & set(request.params)


# -- writing --------------------------------------------------------------------------------------------------

PARTS = st.fixed_dictionaries({"type": st.just("text"), "text": st.text(max_size=6), "x": JSON})
MESSAGES = st.fixed_dictionaries(
    {"role": st.sampled_from(ROLES[:6])},
    optional={
        "content": st.none() | st.text(max_size=6) | st.lists(PARTS, max_size=3),
        "vendor_field": JSON,
        "name": st.text(max_size=4),
    },
)  # fmt: skip
BODIES = st.fixed_dictionaries(
    {"model": st.text(max_size=4), "messages": st.lists(MESSAGES, max_size=4)},
    optional={
        "tools": st.lists(st.fixed_dictionaries({"type": st.just("function"), "function": st.just({"name": "f"})})),
        "temperature": st.floats(allow_nan=False, allow_infinity=False),
        "seed": st.integers(),
        "vendor": JSON,
    },
).flatmap(spaced)


@given(BODIES)
def test_parse_and_render_is_the_identity(body: str) -> None:
    """Unknown fields, whitespace, big integers and escapes come out as they came in."""
    assert CODEC.render(CODEC.parse(body.encode())) == body.encode()


@given(BODIES, st.data())
def test_one_edit_changes_exactly_one_fragment(body: str, data: Any) -> None:
    """After an edited text every other byte of its message, and every other message and field, is as it was."""
    request = CODEC.parse(body.encode())
    places = [(i, j) for i, m in enumerate(request.messages) for j, b in enumerate(m.blocks) if b.editable]
    if not places:
        return
    i, j = data.draw(st.sampled_from(places))
    text = data.draw(st.text(max_size=6))
    changed = apply(request, ReplaceText(i, j, text))
    before = fragments.object_fields(body.encode())
    after = fragments.object_fields(CODEC.render(changed))
    items = fragments.array_items(after.pop("messages"))
    for index, (old, new) in enumerate(zip(request.messages, items, strict=True)):
        if index != i:
            assert new == old.raw
        else:
            path = old.blocks[j].path
            assert path is not None
            assert json.loads(fragments.at(new, path)) == text
            assert fragments.replace(new, path, lambda _: fragments.at(old.raw, path)) == old.raw  # noqa: B023
    for name, raw in after.items():
        as_it_was = fragments.array_items if name == "tools" else bytes
        assert as_it_was(raw) == as_it_was(before[name])
    assert list(before) == list(json.loads(CODEC.render(changed)))


def test_a_compact_body_differs_in_the_edited_text_only() -> None:
    """A body as SDKs send it keeps every byte outside of the edited text."""
    body = (
        b'{"messages":[{"role":"system","content":"s"},{"role":"user","content":[{"type":"text","text":"OLD","n":1.0},'
        b'{"type":"image_url","image_url":{"url":"u\\/"}}],"w":12345678901234567890123}],"model":"m","seed":1e3,'
        b'"tools":[{"type":"function","function":{"name":"f","parameters":{"a": 1}}}],"stream":true}'
    )
    assert CODEC.render(apply(CODEC.parse(body), ReplaceText(1, 0, "né"))) == body.replace(b"OLD", "né".encode())


def test_every_kind_of_edit() -> None:
    """Texts, messages, tools and fields change together; indexes mean the request as it was."""
    tools = [{"type": "function", "function": {"name": name, "parameters": {}}} for name in "abc"]
    request = request_of([{"role": "user", "content": "one"}, {"role": "user", "content": "two"}], tools=tools)
    changed = apply(
        request,
        RemoveMessage(0),
        ReplaceText(1, 0, "TWO"),
        RemoveTool(0),
        ReplaceTool(1, b'{"type":"function","function":{"name":"b"}}'),
        AddTool("d", "does d", {"type": "object"}),
        OrderTools((2, 1, 0)),
        SetField("prompt_cache_key", "k"),
        MarkBreakpoint(1),
        MarkBreakpoint(None),
    )
    assert json.loads(CODEC.render(changed)) == {
        "model": "gpt-5",
        "messages": [{"role": "user", "content": "TWO"}],
        "tools": [
            tools[2],
            {"type": "function", "function": {"name": "b"}},
            {"type": "function", "function": {"name": "d", "description": "does d", "parameters": {"type": "object"}}},
        ],
        "prompt_cache_key": "k",
    }


def test_breakpoints_leave_a_chat_request_alone() -> None:
    """The format has no mark of its own that every provider takes."""
    request = request_of([{"role": "user", "content": "one"}], tools=[{"type": "function", "function": {"name": "f"}}])
    assert apply(request, MarkBreakpoint(0), MarkBreakpoint(None)).untouched


def test_legacy_functions_are_edited_in_their_own_field() -> None:
    """A client of `functions` gets added functions there, and loses `function_call` with the last of them."""
    request = request_of([], functions=[{"name": "old"}], function_call="auto")
    added = json.loads(CODEC.render(apply(request, AddTool("new", "n", {}))))
    assert added["functions"] == [{"name": "old"}, {"name": "new", "description": "n", "parameters": {}}]
    assert "tools" not in added
    assert json.loads(CODEC.render(apply(request, RemoveTool(0)))) == {"model": "gpt-5", "messages": []}


def test_verbatim_blocks_refuse_an_edit() -> None:
    """Thinking, calls and media raise EditError."""
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    request = request_of([{"role": "assistant", "content": None, "reasoning": "r", "tool_calls": [call]}])
    for block in range(2):
        with pytest.raises(EditError, match="may not be replaced"):
            apply(request, ReplaceText(0, block, "x"))


def test_an_added_tool_that_is_no_json_is_an_edit_error() -> None:
    """Parameters that cannot be written raise EditError."""
    with pytest.raises(EditError):
        apply(request_of([]), AddTool("f", "", {"x": object()}))
