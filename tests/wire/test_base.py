"""What all formats share: parsing once, editing exactly what an edit names, rendering the rest as it came."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.test_fragments import JSON, spaced
from trimtab.errors import EditError, NotUnderstood
from trimtab.request import (
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
    Tool,
)
from trimtab.wire import fragments
from trimtab.wire.base import FragmentCodec


class Plain(FragmentCodec):
    """A format as small as can be: messages and system text are strings or objects with ``t``, tools have ``name``."""

    format = "anthropic_messages"
    system_slot = "system"
    tool_slots = ("tools", "functions")

    def _read_message(self, raw: bytes, slot: str) -> Message:
        value = fragments.value_of(raw)
        path = () if isinstance(value, str) else ("t",)
        text = value if isinstance(value, str) else value.get("t", "")
        role = "system" if slot == "system" else "user"
        blocks = (Block("text", text, "person", path), Block("thinking", "fixed", "model"))
        return Message("system" if role == "system" else "user", raw, blocks, slot)

    def _read_tool(self, raw: bytes, slot: str) -> Tool:
        return Tool(str(fragments.value_of(fragments.object_fields(raw)["name"])), raw, slot=slot)

    def _make_tool(self, tool: AddTool) -> bytes:
        return b'{"name":"%s"}' % tool.name.encode()

    def _mark_message(self, raw: bytes, slot: str) -> bytes:
        return fragments.with_member(raw, "mark", b"true") if raw[:1] == b"{" else raw

    def _mark_tool(self, raw: bytes) -> bytes:
        return fragments.with_member(raw, "mark", b"true")


CODEC = Plain()
BODY = (
    b'{ "model": "m", "system": "be brief",\n "messages": [ {"t": "one", "x": 1e2},{"t":"two" }, {"t":"three"}],'
    b' "tools": [{"name": "a" },{"name":"b"}], "functions": [{"name":"c"}], "tool_choice": "auto", "big": %d}' % 10**30
)


def apply(*ops: Op, body: bytes = BODY) -> ChatRequest:
    edits = [Edit(op, "test", "because", "history") for op in ops]
    return CODEC.apply(CODEC.parse(body), edits)


def rendered(*ops: Op, body: bytes = BODY) -> dict[str, bytes]:
    return fragments.object_fields(CODEC.render(apply(*ops, body=body)))


ORIGINAL = fragments.object_fields(BODY)


def raws(request: ChatRequest) -> list[bytes]:
    return [message.raw for message in request.messages]


BODIES = st.fixed_dictionaries(
    {"model": st.text(max_size=5), "messages": st.lists(st.fixed_dictionaries({"t": st.text(max_size=5)}), max_size=4)},
    optional={"system": st.text(max_size=5), "tools": st.lists(st.fixed_dictionaries({"name": st.text(max_size=3)}))},
).flatmap(lambda known: st.dictionaries(st.text(max_size=5), JSON, max_size=4).map(lambda more: {**more, **known}))


@given(BODIES.flatmap(spaced))
def test_an_untouched_request_renders_as_its_own_bytes(body: str) -> None:
    """Parse and render is the identity, whitespace, escapes, big integers and unknown fields included."""
    request = CODEC.parse(body.encode())
    assert CODEC.render(request) == body.encode()
    assert CODEC.apply(request, []) is request
    assert request.origins == tuple(range(len(request.messages)))


@given(BODIES.flatmap(spaced))
def test_every_fragment_survives_the_change_of_another_field(body: str) -> None:
    """Setting one field leaves the bytes of every message, tool and other field."""
    before = fragments.object_fields(body.encode())
    request = CODEC.parse(body.encode())
    edit = Edit(SetField("added by test", 1), "test", "", "history")
    after = fragments.object_fields(CODEC.render(CODEC.apply(request, [edit])))
    assert after.pop("added by test") == b"1"
    assert list(after) == [name for name in before if name != "added by test"]
    for name, raw in before.items():
        if name in ("messages", "tools") and raw[:1] == b"[":
            assert fragments.array_items(after[name]) == fragments.array_items(raw)
        elif name != "added by test":
            assert after[name] == raw


@pytest.mark.parametrize(
    "body",
    [
        b"", b"nonsense", b"[]", b'"x"', b"{}", b'{"model":"m"}', b'{"messages":[]}', b'{"model":1,"messages":[]}',
        b'{"model":null,"messages":[]}', b'{"model":"m","messages":{}}', b'{"model":"m","messages":null}',
        b'{"model":"m","messages":[],"tools":{}}', b'{"model":"m","messages":[],"x":"\xff"}',
        b'{"model":"m","model":"m","messages":[]}', b'{"model":"m","messages":[{"t":"\xff"}]}',
        b'\xef\xbb\xbf{"model":"m","messages":[]}',
        b'{"model":"m","messages":[],"x":' + b"[" * 9999 + b"]" * 9999 + b"}",
    ],
)  # fmt: skip
def test_what_cannot_be_read_faithfully_is_not_understood(body: bytes) -> None:
    """No JSON, no request, doubled names and invalid UTF-8 raise NotUnderstood, never anything else."""
    with pytest.raises(NotUnderstood):
        CODEC.parse(body)


def test_a_text_edit_changes_one_fragment_only() -> None:
    """The edited message differs in its text and in no other byte; everything else keeps its bytes."""
    fields = rendered(ReplaceText(1, 0, 'O"NE'))
    items = fragments.array_items(fields.pop("messages"))
    assert items == [b'{"t": "O\\"NE", "x": 1e2}', b'{"t":"two" }', b'{"t":"three"}']
    del fields["tools"], fields["functions"]
    assert fields == {n: v for n, v in ORIGINAL.items() if n not in ("messages", "tools", "functions")}


def test_a_string_that_is_the_whole_slot_can_be_replaced() -> None:
    """The empty path means the fragment itself, as for a system text."""
    assert rendered(ReplaceText(0, 0, "new"))["system"] == b'"new"'


def test_an_edit_that_changes_nothing_leaves_the_request_untouched() -> None:
    """Same text, same order, same field: the client's own bytes go out."""
    no_mark = ReplaceText(0, 0, "be brief"), OrderTools((0, 1, 2)), SetField("tool_choice", "auto"), MarkBreakpoint(0)
    assert apply(*no_mark).untouched
    assert CODEC.render(apply(*no_mark)) == BODY


