"""The context stage: which messages at which level. So far level 1, lossless: JSON minified, repeats by reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trimtab.authorship import is_tool_output, may_show_a_file
from trimtab.context_optimization.repeats import Indexes, Run
from trimtab.engines import Minifier
from trimtab.recall import handle_of, marker
from trimtab.request import Block, ChatRequest, Edit, ReplaceText, digest_of
from trimtab.response import ChatResponse
from trimtab.stage import NOTHING, Context, Edits, Verdict
from trimtab.thread import ThreadState
from trimtab.tokens import count

_WORKER_FROM = 65_536
"""Characters of new tool output from which the work goes to the pool: about a millisecond."""
_SHORTEST = 32
_QUOTED = 24
_CALLED = 48
"""Characters of a line, and of a call, that a reference quotes."""
_CHARS_PER_TOKEN = 2
"""At most so few characters make a token in the texts at hand: a cheap bound before tokens are counted."""


@dataclass(frozen=True)
class _Place:
    """A tool output in a request: message and block index, the block, and the call that it answers."""

    message: int
    number: int
    block: Block


@dataclass(frozen=True)
class _Source:
    """An earlier tool output as the provider has it: digest and text, what it answered, the message it stands in."""

    key: bytes
    text: str
    called: str
    message: bytes


class ContextOptimization:
    """Shortens tool output when it first appears; what was sent stays as it was."""

    name = "context_optimization"

    def __init__(self, minifier: Minifier) -> None:
        self._minifier = minifier
        self._indexes = Indexes()

    async def before(self, request: ChatRequest, state: ThreadState, ctx: Context) -> Verdict:
        settings = ctx.config.lossless
        if not (settings.results or settings.references):
            return NOTHING
        new = _outputs(request, request.settled, len(request.messages))
        if not new:
            return NOTHING
        if sum(len(place.block.text) for place in new) < _WORKER_FROM:
            return self._edits(request, new, state, ctx)
        return await ctx.cpu(self._edits, request, new, state, ctx)

    def _edits(self, request: ChatRequest, new: Sequence[_Place], state: ThreadState, ctx: Context) -> Edits:
        sources = [_source(request, place) for place in _outputs(request, 0, request.settled)]
        edits: list[Edit] = []
        for place in new:
            text, why = place.block.text, []
            if ctx.config.lossless.results and not _shows_a_file(request, place):
                short = self._minifier.json_document(text) or self._minifier.json_blocks(text)
                if short is not None:
                    text, why = short, ["JSON minified"]
            shorter, refers_to = self._referred(text, sources, state, ctx)
            if shorter is not None:
                text = shorter
                why.append("lines that an earlier result shows, by reference")
            if why:
                edits.append(
                    Edit(
                        ReplaceText(place.message, place.number, text),
                        self.name,
                        "; ".join(why),
                        request.section_of(place.message),
                        place.block,
                        text,
                        refers_to=refers_to,
                    )
                )
            sources.append(_source(request, place, text))
        return Edits(tuple(edits))

    def _referred(
        self, text: str, sources: Sequence[_Source], state: ThreadState, ctx: Context
    ) -> tuple[str | None, tuple[bytes, ...]]:
        """The text with runs of repeated lines replaced by references, and the messages that they refer to."""
        least = ctx.config.lossless.min_reference_tokens
        if not ctx.config.lossless.references or not sources or len(text) < least * _CHARS_PER_TOKEN:
            return None, ()
        lines = text.split("\n")
        runs = self._indexes.runs(
            state.id, [(source.key, source.text) for source in sources], lines, least * _CHARS_PER_TOKEN
        )
        pieces: list[str] = []
        done = 0
        refers_to: list[bytes] = []
        for run in runs:
            repeated = "\n".join(lines[run.start : run.end])
            tokens = count(repeated)
            source = sources[run.source]
            handle = handle_of(ctx.tenant, repeated.encode("utf-8", "replace"))
            reference = marker(handle, "repeat", tokens, _words(run, lines, source))
            if tokens < least or count(reference) * 3 > tokens * 2:
                continue
            pieces += [*lines[done : run.start], reference]
            done = run.end
            refers_to.append(source.message)
        if not pieces:
            return None, ()
        return "\n".join([*pieces, *lines[done:]]), tuple(refers_to)

    async def after(
        self, request: ChatRequest, response: ChatResponse | None, state: ThreadState, ctx: Context
    ) -> None:
        """Nothing is learned yet from answers."""


def _outputs(request: ChatRequest, start: int, end: int) -> list[_Place]:
    """The tool outputs among the messages from ``start`` to ``end``, small ones aside."""
    return [
        _Place(index, number, block)
        for index in range(start, end)
        for number, block in enumerate(request.messages[index].blocks)
        if block.editable and len(block.text) >= _SHORTEST and is_tool_output(request, index, block)
    ]


def _source(request: ChatRequest, place: _Place, text: str | None = None) -> _Source:
    key = place.block.digest if text is None else digest_of(text.encode("utf-8", "replace"))
    shown = place.block.text if text is None else text
    return _Source(key, shown, _called(request, place), request.messages[place.message].identity)


def _shows_a_file(request: ChatRequest, place: _Place) -> bool:
    before = request.messages[place.message - 1].text if place.message else ""
    return may_show_a_file(_call(request, place), before)


def _called(request: ChatRequest, place: _Place) -> str:
    """The call that a tool output answers, in a few words."""
    return _call(request, place)[:_CALLED]


def _call(request: ChatRequest, place: _Place) -> str:
    """The call that a tool output answers, as the model wrote it: name and arguments."""
    call_id = place.block.call_id
    if call_id is None:
        return ""
    for index in range(place.message - 1, -1, -1):
        for block in request.messages[index].blocks:
            if block.kind == "tool_call" and block.call_id == call_id:
                return f"{block.name} {block.text.removeprefix(block.name or '').strip()}"
    return ""


def _words(run: Run, lines: Sequence[str], source: _Source) -> str:
    """Where the repeated lines stand, so that a model finds them by what it can see, in few words."""
    where = f"as in the result of {source.called}" if source.called else "as in an earlier result"
    length = run.end - run.start
    if length == source.text.count("\n") + 1:
        return f"all {length} lines {where}" if length > 1 else where
    first, last = (lines[at].strip()[:_QUOTED] for at in (run.start, run.end - 1))
    return f"{length} lines {where}, from {first!r} to {last!r}" if length > 1 else f"{first!r} {where}"
