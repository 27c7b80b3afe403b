"""Which texts are a tool's output, in whatever role they arrive.

Agents that call tools in text get the results back as user messages. Such a message is known by what stands
before it (an assistant's call in one of these conventions) and by its own beginning; in doubt a person wrote it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from trimtab.request import Block, ChatRequest

_FILE_WORDS = frozenset({
    "bash", "blob", "cat", "cmd", "code", "command", "console", "content", "contents", "diff", "edit", "file", "files",
    "filesystem", "grep", "head", "notebook", "open", "patch", "read", "repo", "repository", "sed", "shell", "source",
    "str", "tail", "terminal", "view", "workspace",
})  # fmt: skip
_FILE_ARGUMENTS = re.compile(
    r'"(?:file|files|filename|file_?name|file_?path|filepath|path|paths|command|cmd|script)"\s*:'
)
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_INVOKED = re.compile(r'<invoke name="([^"]{1,80})">(.*)', re.DOTALL)
_PARAMETER = re.compile(r'<parameter name="([^"]{1,80})">')


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


def may_show_a_file(called: str, before: str) -> bool:
    """Whether a tool output may be a file, or a part of one, as it stands.

    An agent that edits files has to quote them to the letter, so nothing in them may be worded anew, not even the
    white space of JSON. ``called`` is the call that the output answers, name and arguments; where it is not known,
    ``before`` is the assistant's text that may hold it. In doubt it is a file.
    """
    name, _, arguments = called.partition(" ")
    if not called:
        invoked = _INVOKED.search(before)
        if invoked is None:
            return True
        name, arguments = invoked[1], "".join(f'"{each}":' for each in _PARAMETER.findall(invoked[2]))
    words = {word.lower() for word in _WORDS.findall(name)}
    return bool(words & _FILE_WORDS) or _FILE_ARGUMENTS.search(arguments) is not None
