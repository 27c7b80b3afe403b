"""What the demo plays: recorded sessions, each in the wire format of the client that would have had it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from trimtab.errors import TrimtabError
from trimtab.replay import Problem, Recorded, Recordings, Rendering

PLAYED: Mapping[str, Rendering] = {
    "data_analysis.jsonl": Rendering(format="openai_responses"),
    "research.jsonl": Rendering(breakpoints=False),
}
"""Files that are not played as usual. As usual: Claude models over Anthropic Messages by a client that marks what is to
be cached, all others over OpenAI chat."""


class DemoError(TrimtabError):
    """The demo cannot go on, or found what must not be; the message is for the person who runs it."""


@dataclass(frozen=True)
class Exchange:
    """One request of a session and its recorded answer; every second one of a session is streamed."""

    file: str
    recorded: Recorded
    body: Mapping[str, Any]

    @property
    def stream(self) -> bool:
        return self.recorded.step % 2 == 1

    @property
    def client(self) -> str:
        """The SDK and how it is used, in words; ``unmarked``: it marks nothing for Anthropic's cache."""
        if self.recorded.format != "anthropic_messages":
            return self.recorded.format.replace("_", " ")
        return "anthropic" if b'"cache_control"' in self.recorded.request else "anthropic, unmarked"

    @property
    def model(self) -> str:
        return str(self.body["model"])


def load(folder: Path) -> dict[str, list[Exchange]]:
    """The sessions of a folder, by id, in the order of the files. Raises DemoError for what cannot be read."""
    files = sorted(path for path in folder.glob("*") if path.name.endswith((".jsonl", ".jsonl.gz")))
    if not files:
        raise DemoError(f"--sessions {folder}: there is no .jsonl or .jsonl.gz file in it")
    sessions: dict[str, list[Exchange]] = {}
    for path in files:
        for each in Recordings([path], PLAYED.get(path.name)):
            if isinstance(each, Problem):
                raise DemoError(f"a recording cannot be read: {each}")
            exchange = Exchange(path.name, each, orjson.loads(each.request))
            session = sessions.setdefault(each.session, [])
            if session and session[0].file != path.name:
                raise DemoError(f"{path}: session {each.session!r} is in {session[0].file} already")
            session.append(exchange)
    return sessions
