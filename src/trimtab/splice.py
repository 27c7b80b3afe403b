"""The splice log: what was put in, taken out or hidden in a thread. Client view + splices = provider view.

A splice says how the client's message with this chain hash is rendered. It is applied to the message as the client
sends it now, so that its own prompt-cache breakpoints may move; what the model reads stays the same. Chain hashes
cover everything before the message, so a splice can only apply where the same conversation led to it, and a branch
of a thread shares the splices up to its fork.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from trimtab.request import ChatRequest, Message, digest_of
from trimtab.wire import Codec, ToolResult

_RENDERED = 8192


class Splice(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """How one client message is rendered.

    First what it becomes: itself, or ``fragments`` in its place (none: it is left out), or with the ``results`` of
    internal calls joined to it (call id, name, text). Then ``texts``: which block of which of those messages gets
    which text. ``refers_to``: what the texts rely on, by the identity of the messages.
    """

    fragments: tuple[bytes, ...] | None = None
    results: tuple[tuple[str, str, str], ...] = ()
    texts: tuple[tuple[int, int, str], ...] = ()
    refers_to: tuple[bytes, ...] = ()

    def base(self, message: Message, codec: Codec) -> list[Message]:
        """What the client's message becomes before its texts are replaced."""
        if self.fragments is not None:
            return [codec.read_message(raw, message.slot) for raw in self.fragments]
        if self.results:
            return list(codec.join([ToolResult(*result) for result in self.results], message))
        return [message]

    def render(self, message: Message, codec: Codec) -> list[Message]:
        """The messages that go to the provider in place of the client's. Raises EditError, NotUnderstood."""
        rendered = self.base(message, codec)
        changed: dict[int, dict[int, str]] = {}
        for place, block, text in self.texts:
            changed.setdefault(place, {})[block] = text
        for place, texts in changed.items():
            rendered[place] = codec.replace_texts(rendered[place], texts)
        return rendered


class Renderings:
    """Remembers how splices render messages: a thread is sent again with every request."""

    def __init__(self, entries: int = _RENDERED) -> None:
        self._entries = entries
        self._known: OrderedDict[tuple[int, bytes], tuple[Splice, list[Message]]] = OrderedDict()

    def of(self, message: Message, splice: Splice, codec: Codec) -> list[Message]:
        """The rendering of a message by a splice."""
        key = (id(splice), message.digest)
        known = self._known.get(key)
        if known is not None and known[0] is splice:
            self._known.move_to_end(key)
            return known[1]
        rendered = splice.render(message, codec)
        self._known[key] = (splice, rendered)
        if len(self._known) > self._entries:
            self._known.popitem(last=False)
        return rendered


