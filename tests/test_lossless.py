"""The lossless engine: shorter JSON, the same value, every token's bytes kept."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.lossless import JsonMinifier, minify

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(values, st.sampled_from([None, 0, 1, 2, 4, "\t"]), st.booleans())
def test_a_minified_document_is_the_same_value(value: object, indent: int | str | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    if any(0xD800 <= ord(c) <= 0xDFFF for c in text):
        return
    short = minify(text)
    if short is not None:
        assert json.loads(short) == json.loads(text)
        assert len(short) <= len(text)


def test_numbers_escapes_and_repeated_keys_keep_their_bytes() -> None:
    text = '{ "a" : 1.10 ,\n "b" : 123456789012345678901234567890, "a": "\\u00e9\\/" , "c": -0.0, "d": 1E5 }'
    assert minify(text) == '{"a":1.10,"b":123456789012345678901234567890,"a":"\\u00e9\\/","c":-0.0,"d":1E5}'


@pytest.mark.parametrize("text", ["", "{", '{"a":1,}', "[1 2]", '{"a":NaN}', "hello", '{"a":1} tail', "[" * 100_000])
def test_what_is_not_json_is_left_alone(text: str) -> None:
    assert JsonMinifier().json_document(text) is None


@given(st.text(), st.lists(st.tuples(values, st.text()), max_size=3))
def test_text_around_json_blocks_keeps_every_character(head: str, parts: list[tuple[object, str]]) -> None:
    text = head + "".join(json.dumps(value, indent=2) + tail for value, tail in parts)
    short = JsonMinifier().json_blocks(text)
    if short is not None:
        assert len(short) < len(text)
        assert "".join(short.split()) == "".join(text.split()) or _same_outside_strings(text, short)


def _same_outside_strings(text: str, short: str) -> bool:
    """White space may only go; everything else stands in its order."""
    rest = iter(text)
    return all(any(c == wanted for c in rest) for wanted in short)


def test_a_block_inside_prose_is_minified_and_the_prose_stands() -> None:
    text = 'Use this:\n```json\n{\n  "name": "x y",\n  "list": [\n    1,\n    2\n  ]\n}\n```\nand  not {this}\n thing.'
    short = JsonMinifier().json_blocks(text)
    assert short == 'Use this:\n```json\n{"name":"x y","list":[1,2]}\n```\nand  not {this}\n thing.'


@pytest.mark.parametrize("text", ["{\n " * 5000, '[\n "' * 20_000, "[\n [\n" * 3000 + "]" * 3, '{\n "a' * 10_000])
def test_hostile_texts_are_left_alone(text: str) -> None:
    assert JsonMinifier().json_blocks(text) is None


def test_code_that_looks_like_json_is_left_alone() -> None:
    text = "function f() {\n  return [\n    a,\n    b\n  ];\n}\nconst x = {\n  a: 1,\n};"
    assert JsonMinifier().json_blocks(text) is None
