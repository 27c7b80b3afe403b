"""A conversation that grows turn by turn and ends as one session of the trace format."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SOURCE = "trimtab-examples"
PROMPTS = Path(__file__).parent / "prompts"

Message = dict[str, Any]
Session = dict[str, Any]


def prompt(name: str) -> str:
    """The text of a system prompt in `prompts/`, without its last line break."""
    return (PROMPTS / name).read_text(encoding="utf-8").rstrip("\n")


def pretty(value: Any, *, ascii_only: bool = False) -> str:
    """JSON as most tools return it: two spaces deep, one value a line."""
    return json.dumps(value, indent=2, ensure_ascii=ascii_only)


@dataclass(frozen=True)
class Call:
    """One tool call of an assistant turn and what the tool answered."""

    name: str
    arguments: Mapping[str, Any]
    result: Any
    raw_arguments: str | None = None

    def written_arguments(self) -> str:
        """The arguments as the model wrote them: `raw_arguments` where the spelling matters, else compact JSON."""
        return self.raw_arguments or json.dumps(self.arguments, ensure_ascii=False)


@dataclass
class Conversation:
    """Messages in OpenAI chat shapes, written one turn at a time.

    `call_prefix` is the provider's way to name calls: `call_` or `toolu_`.
    """

    session_id: str
    tenant: str
    model: str
    task: dict[str, Any]
    tools: Sequence[dict[str, Any]] = ()
    reward: float | None = 1.0
    call_prefix: str = "call_"
    messages: list[Message] = field(default_factory=list)
    requests: list[int] = field(default_factory=list)
    observations: list[int] = field(default_factory=list)
    wanted: list[tuple[str, str]] = field(default_factory=list)

    def system(self, text: str) -> None:
        """The system prompt; comes first."""
        self.messages.append({"role": "system", "content": text})

    def user(self, text: str) -> None:
        """What the person wrote."""
        self.messages.append({"role": "user", "content": text})

    def observe(self, text: str) -> None:
        """A tool result that the agent sends back as a user message (text protocols)."""
        self.observations.append(len(self.messages))
        self.messages.append({"role": "user", "content": text})

    def say(self, text: str) -> None:
        """An answer of the model without a tool call."""
        self._answer({"role": "assistant", "content": text})

    def call(self, tool: str, result: Any, *, say: str | None = None, **arguments: Any) -> None:
        """An answer of the model with one tool call, then the result."""
        self.calls(Call(tool, arguments, result), say=say)

    def calls(self, *calls: Call, say: str | None = None) -> None:
        """An answer of the model with calls side by side, then their results in the same order."""
        ids = [self._call_id(position) for position in range(len(calls))]
        tool_calls = [
            {"id": call_id, "type": "function", "function": {"name": call.name, "arguments": call.written_arguments()}}
            for call_id, call in zip(ids, calls, strict=True)
        ]
        self._answer({"role": "assistant", "content": say, "tool_calls": tool_calls})
        for call_id, call in zip(ids, calls, strict=True):
            content = call.result if isinstance(call.result, str) else pretty(call.result)
            self.messages.append({"role": "tool", "tool_call_id": call_id, "content": content})

    def needs(self, *texts: str, strength: str = "strong") -> None:
        """Values of tool results that a later turn depends on."""
        self.wanted += [(text, strength) for text in texts]

    def session(self) -> Session:
        """The finished session, one line of a sessions file."""
        session = {
            "session_id": self.session_id,
            "source": SOURCE,
            "tenant": self.tenant,
            "model": self.model,
            "tools": list(self.tools),
            "messages": self.messages,
            "requests": self.requests,
            "reward": self.reward,
            "task": self.task,
            "needles": [self._needle(text, strength) for text, strength in self.wanted],
        }
        if self.observations:
            session["obs"] = self.observations
        return session

    def _answer(self, message: Message) -> None:
        self.requests.append(len(self.messages))
        self.messages.append(message)

    def _call_id(self, position: int) -> str:
        seed = f"{self.session_id}/{len(self.messages)}/{position}"
        return self.call_prefix + hashlib.sha256(seed.encode()).hexdigest()[:22]

    def _needle(self, text: str, strength: str) -> dict[str, Any]:
        seen = [index for index, message in enumerate(self.messages) if text in written(message)]
        uses = [index for index in seen if self.messages[index]["role"] == "assistant"]
        sources = [index for index in seen if self._is_result(index)]
        if not uses or not sources or seen[0] != sources[0]:
            raise ValueError(f"{self.session_id}: {text!r} is not first seen in a tool result and used later: {seen}")
        before_use = [index for index in sources if index < uses[0]]
        in_call = text in call_part(self.messages[uses[0]])
        return {
            "text": text,
            "from": sources[0],
            "used_at": uses[0],
            "kind": "arg" if in_call else "answer",
            "strength": strength,
            "last_src": before_use[-1],
            "n_src": len(before_use),
            "uses": uses,
        }

    def _is_result(self, index: int) -> bool:
        return self.messages[index]["role"] == "tool" or index in self.observations


def written(message: Message) -> str:
    """All that a message says: its content and the arguments of its calls."""
    calls = message.get("tool_calls", ())
    return "\n".join([message["content"] or "", *(call["function"]["arguments"] for call in calls)])


def call_part(message: Message) -> str:
    """The arguments of its calls, native ones and those written as text."""
    _, _, in_text = (message["content"] or "").partition("<function_calls>")
    return "\n".join([in_text, *(call["function"]["arguments"] for call in message.get("tool_calls", ()))])
