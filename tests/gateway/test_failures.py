"""A provider that fails: the client sees what the provider would have it see, or an error in the provider's shape."""

from __future__ import annotations

import asyncio
import socket

import pytest

from tests.fakes import formats
from tests.fakes.formats import Turn
from tests.fakes.provider import Answering, FakeProvider, Received, giving, in_turn, saying, silence
from tests.fakes.stages import OffersEcho, Shout
from tests.gateway.conftest import Start
from tests.gateway.test_fidelity import path_of, row_of
from trimtab.request import Format

pytestmark = pytest.mark.parametrize("wire", formats.FORMATS)


def message_of(wire: Format, body: dict[str, object]) -> object:
    """The message of an error in the provider's shape; fails where the shape is another."""
    error = body["error"]
    assert isinstance(error, dict)
    assert (body.get("type") == "error") == (wire == "anthropic_messages")
    assert isinstance(error["type"], str)
    return error["message"]


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (429, b'{"error":{"type":"rate_limit_error"}}', "application/json"),
        (500, b'{"error":{"type":"server_error"}}', "application/json"),
        (529, b"overloaded", "text/plain"),
        (502, b"<html><h1>Bad gateway</h1></html>", "text/html"),
        (200, b"<html>a captive portal</html>", "text/html"),
    ],
)
async def test_errors_of_the_provider_pass_and_are_not_cached(
    wire: Format, status: int, body: bytes, kind: str, provider: FakeProvider, start: Start
) -> None:
    """Rate limits with their retry-after, failures and pages of HTML come through, and the next request asks anew."""
    provider.behave = giving(body, status, (("content-type", kind), ("retry-after", "3")))
    async with start() as call:
        for stream in (False, True, False):
            answer = await call(path_of(wire), formats.request(wire, ["hi"], stream=stream))
            assert (answer.status, answer.body, answer.header("retry-after")) == (status, body, "3")
            assert answer.header("x-trimtab-cache") == "miss"
    assert len(provider.received) == 3


async def test_what_is_refused_after_an_edit_is_sent_once_more_as_it_came(
    wire: Format, provider: FakeProvider, start: Start
) -> None:
    """A 400 that an edit may have caused costs a second call, not the request."""
    provider.behave = in_turn(giving(b'{"error":{}}', 400), saying("fine"))
    body = formats.request(wire, ["hi", Turn(calls=[("c1", "look", {})]), {"c1": "quiet"}])
    async with start((Shout(),)) as call:
        answer = await call(path_of(wire), body)
        row = await row_of(call, answer.header("x-trimtab-id"))
    assert answer.status == 200
    assert b"QUIET" in provider.received[0].body
    assert provider.received[1].body == body
    assert "400" in (answer.header("x-trimtab-fallback") or "")
    assert "400" in str(row["fallback"])


async def test_what_is_refused_twice_is_the_providers_answer(
    wire: Format, provider: FakeProvider, start: Start
) -> None:
    """Where the original is refused, too, the client gets that refusal, and nobody asks a third time."""
    provider.behave = giving(b'{"error":{"message":"no"}}', 400)
    body = formats.request(wire, ["hi", Turn(calls=[("c1", "look", {})]), {"c1": "quiet"}])
    async with start((Shout(),)) as call:
        answer = await call(path_of(wire), body)
    assert (answer.status, answer.body) == (400, b'{"error":{"message":"no"}}')
    assert len(provider.received) == 2