class Pending(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Internal rounds behind an answer, until the client sends that answer back.

    ``anchor`` is the chain hash of the message that was answered. ``text`` is the digest of the text that the
    client saw and ``calls`` the ids of the tool calls it got; ``turn`` the provider's view of the answer, the
    results of earlier rounds included; ``results`` what is to be joined when the client's own results come.
    """

    anchor: bytes
    text: bytes
    calls: tuple[str, ...]
    turn: tuple[bytes, ...]
    results: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Provided:
    """The provider's view of a request, and the splices that joining pending rounds has added."""

    request: ChatRequest
    added: Mapping[bytes, Splice]
    joined: bytes | None = None
    """Anchor of the pending rounds that were joined."""


def seen_text(messages: Sequence[Message]) -> bytes:
    """Digest of the text in a client's view of an answer, white space at the ends aside."""
    texts = [block.text for message in messages for block in message.blocks if block.kind == "text"]
    return digest_of("".join(texts).strip().encode("utf-8", "replace"))


def seen_calls(messages: Sequence[Message]) -> tuple[str, ...]:
    """Ids of the tool calls in a client's view of an answer."""
    return tuple(b.call_id or "" for message in messages for b in message.blocks if b.kind == "tool_call")


class SpliceLog:
    """The splices of a thread as one request needs them. All methods may raise EditError or NotUnderstood."""

    def __init__(
        self,
        client: ChatRequest,
        chain: Sequence[bytes],
        splices: Mapping[bytes, Splice],
        codec: Codec,
        renderings: Renderings,
    ) -> None:
        self._client = client
        self._chain = chain
        self._splices = dict(splices)
        self._codec = codec
        self._renderings = renderings

    def provide(self, pending: Mapping[bytes, Pending], settled: int) -> Provided:
        """Re-apply the splices to the client's request, and join what is pending behind its newest answer.

        ``settled`` counts the client's messages that were in an earlier request of the thread.
        """
        added, joined = _join_pending(self._client, self._chain, self._splices, pending)
        self._splices |= added
        messages: list[Message] = []
        origins: list[int] = []
        settled_provided = 0
        for index in range(len(self._client.messages)):
            rendered = self._rendered(index)
            messages += rendered
            origins += [index] * len(rendered)
            if index < settled:
                settled_provided = len(messages)
        request = self._codec.with_messages(self._client, messages, origins, settled_provided)
        return Provided(request, added, joined)

    def _rendered(self, index: int) -> list[Message]:
        message = self._client.messages[index]
        splice = self._splices.get(self._chain[index])
        return [message] if splice is None else self._renderings.of(message, splice, self._codec)

    def differences(self, provided: ChatRequest, refers_to: Mapping[int, tuple[bytes, ...]]) -> dict[bytes, Splice]:
        """The splices that turn the client's messages into the provided ones, beyond those already known.

        ``refers_to`` gives, by index of the client's message, what its new rendering relies on.
        """
        rendered: dict[int, list[Message]] = {index: [] for index in range(len(self._client.messages))}
        for message, origin in zip(provided.messages, provided.origins, strict=True):
            rendered[origin].append(message)
        found: dict[bytes, Splice] = {}
        for index, messages in rendered.items():
            if _raws(messages) != _raws(self._rendered(index)):
                old = self._splices.get(self._chain[index]) or Splice()
                relies_on = (*old.refers_to, *refers_to.get(index, ()))
                own = self._client.messages[index]
                found[self._chain[index]] = _splice_for(own, messages, old, relies_on, self._codec)
        return found


def _raws(messages: Sequence[Message]) -> list[bytes]:
    return [message.raw for message in messages]


def _join_pending(
    request: ChatRequest, chain: Sequence[bytes], splices: Mapping[bytes, Splice], pending: Mapping[bytes, Pending]
) -> tuple[dict[bytes, Splice], bytes | None]:
    """Splices for the newest answer whose internal rounds the client does not know."""
    for index in range(len(chain) - 1, -1, -1) if pending else ():
        waiting = pending.get(chain[index])
        if waiting is None or index + 1 >= len(request.messages) or chain[index + 1] in splices:
            continue
        end = index + 1
        while end < len(request.messages) and request.messages[end].role == "assistant":
            end += 1
        answer = request.messages[index + 1 : end]
        if not answer or seen_text(answer) != waiting.text or seen_calls(answer) != waiting.calls:
            return {}, None  # the client changed the answer: what we hid stays hidden
        if waiting.results and end >= len(request.messages):
            return {}, None
        added = {chain[index + 1]: Splice(fragments=waiting.turn)}
        added.update({chain[later]: Splice(fragments=()) for later in range(index + 2, end)})
        if waiting.results:
            added[chain[end]] = Splice(results=waiting.results)
        return added, waiting.anchor
    return {}, None


def _splice_for(
    own: Message, messages: Sequence[Message], old: Splice, relies_on: Iterable[bytes], codec: Codec
) -> Splice:
    """A splice that renders ``own`` as ``messages``: by its texts where only those differ, else by whole fragments."""
    base = old.base(own, codec)
    refers_to = tuple(dict.fromkeys(relies_on))
    texts: list[tuple[int, int, str]] = []
    same_shape = len(base) == len(messages)
    for place, (before, after) in enumerate(zip(base, messages, strict=False)):
        same_shape &= [(b.kind, b.path, b.call_id) for b in before.blocks] == [
            (b.kind, b.path, b.call_id) for b in after.blocks
        ]
        changed = enumerate(zip(before.blocks, after.blocks, strict=False))
        texts += [(place, number, new.text) for number, (was, new) in changed if was.text != new.text]
    if same_shape:
        by_texts = Splice(old.fragments, old.results, tuple(texts), refers_to)
        if _raws(by_texts.render(own, codec)) == _raws(messages):
            return by_texts
    return Splice(fragments=tuple(_raws(messages)), refers_to=refers_to)
