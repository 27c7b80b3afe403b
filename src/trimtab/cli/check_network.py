"""What `trimtab doctor` looks at on the network: the gateway's own port, and the way to every upstream."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from trimtab.cli.checks import Check
from trimtab.config import Config, Upstream
from trimtab.errors import ConfigError, UpstreamError
from trimtab.gateway.port import Port
from trimtab.gateway.upstream import Connections

_PATIENCE_S = 5.0


async def check_upstreams(config: Config) -> list[Check]:
    """Whether every upstream answers HTTP. Any answer counts: no credential is sent."""
    connections = Connections(proxy_from_env=config.server.proxy_from_env)
    try:
        return await asyncio.gather(
            *(_upstream(connections, name, each, config) for name, each in config.upstreams.items())
        )
    finally:
        await connections.close()


async def _upstream(connections: Connections, name: str, upstream: Upstream, config: Config) -> Check:
    subject = f"upstream {name}"
    if not config.server.proxy_from_env and (trouble := await _unresolved(upstream.url)):
        return Check(subject, "fail", trouble, "check the URL and this machine's name server, or set a proxy")
    hurried = upstream.model_copy(update={"connect_timeout_s": _PATIENCE_S, "read_timeout_s": _PATIENCE_S})
    try:
        async with asyncio.timeout(3 * _PATIENCE_S):
            reply = await connections.request("GET", f"{upstream.url}/v1/models", [], None, hurried)
            await reply.close()
    except (UpstreamError, TimeoutError) as error:
        finding = str(error) or f"{upstream.url} did not answer in time"
        remedy = "check upstreams.{}.url, the firewall, and whether a proxy is needed (server.proxy_from_env)"
        return Check(subject, "fail", finding, remedy.format(name))
    return Check(subject, "ok", f"{upstream.url} answers (status {reply.status} without a credential)")


async def _unresolved(url: str) -> str:
    """Why the host of a URL has no address; empty where it has one."""
    host = urlsplit(url).hostname or ""
    try:
        async with asyncio.timeout(_PATIENCE_S):
            await asyncio.get_running_loop().getaddrinfo(host, None)
    except (OSError, UnicodeError) as error:  # a missed deadline is an OSError, too
        why = getattr(error, "strerror", None) or str(error) or "the name server did not answer"
        return f"the name {host} has no address: {why}"
    return ""


async def check_port(config: Config) -> Check:
    """Whether the gateway's port is free, or a trimtab is there already."""
    host, port = config.server.host, config.server.port
    where = f"{host}:{port}"
    if port == 0:
        return Check("port", "ok", "a free one is taken (server.port = 0)")
    try:
        await asyncio.to_thread(lambda: Port(host, port).close())
    except ConfigError as error:
        if await _is_trimtab(host, port):
            return Check("port", "ok", f"a trimtab is running at {where}")
        return Check("port", "fail", str(error))
    return Check("port", "ok", f"{where} is free")


async def _is_trimtab(host: str, port: int) -> bool:
    """Whether what listens at a port is a gateway of ours: it is healthy, and says its name where nothing is."""
    reached = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    url = f"http://{reached}:{port}"
    settings = Upstream.model_validate({"url": url, "connect_timeout_s": _PATIENCE_S, "read_timeout_s": _PATIENCE_S})
    connections = Connections()
    try:
        async with asyncio.timeout(3 * _PATIENCE_S):
            health = await connections.request("GET", f"{url}/healthz", [], None, settings)
            await health.close()
            named = await connections.request("GET", f"{url}/v1/trimtab/", [], None, settings)
            said = b"".join([chunk async for chunk in named.chunks()])
            await named.close()
    except (UpstreamError, TimeoutError):
        return False
    finally:
        await connections.close()
    return health.status == 200 and b"trimtab" in said
