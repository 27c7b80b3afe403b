"""The Optimizer: the whole pipeline as a library call, and what the gateway runs behind."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec

from trimtab.answering import reply_of
from trimtab.config import CacheSettings, Config
from trimtab.context_optimization import ContextOptimization
from trimtab.engines import Embedder
from trimtab.lossless import JsonMinifier
from trimtab.models import Encoder, PairScorer
from trimtab.pipeline import Incoming, Pipeline, Prepared, fail_open
from trimtab.prefix import Prefix
from trimtab.pricing import PriceList
from trimtab.prompt_compression import PromptCompression
from trimtab.response import ChatResponse
from trimtab.rounds import Exchange, Outcome, Reply, Upstream
from trimtab.semantic_cache import SemanticCache, embedder_for
from trimtab.semantic_cache.reuse import compile_rules
from trimtab.stage import Stage
from trimtab.store import Store, key_from_environment, open_store
from trimtab.telemetry.accounting import Accountant
from trimtab.telemetry.ledger import Ledger, Row, edit_line, usage_dict
from trimtab.tokens import count, load
from trimtab.tool_selection import ToolSelection
from trimtab.wire.encoding import decode

_log = logging.getLogger("trimtab")


def default_stages(embedder: Embedder | None = None) -> tuple[Stage, ...]:
    """The stages in their order, each with the engines that it works with; ``embedder`` in place of the shipped one."""
    minifier = JsonMinifier()
    return (
        SemanticCache(embedder),
        ToolSelection(minifier),
        PromptCompression(minifier),
        ContextOptimization(minifier),
        Prefix(),
    )


class Optimizer:
    """Prepares requests, runs them against an upstream, and keeps the books.

    Use as an async context manager, or call `open` and `close`::

        async with await Optimizer.open(config) as optimizer:
            prepared = await optimizer.prepare(Incoming(format="openai_chat", body=body))
            # send prepared.body, or answer with prepared.answer
    """

    def __init__(
        self,
        store: Store,
        config: Config,
        *,
        stages: tuple[Stage, ...] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.config = config
        self.store = store
        self.clock = clock
        self.embedder = embedder_for(config.cache.embedder)
        chosen = default_stages(self.embedder) if stages is None else stages
        self.pipeline = Pipeline(chosen, store, lambda: self.config, clock=clock)
        self.ledger = Ledger(store, clock)
        self._accountant = Accountant(self.pipeline.prices, clock)
        self._closing: set[asyncio.Task[None]] = set()

    @classmethod
    async def open(
        cls, config: Config, *, stages: tuple[Stage, ...] | None = None, clock: Callable[[], float] = time.time
    ) -> Optimizer:
        """An optimizer over the store that the configuration names. Raises StoreError, ConfigError."""
        store = await open_store(
            config.store.path,
            key=key_from_environment(config.store.key_env),
            max_bytes=config.store.max_bytes,
            retention_s=config.content.retention_s,
            event_retention_s=config.ledger.retention_days * 86400,
            clock=clock,
        )
        with ThreadPoolExecutor(1) as once:  # a thread that ends: see `tokens.load`
            await asyncio.get_running_loop().run_in_executor(once, warm_up, config.cache)
        return cls(store, config, stages=stages, clock=clock)

    async def __aenter__(self) -> Optimizer:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Finish the books and close the store."""
        if self.pipeline.background is not None:
            await self.pipeline.background.close()
        await self.settle()
        await self.store.close()

    async def settle(self) -> None:
        """Wait until every finished exchange is in the books."""
        while self._closing:
            await asyncio.gather(*self._closing, return_exceptions=True)
        await self.store.flush()

    def reload(self, config: Config) -> None:
        """Take over a changed configuration; requests under way go on with the old one."""
        self.config = config
        self.pipeline.prices = PriceList(config.prices)
        self._accountant.prices = self.pipeline.prices

    # -- requests ---------------------------------------------------------------------------------------------

    async def prepare(self, incoming: Incoming) -> Prepared:
        """What to send upstream for a request, or the answer that is already known."""
        return await self.pipeline.prepare(incoming)

    async def respond(self, prepared: Prepared, upstream: Upstream) -> Reply:
        """The reply for the client, from the cache or from the provider, the books kept on the way.

        Raises UpstreamError where the provider cannot be reached; the books are closed then, too.
        """
        if prepared.answer is not None:
            given = await fail_open(prepared.report, "cache", reply_of(prepared, prepared.answer))
            if given is not None:
                reply, outcome = given
                self.finish_later(prepared, outcome)
                return reply
            prepared.answer = None
            if prepared.ctx is not None:
                prepared.ctx.cache_outcome, prepared.ctx.cache_reason = "miss", "the stored answer could not be given"
        exchange = Exchange(
            prepared,
            upstream,
            self.pipeline,
            lambda outcome: self.finish_later(prepared, outcome),
            max_rounds=self.config.pipeline.max_rounds,
        )
        return await exchange.reply()

    def finish_later(self, prepared: Prepared, outcome: Outcome) -> None:
        """Learn from an exchange and write its ledger row, off the client's path."""
        self._spawn(self.finish(prepared, outcome))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._closing.add(task)
        task.add_done_callback(self._closed)

    def _closed(self, task: asyncio.Task[None]) -> None:
        self._closing.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("the books of a request could not be closed: %r", error)

    async def finish(self, prepared: Prepared, outcome: Outcome) -> None:
        """Learn from an exchange and write its ledger row."""
        response = self._response(prepared, outcome)
        learnable = response if outcome.whole else None
        await self.pipeline.learn(prepared, learnable)
        self.ledger.write(self._row(prepared, outcome, response))

    def _response(self, prepared: Prepared, outcome: Outcome) -> ChatResponse | None:
        """The answer as far as somebody needs it: whole for a stage that wants it, else its usage and end."""
        client = prepared.client
        if outcome.response is not None or client is None or not outcome.record:
            return outcome.response
        encoding = next((value for name, value in outcome.headers if name == b"content-encoding"), b"")
        body = decode(bytes(outcome.record), encoding.decode("latin-1")) if encoding else bytes(outcome.record)
        if body is None:
            return None
        codec = prepared.codec
        if not client.stream or not 200 <= outcome.status < 300:
            return codec.read_response(outcome.status, body)
        wanted = prepared.ctx is not None and prepared.ctx.wants_answer
        end = None if wanted else codec.stream_end(body)
        if end is None or end.usage is None:
            return codec.read_stream(outcome.status, body)
        return ChatResponse(client.format, outcome.status, b"", usage=end.usage, complete=end.complete)

    def _row(self, prepared: Prepared, outcome: Outcome, response: ChatResponse | None) -> Row:
        incoming, report, client, ctx = prepared.incoming, prepared.report, prepared.client, prepared.ctx
        row = Row(
            id=report.id,
            at=report.at,
            tenant=incoming.tenant,
            thread=prepared.thread.state.id if prepared.thread else "",
            route=incoming.route,
            format=incoming.format,
            model=client.model if client else "",
            stream=bool(client and client.stream),
            status=outcome.status,
            complete=outcome.whole,
            edits=[edit_line(e) for e in report.edits] + [edit_line(e, applied=False) for e in report.observed],
            rounds=outcome.rounds,
            latency={
                **{name: round(ms, 3) for name, ms in report.timings.items()},
                "upstream": round(outcome.upstream_ms, 3),
                "first": round(outcome.first_ms, 3),
            },
            cache=ctx.cache_outcome if ctx else "",
            cache_reason=ctx.cache_reason if ctx else "",
            cache_tier=ctx.cache_tier if ctx else "",
            cache_entry=ctx.cache_entry if ctx else "",
            cache_score=ctx.cache_score if ctx else None,
            fallback=report.fallback,
            notes=report.notes,
        )
        return row if client is None else self._priced(row, prepared, outcome, response)

    def _priced(self, row: Row, prepared: Prepared, outcome: Outcome, response: ChatResponse | None) -> Row:
        client, sent = prepared.client, prepared.sent
        if client is None or sent is None or not (200 <= outcome.status < 300 or prepared.answer):
            return row
        reported = None if response is None or response.usage is None else outcome.earlier + response.usage
        output = 0 if response is None else output_tokens(response)
        bill = self._accountant.bill(
            prepared.incoming.credential, prepared.incoming.provider, client, outcome.sent, reported, output
        )
        hit = prepared.answer is not None
        return msgspec.structs.replace(
            row,
            before=dict(client.tokens_by_section),
            after=dict.fromkeys(client.tokens_by_section, 0) if hit else dict(sent.tokens_by_section),
            usage=usage_dict(bill.usage),
            without=usage_dict(bill.without),
            reported=bill.reported,
            cost=bill.cost,
            cost_without=bill.cost_without,
        )


def warm_up(cache: CacheSettings) -> None:
    """Load the tokenizer, the price list and the networks, which take a moment, before the first request comes."""
    load()
    PriceList().of("gpt-4o", "openai")
    if cache.semantic:
        compile_rules()
        PairScorer.shared().score([("", "")])
        if cache.embedder == "builtin":
            Encoder.shared().encode([""])


def output_tokens(response: ChatResponse) -> int:
    """An estimate of what an answer's output tokens are, for providers that do not say."""
    return count(response.text) + sum(count(call.name) + count(call.arguments) for call in response.tool_calls)
