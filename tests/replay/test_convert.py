"""One session can be played in all three formats, validly and always with the same bytes."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import anthropic.types
import openai.types.chat
import openai.types.responses
import pytest

from tests.replay.material import FORMATS, call, played, recording
from trimtab.errors import NotUnderstood
from trimtab.replay import Recorded, Recordings, Rendering
from trimtab.replay.validity import refusal
from trimtab.request import Format
from trimtab.wire import CODECS


@pytest.mark.parametrize("wire", FORMATS)
def test_requests_are_valid_and_say_the_same(wire: Format) -> None:
    """Each request passes the provider's rules and holds every text of the history."""
    for one in played(wire):
        assert refusal(wire, json.loads(one.request)) == ""
    request = CODECS[wire].parse(played(wire)[1].request)
    texts = "\n".join(message.text for message in request.messages)
    for message in recording()["messages"][:5]:
        assert message["content"] in texts
    assert [tool.name for tool in request.tools] == ["tide"]


def test_answers_are_what_the_sdks_expect() -> None:
    """The SDKs' own types accept the answers, usage aside, which the provider adds."""
    for one in played("openai_chat"):
        openai.types.chat.ChatCompletion.model_validate_json(one.response)
    for one in played("openai_responses"):
        openai.types.responses.Response.model_validate_json(one.response)
    usage = {"input_tokens": 1, "output_tokens": 1}
    for one in played("anthropic_messages"):
        anthropic.types.Message.model_validate({**json.loads(one.response), "usage": usage})


@pytest.mark.parametrize("wire", FORMATS)
def test_an_answer_holds_text_and_calls(wire: Format) -> None:
    """Text, names and arguments of a recorded answer survive the change of format."""
    response = CODECS[wire].read_response(200, played(wire)[0].response)
    assert response.text == "I look both up."
    assert [(each.name, json.loads(each.arguments)["port"]) for each in response.tool_calls] == [
        ("tide", "Esbjerg"),
        ("tide", "Husum"),
    ]
    assert response.complete


@pytest.mark.parametrize("wire", FORMATS)
def test_an_answer_comes_back_in_the_next_request(wire: Format) -> None:
    """What the provider answered is, read by the codec, what the next request carries for it."""
    first, second, _ = played(wire)
    codec = CODECS[wire]
    turn = [block.text for m in codec.turn(codec.read_response(200, first.response)) for block in m.blocks]
    carried = [b.text for m in codec.parse(second.request).messages if m.role == "assistant" for b in m.blocks]
    assert turn == carried


@pytest.mark.parametrize("wire", FORMATS)
def test_a_request_repeats_the_one_before(wire: Format) -> None:
    """The history grows by appending: without breakpoints the earlier messages keep their bytes."""
    how = Rendering(wire, breakpoints=False)
    requests = [CODECS[wire].parse(one.request) for one in played(wire, how)]
    for before, after in pairwise(requests):
        raws = [message.raw for message in after.messages]
        assert [message.raw for message in before.messages] == raws[: len(before.messages)]
        assert [tool.raw for tool in before.tools] == [tool.raw for tool in after.tools]


@pytest.mark.parametrize("wire", FORMATS)
def test_the_same_session_gives_the_same_bytes(wire: Format) -> None:
    """Nothing random is in a rendering."""
    assert played(wire) == played(wire)


def test_results_of_parallel_calls_share_one_message() -> None:
    """Anthropic wants all results of a turn in the next user message."""
    messages = json.loads(played("anthropic_messages")[1].request)["messages"]
    assert [(m["role"], [block["type"] for block in m["content"]]) for m in messages] == [
        ("user", ["text"]),
        ("assistant", ["text", "tool_use", "tool_use"]),
        ("user", ["tool_result", "tool_result"]),
    ]


def test_breakpoints_are_where_a_careful_client_sets_them() -> None:
    """Last tool, system text and last message; none where the rendering says so."""
    body = json.loads(played("anthropic_messages")[1].request)
    assert "cache_control" in body["tools"][-1]
    assert "cache_control" in body["system"][-1]
    assert "cache_control" in body["messages"][-1]["content"][-1]
    assert json.dumps(body).count("cache_control") == 3
    assert (
        b"cache_control"
        not in played("anthropic_messages", Rendering("anthropic_messages", breakpoints=False))[1].request
    )


