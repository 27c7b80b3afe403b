"""The normal form: what is normalised away cannot change the answer, and all else stays."""

from __future__ import annotations

import pytest

from trimtab.semantic_cache.guards import difference, normalise


@pytest.mark.parametrize(
    "text",
    [
        "what is the capital of France",
        "What is the capital of France?",
        "  What   is the capital of France ? ",
        "what's the capital of France",
        "whats the capital of France???",
        "Could you please tell me what the capital of France is?",
        "Hi there, what is the capital of France? Thanks a lot!",
        "Please tell me what is the capital of France.",
        "Do you know what the capital of France is?",
        "I would like to know what the capital of France is, please.",
        "Hello! I was wondering what the capital of France is. Thank you so much in advance",
        "What is the capital of\u200b France?",
        "What’s the capital of France?",
        "Ｗhat is the capital of France?",
    ],
)
def test_wrapping_contraction_and_punctuation_are_gone(text: str) -> None:
    assert normalise(text) == "what is the capital of France"


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("contact us", "contact US"),
        ("Polish the table", "polish the table"),
        ("how to do it", "how to do IT"),
        ("who runs the WHO", "who runs the who"),
        ("What is a Mustang?", "What is a mustang?"),
        ("What is getName?", "What is getname?"),
        ("How do you say thank you?", "How do you say?"),
        ("How do you say please?", "How do you say?"),
        ("How do you spell cheers", "How do you spell"),
        ("What does ? mean", "What does ! mean"),
        ("What is the meaning of ?", "What is the meaning of !"),
        ("It is raining?", "It is raining."),
        ("What is 10⁵?", "What is 105?"),
        ("What is 2½ cups?", "What is 21/2 cups?"),
        ("Can you make money online?", "make money online"),
        ("Would you recommend the iPhone?", "recommend the iPhone"),
        ("Can you write a check to yourself?", "write a check to yourself"),
        ("Hello, world program", "world program"),
        ("i want to know how to swim", "i want to swim"),
        ('split "a  b" on spaces', 'split "a b" on spaces'),
        ('translate "don\'t" please', 'translate "do not"'),
        ("if x:\n    y()\nz()", "if x:\n    y()\n    z()"),
        ("how to use c++", "how to use c"),
        ("what is C", "what is c"),
        ("is it 5-3", "is it 53"),
        ("do I need it", "do I not need it"),
    ],
)
def test_what_may_change_the_answer_stays(a: str, b: str) -> None:
    assert normalise(a) != normalise(b)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("", ""),
        ("?", "?"),
        ("please", "please"),
        ("I can't log in", "i can not log in"),
        ("I cannot log in", "i can not log in"),
        ("isnt it", "is not it"),
        ("HOW DO I RESET MY PASSWORD", "how do i reset my password"),
        ("WHERE IS THE US OFFICE", "WHERE IS THE US OFFICE"),
        ("What Is The Louvre?", "what is the Louvre"),
        ("Can you please write a poem?", "write a poem"),
        ("Can you explain gravity to me", "explain gravity to me"),
        ('Translate "Don\'t do that." to French please', 'translate "Don\'t do that." to French'),
        ("who directed It?", "who directed It"),
        ("tell me", "tell me"),
        ("Was it WWII?", "was it World War II"),
    ],
)
def test_normal_forms(text: str, normal: str) -> None:
    assert normalise(text) == normal


@pytest.mark.parametrize("text", ["What's new?", "Hello! Please explain TCP. Thanks", "HOW DO I RESET MY PASSWORD"])
def test_a_text_does_not_differ_from_its_normal_form(text: str) -> None:
    assert text != normalise(text)
    assert difference(text, normalise(text)) is None
