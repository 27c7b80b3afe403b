"""Which requests ask for a deed or for chance."""

from __future__ import annotations

import pytest

from trimtab.semantic_cache.reuse import action

DEEDS = """\
set a timer for ten minutes
Send an email to Anna
book a table for two at eight
cancel my reservation
please delete the file
flip a coin
roll a dice
pick a random number between 1 and 10
tell me a joke
play some jazz
turn on the lights
remind me to call mum
call John
transfer $50 to Sam
Could you order a pizza?
I want to cancel my subscription
hey, can you text my brother that I am late
add milk to my shopping list
remove the meeting from my calendar
Turn the volume up
give me a random fact
surprise me
generate a UUID
wake me up at seven
I'd like to book a flight to Rome
unsubscribe me from the newsletter
schedule a meeting with Bob
pay my electricity bill
open the garage door
lock the front door
report my card stolen
freeze my account
Buy two tickets
choose a movie for me
heads or tails?
create a password for me
skip this song
order more checks
I need you to restart the server
Please forward this to the team
send $20 to Lisa
Stell einen Wecker auf sieben Uhr
erzähl mir einen Witz
Buche einen Flug nach Rom
raconte-moi une blague
réserve une table pour deux
cuéntame un chiste
reserva una mesa para dos
post this on Twitter
deploy the app to production
say something funny
draw a card
merge the pull request
sign me up for the course
get me a taxi
change my name to Tom
Text my sister and ask her how she is
book me a flight
ring the doctor's office
dim the lights to 20 percent
shut the blinds
mute the tv
put on some Mozart
navigate to the airport
Please cancel order 552
Can you check me in for my flight?
extend my loan by a week
write and send an invoice to ACME
toss a coin for me
give me a random name
got any good jokes?
make a doctor's appointment for Monday
submit my expense report
upgrade my plan to premium
order a large pepperoni
Would you kindly close my account?
activate airplane mode
start a 5 minute meditation
pick a colour
archive all emails from Bob
Create a ticket for the login bug
assign this issue to Carol
please reset the router
renew my library books
stop the music
hang up
invite Sam to the meeting
Mach das Licht aus
Ruf meine Mutter an
allume la lumière
apaga la luz
start recording
call me a cab
take a screenshot
make a reservation for six
email this to my boss
tell Anna I'm running late
order some flowers for mum
Set the thermostat to 20
could you please lock the car
mark all as read
increase my credit limit
close ticket 443
shuffle my playlist
set up a meeting with HR
kill the process
give me a new password
throw a dice
choose a random country
download the report for me
translate this and send it to Bob
make the text bigger
change the language to Spanish
sign me out
sell my shares
pay the invoice
move my appointment to Friday
refund my last purchase
print this page
notify the team
Recuérdame llamar a Ana
Rappelle-moi d'acheter du lait
Erinnere mich an den Termin
""".splitlines()
"""They ask for a deed or for chance."""

TELLINGS = """\
write a function that deletes a file
translate good morning into German
explain how email works
summarise the plot of Macbeth
how do I cancel my order
How can I book a flight?
What does it cost to send a parcel?
Can I cancel my transfer?
write an email to my boss asking for leave
Is it possible to delete my account?
What is a random forest?
How do I generate a random number in Python?
draft a message to the team about the outage
why do we call it a bug
what happens when I delete my account
delete a row in pandas
remove duplicates from a list in Python
set a variable in bash
how do you roll a sushi
what is a dad joke
Which apps play music offline?
call a function in JavaScript
order these numbers: 3, 1, 2
play the role of a teacher
what does 'book a table' mean?
Who can open the door for a vampire?
When did Bell call Watson?
tell me how to cancel a subscription
List the steps to transfer money
give me an example of a metaphor
create a table comparing cats and dogs
describe how to set an alarm on an iPhone
What is the probability of rolling a six with a die?
find the derivative of x squared
convert 5 miles to kilometres
solve 2x + 3 = 7
Where do I report a lost card?
Do I need to call the bank?
compute the mean of 3, 4 and 5
make a list of prime numbers below 50
Should I cancel my subscription?
Wie storniere ich eine Buchung?
comment annuler une commande
¿Cómo cancelo mi pedido?
open source licences compared
text classification with BERT
email marketing basics
rewrite this sentence: send me the report
What is the way to turn on dark mode?
How to play chess
Could you explain how to send an email with Python?
what is the meaning of 'delete'
write a poem about a timer
How do alarm clocks work?
what is a reservation in physics
Can you explain recursion?
Could you help me understand taxes?
please summarise this: the cat sat on the mat
write me a cover letter
give me a list of synonyms for happy
find the roots of x^2-4
order of operations explained
create a regex for email addresses
generate a SQL query that deletes duplicates
give an example of a random variable
show me how to fold a fitted sheet
open source alternatives to Photoshop
What happens if I delete system32?
When should I cancel my gym membership?
draw the structure of benzene in SMILES
suggest a name for a puppy
plan a three day trip to Rome
Play-Doh ingredients
Email etiquette at work
start-up costs of a bakery
Can you delete a branch in git?
add 5 and 7
set theory basics
turn this sentence into a question: cats sleep
make a sentence with the word play
call by value versus call by reference
switch statements in C
How do I contact support?
what is a timer
compare Python and Ruby
outline an essay on the French Revolution
How do I take a screenshot on a Mac?
give me tips for better sleep
explain how to flip a pancake
what's the best way to cancel a flight
find synonyms for big
name three mammals
count the words in this sentence: cats sleep
write a bash script that deletes temp files
how does Uber work
Can you describe the water cycle?
give me an outline for a talk on bees
Can I cancel my order after it ships?
design a logo prompt for a bakery
list all prime numbers under 30
help me with my homework on fractions
prove that the square root of 2 is irrational
recommend a book about the sea
Do you accept PayPal?
convert this JSON to YAML: {"a": 1}
what does rebooting a router do
classify this review: great shoes
act as a historian and explain the crusades
""".splitlines()
"""They ask to be told or written something."""


@pytest.mark.parametrize("text", DEEDS)
def test_a_request_for_a_deed_or_for_chance_is_an_action(text: str) -> None:
    assert action(text)


@pytest.mark.parametrize("text", TELLINGS)
def test_a_request_to_be_told_something_is_no_action(text: str) -> None:
    assert action(text) == ""
