"""`trimtab serve` as a process of its own: started before the sessions are played, ended whatever happens."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

from examples.demo_sessions import DemoError

_START_S = 60.0
_END_S = 10.0
CONFIG = """\
[server]
shutdown_grace_s = 2

# One replay upstream stands for both providers; each name says whose prompt cache to reckon with.
[upstreams.openai]
url = "{url}"
provider = "openai"

[upstreams.anthropic]
url = "{url}"
provider = "anthropic"

[[routes]]
path = "/v1/messages"
upstream = "anthropic"

[[routes]]
path = "/v1/"
upstream = "openai"
"""


class GatewayProcess:
    """The gateway on a free loopback port, with its configuration, its store and what it says in ``folder``::

        async with GatewayProcess(folder, upstream_url) as gateway:
            client = AsyncOpenAI(base_url=gateway.url + "/v1", api_key="any")

    When the block is left the ledger is on disk and nothing is left running.
    """

    def __init__(self, folder: Path, upstream_url: str) -> None:
        self._folder = folder
        self._upstream_url = upstream_url
        self._process: asyncio.subprocess.Process | None = None
        self.store = folder / "trimtab.db"
        self.url = ""
        """Base URL without /v1, once it is open."""

    async def __aenter__(self) -> GatewayProcess:
        config = self._folder / "trimtab.toml"
        config.write_text(CONFIG.format(url=self._upstream_url), encoding="utf-8")
        command = [sys.executable, "-m", "trimtab.cli", "serve", "--port", "0"]
        with (self._folder / "stderr.txt").open("wb") as errors:
            self._process = await asyncio.create_subprocess_exec(
                *[*command, "--config", str(config), "--store", str(self.store)],
                stdout=asyncio.subprocess.PIPE,
                stderr=errors,
                cwd=self._folder,
                env={name: value for name, value in os.environ.items() if not name.upper().startswith("TRIMTAB_")},
                start_new_session=True,  # a group of its own, which can be ended whole
            )
        try:
            self.url = await self._address(self._process)
        except BaseException:
            await self._end()
            raise
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        code = await self._end()
        if kind is None and code != 0:
            raise DemoError(f"the gateway ended with exit code {code}. {self._said()}")

    async def _address(self, process: asyncio.subprocess.Process) -> str:
        """Where the gateway listens, from the line that it prints when it does."""
        if process.stdout is None:
            raise DemoError("the gateway has no standard output")
        try:
            async with asyncio.timeout(_START_S):
                line = (await process.stdout.readline()).decode()
        except TimeoutError:
            raise DemoError(f"the gateway did not start within {_START_S:.0f} s. {self._said()}") from None
        address = next((word for word in line.split() if word.startswith("http://")), "")
        if not address:
            raise DemoError(f"the gateway did not start. {line.strip()} {self._said()}")
        return address

    def _said(self) -> str:
        """The end of what the gateway wrote to its standard error."""
        text = (self._folder / "stderr.txt").read_text(encoding="utf-8", errors="replace").strip()
        return f"It said:\n{text[-2000:]}" if text else "It said nothing."

    async def _end(self) -> int | None:
        """Let it finish and write its ledger; what does not end is killed, its whole group."""
        process = self._process
        if process is None:
            return None
        try:
            with suppress(ProcessLookupError):
                process.terminate()
            with suppress(TimeoutError):
                async with asyncio.timeout(_END_S):
                    return await process.wait()
            return None
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