def test_removing_messages_keeps_origins_and_settled_in_step() -> None:
    """What remains still says which client message it is and how much of it was sent before."""
    request = replace(CODEC.parse(BODY), settled=3)
    edits = [Edit(RemoveMessage(index), "test", "", "history") for index in (1, 3)]
    changed = CODEC.apply(request, edits)
    assert (changed.origins, changed.settled) == ((0, 2), 2)
    assert fragments.array_items(fragments.object_fields(CODEC.render(changed))["messages"]) == [b'{"t":"two" }']
    assert "system" not in rendered(RemoveMessage(0))


def test_tools_are_replaced_removed_added_and_ordered_together() -> None:
    """All indexes mean the request as it was given, whatever the order of the edits."""
    request = apply(RemoveTool(0), ReplaceTool(1, b'{"name":"b","y":2}'), AddTool("d", "", {}), OrderTools((2, 1, 0)))
    assert [tool.name for tool in request.tools] == ["c", "b", "d"]
    fields = fragments.object_fields(CODEC.render(request))
    assert fields["tools"] == b'[{"name":"b","y":2},{"name":"d"}]'
    assert fields["functions"] == b'[{"name":"c"}]'


def test_the_last_tool_takes_its_list_and_the_choice_with_it() -> None:
    """Providers refuse an empty list of tools and a choice among none; a choice among others stays."""
    some = rendered(RemoveTool(0), RemoveTool(1))
    assert "tools" not in some
    assert some["tool_choice"] == b'"auto"'
    none = rendered(RemoveTool(0), RemoveTool(1), RemoveTool(2))
    assert not {"tools", "functions", "tool_choice"} & set(none)
    empty = b'{"model":"m","messages":[],"tools":[],"functions":null}'
    assert CODEC.render(apply(SetField("x", 1), body=empty)) == empty[:-1] + b',"x":1}'


