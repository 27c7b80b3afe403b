"""Which questions depend on the time they are asked."""

from __future__ import annotations

import pytest

from trimtab.semantic_cache.reuse import time_dependence

STALE = """\
What's the weather in Rome today?
what time is it
how old is Tom Hanks?
Who is the president of France?
Who is the CEO of Apple?
how many days until Christmas
What is the latest version of Python?
Is the museum open on Sunday?
How late is the pharmacy open?
when does the next train to Leeds leave
bitcoin price
price of gold per ounce
convert 100 usd to eur
what did the stock market do
who won the match last night
Is GitHub down?
what are the headlines
best phone to buy right now
tallest building in the world
population of Brazil
What's the current interest rate?
is Betty White still alive
has the new iPhone come out yet
How's traffic on the M25
When is Easter?
Wie wird das Wetter morgen?
Wer ist der Bundeskanzler?
Quel temps fait-il à Lyon ?
Qui est le président de la France ?
¿Qué hora es en Lima?
¿Quién es el presidente de México?
precio del bitcoin
Wie spät ist es?
Quelle heure est-il ?
flight BA117 status
will it rain in Seattle
As of today, how many members does the EU have?
how much does an iPhone 15 cost
what happened in the Ukraine war this week
Who holds the world record for the 100m?
What's new in TypeScript?
most followed person on Instagram
any good movies playing
how many people live in Tokyo
Is Netflix stock a buy
Show me upcoming events in Oslo
What day is it?
What year is it
what's Tesla trading at
Who is currently leading the Premier League
inflation rate in Germany
who is the richest man alive
What's the minimum wage in California?
is it raining?
yesterday's closing price of Nvidia
Does Twitter still have a free API?
What is the exchange rate between the dollar and the yen?
Who will win the 2026 World Cup?
What's the weather on 3 May 2029 in Rome?
How long until the Olympics?
Ist die Apotheke jetzt geöffnet?
Was kostet ein Barrel Öl?
neueste Version von Firefox
dernière version de Node
cotação do dólar hoje
che tempo fa a Milano
hoe laat is het
latest news on the election
who is the prime minister
name the current king of Spain
what is the score of the Lakers game
how is the Nasdaq doing
next full moon
sunset in Oslo
Are there any tickets left for the concert?
do I need an umbrella
who owns Twitter
net worth of Elon Musk
what are the opening hours of the Louvre
price of 2000 shares of Apple
who won the 2026 world cup
In 2019 I moved to Rome. What's the weather in Rome?
In 2019 I moved here, what is the weather?
What is 1500 usd in eur?
My boss asked "what is the stock price today?"
summarise today's news
Are flights to Lisbon delayed?
What are people saying about the new budget?
how much is a litre of diesel
does Target have PS5s in stock
What's the going rate for a plumber?
how many covid cases are there in France
Which team is top of the league?
Is it going to be sunny in Nice?
has Ireland elected a new president
what channel is the game on
When's the next SpaceX launch
Is the Eiffel Tower closed?
What's on at the cinema?
give me the lottery numbers
how are the roads in Vermont
dollar to yen
what's 20 pounds in dollars
how far away is Voyager 1 now
is Java 17 still supported
what version of Node is LTS
How long has the queen been dead?
who's the mayor of London
Who's in charge of NASA?
what's the score
any earthquakes in Chile
Has the war ended?
what is the deadline for filing taxes
tell me the date
Do I have time to catch the 5pm train?
When does the semester start?
is the pool heated this week
Who leads Tesla?
fastest growing economy
what is Taylor Swift's net worth
bus timetable for route 12
is the metro running
What movies came out this month
temperature in Madrid
How old is the Pope?
the weather in Oslo
gas prices near Denver
are eggs cheaper than last year
what's trending on Twitter
Ist heute ein Feiertag?
Wann fährt der nächste Zug nach Bonn?
Quel est le prix de l'or ?
¿Está abierta la biblioteca?
¿Quién ganó el partido?
how much snow did Aspen get
Is Venice flooded?
who is number one on the ATP list
what's the price of a stamp
Which airlines fly to Iceland
has Spain qualified for the final
When is the next leap year?
what's the population of Canada
What's the current state of fusion research?
Is the UK still in the EU?
how many days till my birthday
Has Apple announced new MacBooks?
who's the head coach of the Jets
What are the most streamed songs?
is it dark in Sydney
what's the cheapest flight to Rome
Is bus 12 on time?
what's happening in Sudan
how many subscribers does MrBeast have
What's the latest on the strike?
who is Time person of the year
pound to euro rate
Where is the ISS?
what's the surf like in Biarritz
is there a train strike
Are there roadworks on the A4?
When do clocks go back?
who's hosting the Oscars
Which phone has the best camera?
what is the mortgage rate in Ohio
how is the traffic in Delhi
What's the snow depth in Zermatt
which stocks are up
Is it a public holiday?
how old is Joe Biden
Wie ist das Wetter in Hamburg?
Combien coûte un iPhone ?
¿Cuántos años tiene Messi?
Wer ist Präsident der USA?
what is bitcoin worth
what's on TV
is Zara open
What's today's word of the day?
""".splitlines()
"""Their answers change while they are asked."""

