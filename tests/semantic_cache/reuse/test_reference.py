"""Which texts cannot be understood alone."""

from __future__ import annotations

import pytest

from trimtab.semantic_cache.reuse import unresolved_reference

POINTING = """\
and in Paris?
do it again
what about the second one
why?
continue
shorter please
yes
How does it work?
Can you explain that?
What is the capital of it?
Tell me more
Who is he?
Where does she live?
What are their names?
Translate it to French
same for Berlin
also in Munich
in French please
for two people
How much is that in euros?
Is it safe?
is it legal in Germany?
summarise the above
fix the bug
What did you mean by that?
another one
and why?
give me three more examples
make it a table
How do I fix it?
What does this mean?
What else?
the red one
use Python instead
is that true?
who wrote it?
How do I get there?
Which one is better?
How do they do it?
thanks
no, the other file
Und in Paris?
warum?
et à Lyon ?
¿y en Madrid?
continúa
I meant the other account
what's her name
are you sure?
explain like I'm five
Paris
next
what is this?
Can I do that online?
does he have children?
how old is she
Where can I buy one?
What are those?
I don't understand
as a bullet list
tomorrow at five
option b
Do the same for the Spanish text
???
👍
Fasse diesen Text zusammen
Is it about that?
what about it?
what's the weather like there?
how about Tuesday?
is he married
can you rephrase that
but why not
tell me the rest
and the population?
which of them is cheaper
what happened next
sounds good, do that
explain the second point
Could you give an example?
then what
how so
in what year
how many
what are the side effects
is there a cheaper option
what are the alternatives?
who was his father
and her husband's name
run it
fix this
undo
try a different approach
I prefer the first
no I said blue
what if it fails
same but in German
convert the above to JSON
Mach es kürzer
Wer hat es geschrieben?
et pourquoi ?
y el segundo
what about Spain
and the other one?
explain more
can you fix it
that's wrong
not that one
why is that important
more like this
how does that work
the cheaper one
give me the code
where is it
does it support Linux
how many of them
make that blue
yes please
go ahead
what's the second step
tell me about him
add a section on pricing
make it more formal
now in Python
is that all
who said that
can I do this twice
why did they leave
what was the result
what are its benefits
use tabs
do you have others
und dann?
pourquoi pas ?
¿y después?
""".splitlines()
"""They cannot be understood alone."""

ALONE = """\
is it true that cats have nine lives?
how do I know if it is raining in Rome?
What is the capital of France?
this function: ```def f(): pass``` what does it do?
How do I reset my password?
What does it cost to send a letter to Spain?
How long does it take to boil an egg?
If my card is lost, how do I replace it?
Why do cats purr when they are happy?
My phone was stolen. How do I lock it?
Is there a fee for withdrawing cash?
What is a monad and why is it useful?
How does a snake shed its skin?
What time is it in Tokyo?
hello
Who wrote Hamlet?
Is it safe to eat raw eggs?
What should I do if the ATM keeps my card?
Summarise the following text: The quick brown fox jumps over the dog.
Translate 'how is it going' into French
explain photosynthesis to a child
write a function that reverses a string
What can I use instead of butter?
How do I transfer money to another bank?
Who was Barack Obama's wife and how old was she in 2010?
What is the difference between a crocodile and an alligator?
list three reasons for the fall of Rome
Can I pay with Apple Pay?
give me a recipe for pancakes
What is it like to live in Berlin?
Wie setze ich mein Passwort zurück?
Comment changer mon mot de passe ?
¿Cómo cambio mi contraseña?
When was the Eiffel Tower built?
How many people can fit in the Colosseum?
How do I get a refund for a ticket that I cannot use?
Which animals sleep through the winter?
What does "it is what it is" mean?
```print(1)```
What is the tallest building in Dubai?
How do bees make honey?
If I drop a ball, how fast does it fall?
What are the side effects of ibuprofen?
Is there a cheaper option than Photoshop for editing RAW files?
Explain the difference between TCP and UDP
Why is the sky blue?
My car makes a noise when I brake. What could it be?
Write a haiku about autumn
what is 2+2
How do I install Docker on Ubuntu?
Give an example of a metaphor in Hamlet
Who was Napoleon's second wife?
When it rains, do worms come out?
translate 'do it again' into Spanish
There are 12 apples and Tom eats 3. How many are left?
I have a cat that won't eat. What should I do?
Can a person live on Mars?
What is the name of the river in Paris?
Do penguins have knees?
Was ist die Hauptstadt von Peru?
Quelle est la capitale du Pérou ?
¿Cuál es la capital de Perú?
How do I know that my phone is charging?
How do vaccines work?
What is photosynthesis?
How do I merge two dictionaries in Python?
Do you accept PayPal?
What is your refund policy?
How do I contact support?
Do you ship internationally?
How do I enable two factor authentication?
Why did Rome fall?
How do I calculate compound interest?
Is glass a liquid?
What payment methods do you accept?
If a tree falls, does it make a sound?
My laptop will not start. How do I fix it?
Why do people yawn when they are tired?
How long can a camel survive without water?
Write a short story about a dragon who loves tea
What is the best way to learn French?
Which planet has the most moons?
Can I cancel my order after it ships?
How do I export my data?
Is there a mobile app?
compare Python and Ruby for data science
""".splitlines()
"""They can."""


@pytest.mark.parametrize("text", ["", *POINTING])
def test_what_points_outside_itself_is_unresolved(text: str) -> None:
    assert unresolved_reference(text)


@pytest.mark.parametrize("text", ALONE)
def test_what_stands_alone_is_resolved(text: str) -> None:
    assert unresolved_reference(text) == ""


def test_content_that_comes_along_is_what_a_pronoun_points_at() -> None:
    assert unresolved_reference("What does it do?")
    assert unresolved_reference("What does it do?\n```python\nprint(1)\n```") == ""
    assert unresolved_reference("Explain what you said before:\n```python\nprint(1)\n```") != ""
