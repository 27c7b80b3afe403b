"""Runs the gateway with a configuration file, without the command line's comfort."""

from __future__ import annotations

import argparse
import logging
import sys

from trimtab.config import load
from trimtab.errors import TrimtabError
from trimtab.gateway.serve import serve


def main() -> None:
    """``python -m trimtab.gateway [--config FILE]``"""
    parser = argparse.ArgumentParser(prog="python -m trimtab.gateway", description="Run the trimtab gateway.")
    parser.add_argument("--config", metavar="FILE", help="configuration (default: trimtab.toml, if it is there)")
    file = parser.parse_args().config
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s")
    try:
        serve(load(file), config_file=file, log=lambda line: print(line, flush=True))  # noqa: T201  (the ready line)
    except TrimtabError as error:
        sys.exit(f"trimtab: {error}")


if __name__ == "__main__":
    main()
