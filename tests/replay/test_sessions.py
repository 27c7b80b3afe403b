"""Recordings of every kind are read exchange by exchange, and what is broken is named and skipped."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.replay.material import FORMATS, played, recording
from trimtab.replay import Needle, Problem, Recorded, Recordings
from trimtab.request import Format
from trimtab.wire import CODECS


def line(value: Any) -> bytes:
    return json.dumps(value).encode() + b"\n"


def read(*sources: Path | str, stdin: bytes = b"") -> list[Recorded | Problem]:
    return list(Recordings(sources, stdin=io.BytesIO(stdin)))


def exchange(wire: Format, step: int = 1) -> tuple[dict[str, Any], dict[str, Any]]:
    one = played(wire)[step]
    return json.loads(one.request), json.loads(one.response)


def test_a_session_becomes_one_exchange_a_request(tmp_path: Path) -> None:
    """Request k carries the messages before its answer, the tools, the tenant, and the needles of that answer."""
    file = tmp_path / "s.jsonl"
    file.write_bytes(line(recording()))
    first, second, third = read(file)
    assert isinstance(first, Recorded)
    assert isinstance(second, Recorded)
    assert isinstance(third, Recorded)
    assert (second.session, second.step, second.tenant, second.format) == ("tides-1", 1, "harbour", "openai_chat")
    assert json.loads(second.request)["messages"] == recording()["messages"][:5]
    assert json.loads(second.request)["tools"] == recording()["tools"]
    assert json.loads(second.response)["choices"][0]["message"]["content"].startswith("Esbjerg at 04:12")
    assert (first.needles, second.needles) == ((), (Needle("DK-7731"),))


def test_no_tools_are_left_out_rather_than_sent_empty(tmp_path: Path) -> None:
    """A session of a text protocol has `tools: []`, which providers refuse."""
    file = tmp_path / "s.jsonl"
    file.write_bytes(
        line(
            {
                "model": "gpt-4.1",
                "tools": [],
                "messages": [*recording()["messages"][:2], {"role": "assistant", "content": "No."}],
            }
        )
    )
    (only,) = read(file)
    assert isinstance(only, Recorded)
    assert "tools" not in json.loads(only.request)
    assert only.session == "s.jsonl:1"


def test_gzip_is_known_by_its_first_bytes(tmp_path: Path) -> None:
    """A packed file without the usual name is opened, a plain one with it too."""
    packed, plain = tmp_path / "packed.jsonl", tmp_path / "plain.jsonl.gz"
    packed.write_bytes(gzip.compress(line(recording())))
    plain.write_bytes(line(recording()))
    assert len(read(packed)) == len(read(plain)) == 3


def test_a_directory_stands_for_the_recordings_in_it(tmp_path: Path) -> None:
    """Folders are searched through, by name; other files are left alone."""
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "b.jsonl.gz").write_bytes(gzip.compress(line(recording(session_id="b"))))
    (tmp_path / "a.json").write_text(json.dumps(recording(session_id="a"), indent=2))
    (tmp_path / "notes.txt").write_text("nothing")
    assert [each.session for each in read(tmp_path) if isinstance(each, Recorded)] == ["a"] * 3 + ["b"] * 3


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_standard_input_is_read(pack: Any) -> None:
    """`-` is standard input, plain or packed."""
    assert len(read("-", stdin=pack(line(recording())))) == 3


def test_an_array_of_records_is_read(tmp_path: Path) -> None:
    """A JSON document may hold all records at once."""
    file = tmp_path / "all.json"
    file.write_text(json.dumps([recording(session_id="a"), recording(session_id="b")], indent=1))
    assert len(read(file)) == 6


def test_a_broken_line_is_named_counted_and_skipped(tmp_path: Path) -> None:
    """The lines around it are read, and each problem says where it is and what would be right."""
    file = tmp_path / "s.jsonl"
    lines = [
        line(recording()),
        b"\n",
        b'{"messages": [\n',
        line({"prompt": "hi"}),
        line(recording(requests=[1])),
        line(recording(messages=["hi"])),
        line(["a list"]),
        line(recording()),
    ]
    file.write_bytes(b"".join(lines))
    found = read(file)
    assert sum(isinstance(each, Recorded) for each in found) == 6
    problems = [each for each in found if isinstance(each, Problem)]
    assert [problem.line for problem in problems] == [3, 4, 5, 6, 7]
    assert str(problems[0]).startswith(f"{file}:3: not valid JSON")
    assert "expected a session with `messages` and `requests`" in problems[1].message
    assert "indexes of assistant messages" in problems[2].message
    assert "messages[0]" in problems[3].message


def test_files_that_cannot_be_read_are_problems(tmp_path: Path) -> None:
    """A missing file, a gzip file that ends early and a document that is no JSON cost only themselves."""
    cut, text = tmp_path / "cut.gz", tmp_path / "text.json"
    cut.write_bytes(gzip.compress(line(recording()) * 50)[:-20])
    text.write_text("[not\njson")
    found = read(tmp_path / "absent.jsonl", cut, text)
    problems = [each for each in found if isinstance(each, Problem)]
    assert [(problem.file, problem.line) for problem in problems] == [
        (str(tmp_path / "absent.jsonl"), 0),
        (str(cut), 0),
        (str(text), 1),
    ]
    assert "No such file" in problems[0].message
    assert "ends early" in problems[1].message


@pytest.mark.parametrize("wire", FORMATS)
@pytest.mark.parametrize("shape", ["request", "body", "string", "http", "stream", "path"])
def test_a_wire_log_is_read_in_all_its_shapes(wire: Format, shape: str, tmp_path: Path) -> None:
    """The format is known from the path or from the answer's shape, and the answer comes back whole."""
    body, answer = exchange(wire)
    paths = {"openai_chat": "/v1/chat/completions", "openai_responses": "/v1/responses"}
    path = paths.get(wire, "/v1/messages")
    codec = CODECS[wire]
    events = b"".join(codec.replay(json.dumps(answer).encode(), codec.parse(json.dumps(body).encode()))).decode()
    record = {
        "request": {"request": body, "response": answer},
        "body": {"body": body, "response": answer, "session_id": "x", "tenant": "t", "at": 1_800_000_000},
        "string": {"request": json.dumps(body), "response": json.dumps(answer)},
        "http": {
            "request": {"method": "POST", "url": f"https://api.example.com{path}", "headers": {}, "body": body},
            "response": {"status": 200, "headers": {}, "body": answer},
        },
        "stream": {"request": {**body, "stream": True}, "stream": events},
        "path": {"path": path, "request": body, "response": answer},
    }[shape]
    file = tmp_path / "log.jsonl"
    file.write_bytes(line(record))
    (only,) = read(file)
    assert isinstance(only, Recorded), only
    assert only.format == wire
    read_back, meant = codec.read_response(200, only.response), codec.read_response(200, json.dumps(answer).encode())
    assert (read_back.text, read_back.tool_calls) == (meant.text, meant.tool_calls)
    assert read_back.text
    if shape == "body":
        assert (only.session, only.tenant, only.at) == ("x", "t", 1_800_000_000.0)


