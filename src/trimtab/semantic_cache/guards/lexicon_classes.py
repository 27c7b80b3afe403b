"""Classes of things: two words of one class are two things, however alike the sentences around them are."""

from __future__ import annotations

from trimtab.semantic_cache.guards.stems import stem

_CLASSES = """
dog cat horse cow pig sheep goat chicken duck rabbit hamster parrot snake lizard turtle frog lion tiger elephant
monkey bear wolf fox deer mouse rat shark whale dolphin spider bee ant butterfly eagle owl penguin crocodile giraffe
zebra kangaroo panda
/
red blue green yellow orange purple pink brown grey gray black white
/
apple banana mango grape strawberry pineapple watermelon peach pear cherry lemon avocado papaya
/
potato tomato onion garlic carrot cabbage spinach broccoli cucumber pumpkin mushroom lettuce
/
rice pasta bread noodle pizza burger sandwich salad soup cake cookie pancake omelette lasagna risotto
/
beef pork lamb chicken turkey fish salmon tuna shrimp bacon tofu
/
milk water coffee tea juice beer wine whiskey vodka soda
/
butter oil cheese yogurt cream sugar salt pepper honey vinegar
/
football cricket tennis basketball baseball hockey golf rugby volleyball badminton swimming boxing chess
/
guitar piano violin drum flute saxophone cello ukulele trumpet
/
brother sister mother father uncle aunt cousin nephew niece grandmother grandfather son daughter
/
husband wife boyfriend girlfriend
/
head neck shoulder arm elbow wrist hand finger knee ankle foot toe back hip chest
/
liver kidney lung stomach pancreas bladder thyroid
/
gold silver copper iron aluminium steel platinum bronze titanium zinc lead nickel
/
oxygen hydrogen nitrogen helium carbon sodium potassium calcium chlorine sulfur
/
math physics chemistry biology geography economics psychology philosophy sociology astronomy
/
mercury venus mars jupiter saturn uranus neptune pluto moon sun
/
christianity islam hinduism buddhism judaism sikhism jainism atheism
/
christian muslim hindu buddhist jew sikh catholic protestant atheist
/
spring summer autumn winter
/
bedroom bathroom kitchen garage garden basement attic balcony
/
shirt trousers shoes jacket dress skirt hat socks gloves
/
cotton wool silk leather linen polyester denim
/
ibuprofen paracetamol acetaminophen aspirin naproxen amoxicillin penicillin metformin insulin
/
diabetes cancer asthma arthritis malaria tuberculosis pneumonia dengue typhoid jaundice epilepsy
/
bus train taxi plane car bicycle ship tram
/
lawyer doctor nurse teacher engineer architect accountant pilot chef plumber electrician dentist pharmacist
/
passport visa licence
/
visa mastercard amex maestro discover chase usaa citibank barclays hsbc paypal klarna revolut
/
debit credit prepaid
/
excel word powerpoint outlook
/
array tuple dictionary set queue stack tree graph
/
string integer float boolean
/
row column cell table
/
commit branch tag remote stash
/
get post put patch
/
insert update delete select
/
class function variable module loop
/
cpu gpu ram ssd
/
email phone sms letter fax
/
username password email
/
rent mortgage
/
circle square triangle rectangle cube sphere cylinder cone pyramid
/
area perimeter volume circumference radius diameter
/
mean median mode variance
/
king queen prince princess
/
monday tuesday wednesday thursday friday saturday sunday
/
phd mba bachelor master diploma
/
novel poem essay play haiku sonnet
/
user customer order product ticket subscription employee invoice
/
poem story essay song letter email report speech
"""

CLASSES: dict[str, frozenset[int]] = {}
"""The classes that the stem of a word belongs to."""

for _at, _line in enumerate(_CLASSES.split("/")):
    for _word in _line.split():
        CLASSES[stem(_word)] = CLASSES.get(stem(_word), frozenset()) | {_at}
