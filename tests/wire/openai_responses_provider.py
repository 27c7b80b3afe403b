"""A provider of Responses answers for tests: items, bodies, streams, and the real SDK reading them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import httpx2
from openai import OpenAI
from openai.types.responses import Response

from trimtab.wire.openai_responses import OpenAIResponses
from trimtab.wire.openai_responses_stream import ResponsesFilter
from trimtab.wire.sse import SseParser, events_of

CODEC = OpenAIResponses()
USAGE = {
    "input_tokens": 1000,
    "input_tokens_details": {"cached_tokens": 600, "cache_write_tokens": 100},
    "output_tokens": 50,
    "output_tokens_details": {"reasoning_tokens": 10},
    "total_tokens": 1050,
}


def text_item(text: str, item_id: str = "msg_1") -> dict[str, Any]:
    part = {"type": "output_text", "annotations": [], "logprobs": [], "text": text}
    return {"id": item_id, "type": "message", "status": "completed", "content": [part], "role": "assistant"}


def call_item(name: str, arguments: str = "{}", number: int = 1) -> dict[str, Any]:
    return {
        "id": f"fc_{number}",
        "type": "function_call",
        "status": "completed",
        "arguments": arguments,
        "call_id": f"call_{number}",
        "name": name,
    }


def reasoning_item(number: int = 1, summary: str = "", **more: Any) -> dict[str, Any]:
    parts = [{"type": "summary_text", "text": summary}] if summary else []
    return {"id": f"rs_{number}", "type": "reasoning", "summary": parts, "encrypted_content": "gAAA" * 40, **more}


def response(items: Sequence[dict[str, Any]], response_id: str = "resp_1", **more: Any) -> dict[str, Any]:
    return {
        "id": response_id,
        "object": "response",
        "created_at": 1741294021,
        "status": "completed",
        "background": False,
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {"größe": "\u20ac"},
        "model": "gpt-5.1",
        "output": list(items),
        "parallel_tool_calls": True,
        "store": False,
        "temperature": 1.0,
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "usage": USAGE,
        "x_unknown": {"kept": [1, 2]},
        **more,
    }


def body_of(items: Sequence[dict[str, Any]], response_id: str = "resp_1", **more: Any) -> bytes:
    return json.dumps(response(items, response_id, **more)).encode()


def events_for(whole: dict[str, Any], *, parallel: bool = False) -> list[dict[str, Any]]:
    """The events of an answer, item by item; with ``parallel`` the deltas of all items take turns."""
    begun = {**whole, "status": "in_progress", "output": [], "usage": None}
    head = [{"type": "response.created", "response": begun}, {"type": "response.in_progress", "response": begun}]
    queues = [_item_events(index, item) for index, item in enumerate(whole["output"])]
    middle: list[dict[str, Any]] = []
    if parallel:
        middle += [queue.pop(0) for queue in queues]
        while any(queues):
            middle += [queue.pop(0) for queue in queues if queue]
    else:
        middle += [event for queue in queues for event in queue]
    ending = {"type": f"response.{whole['status']}", "response": whole}
    return [{**event, "sequence_number": number} for number, event in enumerate([*head, *middle, ending])]


def _item_events(index: int, item: dict[str, Any]) -> list[dict[str, Any]]:
    about = {"item_id": item["id"], "output_index": index}
    begun, inside = {**item, "status": "in_progress"}, []
    if item["type"] == "message":
        begun["content"] = []
        for number, part in enumerate(item["content"]):
            here = {**about, "content_index": number}
            inside += [
                {"type": "response.content_part.added", **here, "part": {**part, "text": ""}},
                *(
                    {"type": "response.output_text.delta", **here, "delta": d, "logprobs": []}
                    for d in _cut(part["text"])
                ),
                {"type": "response.output_text.done", **here, "text": part["text"], "logprobs": []},
                {"type": "response.content_part.done", **here, "part": part},
            ]
    elif item["type"] == "function_call":
        begun["arguments"] = ""
        inside = [
            *({"type": "response.function_call_arguments.delta", **about, "delta": d} for d in _cut(item["arguments"])),
            {"type": "response.function_call_arguments.done", **about, "arguments": item["arguments"]},
        ]
    elif item["type"] == "reasoning":
        begun = {**item, "summary": []}
        for number, part in enumerate(item["summary"]):
            here = {**about, "summary_index": number}
            inside += [
                {"type": "response.reasoning_summary_part.added", **here, "part": {**part, "text": ""}},
                {"type": "response.reasoning_summary_text.delta", **here, "delta": part["text"]},
                {"type": "response.reasoning_summary_text.done", **here, "text": part["text"]},
                {"type": "response.reasoning_summary_part.done", **here, "part": part},
            ]
    added = {"type": "response.output_item.added", "output_index": index, "item": begun}
    return [added, *inside, {"type": "response.output_item.done", "output_index": index, "item": item}]


def _cut(text: str) -> list[str]:
    return [text[i : i + 3] for i in range(0, len(text), 3)]


def sse(events: Sequence[dict[str, Any]], newline: str = "\n") -> bytes:
    """Events as OpenAI writes them, with an ``event:`` line each."""
    return "".join(
        f"event: {event['type']}{newline}data: {json.dumps(event)}{newline}{newline}" for event in events
    ).encode()


def stream_of(items: Sequence[dict[str, Any]], response_id: str = "resp_1", **more: Any) -> bytes:
    return sse(events_for(response(items, response_id, **more)))


def filtered(rounds: Sequence[bytes], internal: Sequence[str], cut: int = 0) -> bytes:
    """What a client gets of several rounds' streams; ``cut`` feeds them in chunks of that many bytes."""
    flt = ResponsesFilter(internal)
    written = b""
    for number, stream in enumerate(rounds):
        if number:
            flt.next_round()
        parser = SseParser()
        size = cut or len(stream) or 1
        for start in range(0, len(stream), size):
            written += b"".join(flt.feed(event) for event in parser.feed(stream[start : start + size]))
        written += b"".join(flt.feed(event) for event in parser.close())
    return written + flt.finish()


def decoded(stream: bytes) -> list[dict[str, Any]]:
    return [json.loads(event.data) for event in events_of(stream) if event.data[:1] == b"{"]


def client(answer: Callable[[httpx2.Request], httpx2.Response]) -> OpenAI:
    return OpenAI(
        api_key="sk-test",
        base_url="http://upstream.test/v1",
        max_retries=0,
        http_client=httpx2.Client(transport=httpx2.MockTransport(answer)),
    )


def sdk_reads(stream: bytes) -> tuple[list[Any], Response]:
    """The events that the real SDK's accumulator fires for a stream, and its final response."""
    headers = {"content-type": "text/event-stream"}
    with (
        client(lambda _: httpx2.Response(200, headers=headers, content=stream)) as sdk,
        sdk.responses.stream(model="gpt-5.1", input="x") as answer,
    ):
        events = list(answer)
        return events, answer.get_final_response()


def sdk_reads_body(body: bytes) -> Response:
    """What the real SDK makes of a non-streaming answer."""
    headers = {"content-type": "application/json"}
    with client(lambda _: httpx2.Response(200, headers=headers, content=body)) as sdk:
        return sdk.responses.create(model="gpt-5.1", input="x")


def plain(answer: Response) -> dict[str, Any]:
    """A response as data, less what the SDK's parsing adds."""
    return without_parsed(answer.to_dict())


def without_parsed(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: without_parsed(v) for k, v in value.items() if k not in ("parsed", "parsed_arguments")}
    if isinstance(value, list):
        return [without_parsed(member) for member in value]
    return value
