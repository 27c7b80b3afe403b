"""A session in chat shapes as exchanges of any of the three formats. The same session gives the same bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Protocol

from trimtab.config import Provider
from trimtab.errors import NotUnderstood
from trimtab.replay.as_chat import ChatRendering
from trimtab.replay.as_messages import MessagesRendering
from trimtab.replay.as_responses import ResponsesRendering
from trimtab.replay.recorded import Recorded, Session
from trimtab.request import Format

PROVIDER_OF: dict[Format, Provider] = {
    "openai_chat": "openai",
    "openai_responses": "openai",
    "anthropic_messages": "anthropic",
}
_OWN_MODELS: dict[Provider, re.Pattern[str]] = {
    "openai": re.compile(r"gpt-|chatgpt-|o\d"),
    "anthropic": re.compile(r"claude-"),
}
_STAND_IN: dict[Provider, str] = {"openai": "gpt-5", "anthropic": "claude-sonnet-5"}
"""The model whose prices count where the recorded one is not of the provider that is simulated."""


@dataclass(frozen=True)
class Rendering:
    """How sessions in chat shapes are played.

    ``format`` None: Anthropic Messages for Claude models, OpenAI chat for all others. ``model`` empty: the recorded
    one where the format's provider has it, else a current one of that provider. ``breakpoints``: the client marks
    what Anthropic is to cache (tools, system text, last message), as a careful agent does. ``stream``: the client
    asks for streams.
    """

    format: Format | None = None
    model: str = ""
    breakpoints: bool = True
    stream: bool = False

    @classmethod
    def of(cls, provider: Provider) -> Rendering:
        """The rendering that simulates a provider: chat for OpenAI, Messages for Anthropic, else as recorded."""
        formats: dict[Provider, Format | None] = {"openai": "openai_chat", "anthropic": "anthropic_messages"}
        return cls(format=formats.get(provider))

    def format_for(self, session: Session) -> Format:
        if self.format is not None:
            return self.format
        return "anthropic_messages" if _OWN_MODELS["anthropic"].match(session.model) else "openai_chat"

    def model_for(self, session: Session) -> str:
        provider = PROVIDER_OF[self.format_for(session)]
        if self.model:
            return self.model
        return session.model if _OWN_MODELS[provider].match(session.model) else _STAND_IN[provider]


class SessionRendering(Protocol):
    """One session being written in one format, message by message."""

    def add(self, index: int, message: Mapping[str, Any]) -> None:
        """Append a message of the session to the history."""

    def request(self) -> bytes:
        """The request with the history so far."""

    def response(self, index: int, message: Mapping[str, Any]) -> bytes:
        """The answer that ``message`` records, without usage figures."""


def exchanges(session: Session, rendering: Rendering | None = None) -> Iterator[Recorded]:
    """The exchanges of a session, in order. Raises NotUnderstood for a message that a format cannot carry."""
    rendering = rendering or Rendering()
    wire, model = rendering.format_for(session), rendering.model_for(session)
    written = rendering_of(wire, session, model, rendering)
    done = 0
    for step, index in enumerate(session.requests):
        for position in range(done, index):
            written.add(position, session.messages[position])
        done = index
        yield Recorded(
            session=session.id,
            step=step,
            format=wire,
            request=written.request(),
            response=written.response(index, session.messages[index]),
            tenant=session.tenant,
            needles=session.needles.get(index, ()),
        )


def rendering_of(wire: Format, session: Session, model: str, how: Rendering) -> SessionRendering:
    """An empty history of ``session`` in format ``wire``. Raises NotUnderstood where its tools cannot be written."""
    seed = blake2b(session.id.encode("utf-8", "replace"), digest_size=9).hexdigest()
    try:
        if wire == "openai_chat":
            return ChatRendering(seed, model, session.tools, stream=how.stream)
        if wire == "openai_responses":
            return ResponsesRendering(seed, model, session.tools, stream=how.stream)
        return MessagesRendering(seed, model, session.tools, stream=how.stream, breakpoints=how.breakpoints)
    except (KeyError, TypeError) as error:
        raise NotUnderstood(f"a tool is not in OpenAI's function shape: {error!r}") from error
