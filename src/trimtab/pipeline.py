"""The way of a request through the stages: order, deadline, fallback, report.

Every fault, doubt or missed deadline of ours costs savings, never the request: a stage that fails contributes
nothing, a thread whose state cannot be had is served as a new one, and whatever else goes wrong leaves the bytes
that came in.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from trimtab.background import Background
from trimtab.config import Config, Mode, Provider
from trimtab.errors import NotUnderstood, TrimtabError
from trimtab.identity import Templates, thread_name
from trimtab.pricing import RULES, PriceList, rules_for
from trimtab.request import ChatRequest, Edit, Format
from trimtab.response import ChatResponse
from trimtab.splice import Pending, Renderings, SpliceLog
from trimtab.stage import NOTHING, Answer, Context, Edits, InternalTool, Stage, Verdict, Wait
from trimtab.store import Store
from trimtab.telemetry.ledger import new_id
from trimtab.thread import Opened, Threads
from trimtab.wire import CODECS, Codec

T = TypeVar("T")


@dataclass(frozen=True)
class Incoming:
    """One request as it arrived. Header names are lower case; tenant and credential come from authentication."""

    format: Format
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    tenant: str = "local"
    credential: str = "local"
    provider: Provider = "unknown"
    route: str = ""


@dataclass
class Report:
    """What happened to a request on its way through the pipeline."""

    id: str
    at: float
    edits: list[Edit] = field(default_factory=list)
    observed: list[Edit] = field(default_factory=list)
    """Edits that were computed and not made, because the pipeline observes."""
    timings: dict[str, float] = field(default_factory=dict)
    """Milliseconds by stage, and ``added`` for all of ours before the first upstream byte."""
    notes: list[str] = field(default_factory=list)
    fallback: str = ""

    def fell_back(self, why: str) -> None:
        self.fallback = f"{self.fallback}; {why}" if self.fallback else why


@dataclass
class Prepared:
    """A request ready to go upstream, or already answered.

    ``client`` is the request as it came (None where it could not be read), ``sent`` the provider's view of it.
    """

    incoming: Incoming
    report: Report
    body: bytes
    client: ChatRequest | None = None
    sent: ChatRequest | None = None
    answer: Answer | None = None
    internal_tools: dict[str, InternalTool] = field(default_factory=dict)
    ctx: Context | None = None
    thread: Opened | None = None
    passed: list[Stage] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Whether other bytes go upstream than came in."""
        return self.body is not self.incoming.body

    @property
    def codec(self) -> Codec:
        return CODECS[self.incoming.format]


