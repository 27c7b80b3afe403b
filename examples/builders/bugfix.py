"""A coding agent repairs recurring dates in a small library; files are read again and again, test logs are long.

The library is in `recordings/tidemark/files`, the outputs of the shell commands were recorded by running them there.
"""

from __future__ import annotations

from pathlib import Path

from .schema import integer, maybe, text, tool
from .session import Conversation, Session, prompt

RECORDINGS = Path(__file__).parent / "recordings" / "tidemark"

TOOLS = [
    tool(
        "bash",
        "Run a command in the root of the repository and return its output and exit status.",
        command=text("The command line, for bash."),
        timeout_s=maybe(integer("Seconds until the command is stopped; 120 unless told.", minimum=1, maximum=600)),
    ),
    tool(
        "read_file",
        "Show a text file with line numbers.",
        path=text("Path from the root of the repository."),
        first_line=maybe(integer("Where to begin, counted from 1.", minimum=1)),
        last_line=maybe(integer("Last line to show.", minimum=1)),
    ),
    tool(
        "edit_file",
        "Replace one passage of a file. The old passage must occur exactly once.",
        path=text("Path from the root of the repository."),
        old=text("The passage as it stands in the file, without line numbers."),
        new=text("What to put in its place."),
    ),
]

ISSUE = """\
Please fix this one. I pushed failing tests to the branch you are on, nothing else.

> **#87 Rent is due on the 28th since February**
>
> We create our reminders with `first("every month on day 31", start, 12)`. Worked fine all autumn. In February it
> gave the 28th, correct, but since then every month is on the 28th, even the long ones:
>
>     2025-01-31, 2025-02-28, 2025-03-28, 2025-04-28, ...
>
> `every year` from a 29 February has the same disease: it never comes back to the 29th.
>
> And a colleague swears that `or skip` does nothing at all if you call `first` with it; with `between` it does.
> Tidemark 0.9.2, Python 3.11.

Don't change public signatures please, `first`, `between` and `upcoming` are used all over the place.
"""

REPRODUCE = """\
python - <<'EOF'
import datetime as dt
from tidemark import between, first
from tidemark.series import _first_cached

jan = dt.date(2025, 1, 31)
print("first   clamp", *first("every month on day 31", jan, 5))
print("between clamp", *between("every month on day 31", jan, jan, dt.date(2025, 5, 31)))
print("between skip ", *between("every month on day 31 or skip", jan, jan, dt.date(2025, 8, 31)))
print("first   skip, warm cache", *first("every month on day 31 or skip", jan, 5))
_first_cached.cache_clear()
print("first   skip, cold cache", *first("every month on day 31 or skip", jan, 5))
EOF"""

PROBE = """\
python - <<'EOF'
import datetime as dt
from tidemark import first

feb = dt.date(2025, 2, 10)
print("day 31 from 10 Feb:", *first("every month on day 31", feb, 5))
print("day 31 from 10 Feb, skip:", *first("every month on day 31 or skip", feb, 5))
print("day 5 from 20 Jan:", *first("every month on day 5", dt.date(2025, 1, 20), 3))
print("year from leap day:", *first("every year", dt.date(2024, 2, 29), 5))
print("quarters on day 31 from 30 Nov:", *first("every 3 months on day 31", dt.date(2025, 11, 30), 5))
EOF"""

DRIFT = """\
    wanted = rule.day or anchor.day
    day = clamp_day(anchor.year, anchor.month, wanted)
    if day < anchor:
        day = add_months(day, months)
    while True:
        if rule.policy == "clamp" or days_in_month(day.year, day.month) >= wanted:
            yield day
        day = add_months(day, months)
"""
HALF = """\
    wanted = rule.day or anchor.day
    start = clamp_day(anchor.year, anchor.month, wanted)
    if start < anchor:
        start = add_months(start, months)
    for passed in count(0, months):
        day = add_months(start, passed)
        if rule.policy == "clamp" or days_in_month(day.year, day.month) >= wanted:
            yield day
"""
WHOLE = """\
    wanted = rule.day or anchor.day
    for passed in count(0, months):
        month = add_months(anchor.replace(day=1), passed)
        day = clamp_day(month.year, month.month, wanted)
        if day >= anchor and (rule.policy == "clamp" or day.day == wanted):
            yield day
"""
OLD_FIRST = """\
    rule = parse(text)
    return list(_first_cached(rule.unit, rule.step, rule.day, rule.weekday, rule.nth, rule.roll, \
anchor, count, holidays))
"""
NEW_FIRST = """\
    return list(_first_cached(parse(text), anchor, count, holidays))
"""
OLD_CACHED = """\
def _first_cached(
    unit: str,
    step: int,
    day: int | None,
    weekday: int | None,
    nth: int | None,
    roll: str | None,
    anchor: dt.date,
    count: int,
    holidays: Holidays,
) -> tuple[dt.date, ...]:
    rule = Rule(unit, step, day, weekday, nth, roll=roll)
    return tuple(islice(occurrences(rule, anchor, holidays), count))
"""
NEW_CACHED = """\
def _first_cached(rule: Rule, anchor: dt.date, count: int, holidays: Holidays) -> tuple[dt.date, ...]:
    return tuple(islice(occurrences(rule, anchor, holidays), count))
"""
OLD_TEST = """\
def test_a_first_date_before_the_anchor_is_left_out():
"""
NEW_TEST = """\
def test_a_series_that_begins_in_a_short_month_recovers():
    dates = first("every month on day 31", D("2025-02-10"), 4)
    assert dates == days("2025-02-28", "2025-03-31", "2025-04-30", "2025-05-31")


@pytest.mark.parametrize("policy", ["", " or clamp", " or skip"])
@pytest.mark.parametrize("day", [29, 30, 31])
@pytest.mark.parametrize("step", [1, 2, 5])
def test_first_and_between_agree(step, day, policy):
    rule, anchor = f"every {step} months on day {day}{policy}", D("2023-11-12")
    dates = between(rule, anchor, anchor, D("2027-12-31"))
    assert first(rule, anchor, len(dates)) == dates


def test_a_first_date_before_the_anchor_is_left_out():
"""


