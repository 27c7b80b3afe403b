"""Threads: the growing conversations that requests belong to, and what was done to them before.

A thread's state is small (hashes, references to blobs, what stages remember) and versioned; it is written by
compare-and-set before the first byte goes upstream. Of two concurrent requests in a thread one wins and the
other goes on as a branch, which shares everything up to the fork.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, field
from random import Random
from typing import Any

import msgspec

from trimtab import identity
from trimtab.errors import Conflict
from trimtab.identity import Naming, ThreadName
from trimtab.request import ChatRequest, digest_of
from trimtab.splice import Pending, Splice
from trimtab.store import Put, Store

_random = Random()
_LINK = 8
_LOOK_BACK = 64
"""How many of the newest messages may have come in since the thread's last request."""
_MAX_PENDING = 8
_REFRESH_S = 60.0

_MAX_SPLICES = 4096
_MAX_FRESH = 1024
_MAX_REFUSALS = 2


class ThreadState(msgspec.Struct):
    """What is known of a thread. ``chain`` holds the 8-byte hash of every client message of the last request."""

    id: str
    version: int = 0
    chain: bytes = b""
    splices: dict[bytes, tuple[bytes, tuple[bytes, ...]]] = msgspec.field(default_factory=dict)
    """Anchor -> (digest of the blob with the fragments, what they refer to)."""
    pending: dict[bytes, bytes] = msgspec.field(default_factory=dict)
    """Anchor -> digest of the blob with the internal rounds behind the answer to it."""
    memory: dict[str, Any] = msgspec.field(default_factory=dict)
    """What each stage remembers, by its name; JSON-like."""
    parent: str = ""
    requests: int = 0
    refusals: int = 0
    """How often the provider refused what was made of a request and took the original."""
    last_seen: float = 0.0

    @property
    def blank(self) -> bool:
        """Whether there is nothing in it that a concurrent request could lose."""
        return not (self.splices or self.pending or self.memory or self.refusals)

    @property
    def left_alone(self) -> bool:
        """Whether the provider refused our work on this thread often enough to stop."""
        return self.refusals >= _MAX_REFUSALS


@dataclass
class Opened:
    """A thread as one request sees it."""

    state: ThreadState
    chain: list[bytes]
    settled: int
    """How many of the client's messages were in the thread's earlier requests, unchanged."""
    naming: Naming
    repeated: bool
    fresh: bool
    """Whether the thread was not known before."""
    start: int = 0
    """How many messages at the start are system text, which anchors nothing but its own edits."""
    splices: dict[bytes, Splice] = field(default_factory=dict)
    pending: dict[bytes, Pending] = field(default_factory=dict)


_encode = msgspec.msgpack.Encoder().encode
_decode_state = msgspec.msgpack.Decoder(ThreadState).decode
_decode_blob = msgspec.msgpack.Decoder(Splice | Pending).decode


