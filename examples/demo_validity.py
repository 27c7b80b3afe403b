"""Whether the provider was asked what the client asked: every text compared, references put back from the rest.

The comparison uses the bytes that arrived and nothing that the gateway knows. White space is left out of it, because
minified JSON differs in nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import orjson

from trimtab.recall import read_marker
from trimtab.recall.marker import Marker
from trimtab.request import ChatRequest, Format
from trimtab.wire import CODECS

_LINES = re.compile(r"(?:all )?(\d+) lines ")
Line = tuple[str, str]
"""A line as it arrived, and what it stands for without white space."""


@dataclass
class Validity:
    """What was found in the requests that arrived at the provider."""

    compared: int = 0
    refused: int = 0
    references: int = 0
    problems: list[str] = field(default_factory=list)

    def compare(self, wire: Format, asked: bytes, arrived: bytes, where: str) -> None:
        """Look at a request of format ``wire``: ``asked`` by the client, ``arrived`` at the provider."""
        self.compared += 1
        client, provider = CODECS[wire].parse(asked), CODECS[wire].parse(arrived)
        if _tools(client) != _tools(provider):
            self.problems.append(f"{where}: other tools arrived than were offered")
        if [message.role for message in client.messages] != [message.role for message in provider.messages]:
            self.problems.append(f"{where}: other messages arrived than were sent")
            return
        earlier: list[list[Line]] = []
        for index, (meant, came) in enumerate(zip(client.messages, provider.messages, strict=True)):
            if [block.kind for block in meant.blocks] != [block.kind for block in came.blocks]:
                self.problems.append(f"{where}, message {index}: other blocks arrived than were sent")
                continue
            for one, other in zip(meant.blocks, came.blocks, strict=True):
                lines = self._read(one.text, other.text, earlier)
                if lines is None:
                    self.problems.append(
                        f"{where}, message {index}: {_shown(one.text)} arrived as {_shown(other.text)}"
                    )
                else:
                    earlier.append(lines)

    def _read(self, meant: str, came: str, earlier: list[list[Line]]) -> list[Line] | None:
        """The lines of a text that arrived, if together they say what was meant; None if they do not."""
        if came == meant:
            return [(line, _squeezed(line)) for line in came.split("\n")]
        whole, done = _squeezed(meant), 0
        lines: list[Line] = []
        for line in came.split("\n"):
            text = _squeezed(line)
            if not whole.startswith(text, done):
                markers = read_marker(line)
                found = _referred(markers[0], whole, done, earlier) if markers else None
                if found is None:
                    return None
                text = found
                self.references += 1
            done += len(text)
            lines.append((line, text))
        return lines if done == len(whole) else None


def _referred(marker: Marker, whole: str, done: int, earlier: list[list[Line]]) -> str | None:
    """What a reference stands for: as many lines as it says, somewhere earlier, with which ``whole`` goes on."""
    told = _LINES.match(marker.what)
    count = int(told[1]) if told else 1
    for lines in earlier:
        for start in range(len(lines) - count + 1):
            run = "".join(text for _, text in lines[start : start + count])
            if run and whole.startswith(run, done):
                return run
    return None


def _tools(request: ChatRequest) -> list[object]:
    """The tools as values, without the client's cache marks, which may be moved."""
    values = [orjson.loads(tool.raw) for tool in request.tools]
    return [{name: value for name, value in each.items() if name != "cache_control"} for each in values]


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _shown(text: str) -> str:
    return repr(text if len(text) <= 160 else f"{text[:160]}…")
