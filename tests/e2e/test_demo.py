"""`make demo`: recorded sessions through the running gateway by the real SDKs, and the books that come out of it."""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from genai_prices import Usage, calc_price
from rich.console import Console

from examples.demo_figures import Figures, Played
from examples.demo_sessions import load
from examples.demo_tables import tables
from examples.demo_validity import Validity
from trimtab.response import Usage as Tokens
from trimtab.telemetry.ledger import Row

ROOT = Path(__file__).resolve().parents[2]
SESSIONS = ROOT / "examples" / "sessions"
MISLEADING = {
    "TRIMTAB_PIPELINE__MODE": "off",
    "OPENAI_BASE_URL": "http://127.0.0.1:9",
    "ANTHROPIC_BASE_URL": "http://127.0.0.1:9",
    "ANTHROPIC_AUTH_TOKEN": "not-to-be-sent",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "ALL_PROXY": "http://127.0.0.1:9",
}
"""What may stand in somebody's environment and must not matter."""


def start(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "examples.demo", *arguments]
    return subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **MISLEADING}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def run(*arguments: str) -> tuple[int, str, str]:
    with start(*arguments) as process:
        out, errors = process.communicate(timeout=110)
    return process.returncode, out, errors


def recorded(name: str) -> list[dict[str, Any]]:
    data = (SESSIONS / name).read_bytes()
    text = gzip.decompress(data) if name.endswith(".gz") else data
    return [json.loads(line) for line in text.decode().splitlines() if line]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any]]:
    """One run over all example sessions: what it printed, and its figures."""
    file = tmp_path_factory.mktemp("demo") / "results" / "demo.json"
    code, out, errors = run("--json", str(file))
    assert (code, errors) == (0, "")
    return out, json.loads(file.read_text())


@pytest.fixture
def folder(tmp_path: Path) -> Callable[[str, list[dict[str, Any]]], str]:
    """Writes a folder with one file of sessions."""

    def write(name: str, sessions: list[dict[str, Any]]) -> str:
        (tmp_path / name).write_text("".join(json.dumps(session) + "\n" for session in sessions))
        return str(tmp_path)

    return write


def test_every_recorded_request_is_played_and_answered_as_recorded(shown: tuple[str, dict[str, Any]]) -> None:
    """All requests of all files, whole and streamed, none refused; the last line says so."""
    out, figures = shown
    sessions = [session for path in SESSIONS.iterdir() for session in recorded(path.name)]
    requests = sum(len(session["requests"]) for session in sessions)
    assert figures["requests"] == figures["validity"]["answers_as_recorded"] == requests
    assert figures["sessions"] == len(sessions)
    assert figures["validity"]["refused"] == 0
    assert figures["validity"]["requests_at_provider"] == requests - figures["cache_hits"]
    assert requests // 3 < figures["streamed"] < requests
    assert out.splitlines()[-1].startswith(f"All {requests} answers reached the SDKs as recorded")
    assert {each["client"].split(",")[0] for each in figures["by_session"].values()} == {
        "anthropic",
        "openai chat",
        "openai responses",
    }


def test_totals_are_the_sums_of_the_sessions(shown: tuple[str, dict[str, Any]]) -> None:
    """Every figure of the total, in requests, tokens and dollars, is that of the sessions added up."""
    figures = shown[1]
    each = figures["by_session"].values()
    for name in ("requests", "streamed", "cache_hits", "unpriced"):
        assert figures[name] == sum(session[name] for session in each)
    for side in ("without", "with"):
        for kind, tokens in figures["usage"][side].items():
            assert tokens == sum(session["usage"][side][kind] for session in each)
        for pair in ("tokens", "weighted_input"):
            assert figures[pair][side] == pytest.approx(sum(session[pair][side] for session in each))
    for name in ("without", "with", "saved", "saved_without_cache_hits", "direct"):
        assert figures["usd"][name] == pytest.approx(sum(session["usd"][name] for session in each))
    usd = figures["usd"]
    assert usd["saved"] == pytest.approx(usd["without"] - usd["with"])


