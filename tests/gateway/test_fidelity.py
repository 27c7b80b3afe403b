"""What is not changed goes through byte for byte, both ways."""

from __future__ import annotations

import asyncio
import gzip

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes import formats
from tests.fakes.provider import Answering, FakeProvider, Received, giving
from tests.gateway.asgi import Caller, Exchange, running
from tests.gateway.conftest import Start, configured
from trimtab.gateway.headers import HOP_BY_HOP
from trimtab.request import Format
from trimtab.wire import PATHS

NEVER_SENT = HOP_BY_HOP | {b"host", b"content-length", b"expect"}
TOKEN = st.text("abcdefghijklmnopqrstuvwxyz-0123456789", min_size=1, max_size=20)
NAMES = st.one_of(
    st.sampled_from(["anthropic-version", "anthropic-beta", "openai-organization", "x-api-key", "accept-encoding"]),
    st.sampled_from(["user-agent", "accept", "content-type", "cookie", "x-session-id", "x-stainless-lang"]),
    TOKEN.map(lambda name: "x-" + name),
).filter(lambda name: not name.startswith("x-trimtab"))
VALUES = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E) | st.just("é"), max_size=30)
HEADERS = st.lists(st.tuples(NAMES.map(str.encode), VALUES.map(str.encode)), max_size=8)


def sent_on(received: Received) -> list[tuple[bytes, bytes]]:
    """The headers that the provider got, less those of the connection."""
    return [(name.lower(), value) for name, value in received.headers if name.lower() not in NEVER_SENT]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(list(PATHS)), HEADERS, st.binary(max_size=300)), min_size=1, max_size=6))
def test_a_body_that_is_not_understood_arrives_as_it_came_with_its_headers(
    requests: list[tuple[str, list[tuple[bytes, bytes]], bytes]],
) -> None:
    """Malformed requests are the provider's to refuse: not a byte of them or of their headers changes."""

    async def check() -> None:
        async with (
            FakeProvider(giving(b'{"error": "bad"}', 400)) as provider,
            running(configured(provider.url)) as call,
        ):
            for path, headers, body in requests:
                answer = await call(path, body, headers)
                assert (answer.status, answer.body) == (400, b'{"error": "bad"}')
                assert provider.received[-1].body == body
                assert sent_on(provider.received[-1]) == headers

    asyncio.run(check())


@settings(max_examples=20, deadline=None)
@given(st.lists(st.binary(min_size=1, max_size=200), min_size=1, max_size=12), st.sampled_from([200, 201, 429, 500]))
def test_answers_come_back_byte_for_byte(chunks: list[bytes], status: int) -> None:
    """Whatever bytes a provider streams, valid or not, are what the client gets."""

    async def behave(request: Received, answering: Answering) -> None:
        await answering.start(status)
        for chunk in chunks:
            await answering.chunk(chunk)
        await answering.end()

    async def check() -> None:
        async with FakeProvider(behave) as provider, running(configured(provider.url)) as call:
            for path, wire in PATHS.items():
                for stream in (True, False):
                    answer = await call(path, formats.request(wire, ["hi"], stream=stream))
                    assert (answer.status, answer.body, answer.complete) == (status, b"".join(chunks), True)

    asyncio.run(check())


EVENTS = (
    b": keep-alive\n\n"
    b"event: ping\ndata: {}\n\n"
    b'event: not_invented_yet\ndata: {"x":1}\nid: 7\nretry: 10\n\n'
    b'data: {"id":"1","choices":[{"delta":{"content":"\xff\xfe"}}]}\r\n\r\n'
    b"data: [DONE]\n"
)


@pytest.mark.parametrize("wire", formats.FORMATS)
async def test_comments_pings_and_unknown_events_pass(wire: Format, provider: FakeProvider, start: Start) -> None:
    """A stream is not read through glasses: comments, pings, unknown events and a missing end come as they are."""
    provider.behave = giving(EVENTS, headers=(("content-type", "text/event-stream"),))
    async with start() as call:
        answer = await call(path_of(wire), formats.request(wire, ["hi"], stream=True))
    assert answer.body == EVENTS


async def test_the_providers_headers_come_back_and_those_of_the_connection_do_not(
    provider: FakeProvider, start: Start
) -> None:
    """Repeated headers stay repeated, rate limits and request ids stay, hop-by-hop ones go."""
    given_headers = (
        ("Content-Type", "application/json"),
        ("Set-Cookie", "a=1"),
        ("Set-Cookie", "b=2"),
        ("x-request-id", "req_1"),
        ("x-ratelimit-remaining", "7"),
        ("Connection", "x-private"),
        ("x-private", "1"),
        ("Keep-Alive", "timeout=5"),
        ("x-odd", "\xe9"),
    )
    provider.behave = giving(b"{}", headers=given_headers)
    async with start() as call:
        answer = await call("/v1/chat/completions", formats.request("openai_chat", ["hi"]))
    theirs = [header for header in answer.headers if not header[0].startswith((b"x-trimtab", b"cache-status"))]
    assert theirs == [
        (b"content-type", b"application/json"),
        (b"set-cookie", b"a=1"),
        (b"set-cookie", b"b=2"),
        (b"x-request-id", b"req_1"),
        (b"x-ratelimit-remaining", b"7"),
        (b"x-odd", b"\xe9"),
        (b"content-length", b"2"),
    ]


