"""The prompt-compression stage: which parts of the system text, in which words. So far lossless JSON blocks."""

from __future__ import annotations

from trimtab.engines import Minifier
from trimtab.request import ChatRequest, Edit, ReplaceText
from trimtab.response import ChatResponse
from trimtab.stage import NOTHING, Context, Edits, Verdict
from trimtab.thread import ThreadState

_WORKER_FROM = 32_768
"""Characters from which the work goes to the pool: about a millisecond."""


class PromptCompression:
    """Shortens the system text."""

    name = "prompt_compression"

    def __init__(self, minifier: Minifier) -> None:
        self._minifier = minifier

    async def before(self, request: ChatRequest, state: ThreadState, ctx: Context) -> Verdict:
        if not ctx.config.lossless.system:
            return NOTHING
        edits = []
        for index in range(request.settled, len(request.messages)):
            message = request.messages[index]
            if message.role != "system":
                continue
            for number, block in enumerate(message.blocks):
                if block.kind != "text" or not block.editable or "\n" not in block.text:
                    continue
                short = await self._shortened(block.text, ctx)
                if short is not None:
                    op = ReplaceText(index, number, short)
                    edits.append(Edit(op, self.name, "JSON minified", "system", block, short))
        return Edits(tuple(edits))

    async def _shortened(self, text: str, ctx: Context) -> str | None:
        if len(text) < _WORKER_FROM:
            return self._minifier.json_blocks(text)
        return await ctx.cpu(self._minifier.json_blocks, text)

    async def after(
        self, request: ChatRequest, response: ChatResponse | None, state: ThreadState, ctx: Context
    ) -> None:
        """Nothing is learned yet from answers."""
