"""The Suna workload as sessions to replay: its system message of 57k tokens, tools called as XML in text.

A turn is (needed tools + 1) model calls: one for each needed tool, answered by a synthetic result of about 300
tokens from a fixed seed, and one for the final answer. The tasks are the labelled development sessions 001 to 080
of the shared data; nothing of them is kept here.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from trimtab.replay.recorded import Session

_SEED = 20_260_101
_LAST_DEVELOPMENT_TASK = 80
_ALWAYS_LOADED = ("ask", "complete")
_NOUNS = (
    "invoice", "report", "page", "table", "customer", "order", "flight", "hotel", "article", "image", "chart", "row",
    "cell", "draft", "issue", "team",
)  # fmt: skip


def sessions(data: Path, model: str = "claude-sonnet-4-5") -> Iterator[Session]:
    """The development tasks as sessions, in order. ``data``: the folder of the shared data."""
    system = (data / "suna" / "full_system_message.txt").read_text(encoding="utf-8")
    for line in (data / "suna" / "tasks.jsonl").read_text(encoding="utf-8").splitlines():
        task = json.loads(line)
        if int(task["id"].rsplit("-", 1)[1]) <= _LAST_DEVELOPMENT_TASK:
            yield _session(task, system, model)


def _session(task: Mapping[str, Any], system: str, model: str) -> Session:
    choose = random.Random(f"{_SEED}/{task['id']}")
    messages: list[dict[str, Any]] = [{"role": "system", "content": system}]
    requests: list[int] = []

    def say(text: str) -> None:
        requests.append(len(messages))
        messages.append({"role": "assistant", "content": text})

    for turn in task["turns"]:
        messages.append({"role": "user", "content": turn["user"]})
        for tool in [name for name in turn["tools"] if name not in _ALWAYS_LOADED]:
            say(_call(tool, choose))
            messages.append({"role": "user", "content": _result(tool, choose)})
        say(" ".join(choose.choices(_NOUNS, k=40)))
    return Session(
        id=task["id"], tenant="suna", model=model, tools=(), messages=tuple(messages), requests=tuple(requests)
    )


def _call(tool: str, choose: random.Random) -> str:
    value = " ".join(choose.choices(_NOUNS, k=6))
    parameter = f'<parameter name="input">{value}</parameter>'
    return f'<function_calls>\n<invoke name="{tool}">\n{parameter}\n</invoke>\n</function_calls>'


def _result(tool: str, choose: random.Random) -> str:
    """A pretty-printed result of about 300 tokens, as the agent's own results look."""
    items = [
        {"id": f"{choose.choice(_NOUNS)}-{choose.randrange(10**6)}", "title": " ".join(choose.choices(_NOUNS, k=5))}
        for _ in range(9)
    ]
    body = {"success": True, "tool": tool, "items": items}
    return f"<function_result>\n{json.dumps(body, indent=2)}\n</function_result>"
