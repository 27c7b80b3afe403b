"""The gateway as users run it: a process of its own on a free port."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_PATIENCE_S = 60.0


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Ask again and again; for what another process, or a server of somebody else's, tells nobody."""
    async with asyncio.timeout(_PATIENCE_S):
        while not await condition():  # noqa: ASYNC110  (there is no event to wait for)
            await asyncio.sleep(0.02)


class GatewayProcess:
    """Runs a gateway while it is open::

        async with GatewayProcess(tmp_path, provider.url) as gateway:
            client = AsyncOpenAI(base_url=gateway.url + "/v1", api_key="any")

    ``settings`` is TOML put before the upstream and route to ``provider_url``; ``program`` the module to run.
    """

    def __init__(
        self,
        folder: Path,
        provider_url: str,
        settings: str = "",
        *,
        provider: str = "openai",
        program: str = "trimtab.gateway",
    ) -> None:
        self.file = folder / "trimtab.toml"
        self.url = ""
        self.ready = ""
        """The line that was printed when it was ready."""
        self._program = program
        self._process: asyncio.subprocess.Process | None = None
        self.configure(folder, provider_url, settings, provider=provider)

    def configure(self, folder: Path, provider_url: str, settings: str = "", *, provider: str = "openai") -> None:
        """Write the configuration file (again)."""
        server = "" if "[server]" in settings else "[server]\nport = 0\n"
        self.file.write_text(
            f'{server}{settings}\n[store]\npath = "{folder / "trimtab.db"}"\n'
            f'[upstreams.fake]\nurl = "{provider_url}"\nprovider = "{provider}"\n[[routes]]\nupstream = "fake"\n'
        )

    async def __aenter__(self) -> GatewayProcess:
        await self.start()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.stop()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def start(self) -> None:
        """Start it and wait for the line that says where it listens."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            self._program,
            "--config",
            str(self.file),
            cwd=_ROOT,
            env={name: value for name, value in os.environ.items() if not name.startswith("TRIMTAB_")},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        assert self._process.stdout is not None
        async with asyncio.timeout(_PATIENCE_S):
            self.ready = (await self._process.stdout.readline()).decode().strip()
        if " on " not in self.ready:
            raise AssertionError(f"the gateway did not start: {(await self._process.communicate())[1].decode()}")
        self.url = self.ready.split(" on ")[1].split()[0]

    def signal(self, number: int = signal.SIGTERM) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    async def ended(self) -> tuple[int, str]:
        """Wait for its end; the exit status and what it wrote to standard error."""
        assert self._process is not None
        async with asyncio.timeout(_PATIENCE_S):
            _, errors = await self._process.communicate()
        assert self._process.returncode is not None
        return self._process.returncode, errors.decode()

    async def stop(self) -> None:
        """End it in good order."""
        if self._process is not None and self._process.returncode is None:
            self.signal()
            await self.ended()