async def test_a_compressed_answer_stays_compressed(provider: FakeProvider, start: Start) -> None:
    """The client asked for gzip and gets the provider's own bytes; the books are read from them all the same."""
    packed = gzip.compress(formats.answer("openai_chat", formats.Turn("hello")))
    provider.behave = giving(packed, headers=(("content-type", "application/json"), ("content-encoding", "gzip")))
    async with start() as call:
        answer = await call(
            "/v1/chat/completions", formats.request("openai_chat", ["hi"]), [(b"accept-encoding", b"gzip")]
        )
        assert answer.body == packed
        assert answer.header("content-encoding") == "gzip"
        assert provider.received[0].header("accept-encoding") == "gzip"
        row = await row_of(call, answer.header("x-trimtab-id"))
        assert row["usage"]["output"] == 5


async def test_a_request_left_alone_is_not_touched_and_still_in_the_books(provider: FakeProvider, start: Start) -> None:
    """`x-trimtab: off` sends exactly the client's bytes; the header itself stays here."""
    body = b'{ "model":"gpt-4.1", "messages":[ {"role":"user","content":"hi"} ] }'
    async with start() as call:
        answer = await call("/v1/chat/completions", body, [(b"x-trimtab", b"off"), (b"x-trimtab-thread", b"mine")])
        row = await row_of(call, answer.header("x-trimtab-id"))
    assert provider.received[0].body == body
    assert not any(name.lower().startswith(b"x-trimtab") for name, _ in provider.received[0].headers)
    assert (row["model"], answer.header("x-trimtab-cache")) == ("gpt-4.1", "bypass")


async def test_background_responses_pass_untouched(provider: FakeProvider, start: Start) -> None:
    """A response that the provider works on in the background is not the pipeline's business."""
    body = b'{"background" : true, "model":"gpt-4.1","input":[{"role":"user","content":"hi"}]}'
    provider.behave = giving(b'{"id":"resp_1","object":"response","status":"queued","output":[]}')
    async with start() as call:
        answers = [await call("/v1/responses", body) for _ in range(2)]
    assert [answer.header("x-trimtab-cache") for answer in answers] == ["bypass", "bypass"]
    assert [received.body for received in provider.received] == [body, body]


async def test_a_stream_is_passed_on_event_by_event(provider: FakeProvider, start: Start) -> None:
    """Also where the request could not be read: an event that has come does not wait for the next one."""
    proceed = asyncio.Event()

    async def behave(request: Received, answering: Answering) -> None:
        await answering.start()
        await answering.chunk(b"data: 1\n\n")
        await proceed.wait()
        await answering.end()

    provider.behave = behave
    async with start() as call:
        for body in (b"not json", formats.request("openai_chat", ["hi"], stream=True)):
            exchange = Exchange()
            asking = asyncio.create_task(call("/v1/chat/completions", body, exchange=exchange))
            await exchange.begun.wait()
            assert exchange.body == b"data: 1\n\n"
            proceed.set()
            await asking
            proceed.clear()


async def test_path_and_query_go_on_as_written(provider: FakeProvider, start: Start) -> None:
    """Escapes in the path, and the order and repetition of parameters, mean something to a provider."""
    provider.behave = giving(b"{}")
    async with start() as call:
        await call("/v1/files/a%2Fb%20c?limit=1&after=%C3%A9&limit=2&empty=", method="GET")
        await call("/v1/messages?beta=true", b"{}")
    assert [received.target for received in provider.received] == [
        "/v1/files/a%2Fb%20c?limit=1&after=%C3%A9&limit=2&empty=",
        "/v1/messages?beta=true",
    ]


async def test_a_large_body_arrives_whole(provider: FakeProvider, start: Start) -> None:
    """Eight megabytes in many pieces, both ways."""
    body = b'{"junk": "' + b"x" * (8 << 20) + b'"'
    provider.behave = giving(body)
    async with start() as call:
        pieces = [body[at : at + 65_536] for at in range(0, len(body), 65_536)]
        answer = await call("/v1/chat/completions", pieces)
    assert provider.received[0].body == body
    assert answer.body == body


def path_of(wire: Format) -> str:
    return next(path for path, named in PATHS.items() if named == wire)


async def row_of(call: Caller, row_id: str | None) -> dict[str, object]:
    """The ledger row of a request, once it is written."""
    await call.gateway.optimizer.settle()
    row = await call.gateway.optimizer.ledger.find(row_id or "")
    assert row is not None
    found: dict[str, object] = msgspec.to_builtins(row)
    return found
