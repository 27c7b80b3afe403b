"""Writes a trained verifier into the package.

    python -m training.ship --base CHECKPOINT --state STATE ... --pairs dev.jsonl ... --data DATA --out DIR

Of several states the mean of the weights is shipped, which errs less than each of them. Prints the figures on held-back
pairs. Log-odds are shipped as they are: what a score is worth is counted on traffic by
`training.calibrate`, which no scaling on labelled pairs could replace.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from training import export, qqp
from training.verifier import Example, Model, examples_of, report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", required=True)
    parser.add_argument("--state", required=True, nargs="+")
    parser.add_argument("--data", required=True)
    parser.add_argument("--pairs", nargs="*", default=[])
    parser.add_argument("--out", required=True)
    parser.add_argument("--most", type=int, default=3000)
    args = parser.parse_args()
    torch.set_num_threads(1)
    model = Model(args.base)
    states = [torch.load(path) for path in args.state]
    model.net.load_state_dict({name: sum(state[name] for state in states) / len(states) for name in states[0]})
    held_back = [Example(a, b, same, "qqp") for a, b, same in qqp.load(args.data)["dev"][: args.most]]
    for path in args.pairs:
        held_back += examples_of(path)[1][: args.most]
    report(model, held_back)
    net = model.net.eval()
    Path(args.out, "verifier.onnx").write_bytes(export.cross_encoder(net.net, net.dense, net.out))


if __name__ == "__main__":
    main()
