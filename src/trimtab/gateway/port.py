"""The address to listen on: resolved, free, and kept for us until the server listens."""

from __future__ import annotations

import errno
import socket
import sys

from trimtab.errors import ConfigError


class Port:
    """A free port of this machine, held by a socket that does not listen. Raises ConfigError."""

    def __init__(self, host: str, port: int) -> None:
        try:
            family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        except OSError as error:
            raise ConfigError(f"server.host = {host!r}: {error.strerror or error}; give an address to bind") from error
        self._held = socket.socket(family, kind)
        try:
            with socket.socket(family, kind) as probe:  # fails where somebody listens, whatever they allow
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
                bound = probe.getsockname()
            if sys.platform == "linux":  # where the server's own sockets share the port in the same way
                self._held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
                self._held.bind(bound)
        except OSError as error:
            self._held.close()
            raise ConfigError(_why(host, port, error)) from error
        self.address: str = bound[0]
        self.number: int = bound[1]

    def close(self) -> None:
        self._held.close()

    @property
    def url(self) -> str:
        """The base URL that clients on this machine use."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.address, self.address)
        return f"http://[{host}]:{self.number}" if ":" in host else f"http://{host}:{self.number}"


def _why(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"server.port = {port}: another process listens there already; stop it, or choose another (0: a free one)"
        )
    if error.errno == errno.EACCES:
        return f"server.port = {port}: this user may not bind it; choose one above 1023"
    return f"server.host = {host!r}: cannot bind there ({error.strerror or error})"
