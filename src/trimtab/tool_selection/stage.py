"""The tool-selection stage: which tools, in which words. So far the words: lossless schema texts."""

from __future__ import annotations

from collections import OrderedDict

from trimtab.engines import Minifier
from trimtab.request import ChatRequest, Edit, ReplaceTool, Tool
from trimtab.response import ChatResponse
from trimtab.stage import NOTHING, Context, Edits, Verdict
from trimtab.thread import ThreadState
from trimtab.tool_selection import schema_compressor

_ENTRIES = 4096


class ToolSelection:
    """Chooses and words the tools that are offered."""

    name = "tool_selection"

    def __init__(self, minifier: Minifier) -> None:
        self._minifier = minifier
        self._memo: OrderedDict[bytes, bytes | None] = OrderedDict()

    async def before(self, request: ChatRequest, state: ThreadState, ctx: Context) -> Verdict:
        if not ctx.config.lossless.tools or not request.tools:
            return NOTHING
        edits = []
        for index, tool in enumerate(request.tools):
            short = None if tool.builtin or tool.strict else self._lossless(tool)
            if short is not None:
                after = Tool(tool.name, short)
                edits.append(Edit(ReplaceTool(index, short), self.name, "JSON minified", "tools", tool, after))
        return Edits(tuple(edits))

    def _lossless(self, tool: Tool) -> bytes | None:
        """The shorter fragment of a tool, remembered: tools come again with every request."""
        if tool.digest not in self._memo:
            self._memo[tool.digest] = schema_compressor.lossless(tool, self._minifier)
            if len(self._memo) > _ENTRIES:
                self._memo.popitem(last=False)
        return self._memo[tool.digest]

    async def after(
        self, request: ChatRequest, response: ChatResponse | None, state: ThreadState, ctx: Context
    ) -> None:
        """Nothing is learned yet from which tools were called."""
