"""What a request asks: the newest words of the person, in the conversation that they belong to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

from trimtab.authorship import is_tool_output
from trimtab.request import ChatRequest, Message
from trimtab.semantic_cache.guards.wording import normalise

MOST_TURNS = 8
"""Longer conversations repeat so rarely that comparing them is not worth its time."""
LONGEST = 3000
"""Characters of one turn beyond which only the exact tier answers."""
_MEDIA = frozenset({"image", "audio", "file"})
_SEPARATOR = " | "


@dataclass(frozen=True)
class Question:
    """A conversation as far as its answer depends on it, the system text and the tools aside.

    ``replies[i]`` is what came back after the i-th turn of the person, the model's words and tool results in one;
    where it is as long as ``turns``, tool results stand after the newest turn.
    """

    turns: tuple[str, ...]
    """What the person wrote, oldest first; never empty."""
    replies: tuple[str, ...] = ()

    @property
    def newest(self) -> str:
        return self.turns[-1]

    @property
    def earlier(self) -> tuple[str, ...]:
        return self.turns[:-1]

    @cached_property
    def said(self) -> str:
        """One text for embedding and comparing: the newest turn, after the two before it where there are any."""
        return _SEPARATOR.join(self.turns[-3:])

    @cached_property
    def id(self) -> str:
        """The same for questions that differ only in what carries no meaning (case, white space, politeness)."""
        parts = [*map(normalise, self.turns), *(" ".join(reply.split()) for reply in self.replies)]
        return blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=16).hexdigest()


def question_of(request: ChatRequest, read_only: Collection[str] = ()) -> Question | str:
    """The question of a request, or in words why it has none that could be compared with another.

    ``read_only`` names the tools whose results a reused answer may rest on.
    """
    turns: list[str] = []
    replies: list[list[str]] = []
    for index, message in enumerate(request.messages):
        if message.role == "system" and not turns:
            continue
        if any(block.kind in _MEDIA for block in message.blocks):
            return "the conversation holds images, audio or files"
        words = _of_person(request, index, message)
        if words is not None:
            turns.append(words)
            replies.append([])
        elif turns:
            replies[-1].append(_written(message))
        else:
            return "the conversation does not begin with the person"
    if reason := _too_much(turns) or (replies[-1] and _follows_tools(request, read_only)):
        return reason
    if not replies[-1]:
        replies.pop()
    return Question(tuple(turns), tuple("\n".join(said) for said in replies))


def _too_much(turns: Sequence[str]) -> str:
    """Why there is nothing, or too much, to compare."""
    if not turns:
        return "there is no question in it"
    if len(turns) > MOST_TURNS:
        return f"the conversation has more than {MOST_TURNS} turns"
    if any(len(turn) > LONGEST for turn in turns):
        return f"a turn is longer than {LONGEST} characters"
    return ""


def _of_person(request: ChatRequest, index: int, message: Message) -> str | None:
    """What a person wrote in a message; None where somebody else did."""
    if message.role not in ("user", "other"):
        return None
    blocks = [
        block
        for block in message.blocks
        if block.author == "person" and block.kind == "text" and not is_tool_output(request, index, block)
    ]
    return "\n".join(block.text for block in blocks) if blocks else None


def _written(message: Message) -> str:
    """Everything in a message that is not the person's, calls and results included."""
    return "\n".join(f"{block.kind}:{block.name or ''}:{block.text}" for block in message.blocks)


def _follows_tools(request: ChatRequest, read_only: Collection[str]) -> str:
    """Why an answer that follows what stands after the newest turn may not be reused."""
    trailing = request.messages[request.newest_person + 1 :]
    called = [block.name or "" for message in trailing for block in message.blocks if block.kind == "tool_call"]
    foreign = [name for name in called if name not in read_only]
    if not called or foreign:
        named = f" of {foreign[0]}" if foreign else ""
        return f"the answer follows a tool result{named} (cache.reuse_tool_calls)"
    return ""
