"""Writes networks as ONNX graphs with one-byte weights: the encoder of the cache and its verifier.

Both take word embeddings that were looked up outside, so that they share one table. The matrices of a layer are
quantised by output channel; activations are quantised while running.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from training.bert import Bert, Layer

Array: TypeAlias = npt.NDArray[np.generic]
OPSET = 17
POSITIONS = 256
"""Rows of the position table that are kept: nothing longer is ever fed."""
MS = "com.microsoft"


class Graph:
    """Nodes and constants under construction. ``node`` returns the name of the one output."""

    def __init__(self, *, bits: int = 7) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self._range = 2 ** (bits - 1) - 1
        self._count = 0

    def constant(self, value: Array, hint: str = "c") -> str:
        self._count += 1
        name = f"{hint}_{self._count}"
        self.constants.append(numpy_helper.from_array(np.array(value, order="C"), name))
        return name

    def node(self, op: str, *inputs: str, domain: str = "", outputs: int = 1, **attributes: object) -> str:
        self._count += 1
        names = [f"{op}_{self._count}" + ("" if i == 0 else f"_{i}") for i in range(outputs)]
        self.nodes.append(helper.make_node(op, list(inputs), names, domain=domain, **attributes))
        return names[0]

    def floats(self, value: nn.Parameter | npt.NDArray[np.float32]) -> str:
        array = value.detach().numpy() if isinstance(value, nn.Parameter) else value
        return self.constant(array.astype(np.float32))

    def linear(self, x: str, weight: npt.NDArray[np.float32], bias: npt.NDArray[np.float32]) -> str:
        """``x @ weight.T + bias`` with one-byte weights. ``weight``: (out, in)."""
        scale = np.abs(weight).max(axis=1) / self._range
        scale[scale == 0] = 1.0
        rows = np.rint(weight / scale[:, None]).astype(np.int8)
        quantised = f"DynamicQuantizeLinear_{self._count + 1}"
        self.node("DynamicQuantizeLinear", x, outputs=3)
        return self.node(
            "MatMulIntegerToFloat",
            quantised,
            self.constant(rows.T.copy(), "w"),
            f"{quantised}_1",
            self.floats(scale.astype(np.float32)),
            f"{quantised}_2",
            self.constant(np.zeros(len(scale), np.int8)),
            self.floats(bias),
            domain=MS,
        )

    def norm(self, x: str, norm: nn.LayerNorm) -> str:
        return self.node("LayerNormalization", x, self.floats(norm.weight), self.floats(norm.bias), epsilon=norm.eps)

    def added_norm(self, x: str, y: str, norm: nn.LayerNorm) -> str:
        weights = self.floats(norm.weight), self.floats(norm.bias)
        return self.node("SkipLayerNormalization", x, y, *weights, domain=MS, epsilon=norm.eps)

    def model(self, inputs: list[tuple[str, int, list[str | int]]], output: str, shape: list[str | int]) -> bytes:
        graph = helper.make_graph(
            [*self.nodes, helper.make_node("Identity", [output], ["out"])],
            "trimtab",
            [helper.make_tensor_value_info(*each) for each in inputs],
            [helper.make_tensor_value_info("out", TensorProto.FLOAT, shape)],
            self.constants,
        )
        made = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid(MS, 1)], ir_version=9
        )
        return bytes(made.SerializeToString())


def _joined(parts: list[nn.Linear]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    weight = np.concatenate([part.weight.detach().numpy() for part in parts])
    return weight, np.concatenate([part.bias.detach().numpy() for part in parts])


def _layer(graph: Graph, x: str, blocked: str, layer: Layer, hidden: int) -> str:
    qkv = graph.linear(x, *_joined([layer.query, layer.key, layer.value]))
    sizes = graph.constant(np.array([hidden] * 3, np.int64))
    split = f"Split_{graph._count + 1}"
    graph.node("Split", qkv, sizes, outputs=3, axis=2)
    attended = graph.node(
        "MultiHeadAttention", split, f"{split}_1", f"{split}_2", "", "", blocked, domain=MS, num_heads=layer.heads
    )
    x = graph.added_norm(graph.linear(attended, *_joined([layer.attended])), x, layer.norm1)
    wide = graph.node("Gelu", graph.linear(x, *_joined([layer.wider])), domain=MS)
    return graph.added_norm(graph.linear(wide, *_joined([layer.narrower])), x, layer.norm2)


def _body(graph: Graph, net: Bert, *, segments: bool) -> str:
    """From ``words``, ``mask`` (and ``segments``) to hidden states."""
    first = graph.constant(np.array([0], np.int64))
    shape = graph.node("Shape", "mask")
    length = graph.node("Gather", shape, graph.constant(np.array([1], np.int64)), axis=0)
    positions = graph.node("Slice", graph.floats(net.position.weight.detach().numpy()[:POSITIONS]), first, length)
    x = graph.node("Add", "words", positions)
    table = net.segment.weight.detach().numpy()
    if segments:
        x = graph.node("Add", x, graph.node("Gather", graph.floats(table), "segments", axis=0))
    else:
        x = graph.node("Add", x, graph.floats(table[0]))
    x = graph.norm(x, net.norm)
    inverse = graph.node("Sub", graph.floats(np.array(1, np.float32)), "mask")
    penalty = graph.node("Mul", inverse, graph.floats(np.array(-1e9, np.float32)))
    wide = graph.node("Unsqueeze", penalty, graph.constant(np.array([1, 2], np.int64)))
    batch, row = graph.node("Gather", shape, first, axis=0), graph.constant(np.array([1], np.int64))
    square = graph.node("Expand", wide, graph.node("Concat", batch, row, length, length, axis=0))
    for layer in net.layers:
        x = _layer(graph, x, square, layer, net.shape.hidden)  # type: ignore[arg-type]
    return x


def _mean(graph: Graph, x: str) -> str:
    weights = graph.node("Unsqueeze", "mask", graph.constant(np.array([2], np.int64)))
    axis = graph.constant(np.array([1], np.int64))
    total = graph.node("ReduceSum", graph.node("Mul", x, weights), axis, keepdims=0)
    return graph.node("Div", total, graph.node("ReduceSum", weights, axis, keepdims=0))


def _inputs(hidden: int, *, segments: bool) -> list[tuple[str, int, list[str | int]]]:
    given: list[tuple[str, int, list[str | int]]] = [
        ("words", TensorProto.FLOAT, ["batch", "tokens", hidden]),
        ("mask", TensorProto.FLOAT, ["batch", "tokens"]),
    ]
    return [*given, ("segments", TensorProto.INT64, ["batch", "tokens"])] if segments else given


def encoder(net: Bert, *, bits: int = 7) -> bytes:
    """The graph of a sentence encoder: the mean of the hidden states, of length 1. Output: (batch, hidden)."""
    graph = Graph(bits=bits)
    mean = _mean(graph, _body(graph, net, segments=False))
    unit = graph.node("LpNormalization", mean, axis=1, p=2)
    return graph.model(_inputs(net.shape.hidden, segments=False), unit, ["batch", net.shape.hidden])


def cross_encoder(net: Bert, dense: nn.Linear, out: nn.Linear, *, bits: int = 7) -> bytes:
    """The graph of the verifier. Output: (batch,), log-odds."""
    graph = Graph(bits=bits)
    hidden = _body(graph, net, segments=True)
    first = graph.node("Gather", hidden, graph.constant(np.array(0, np.int64)), axis=1)
    both = graph.node("Concat", first, _mean(graph, hidden), axis=1)
    for part, last in ((dense, False), (out, True)):
        weight, bias = _joined([part])
        both = graph.node("Gemm", both, graph.floats(weight), graph.floats(bias), transB=1)
        both = both if last else graph.node("Tanh", both)
    log_odds = graph.node("Squeeze", both, graph.constant(np.array([1], np.int64)))
    return graph.model(_inputs(net.shape.hidden, segments=True), log_odds, ["batch"])
