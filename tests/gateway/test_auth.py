"""Who is calling, and what of that reaches the provider."""

from __future__ import annotations

import base64
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.fakes import formats
from tests.fakes.provider import FakeProvider, giving, in_turn, saying
from tests.gateway.asgi import Caller, Exchange
from tests.gateway.conftest import Start, configured
from tests.gateway.test_failures import message_of
from tests.gateway.test_fidelity import path_of
from trimtab.errors import ConfigError
from trimtab.gateway.auth import check_exposure, installation_secret, on_loopback
from trimtab.gateway.subjects import claim_of
from trimtab.request import Format
from trimtab.store import open_store

CHAT = "/v1/chat/completions"


def hashed(key: str) -> str:
    return sha256(key.encode()).hexdigest()


KEYS: dict[str, Any] = {
    "auth": {"mode": "gateway_keys", "keys": [{"sha256": hashed("gw-a"), "tenant": "team a"}]},
}


def bearer(key: str) -> list[tuple[bytes, bytes]]:
    return [(b"authorization", b"Bearer " + key.encode())]


def token(**claims: object) -> str:
    part = base64.urlsafe_b64encode(orjson.dumps(claims)).rstrip(b"=").decode()
    return f"eyJhbGciOiJub25lIn0.{part}.c2ln"


async def ask(call: Caller, headers: list[tuple[bytes, bytes]], text: str = "hi", **more: Any) -> Exchange:
    return await call(CHAT, formats.request("openai_chat", [text]), headers, **more)


async def tenants(call: Caller) -> list[str]:
    await call.gateway.optimizer.settle()
    rows = [row for _, row in await call.gateway.optimizer.ledger.rows()]
    return [row.tenant for row in sorted(rows, key=lambda row: row.id)]  # they are written as the answers end


# -- the caller's own provider key ----------------------------------------------------------------------------


async def test_callers_on_loopback_are_told_apart_by_their_own_key(provider: FakeProvider, start: Start) -> None:
    """The same key is the same tenant however it is sent, another key another one, and no key nobody in particular."""
    async with start() as call:
        for headers in (bearer("sk-1"), [(b"x-api-key", b"sk-1")], bearer("sk-2"), []):
            await ask(call, headers)
        one, same, other, nobody = await tenants(call)
    assert one == same != other
    assert nobody == "anonymous"
    assert "sk-1" not in one
    assert provider.received[0].header("authorization") == "Bearer sk-1"


async def test_a_second_key_beside_a_shared_one_makes_another_tenant(start: Start) -> None:
    """A dummy key that everybody sends does not hide the real one beside it."""
    async with start() as call:
        for key in ("sk-1", "sk-2"):
            await ask(call, [(b"x-api-key", b"dummy"), *bearer(key)])
        one, other = await tenants(call)
    assert one != other


async def test_answers_are_never_shared_between_callers(provider: FakeProvider, start: Start) -> None:
    """The same question of two keys is asked twice; of one key, once."""
    async with start() as call:
        outcomes = []
        for key in ("sk-1", "sk-2", "sk-1", "sk-2"):
            outcomes.append((await ask(call, bearer(key))).header("x-trimtab-cache"))
            await call.gateway.optimizer.settle()
    assert outcomes == ["miss", "miss", "hit", "hit"]
    assert len(provider.received) == 2


async def test_names_outlive_a_restart_and_differ_between_installations(tmp_path: Path, start: Start) -> None:
    """The secret behind the names is made once in the store and read by every process on it."""
    names = []
    for file in ("one.db", "one.db", "other.db"):
        async with start(store={"path": str(tmp_path / file)}) as call:
            await ask(call, bearer("sk-1"))
            names.append((await tenants(call))[-1])
    assert names[0] == names[1] != names[2]
    assert b"sk-1" not in (tmp_path / "one.db").read_bytes()


async def test_the_secret_is_the_same_for_whoever_asks(tmp_path: Path) -> None:
    """Two processes that start at once agree."""
    one, two = await open_store(str(tmp_path / "s.db")), await open_store(str(tmp_path / "s.db"))
    try:
        secrets = [await installation_secret(store) for store in (one, two, one)]
    finally:
        await one.close()
        await two.close()
    assert len(set(secrets)) == 1
    assert len(secrets[0]) == 32


