"""Stages and internal tools that exist to test the pipeline and the rounds."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from trimtab.request import AddTool, ChatRequest, Edit, ReplaceText
from trimtab.response import ChatResponse
from trimtab.stage import NOTHING, Context, Edits, Verdict
from trimtab.thread import ThreadState


class Stage:
    """Does nothing; the base of the others."""

    name = "nothing"

    def __init__(self) -> None:
        self.learned: list[ChatResponse | None] = []

    async def before(self, request: ChatRequest, state: ThreadState, ctx: Context) -> Verdict:
        return NOTHING

    async def after(
        self, request: ChatRequest, response: ChatResponse | None, state: ThreadState, ctx: Context
    ) -> None:
        self.learned.append(response)


class Shout(Stage):
    """Writes new tool results in capitals, so that an edit can be seen from afar."""

    name = "shout"

    async def before(self, request: ChatRequest, state: ThreadState, ctx: Context) -> Verdict:
        edits = [
            Edit(ReplaceText(index, number, block.text.upper()), self.name, "louder", "history", block.tokens, 1)
            for index in range(request.settled, len(request.messages))
            for number, block in enumerate(request.messages[index].blocks)
            if block.kind == "tool_result"
        ]
        return Edits(tuple(edits), remember={"shouted": len(edits)} if edits else None)


class Broken(Stage):
    """Fails in every way that it is told to."""

    name = "broken"

    def __init__(self, how: str) -> None:
        super().__init__()
        self.how = how

    async def before(self, request: ChatRequest, state: ThreadState, ctx: Context) -> Verdict:
        match self.how:
            case "raises":
                raise RuntimeError("a bug")
            case "hangs":
                await asyncio.Event().wait()
            case "misplaces":
                return Edits((Edit(ReplaceText(999, 0, ""), self.name, "nowhere", "history"),))
        return NOTHING


class Meeting(Stage):
    """Lets requests go on only together, so that they have all opened their thread before one is saved."""

    name = "meeting"

    def __init__(self, parties: int) -> None:
        super().__init__()
        self._barrier = asyncio.Barrier(parties)

    async def before(self, request: ChatRequest, state: ThreadState, ctx: Context) -> Verdict:
        await self._barrier.wait()
        return NOTHING


class Echo:
    """An internal tool that says what it was told."""

    name = "trimtab_echo"

    def __init__(self) -> None:
        self.calls: list[Mapping[str, Any]] = []

    async def run(self, arguments: Mapping[str, Any], ctx: Context) -> str:
        self.calls.append(arguments)
        return f"echo: {arguments.get('text', '')}"


class OffersEcho(Stage):
    """Offers the echo tool with every request."""

    name = "offers_echo"

    def __init__(self) -> None:
        super().__init__()
        self.echo = Echo()

    async def before(self, request: ChatRequest, state: ThreadState, ctx: Context) -> Verdict:
        parameters = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}
        tool = AddTool(self.echo.name, "Says what it is told.", parameters)
        return Edits((Edit(tool, self.name, "a tool of ours", "tools"),), internal_tools=(self.echo,))
