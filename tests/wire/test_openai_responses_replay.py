"""Stored Responses answers: streamed again as the provider would have, under another id and free of charge."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai.types.responses import ResponseStreamEvent
from pydantic import TypeAdapter

from tests.wire.openai_responses_provider import (
    CODEC,
    body_of,
    call_item,
    decoded,
    filtered,
    plain,
    reasoning_item,
    response,
    sdk_reads,
    sdk_reads_body,
    text_item,
)
from trimtab.errors import NotUnderstood
from trimtab.wire.sse import events_of

REQUEST = CODEC.parse(b'{"model":"m","input":"x","stream":true}')
CITED = {
    **text_item("See here.", "msg_2"),
    "content": [
        {
            "type": "output_text",
            "text": "See here.",
            "logprobs": [
                {"token": "See", "bytes": [83, 101, 101], "logprob": -0.1, "top_logprobs": []},
                {"token": " here.", "bytes": [32], "logprob": -0.2, "top_logprobs": []},
            ],
            "annotations": [{"type": "url_citation", "url": "u", "title": "t", "start_index": 0, "end_index": 3}],
        },
        {"type": "refusal", "refusal": "But no more than that."},
    ],
}
ITEMS = [
    reasoning_item(1, "First this, then that.", content=[{"type": "reasoning_text", "text": "raw thought"}]),
    text_item("Hello,  you \n there €\n", "msg_1"),
    CITED,
    call_item("weather", '{"city": "Köln", "days": [1, 2, 3]}', 1),
    call_item("empty", "", 2),
    {"id": "ctc_1", "type": "custom_tool_call", "call_id": "c", "name": "patch", "input": "*** Begin\n*** End"},
    {"id": "ws_1", "type": "web_search_call", "status": "completed", "action": {"type": "search", "query": "q"}},
]
NEW_ITEM = {"id": "new_1", "type": "from_the_future", "payload": {"a": [1]}}  # the SDK warns of such, we do not


def replayed(body: bytes) -> bytes:
    return b"".join(CODEC.replay(body, REQUEST))


@pytest.mark.parametrize("indent", [None, 2])
def test_the_sdk_accumulates_a_replay_to_the_stored_answer(indent: int | None) -> None:
    body = json.dumps(response(ITEMS), indent=indent).encode()
    stream = replayed(body)
    _, final = sdk_reads(stream)
    assert plain(final) == plain(sdk_reads_body(body)) == json.loads(body)
    assert json.loads(CODEC.read_stream(200, stream).body) == json.loads(body)


def test_the_events_of_a_replay_are_valid_and_numbered() -> None:
    events = decoded(replayed(body_of(ITEMS)))
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    adapter: TypeAdapter[Any] = TypeAdapter(ResponseStreamEvent)
    for event in events:
        if "response" not in event:
            assert adapter.validate_python(event).type == event["type"]
    assert [event["type"] for event in events[:2]] == ["response.created", "response.in_progress"]
    assert events[0]["response"]["output"] == []
    assert events[0]["response"]["status"] == "in_progress"
    assert events[0]["response"]["usage"] is None


def test_each_event_stands_on_one_line_under_its_name() -> None:
    for event in events_of(replayed(json.dumps(response(ITEMS), indent=2).encode())):
        assert event.event == json.loads(event.data)["type"]
        assert event.raw.count(b"\n") == 3


def test_the_deltas_of_a_replay_add_up_and_come_word_by_word() -> None:
    events = decoded(replayed(body_of(ITEMS)))

    def deltas(kind: str, item_id: str) -> list[str]:
        return [e["delta"] for e in events if e["type"] == f"response.{kind}.delta" and e["item_id"] == item_id]

    assert deltas("output_text", "msg_1") == ["Hello,", "  you", " \n there", " €", "\n"]
    assert deltas("output_text", "msg_2") == ["See", " here."]
    assert "".join(deltas("refusal", "msg_2")) == "But no more than that."
    assert "".join(deltas("function_call_arguments", "fc_1")) == ITEMS[3]["arguments"]
    assert 1 < len(deltas("function_call_arguments", "fc_1")) <= 4
    assert deltas("function_call_arguments", "fc_2") == []
    begun = [event["item"] for event in events if event["type"] == "response.output_item.added"]
    assert [item.get("arguments", item.get("input")) for item in begun[3:6]] == ["", "", ""]
    assert "".join(deltas("custom_tool_call_input", "ctc_1")) == "*** Begin\n*** End"
    assert "".join(deltas("reasoning_summary_text", "rs_1")) == "First this, then that."
    assert "".join(deltas("reasoning_text", "rs_1")) == "raw thought"


def test_logprobs_and_annotations_are_streamed_with_their_text() -> None:
    events = decoded(replayed(body_of([CITED])))
    part = CITED["content"][0]
    assert [e["logprobs"] for e in events if e["type"].endswith("text.delta")] == [[p] for p in part["logprobs"]]
    assert [e["annotation"] for e in events if e["type"].endswith("annotation.added")] == part["annotations"]


@pytest.mark.parametrize("status", ["completed", "incomplete", "failed"])
def test_a_replay_ends_as_the_answer_did(status: str) -> None:
    events = decoded(replayed(body_of([text_item("x")], status=status)))
    assert events[-1]["type"] == f"response.{status}"
    assert events[-1]["response"]["status"] == status


def test_items_of_types_unknown_to_us_are_replayed_whole() -> None:
    stream = replayed(body_of([NEW_ITEM, text_item("x")]))
    items = [event["item"] for event in decoded(stream) if event["type"].startswith("response.output_item")]
    assert items[:2] == [NEW_ITEM, NEW_ITEM]
    assert json.loads(CODEC.read_stream(200, stream).body)["output"][0] == NEW_ITEM


def test_the_filter_passes_a_replay_unchanged() -> None:
    stream = replayed(body_of(ITEMS))
    assert filtered([stream], ["recall"]) == stream


@pytest.mark.parametrize("body", [b"", b"[]", b"{\n", b'{"output": 5}'])
def test_what_is_no_response_cannot_be_replayed(body: bytes) -> None:
    with pytest.raises(NotUnderstood):
        replayed(body)


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@settings(max_examples=40, deadline=None)
@given(st.lists(TEXT | st.tuples(TEXT), max_size=4), st.booleans())
def test_any_texts_and_arguments_survive_a_replay(contents: list[str | tuple[str]], ascii_only: bool) -> None:
    items = [
        text_item(content, f"msg_{n}") if isinstance(content, str) else call_item("f", content[0], n)
        for n, content in enumerate(contents)
    ]
    body = json.dumps(response(items), ensure_ascii=ascii_only).encode()
    events, final = sdk_reads(replayed(body))
    assert plain(final)["output"] == items
    for index, item in enumerate(items):
        deltas = "".join(e.delta for e in events if e.type.endswith(".delta") and e.output_index == index)
        assert deltas == (item["arguments"] if item["type"] == "function_call" else item["content"][0]["text"])


# -- another id, no costs ----------------------------------------------------------------------------------------


def test_a_reissued_answer_has_another_id_and_costs_nothing() -> None:
    body = body_of(ITEMS)
    again = json.loads(CODEC.reissue(body, "led_42"))
    assert again["id"] == "resp_led_42"
    assert CODEC.read_response(200, CODEC.reissue(body, "led_42")).usage.input == 0  # type: ignore[union-attr]
    assert again["usage"] == {
        "input_tokens": 0,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": 0,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": 0,
    }
    untouched = json.loads(body)
    assert {**again, "id": 0, "usage": 0} == {**untouched, "id": 0, "usage": 0}
    assert plain(sdk_reads(replayed(CODEC.reissue(body, "resp_9")))[1])["id"] == "resp_9"


@pytest.mark.parametrize("usage", [None, ...])
def test_an_answer_without_usage_gets_none_when_reissued(usage: Any) -> None:
    whole = response([text_item("x")], usage=usage)
    if usage is ...:
        del whole["usage"]
    again = orjson.loads(CODEC.reissue(json.dumps(whole).encode(), "resp_2"))
    assert again == {**whole, "id": "resp_2"}
