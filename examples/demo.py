"""Play recorded sessions through the gateway with the real SDKs and print what they cost: `make demo`.

No key and no network: the provider is a replay of the recorded answers on loopback. It reckons with its prompt cache
as a real one does, and refuses what a real one would. The exit code is 0 if every SDK received every answer as it was
recorded, and every request that reached the provider said what the client had said.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from examples.demo_clients import Clients, clients, recorded_answer
from examples.demo_figures import Figures, Played
from examples.demo_gateway import GatewayProcess
from examples.demo_sessions import DemoError, Exchange, load
from examples.demo_tables import tables, verdict
from examples.demo_validity import Validity
from trimtab.cli.output import console
from trimtab.errors import TrimtabError
from trimtab.replay import Library, Recorded, ReplayProvider, ReplayServer
from trimtab.replay.server import Received
from trimtab.request import ChatRequest
from trimtab.response import Usage
from trimtab.store import open_store
from trimtab.telemetry.ledger import Ledger, Row

SESSIONS = Path(__file__).parent / "sessions"
_WRITTEN_S = 10.0


class _Direct:
    """What the provider would bill for the clients' requests if they came without trimtab: a second, equal provider."""

    def __init__(self) -> None:
        self._provider = ReplayProvider(self, time.time)
        self._recorded: Recorded | None = None

    def find(self, request: ChatRequest, replay_id: str = "") -> Recorded | None:
        return self._recorded

    def usage(self, recorded: Recorded) -> Usage:
        """The bill of one request. Raises DemoError where the provider refuses it as it was recorded."""
        self._recorded = recorded
        given = self._provider.respond(recorded.format, recorded.request, recorded.tenant)
        if given.usage is None:
            raise DemoError(f"the provider refuses the request as it was recorded: {given.body.decode()}")
        return given.usage


class _Player:
    """Plays one exchange after another and looks at both ends: what the provider got, what the SDK got."""

    def __init__(self) -> None:
        self.validity = Validity()
        self._arrived: list[Received] = []
        self._direct = _Direct()

    def received(self, request: Received) -> None:
        """Note a request that arrived at the provider."""
        self._arrived.append(request)

    async def play(self, exchange: Exchange, asking: Clients) -> tuple[str, Usage]:
        """Ask through the gateway; the answer's ledger id and the bill without trimtab. Raises DemoError."""
        recorded = exchange.recorded
        how = "streamed" if exchange.stream else "whole"
        where = f"{exchange.file}, session {recorded.session}, request {recorded.step + 1} ({exchange.client}, {how})"
        self._arrived.clear()
        try:
            direct = self._direct.usage(recorded)
            ledger_id, said = await asking.ask(exchange)
        except DemoError as error:
            raise DemoError(f"{where}: {error}") from error
        if different := said.differences(recorded_answer(recorded)):
            raise DemoError(f"{where}: the SDK received another answer than was recorded:\n  " + "\n  ".join(different))
        for each in self._arrived:
            self.validity.refused += each.given.status >= 400
            self.validity.compare(recorded.format, recorded.request, each.body, where)
        return ledger_id, direct


async def demo(sessions: Mapping[str, Sequence[Exchange]], out: Console) -> Figures:
    """Play the sessions through a gateway of their own. Raises DemoError, and leaves nothing running."""
    player, library = _Player(), Library()
    for exchanges in sessions.values():
        for exchange in exchanges:
            library.add(exchange.recorded)
    played: list[tuple[Exchange, str, Usage]] = []
    with tempfile.TemporaryDirectory(prefix="trimtab-demo-") as folder:
        provider = ReplayProvider(library, time.time)
        async with (
            ReplayServer(provider, models=library.models, received=player.received) as upstream,
            GatewayProcess(Path(folder), upstream.url) as gateway,
            clients(gateway.url) as of_tenant,
            _ledger(gateway.store) as ledger,
        ):
            out.print(f"Replay upstream on {upstream.url}, trimtab on {gateway.url}.")
            with _progress(out, len(library)) as advance:
                for exchanges in sessions.values():
                    for exchange in exchanges:
                        asking = of_tenant[exchange.recorded.tenant]
                        played.append((exchange, *await player.play(exchange, asking)))
                        advance()
                    await _written(ledger, played[-1][1])
        async with _ledger(gateway.store) as ledger:
            rows = {row.id: row async for row in ledger.scan()}
    for exchange, ledger_id, _ in played:
        if ledger_id not in rows:
            raise DemoError(f"the ledger has no row {ledger_id} (session {exchange.recorded.session})")
    figures = Figures([Played(exchange, rows[name], direct) for exchange, name, direct in played], player.validity)
    _check(figures, rows)
    return figures


