"""Playing recorded exchanges through the real pipeline against the offline provider, in one process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from trimtab.config import Config
from trimtab.errors import TrimtabError
from trimtab.optimizer import Optimizer
from trimtab.pipeline import Incoming, Prepared
from trimtab.replay.attribution import Attribution
from trimtab.replay.convert import PROVIDER_OF
from trimtab.replay.needles import kept
from trimtab.replay.provider import Given, ReplayProvider
from trimtab.replay.recorded import Problem, Recorded
from trimtab.replay.summary import SessionFigures, Summary, weighted_input
from trimtab.request import ChatRequest
from trimtab.response import Usage
from trimtab.rounds import Headers
from trimtab.stage import Stage
from trimtab.telemetry.ledger import Row
from trimtab.wire import CODECS

_START = 1_700_000_000.0
Played = Callable[[Recorded, Prepared, Row], None]


class SimulatedClock:
    """Time as the recording has it, or some seconds a request where it does not say."""

    def __init__(self, step_s: float) -> None:
        self.now = _START
        self._step = step_s

    def __call__(self) -> float:
        return self.now

    def advance(self, at: float | None) -> None:
        """To the time of a recorded exchange; never backwards."""
        self.now = max(self.now, at) if at is not None and at > _START else self.now + self._step


@dataclass
class _Playing:
    """The upstream of one exchange: hands what comes in to the provider and keeps what came."""

    provider: ReplayProvider
    recorded: Recorded
    credential: str
    received: list[bytes] = field(default_factory=list)
    given: list[Given] = field(default_factory=list)

    async def send(self, body: bytes, *, plain: bool) -> _Reply:
        given = self.provider.respond(self.recorded.format, body, self.credential, self.recorded.id)
        self.received.append(body)
        self.given.append(given)
        return _Reply(given)


class _Reply:
    """The provider's answer as the pipeline takes it from an upstream."""

    def __init__(self, given: Given) -> None:
        self.status = given.status
        self.headers: Headers = ((b"content-type", given.content_type.encode()),)
        self._chunks = given.chunks

    async def chunks(self) -> AsyncIterator[bytes]:
        for chunk in self._chunks:
            yield chunk

    async def close(self) -> None:
        """Nothing is held open."""


class _Current:
    """The only answer there is: that of the exchange being played."""

    def __init__(self) -> None:
        self.recorded: Recorded | None = None

    def find(self, request: ChatRequest, replay_id: str = "") -> Recorded | None:
        return self.recorded


async def replay(
    exchanges: Iterable[Recorded | Problem],
    config: Config | None = None,
    *,
    stages: tuple[Stage, ...] | None = None,
    step_s: float = 5.0,
    prompt_cache: Literal["shared", "session"] = "shared",
    played: Played | None = None,
) -> Summary:
    """Play ``exchanges`` through the pipeline and add up what it saves.

    Nothing leaves the process: the store is in memory, the provider a model of one, the clock a simulation that
    goes on by ``step_s`` seconds a request where the recording has no times. ``prompt_cache``: whether the
    sessions of a tenant share the provider's prompt cache, as they do with one credential, or each has a credential of
    its own (and with it its own answer cache).
    ``played`` is called after every exchange, for progress and for details.
    """
    config = _in_memory(config or Config())
    clock = SimulatedClock(step_s)
    summary = Summary()
    async with await Optimizer.open(config, stages=stages, clock=clock) as optimizer:
        player = _Player(optimizer, clock, summary, shared=prompt_cache == "shared")
        for each in exchanges:
            if isinstance(each, Problem):
                summary.problem(each)
                continue
            prepared, row = await player.play(each)
            if played is not None:
                played(each, prepared, row)
            await asyncio.sleep(0)
    return summary


def _in_memory(config: Config) -> Config:
    return config.model_copy(update={"store": config.store.model_copy(update={"path": ":memory:"})})