def test_breakpoints_go_on_the_edited_message_and_on_the_last_tool() -> None:
    """A mark is made after the texts and the tools are what they will be."""
    fields = rendered(MarkBreakpoint(1), ReplaceText(1, 0, "new"), MarkBreakpoint(None), RemoveTool(2))
    assert fragments.array_items(fields["messages"])[0] == b'{"t": "new", "x": 1e2,"mark":true}'
    assert fields["tools"] == b'[{"name": "a" },{"name":"b","mark":true}]'


def test_setting_model_and_stream_is_seen_by_later_stages() -> None:
    """The request's own fields follow its body."""
    request = apply(SetField("model", "other"), SetField("stream", True))
    assert (request.model, request.stream, request.params["model"]) == ("other", True, "other")


@pytest.mark.parametrize(
    "op",
    [
        ReplaceText(4, 0, "x"), ReplaceText(-1, 0, "x"), ReplaceText(1, 2, "x"), ReplaceText(1, -1, "x"),
        ReplaceText(1, 1, "x"), ReplaceText(1, 0, "\ud800"), RemoveMessage(4), RemoveMessage(-1), MarkBreakpoint(4),
        RemoveTool(3), RemoveTool(-1), ReplaceTool(3, b"{}"), ReplaceTool(0, b"nonsense"),
        ReplaceTool(0, b'{"name":"other"}'), OrderTools((0, 1)), OrderTools((0, 1, 1)), SetField("messages", []),
        SetField("system", "x"), SetField("tools", []), SetField("x", object()), SetField("model", None),
    ],
)  # fmt: skip
def test_an_edit_that_does_not_fit_is_an_edit_error(op: Op) -> None:
    """Places that do not exist, blocks that must stay, names that would change and values that are no JSON."""
    with pytest.raises(EditError):
        apply(op)


def test_with_messages_keeps_the_body_only_for_the_same_messages() -> None:
    """The splice log may hand back what came in: then nothing was changed."""
    request = CODEC.parse(BODY)
    assert CODEC.with_messages(request, list(request.messages), range(4), 2).body is BODY
    assert CODEC.with_messages(request, list(request.messages), range(4), 2).settled == 2
    fewer = CODEC.with_messages(request, request.messages[:2], (0, 1), 0)
    assert fragments.object_fields(CODEC.render(fewer))["messages"] == b'[{"t": "one", "x": 1e2}]'


def test_messages_and_tools_are_read_once() -> None:
    """The same fragment gives the same object, so that counts made of it are kept."""
    one, two = CODEC.parse(BODY), CODEC.parse(BODY)
    assert all(a is b for a, b in zip(one.messages, two.messages, strict=True))
    assert all(a is b for a, b in zip(one.tools, two.tools, strict=True))


def test_big_numbers_survive_an_edit() -> None:
    """An integer beyond 64 bits is rendered as it came."""
    body = CODEC.render(apply(ReplaceText(1, 0, "x")))
    assert json.loads(body)["big"] == 10**30


@given(st.lists(st.sampled_from(range(4)), max_size=4), st.text(max_size=5))
def test_edits_of_several_messages_are_independent(indexes: list[int], text: str) -> None:
    """Each edited message changes, each other keeps its bytes and its object."""
    before: Any = CODEC.parse(BODY)
    after = apply(*(ReplaceText(index, 0, text) for index in indexes))
    for index, (old, new) in enumerate(zip(before.messages, after.messages, strict=True)):
        if index in indexes:
            assert new.blocks[0].text == text
        else:
            assert new is old