@pytest.mark.parametrize("stream", [False, True])
async def test_a_refused_connection_is_a_502(wire: Format, stream: bool, start: Start) -> None:
    """Where nobody listens the client gets the provider's kind of error, with our ledger id."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        async with start(upstream={"url": url}) as call:
            answer = await call(path_of(wire), formats.request(wire, ["hi"], stream=stream))
            row = await row_of(call, answer.header("x-trimtab-id"))
    assert answer.status == 502
    assert "cannot connect" in str(message_of(wire, answer.json))
    assert not row.get("complete")


@pytest.mark.parametrize("stream", [False, True])
async def test_silence_is_a_504(wire: Format, stream: bool, provider: FakeProvider, start: Start) -> None:
    """A provider that takes the request and says nothing is given up after the configured time."""
    provider.behave = silence
    async with start(upstream={"read_timeout_s": 0.2}) as call:
        answer = await call(path_of(wire), formats.request(wire, ["hi"], stream=stream))
    assert answer.status == 504
    assert "in time" in str(message_of(wire, answer.json))


async def test_a_stream_that_is_broken_off_is_broken_off(wire: Format, provider: FakeProvider, start: Start) -> None:
    """The client gets what came and then no end, as it would have; nothing of it is cached."""
    events = formats.stream(wire, Turn("a longer answer"))

    async def breaks(request: Received, answering: Answering) -> None:
        await answering.start()
        await answering.chunk(events[0])
        answering.die()

    provider.behave = in_turn(breaks, saying("whole"))
    async with start() as call:
        body = formats.request(wire, ["hi"], stream=True)
        broken = await call(path_of(wire), body)
        assert (broken.status, broken.complete) == (200, False)
        assert events[0].startswith(broken.body)  # the reset may overtake what was sent before it
        again = await call(path_of(wire), body)
    assert again.header("x-trimtab-cache") == "miss"
    assert again.complete
    assert b"whole" in again.body


async def test_a_json_answer_that_breaks_off_before_its_first_byte_is_a_502(
    wire: Format, provider: FakeProvider, start: Start
) -> None:
    """As long as nothing has been passed on, an honest error can be told."""

    async def breaks(request: Received, answering: Answering) -> None:
        await answering.start(200, (("content-type", "application/json"),), length=100)
        answering.close()

    provider.behave = breaks
    async with start() as call:
        answer = await call(path_of(wire), formats.request(wire, ["hi"]))
    assert answer.status == 502
    assert "broke off" in str(message_of(wire, answer.json))


async def test_a_stream_that_stands_still_ends_with_the_providers_kind_of_error(
    wire: Format, provider: FakeProvider, start: Start
) -> None:
    """It is our patience that ended, so it is our error that is told, as the provider's SDK expects it."""
    events = formats.stream(wire, Turn("a longer answer"))

    async def stops(request: Received, answering: Answering) -> None:
        await answering.start()
        await answering.chunk(events[0])
        await answering.gone.wait()

    provider.behave = stops
    async with start(upstream={"read_timeout_s": 0.2}) as call:
        answer = await call(path_of(wire), formats.request(wire, ["hi"], stream=True))
    assert answer.complete
    assert answer.body.startswith(events[0])
    assert b"standstill" in answer.body[len(events[0]) :]


async def test_a_round_of_ours_that_fails_leaves_no_answer_behind(
    wire: Format, provider: FakeProvider, start: Start
) -> None:
    """The provider dies in the second round of an internal tool: a 502, and the next request asks anew."""

    async def dies(request: Received, answering: Answering) -> None:
        answering.die()

    calling = saying(Turn(calls=[("c1", "trimtab_echo", {"text": "x"})]))
    provider.behave = in_turn(calling, dies, dies, saying("whole"))
    async with start((OffersEcho(),)) as call:
        answer = await call(path_of(wire), formats.request(wire, ["hi"]))
        assert answer.status == 502
        assert b"whole" in (await call(path_of(wire), formats.request(wire, ["hi"]))).body


async def test_a_kept_connection_that_was_closed_is_replaced_once(
    wire: Format, provider: FakeProvider, start: Start
) -> None:
    """The provider closed an idle connection as the request went out: nothing was read, so it is sent again."""

    async def closes(request: Received, answering: Answering) -> None:
        answering.close()

    provider.behave = in_turn(saying("one"), closes, saying("two"))
    async with start() as call:
        await call(path_of(wire), formats.request(wire, ["first"]))
        answer = await call(path_of(wire), formats.request(wire, ["second"]))
    assert answer.status == 200
    assert [received.connection for received in provider.received] == [1, 1, 2]


async def test_a_new_connection_that_is_closed_is_not_tried_again(
    wire: Format, provider: FakeProvider, start: Start
) -> None:
    """What may have been read is not sent twice."""

    async def closes(request: Received, answering: Answering) -> None:
        answering.close()

    provider.behave = closes
    async with start() as call:
        answer = await call(path_of(wire), formats.request(wire, ["hi"]))
    assert answer.status == 502
    assert len(provider.received) == 1


async def test_fifty_at_once_are_fifty_answers(wire: Format, provider: FakeProvider, start: Start) -> None:
    """Concurrent requests do not mix."""

    async def echoes(request: Received, answering: Answering) -> None:
        await saying(str(request.json["user"]))(request, answering)

    provider.behave = echoes
    async with start() as call:
        bodies = [
            formats.request(wire, [f"question {n}"]).replace(b'{"model"', b'{"user":"user-%d.","model"' % n)
            for n in range(50)
        ]
        answers = await asyncio.gather(*(call(path_of(wire), body) for body in bodies))
    for number, answer in enumerate(answers):
        assert b"user-%d." % number in answer.body
