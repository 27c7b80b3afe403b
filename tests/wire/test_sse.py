"""Server-sent events come apart and go together again without losing a byte."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.wire.sse import SseEvent, SseParser, events_of, last_events, read_event, render_event

ENDINGS = [b"\n", b"\r\n", b"\r"]
LINES = st.sampled_from(
    [
        b"data: a",
        b"data:b",
        b"data",
        b"data: ",
        b": ping",
        b"event: x",
        b"id: 7",
        b"retry: 9",
        b"odd",
        b"data: \xff\xfe",
    ]
)


def cut(stream: bytes, borders: list[int]) -> list[bytes]:
    edges = [0, *sorted({border % (len(stream) + 1) for border in borders}), len(stream)]
    return [stream[low:high] for low, high in pairwise(edges)]


def parsed(chunks: list[bytes]) -> tuple[list[SseEvent], bytes]:
    parser = SseParser()
    events = [event for chunk in chunks for event in parser.feed(chunk)]
    return events, parser.rest


@st.composite
def streams(draw: st.DrawFn) -> bytes:
    """Any mix of lines, line endings and blank lines, with or without a last blank line."""
    parts = draw(st.lists(st.tuples(LINES | st.just(b""), st.sampled_from(ENDINGS)), max_size=30))
    return b"".join(line + ending for line, ending in parts) + draw(st.sampled_from([b"", b"data: cut", b"\r"]))


def reference(stream: bytes) -> list[tuple[str, bytes]]:
    """Events by the letter of the standard: line by line, dispatched at each blank line."""
    found, name, data = [], "", []
    for line in stream.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"):
        if not line:
            found += [(name, b"\n".join(data))] if data or name else []
            name, data = "", []
        elif line.startswith(b"data:"):
            data.append(line[6:] if line[5:6] == b" " else line[5:])
        elif line == b"data":
            data.append(b"")
        elif line.startswith(b"event:"):
            name = line[6:].removeprefix(b" ").decode()
    return [*found, (name, b"\n".join(data))] if data or name else found


@given(streams(), st.lists(st.integers(0, 400), max_size=12))
def test_no_byte_is_lost_wherever_chunks_are_cut(stream: bytes, borders: list[int]) -> None:
    """Raw of all events and the rest is the input, and the events do not depend on the chunks."""
    events, rest = parsed(cut(stream, borders))
    assert b"".join(event.raw for event in events) + rest == stream
    assert events == parsed([stream])[0]


@given(streams())
def test_events_are_those_of_the_standard(stream: bytes) -> None:
    """Names and data agree with a line-by-line reading of the standard."""
    assert [(e.event, e.data) for e in events_of(stream) if e.data or e.event] == [
        found for found in reference(stream) if found != ("", b"")
    ]


@given(st.binary(max_size=300), st.lists(st.integers(0, 400), max_size=6))
def test_arbitrary_bytes_pass_through(stream: bytes, borders: list[int]) -> None:
    """Bytes that are no event stream at all, invalid UTF-8 included, are neither lost nor refused."""
    events, rest = parsed(cut(stream, borders))
    assert b"".join(event.raw for event in events) + rest == stream


@pytest.mark.parametrize("ending", ENDINGS)
def test_split_at_every_byte(ending: bytes) -> None:
    """Cutting at every byte gives the same events, for each line ending."""
    stream = ending.join([b"event: a", b"data: 1", b"", b": ping", b"", b"data: 2", b"data: 3", b"", b""])
    whole = events_of(stream)
    assert [(event.event, event.data) for event in whole] == [("a", b"1"), ("", b""), ("", b"2\n3")]
    for at in range(len(stream) + 1):
        parser = SseParser()
        events = parser.feed(stream[:at]) + parser.feed(stream[at:]) + parser.close()
        assert events == whole, at
    single, rest = parsed([stream[i : i + 1] for i in range(len(stream))])
    assert b"".join(e.raw for e in single) + rest == stream


def test_mixed_blank_lines_end_events() -> None:
    """Every pair of line endings is a blank line: CR before CRLF and LF before CR too."""
    for first in ENDINGS:
        for second in ENDINGS:
            if first + second == b"\r\n":
                continue
            stream = b"data: 1" + first + second + b"data: 2" + first + second
            assert [event.data for event in events_of(stream)] == [b"1", b"2"], (first, second)


def test_crlf_alone_does_not_end_an_event() -> None:
    """CR LF is one line ending, even when a chunk border falls between the two."""
    parser = SseParser()
    assert parser.feed(b"data: 1\r") == []
    assert parser.feed(b"\ndata: 2\r\n") == []
    assert [event.data for event in parser.feed(b"\r\ndata: 3")] == [b"1\n2"]
    assert parser.rest == b"data: 3"


def test_a_stream_without_final_blank_line_still_gives_its_last_event() -> None:
    """`close` hands out what is left, once."""
    parser = SseParser()
    parser.feed(b"data: 1\n\ndata: 2\n")
    assert [event.data for event in parser.close()] == [b"2"]
    assert parser.close() == []
    assert parser.rest == b""


def test_a_byte_order_mark_hides_no_data() -> None:
    """A BOM before the first line stays in raw and out of the data."""
    event = events_of(b"\xef\xbb\xbfdata: 1\n\n")[0]
    assert event == SseEvent(b"\xef\xbb\xbfdata: 1\n\n", "", b"1")
    assert event.with_data(b"2") == b"data: 2\n\n"


def test_comments_and_pings_are_events_without_data() -> None:
    """Comments keep their place in the stream."""
    events = events_of(b": OPENROUTER PROCESSING\n\ndata: 1\n\n:\n\n")
    assert [event.data for event in events] == [b"", b"1", b""]


@pytest.mark.timeout(60)  # a search from the start for every chunk takes minutes
@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_ten_megabytes_are_linear(ending: bytes) -> None:
    """One 10 MB event in 20,000 chunks, and 200,000 events in one chunk, come out whole and in time."""
    big = b"data: " + b"x" * 10_000_000 + ending * 2
    [event], rest = parsed([big[at : at + 512] for at in range(0, len(big), 512)])
    assert (event.raw, rest) == (big, b"")
    events, rest = parsed([(b"data: {}" + ending * 2) * 200_000])
    assert (len(events), rest) == (200_000, b"")


@given(streams(), st.integers(1, 5))
def test_last_events_are_the_last_events(stream: bytes, count: int) -> None:
    """Reading backwards finds the same events as reading all."""
    assert last_events(stream, count) == [event for event in events_of(stream) if event.data][-count:]


@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_last_events_of_a_long_stream(ending: bytes) -> None:
    """Windows that cut an event in two, and a last event larger than any window, give the same events."""
    for size in (10, 1000, 5000, 70_000):
        stream = b"".join(b"data: %d" % n + b"x" * size + ending * 2 for n in range(30)) + b"data: [DONE]"
        assert last_events(stream, 3) == events_of(stream)[-3:]


def test_with_data_keeps_everything_else_of_the_event() -> None:
    """Only the data lines change; names, ids, comments and line endings stay."""
    event = read_event(b": c\r\nevent: e\r\ndata: 1\r\ndata: 2\r\nid: 3\r\n\r\n")
    assert event.with_data(b"new") == b": c\r\nevent: e\r\ndata: new\r\nid: 3\r\n\r\n"
    assert read_event(event.with_data(b"a\nb")).data == b"a\nb"
    assert read_event(b"data: 1").with_data(b"2") == b"data: 2\n"


@given(st.text("ab\n ", max_size=12), st.sampled_from(["", "error"]))
def test_rendering_and_reading_are_inverse(text: str, name: str) -> None:
    """What `render_event` writes reads back, data of several lines too."""
    [event] = events_of(render_event(text.encode(), name))
    assert (event.event, event.data) == (name, text.encode())
