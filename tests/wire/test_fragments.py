"""Parts of a JSON document are read and replaced without touching the bytes of the rest."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.errors import EditError, NotUnderstood
from trimtab.wire import fragments
from trimtab.wire.fragments import FragmentMemo

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=20,
)
SPACE = st.text(" \n\t\r", max_size=3)


def no_surrogates(text: str) -> bool:
    return not any(0xD800 <= ord(char) < 0xE000 for char in text)


@st.composite
def spaced(draw: st.DrawFn, value: Any) -> str:
    """``value`` as JSON with arbitrary whitespace and escapes."""
    space = [draw(SPACE) for _ in range(4)]
    if isinstance(value, dict):
        members = [
            space[0] + json.dumps(name, ensure_ascii=draw(st.booleans())) + space[1] + ":" + draw(spaced(inner))
            for name, inner in value.items()
        ]
        return "{" + (",".join(members) or space[3]) + space[2] + "}"
    if isinstance(value, list):
        return "[" + (",".join(space[1] + draw(spaced(inner)) + space[0] for inner in value) or space[3]) + "]"
    return space[0] + json.dumps(value, ensure_ascii=draw(st.booleans())) + space[1]


DOCUMENTS = st.dictionaries(st.text(max_size=6), JSON, max_size=5).flatmap(lambda v: st.tuples(st.just(v), spaced(v)))


@given(DOCUMENTS)
def test_members_are_read_as_they_stand(document: tuple[dict[str, Any], str]) -> None:
    """Every member's fragment is a slice of the document and means the same."""
    value, text = document
    fields = fragments.object_fields(text.encode())
    assert list(fields) == list(value)
    for name, raw in fields.items():
        assert raw in text.encode()
        assert json.loads(raw) == value[name]
    assert json.loads(fragments.render_object(fields)) == value


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for step, below in inner for place in places(below, (*path, step)))]


@given(DOCUMENTS, st.data())
def test_a_replacement_changes_one_fragment_and_no_other_byte(document: tuple[dict[str, Any], str], data: Any) -> None:
    """Before and behind the fragment every byte stays, whitespace and key escapes included."""
    value, text = document
    raw = text.encode()
    path = data.draw(st.sampled_from(places(value)))
    old = fragments.at(raw, path)
    new = fragments.replace(raw, path, lambda _: b'"NEW"')
    assert fragments.replace(new, path, lambda _: old) == raw
    assert len(new) == len(raw) - len(old) + len(b'"NEW"')
    want = value
    for step in path:
        want = want[step]
    assert json.loads(old) == want


@pytest.mark.parametrize("path", [("x",), ("a", 2), ("a", -1), ("a", "b"), ("s", 0), ("s", "t"), ("a", 0, 0)])
def test_a_place_that_does_not_exist_is_an_edit_error(path: tuple[str | int, ...]) -> None:
    """A wrong path raises EditError and nothing else."""
    with pytest.raises(EditError):
        fragments.replace(b'{"a": [1, 2], "s": "x"}', path, lambda raw: raw)


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":1,"a":2}',
        b'{"a":1, "b":2, "a" :1}',
        b'{"a":12,"a":1}',
        b'{"a":1,"\\u0061":2}',
        b'{"a":{"b":1},"a":{"b":1}}',
        b'{"a":"x","b":"a","a":"x"}',
    ],
)
def test_a_name_that_stands_twice_is_not_understood(raw: bytes) -> None:
    """Which of two members counts differs between readers, so none is chosen."""
    with pytest.raises(NotUnderstood, match="twice"):
        fragments.object_fields(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"x", b"[]", b"null", b"1", b'{"a":tru}', b'{"a":1}x', b'{"a":[1,}', b'{"\xff":1}', b'{"a"',
        b"\xef\xbb\xbf{}", b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", b'{"\\ud800":1}', b'{"a":NaN}',
    ],
)  # fmt: skip
def test_what_is_no_object_is_not_understood(raw: bytes) -> None:
    """Broken JSON, other values, a BOM, invalid UTF-8 in a name and endless nesting raise NotUnderstood only."""
    with pytest.raises(NotUnderstood):
        fragments.object_fields(raw)


@pytest.mark.parametrize("raw", [b"", b"{}", b"null", b"[1,", b"[1]x", b"[" * 100_000 + b"]" * 100_000])
def test_what_is_no_array_is_not_understood(raw: bytes) -> None:
    """The same for arrays."""
    with pytest.raises(NotUnderstood):
        fragments.array_items(raw)


@pytest.mark.parametrize("raw", [b'"\xff"', b'"\\ud800"', b"1e999", b"", b"NaN", b"[" * 2000 + b"]" * 2000])
def test_values_that_a_strict_reader_refuses_are_not_understood(raw: bytes) -> None:
    """Invalid UTF-8, lone surrogates and numbers without a value raise NotUnderstood."""
    with pytest.raises(NotUnderstood):
        fragments.value_of(raw)


@given(DOCUMENTS, st.text(max_size=6).filter(no_surrogates), JSON)
def test_setting_a_member_leaves_the_others(document: tuple[dict[str, Any], str], name: str, value: Any) -> None:
    """A member is replaced where it stands or comes last; the others keep their bytes and order."""
    raw = document[1].encode()
    new = fragments.with_member(raw, name, json.dumps(value).encode())
    before, after = fragments.object_fields(raw), fragments.object_fields(new)
    assert list(after) == (list(before) if name in before else [*before, name])
    assert json.loads(after.pop(name)) == value
    assert after == {member: fragment for member, fragment in before.items() if member != name}
    assert fragments.object_fields(fragments.without_members(new, [name])) == after
    assert fragments.without_members(raw, ["no such member"]) is raw


def test_the_memo_reads_a_fragment_once() -> None:
    """A fragment that was read is not read again while it is remembered."""
    memo: FragmentMemo[int] = FragmentMemo()
    reads: list[bytes] = []
    for raw in (b"a", b"b", b"a", b"a"):
        assert memo.get(raw, lambda raw: reads.append(raw) or len(reads)) > 0  # type: ignore[func-returns-value]
    assert reads == [b"a", b"b"]


def test_the_memo_is_bounded_and_drops_the_oldest() -> None:
    """Beyond its size the memo forgets what was used longest ago, many small fragments as well as a large one."""
    memo: FragmentMemo[bytes] = FragmentMemo(max_bytes=20_000)
    for number in range(1000):
        memo.get(b"%d" % number, bytes)
        memo.get(b"kept", bytes)
    reads: list[bytes] = []
    memo.get(b"kept", lambda raw: reads.append(raw) or raw)  # type: ignore[func-returns-value]
    memo.get(b"0", lambda raw: reads.append(raw) or raw)  # type: ignore[func-returns-value]
    assert reads == [b"0"]
    assert len(memo._values) < 20
    memo.get(b"x" * 50_000, bytes)
    assert len(memo._values) == 1


def test_the_memo_forgets_nothing_it_could_not_read() -> None:
    """A reader's error is passed on and the next try reads again."""
    memo: FragmentMemo[int] = FragmentMemo()

    def fail(raw: bytes) -> int:
        raise NotUnderstood(raw.decode())

    with pytest.raises(NotUnderstood):
        memo.get(b"a", fail)
    assert memo.get(b"a", len) == 1
