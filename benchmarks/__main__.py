"""Run the benchmarks that need no peers with pins of their own, one after another, and write the README's tables."""

from __future__ import annotations

import argparse
import importlib

SCRIPTS = ("savings", "pipeline", "gateway", "memory", "error_bound", "semantic_cache", "tables")


def main(argv: list[str] | None = None) -> None:
    """Run all scripts, or those named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scripts", nargs="*", metavar="script", help=f"some of {', '.join(SCRIPTS)}; all if none")
    for name in parser.parse_args(argv).scripts or SCRIPTS:
        print(f"== benchmarks.{name}", flush=True)
        importlib.import_module(f"benchmarks.{name}").main([])


if __name__ == "__main__":
    main()
