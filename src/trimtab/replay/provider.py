"""A model of a provider: recorded answers, the prompt cache's arithmetic over what came in, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

import orjson

from trimtab.errors import NotUnderstood
from trimtab.pricing import PrefixCache, rules_for
from trimtab.replay.convert import PROVIDER_OF
from trimtab.replay.recorded import Recorded
from trimtab.replay.validity import refusal
from trimtab.request import ChatRequest, Format
from trimtab.response import Usage
from trimtab.tokens import count
from trimtab.wire import CODECS, fragments

_JSON = "application/json"
_SSE = "text/event-stream; charset=utf-8"


@dataclass(frozen=True)
class Given:
    """What the provider gives back: one chunk of JSON, or the events of a stream.

    ``usage`` is what the answer reports, ``recorded`` the exchange that it comes from; both None for a refusal.
    """

    status: int
    content_type: str
    chunks: tuple[bytes, ...]
    usage: Usage | None = None
    recorded: Recorded | None = None

    @property
    def body(self) -> bytes:
        return b"".join(self.chunks)


class Answers(Protocol):
    """Where recorded answers are found."""

    def find(self, request: ChatRequest, replay_id: str = "") -> Recorded | None:
        """The exchange that ``replay_id`` names, else the one whose request this is."""


class ReplayProvider:
    """Answers requests with recorded answers and counts their input as a provider with a prompt cache would.

    The cache is simulated over the requests as they come in, per credential and model, by the clock handed in.
    """

    def __init__(self, answers: Answers, clock: Callable[[], float]) -> None:
        self._answers = answers
        self._cache = PrefixCache(clock)
        self.refusals: list[str] = []
        """Why requests were refused, the latest hundred."""

    def respond(self, wire: Format, body: bytes, credential: str, replay_id: str = "") -> Given:
        """The answer to a request body of format ``wire``, as it came in."""
        try:
            request = CODECS[wire].parse(body)
        except NotUnderstood as error:
            return self._refused(wire, 400, f"the body of the request cannot be read: {error}")
        why = refusal(wire, fragments.value_of(body))
        if why:
            return self._refused(wire, 400, why)
        recorded = self._answers.find(request, replay_id)
        if recorded is None:
            return self._refused(wire, 404, f"no recorded answer to this request (x-replay-id {replay_id!r})")
        usage = self._usage(credential, request, recorded)
        answer = fragments.with_member(recorded.response, "usage", orjson.dumps(usage_member(wire, usage)))
        if not request.stream:
            return Given(200, _JSON, (answer,), usage, recorded)
        return Given(200, _SSE, tuple(CODECS[wire].replay(answer, request)), usage, recorded)

    def count_tokens(self, body: bytes) -> Given:
        """Anthropic's count of a request's input, by our own estimate."""
        try:
            request = CODECS["anthropic_messages"].parse(body)
        except NotUnderstood as error:
            return self._refused("anthropic_messages", 400, f"the body of the request cannot be read: {error}")
        return Given(200, _JSON, (orjson.dumps({"input_tokens": request.tokens}),))

    def _refused(self, wire: Format, status: int, why: str) -> Given:
        self.refusals = [*self.refusals[-99:], why]
        return Given(status, _JSON, (CODECS[wire].error(status, why),))

    def _usage(self, credential: str, request: ChatRequest, recorded: Recorded) -> Usage:
        rules = rules_for(PROVIDER_OF[request.format], request.format, request.model)
        sent = self._cache.send(credential, request, rules)
        return replace(sent, output=output_of(recorded))


def output_of(recorded: Recorded) -> int:
    """Output tokens of a recorded answer: what its own usage says, else counted."""
    response = CODECS[recorded.format].read_response(200, recorded.response)
    if response.usage is not None and response.usage.output:
        return response.usage.output
    return count(response.text) + sum(count(call.name) + count(call.arguments) for call in response.tool_calls)


def usage_member(wire: Format, usage: Usage) -> dict[str, Any]:
    """``usage`` as the provider of a format reports it."""
    if wire == "anthropic_messages":
        return {
            "input_tokens": usage.fresh,
            "cache_creation_input_tokens": usage.written,
            "cache_read_input_tokens": usage.read,
            "cache_creation": {
                "ephemeral_5m_input_tokens": usage.written - usage.written_1h,
                "ephemeral_1h_input_tokens": usage.written_1h,
            },
            "output_tokens": usage.output,
        }
    total = usage.input + usage.output
    details = {"cached_tokens": usage.read} | ({"cache_write_tokens": usage.written} if usage.written else {})
    if wire == "openai_responses":
        return {
            "input_tokens": usage.input,
            "input_tokens_details": details,
            "output_tokens": usage.output,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": total,
        }
    return {
        "prompt_tokens": usage.input,
        "completion_tokens": usage.output,
        "total_tokens": total,
        "prompt_tokens_details": details,
    }
