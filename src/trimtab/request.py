"""One model call as every stage sees it, whatever wire format it came in.

A request is a list of messages and tools, each an immutable pair of the JSON fragment that goes over the wire
(`raw`) and the parts of it that a model reads (`blocks`). Stages read blocks and answer with edits; only the
wire codecs know where in the JSON a block stands. Fragments that no edit touches keep their bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from typing import Any, Literal, TypeAlias

import msgspec

from trimtab import marks, tokens

Format: TypeAlias = Literal["openai_chat", "openai_responses", "anthropic_messages"]
Role: TypeAlias = Literal["system", "user", "assistant", "tool", "other"]
Author: TypeAlias = Literal["person", "model", "tool", "system"]
Kind: TypeAlias = Literal["text", "image", "audio", "file", "tool_call", "tool_result", "thinking", "refusal", "other"]
Section: TypeAlias = Literal["tools", "system", "history", "newest"]
Path: TypeAlias = tuple[str | int, ...]

SECTIONS: tuple[Section, ...] = ("tools", "system", "history", "newest")

_MOST_BYTES_A_TOKEN = 12
"""Hardly any text has so many bytes to a token; media have far more, and far more of them are needed."""

MEDIA_TOKENS = 765
"""Estimate for one image, audio or file block (a 1024x1024 image at OpenAI's high detail)."""


def digest_of(raw: bytes) -> bytes:
    """16-byte BLAKE2b of a fragment: its identity wherever the content itself must not be kept."""
    return blake2b(raw, digest_size=16).digest()


@dataclass(frozen=True)
class Block:
    """One part of a message that a model reads.

    ``path`` leads from the message's JSON value to the string that holds ``text``, so that an edit can replace
    it (the empty path: the value is that string); None where the text may not be replaced (media, thinking,
    signatures, tool-call arguments).
    """

    kind: Kind
    text: str
    author: Author
    path: Path | None = None
    call_id: str | None = None
    name: str | None = None
    cache_marked: bool = False
    opaque_tokens: int = 0
    """Tokens of what is not in ``text``: media, encrypted reasoning."""

    @cached_property
    def tokens(self) -> int:
        return tokens.count(self.text) + self.opaque_tokens

    @cached_property
    def digest(self) -> bytes:
        return digest_of(self.text.encode("utf-8", "replace"))

    @property
    def editable(self) -> bool:
        return self.path is not None


@dataclass(frozen=True)
class Message:
    """One message, or one item of an OpenAI Responses input.

    ``slot`` names the top-level field that the fragment is rendered into: ``messages`` (or ``input``), or the
    field of the system text where a format keeps it apart (``system``, ``instructions``).
    Messages are memoised by content and shared between requests; where one stands is the request's to know.
    """

    role: Role
    raw: bytes
    blocks: tuple[Block, ...]
    slot: str = "messages"

    @cached_property
    def digest(self) -> bytes:
        return digest_of(self.raw)

    @cached_property
    def identity(self) -> bytes:
        """Digest of what the message says, wherever breakpoints stand in it and however its text is wrapped."""
        return digest_of(marks.said(self.raw))

    @cached_property
    def tokens(self) -> int:
        return sum(block.tokens for block in self.blocks) + tokens.MESSAGE_OVERHEAD

    @property
    def text(self) -> str:
        return "\n".join(block.text for block in self.blocks if block.text)


@dataclass(frozen=True)
class Tool:
    """One offered tool. ``builtin`` tools (web search, computer use …) have no schema of ours to edit."""

    name: str
    raw: bytes
    builtin: bool = False
    cache_marked: bool = False
    strict: bool = False
    slot: str = "tools"

    @cached_property
    def digest(self) -> bytes:
        return digest_of(self.raw)

    @cached_property
    def tokens(self) -> int:
        """Tokens of the minified fragment: providers render schemas anew, so white space and breakpoints are free."""
        text = self.raw.decode("utf-8", "replace")
        with suppress(msgspec.DecodeError, UnicodeError, RecursionError):
            if self.cache_marked:
                members = msgspec.json.decode(self.raw, type=dict[str, msgspec.Raw])
                members.pop("cache_control", None)
                text = msgspec.json.encode(members).decode()
            text = msgspec.json.format(text, indent=-1)
        return tokens.count(text)


@dataclass(frozen=True)
class ChatRequest:
    """One request to a model. Immutable: `trimtab.wire.apply` answers edits with a new one.

    ``fields`` holds every top-level field as raw JSON in the client's order, the slots of messages and tools
    included (as the client sent them); ``params`` the decoded scalar fields that stages may look at.
    ``body`` is the request as it came in while nothing is changed, otherwise None.
    ``origins[i]`` is the index of the client's message that ``messages[i]`` renders (several may share one);
    messages before ``settled`` were part of an earlier request of the thread: their bytes are to be kept.
    """

    format: Format
    model: str
    stream: bool
    messages: tuple[Message, ...]
    tools: tuple[Tool, ...]
    fields: Mapping[str, bytes]
    params: Mapping[str, Any] = field(default_factory=dict)
    body: bytes | None = None
    origins: tuple[int, ...] = ()
    settled: int = 0

    @property
    def untouched(self) -> bool:
        return self.body is not None

    @cached_property
    def newest_person(self) -> int:
        """Index of the message that holds the newest text a person wrote, or -1."""
        for index in range(len(self.messages) - 1, -1, -1):
            if any(b.author == "person" and b.kind == "text" for b in self.messages[index].blocks):
                return index
        return -1

    def section_of(self, index: int) -> Section:
        """Which section of the bill message ``index`` belongs to."""
        if self.messages[index].role == "system":
            return "system"
        return "newest" if index == len(self.messages) - 1 else "history"

    @cached_property
    def tokens_by_section(self) -> dict[Section, int]:
        """Estimated input tokens per section, media at a flat estimate."""
        counted: dict[Section, int] = dict.fromkeys(SECTIONS, 0)
        counted["tools"] = sum(tool.tokens for tool in self.tools)
        for index, message in enumerate(self.messages):
            counted[self.section_of(index)] += message.tokens
        return counted

    @cached_property
    def tokens(self) -> int:
        return sum(self.tokens_by_section.values())

    def is_shorter_than(self, limit: int) -> bool:
        """Whether the request has fewer tokens than ``limit``; what is far longer is told without counting."""
        size = sum(len(tool.raw) for tool in self.tools) + sum(len(message.raw) for message in self.messages)
        if size > _MOST_BYTES_A_TOKEN * limit:
            return False
        return self.tokens < limit

    @cached_property
    def forced_tool_choice(self) -> bool:
        """Whether the client forces a certain tool, or any tool: what is offered then may not be changed."""
        choice = self.params.get("tool_choice")
        if isinstance(choice, dict):
            return choice.get("type") not in ("auto", "none")
        return choice in ("required", "any")


# -- what a stage may do to a request -------------------------------------------------------------------------


@dataclass(frozen=True)
class ReplaceText:
    """Replace the text of one block. ``message`` and ``block`` index the request that the stage received."""

    message: int
    block: int
    text: str


@dataclass(frozen=True)
class ReplaceTool:
    """Replace the JSON fragment of one tool; its name stays."""

    tool: int
    raw: bytes


@dataclass(frozen=True)
class RemoveTool:
    tool: int


@dataclass(frozen=True)
class AddTool:
    """Offer one more tool, after the others. Rendered into the request's own format by the codec."""

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class OrderTools:
    """Offer the same tools in another order: ``order[i]`` is the present index of the tool that comes i-th."""

    order: tuple[int, ...]


@dataclass(frozen=True)
class RemoveMessage:
    message: int


@dataclass(frozen=True)
class SetField:
    """Set a top-level field to a JSON value."""

    name: str
    value: Any


@dataclass(frozen=True)
class MarkBreakpoint:
    """Put a prompt-cache breakpoint on the last block of a message, or on the last tool (``message`` None).

    A breakpoint is not content: it may move from request to request without changing the prefix.
    """

    message: int | None


Op: TypeAlias = (
    ReplaceText | ReplaceTool | RemoveTool | AddTool | OrderTools | RemoveMessage | SetField | MarkBreakpoint
)


Counted: TypeAlias = int | str | Block | Tool


def _tokens_of(counted: Counted) -> int:
    if isinstance(counted, int):
        return counted
    return tokens.count(counted) if isinstance(counted, str) else counted.tokens


@dataclass(frozen=True)
class Edit:
    """What a stage wants changed: where and what (``op``), why, what it saves, and how to get it back.

    ``before`` and ``after`` are tokens, or the text, block or tool whose tokens are meant: those are counted when
    the books are written, off the request's way.

    ``refers_to`` names the digests of messages that the new text relies on; the pipeline keeps them at a
    lossless level for as long as this edit stands.
    """

    op: Op
    stage: str
    why: str
    section: Section
    before: Counted = 0
    after: Counted = 0
    handle: str | None = None
    refers_to: tuple[bytes, ...] = ()

    @cached_property
    def tokens_before(self) -> int:
        return _tokens_of(self.before)

    @cached_property
    def tokens_after(self) -> int:
        return _tokens_of(self.after)

    @property
    def transient(self) -> bool:
        """Whether the edit is decoration that is made anew for every request and not kept for the thread."""
        return isinstance(self.op, MarkBreakpoint | SetField)