@pytest.mark.parametrize("wire", ["openai_responses", "anthropic_messages"])
def test_ids_that_no_provider_takes_are_replaced(wire: Format) -> None:
    """Odd and repeated ids become valid ones, and results keep to their calls."""
    messages = [
        {"role": "user", "content": "Go."},
        {"role": "assistant", "content": None, "tool_calls": [call("a b:1", "tide", "{}")]},
        {"role": "tool", "tool_call_id": "a b:1", "content": "one"},
        {"role": "assistant", "content": "", "tool_calls": [call("a b:1", "tide", "not json")]},
        {"role": "tool", "tool_call_id": "a b:1", "content": "two"},
        {"role": "assistant", "content": "Done."},
    ]
    for one in played(wire, messages=messages, requests=[1, 3, 5]):
        assert refusal(wire, json.loads(one.request)) == ""
        assert "a b:1" not in one.request.decode()


def test_what_anthropic_refuses_is_written_otherwise() -> None:
    """A conversation that the assistant opens, and texts of white space, become valid without being lost in number."""
    messages = [
        {"role": "system", "content": " "},
        {"role": "assistant", "content": "Hello?"},
        {"role": "user", "content": " \n"},
        {"role": "assistant", "content": ""},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "Bye"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}},
            ],
        },
        {"role": "assistant", "content": "Bye."},
    ]
    one = played("anthropic_messages", messages=messages, requests=[5])[0]
    body = json.loads(one.request)
    assert refusal("anthropic_messages", body) == ""
    assert [m["role"] for m in body["messages"]] == ["user", "assistant", "user", "assistant", "user"]
    assert body["messages"][-1]["content"][1]["source"]["media_type"] == "image/png"
    assert "system" not in body


def test_what_a_format_cannot_carry_is_refused_in_words() -> None:
    """Audio and legacy calls stay with OpenAI chat; nothing is dropped silently."""
    audio = [{"role": "user", "content": [{"type": "input_audio"}]}, {"role": "assistant", "content": "x"}]
    legacy = [
        {"role": "user", "content": "x"},
        {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": "{}"}},
    ]
    for messages in (audio, legacy):
        assert len(played("openai_chat", messages=messages, requests=[1])) == 1
        with pytest.raises(NotUnderstood, match="OpenAI chat only"):
            played("anthropic_messages", messages=messages, requests=[1])
    with pytest.raises(NotUnderstood, match="function shape"):
        played("openai_responses", tools=[{"name": "tide"}])


@pytest.mark.parametrize(
    ("recorded", "how", "model"),
    [
        ("gpt-4.1", Rendering(), "gpt-4.1"),
        ("claude-sonnet-5", Rendering(), "claude-sonnet-5"),
        ("gpt-4.1", Rendering.of("anthropic"), "claude-sonnet-5"),
        ("human-written", Rendering.of("openai"), "gpt-5"),
        ("gpt-4.1", Rendering("openai_responses", model="gpt-4o"), "gpt-4o"),
    ],
)
def test_the_model_is_one_of_the_provider_that_is_simulated(recorded: str, how: Rendering, model: str) -> None:
    """Dollars mean something only for a model that the simulated provider has."""
    one = played("openai_chat", how, model=recorded)[0]
    assert json.loads(one.request)["model"] == model
    assert (one.format == "anthropic_messages") == model.startswith("claude")


@pytest.mark.parametrize("wire", FORMATS)
def test_real_sessions_are_valid_in_every_format(wire: Format, shared_data: Path) -> None:
    """The first sessions of every development trace pass the providers' rules in all three formats."""
    for file in sorted((shared_data / "traces").glob("*.gz")):
        for count, one in enumerate(Recordings([file], Rendering(wire))):
            assert isinstance(one, Recorded), one
            assert refusal(wire, json.loads(one.request)) == "", one.id
            if count >= 60:
                break
