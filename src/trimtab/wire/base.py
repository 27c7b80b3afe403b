"""What the three formats have in common: reading fragments once, applying edits, writing them back in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import orjson

from trimtab.errors import EditError, NotUnderstood
from trimtab.request import (
    AddTool,
    ChatRequest,
    Edit,
    Format,
    MarkBreakpoint,
    Message,
    OrderTools,
    RemoveMessage,
    RemoveTool,
    ReplaceText,
    ReplaceTool,
    SetField,
    Tool,
)
from trimtab.wire import fragments
from trimtab.wire.fragments import FragmentMemo

_GONE_WITH_TOOLS = ("tool_choice", "parallel_tool_calls", "function_call")


def _index(index: int, items: Sequence[object], what: str) -> int:
    """``index``, if ``items`` has it."""
    if not 0 <= index < len(items):
        raise EditError(f"{what} {index} does not exist, there are {len(items)}")
    return index


def _dumps(value: object, what: str) -> bytes:
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError as error:
        raise EditError(f"{what} is not JSON: {error}") from error


class FragmentCodec:
    """Base of the codecs. A subclass names its fields and reads one message or tool fragment at a time."""

    format: ClassVar[Format]
    message_slot: ClassVar[str] = "messages"
    system_slot: ClassVar[str | None] = None
    tool_slots: ClassVar[tuple[str, ...]] = ("tools",)

    def __init__(self) -> None:
        self._messages: dict[str, FragmentMemo[Message]] = {}
        self._tools: dict[str, FragmentMemo[Tool]] = {}

    # -- what a format has to say -----------------------------------------------------------------------------

    def _read_message(self, raw: bytes, slot: str) -> Message:
        """Read one fragment of ``slot``. Raises NotUnderstood."""
        raise NotUnderstood(f"{self.format} does not read messages")

    def _read_tool(self, raw: bytes, slot: str) -> Tool:
        """Read one tool fragment. Raises NotUnderstood."""
        raise NotUnderstood(f"{self.format} does not read tools")

    def _make_tool(self, tool: AddTool) -> bytes:
        """The fragment that offers ``tool`` in this format."""
        raise EditError(f"{self.format} does not add tools")

    def _mark_message(self, raw: bytes, slot: str) -> bytes:
        """The message with a prompt-cache breakpoint on its last block; the same where there is no such thing."""
        return raw

    def _mark_tool(self, raw: bytes) -> bytes:
        return raw

    def _tool_to_mark(self, tools: Sequence[Tool]) -> int | None:
        """Which of the tools, of which there is at least one, a breakpoint on the tools goes to."""
        return len(tools) - 1

    def _check(self, request: ChatRequest) -> ChatRequest:
        """A last word on a parsed request; may raise NotUnderstood."""
        return request

    # -- reading ----------------------------------------------------------------------------------------------

    def parse(self, body: bytes) -> ChatRequest:
        fields = fragments.object_fields(body)
        slots = {self.message_slot, self.system_slot, *self.tool_slots}
        params: dict[str, Any] = {name: fragments.value_of(raw) for name, raw in fields.items() if name not in slots}
        model = params.get("model")
        if not isinstance(model, str) or self.message_slot not in fields:
            raise NotUnderstood(f"model and {self.message_slot} are needed, have {', '.join(fields) or 'nothing'}")
        messages = self._parse_messages(fields)
        return self._check(
            ChatRequest(
                format=self.format,
                model=model,
                stream=params.get("stream") is True,
                messages=messages,
                tools=self._parse_tools(fields),
                fields=fields,
                params=params,
                body=body,
                origins=tuple(range(len(messages))),
            )
        )

    def _parse_messages(self, fields: Mapping[str, bytes]) -> tuple[Message, ...]:
        read = []
        if self.system_slot and fields.get(self.system_slot, b"null") != b"null":
            read.append(self.read_message(fields[self.system_slot], self.system_slot))
        raw = fields[self.message_slot]
        items = [raw] if raw[:1] == b'"' else fragments.array_items(raw)
        read += [self.read_message(item, self.message_slot) for item in items]
        return tuple(read)

    def _parse_tools(self, fields: Mapping[str, bytes]) -> tuple[Tool, ...]:
        read: list[Tool] = []
        for slot in self.tool_slots:
            if fields.get(slot, b"null") != b"null":
                read += [self._tool_of(raw, slot) for raw in fragments.array_items(fields[slot])]
        return tuple(read)

    def _tool_of(self, raw: bytes, slot: str) -> Tool:
        memo = self._tools.get(slot) or self._tools.setdefault(slot, FragmentMemo())
        return memo.get(raw, lambda raw: self._read_tool(raw, slot))

    def read_message(self, raw: bytes, slot: str = "") -> Message:
        slot = slot or self.message_slot
        memo = self._messages.get(slot) or self._messages.setdefault(slot, FragmentMemo())
        return memo.get(raw, lambda raw: self._read_message(raw, slot))

    # -- editing ----------------------------------------------------------------------------------------------

    def apply(self, request: ChatRequest, edits: Sequence[Edit]) -> ChatRequest:
        ops = [edit.op for edit in edits]
        try:
            changed = self._edit_fields(self._edit_tools(self._edit_messages(request, ops), ops), ops)
        except NotUnderstood as error:
            raise EditError(f"the edit leaves nothing that can be read: {error}") from error
        return request if changed is request else replace(changed, body=None)

    def _edit_fields(self, request: ChatRequest, ops: Sequence[object]) -> ChatRequest:
        fields, params = dict(request.fields), dict(request.params)
        for op in ops:
            if isinstance(op, SetField):
                if op.name in (self.message_slot, self.system_slot, *self.tool_slots):
                    raise EditError(f"{op.name} holds messages or tools; edit those, not the field")
                fields[op.name] = _dumps(op.value, op.name)
                params[op.name] = op.value
        if fields == request.fields:
            return request
        model, stream = params.get("model", request.model), params.get("stream") is True
        if not isinstance(model, str):
            raise EditError(f"model has to be a string, not {model!r}")
        return replace(request, fields=fields, params=params, model=model, stream=stream)

    def _edit_messages(self, request: ChatRequest, ops: Sequence[object]) -> ChatRequest:
        raws = [message.raw for message in request.messages]
        gone: set[int] = set()
        for op in ops:
            if isinstance(op, ReplaceText):
                raws[op.message] = self._replace_text(request, op, raws)
            elif isinstance(op, RemoveMessage):
                gone.add(_index(op.message, raws, "message"))
        for op in ops:  # after the texts: a breakpoint may turn a string into a list of blocks
            if isinstance(op, MarkBreakpoint) and op.message is not None:
                index = _index(op.message, raws, "message")
                raws[index] = self._mark_message(raws[index], request.messages[index].slot)
        if not gone and all(raw is old.raw for raw, old in zip(raws, request.messages, strict=True)):
            return request
        kept = [index for index in range(len(raws)) if index not in gone]
        return replace(
            request,
            messages=tuple(
                request.messages[i]
                if raws[i] is request.messages[i].raw
                else self.read_message(raws[i], request.messages[i].slot)
                for i in kept
            ),
            origins=tuple(request.origins[i] for i in kept),
            settled=sum(1 for i in kept if i < request.settled),
        )

    def _replace_text(self, request: ChatRequest, op: ReplaceText, raws: Sequence[bytes]) -> bytes:
        message = request.messages[_index(op.message, raws, "message")]
        return self._with_text(message, raws[op.message], op.block, op.text)

    def replace_texts(self, message: Message, texts: Mapping[int, str]) -> Message:
        raw = message.raw
        for number, text in texts.items():
            raw = self._with_text(message, raw, number, text)
        return self.read_message(raw, message.slot)

    def _with_text(self, message: Message, raw: bytes, number: int, text: str) -> bytes:
        """``raw``, a rendering of ``message``, with the text of one block replaced. Raises EditError."""
        block = message.blocks[_index(number, message.blocks, "block")]
        if block.path is None:
            raise EditError(f"the {block.kind} block {number} of a {message.role} message may not be replaced")
        if text == block.text:
            return raw
        dumped = _dumps(text, "text")
        return fragments.replace(raw, block.path, lambda _: dumped)

    def _edit_tools(self, request: ChatRequest, ops: Sequence[object]) -> ChatRequest:
        tools: list[Tool | None] = list(request.tools)
        order: Sequence[int] = range(len(tools))
        added: list[Tool] = []
        for op in ops:
            if isinstance(op, ReplaceTool):
                old = request.tools[_index(op.tool, tools, "tool")]
                tools[op.tool] = self._replacement(op, old)
            elif isinstance(op, RemoveTool):
                tools[_index(op.tool, tools, "tool")] = None
            elif isinstance(op, AddTool):
                added.append(self._added_tool(op, request))
            elif isinstance(op, OrderTools):
                if sorted(op.order) != list(range(len(tools))):
                    raise EditError(f"order {op.order} is not a permutation of {len(tools)} tools")
                order = op.order
        result = [tool for index in order if (tool := tools[index]) is not None] + added
        if any(isinstance(op, MarkBreakpoint) and op.message is None for op in ops) and result:
            at = self._tool_to_mark(result)
            if at is not None:
                result[at] = self._read_tool(self._mark_tool(result[at].raw), result[at].slot)
        return request if tuple(result) == request.tools else replace(request, tools=tuple(result))

    def _replacement(self, op: ReplaceTool, old: Tool) -> Tool:
        new = self._read_tool(op.raw, old.slot)
        if new.name != old.name:
            raise EditError(f"tool {op.tool} is {old.name!r} and may not become {new.name!r}")
        return new

    def _added_tool(self, op: AddTool, request: ChatRequest) -> Tool:
        """The tool that ``op`` adds, in the slot that suits ``request``."""
        return self._read_tool(self._make_tool(op), self.tool_slots[0])

    def with_messages(
        self, request: ChatRequest, messages: Sequence[Message], origins: Sequence[int], settled: int
    ) -> ChatRequest:
        same = tuple(messages) == request.messages
        body = request.body if same else None
        return replace(request, messages=tuple(messages), origins=tuple(origins), settled=settled, body=body)

    # -- writing ----------------------------------------------------------------------------------------------

    def render(self, request: ChatRequest) -> bytes:
        if request.body is not None:
            return request.body
        fields = dict(request.fields)
        self._render_messages(request, fields)
        for slot in self.tool_slots:
            raws = [tool.raw for tool in request.tools if tool.slot == slot]
            if raws:
                fields[slot] = fragments.render_array(raws)
            elif slot in fields and fields[slot] != b"null" and fragments.array_items(fields[slot]):
                del fields[slot]  # providers refuse an empty list, and a choice among no tools
                for name in () if request.tools else _GONE_WITH_TOOLS:
                    fields.pop(name, None)
        return fragments.render_object(fields)

    def _render_messages(self, request: ChatRequest, fields: dict[str, bytes]) -> None:
        if self.system_slot:
            system = [message.raw for message in request.messages if message.slot == self.system_slot]
            if system:
                fields[self.system_slot] = system[0]
            else:
                fields.pop(self.system_slot, None)
        fields[self.message_slot] = self._render_slot([m.raw for m in request.messages if m.slot == self.message_slot])

    def _render_slot(self, raws: Sequence[bytes]) -> bytes:
        return fragments.render_array(raws)
