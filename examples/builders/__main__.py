"""Write every session file and print what is in it: `python -m examples.builders [folder]`."""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Callable
from pathlib import Path

import toktok

from . import bugfix, data_analysis, faq, refund_desk, research, town_site, travel, workbench
from .session import Session

SESSIONS = Path(__file__).parent.parent / "sessions"
FILES: dict[str, Callable[[], list[Session]]] = {
    "refund_desk.jsonl": refund_desk.build,
    "bugfix.jsonl": bugfix.build,
    "workbench.jsonl.gz": workbench.build,
    "town_site.jsonl": town_site.build,
    "research.jsonl": research.build,
    "data_analysis.jsonl": data_analysis.build,
    "faq.jsonl": faq.build,
    "travel.jsonl": travel.build,
}


def encode(sessions: list[Session], *, compressed: bool) -> bytes:
    """JSON lines; gzip without time stamp and system, so that every Python with the same zlib packs the same bytes."""
    lines = "".join(json.dumps(session, ensure_ascii=False) + "\n" for session in sessions).encode()
    if not compressed:
        return lines
    packed = bytearray(gzip.compress(lines, mtime=0))
    packed[9] = 255  # the system; Python 3.13 writes another one than 3.11
    return bytes(packed)


def row(name: str, sessions: list[Session]) -> str:
    """One line of the table in README.md: counts, and tokens (o200k) of the first and the last request."""
    first = sessions[0]
    sizes = [request_tokens(session, position) for session in sessions for position in (0, -1)]
    requests = sum(len(session["requests"]) for session in sessions)
    total = sum(sum(request_series(session)) for session in sessions)
    cells = [f"`{name}`", first["model"], len(sessions), len(first["tools"]), requests]
    return "| " + " | ".join(map(str, [*cells, f"{min(sizes):,} - {max(sizes):,}", f"{total:,}"])) + " |"


def request_tokens(session: Session, position: int) -> int:
    """Input tokens of one request: its tools as minified JSON and the text of its messages."""
    return request_series(session)[position]


def request_series(session: Session) -> list[int]:
    """Input tokens of every request of a session."""
    tools = json.dumps(session["tools"], separators=(",", ":"), ensure_ascii=False) if session["tools"] else ""
    pieces = [tools] + [
        (message["content"] or "") + "".join(json.dumps(call["function"]) for call in message.get("tool_calls", ()))
        for message in session["messages"]
    ]
    counts = toktok.batch_count(pieces, "o200k_base")
    return [counts[0] + sum(counts[1 : index + 1]) for index in session["requests"]]


def main() -> None:
    """Build all sessions into the folder given, or into examples/sessions."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else SESSIONS
    folder.mkdir(parents=True, exist_ok=True)
    print("| file | model | sessions | tools | requests | tokens a request, smallest - largest | tokens sent in all |")
    print("|---|---|---|---|---|---|---|")
    for name, build in FILES.items():
        sessions = build()
        (folder / name).write_bytes(encode(sessions, compressed=name.endswith(".gz")))
        print(row(name, sessions))


if __name__ == "__main__":
    main()
