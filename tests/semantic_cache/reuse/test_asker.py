"""Which questions depend on who asks."""

from __future__ import annotations

import pytest

from trimtab.semantic_cache.reuse import personal

OWN = """\
where is my package
What's my account balance?
show me my invoices
Am I eligible for the discount?
did I pay rent this month
Have I got any messages?
when does my subscription renew
how many vacation days do I have left
what did I spend on food last month
Is my flight on time?
list our open invoices
has my refund been processed
what's on my calendar tomorrow
who is my account manager
what's my name?
where am I?
find a pharmacy near me
check my credit score
I ordered a lamp, where is it?
our invoices for March
how much do I owe
My order 1234 status
What was my last payment
do I have any unread emails
read me my messages
Why was I charged twice?
which plan am I on
tell me my mileage
my balance please
is this one mine
Wo ist mein Paket?
Wie hoch ist mein Kontostand?
Où est mon colis ?
¿Dónde está mi pedido?
¿Cuál es mi saldo?
Habe ich noch Urlaubstage?
show the status of my ticket
What are my team's open tasks?
how long have I been a customer
when was my last login
what's my ip address
how is my portfolio doing
what's the nearest pharmacy
how much gas do I have
What's my routing number?
When will I get paid?
has my application been approved
what's our quota
Did we hit our sales target?
what is my shoe size
WHERE IS MY PACKAGE
Whats my balance
what’s my balance
translate my last email to French
what time is my meeting
when is my next appointment
How many points have I collected?
can you see my location
what did I ask you yesterday
have my documents been approved
tell me about my usage this month
who approved my request
Where's the courier with my parcel?
what's left in my budget
show our sales for Q3
list all my projects
do we have any open tickets
how am I doing on my goals
what do you know about me
which of my cards expires first
Am I overdrawn?
Is my appointment still on?
what are the details of my booking
pull up my chart
give me our revenue numbers
when did I last log in
how much did we spend on ads
Can you look up my policy number?
summarise my inbox
what is in my cart
is there a message for me
what's my username
Was steht in meinem Kalender?
Combien ai-je dépensé ?
¿Cuánto debo?
how's my claim going
Which courses am I enrolled in?
show me what I bought in May
When's my lease up?
is my order going to be late
what's my remaining data
do you have my new address
are my taxes paid
What did my doctor say
when is my rent due
How long is my commute?
what's the balance on my gift card
any new messages?
did my payment go through
what's my blood type
Which flights have I booked?
how many steps did I walk
have I missed any calls
is there anything on my calendar
tell me my horoscope
What's our wifi password?
what's my manager's email
how many tickets are assigned to me
where did I park
who owes me money
Are my files backed up?
what's my next class
Wann ist mein Termin?
Quand arrive ma commande ?
¿Cuándo llega mi paquete?
""".splitlines()
"""They need the asker's own data."""

ANYBODYS = """\
how do I reset my password
how can I change my PIN
what should I do if my card is lost
Can I change my PIN at any ATM?
What happens if I lose my card?
How do I track my package?
How do I update my address?
What is a credit score?
Where can I find my routing number on a cheque?
My dog ate chocolate, what should I do?
Why is my Python script so slow?
How long should I boil my eggs?
write a letter to my landlord about the broken heating
Can I use my card abroad?
Is it safe to leave my laptop on overnight?
What documents do I need to verify my identity?
How often should I change my oil?
How do I delete my account?
How do I connect my phone to the TV?
Which businesses accept my card?
What is the meaning of life?
Why do I have to verify my identity?
do I need a visa for Japan?
Should I invest in bonds?
How do I improve my credit score?
How can I lower my blood pressure?
What is the best way to clean my oven?
Can my friends top up my account?
explain to me how vaccines work
give me a recipe for lasagne
Tell me about the Roman empire
Wie setze ich mein Passwort zurück?
Comment changer mon mot de passe ?
¿Cómo cambio mi contraseña?
Wie kann ich meine PIN ändern?
How is interest on my savings calculated?
Will I be charged for using my card abroad?
help me understand recursion
What do I need to open an account?
How do I order a new card?
Where do I go to renew my passport?
My card was stolen.
translate 'where is my luggage' into Italian
How do you say my name is John in Spanish?
explain this: my balance is negative
What size tank do I need for two goldfish?
am I allowed to bring a dog on the train?
Is there a fee for replacing my card?
What can I cook with my leftover rice?
Why does my cat knead?
What does 'my order' mean?
HOW DO I RESET MY PASSWORD
What should I wear to a wedding?
How do I unsubscribe from emails?
Can my landlord raise the rent without notice?
Why is my cat sneezing?
how do I get my deposit back from my landlord
How can I check if my tyre is flat?
how do I make my code faster
what is the limit for cash withdrawals
How much should I save for retirement?
Can I return an item without a receipt?
What are the benefits of a savings account?
How do I talk to my teenager?
what does 'account' mean
do you ship to Canada
What are your opening hours like?
Will my contract be cancelled if I move abroad?
What is our galaxy called?
How big is our solar system?
Who is your CEO?
what happens to my money if the bank fails
How do I set up my printer?
Tell me a bit about credit cards
How does my liver work?
How do vaccines work?
How do I open my account?
How do I change my subscription plan?
Where can I download the invoice?
How do I invite a colleague to my workspace?
How do I export my data?
Can I use two coupons?
How do I contact support?
How can I upgrade to the premium plan?
What happens to my data when I leave?
How do I merge my accounts?
Can I change my username later?
What should I do if my payment fails?
Why should I back up my files?
How do I protect my identity online?
How can I make my hair grow faster?
How do I write my CV?
How do I train my puppy?
What's the best way to store my wine?
How is my data stored?
How do you use my data?
Is my data safe with you?
Do you sell my data?
Can I share my subscription with my family?
How long do you keep my data?
Can I cancel my order after it ships?
""".splitlines()
"""They have one answer for everybody."""


@pytest.mark.parametrize("text", OWN)
def test_what_needs_the_askers_own_data_is_personal(text: str) -> None:
    assert personal(text)


@pytest.mark.parametrize("text", ANYBODYS)
def test_what_has_one_answer_for_everybody_is_not_personal(text: str) -> None:
    assert personal(text) == ""
