"""Background calls through the gateway: the configured upstream, a credential of their own, a row in the ledger."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from tests.fakes.formats import Turn, answer
from tests.fakes.provider import FakeProvider, giving
from trimtab import config
from trimtab.errors import BudgetExceeded, ConfigError
from trimtab.gateway.app import build_app
from trimtab.telemetry.ledger import OWN

KEY = "TRIMTAB_TEST_OWN_KEY"


def settings(tmp_path: Path, url: str, **background: object) -> config.Config:
    upstream = config.Upstream(url=url, provider="openai")  # type: ignore[call-arg]
    route = config.Route(upstream="one", path="/v1/")  # type: ignore[call-arg]
    chosen = {"model": "gpt-4.1", "upstream": "one", "key_env": KEY, **background}
    return config.Config(
        upstreams={"one": upstream},
        routes=(route,),
        store=config.StoreSettings(path=str(tmp_path / "t.db")),  # type: ignore[call-arg]
        background=config.BackgroundSettings(**chosen),  # type: ignore[arg-type]
    )


async def test_a_call_goes_to_the_configured_upstream_under_its_own_credential(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY, "sk-own")
    async with FakeProvider(giving(answer("openai_chat", Turn("Yes.")))) as provider:
        gateway = build_app(settings(tmp_path, provider.url))
        await gateway.open()
        background = gateway.optimizer.pipeline.background
        assert background is not None
        asked = {"messages": [{"role": "user", "content": "Same answer?"}], "max_tokens": 5}
        response = await background.complete("judge", asked, tenant="acme")
        assert response.text == "Yes."
        (received,) = provider.received
        assert received.path == "/v1/chat/completions"
        assert received.header("authorization") == "Bearer sk-own"
        assert orjson.loads(received.body)["model"] == "gpt-4.1"
        await gateway.optimizer.settle()
        ((_, row),) = await gateway.optimizer.ledger.rows()
        assert (row.route, row.tenant, row.flags) == (OWN, "acme", {"task": "judge"})
        assert row.own_cost > 0
        await gateway.close(0)


async def test_over_budget_nothing_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, "sk-own")
    async with FakeProvider(giving(b"{}")) as provider:
        gateway = build_app(settings(tmp_path, provider.url, max_calls_per_hour=0))
        await gateway.open()
        background = gateway.optimizer.pipeline.background
        assert background is not None
        with pytest.raises(BudgetExceeded):
            await background.complete("judge", {"messages": []}, tenant="acme")
        assert provider.received == []
        await gateway.close(0)


async def test_without_a_credential_it_does_not_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY, raising=False)
    gateway = build_app(settings(tmp_path, "http://127.0.0.1:9"))
    with pytest.raises(ConfigError, match=r"background\.key_env"):
        await gateway.open()


async def test_it_is_off_until_configured(tmp_path: Path) -> None:
    gateway = build_app(config.Config(store=config.StoreSettings(path=str(tmp_path / "t.db"))))  # type: ignore[call-arg]
    await gateway.open()
    assert gateway.optimizer.pipeline.background is None
    await gateway.close(0)