# -- gateway keys ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wire", formats.FORMATS)
@pytest.mark.parametrize("headers", [[], [(b"x-trimtab-key", b"wrong")], bearer("gw-a")])
async def test_without_a_known_gateway_key_nothing_goes_upstream(
    wire: Format, headers: list[tuple[bytes, bytes]], provider: FakeProvider, start: Start
) -> None:
    """A missing or wrong key is a 401 in the provider's shape; a key that stands for none of the provider's is none."""
    async with start(**KEYS) as call:
        answer = await call(path_of(wire), formats.request(wire, ["hi"]), headers)
        listing = await call("/v1/models", method="GET", headers=headers)
    assert (answer.status, listing.status) == (401, 401)
    assert "x-trimtab-key" in str(message_of(wire, answer.json))
    assert provider.received == []


async def test_a_gateway_key_names_the_tenant_and_stays_here(provider: FakeProvider, start: Start) -> None:
    """The provider gets the caller's provider key, and never the gateway's."""
    async with start(**KEYS) as call:
        await ask(call, [(b"x-trimtab-key", b"gw-a"), *bearer("sk-1")])
        assert await tenants(call) == ["team a"]
    assert provider.received[0].header("authorization") == "Bearer sk-1"
    assert provider.received[0].header("x-trimtab-key") is None


