"""What the guards promise for any text: never an error, the same reason either way round, none against itself."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trimtab.semantic_cache.guards import KINDS, difference, differences, normalise
from trimtab.semantic_cache.guards.lexicon import listed
from trimtab.semantic_cache.guards.stems import distance, is_slip, stem

WORDS = [
    *listed(
        """how do i the in not without 3 three five km $ % € 5pm 12:30 2024-01-05 from to than before python Paris
        US us polish `x` -x --yy a_b f() /etc/x ; : ? . , ' I'm don't can't II I first second half a month what's
        ü 日本 ² ½ ٣ please thanks hello - + * / ^ = WWII b4 w/o one million per cent v1.2.3 1,000 10k 0 007 1e5
        12345678901234567890 o'clock am C# .5 5. buy sell turn on off legal illegal unsafe"""
    ),
    '"a b"',
    "\n",
    "\u202e",
]
sentences = st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join)
texts = st.one_of(sentences, st.text(max_size=60), st.text(alphabet="aA1 .,'\"-$%?/\\:_#@`()\n²½ıİ", max_size=40))


@given(texts, texts)
def test_the_kind_of_a_difference_is_the_same_either_way_round(a: str, b: str) -> None:
    one, other = difference(a, b), difference(b, a)
    assert (one and one.kind) == (other and other.kind)
    assert {d.kind for d in differences(a, b)} == {d.kind for d in differences(b, a)} <= set(KINDS)


@given(texts)
def test_no_text_differs_from_itself_or_from_its_normal_form(text: str) -> None:
    normal = normalise(text)
    assert differences(text, text) == ()
    assert differences(text, normal) == ()
    assert normalise(normal) == normal


@given(texts, texts)
def test_texts_with_one_normal_form_do_not_differ(a: str, b: str) -> None:
    if normalise(a) == normalise(b):
        assert difference(a, b) is None
    else:
        assert a != b


@given(st.text(max_size=6), st.integers(4200, 9000))
def test_long_texts_raise_nothing(unit: str, length: int) -> None:
    text = ((unit or "x") * length)[:length]
    assert difference(text, text) is None
    assert difference(text, "What is 5?") is None or normalise(text) != "what is 5"


@given(st.text(alphabet="abcde", max_size=7), st.text(alphabet="abcde", max_size=7))
def test_the_distance_is_a_distance(a: str, b: str) -> None:
    assert distance(a, b, 9) == distance(b, a, 9) <= max(len(a), len(b))
    assert (distance(a, b, 9) == 0) == (a == b)
    assert (distance(a, b, 1) <= 1) == (distance(a, b, 9) <= 1)
    assert is_slip(a, b) == is_slip(b, a)


def test_forms_of_one_word_have_one_stem() -> None:
    groups = (
        listed("make makes making made"),
        listed("city cities"),
        listed("stop stops stopping stopped"),
        listed("cheap cheaper cheapest cheaply"),
        listed("child children"),
        listed("try tries trying tried"),
        listed("use uses using used"),
        listed("go goes went gone going"),
    )
    for group in groups:
        assert len({stem(word) for word in group}) == 1, group
    assert len({stem(group[0]) for group in groups}) == len(groups)