class Pipeline:
    """Runs the stages over requests and their answers."""

    def __init__(
        self,
        stages: Sequence[Stage],
        store: Store,
        config: Callable[[], Config],
        *,
        clock: Callable[[], float] = time.time,
        pool: Executor | None = None,
    ) -> None:
        self.stages = tuple(stages)
        self._store = store
        self._config = config
        self._clock = clock
        self._pool = pool or ThreadPoolExecutor(config().pipeline.cpu_threads, thread_name_prefix="trimtab-cpu")
        self._templates = Templates()
        self._renderings = Renderings()
        self.threads = Threads(store, clock, config().pipeline.thread_retention_s)
        self.prices = PriceList(config().prices)
        self.background: Background | None = None
        """Set by whoever has a way to the provider; None: no calls on our own account."""

    # -- on the way out ---------------------------------------------------------------------------------------

    async def prepare(self, incoming: Incoming) -> Prepared:
        """Take a request through the stages. Never raises on account of its content or of a fault of ours."""
        started = time.perf_counter()
        at = self._clock()
        prepared = Prepared(incoming, Report(new_id(at), at), incoming.body)
        config = self._config()
        mode: Mode = "off" if incoming.headers.get("x-trimtab", "").lower() == "off" else config.pipeline.mode
        try:
            prepared.client = prepared.sent = prepared.codec.parse(incoming.body)
        except NotUnderstood as error:
            prepared.report.fell_back(f"not understood: {error}")
        if prepared.client is not None and mode != "off":
            deadline = started + config.pipeline.deadline_ms / 1000
            if not await fail_open(prepared.report, "pipeline", self._optimise(prepared, config, mode, deadline)):
                prepared.sent, prepared.body, prepared.answer = prepared.client, incoming.body, None
                prepared.internal_tools = {}
        prepared.report.timings["added"] = (time.perf_counter() - started) * 1000
        return prepared

    async def _optimise(self, prepared: Prepared, config: Config, mode: Mode, deadline: float) -> bool:
        client = prepared.client
        if client is None:
            return False
        incoming, codec = prepared.incoming, prepared.codec
        name = thread_name(incoming.headers, client)
        thread = await self.threads.open(incoming.tenant, client, self._templates.digest(client), name)
        prepared.thread = thread
        if thread.state.left_alone:
            prepared.report.notes.append("the provider refused edits in this thread: it is left alone")
            return True
        ctx = prepared.ctx = self._context(incoming, client, thread, config)
        self._note_volatile(prepared, ctx)
        log = SpliceLog(client, thread.chain, thread.splices, codec, self._renderings)
        given = log.provide(thread.pending, thread.settled)
        run = _Run(given.request, given.request, deadline)
        await self._run_stages(run, prepared, ctx, mode)
        if prepared.answer is not None and mode == "on":
            if ctx.named:  # so that the same request again is known as a regeneration
                await self.threads.save(incoming.tenant, thread, {}, {}, keep_content=False)
            return True
        if mode == "observe":
            prepared.report.observed, prepared.report.edits = prepared.report.edits, []
            if prepared.answer is not None:
                prepared.report.notes.append(f"{prepared.answer.stage} would have answered: {prepared.answer.why}")
            prepared.answer = None
            return True
        added = {**given.added, **log.differences(run.kept, run.refers_to)}
        thread.state = await self.threads.save(
            incoming.tenant,
            thread,
            added,
            run.remember,
            keep_content=config.content.allows("threads", incoming.tenant),
            joined=given.joined,
        )
        prepared.sent = run.request
        prepared.body = codec.render(run.request)
        prepared.internal_tools = {tool.name: tool for tool in run.internal_tools}
        return True

    async def _run_stages(self, run: _Run, prepared: Prepared, ctx: Context, mode: Mode) -> None:
        """All stages in order, under one timer; what is late is left out."""
        try:
            async with asyncio.timeout(run.deadline - time.perf_counter()) as run.timer:
                for stage in self.stages:
                    if time.perf_counter() > run.deadline:
                        prepared.report.fell_back(f"deadline before {stage.name}")
                        break
                    await self._run_stage(stage, run, prepared, ctx)
                    if prepared.answer is not None and mode == "on":
                        break
        except TimeoutError:
            prepared.report.fell_back(f"{prepared.passed[-1].name}: missed the deadline")

    async def _run_stage(self, stage: Stage, run: _Run, prepared: Prepared, ctx: Context) -> None:
        report, thread = prepared.report, prepared.thread
        if thread is None:
            return
        started = time.perf_counter()
        prepared.passed.append(stage)
        try:
            verdict: Verdict | None = await fail_open(report, stage.name, stage.before(run.request, thread.state, ctx))
            if isinstance(verdict, Wait):
                verdict = await fail_open(report, stage.name, run.awaited(verdict))
                if isinstance(verdict, Answer):
                    ctx.cache_outcome, ctx.cache_reason = "hit", verdict.why
                else:
                    ctx.cache_tier = ""
            if isinstance(verdict, Answer):
                prepared.answer = verdict
            elif verdict is not None and verdict is not NOTHING:
                await fail_open(report, stage.name, _made(run, stage, verdict, prepared))
        finally:
            report.timings[stage.name] = (time.perf_counter() - started) * 1000

    def _context(self, incoming: Incoming, client: ChatRequest, thread: Opened, config: Config) -> Context:
        rules = rules_for(incoming.provider, client.format, client.model)
        params = client.params
        continuable = client.format == "openai_responses" and params.get("store") is not False
        return Context(
            tenant=incoming.tenant,
            credential=incoming.credential,
            original=client,
            headers=incoming.headers,
            config=config,
            clock=self._clock,
            store=self._store,
            rules=rules,
            capable=rules if incoming.provider != "unknown" else RULES["unknown"],
            price=self.prices.of(client.model, incoming.provider),
            pool=self._pool,
            background=self.background,
            named=thread.naming != "chain",
            repeated=thread.repeated,
            chained=bool(params.get("previous_response_id") or params.get("conversation")),
            continuable=continuable,
            wants_answer=continuable,
            warm=not thread.fresh and self._clock() - thread.state.last_seen < rules.ttl,
        )

    def _note_volatile(self, prepared: Prepared, ctx: Context) -> None:
        span = self._templates.volatile(ctx.credential, ctx.original)
        if span is not None:
            ctx.facts.put(span)
            shown = f": {span.text!r}" if ctx.config.content.allows("threads", ctx.tenant) else ""
            prepared.report.notes.append(
                f"line {span.line} of the system text changes between requests, {span.tokens_behind} tokens after it "
                f"are not shared{shown}"
            )

    # -- on the way back --------------------------------------------------------------------------------------

    async def learn(self, prepared: Prepared, response: ChatResponse | None) -> None:
        """Tell every stage that saw the request how it ended."""
        client, ctx, thread = prepared.client, prepared.ctx, prepared.thread
        if client is None or ctx is None or thread is None:
            return
        if ctx.continuable and response is not None and response.id:
            self.threads.answered(ctx.tenant, thread.state, response.id)
        for stage in prepared.passed:
            await fail_open(prepared.report, stage.name, stage.after(client, response, thread.state, ctx))

    async def remember_rounds(self, prepared: Prepared, pending: Pending) -> None:
        """Keep the internal rounds of an answer, so that the next request of the thread carries them."""
        if prepared.thread is None:
            return
        tenant = prepared.incoming.tenant
        keep = self._config().content.allows("threads", tenant)
        save = self.threads.add_pending(tenant, prepared.thread, pending, keep_content=keep)
        await fail_open(prepared.report, "thread", save)

    async def refused(self, prepared: Prepared) -> None:
        """The provider refused what we made of the request: the thread starts again from the original."""
        if prepared.thread is not None and not prepared.thread.state.blank:
            forget = self.threads.forget(prepared.incoming.tenant, prepared.thread.state)
            await fail_open(prepared.report, "thread", forget)


