"""A gateway with one internal tool of its own, run as ``python -m tests.e2e.with_echo --config FILE``."""

from __future__ import annotations

import argparse

from tests.fakes.stages import OffersEcho
from trimtab.config import Config, load
from trimtab.gateway import serve
from trimtab.optimizer import Optimizer


async def open_with_echo(config: Config) -> Optimizer:
    return await Optimizer.open(config, stages=(OffersEcho(),))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", required=True)
    file = parser.parse_args().config
    serve(load(file), config_file=file, log=lambda line: print(line, flush=True), open_optimizer=open_with_echo)  # noqa: T201
