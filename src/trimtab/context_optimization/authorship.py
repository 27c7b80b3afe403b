"""Which texts are a tool's output, in whatever role they arrive.

Agents that call tools in text get the results back as user messages. Such a message is known by what stands
before it (an assistant's call in one of these conventions) and by its own beginning; in doubt a person wrote it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from trimtab.request import Block, ChatRequest


@dataclass(frozen=True)
class TextConvention:
    """How an agent writes calls and results in text: patterns of an assistant's call and of a result's beginning."""

    name: str
    call: re.Pattern[str]
    result: re.Pattern[str]


CONVENTIONS = (
    TextConvention(
        "function_calls",
        re.compile(r"<function_calls>|<invoke name="),
        re.compile(
            r"\s*(?:<function_results?>|<result>|<tool_results?>|\[?tool result|Tool .{1,80} (?:result|output))", re.I
        ),
    ),
    TextConvention(
        "tool_call",
        re.compile(r"<tool_call>"),
        re.compile(r"\s*<tool_(?:response|result|output)", re.I),
    ),
    TextConvention(
        "shell",
        re.compile(r"```[^`]+```\s*$"),
        re.compile(r"[\s\S]*\((?:Open file|Current directory): [^)\n]*\)\s*\n?bash-\$\s*$"),
    ),
    TextConvention(
        "observation",
        re.compile(r"(?:^|\n)Action:|```(?:bash|sh|json|tool)", re.I),
        re.compile(r"\s*(?:Observation:|<returncode>|<output>|OBSERVATION)", re.I),
    ),
)


def is_tool_output(request: ChatRequest, index: int, block: Block) -> bool:
    """Whether a block of message ``index`` is a tool's output."""
    if block.author == "tool":
        return block.kind in ("tool_result", "text")
    if block.author != "person" or block.kind != "text" or index == 0:
        return False
    before = request.messages[index - 1]
    if before.role != "assistant":
        return False
    called = before.text
    return any(
        convention.result.match(block.text) is not None and convention.call.search(called) is not None
        for convention in CONVENTIONS
    )
