"""Which answers are not worth keeping."""

from __future__ import annotations

import pytest

from trimtab.semantic_cache.reuse import calls_in_text, refuses

REFUSALS = """\
I'm sorry, but I can't assist with that request.
As an AI language model, I don't have personal opinions.
I don't have access to your account.
I cannot help with that.
I'm unable to browse the internet.
Sorry, I can't do that.
I don't know.
I do not know the answer to that question.
Unfortunately, I cannot provide that information.
I apologize, but I'm not able to fulfil this request.
I'm not sure what you mean. Could you clarify?
I couldn't find any information about that.
My knowledge cutoff is April 2024, so I can't say.
As of my last update, the CEO was Jane Doe.
I must decline.
I won't help with that.
Es tut mir leid, aber dabei kann ich nicht helfen.
Ich kann dir dabei leider nicht helfen.
Als KI habe ich keine Meinung.
Je suis désolé, mais je ne peux pas vous aider.
Je ne peux pas répondre à cette question.
En tant qu'IA, je n'ai pas d'opinion.
Lo siento, pero no puedo ayudarte con eso.
No puedo ayudar con esa solicitud.
抱歉，我无法提供帮助。
申し訳ありませんが、お手伝いできません。
Thank you for your question. Unfortunately, I can't share that.
I’m sorry — I can’t help with that.
The provided context does not contain the answer.
Please provide more details.
I don't have real-time data.
There is no information about this in the document.
Hello! I'm sorry, but I am not able to see your orders.
I am just an AI, so I cannot feel.
I have no information about that event.
That is not something I can do.
An error occurred while processing your request.
No results found.
I can't access external websites.
It seems that your message was cut off.
""".splitlines()
"""Answers in which the model refuses or does not know."""

ANSWERS = """\
I'm sorry to hear that your card was stolen. Open the app and choose Freeze card, then order a new one.
You can't withdraw more than 500 euros a day.
I can't stress enough how important backups are. Keep three copies.
Rome is the capital of Italy.
To reset your password, open Settings and choose Security.
If you cannot log in, reset your password first.
Cats cannot taste sweetness because they lack the receptor.
The function returns None when the key is not found.
Yes, you can use your card abroad.
No, cats do not have nine lives.
I recommend starting with chapter one.
A neural network is a model of AI that learns from data.
Sure! Here is a function that reverses a string.
Thank you for your question. A haiku has three lines.
Es gibt drei Arten von Steinen: magmatische, sedimentäre und metamorphe.
La photosynthèse transforme la lumière en énergie.
El cielo es azul por la dispersión de la luz.
I think the best approach is a hash map.
No. The transfer takes one day.
Unfortunately for Napoleon, the winter came early.
""".splitlines()
"""Answers all the same."""

CALLS = [
    '<function_calls>\n<invoke name="look_up">',
    '<tool_call>{"name": "look_up"}</tool_call>',
    "<tool_use>",
    "<function=get_time>{}</function>",
    "<execute_command>\n<command>ls</command>",
    "<|tool_call|>[]",
    "<|python_tag|>look_up()",
    "<｜tool▁calls▁begin｜>",
    '[TOOL_CALLS] [{"name": "look_up"}]',
    "to=functions.look_up",
    "```tool_code\nprint(look_up())\n```",
    '```json\n{"name": "look_up", "arguments": {"q": 1}}\n```',
    '{"arguments": {"q": 1}, "name": "look_up"}',
    '{"tool": "look_up", "parameters": {}}',
    '{"action": "look_up", "action_input": "cats"}',
    "Thought: I have to look it up.\nAction: look_up\nAction Input: cats",
    "Let me see.\n\n" + "x" * 50_000 + '\n<invoke name="look_up">',
]
NO_CALLS = [
    "",
    "Use the keys name and arguments.",
    '```json\n{"name": "Anna", "age": 3}\n```',
    '{"parameters": 3}',
    "The function call costs one credit.",
    "def call(arguments): return name",
    "Action: the film is full of it.",
    "Call to action: buy it.",
    "<div>hello</div>",
    "Invoke the spirit <3",
    '{"name": "a"}' + " " * 2000 + '{"arguments": {}}',
]


@pytest.mark.parametrize("text", REFUSALS)
def test_a_refusal_is_recognised(text: str) -> None:
    assert refuses(text)


@pytest.mark.parametrize("text", ANSWERS)
def test_an_answer_is_no_refusal(text: str) -> None:
    assert not refuses(text)


def test_an_excuse_before_a_long_answer_is_no_refusal_but_a_plain_refusal_is() -> None:
    rest = " The bridge has three arches of stone." * 40
    assert not refuses("I'm not sure which bridge you mean." + rest)
    assert refuses("I'm not sure which bridge you mean.")
    assert refuses("I'm sorry, but I can't help with that." + rest)


def test_a_refusal_behind_the_opening_does_not_count() -> None:
    assert not refuses("The bridge has three arches of stone. " * 10 + "I can't help with anything else.")


@pytest.mark.parametrize("text", CALLS)
def test_a_call_written_as_text_is_recognised(text: str) -> None:
    assert calls_in_text(text)


@pytest.mark.parametrize("text", NO_CALLS)
def test_prose_about_calls_is_none(text: str) -> None:
    assert not calls_in_text(text)
