"""A small recorded session for the replay tests: a question, two calls side by side, an answer, a second question."""

from __future__ import annotations

from typing import Any

import orjson

from trimtab.replay import Recorded, Rendering, Session
from trimtab.replay.convert import exchanges
from trimtab.replay.sessions import read_session
from trimtab.request import Format

FORMATS: tuple[Format, ...] = ("openai_chat", "openai_responses", "anthropic_messages")


def call(call_id: str, name: str, arguments: str) -> dict[str, Any]:
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}


def recording(**changes: Any) -> dict[str, Any]:
    """One line of the trace format; ``changes`` replace members."""
    tools = [
        {
            "type": "function",
            "function": {
                "name": "tide",
                "description": "Times of the tides.",
                "parameters": {"type": "object", "properties": {"port": {"type": "string"}}},
            },
        }
    ]
    report = orjson.dumps({"port": "Esbjerg", "high": "04:12", "station": "DK-7731"}, option=orjson.OPT_INDENT_2)
    return {
        "session_id": "tides-1",
        "tenant": "harbour",
        "model": "gpt-4.1",
        "tools": tools,
        "messages": [
            {"role": "system", "content": "You answer questions about tides."},
            {"role": "user", "content": "When is high water in Esbjerg and in Husum?"},
            {
                "role": "assistant",
                "content": "I look both up.",
                "tool_calls": [
                    call("call_a", "tide", '{"port": "Esbjerg"}'),
                    call("call_b", "tide", '{"port": "Husum"}'),
                ],
            },
            {"role": "tool", "tool_call_id": "call_a", "content": report.decode()},
            {"role": "tool", "tool_call_id": "call_b", "content": ""},
            {"role": "assistant", "content": "Esbjerg at 04:12, says station DK-7731."},
            {"role": "user", "content": "Thanks. And in Ribe?"},
            {"role": "assistant", "content": "Ribe has no gauge."},
        ],
        "requests": [2, 5, 7],
        "needles": [{"text": "DK-7731", "from": 3, "used_at": 5, "strength": "strong"}],
        **changes,
    }


def session(**changes: Any) -> Session:
    return read_session(recording(**changes), "test")


def played(wire: Format, how: Rendering | None = None, **changes: Any) -> list[Recorded]:
    """The exchanges of the session in one format."""
    how = how or Rendering(wire)
    return list(exchanges(session(**changes), how))
