"""The fake provider as a process: ``python -m tests.compat.provider JSONL``.

Prints its URL, answers by what the newest message says, and writes every request that it gets to the file. It runs in
the gateway's environment, the clients run in theirs.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from tests.fakes.formats import Turn
from tests.fakes.provider import Answering, Behaviour, FakeProvider, Received, saying

_CALL = Turn(calls=[("call_1", "weather", {"city": "Oslo"})])
_TURNS = {"stream": Turn("one two three"), "weather": _CALL, "sunny": Turn("It is sunny in Oslo.")}


def logging_to(log: Path) -> Behaviour:
    """A model that calls the weather tool when it is asked for the weather, and else says hello."""

    async def behave(request: Received, answering: Answering) -> None:
        line = {"path": request.path, "headers": _headers(request), "body": request.json}
        with log.open("a", encoding="utf-8") as out:
            out.write(json.dumps(line) + "\n")
        newest = json.dumps((request.json.get("messages") or request.json.get("input"))[-1]).lower()
        turn = next((turn for word, turn in _TURNS.items() if word in newest), Turn("hello"))
        await saying(turn)(request, answering)

    return behave


def _headers(request: Received) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in request.headers}


async def _serve(log: Path) -> None:
    async with FakeProvider(logging_to(log)) as provider:
        print(provider.url, flush=True)  # noqa: T201  (whoever started this reads it)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1])))
