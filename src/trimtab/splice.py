"""The splice log: what was put in, taken out or hidden in a thread. Client view + splices = provider view.

A splice says: the client's message with this chain hash is rendered as these fragments. One, for an edited
message; several, where internal rounds happened after it; none, where it was left out. Chain hashes cover
everything before the message, so a splice can only apply where the same conversation led to it, and a branch of
a thread shares the splices up to its fork.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from trimtab.request import ChatRequest, Message, digest_of
from trimtab.wire import Codec, ToolResult


class Splice(msgspec.Struct, frozen=True, array_like=True):
    """How one client message is rendered. ``refers_to``: digests of client messages that the text relies on."""

    fragments: tuple[bytes, ...]
    refers_to: tuple[bytes, ...] = ()


class Pending(msgspec.Struct, frozen=True, array_like=True):
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


def provide(
    request: ChatRequest,
    chain: Sequence[bytes],
    splices: Mapping[bytes, Splice],
    pending: Mapping[bytes, Pending],
    codec: Codec,
    settled: int,
) -> Provided:
    """Re-apply the thread's earlier splices to a client's request, byte for byte.

    ``settled`` counts the client's messages that were in an earlier request of the thread.
    """
    added, joined = _join_pending(request, chain, splices, pending, codec)
    messages: list[Message] = []
    origins: list[int] = []
    settled_provided = 0
    for index, message in enumerate(request.messages):
        splice = added.get(chain[index]) or splices.get(chain[index])
        rendered = [message] if splice is None else [codec.read_message(raw, message.slot) for raw in splice.fragments]
        messages += rendered
        origins += [index] * len(rendered)
        if index < settled:
            settled_provided = len(messages)
    return Provided(codec.with_messages(request, messages, origins, settled_provided), added, joined)


def _join_pending(
    request: ChatRequest,
    chain: Sequence[bytes],
    splices: Mapping[bytes, Splice],
    pending: Mapping[bytes, Pending],
    codec: Codec,
) -> tuple[dict[bytes, Splice], bytes | None]:
    """Splices for the newest answer whose internal rounds the client does not know."""
    if not pending:
        return {}, None
    for index in range(len(chain) - 1, -1, -1):
        waiting = pending.get(chain[index])
        if waiting is None or index + 1 >= len(request.messages) or chain[index + 1] in splices:
            continue
        end = index + 1
        while end < len(request.messages) and request.messages[end].role == "assistant":
            end += 1
        answer = request.messages[index + 1 : end]
        if not answer or seen_text(answer) != waiting.text or seen_calls(answer) != waiting.calls:
            return {}, None  # the client changed the answer: what we hid stays hidden
        added = {chain[index + 1]: Splice(waiting.turn)}
        added.update({chain[later]: Splice(()) for later in range(index + 2, end)})
        if waiting.results:
            if end >= len(request.messages):
                return {}, None
            results = [ToolResult(*result) for result in waiting.results]
            following = request.messages[end]
            merged = codec.join(results, following)
            added[chain[end]] = Splice(tuple(message.raw for message in merged))
        return added, waiting.anchor
    return {}, None


def differences(
    client: ChatRequest,
    provided: ChatRequest,
    chain: Sequence[bytes],
    known: Mapping[bytes, Splice],
    refers_to: Mapping[int, tuple[bytes, ...]],
) -> dict[bytes, Splice]:
    """The splices that turn the client's messages into the provided ones, beyond those already known.

    ``refers_to`` gives, by index of the client's message, what its new rendering relies on.
    """
    rendered: dict[int, list[bytes]] = {index: [] for index in range(len(client.messages))}
    for message, origin in zip(provided.messages, provided.origins, strict=True):
        rendered[origin].append(message.raw)
    found: dict[bytes, Splice] = {}
    for index, fragments in rendered.items():
        old = known.get(chain[index])
        standing = old.fragments if old is not None else (client.messages[index].raw,)
        if tuple(fragments) != standing:
            found[chain[index]] = Splice(tuple(fragments), refers_to.get(index, ()))
    return found
