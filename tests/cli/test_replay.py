"""`trimtab replay`: recorded traffic in, what it would have cost out."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Trim

TOOL = {
    "type": "function",
    "function": {
        "name": "look_up",
        "description": "Looks up an order.",
        "parameters": {"type": "object", "properties": {"order": {"type": "string"}}, "required": ["order"]},
    },
}


def session(name: str) -> dict[str, Any]:
    """Two requests; the second carries a pretty-printed tool result, which can be minified."""
    rows = json.dumps(
        [{"order": f"A-{number}", "state": "shipped", "items": [1, 2, 3]} for number in range(60)], indent=4
    )
    call = {"id": "call_1", "type": "function", "function": {"name": "look_up", "arguments": '{"order": "A-7"}'}}
    return {
        "session_id": name,
        "model": "gpt-4o",
        "tools": [TOOL],
        "messages": [
            {"role": "user", "content": f"Where is order A-7? ({name})"},
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "call_1", "content": rows},
            {"role": "assistant", "content": "It has been shipped."},
        ],
        "requests": [1, 3],
    }


def write(path: Path, *sessions: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(each) + "\n" for each in sessions))
    return path


def test_a_recording_is_played_and_summed_up(trim: Trim, home: Path) -> None:
    """The tables show requests, sessions, tokens by section and stage, the bill, dollars and time."""
    write(home / "traffic.jsonl", session("one"), session("two"))
    result = trim("replay", "traffic.jsonl")
    assert result.exit_code == 0, result.stderr
    assert not result.stderr
    for said in (
        "requests",
        "sessions",
        "dollars without trimtab",
        "saved",
        "median",
        "99th percentile",
        "answers from the cache",
        "history",
        "context_optimization",
        "fresh",
        "cache-written",
        "cache-read",
        "output",
    ):
        assert said in result.stdout
    assert list(home.iterdir()) == [home / "traffic.jsonl"]


def test_json_is_one_document_with_the_same_figures(trim: Trim, home: Path) -> None:
    """Programs read stdout alone; minifying the tool result has saved tokens and dollars."""
    write(home / "traffic.jsonl", session("one"), session("two"))
    printed = json.loads(trim("replay", "traffic.jsonl", "--json").stdout)
    assert (printed["requests"], printed["sessions"], printed["problems"]["count"]) == (4, 2, 0)
    assert printed["tokens"]["with"] < printed["tokens"]["without"]
    assert printed["cost_usd"]["with"] < printed["cost_usd"]["without"]


def test_directories_gzip_and_standard_input_are_read(trim: Trim, home: Path) -> None:
    """All that a shell can hand over counts as one recording."""
    (home / "logs").mkdir()
    write(home / "logs" / "a.jsonl", session("a"))
    (home / "logs" / "b.jsonl.gz").write_bytes(gzip.compress(json.dumps(session("b")).encode()))
    result = trim("replay", "logs", "-", "--json", given=json.dumps(session("c")).encode())
    assert json.loads(result.stdout)["sessions"] == 3


def test_limit_ends_early(trim: Trim, home: Path) -> None:
    """No more than N requests are played."""
    write(home / "traffic.jsonl", session("one"), session("two"))
    assert json.loads(trim("replay", "traffic.jsonl", "--limit", "3", "--json").stdout)["requests"] == 3


def test_provider_decides_whose_cache_is_simulated(trim: Trim, home: Path) -> None:
    """The same session has cache writes on one provider's bill and none on the other's."""
    long = session("long")
    long["messages"].insert(0, {"role": "system", "content": "Answer kindly, and never guess. " * 400})
    long["requests"] = [2, 4]
    write(home / "traffic.jsonl", long)
    written = {
        provider: json.loads(trim("replay", "traffic.jsonl", "--provider", provider, "--json").stdout)["usage"]["with"]
        for provider in ("openai", "anthropic")
    }
    assert written["openai"]["written"] == 0
    assert written["anthropic"]["written"] > 0
    assert trim("replay", "traffic.jsonl", "--provider", "mistral").exit_code == 2


def test_what_cannot_be_read_is_listed_and_skipped(trim: Trim, home: Path) -> None:
    """A broken line is named by file and line on stderr; the rest is played and the exit code is 0."""
    file = write(home / "traffic.jsonl", session("one"))
    file.write_text(file.read_text() + '{"broken": \n[1]\n')
    result = trim("replay", "traffic.jsonl", "--json")
    assert result.exit_code == 0
    assert [line.split(" ")[0] for line in result.stderr.splitlines()] == ["traffic.jsonl:2:", "traffic.jsonl:3:"]
    assert json.loads(result.stdout)["problems"]["count"] == 2


@pytest.mark.parametrize("text", [None, "", "not a recording\n"])
def test_nothing_to_play_is_a_failure(trim: Trim, home: Path, text: str | None) -> None:
    """A missing, an empty and a wrong file end with exit code 1, and no table of zeros."""
    if text is not None:
        (home / "traffic.jsonl").write_text(text)
    result = trim("replay", "traffic.jsonl")
    assert result.exit_code == 1
    assert "nothing could be played" in result.stderr
    assert ("traffic.jsonl:" in result.stderr) == (text != "")
    assert not result.stdout


def test_a_configuration_counts(trim: Trim, home: Path) -> None:
    """With the pipeline switched off nothing is saved; a missing file is an error."""
    write(home / "traffic.jsonl", session("one"))
    (home / "off.toml").write_text('[pipeline]\nmode = "off"\n')
    printed = json.loads(trim("replay", "traffic.jsonl", "--config", "off.toml", "--json").stdout)
    assert printed["tokens"]["with"] == printed["tokens"]["without"]
    assert trim("replay", "traffic.jsonl", "--config", "nowhere.toml").exit_code == 2


def test_a_pipe_sees_no_progress_bar(home: Path) -> None:
    """Where stderr is no terminal, nothing is drawn on it."""
    write(home / "traffic.jsonl", session("one"))
    command = [sys.executable, "-m", "trimtab.cli", "replay", "traffic.jsonl", "--json"]
    done = subprocess.run(command, capture_output=True, check=True, cwd=home)
    assert done.stderr == b""
    assert json.loads(done.stdout)["requests"] == 2


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are a thing of POSIX")
def test_a_terminal_sees_a_progress_bar_and_stdout_stays_clean(home: Path) -> None:
    """The bar is drawn on stderr only, where somebody is looking at it."""
    write(home / "traffic.jsonl", session("one"))
    command = [sys.executable, "-m", "trimtab.cli", "replay", "traffic.jsonl", "--json"]
    terminal, theirs = os.openpty()
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=theirs, cwd=home, env={**os.environ, "TERM": "xterm"}
    ) as process:
        os.close(theirs)
        assert process.stdout is not None
        printed = process.stdout.read()
    drawn = os.read(terminal, 1 << 16).decode()
    os.close(terminal)
    assert "2 requests" in drawn
    assert json.loads(printed)["requests"] == 2