@pytest.mark.parametrize(
    ("whose", "headers", "sent"),
    [
        ("openai", [(b"x-trimtab-key", b"gw-b")], ("authorization", "Bearer real")),
        ("openai", bearer("gw-b"), ("authorization", "Bearer real")),
        ("anthropic", [(b"x-api-key", b"gw-b")], ("x-api-key", "real")),
        ("anthropic", bearer("gw-b"), ("x-api-key", "real")),
        ("unknown", [(b"x-api-key", b"gw-b")], ("x-api-key", "real")),
        ("unknown", [(b"x-trimtab-key", b"gw-b"), *bearer("own")], ("authorization", "Bearer real")),
    ],
)
async def test_a_gateway_key_may_stand_for_a_provider_key(
    whose: str,
    headers: list[tuple[bytes, bytes]],
    sent: tuple[str, str],
    provider: FakeProvider,
    start: Start,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An SDK that can send one key sends the gateway's; the provider's takes its place on the way out."""
    monkeypatch.setenv("PROVIDER_KEY", "real")
    key = {"sha256": hashed("gw-b"), "tenant": "team b", "provider_key_env": "PROVIDER_KEY"}
    auth = {"mode": "gateway_keys", "keys": [key]}
    async with start(auth=auth, upstream={"provider": whose}) as call:
        await ask(call, headers)
        assert await tenants(call) == ["team b"]
    keys = {name: provider.received[0].header(name) for name in ("authorization", "x-api-key", "x-trimtab-key")}
    assert {name: value for name, value in keys.items() if value is not None} == {sent[0]: sent[1]}


# -- exposure -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.7", "::", "gateway.internal"])
def test_an_open_address_needs_keys(host: str) -> None:
    """The sentence says what to do; with keys, or with pass-through chosen explicitly, it starts."""
    with pytest.raises(ConfigError, match=r"server\.host.*auth\.keys.*127\.0\.0\.1.*pass_through"):
        check_exposure(configured("http://x", server={"host": host}))
    check_exposure(configured("http://x", server={"host": host}, auth={"mode": "pass_through"}))
    check_exposure(configured("http://x", server={"host": host}, auth={"keys": KEYS["auth"]["keys"]}))


def test_the_key_mode_without_keys_is_refused() -> None:
    """A mode that lets nobody in is a mistake."""
    with pytest.raises(ConfigError, match=r"auth\.mode"):
        check_exposure(configured("http://x", auth={"mode": "gateway_keys"}))


async def test_on_an_open_address_keys_are_asked_for(provider: FakeProvider, start: Start) -> None:
    """`auto` there means gateway keys."""
    async with start(server={"host": "0.0.0.0"}, auth={"keys": KEYS["auth"]["keys"]}) as call:
        assert (await ask(call, bearer("sk-1"))).status == 401
        assert (await ask(call, [(b"x-trimtab-key", b"gw-a")])).status == 200


@pytest.mark.parametrize(
    ("host", "local"),
    [
        *((name, True) for name in ("127.0.0.1", "127.9.9.9", "::1", "[::1]", "LocalHost")),
        *((name, False) for name in ("0.0.0.0", "evil.test", "127.0.0.1.evil.test", "")),
    ],
)
def test_loopback_is_known(host: str, local: bool) -> None:
    """Names that merely look like it are not."""
    assert on_loopback(host) == local


@pytest.mark.parametrize(
    ("host", "status"),
    [("127.0.0.1:8787", 200), ("localhost", 200), ("[::1]:8787", 200), ("evil.test:8787", 403), ("evil.test", 403)],
)
async def test_a_web_page_under_another_name_is_kept_out(
    host: str, status: int, provider: FakeProvider, start: Start
) -> None:
    """DNS rebinding: a page whose name resolves to this machine may not read anything from the gateway."""
    given_host = [(b"host", host.encode())]
    async with start() as call:
        for path in (CHAT, "/v1/models", "/readyz"):
            provider.behave = saying("x") if path == CHAT else giving(b"{}")
            method = "POST" if path == CHAT else "GET"
            body = formats.request("openai_chat", ["hi"]) if path == CHAT else b""
            assert (await call(path, body, given_host, method=method)).status == status


async def test_behind_other_names_the_host_does_not_matter(provider: FakeProvider, start: Start) -> None:
    """With gateway keys, or in pass-through mode, a proxy may stand before the gateway."""
    async with start(auth={"mode": "pass_through"}) as call:
        assert (await ask(call, [(b"host", b"gateway.example")])).status == 200


# -- rotating tokens ------------------------------------------------------------------------------------------

SUBJECT = {"upstream": {"subject_claim": "sub"}}


async def test_a_token_counts_for_its_owner_once_the_provider_has_accepted_it(
    provider: FakeProvider, start: Start
) -> None:
    """Two tokens of one person are one tenant, from the second request of each on."""
    async with start(**SUBJECT) as call:
        for number, rotation in enumerate((1, 1, 2, 2)):
            await ask(call, bearer(token(sub="ann", iat=rotation)), f"question {number}")
        first, second, third, fourth = await tenants(call)
    assert second == fourth
    assert len({first, second, third}) == 3


async def test_a_forged_token_never_counts_for_its_owner(provider: FakeProvider, start: Start) -> None:
    """The provider refuses it each time, so it never sees the owner's cached answers."""
    async with start(**SUBJECT) as call:
        for _ in range(2):
            await ask(call, bearer(token(sub="ann")))
        provider.behave = in_turn(giving(b"{}", 401), giving(b"{}", 401))
        forged = [await ask(call, bearer(token(sub="ann", forged=True))) for _ in range(3)]
        names = await tenants(call)
    assert [answer.status for answer in forged] == [401, 401, 401]
    assert names[1] not in names[2:]


async def test_an_accepted_token_that_is_refused_counts_no_more(provider: FakeProvider, start: Start) -> None:
    """Revoked at the provider is revoked here."""
    async with start(**SUBJECT) as call:
        provider.behave = in_turn(saying("a"), giving(b"{}", 401), saying("b"))
        for number in range(4):
            await ask(call, bearer(token(sub="ann")), f"question {number}")
        before, refused, after, again = await tenants(call)
    assert before == after
    assert refused == again != before


async def test_an_answer_from_the_cache_is_no_acceptance(provider: FakeProvider, start: Start) -> None:
    """Only the provider can vouch for a token."""
    auth = {"subjects": {"rot-": "team a"}}
    async with start(auth=auth) as call:
        provider.behave = giving(b"{}", 401)
        await ask(call, bearer("rot-1"))
        await ask(call, bearer("rot-1"))
        assert "team a" not in await tenants(call)


async def test_tokens_without_a_readable_subject_are_mapped_by_prefix(provider: FakeProvider, start: Start) -> None:
    """The longest prefix wins; here, too, the provider has to accept the token first."""
    auth = {"subjects": {"rot-": "all", "rot-a-": "team a"}}
    async with start(auth=auth) as call:
        for number in range(2):
            await ask(call, bearer("rot-a-123"), f"question {number}")
            await ask(call, bearer("rot-b-123"), f"question {number}")
        names = await tenants(call)
    assert names[2:] == ["team a", "all"]


async def test_an_accepted_token_is_known_after_a_restart(tmp_path: Path, start: Start) -> None:
    """Other processes, and the next one, need not see it accepted again."""
    names = []
    for number in range(2):
        async with start(store={"path": str(tmp_path / "s.db")}, **SUBJECT) as call:
            await ask(call, bearer(token(sub="ann")), f"question {number}")
            await ask(call, bearer(token(sub="ann")), f"question {number} again")
            names = await tenants(call)
    assert names[1] == names[2] == names[3]


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        (token(sub="ann"), "ann"),
        (token(sub=7), "7"),
        (token(sub=""), None),
        (token(sub=["ann"]), None),
        (token(other="ann"), None),
        ("sk-ant-api03-abc", None),
        ("a.b.c", None),
        ("a.!!!.c", None),
        ("a.W10.c", None),
    ],
)
def test_a_claim_is_read_or_not_there(text: str, claim: str | None) -> None:
    """Whatever is no JWT, or holds no such text, has no owner."""
    assert claim_of(text, "sub") == claim
