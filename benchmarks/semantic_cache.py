"""The semantic cache beside GPTCache, RedisVL and plain cosine thresholds: pairs, streams, latency, cost.

``python -m benchmarks.semantic_cache [--quick] [--seeds N] [--texts FILE] [--baselines] [PART ...]`` runs the parts
named (pairs, streams, latency, cost), or all, and writes benchmarks/results/semantic_cache_*.json (not with --quick,
which takes samples). With ``--stream NAME`` (also several times) only those streams run, and the figures of the others
stay as they are.
Needs the development data (../shared/data); latency and cost do not.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks import results
from benchmarks.cache import checked, pairs, stream_figures, streams
from benchmarks.cache.contestants import Contestant, Cosine, Decider, exact, last_turn, whole
from benchmarks.cache.encoder import Remembered, minilm
from benchmarks.cache.peers import RECORDED, Peer, peers
from benchmarks.peers import minilm as minilm_worker
from benchmarks.peers.worker import environment, running
from trimtab.errors import TrimtabError

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
THRESHOLDS = (0.6, 0.7, 0.8, 0.85, 0.9, 0.95)
SEEDS = 20
PARTS = ("pairs", "streams", "latency", "cost")


@dataclass(frozen=True)
class Run:
    """What was asked for."""

    quick: bool
    seeds: int
    texts: Path | None
    baselines: bool
    console: Console
    most: int = streams.MOST
    no_peers: bool = False
    named: tuple[str, ...] = ()
    entries: int | None = None

    def write(self, name: str, figures: dict[str, Any]) -> None:
        if not self.quick:
            results.write(f"semantic_cache_{name}", figures)


@contextmanager
def own_deciders(run: Run) -> Iterator[list[Decider]]:
    """Ours, if its weights are there; what is missing is said."""
    if run.baselines or not _loaded():
        yield []
        return
    from benchmarks.cache import ours

    with ours.deciders() as own:
        yield own


def own_contestants(run: Run) -> list[Contestant]:
    """Ours, if its weights are there; what is missing is said."""
    if run.baselines or not _loaded():
        return []
    from benchmarks.cache import ours

    return ours.contestants()


def _loaded() -> bool:
    try:
        from trimtab.semantic_cache.bounds import shipped

        shipped()
    except (ImportError, TrimtabError) as missing:
        print(f"trimtab is left out: {missing}", file=sys.stderr, flush=True)
        return False
    return True


def compare_pairs(run: Run, encode: Remembered, found: Sequence[Peer]) -> None:
    """Both sets of pairs through every decider."""
    with own_deciders(run) as own:
        sets = {"hand-written": pairs.written("test"), "qqp": pairs.qqp(DATA, 300 if run.quick else pairs.QQP_PAIRS)}
        figures: dict[str, Any] = {}
        for name, chosen in sets.items():
            if not chosen:
                run.console.print(f"{name}: the set is not there")
                continue
            baselines = [pairs.Entrant(Cosine(encode, threshold)) for threshold in (0.8, 0.9)]
            if name != "qqp":
                baselines.append(pairs.Entrant(Cosine(encode, 0.8, whole, "cosine, all turns")))
            most = (100 if run.quick else pairs.QQP_SLOW) if name == "qqp" else len(chosen)
            slow = [pairs.Entrant(peer, most, graded=False) for peer in found]
            mine = [pairs.Entrant(decider, baseline=False) for decider in own]
            figures[name] = pairs.measure(chosen, [*mine, *baselines, *slow])
            for table in pairs.tables(figures[name], name):
                run.console.print(table)
    missing = {name: of for name, of in RECORDED.items() if name not in {peer.name for peer in found}}
    run.write("pairs", {"sets": figures, "recorded": missing})


def compare_streams(run: Run, encode: Remembered, found: Sequence[Peer]) -> None:
    """All streams through every cache."""
    mine = own_contestants(run)
    everybody = [
        *mine,
        *(Cosine(encode, threshold, last_turn).contestant() for threshold in THRESHOLDS),
        exact(),
        *(peer.contestant() for peer in found),
    ]
    said: dict[str, Any] = {}
    would_be: list[streams.Outcome] = []
    verdicts = checked.verdicts(checked.read())
    checking = everybody[0].name if mine else Cosine(encode, 0.8).name
    for stream in streams.streams(DATA, 400 if run.quick else run.most):
        if run.named and stream.name not in run.named:
            continue
        said[stream.name] = {}
        for contestant in everybody:
            outcomes = _over_seeds(stream, contestant, min(run.seeds, stream.seeds or run.seeds))
            corrected = [checked.corrected(one, verdicts) for one in outcomes]
            after = stream_figures.after_checking(corrected, contestant.bound)
            figures = stream_figures.figures(outcomes, contestant.bound)
            said[stream.name][contestant.name] = {**figures, "checked": after}
            if contestant.name == checking and stream.reusable:
                would_be += [each for one in outcomes for each in one]
            print(f"{stream.name}: {contestant.name}", file=sys.stderr, flush=True)
        for table in stream_figures.tables({stream.name: said[stream.name]}):
            run.console.print(table)
    if not run.quick and would_be:
        checked.write(checked.sampled(would_be, checking), run.texts)
    others = results.read("semantic_cache_streams").get("streams", {}) if run.named else {}
    run.write("streams", {"streams": {**others, **said}, "checked": checked.figures(checked.read())})


def _over_seeds(stream: streams.Stream, contestant: Contestant, seeds: int) -> list[list[streams.Outcome]]:
    return [
        asyncio.run(streams.passed(stream.draw(random.Random(seed)), contestant, may=stream.reusable))
        for seed in range(min(seeds, contestant.seeds or seeds))
    ]


def main(argv: Sequence[str] | None = None) -> None:
    """Run the parts named, or all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.semantic_cache", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"some of {', '.join(PARTS)}; all if none")
    parser.add_argument("--quick", action="store_true", help="small samples; nothing is written")
    parser.add_argument("--seeds", type=int, help=f"of each stream; {SEEDS} if not given")
    parser.add_argument("--texts", type=Path, help="where to write the texts of the hits that are to be checked")
    parser.add_argument("--no-peers", action="store_true", help="without the two libraries, which take hours")
    parser.add_argument("--most", type=int, default=streams.MOST, help="requests of a stream")
    parser.add_argument("--stream", action="append", default=[], help="run only this stream")
    parser.add_argument("--entries", type=int, help="most entries in the cache whose latency is measured")
    parser.add_argument("--baselines", action="store_true", help="pairs and streams without trimtab")
    given = parser.parse_args(argv)
    if unknown := set(given.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))} (there are {', '.join(PARTS)})")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the servers of the peers end with us
    chosen = given.parts or PARTS
    run = Run(
        given.quick,
        given.seeds or (2 if given.quick else SEEDS),
        given.texts,
        given.baselines,
        Console(width=200),
        given.most,
        given.no_peers,
        tuple(given.stream),
        given.entries,
    )
    if set(chosen) & {"pairs", "streams"}:
        _with_vectors(run, chosen)
    if "latency" in chosen:
        from benchmarks.cache import latency

        run.write("latency", latency.measure(run.console, quick=run.quick, most=run.entries))
    if "cost" in chosen:
        from benchmarks.cache import cost

        run.write("cost", cost.measure(run.console, quick=run.quick))


def _with_vectors(run: Run, chosen: Sequence[str]) -> None:
    """The parts that need the development data and the baselines' vectors."""
    python = environment("minilm", minilm_worker.PACKAGES, bare=minilm_worker.BARE)
    if not DATA.is_dir() or python is None:
        run.console.print("the development data or the baselines' encoder is not on this machine; nothing was measured")
        return
    with ExitStack() as stack:
        encode = minilm(stack.enter_context(running(python, "benchmarks.peers.minilm")))
        found = () if run.no_peers else stack.enter_context(peers(encode))
        if "pairs" in chosen:
            compare_pairs(run, encode, found)
        if "streams" in chosen:
            compare_streams(run, encode, found)
        encode.keep()


if __name__ == "__main__":
    main()
