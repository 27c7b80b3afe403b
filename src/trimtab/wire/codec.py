"""What a wire format has to be able to do. Nothing outside `trimtab.wire` knows a provider's shapes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from trimtab.request import ChatRequest, Edit, Format, Message
from trimtab.response import ChatResponse, Usage
from trimtab.wire.sse import SseEvent


@dataclass(frozen=True)
class ToolResult:
    """The answer of an internal tool to one call of the model."""

    call_id: str
    name: str
    text: str


@dataclass(frozen=True)
class StreamEnd:
    """What the tail of a stream says: the usage if it was reported, and whether the answer is whole."""

    usage: Usage | None
    complete: bool


class StreamFilter(Protocol):
    """Passes a stream on without the model's calls to internal tools, over all rounds of one answer.

    Every event goes through unchanged, except events of internal calls (dropped), the indexes that they shift,
    and what a later round repeats (a second beginning, a second id). The events that end a round (finish
    reason, usage, end marker) are held back until it is known whether another round follows.
    """

    def feed(self, event: SseEvent) -> bytes:
        """What the client gets for this event now; may be empty."""

    def next_round(self) -> None:
        """The round ended in internal calls only: forget its ending, continue the same answer."""

    def finish(self) -> bytes:
        """The ending of the last round, as the client is to see it."""


class Codec(Protocol):
    """Reads and writes one wire format. Stateless; one instance serves all requests."""

    @property
    def format(self) -> Format: ...

    # -- requests ---------------------------------------------------------------------------------------------

    def parse(self, body: bytes) -> ChatRequest:
        """Read a request. ``body`` is kept on it; ``origins`` is 0..n-1 and ``settled`` 0.

        Raises NotUnderstood where the body is not JSON, is not this format, or cannot be read faithfully.
        """

    def read_message(self, raw: bytes, slot: str = "") -> Message:
        """Read one message fragment of ``slot`` (default: the list of messages), memoised. Raises NotUnderstood."""

    def apply(self, request: ChatRequest, edits: Sequence[Edit]) -> ChatRequest:
        """The request with edits made, all indexes meaning ``request`` as it is given.

        Fragments that no edit touches keep their bytes. Raises EditError for a place that does not exist.
        """

    def replace_texts(self, message: Message, texts: Mapping[int, str]) -> Message:
        """The message with the texts of some of its blocks replaced, all else as it is. Raises EditError."""

    def with_messages(
        self, request: ChatRequest, messages: Sequence[Message], origins: Sequence[int], settled: int
    ) -> ChatRequest:
        """The request with other messages, as the splice log renders them."""

    def render(self, request: ChatRequest) -> bytes:
        """The bytes to send: the client's own where nothing was changed."""

    # -- rounds -----------------------------------------------------------------------------------------------

    def turn(self, response: ChatResponse) -> tuple[Message, ...]:
        """The assistant's message(s) as they have to be sent back in the next request."""

    def join(self, results: Sequence[ToolResult], following: Message | None) -> tuple[Message, ...]:
        """The messages that give ``results`` to the model before, or merged into, the client's ``following``."""

    def hide(self, bodies: Sequence[bytes], internal: Collection[str]) -> bytes:
        """One response of several rounds' bodies, without calls to the tools named ``internal``.

        Text of earlier rounds comes first; id, usage and everything else are those of the last round.
        """

    def stream_filter(self, internal: Collection[str]) -> StreamFilter: ...

    # -- responses --------------------------------------------------------------------------------------------

    def read_response(self, status: int, body: bytes) -> ChatResponse:
        """Read a non-streaming answer; an error or unreadable body gives ``complete=False``."""

    def read_stream(self, status: int, stream: bytes) -> ChatResponse:
        """Assemble a finished stream into the answer that the same call without streaming would have given."""

    def stream_end(self, stream: bytes) -> StreamEnd:
        """Usage and completeness from the tail of a finished stream, without assembling it."""

    def replay(self, body: bytes, request: ChatRequest) -> Iterator[bytes]:
        """The events of a stored answer as the provider would have streamed them to ``request``."""

    def reissue(self, body: bytes, answer_id: str) -> bytes:
        """A stored answer for another request: ``answer_id`` in the provider's form, usage zero."""

    # -- errors -----------------------------------------------------------------------------------------------

    def error(self, status: int, message: str) -> bytes:
        """An error body in the provider's shape."""

    def stream_error(self, message: str) -> bytes:
        """An error event as the provider's SDK expects it inside a stream."""
