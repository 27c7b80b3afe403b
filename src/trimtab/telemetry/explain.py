"""A ledger row in plain sentences: what was changed in a request and why, what it cost, and what went wrong."""

from __future__ import annotations

from datetime import UTC, datetime

from trimtab.telemetry.ledger import OWN, EditLine, Row
from trimtab.telemetry.report import answered_from_cache

_OPS = {
    "ReplaceText": "rewrote text",
    "ReplaceTool": "rewrote a tool",
    "RemoveTool": "left out a tool",
    "AddTool": "offered a tool",
    "OrderTools": "put the tools in another order",
    "RemoveMessage": "left out a message",
    "SetField": "set a field",
    "MarkBreakpoint": "set a prompt-cache breakpoint",
}
_MOST_EDITS = 40


def explain(row: Row) -> list[str]:
    """What happened to a request, a sentence a line. Nothing of its content is in the row, or in these."""
    if row.route == OWN:
        return _own(row)
    return [_what(row), *_changes(row), _tokens(row), *_bill(row), *_answered(row), *_went_wrong(row), *_notes(row)]


def _what(row: Row) -> str:
    when = datetime.fromtimestamp(row.at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    thread = f", thread {row.thread}" if row.thread else ""
    how = "streamed " if row.stream else ""
    return f"{row.id}: a {how}{row.format or 'pass-through'} request of tenant {row.tenant}{thread} at {when}."


def _changes(row: Row) -> list[str]:
    made = [edit for edit in row.edits if edit.applied]
    observed = [edit for edit in row.edits if not edit.applied]
    lines = [_edit(edit) for edit in made[:_MOST_EDITS]]
    if len(made) > _MOST_EDITS:
        saved = sum(edit.before - edit.after for edit in made[_MOST_EDITS:])
        lines.append(f"And {len(made) - _MOST_EDITS} more edits, {_saving(saved)}.")
    if not made:
        lines.append("Nothing new was changed in it.")
    if observed:
        saved = sum(edit.before - edit.after for edit in observed)
        lines.append(f"Observing only: {len(observed)} edits would have been made, {_saving(saved)}.")
    return lines


def _edit(edit: EditLine) -> str:
    place = f" ({edit.place})" if edit.place else ""
    what = f"{edit.stage} {_OPS.get(edit.op, edit.op)} in {edit.section}{place}: {edit.why}"
    size = f", {_number(edit.before)} to {_number(edit.after)} tokens" if edit.before or edit.after else ""
    back = f"; handle {edit.handle} brings it back" if edit.handle else ""
    return f"{what}{size}{back}."


def _tokens(row: Row) -> str:
    if not row.before:
        return "Its tokens were not counted."
    before, after = sum(row.before.values()), sum(row.after.values())
    if before == after:
        return f"It has {_number(before)} input tokens, as it came."
    sections = [
        f"{section} {_number(tokens)} to {_number(row.after.get(section, 0))}"
        for section, tokens in row.before.items()
        if tokens != row.after.get(section, 0)
    ]
    return f"Input tokens: {_number(before)} came, {_number(after)} were sent ({', '.join(sections)})."


def _bill(row: Row) -> list[str]:
    if not row.usage:
        return []
    source = "reported by the provider" if row.reported else "estimated, the provider reported none"
    lines = [f"Billed tokens ({source}): {_usage(row.usage)}; without trimtab {_usage(row.without)}."]
    if row.cost is None or row.cost_without is None or row.saved is None:
        return [*lines, f"What that costs is not known: there is no price for the model {row.model!r}."]
    own = f", {_dollars(row.own_cost)} for calls of our own" if row.own_cost else ""
    saved = f"saved {_dollars(row.saved)}" if row.saved >= 0 else f"lost {_dollars(-row.saved)}"
    lines.append(f"Cost: {_dollars(row.cost)}{own}, without trimtab {_dollars(row.cost_without)}: {saved}.")
    return lines


def _answered(row: Row) -> list[str]:
    lines = []
    given = answered_from_cache(row)
    if row.cache:
        why = f" ({row.cache_reason})" if row.cache_reason else ""
        found = "It was answered from the cache; the provider was not asked"
        observed = "Observing only: it would have been answered from the cache"
        said = {
            "hit": found if given else observed,
            "miss": "The cache had no answer to it",
            "bypass": "The cache was left aside",
        }
        lines.append(f"{said.get(row.cache, f'Cache: {row.cache}')}{why}.")
        lines += _entry(row)
    if row.rounds > 1:
        lines.append(f"{row.rounds} calls to the provider stood behind the answer.")
    if not given:
        end = "passed on whole" if row.complete else "not passed on to its end"
        lines.append(f"The provider answered {row.status}, which was {end}." if row.status else "No answer came.")
    if "added" in row.latency:
        upstream = row.latency.get("upstream", 0.0)
        lines.append(f"trimtab took {row.latency['added']:.1f} ms before the answer, the provider {upstream:.0f} ms.")
    return lines


def _entry(row: Row) -> list[str]:
    """Which tier and entry answered, or which entry was the nearest."""
    score = "" if row.cache_score is None else f", score {row.cache_score:.4g}"
    if row.cache == "hit" and row.cache_tier:
        entry = f", entry {row.cache_entry}" if row.cache_entry else ""
        return [f"Tier: {row.cache_tier}{entry}{score}."]
    return [f"The nearest entry: {row.cache_entry}{score}."] if row.cache == "miss" and row.cache_entry else []


def _went_wrong(row: Row) -> list[str]:
    return [f"Fell back: {cause}." for cause in row.fallback.split("; ") if cause]


def _notes(row: Row) -> list[str]:
    return [f"Note: {note}." for note in row.notes]


def _own(row: Row) -> list[str]:
    lines = [f"{row.id}: a call of trimtab's own to {row.model} for {row.flags.get('task', 'an unnamed task')}."]
    if row.usage:
        lines.append(f"Tokens: {_usage(row.usage)}.")
    known = row.cost is not None
    lines.append(f"It cost {_dollars(row.own_cost)}." if known else f"There is no price for the model {row.model!r}.")
    return [*lines, *_went_wrong(row)]


def _usage(usage: dict[str, int]) -> str:
    names = {"fresh": "fresh", "written": "cache-written", "read": "cache-read", "output": "output"}
    return ", ".join(f"{_number(usage.get(name, 0))} {said}" for name, said in names.items())


def _saving(tokens: int) -> str:
    return f"{_number(tokens)} tokens fewer" if tokens >= 0 else f"{_number(-tokens)} tokens more"


def _number(count: int) -> str:
    return f"{count:,}"


def _dollars(amount: float) -> str:
    return f"${amount:.6f}" if abs(amount) < 0.01 else f"${amount:,.4f}"