class Workspace:
    """The repository as the agent sees it: files that change by edits, outputs that were recorded."""

    def __init__(self, chat: Conversation) -> None:
        self.chat = chat
        self.files = {
            path.name.removesuffix(".txt").replace(".", "/", path.name.count(".") - 2): path.read_text()
            for path in sorted((RECORDINGS / "files").glob("*.txt"))
        }

    def bash(self, command: str, recorded: str, say: str | None = None) -> None:
        """Run a command; its output is the recording of that name."""
        self.chat.call("bash", self.output(command, recorded), say=say, command=command)

    def output(self, command: str, recorded: str) -> str:
        """What the command printed when it was recorded."""
        return (RECORDINGS / f"{recorded}.txt").read_text()

    def read(self, path: str, say: str | None = None) -> None:
        """Show a file as it stands now."""
        lines = self.files[path].splitlines()
        shown = "\n".join(f"{number:>5}\t{line}" for number, line in enumerate(lines, 1))
        self.chat.call("read_file", shown, say=say, path=path)

    def edit(self, path: str, old: str, new: str, say: str | None = None) -> None:
        """Replace a passage that occurs once and show the neighbourhood."""
        before, after = self.files[path].split(old)
        self.files[path] = before + new + after
        start = max(before.count("\n") - 2, 0)
        stop = before.count("\n") + new.count("\n") + 3
        around = self.files[path].splitlines()[start:stop]
        shown = "\n".join(f"{number:>5}\t{line}" for number, line in enumerate(around, start + 1))
        self.chat.call("edit_file", f"{path} edited, now:\n{shown}", say=say, path=path, old=old, new=new)


def build() -> list[Session]:
    """One session of twenty-nine requests."""
    chat = Conversation(
        session_id="bugfix-001",
        tenant="tidemark-dev",
        model="claude-sonnet-4-5",
        tools=TOOLS,
        task={
            "issue": 87,
            "tests": "all pass",
            "changed": ["tidemark/series.py", "tests/test_series.py", "CHANGES.md"],
        },
        call_prefix="toolu_01",
    )
    chat.system(prompt("bugfix.md"))
    chat.user(ISSUE)
    work = Workspace(chat)
    find(work)
    repair(work)
    check(work)
    chat.needs("_first_cached", "days_in_month(day.year, day.month) >= wanted", "6 failed, 136 passed")
    chat.needs("test_day_30_survives_february", "170 passed")
    chat.needs("add_months", strength="weak")
    return [chat.session()]


def find(work: Workspace) -> None:
    """Look around, run the tests, read what they reach, reproduce."""
    work.bash(
        "git log --oneline -5; git status --short; ls -R tidemark tests",
        "01_look",
        "I'll start with the state of the repository.",
    )
    work.bash("cat CHANGES.md pyproject.toml", "02_project")
    work.bash("python -m pytest -v", "03_tests_before", "Now the whole suite, to see what the new tests say.")
    work.read(
        "tidemark/series.py",
        "Six failures, all in test_series.py: 6 failed, 136 passed. Among them test_day_30_survives_february, so it is "
        "not only day 31. The series are made here.",
    )
    work.read("tidemark/calendar.py", "`add_months` decides what a month later means.")
    work.bash(r"grep -rn 'add_months\|clamp_day\|_first_cached\|lru_cache' --include=*.py .", "04_grep")
    work.read("tests/test_series.py")
    work.bash(
        REPRODUCE,
        "05_reproduce",
        "Two suspects: the loop in `_by_months` steps from a day that was already clamped, and `_first_cached` gets "
        "every field of the rule except the policy. I'll show both apart from the tests.",
    )


