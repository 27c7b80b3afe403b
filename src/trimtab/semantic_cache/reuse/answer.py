"""Which answers are not worth keeping: calls of tools written as text, and refusals."""

from __future__ import annotations

import re

from trimtab.semantic_cache.reuse.lexicon_answer import ABROAD, CLEAR, EXCUSE, POLITE, UNSPACED
from trimtab.semantic_cache.reuse.reading import fold, sentences_of

OPENING = 240
"""Characters at the head of an answer in which a refusal stands."""

SHORT = 700
"""Characters up to which an answer that opens with an excuse has nothing else in it."""

_CALL_MARKS = (
    "<function_calls",
    "<function_call>",
    "<function=",
    "<invoke",
    "<tool_call",
    "<tool_use",
    "<tool_code",
    "<tool>",
    "<use_tool",
    "<use_mcp_tool",
    "<execute_",
    "<execute-",
    "<run_command",
    "<write_to_file",
    "<replace_in_file",
    "<create-file",
    "<str-replace",
    "<full-file-rewrite",
    "<attempt_completion",
    "<ask_followup_question",
    "antml:invoke",
    "antml:function_calls",
    "|tool_call",
    "|tool▁call",
    "tool▁calls▁begin",
    "|python_tag|",
    "|plugin|",
    "|action_start|",
    "[tool_call",
    "[tool_request",
    "[function_call",
    "to=functions.",
    "functools[",
    "<start_function_call",
    "```tool_c",
    "<tool_request",
    "<arg_key",
)
_REACT = re.compile(r"^[ \t]{0,8}\**action(?: input)?(?: \d{1,3})?\**:[ \t]{0,8}\S", re.MULTILINE)
_THOUGHT = re.compile(r"^[ \t]{0,8}\**(?:thought|action input|observation)(?: \d{1,3})?\**:", re.MULTILINE)
_NAME_KEY = re.compile(
    r"\"(?:name|function|tool|tool_name|function_name|action|recipient_name)\"\s{0,40}:\s{0,40}[\"{]"
)
_ARGUMENTS_KEY = re.compile(
    r"\"(?:arguments|parameters|args|input|tool_input|action_input|function_args|params|tool_args)\"\s{0,40}:\s{0,40}[{\"\[]"
)
_NEAR = 400
"""Characters within which a call in JSON has its name and the beginning of its arguments."""


def calls_in_text(text: str) -> bool:
    """Whether an answer has calls of tools written as text in it: XML, JSON, ReAct or a model's own marks."""
    low = text.lower().replace("｜", "|")
    if any(mark in low for mark in _CALL_MARKS):
        return True
    if "action" in low and _REACT.search(low) and _THOUGHT.search(low):
        return True
    return _has_json_call(low)


def _has_json_call(low: str) -> bool:
    """Whether an object with a name and arguments stands in the text; the order of the two does not matter."""
    names = [match.start() for match in _NAME_KEY.finditer(low)]
    if not names:
        return False
    starts = [match.start() for match in _ARGUMENTS_KEY.finditer(low)]
    i = 0
    for at in names:
        while i < len(starts) and starts[i] < at - _NEAR:
            i += 1
        if i < len(starts) and abs(starts[i] - at) <= _NEAR:
            return True
    return False


def refuses(text: str) -> bool:
    """Whether an answer opens with a refusal, or says that the model cannot do or does not know."""
    opening = fold(text[:OPENING]).lstrip("*_#>\"' \n")
    if opening.startswith(UNSPACED):
        return len(text) <= SHORT
    sentences = [sentence for sentence in sentences_of(opening) if sentence.text.strip()][:2]
    if len(sentences) == 2 and not sentences[0].find(POLITE):
        sentences.pop()
    if any(sentence.find(CLEAR) for sentence in sentences):
        return True
    return len(text) <= SHORT and any(sentence.find(EXCUSE) or sentence.find(ABROAD) for sentence in sentences)