class _Player:
    """Plays one exchange after another and adds up."""

    def __init__(self, optimizer: Optimizer, clock: SimulatedClock, summary: Summary, *, shared: bool) -> None:
        self._optimizer = optimizer
        self._clock = clock
        self._summary = summary
        self._shared = shared
        self._current = _Current()
        self._provider = ReplayProvider(self._current, clock)
        self._attribution = Attribution()
        self._rows_read = 0

    async def play(self, recorded: Recorded) -> tuple[Prepared, Row]:
        self._clock.advance(recorded.at)
        self._current.recorded = recorded
        provider = PROVIDER_OF[recorded.format]
        credential = recorded.tenant if self._shared else f"{recorded.tenant}/{recorded.session}"
        incoming = Incoming(
            format=recorded.format,
            body=recorded.request,
            headers=recorded.headers,
            tenant=recorded.tenant,
            credential=credential,
            provider=provider,
            route="replay",
        )
        upstream = _Playing(self._provider, recorded, credential)
        prepared = await self._optimizer.prepare(incoming)
        reply = await self._optimizer.respond(prepared, upstream)
        answer = b"".join([chunk async for chunk in reply.chunks])
        await self._optimizer.settle()  # what one request leaves behind, the next one finds
        row = await self._row(prepared)
        self._add(recorded, prepared, upstream, row)
        self._compare(recorded, upstream, reply.status, answer)
        return prepared, row

    async def _row(self, prepared: Prepared) -> Row:
        """The ledger's own row of this exchange: the books that a user would see."""
        for event_id, row in await self._optimizer.ledger.rows(after=self._rows_read):
            self._rows_read = event_id
            if row.id == prepared.report.id:
                return row
        raise TrimtabError(f"the ledger has no row for request {prepared.report.id}")

    def _add(self, recorded: Recorded, prepared: Prepared, upstream: _Playing, row: Row) -> None:
        """Everything about one exchange that adds up, from the ledger's row and the bytes that were received."""
        summary = self._summary
        summary.requests += 1
        summary.cache_hits += prepared.answer is not None
        for section, tokens in row.before.items():
            summary.sections[section].add(tokens, row.after.get(section, 0))
        summary.stages.update(self._attribution.of(prepared))
        usage, without = Usage(**row.usage), Usage(**row.without)
        summary.usage += usage
        summary.usage_without += without
        weighted = weighted_input(without), weighted_input(usage)
        summary.weighted.add(*weighted)
        figures = summary.sessions.setdefault(recorded.session, SessionFigures())
        figures.requests += 1
        figures.weighted.add(*weighted)
        figures.tokens.add(sum(row.before.values()), sum(row.after.values()))
        if row.cost is not None and row.cost_without is not None:
            summary.cost.add(row.cost_without, row.cost + row.own_cost)
        else:
            summary.unpriced[row.model] += 1
        self._add_times(prepared)
        self._add_needles(recorded, upstream)
        if row.fallback:
            summary.fallbacks[row.fallback] += 1

    def _add_times(self, prepared: Prepared) -> None:
        for name, ms in prepared.report.timings.items():
            if name == "added":
                self._summary.added_ms.append(ms)
            else:
                self._summary.stage_ms.setdefault(name, []).append(ms)

    def _add_needles(self, recorded: Recorded, upstream: _Playing) -> None:
        """Needles in the request that was answered; an answer from the cache needed no request."""
        if not recorded.needles or not upstream.received:
            return
        needles = self._summary.needles
        in_recorded = kept(recorded.needles, recorded.request)
        in_received = in_recorded
        if upstream.received[-1] is not recorded.request:
            in_received = kept(in_recorded, upstream.received[-1])
        needles.total += len(recorded.needles)
        needles.recorded += len(in_recorded)
        needles.kept += len(in_received)
        needles.strong += sum(needle.strong for needle in in_recorded)
        needles.strong_kept += sum(needle.strong for needle in in_received)

    def _compare(self, recorded: Recorded, upstream: _Playing, status: int, answer: bytes) -> None:
        """Whether the client got what was recorded, and what the provider refused on the way."""
        for given in upstream.given:
            if given.status >= 400:
                ours = "as recorded" if given is upstream.given[-1] else "after an edit"
                self._summary.refused[f"{ours}: {given.body.decode()[:300]}"] += 1
        if status >= 400:
            return
        codec = CODECS[recorded.format]
        streamed = codec.parse(recorded.request).stream
        got = codec.read_stream(status, answer) if streamed else codec.read_response(status, answer)
        meant = codec.read_response(200, recorded.response)
        if (got.text, got.tool_calls) != (meant.text, meant.tool_calls):
            self._summary.differing += 1