async def fail_open(report: Report, what: str, work: Awaitable[T]) -> T | None:
    """The one place where any fault of ours ends: it is written down, and the request goes on without it."""
    try:
        return await work
    except TimeoutError:
        report.fell_back(f"{what}: missed the deadline")
    except TrimtabError as error:
        report.fell_back(f"{what}: {error}")
    except Exception as error:  # noqa: BLE001  (fail open: a bug of ours must never cost a request)
        report.fell_back(f"{what}: {type(error).__name__}: {error}")
    return None


@dataclass
class _Run:
    """What the stages have made of a request so far. ``kept`` is ``request`` without what is made anew each time."""

    request: ChatRequest
    kept: ChatRequest
    deadline: float
    refers_to: dict[int, tuple[bytes, ...]] = field(default_factory=dict)
    remember: dict[str, object] = field(default_factory=dict)
    internal_tools: list[InternalTool] = field(default_factory=list)
    timer: asyncio.Timeout | None = None

    async def awaited(self, wait: Wait) -> Answer | None:
        """Somebody else's answer. The wait for it is not our time: the deadline is put off by as long."""
        started = time.perf_counter()
        if self.timer is not None:
            self.timer.reschedule(None)
        try:
            async with asyncio.timeout(wait.timeout_s):
                return await asyncio.shield(wait.answer)
        finally:
            now = time.perf_counter()
            self.deadline += now - started
            if self.timer is not None:
                self.timer.reschedule(asyncio.get_running_loop().time() + self.deadline - now)


async def _made(run: _Run, stage: Stage, verdict: Edits, prepared: Prepared) -> None:
    """Make a stage's edits, all of them or (where one does not fit) none."""
    if verdict.edits:
        _edited(run, verdict, prepared)
    if verdict.remember is not None:
        run.remember[stage.name] = dict(verdict.remember)
    run.internal_tools += verdict.internal_tools
    prepared.report.edits += verdict.edits
    prepared.report.notes += verdict.notes


def _edited(run: _Run, verdict: Edits, prepared: Prepared) -> None:
    codec = prepared.codec
    lasting = [edit for edit in verdict.edits if not edit.transient]
    kept = codec.apply(run.kept, lasting)
    plain = run.kept is run.request and len(lasting) == len(verdict.edits)
    run.request, origins = kept if plain else codec.apply(run.request, verdict.edits), run.kept.origins
    run.kept = kept
    for edit in lasting:
        message = getattr(edit.op, "message", None)
        if edit.refers_to and message is not None:
            origin = origins[message]
            run.refers_to[origin] = (*run.refers_to.get(origin, ()), *edit.refers_to)
