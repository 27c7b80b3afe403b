"""Trains the verifier: a small cross-encoder that says whether the answer to one question is right for another.

    python -m training.verifier --base CHECKPOINT_DIR --data DATA_DIR --out verifier.pt [--pairs edits.jsonl ...]

Starts from all-MiniLM-L6-v2. Word embeddings are frozen (in the one-byte form in which they ship), because the
encoder of the cache uses the same table. Pairs are shown in random order of their two sides.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from training import bert, qqp, words

LONGEST = 128
BATCH = 32


@dataclass(frozen=True)
class Example:
    """Two questions and whether they are the same. ``weight`` scales its loss."""

    a: str
    b: str
    same: bool
    kind: str
    weight: float = 1.0


class CrossEncoder(nn.Module):
    """Hidden states of the pair, their mean and their first, to one number: the log-odds of ``same``."""

    def __init__(self, net: bert.Bert) -> None:
        super().__init__()
        self.net = net
        self.dense = nn.Linear(2 * net.shape.hidden, net.shape.hidden)
        self.out = nn.Linear(net.shape.hidden, 1)

    def forward(self, embedded: Tensor, mask: Tensor, segments: Tensor) -> Tensor:
        hidden = self.net(embedded, mask, segments)
        weights = mask[:, :, None].to(hidden.dtype)
        mean = (hidden * weights).sum(1) / weights.sum(1)
        return self.out(torch.tanh(self.dense(torch.cat([hidden[:, 0], mean], dim=1))))[:, 0]


class Model:
    """The network with the table of words and the tokenizer that feed it."""

    def __init__(self, base: str, layers: tuple[int, ...] | None = None) -> None:
        net, table = bert.pretrained(f"{base}/model.safetensors", layers)
        rows, scales = words.quantised(table.numpy())
        self.table = torch.from_numpy(rows.astype(np.float32) * scales[:, None])
        self.tokenizer = words.tokenizer(f"{base}/tokenizer.json", LONGEST)
        self.net = CrossEncoder(net)

    def logits(self, pairs: list[tuple[str, str]]) -> Tensor:
        ids, mask, segments = (torch.from_numpy(x) for x in words.padded(self.tokenizer.encode_batch(pairs)))
        return self.net(functional.embedding(ids, self.table), mask, segments)

    @torch.no_grad()
    def scores(self, pairs: list[tuple[str, str]], batch: int = 64) -> np.ndarray:
        """The log-odds of each pair, both orders averaged would be symmetric; one order is what is served."""
        self.net.eval()
        order = sorted(range(len(pairs)), key=lambda i: len(pairs[i][0]) + len(pairs[i][1]))
        found = np.empty(len(pairs), np.float32)
        for start in range(0, len(order), batch):
            part = order[start : start + batch]
            found[part] = self.logits([pairs[i] for i in part]).numpy()
        return found


def examples_of(path: str) -> tuple[list[Example], list[Example]]:
    """Pairs for training and held-back pairs of a file of JSON lines."""
    parts: dict[str, list[Example]] = {"train": [], "dev": []}
    with open(path, encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            example = Example(row["a"], row["b"], row["same"], row["kind"], row.get("weight", 1.0))
            parts[row.get("split", "train")].append(example)
    return parts["train"], parts["dev"]


def batches(examples: list[Example], rng: random.Random) -> list[list[Example]]:
    """Batches of similar length, in random order."""
    order = sorted(examples, key=lambda e: (len(e.a) + len(e.b)) * rng.uniform(0.8, 1.2))
    made = [order[i : i + BATCH] for i in range(0, len(order), BATCH)]
    rng.shuffle(made)
    return made


def auc(scores: np.ndarray, same: np.ndarray) -> float:
    """The chance that a pair that is the same scores above one that is not."""
    ranks = np.empty(len(scores))
    ranks[np.argsort(scores, kind="stable")] = np.arange(1, len(scores) + 1)
    right, wrong = same.sum(), (~same).sum()
    return float((ranks[same].sum() - right * (right + 1) / 2) / (right * wrong)) if right and wrong else float("nan")


def report(model: Model, held_back: list[Example]) -> None:
    """AUC, and how many of the right are accepted where 1% and 2% of the wrong are, by kind."""
    scores = model.scores([(e.a, e.b) for e in held_back])
    groups: dict[str, list[int]] = defaultdict(list)
    for index, example in enumerate(held_back):
        groups[example.kind].append(index)
        groups["(all)"].append(index)
    same = np.array([e.same for e in held_back])
    for kind, members in sorted(groups.items()):
        s, y = scores[members], same[members]
        if len(set(y.tolist())) < 2:
            print(f"  {kind:24} n={len(members):5} mean {s.mean():+.2f} ({'same' if y[0] else 'different'})")
            continue
        accepted = [float((s[y] > np.quantile(s[~y], 1 - rate)).mean()) for rate in (0.01, 0.02)]
        print(f"  {kind:24} n={len(members):5} auc {auc(s, y):.4f} accepted@1% {accepted[0]:.3f} @2% {accepted[1]:.3f}")


def train(model: Model, examples: list[Example], held_back: list[Example], args: argparse.Namespace) -> None:
    """Adam with a linear warm-up and decay; the held-back figures after every epoch."""
    rng = random.Random(args.seed)
    head = [*model.net.dense.parameters(), *model.net.out.parameters()]
    groups = [
        {"params": model.net.net.parameters(), "lr": args.rate},
        {"params": head, "lr": args.rate * (1 if args.start else 10)},
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    steps = args.epochs * -(-len(examples) // BATCH)
    warm = max(1, int(0.05 * steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / warm, max(0.02, (steps - step) / (steps - warm + 1)))
    )
    started, step, seen = time.time(), 0, 0.0
    for epoch in range(args.epochs):
        for batch in batches(examples, rng):
            model.net.train()
            pairs = [(e.a, e.b) if rng.random() < 0.5 else (e.b, e.a) for e in batch]
            target = torch.tensor([args.smooth if not e.same else 1 - args.smooth for e in batch])
            weight = torch.tensor([e.weight for e in batch])
            loss = (
                functional.binary_cross_entropy_with_logits(model.logits(pairs), target, reduction="none") * weight
            ).mean()
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.net.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            seen = 0.99 * seen + 0.01 * float(loss.detach()) if step else float(loss.detach())
            step += 1
            if step % 200 == 0:
                pace = step * BATCH / (time.time() - started)
                print(f"epoch {epoch} step {step}/{steps} loss {seen:.4f} {pace:.0f} pairs/s", flush=True)
            if step % 1000 == 0:
                torch.save(model.net.state_dict(), args.out)
        print(f"epoch {epoch} done after {time.time() - started:.0f} s", flush=True)
        torch.save(model.net.state_dict(), args.out)
        report(model, held_back)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--pairs", nargs="*", default=[])
    parser.add_argument("--start", help="a state to go on from")
    parser.add_argument("--qqp", type=float, default=1.0, help="share of the QQP training pairs to use")
    parser.add_argument("--share", type=float, default=1.0, help="share of the pairs of the files to use")
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--rate", type=float, default=6e-5)
    parser.add_argument("--smooth", type=float, default=0.005)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    torch.set_flush_denormal(True)
    torch.set_num_threads(args.threads)
    model = Model(args.base)
    if args.start:
        model.net.load_state_dict(torch.load(args.start))
    parts = qqp.load(Path(args.data))
    chosen = random.Random(args.seed).sample(parts["train"], int(args.qqp * len(parts["train"])))
    examples = [Example(a, b, same, "qqp") for a, b, same in chosen]
    held_back = [Example(a, b, same, "qqp") for a, b, same in parts["dev"][:3000]]
    for path in args.pairs:
        train_part, dev_part = examples_of(path)
        examples += random.Random(args.seed).sample(train_part, int(args.share * len(train_part)))
        held_back += dev_part
    print(f"{len(examples)} pairs to train on, {len(held_back)} held back", flush=True)
    train(model, examples, held_back, args)


if __name__ == "__main__":
    main()
