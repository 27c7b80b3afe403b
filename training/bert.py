"""A BERT encoder whose word embeddings stay outside, so that several models share one table of them."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True)
class Shape:
    """Sizes of the network; the defaults are those of all-MiniLM-L6-v2."""

    layers: int = 6
    hidden: int = 384
    heads: int = 12
    inner: int = 1536
    positions: int = 512
    types: int = 2


class Layer(nn.Module):
    """One transformer layer, post-norm as in BERT."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads = shape.heads
        self.query = nn.Linear(shape.hidden, shape.hidden)
        self.key = nn.Linear(shape.hidden, shape.hidden)
        self.value = nn.Linear(shape.hidden, shape.hidden)
        self.attended = nn.Linear(shape.hidden, shape.hidden)
        self.norm1 = nn.LayerNorm(shape.hidden, eps=1e-12)
        self.wider = nn.Linear(shape.hidden, shape.inner)
        self.narrower = nn.Linear(shape.inner, shape.hidden)
        self.norm2 = nn.LayerNorm(shape.hidden, eps=1e-12)
        self.dropout = nn.Dropout(0.1)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """``x``: (batch, tokens, hidden); ``mask``: (batch, 1, 1, tokens), True where there is a token."""
        batch, length, hidden = x.shape

        def split(y: Tensor) -> Tensor:
            return y.view(batch, length, self.heads, hidden // self.heads).transpose(1, 2)

        attended = functional.scaled_dot_product_attention(
            split(self.query(x)), split(self.key(x)), split(self.value(x)), attn_mask=mask
        )
        attended = attended.transpose(1, 2).reshape(batch, length, hidden)
        x = self.norm1(x + self.dropout(self.attended(attended)))
        return self.norm2(x + self.dropout(self.narrower(functional.gelu(self.wider(x)))))


class Bert(nn.Module):
    """Takes word embeddings (batch, tokens, hidden), a mask and segment ids; gives hidden states of the same shape."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.position = nn.Embedding(shape.positions, shape.hidden)
        self.segment = nn.Embedding(shape.types, shape.hidden)
        self.norm = nn.LayerNorm(shape.hidden, eps=1e-12)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))

    def forward(self, words: Tensor, mask: Tensor, segments: Tensor) -> Tensor:
        positions = torch.arange(words.shape[1], device=words.device)
        x = self.norm(words + self.position(positions) + self.segment(segments))
        allowed = mask[:, None, None, :].bool()
        for layer in self.layers:
            x = layer(x, allowed)
        return x


_NAMES = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "attended": "attention.output.dense",
    "norm1": "attention.output.LayerNorm",
    "wider": "intermediate.dense",
    "narrower": "output.dense",
    "norm2": "output.LayerNorm",
}


def pretrained(path: str, layers: tuple[int, ...] | None = None) -> tuple[Bert, Tensor]:
    """The network of a BERT checkpoint, or the ``layers`` of it, and its word embeddings (vocabulary, hidden)."""
    weights = {name.removeprefix("bert."): value.float() for name, value in load_file(path).items()}
    there = 1 + max(int(name.split(".")[2]) for name in weights if name.startswith("encoder.layer."))
    chosen = tuple(range(there)) if layers is None else layers
    types, hidden = weights["embeddings.token_type_embeddings.weight"].shape
    net = Bert(Shape(layers=len(chosen), hidden=hidden, types=types))
    state = {
        "position.weight": weights["embeddings.position_embeddings.weight"],
        "segment.weight": weights["embeddings.token_type_embeddings.weight"],
        "norm.weight": weights["embeddings.LayerNorm.weight"],
        "norm.bias": weights["embeddings.LayerNorm.bias"],
    }
    for ours, theirs in enumerate(chosen):
        for name, original in _NAMES.items():
            for part in ("weight", "bias"):
                state[f"layers.{ours}.{name}.{part}"] = weights[f"encoder.layer.{theirs}.{original}.{part}"]
    net.load_state_dict(state)
    return net, weights["embeddings.word_embeddings.weight"]