def repair(work: Workspace) -> None:
    """A first repair that is only half right, then the cache, then the whole."""
    work.edit(
        "tidemark/series.py",
        DRIFT,
        HALF,
        "Both confirmed. First the drift: count months from the start instead of from the last date. The test "
        "`days_in_month(day.year, day.month) >= wanted` for the skip policy can stay.",
    )
    work.edit(
        "tidemark/series.py",
        "from itertools import islice, takewhile\n",
        "from itertools import count, islice, takewhile\n",
    )
    work.bash("python -m pytest -v tests/test_series.py", "06_series_tests")
    work.read(
        "tidemark/series.py",
        "The clamp tests pass. `skip` still fails, as expected, it is the cache. Reading the file as it is now, "
        "because `count` is also the name of a parameter here.",
    )
    work.read(
        "tidemark/rules.py",
        "`count` the parameter only shadows the import inside `first` and `_first_cached`, which do not use it. If "
        "`Rule` is hashable the cache can take it whole, then no field can be forgotten again.",
    )
    work.edit("tidemark/series.py", OLD_CACHED, NEW_CACHED, "It is frozen, so it is.")
    work.edit("tidemark/series.py", OLD_FIRST, NEW_FIRST)
    work.bash("python -m pytest -v", "07_tests_between")
    work.bash(
        PROBE,
        "08_probe",
        "Green. Before I trust that, the cases the tests do not have: a start in a short month, a year from the leap "
        "day, quarters from 30 November on day 31.",
    )
    work.read(
        "tidemark/calendar.py",
        "There it is again: from 10 February the start itself is clamped to the 28th, and the wanted day is lost as "
        "before. I look at the helpers once more before I write the loop anew.",
    )
    work.edit(
        "tidemark/series.py",
        HALF,
        WHOLE,
        "The wanted day must be applied to each month afresh. Walking over first days of months cannot clamp, so "
        "nothing can drift.",
    )
    work.edit(
        "tidemark/series.py",
        "from .calendar import ROLLS, add_months, clamp_day, days_in_month, nth_weekday\n",
        "from .calendar import ROLLS, add_months, clamp_day, nth_weekday\n",
        "`days_in_month` is no longer used in this module.",
    )
    work.bash(PROBE, "09_probe_again")


def check(work: Workspace) -> None:
    """Tests, the change log, the whole suite, the difference."""
    work.read("tests/test_series.py", "All five lines are right now. I add tests; first the file again for its style.")
    work.edit(
        "tests/test_series.py",
        OLD_TEST,
        NEW_TEST,
        "One test for the start in a short month, and one that `first` and `between` agree for every policy, which is "
        "what a forgotten field in the cache would break.",
    )
    work.bash("python -m pytest -v", "10_tests_after")
    work.bash(
        "git stash push -q tidemark/series.py && python -m pytest -q tests/test_series.py | tail -25; git stash pop -q",
        "11_tests_without_repair",
        "170 passed. Do the new tests fail without the repair?",
    )
    work.read("tidemark/rules.py", "They do. A last look whether the text of the rules promises something else.")
    work.edit(
        "CHANGES.md",
        "# Changes\n\n",
        "# Changes\n\n## Unreleased\n"
        "- A series on day 29, 30 or 31 returns to that day after a shorter month, also where it begins in one (#87).\n"
        "- `first` no longer mixes up rules that differ only in `or skip` (#87).\n\n",
        "It does not. The change log gets a heading above ## 0.9.2.",
    )
    work.bash("python -m pytest -q; git status --short; git diff", "12_final")
    work.chat.say(
        "Two faults, both in `tidemark/series.py`. `_by_months` computed each date from the one before, so a day that "
        "was clamped in February stayed clamped; and `_first_cached` received the fields of the rule one by one "
        "without the policy, so a rule with `or skip` got the answer of the one without, or ran as clamp when the "
        "cache was cold.\n\n"
        "`tidemark/series.py`: the loop walks over months and applies the wanted day to each of them; the cache takes "
        "the whole rule. `tests/test_series.py`: a series that begins in a short month, and `first` against `between` "
        "for all policies. `CHANGES.md`: two lines under Unreleased. No public signature changed.\n\n"
        "Checked with the full suite (170 passed) and by running the new tests against the old module, where they "
        "fail. `tidemark/calendar.py` is untouched: `add_months` does what it says, it was only used for something "
        "that cannot be undone. Left alone: `upcoming` takes no holidays, so a rule with `rolled` cannot avoid them "
        "there."
    )