def test_the_bytes_of_a_logged_request_are_kept(tmp_path: Path) -> None:
    """Spelling and spacing of the body survive: what is replayed is what was sent."""
    body = b'{"model" : "gpt-4.1","messages":[ {"role":"user","content":"caf\\u00e9"}],"top_p":1.0}'
    answer = json.dumps(exchange("openai_chat")[1]).encode()
    file = tmp_path / "log.jsonl"
    file.write_bytes(b'{"request":' + body + b',"response":' + answer + b"}\n")
    (only,) = read(file)
    assert isinstance(only, Recorded)
    assert only.request == body


def test_steps_of_a_logged_session_are_counted_and_headers_kept(tmp_path: Path) -> None:
    """Exchanges of one session get ids of their own; credentials in a log are not taken over."""
    body, answer = exchange("openai_chat")
    record = {
        "request": {
            "url": "/v1/chat/completions",
            "headers": {"X-Session-Id": "7", "Authorization": "Bearer k"},
            "body": body,
        },
        "response": answer,
        "session": "café 1",
        "timestamp": "2026-03-01T10:00:00Z",
    }
    file = tmp_path / "log.jsonl"
    file.write_bytes(line(record) * 2)
    first, second = read(file)
    assert isinstance(first, Recorded)
    assert isinstance(second, Recorded)
    assert (first.id, second.id) == ("caf%C3%A9%201.0", "caf%C3%A9%201.1")
    assert first.headers == {"x-session-id": "7"}
    assert first.at == 1_772_359_200.0


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ({"request": {"messages": []}, "response": {}}, "with its model"),
        ({"request": {"model": "m", "messages": []}, "response": {"error": {"message": "no"}}}, "nothing to replay"),
        (
            {"request": {"model": "m", "messages": []}, "response": {"body": {"choices": []}, "status": 429}},
            "status 429",
        ),
        ({"request": {"model": "m", "messages": []}, "stream": "data: {\n\n"}, "unfinished"),
        ({"request": {"model": "m", "messages": []}, "response": [1]}, "response has to be"),
    ],
)
def test_an_exchange_without_a_whole_answer_is_a_problem(record: dict[str, Any], said: str, tmp_path: Path) -> None:
    """Only what the provider answered to its end can be replayed."""
    file = tmp_path / "log.jsonl"
    file.write_bytes(line(record))
    (only,) = read(file)
    assert isinstance(only, Problem)
    assert said in only.message


def test_reading_tells_how_far_it_is(tmp_path: Path) -> None:
    """A progress bar needs the bytes in all and the bytes read."""
    for name in ("a.jsonl", "b.jsonl"):
        (tmp_path / name).write_bytes(line(recording()))
    recordings = Recordings([tmp_path])
    assert recordings.read_bytes == 0
    assert len(list(recordings)) == 6
    assert recordings.read_bytes == recordings.total_bytes > 0
