"""Words for numbers, units and currencies."""

from __future__ import annotations

from typing import NamedTuple

from trimtab.semantic_cache.guards.lexicon import listed

_SMALL = listed(
    """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen"""
)
_TENS = listed("twenty thirty forty fifty sixty seventy eighty ninety")

CARDINALS: dict[str, int] = {
    **{word: at for at, word in enumerate(_SMALL)},
    **{word: 10 * at for at, word in enumerate(_TENS, 2)},
    "fourty": 40,
    "ninty": 90,
    "nought": 0,
}

_ORDINALS = listed(
    """first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth
    fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"""
)
ORDINALS: dict[str, int] = {
    **{word: at for at, word in enumerate(_ORDINALS, 1)},
    **{word[:-1] + "ieth": 10 * at for at, word in enumerate(_TENS, 2)},
    "hundredth": 100,
    "thousandth": 1000,
}

MAGNITUDES: dict[str, int] = {
    "hundred": 10**2,
    "dozen": 12,
    "thousand": 10**3,
    "k": 10**3,
    "lakh": 10**5,
    "lakhs": 10**5,
    "lac": 10**5,
    "lacs": 10**5,
    "mn": 10**6,
    "mil": 10**6,
    "mio": 10**6,
    "million": 10**6,
    "millions": 10**6,
    "crore": 10**7,
    "crores": 10**7,
    "cr": 10**7,
    "bn": 10**9,
    "billion": 10**9,
    "billions": 10**9,
    "trillion": 10**12,
}

ROMAN: dict[str, int] = {
    word: at
    for at, word in enumerate(listed("II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI XVII XVIII XIX XX"), 2)
    if len(word) > 1
}


class Unit(NamedTuple):
    """A unit by its dimension and by how many of the dimension's base units it has."""

    dimension: str
    factor: float
    name: str


_UNITS = (
    # length in metres
    "length 1000 km kms kilometre kilometer kilometres kilometers",
    "length 1 metre meter metres meters m",
    "length 0.01 cm cms centimetre centimeter centimetres centimeters",
    "length 0.001 mm millimetre millimeter millimetres millimeters",
    "length 1609.344 mile miles mi",
    "length 1852 nmi",
    "length 0.9144 yard yards yd yds",
    "length 0.3048 foot feet ft",
    "length 0.0254 inch inches",
    # mass in grams
    "mass 1000 kg kgs kilo kilos kilogram kilograms kilogramme kilogrammes",
    "mass 1 gram grams gm gms g gramme grammes",
    "mass 0.001 mg milligram milligrams",
    "mass 0.000001 mcg microgram micrograms",
    "mass 1000000 tonne tonnes",
    "mass 907184.74 ton tons",
    "mass 453.59237 lb lbs",
    "mass 28.349523125 ounce ounces oz",
    "mass 6350.29318 stone stones",
    # volume in litres
    "volume 1 litre liter litres liters ltr",
    "volume 0.001 ml millilitre milliliter millilitres milliliters",
    "volume 3.785411784 gallon gallons",
    "volume 0.473176473 pint pints",
    "volume 0.946352946 quart quarts",
    "volume 0.236588237 cup cups",
    "volume 0.0147867648 tablespoon tablespoons tbsp",
    "volume 0.00492892159 teaspoon teaspoons tsp",
    # durations: seconds; months have a dimension of their own, for they have no fixed length
    "duration 0.001 ms millisecond milliseconds",
    "duration 1 second seconds sec secs",
    "duration 60 minute minutes min mins",
    "duration 3600 hour hours hr hrs h",
    "duration 86400 day days",
    "duration 604800 week weeks wk wks",
    "duration 1209600 fortnight fortnights",
    "months 1 month months",
    "months 12 year years yr yrs annum",
    "months 120 decade decades",
    "months 1200 century centuries",
    # data in bytes
    "data 1000 kb kilobyte kilobytes",
    "data 1000000 mb megabyte megabytes",
    "data 1000000000 gb gigabyte gigabytes gigs",
    "data 1000000000000 tb terabyte terabytes",
    "data 1 byte bytes",
    "data 0.125 bit bits",
    "rate 1000 kbps",
    "rate 1000000 mbps",
    "rate 1000000000 gbps",
    # others
    "speed 1 kmh kph kmph",
    "speed 1.609344 mph",
    "celsius 1 celsius",
    "fahrenheit 1 fahrenheit",
    "kelvin 1 kelvin",
    "area 1 acre acres",
    "area 2.47105381 hectare hectares",
    "energy 1 calorie calories kcal",
    "power 1 watt watts",
    "power 1000 kw kilowatt kilowatts",
    "power 745.7 hp horsepower",
    "work 1 kwh",
    "volts 1 volt volts",
    "hertz 1 hz hertz",
    "hertz 1000000 mhz",
    "hertz 1000000000 ghz",
    "percent 1 percent percentage pct",
    # money
    "usd 1 usd dollar dollars buck bucks",
    "usd 0.01 cent cents",
    "eur 1 eur euro euros",
    "gbp 1 gbp sterling",
    "gbp 0.01 pence",
    "inr 1 inr rs rupee rupees",
    "jpy 1 jpy yen",
    "cny 1 cny rmb yuan",
    "krw 1 krw",
    "sek 1 sek krona kronor",
    "nok 1 nok",
    "mxn 1 mxn peso pesos",
    "zar 1 zar rand",
    "aed 1 aed dirham dirhams",
    "kwd 1 kwd dinar dinars",
    "chf 1 chf franc francs",
    "aud 1 aud",
    "cad 1 cad",
    "rub 1 rub ruble rubles rouble roubles",
    "btc 1 btc bitcoin bitcoins",
    "pound 1 pound pounds",
)

UNITS: dict[str, Unit] = {
    name: Unit(fields[0], float(fields[1]), fields[2])
    for fields in (line.split() for line in _UNITS)
    for name in fields[2:]
}

MONEY = frozenset(listed("usd eur gbp inr jpy cny krw chf aud cad rub btc pound sek nok mxn zar aed kwd"))
SIGNS = {"$": "usd", "€": "eur", "£": "gbp", "₹": "inr", "¥": "jpy", "₽": "rub", "₩": "krw", "₿": "btc"}
CODES_BEFORE = frozenset(listed("usd eur gbp inr rs jpy cny chf aud cad rub"))
"""Currency words that may stand before the amount."""

ATTACHED = frozenset(
    listed(
        """km kms m cm mm kg kgs g gm gms mg mcg lb lbs oz ml ltr ft mi yd min mins hr hrs sec secs ms day days
        kb mb gb tb mbps gbps kbps kmh kph mph hz mhz ghz kw kwh hp yr yrs usd eur inr rs"""
    )
)
"""Units that may be written right behind the digits."""

AMBIGUOUS = frozenset(listed("second h m g l stone foot pound min mi mil cup bit point mb mass sec hp"))
"""Units that are other words too: without a number beside them they say nothing."""