class Threads:
    """Recognises threads and keeps their states."""

    def __init__(
        self, store: Store, clock: Callable[[], float], retention_s: float, blob_bytes: int = 16 << 20
    ) -> None:
        self._store = store
        self._clock = clock
        self._retention = retention_s
        self._blobs: OrderedDict[bytes, tuple[int, Splice | Pending]] = OrderedDict()
        self._blob_bytes = 0
        self._max_blob_bytes = blob_bytes
        self._fresh: OrderedDict[str, ThreadState] = OrderedDict()

    # -- opening ----------------------------------------------------------------------------------------------

    async def open(self, tenant: str, request: ChatRequest, template: bytes, name: ThreadName | None = None) -> Opened:
        """The thread of a request: by its name where the client gave one, else by its chain of hashes."""
        chain = identity.chain_of(tenant, request, template)
        start = identity.leading_system(request)
        fresh_here: ThreadState | None = None
        if name is None:
            thread_id = await self._recognise(tenant, chain[start:]) if len(chain) - start > 1 else ""
            if not thread_id:
                fresh_here = next((f for link in reversed(chain[start:]) if (f := self._fresh.get(link.hex()))), None)
                thread_id = fresh_here.id if fresh_here is not None else ""
        elif name.naming == "answer":
            thread_id = await self._answered(tenant, name.name)
        else:
            first = request.messages[start].identity if name.naming == "field" and start < len(chain) else b""
            thread_id = _named_id(tenant, name.name, first)
        state = (await self._load(tenant, thread_id) if thread_id else None) or copy(fresh_here)
        fresh = state is None
        if state is None:
            state = ThreadState(thread_id or _new_id())
        settled = _common_prefix(state.chain, chain)
        opened = Opened(
            state=state,
            chain=chain,
            settled=settled,
            naming=name.naming if name else "chain",
            repeated=not fresh and len(state.chain) == _LINK * len(chain) and settled == len(chain),
            fresh=fresh,
            start=start,
        )
        if not state.blank:
            await self._load_blobs(tenant, opened)
        return opened

    async def _recognise(self, tenant: str, chain: list[bytes]) -> str:
        newest = chain[-_LOOK_BACK:]
        if not newest:
            return ""
        known = await self._store.get_many(f"chain:{tenant}", [link.hex() for link in newest])
        for link in reversed(newest):
            found = known.get(link.hex())
            if found is not None:
                return found.data.decode()
        return ""

    async def _answered(self, tenant: str, answer_id: str) -> str:
        known = await self._store.get(f"answer:{tenant}", answer_id)
        return known.data.decode() if known is not None else _named_id(tenant, answer_id, b"")

    def answered(self, tenant: str, state: ThreadState, answer_id: str) -> None:
        """The provider keeps the history behind this answer: a request that continues it is of this thread."""
        self._store.put_later(Put(f"answer:{tenant}", answer_id, state.id.encode(), self._retention, tenant, state.id))

    async def _load(self, tenant: str, thread_id: str) -> ThreadState | None:
        value = await self._store.get(f"thread:{tenant}", thread_id)
        if value is None:
            return None
        try:
            state = _decode_state(value.data)
        except msgspec.MsgspecError:
            return None  # written by another version: it costs a cold prefix, never a wrong request
        state.version = value.version
        return state

    async def _load_blobs(self, tenant: str, opened: Opened) -> None:
        """The splices and pending rounds that this request needs; content that is gone ends what is settled."""
        state = opened.state
        splices = {link: state.splices[link][0] for link in opened.chain if link in state.splices}
        pending = {link: state.pending[link] for link in opened.chain if link in state.pending}
        absent = [blob.hex() for blob in (*splices.values(), *pending.values()) if blob not in self._blobs]
        if absent:
            stored = await self._store.get_many(f"blob:{tenant}", absent)
            for key, value in stored.items():
                self._keep(bytes.fromhex(key), value.data)
        for link, blob in splices.items():
            if isinstance(found := self._blob(blob), Splice):
                opened.splices[link] = found
        for link, blob in pending.items():
            if isinstance(found := self._blob(blob), Pending):
                opened.pending[link] = found
        for index in range(opened.settled):
            if opened.chain[index] in splices and opened.chain[index] not in opened.splices:
                opened.settled = index
                break

    # -- saving -----------------------------------------------------------------------------------------------

    async def save(
        self,
        tenant: str,
        opened: Opened,
        added: Mapping[bytes, Splice],
        remember: Mapping[str, Any],
        *,
        keep_content: bool,
        joined: bytes | None = None,
    ) -> ThreadState:
        """Write what this request adds to its thread, before anything goes upstream.

        Raises StoreError; a lost race is not an error, the state that comes back is then a branch.
        """
        old = opened.state
        now = self._clock()
        if opened.repeated and not added and not remember and now - old.last_seen < _REFRESH_S:
            return old
        state = ThreadState(
            id=old.id,
            version=old.version,
            chain=b"".join(opened.chain),
            splices=dict(old.splices),
            pending={anchor: waiting for anchor, waiting in old.pending.items() if anchor != joined},
            memory={**old.memory, **remember},
            parent=old.parent,
            requests=old.requests + 1,
            refusals=old.refusals,
            last_seen=now,
        )
        blobs = [self._splice(tenant, state, anchor, splice, keep_content) for anchor, splice in added.items()]
        while len(state.splices) > _MAX_SPLICES:
            del state.splices[next(iter(state.splices))]
        if opened.fresh and opened.naming == "chain" and state.blank:
            self._note_fresh(tenant, opened, state)
            return state
        await self._write(tenant, opened, state, [blob for blob in blobs if blob is not None])
        return state

    async def _write(self, tenant: str, opened: Opened, state: ThreadState, blobs: list[Put]) -> None:
        """The state, the content that it refers to and the link by which it is recognised, in one commit."""
        recognised = len(opened.chain) > opened.start
        writes = [*blobs, *([self._link(tenant, opened, state)] if recognised else [])]
        intended = state.id
        await asyncio.gather(self._compare_and_set(tenant, state), *(self._store.put(write) for write in writes))
        if state.id != intended and recognised:
            await self._store.put(self._link(tenant, opened, state))

    def _note_fresh(self, tenant: str, opened: Opened, state: ThreadState) -> None:
        """A new thread with nothing to protect: it is written when it goes on, and off the request's path."""
        link = self._link(tenant, opened, state)
        if len(opened.chain) - opened.start > 1:
            self._store.put_later(self._put(tenant, state))
            self._store.put_later(link)
            state.version = 1  # the first write of an id that nobody else knows
        self._fresh[link.key] = state  # until it can be read from the store
        if len(self._fresh) > _MAX_FRESH:
            self._fresh.popitem(last=False)

    def _splice(self, tenant: str, state: ThreadState, anchor: bytes, splice: Splice, keep_content: bool) -> Put | None:
        state.splices.pop(anchor, None)  # the newest come last, the oldest go first
        digest, write = self._keep_blob(tenant, state.id, splice, keep_content)
        state.splices[anchor] = (digest, splice.refers_to)
        return write

    def _link(self, tenant: str, opened: Opened, state: ThreadState) -> Put:
        """By the chain hash of its newest message the thread is recognised next time."""
        link = opened.chain[-1].hex() if opened.chain else ""
        return Put(f"chain:{tenant}", link, state.id.encode(), self._retention, tenant, state.id)

    async def add_pending(self, tenant: str, opened: Opened, pending: Pending, *, keep_content: bool) -> None:
        """Remember the internal rounds of an answer until the client sends it back. Raises StoreError."""
        state = opened.state
        digest, write = self._keep_blob(tenant, state.id, pending, keep_content)
        waiting = {**state.pending, pending.anchor: digest}
        while len(waiting) > _MAX_PENDING:
            del waiting[next(iter(waiting))]
        state.pending = waiting
        await self._write(tenant, opened, state, [] if write is None else [write])

    async def forget(self, tenant: str, state: ThreadState) -> None:
        """Drop all splices of a thread that the provider refused; its next request starts from the original."""
        state.splices, state.pending = {}, {}
        state.refusals += 1
        await self._compare_and_set(tenant, state)

    async def _compare_and_set(self, tenant: str, state: ThreadState) -> None:
        try:
            state.version = await self._store.compare_and_set(self._put(tenant, state), state.version)
        except Conflict:
            state.parent, state.id = state.id, _new_id()
            state.version = await self._store.put(self._put(tenant, state))

    def _put(self, tenant: str, state: ThreadState) -> Put:
        return Put(f"thread:{tenant}", state.id, _encode(state), self._retention, tenant, state.id)

    def _keep_blob(
        self, tenant: str, thread: str, value: Splice | Pending, keep_content: bool
    ) -> tuple[bytes, Put | None]:
        """Keep content by its digest in memory, and say what to write where the tenant's policy allows it at rest."""
        blob = _encode(value)
        digest = digest_of(blob)
        self._keep(digest, blob)
        if not keep_content:
            return digest, None
        return digest, Put(f"blob:{tenant}", digest.hex(), blob, self._retention, tenant, thread, content=True)

    def _blob(self, digest: bytes) -> Splice | Pending | None:
        known = self._blobs.get(digest)
        if known is None:
            return None
        self._blobs.move_to_end(digest)
        return known[1]

    def _keep(self, digest: bytes, blob: bytes) -> None:
        if digest in self._blobs:
            return
        try:
            self._blobs[digest] = (len(blob), _decode_blob(blob))
        except msgspec.MsgspecError:
            return  # written by another version
        self._blob_bytes += len(blob)
        while self._blob_bytes > self._max_blob_bytes and len(self._blobs) > 1:
            self._blob_bytes -= self._blobs.popitem(last=False)[1][0]


def _common_prefix(stored: bytes, chain: list[bytes]) -> int:
    count = 0
    for link in chain:
        if stored[count * _LINK : (count + 1) * _LINK] != link:
            break
        count += 1
    return count


def _named_id(tenant: str, name: str, first: bytes) -> str:
    return "n" + digest_of(f"{tenant}\0{name}\0".encode("utf-8", "replace") + first).hex()


def _new_id() -> str:
    return f"t{_random.getrandbits(96):024x}"
