"""The configuration file, watched while the gateway runs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from trimtab.config import DEFAULT_FILE, Config, load
from trimtab.errors import ConfigError

_log = logging.getLogger("trimtab.gateway")

_EVERY_S = 1.0
_FIXED = ("server.host", "server.port", "server.workers", "server.proxy_from_env", "store.path", "store.key_env")


class ConfigWatcher:
    """Loads the file again when it has changed. What is wrong is logged, and the configuration in force stays."""

    def __init__(
        self,
        config: Config,
        file: str | Path | None,
        overrides: Mapping[str, Any] | None,
        apply: Callable[[Config], None],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._config = config
        self._file = file
        self._overrides = overrides
        self._apply = apply
        self._sleep = sleep
        self._seen = self._state()

    async def run(self) -> None:
        """Look once a second, for ever."""
        while True:
            await self._sleep(_EVERY_S)
            await asyncio.to_thread(self.changed) and self.reload()

    def changed(self) -> bool:
        """Whether the file is another one than at the last look."""
        state = self._state()
        before, self._seen = self._seen, state
        return state != before

    def reload(self) -> bool:
        """Load the file and apply it; whether that worked."""
        try:
            config = load(self._file, self._overrides)
            config = self._keep_fixed(config)
            self._apply(config)
        except ConfigError as error:
            _log.error("the changed configuration is not used, the one before stays: %s", error)
            return False
        self._config = config
        _log.warning("the configuration was reloaded")
        return True

    def _keep_fixed(self, config: Config) -> Config:
        """What cannot change while the gateway runs stays as it was, and is said to."""
        for name in _FIXED:
            group, field = name.split(".")
            old = getattr(getattr(self._config, group), field)
            if getattr(getattr(config, group), field) != old:
                _log.warning("%s changes with the next start only", name)
                kept = getattr(config, group).model_copy(update={field: old})
                config = config.model_copy(update={group: kept})
        return config

    def _state(self) -> tuple[int, int] | None:
        try:
            about = Path(self._file or DEFAULT_FILE).stat()
        except OSError:
            return None
        return about.st_mtime_ns, about.st_size
