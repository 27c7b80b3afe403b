"""The OpenAI Responses format: requests, and the rounds behind one answer."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import orjson

from trimtab.errors import NotUnderstood
from trimtab.request import AddTool, ChatRequest, Message, Tool
from trimtab.response import ChatResponse
from trimtab.wire import fragments
from trimtab.wire.base import FragmentCodec
from trimtab.wire.codec import StreamEnd, StreamFilter, ToolResult
from trimtab.wire.openai_responses_answer import (
    error_body,
    error_event,
    hide_calls,
    output_of,
    read_answer,
    read_answer_stream,
    reissue_answer,
    tail_of,
)
from trimtab.wire.openai_responses_items import read_item
from trimtab.wire.openai_responses_replay import replay_answer
from trimtab.wire.openai_responses_stream import ResponsesFilter
from trimtab.wire.sse import render_event


class OpenAIResponses(FragmentCodec):
    """Reads and writes ``/v1/responses``.

    ``input`` as a string is one user message whose fragment is that string. Providers keep answers for
    ``previous_response_id`` unless ``store`` is false, under the id of the last round: where that matters, the
    caller must not add rounds, or must translate the id (see `ResponsesFilter`).
    Breakpoints are read where the client sets them (``cache_marked``), never made: caching is automatic.
    """

    format = "openai_responses"
    message_slot = "input"
    system_slot = "instructions"

    # -- requests ---------------------------------------------------------------------------------------------

    def _read_message(self, raw: bytes, slot: str) -> Message:
        return read_item(raw, slot)

    def _read_tool(self, raw: bytes, slot: str) -> Tool:
        """Function tools have a schema of ours to edit; whatever else is offered is the provider's or opaque."""
        tool = fragments.value_of(raw)
        if not isinstance(tool, dict):
            raise NotUnderstood(f"a tool is an object, not {raw[:40]!r}")
        name = tool.get("name")
        function = tool.get("type") == "function"
        return Tool(
            name=name if isinstance(name, str) else "",
            raw=raw,
            builtin=not function,
            strict=function and tool.get("strict") is not False,  # this format is strict unless told otherwise
            slot=slot,
        )

    def _make_tool(self, tool: AddTool) -> bytes:
        return orjson.dumps(
            {
                "type": "function",
                "name": tool.name,
                "description": tool.description,
                "parameters": dict(tool.parameters),
                "strict": False,
            }
        )

    def _check(self, request: ChatRequest) -> ChatRequest:
        if request.fields[self.message_slot][:1] == b"[" and any(
            message.raw[:1] == b'"' for message in request.messages if message.slot == self.message_slot
        ):
            raise NotUnderstood("a string stands among the input items")
        return request

    def _render_slot(self, raws: Sequence[bytes]) -> bytes:
        """A string stays bare while it is alone; among items it becomes the message that it is short for."""
        if len(raws) == 1 and raws[0][:1] == b'"':
            return raws[0]
        return fragments.render_array(
            fragments.render_object({"role": b'"user"', "content": raw}) if raw[:1] == b'"' else raw for raw in raws
        )

    # -- rounds -----------------------------------------------------------------------------------------------

    def turn(self, response: ChatResponse) -> tuple[Message, ...]:
        """The output items verbatim, reasoning included.

        Where the provider says that it stored nothing, reasoning without its encrypted content is gone for good:
        it is left out, and the ids that would tie the other items to it with it.
        """
        output = output_of(response.body)
        stored = fragments.object_fields(response.body).get("store") != b"false"
        if not stored:
            values = [fragments.value_of(raw) for raw in output]
            lost = [_is_lost_reasoning(value) for value in values]
            if any(lost):
                kept = [raw for raw, gone in zip(output, lost, strict=True) if not gone]
                output = [fragments.without_members(raw, ("id",)) for raw in kept]
        return tuple(self.read_message(raw) for raw in output)

    def join(self, results: Sequence[ToolResult], following: Message | None) -> tuple[Message, ...]:
        items = [
            orjson.dumps({"type": "function_call_output", "call_id": result.call_id, "output": result.text})
            for result in results
        ]
        joined = tuple(self.read_message(raw) for raw in items)
        return joined if following is None else (*joined, following)

    def hide(self, bodies: Sequence[bytes], internal: Collection[str]) -> bytes:
        return hide_calls(bodies, internal)

    def stream_filter(self, internal: Collection[str]) -> StreamFilter:
        return ResponsesFilter(internal)

    # -- responses --------------------------------------------------------------------------------------------

    def read_response(self, status: int, body: bytes) -> ChatResponse:
        return read_answer(status, body)

    def read_stream(self, status: int, stream: bytes) -> ChatResponse:
        return read_answer_stream(status, stream)

    def stream_end(self, stream: bytes) -> StreamEnd:
        usage, complete = tail_of(stream)
        return StreamEnd(usage, complete)

    def replay(self, body: bytes, request: ChatRequest) -> Iterator[bytes]:
        return replay_answer(body)

    def reissue(self, body: bytes, answer_id: str) -> bytes:
        return reissue_answer(body, answer_id)

    # -- errors -----------------------------------------------------------------------------------------------

    def error(self, status: int, message: str) -> bytes:
        return error_body(status, message)

    def stream_error(self, message: str) -> bytes:
        return render_event(error_event(message), "error")


def _is_lost_reasoning(item: object) -> bool:
    return isinstance(item, dict) and item.get("type") == "reasoning" and not item.get("encrypted_content")