@pytest.mark.parametrize("session", ["data-analysis-001", "bugfix-001", "workbench-001"])
def test_dollars_are_price_times_tokens(shown: tuple[str, dict[str, Any]], session: str) -> None:
    """A session's bill, computed again from its tokens and the public price list, with and without trimtab."""
    figures = shown[1]["by_session"][session]
    thousand = {
        "fresh": Usage(input_tokens=1000),
        "written": Usage(input_tokens=1000, cache_write_tokens=1000),
        "read": Usage(input_tokens=1000, cache_read_tokens=1000),
        "output": Usage(output_tokens=1000),
    }  # the price of a token does not depend on how many the whole session has
    prices = {kind: float(calc_price(used, figures["model"]).total_price) for kind, used in thousand.items()}
    for side in ("without", "with"):
        used = figures["usage"][side]
        dollars = sum(used[kind] / 1000 * price for kind, price in prices.items())
        assert figures["usd"][side] == pytest.approx(dollars)


def test_the_bill_without_trimtab_is_that_of_asking_directly(shown: tuple[str, dict[str, Any]]) -> None:
    """The ledger's counterfactual against what the provider reckons for the clients' own requests, each session."""
    for session in shown[1]["by_session"].values():
        assert session["usd"]["without"] == pytest.approx(session["usd"]["direct"], rel=0.001)


def test_stages_lead_from_the_tokens_that_came_to_those_sent(shown: tuple[str, dict[str, Any]]) -> None:
    """Each stage begins where the one before it ended."""
    figures = shown[1]
    stages = figures["stages"]
    assert stages[0]["before"] == figures["tokens"]["without"]
    assert stages[-1]["after"] == figures["tokens"]["with"]
    assert [each["before"] for each in stages[1:]] == [each["after"] for each in stages[:-1]]


def test_the_cache_answers_what_was_asked_word_for_word(shown: tuple[str, dict[str, Any]]) -> None:
    """As many hits as requests were made before in the same words, and none is counted twice as a saving."""
    figures = shown[1]
    asked = [
        json.dumps(session["messages"][:index]) for session in recorded("faq.jsonl") for index in session["requests"]
    ]
    assert figures["cache_hits"] == len(asked) - len(set(asked)) > 0
    assert 0 < figures["usd"]["saved"] - figures["usd"]["saved_without_cache_hits"] < figures["usd"]["saved"]


def test_an_answer_other_than_the_recorded_one_fails(folder: Callable[[str, list[dict[str, Any]]], str]) -> None:
    """Two sessions ask the same and have different answers on record: the cache gives one of them to both."""
    sessions = recorded("faq.jsonl")[:2]
    sessions[1]["messages"][-1]["content"] = "Something else."
    code, out, errors = run("--sessions", folder("faq.jsonl", sessions))
    assert code == 1
    assert sessions[1]["session_id"] in errors
    assert "recorded 'Something else.'" in errors
    assert "received 'Open **Settings" in errors
    assert "All" not in out


def test_a_request_that_no_provider_takes_fails(folder: Callable[[str, list[dict[str, Any]]], str]) -> None:
    """A recording without the result of a call cannot be played, and the demo says what is wrong with it."""
    session = recorded("travel.jsonl")[0]
    at = next(index for index, message in enumerate(session["messages"]) if message["role"] == "tool")
    session["messages"][at]["role"] = "user"
    code, _, errors = run("--sessions", folder("travel.jsonl", [session]))
    assert code == 1
    assert "the provider refuses the request as it was recorded" in errors
    assert "Traceback" not in errors


