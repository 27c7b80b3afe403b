"""The demo's figures as tables for a person. What costs more than without trimtab is red and has a minus."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from examples.demo_figures import CENT_DUST, Figures, SessionFigures, Sums
from trimtab.cli.output import change, dollars, milliseconds, number
from trimtab.replay.summary import spread

Cell = str | Text


def tables(figures: Figures) -> Iterator[Table]:
    """All tables, each narrow enough for a terminal of 80 columns."""
    yield _played(figures)
    yield _sessions(figures)
    yield _stages(figures)
    yield _bill(figures)
    yield _result(figures)


def verdict(figures: Figures, seconds: float) -> str:
    """The last sentence."""
    total = figures.total
    money = (
        f"{_saved(total.saved)} of {dollars(total.usd.without)} ({_share(total.saved, total.usd.without)}) saved, "
        f"{_saved(total.saved_without_hits)} of it without the answer cache"
    )
    return f"All {total.requests} answers reached the SDKs as recorded, in {seconds:.0f} s: {money}."


def _played(figures: Figures) -> Table:
    made = _table("What was played", ("session", "client", "model", "requests", "hits"), text_columns=3)
    for label, first, sums in _rows(figures):
        made.add_row(label, first.client, first.model, number(sums.requests), number(sums.hits))
    made.add_section()
    made.add_row("all", "", "", number(figures.total.requests), number(figures.total.hits))
    if figures.unmarked.requests:
        made.caption = (
            "unmarked: the client marks nothing for Anthropic's cache, so that\ntrimtab does; the others mark it.\n"
        )
        made.caption_justify = "left"
    return made


def _sessions(figures: Figures) -> Table:
    columns = ("session", "tokens came", "sent", "$ without", "$ with", "saved", "")
    made = _table("Sessions without and with trimtab", columns)
    for label, _, sums in _rows(figures):
        made.add_row(label, *_cells(sums))
    made.add_section()
    made.add_row("all", *_cells(figures.total))
    return made


def _rows(figures: Figures) -> Iterator[tuple[str, SessionFigures, Sums]]:
    """A label, a session and the sums, by file: many small sessions of one file are a row."""
    by_file: dict[str, list[str]] = {}
    for name, each in figures.sessions.items():
        by_file.setdefault(each.file, []).append(name)
    for file, names in by_file.items():
        label = names[0] if len(names) == 1 else f"{file.partition('.')[0]} ({len(names)} sessions)"
        yield label, figures.sessions[names[0]], Sums.of(figures.sessions[name] for name in names)


def _cells(sums: Sums) -> Sequence[Cell]:
    tokens, usd = sums.tokens, sums.usd
    counted = [number(tokens.without), number(tokens.with_trimtab)]
    if sums.unpriced:
        return [*counted, "unknown", "unknown", "unknown", ""]
    return [*counted, dollars(usd.without), dollars(usd.with_trimtab), *_saving(sums.saved, usd.without)]


def _stages(figures: Figures) -> Table:
    made = _table("Input tokens by stage (prefix works on their price)", ("stage", "before", "after", "change"))
    for name, pair in figures.stages:
        made.add_row(name, *_change(pair.without, pair.with_trimtab))
    made.add_section()
    made.add_row("all", *_change(figures.total.tokens.without, figures.total.tokens.with_trimtab))
    return made


def _bill(figures: Figures) -> Table:
    total = figures.total
    made = _table("Tokens on the provider's bill", ("kind", "without", "with", "change"))
    for name, said in (("fresh", "fresh"), ("written", "cache-written"), ("read", "cache-read"), ("output", "output")):
        made.add_row(said, *_change(getattr(total.usage_without, name), getattr(total.usage, name)))
    made.add_section()
    weighted = total.weighted
    made.add_row("input, weighted by its price", *_change(weighted.without, weighted.with_trimtab))
    return made


def _result(figures: Figures) -> Table:
    total, added, validity = figures.total, spread(figures.added_ms), figures.validity
    made = _table("Result", ("", "figure", ""))
    made.add_row("dollars without trimtab, by its ledger", dollars(total.usd.without), "")
    made.add_row("the same requests sent to the provider directly", dollars(total.direct_usd), "")
    made.add_row("dollars with trimtab", dollars(total.usd.with_trimtab), "")
    made.add_row("saved", *_saving(total.saved, total.usd.without))
    without_hits = total.saved_without_hits
    made.add_row("saved if cache hits had been paid for", *_saving(without_hits, total.usd.without))
    if figures.unmarked.requests:
        rest = without_hits - figures.unmarked.saved_without_hits
        label = "the same, of sessions other than unmarked ones"
        made.add_row(label, *_saving(rest, total.usd.without - figures.unmarked.usd.without))
    dearer = figures.dearer
    told = ", ".join(f"{name} {_saved(-more)}" for name, more in dearer.items())
    made.add_row("sessions that cost more", Text(told, style="red") if dearer else "0", "")
    if total.unpriced:
        made.add_row("requests whose price is not known, in no sum of dollars", number(total.unpriced), "")
    made.add_section()
    made.add_row("answers from the cache", number(total.hits), "")
    if added is not None:
        made.add_row("added by trimtab, median", milliseconds(added["median"]), "")
        made.add_row("added by trimtab, 99th percentile", milliseconds(added["p99"]), "")
    made.add_section()
    made.add_row("answers as recorded", f"{total.requests} of {total.requests}", f"{total.streamed} streamed")
    made.add_row("requests that the provider refused", number(validity.refused), f"of {validity.compared}")
    made.add_row("references to earlier text, all put back", number(validity.references), "")
    return made


def _table(title: str, columns: Sequence[str], *, text_columns: int = 1) -> Table:
    made = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for index, name in enumerate(columns):
        made.add_column(name, justify="left" if index < text_columns else "right", overflow="fold")
    return made


def _change(before: float, after: float) -> Sequence[Cell]:
    return number(before), number(after), Text(change(before, after), style="red" if after > before else "")


def _saving(saved: float, without: float) -> Sequence[Cell]:
    """An amount and its share, red where it is a loss."""
    style = "red" if saved < -CENT_DUST else ""
    return Text(_saved(saved), style=style), Text(_share(saved, without), style=style)


def _saved(amount: float) -> str:
    return dollars(0.0 if abs(amount) < CENT_DUST else amount)


def _share(saved: float, without: float) -> str:
    return f"{saved / without:.1%}" if without else ""