LASTING = """\
how do I cancel my current plan
what is the current in a circuit
explain today's date handling in Python
how to open a window
price elasticity
weather the storm
How do I get the current date in JavaScript?
What does it mean to be under the weather?
How do I sort by newest first in SQL?
Who was the first president of the United States?
What was the weather like in London on 3 May 2021?
Who won the World Cup in 2014?
Who was the president of France in 1995?
What was the population of Rome in 100 AD?
how do I upgrade from my current subscription
What is alternating current?
What is price discrimination?
How does traffic shaping work?
What is the F1 score?
How do I know if I have a fever?
What is buy now pay later?
explain ocean currents
What is a stock split?
How do exchange rates work?
How old do you have to be to vote?
How old was Mozart when he died?
Who won World War II?
What is open source software?
How do I open a CSV file in Excel?
Where do penguins live?
What causes weather?
What is the difference between weather and climate?
How do I write a news article about my school?
What is the time complexity of quicksort?
How do I get the last record in SQL?
What is the meaning of the word 'today'?
Translate 'see you tomorrow' into Spanish
How do you say what is the weather today in French
How do I reset my password?
My card was declined today.
I lost my card yesterday, what should I do?
What should I do now?
What is black Friday?
Explain the current working directory
git: how do I undo the latest commit
What is the boiling point of water?
how do plants grow
summarise the plot of Hamlet
What is a good score function for ranking?
What did the Romans eat?
how to write a cron job that runs every Monday
What are traffic lights for?
What is population genetics?
How many legs does a spider have?
wie öffne ich eine PDF-Datei
Comment fonctionne un moteur ?
¿Cómo funciona un motor?
Was ist eine gerade Zahl?
what is a head start
What is the status code 404?
How is inflation calculated?
When did the Titanic sink?
What was the price of bread in 1920?
Who invented the telephone?
What is a king cobra?
What does recent mean?
How do I use the present tense?
who won the 2014 world cup
weather in Rome on 2019-05-03
What does 'as of today' mean?
Explain the line `now = today()` in Python
How do I convert a string to a date in Java?
What is the capital of Australia?
Why do leaves change colour?
How do I change the current directory in bash?
How is the Dow calculated?
what is a weather front
Explain the news cycle theory of media
How do I get rid of traffic from bots on my site?
What is a live stream?
Who wrote the national anthem?
How many days are there in a leap year?
How many minutes are in a day?
What year did World War I start?
Who painted the ceiling of the Sistine Chapel?
What is the oldest programming language?
How do you calculate the price of an option?
What does CEO stand for?
What is the role of the president?
what does a manager do
What is the purpose of a king in chess?
how do I close a pull request
what is an open interval
Can dogs eat apples?
why is my bread not rising
how do I find the median of a list
What's the difference between now() and current_timestamp in Postgres?
What is a dead letter queue?
How do I store dates in MongoDB?
What is the difference between stocks and bonds?
What is inflation?
How do interest rates affect bonds?
How long does a flight from London to New York take?
what is the tallest mountain on Mars
Who discovered penicillin?
how do I write a weather app in React
What was the score of the 1966 World Cup final?
Who was king of England in 1600?
How did the price of oil change in the 1970s?
explain how a for loop works
how do I keep my plants alive
Was bedeutet das Wort heute?
Wie funktioniert ein Wechselkurs?
How do vaccines work?
What is photosynthesis?
Why did Rome fall?
How do I merge two dictionaries in Python?
How do I remove wine stains?
How do I calculate compound interest?
What is a mortgage?
Who was Cleopatra?
what's the plot of Inception
How do I learn to swim?
What is the chemical symbol for gold?
How do I open my account?
Is glass a liquid?
How do I change my subscription plan?
Do you accept PayPal?
What is your refund policy?
How do I contact support?
Where can I download the invoice?
Do you offer student discounts?
How long is the warranty?
Can I use two coupons?
What sizes do you have?
What payment methods do you accept?
How do returns work?
What is the maximum upload size?
Is there a mobile app?
How do I invite a colleague to my workspace?
How do I enable two factor authentication?
Do you ship internationally?
How do I export my data?
How can I upgrade to the premium plan?
What is an API key?
""".splitlines()
"""They only sound like it, or fix the time themselves."""


@pytest.mark.parametrize("text", STALE)
def test_what_changes_by_itself_depends_on_the_time(text: str) -> None:
    assert time_dependence(text)


@pytest.mark.parametrize("text", LASTING)
def test_what_lasts_does_not_depend_on_the_time(text: str) -> None:
    assert time_dependence(text) == ""


@pytest.mark.parametrize("year", [1997, 2014, 2025])
def test_a_past_year_fixes_what_a_later_one_leaves_open(year: int) -> None:
    assert time_dependence(f"What was the weather in Rome on 3 May {year}?") == ""
    assert time_dependence("What was the weather in Rome on 3 May 2087?")
    assert time_dependence(f"What is the weather today, and in {year}?")


def test_a_time_told_by_the_way_is_not_asked_about() -> None:
    assert time_dependence("My card was declined yesterday. How do I unblock a card?") == ""
    assert time_dependence("My card was declined yesterday. What was the exchange rate?")