@pytest.mark.parametrize(
    ("content", "sentence"), [("{not json}\n", "broken.jsonl:1: not valid JSON"), (None, "there is no .jsonl")]
)
def test_a_folder_that_cannot_be_read_fails(tmp_path: Path, content: str | None, sentence: str) -> None:
    """A broken line is named with its place, an empty folder with its path."""
    if content is not None:
        (tmp_path / "broken.jsonl").write_text(content)
    code, out, errors = run("--sessions", str(tmp_path))
    assert (code, out) == (1, "")
    assert sentence in errors


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_nothing_is_left_running(number: signal.Signals) -> None:
    """Stopped in the middle, it ends by itself and takes the gateway and the replay upstream with it."""
    with start() as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        urls = re.findall(r"http://[\d.]+:\d+", line)
        assert len(urls) == 2
        process.send_signal(number)
        _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (130, "The demo was stopped.\n")
    for url in urls:
        place = urlsplit(url)
        with socket.socket() as client:
            assert client.connect_ex((place.hostname, place.port)) != 0


def test_what_costs_more_is_red_and_negative(folder: Callable[[str, list[dict[str, Any]]], str]) -> None:
    """A session that lost money is named, in red and with a minus, and so is its row."""
    exchange = load(Path(folder("faq.jsonl", recorded("faq.jsonl")[:1])))["faq-001-ada"][0]
    row = Row(
        id="tt_1",
        at=0.0,
        tenant="t",
        format="openai_chat",
        before={"newest": 1000},
        after={"newest": 2000},
        usage={"fresh": 2000, "output": 1},
        without={"fresh": 1000, "output": 1},
        cost=0.2,
        cost_without=0.1,
        latency={"added": 1.0},
    )
    written = StringIO()
    out = Console(width=80, force_terminal=True, color_system="standard", file=written, _environ={})
    for each in tables(Figures([Played(exchange, row, Tokens(fresh=1000, output=1))], Validity())):
        out.print(each)
    text = written.getvalue()
    assert "\x1b[31mfaq-001-ada -$0.1000\x1b[0m" in text
    assert "\x1b[31m-$0.1000\x1b[0m" in text
    assert "\x1b[31m-100.0%\x1b[0m" in text
    assert "\x1b[31m+100.0%\x1b[0m" in text


def chat(*results: str) -> bytes:
    messages: list[dict[str, Any]] = [{"role": "user", "content": "Fix it"}]
    for number, result in enumerate(results):
        call = {"id": f"c{number}", "type": "function", "function": {"name": "read", "arguments": "{}"}}
        messages.append({"role": "assistant", "content": "", "tool_calls": [call]})
        messages.append({"role": "tool", "tool_call_id": f"c{number}", "content": result})
    return json.dumps({"model": "gpt-4.1", "messages": messages}).encode()


@pytest.mark.parametrize(
    ("arrived", "references", "valid"),
    [
        ("before\n[trimtab:0123456789 repeat, 9 tokens: 2 lines as in an earlier result]\nafter", 1, True),
        ("before\n[trimtab:0123456789 repeat, 9 tokens: 3 lines as in an earlier result]\nafter", 0, False),
        ("before\n[trimtab:0123456789 repeat, 9 tokens: all 2 lines as in an earlier result]\nafter", 1, True),
        (
            "before\nline two\n[trimtab:0123456789 repeat, 9 tokens: 'line three' as in an earlier result]\nafter",
            1,
            True,
        ),
        ("before\nline two\nline three\nafter", 0, True),
        ("before\nline two\nafter", 0, False),
    ],
)
def test_what_arrives_has_to_say_what_was_sent(arrived: str, references: int, valid: bool) -> None:
    """A reference counts if the lines that it names stand earlier; a lost line, or a wrong count, is a problem."""
    first, second = "line one\nline two\nline three\nline four", "before\nline two\nline three\nafter"
    validity = Validity()
    validity.compare("openai_chat", chat(first, second), chat(first, arrived), "here")
    assert (validity.references, not validity.problems) == (references, valid)