def _check(figures: Figures, rows: Mapping[str, Row]) -> None:
    """What no SDK sees and still must not be. Raises DemoError."""
    problems = list(figures.validity.problems)
    if figures.validity.refused:
        problems.append(f"the provider refused {figures.validity.refused} requests that trimtab sent")
    problems += [f"{row.id} fell back: {row.fallback}" for row in rows.values() if row.fallback]
    if problems:
        more = f"\n  and {len(problems) - 10} more" if len(problems) > 10 else ""
        raise DemoError("the answers are right, but:\n  " + "\n  ".join(problems[:10]) + more)


@asynccontextmanager
async def _ledger(path: Path) -> AsyncIterator[Ledger]:
    """The gateway's ledger, read beside it."""
    store = await open_store(str(path))
    try:
        yield Ledger(store, time.time)
    finally:
        await store.close()


async def _written(ledger: Ledger, row_id: str) -> None:
    """Wait until a request is in the store, and so its answer: it is written a moment after the client has it.

    Without this, it would depend on the speed of the machine which of two sessions in a row hits the cache.
    """
    try:
        async with asyncio.timeout(_WRITTEN_S):
            while await ledger.find(row_id) is None:  # noqa: ASYNC110  (another process writes it)
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise DemoError(f"the ledger has no row {row_id} after {_WRITTEN_S:.0f} s") from None


@contextmanager
def _progress(out: Console, total: int) -> Iterator[Callable[[], None]]:
    """What to call after every request: moves a bar, where somebody is looking at it."""
    columns = (TextColumn("playing"), BarColumn(), MofNCompleteColumn(), TextColumn("requests"))
    with Progress(*columns, console=out, transient=True, disable=not out.is_terminal) as bar:
        task = bar.add_task("", total=total)
        yield lambda: bar.advance(task)


async def _until_asked_to_end(sessions: Mapping[str, Sequence[Exchange]], out: Console) -> Figures:
    """The demo; a signal that would end this process at once ends it in order."""
    task = asyncio.ensure_future(demo(sessions, out))
    for number in (signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    return await task


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m examples.demo", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sessions", type=Path, default=SESSIONS, metavar="DIR", help="play the recordings in DIR")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures to FILE")
    return parser.parse_args()


def main() -> int:
    """Run the demo; the exit code."""
    arguments = _arguments()
    for name in list(os.environ):  # the SDKs would read them, Anthropic's the proxies even where it is told not to
        if name.upper().startswith(("OPENAI_", "ANTHROPIC_")) or name.upper().endswith("_PROXY"):
            del os.environ[name]
    out = console()
    started = time.monotonic()
    try:
        sessions = load(arguments.sessions)
        figures = asyncio.run(_until_asked_to_end(sessions, out))
    except TrimtabError as error:
        print(f"The demo failed: {error}", file=sys.stderr)
        return 1
    except (KeyboardInterrupt, asyncio.CancelledError):
        print("The demo was stopped.", file=sys.stderr)
        return 130
    seconds = time.monotonic() - started
    for each in tables(figures):
        out.print(each)
    if arguments.json is not None:
        found = {**figures.to_dict(), "seconds": round(seconds, 1), "python": platform.python_version()}
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    out.print(verdict(figures, seconds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
