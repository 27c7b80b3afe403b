"""A research agent that searches and reads in parallel; results are large, and some pages are read twice."""

from __future__ import annotations

from typing import Any

from .schema import integer, many, maybe, one_of, text, tool
from .session import Call, Conversation, Session, prompt

TOOLS = [
    tool(
        "search",
        "Search published studies, norms, statistics and trade journals.",
        query=text("What to look for, in English."),
        kinds=maybe(many(one_of("Kind.", "study", "norm", "statistics", "journal", "brochure"), "Only these kinds.")),
        from_year=maybe(integer("Leave out older sources.", minimum=1950)),
        limit=maybe(integer("Number of hits; 8 unless told.", minimum=1, maximum=20)),
    ),
    tool(
        "read_page",
        "Read a source in parts of about 900 words.",
        page=text("Page id of a hit, for example P-3107."),
        part=maybe(integer("Which part; 1 unless told.", minimum=1)),
    ),
    tool(
        "convert",
        "Convert a value between units.",
        value=text("Number with unit, for example 45 kBtu/ft2."),
        to=text("Unit that is wanted."),
    ),
]

HITS = {
    "field": [
        (
            "P-3107",
            "Heat pumps in 41 houses built before 1940: two winters of measurements",
            "study",
            2023,
            "public",
            0.94,
        ),
        ("P-2288", "Seasonal performance of air source units in retrofitted dwellings", "study", 2021, "public", 0.91),
        ("P-4410", "What installers get wrong: a review of 112 service reports", "journal", 2024, "association", 0.83),
        ("P-1975", "Old walls, new heat: a brochure for home owners", "brochure", 2022, "manufacturer", 0.71),
        ("P-3660", "Monitoring campaign Saimaa, final report", "study", 2022, "public", 0.88),
        ("P-1408", "Bivalent systems in listed buildings: six case reports", "journal", 2019, "public", 0.69),
        ("P-2871", "Calculated and measured heat loads of brick houses", "study", 2021, "association", 0.66),
        (
            "P-3999",
            "Electricity use of single houses by age and heating, yearly table",
            "statistics",
            2024,
            "public",
            0.61,
        ),
    ],
    "flow": [
        (
            "P-2954",
            "Flow temperatures in existing radiator systems, measured in 230 flats",
            "study",
            2020,
            "public",
            0.92,
        ),
        (
            "P-3107",
            "Heat pumps in 41 houses built before 1940: two winters of measurements",
            "study",
            2023,
            "public",
            0.86,
        ),
        ("P-0512", "Guideline for sizing radiators at low temperature", "norm", 2019, "association", 0.8),
        ("P-4410", "What installers get wrong: a review of 112 service reports", "journal", 2024, "association", 0.77),
        ("P-0990", "Balancing old radiator systems", "journal", 2018, "association", 0.7),
        ("P-3312", "Night setback and flow temperature", "study", 2023, "public", 0.64),
    ],
    "noise": [
        ("P-4122", "Sound of outdoor units in dense quarters, night measurements", "study", 2024, "public", 0.9),
        ("P-0733", "Assessment of neighbourhood noise, national annex", "norm", 2021, "association", 0.85),
        ("P-1975", "Old walls, new heat: a brochure for home owners", "brochure", 2022, "manufacturer", 0.52),
        ("P-4201", "Annoyance of pulsing sound from small machines", "study", 2024, "public", 0.5),
    ],
}
ABSTRACTS = {
    "P-3107": "Forty-one houses with solid brick or timber walls, 34 with old radiators, measured for two winters.",
    "P-2288": "Heat meters in 63 dwellings after partial retrofit; results by climate zone and emitter.",
    "P-4410": "Service reports of 112 sites with complaints, sorted by cause and by the cost of the remedy.",
    "P-1975": "An introduction for owners with examples and a checklist for the first talk with an installer.",
    "P-3660": "Nineteen detached houses at the lake, one cold and one mild winter, data set published.",
    "P-1408": "Boiler and heat pump side by side where walls must not be touched; switching points and costs.",
    "P-2871": "Calculated loads exceed measured ones by a third in the median, mostly because of assumed air change.",
    "P-3999": "Households by building age, heated area and main source of heat; weighted to the register.",
    "P-0990": "Duct, balance valve and pump: field notes on hydraulic balancing of radiator systems older than 1960.",
    "P-3312": "A simulation of setback at night and its effect on the highest flow temperature in the morning.",
    "P-4201": "Perceived annoyance of tonal and pulsing sound, 64 listeners, laboratory.",
    "P-2954": "Loggers on radiators and risers in 230 flats show which flow temperature was really needed.",
    "P-0512": "Calculation method for radiators at mean water temperatures between 30 and 55 degrees.",
    "P-4122": "Night measurements at 27 windows; effect of placement, mode and defrosting.",
    "P-0733": "Limits and penalties for tonal sound, with worked examples for technical equipment.",
}


def hits(topic: str, query: str) -> dict[str, Any]:
    """A search result as the index returns it, with more around it than anybody needs."""
    return {
        "query": query,
        "index": {"name": "tamm-library", "snapshot": "2025-10-01", "documents": 418822},
        "hits": [
            {
                "page": page,
                "title": title,
                "kind": kind,
                "year": year,
                "funding": funding,
                "score": score,
                "language": "en",
                "pages": 24 + int(page[-2:]) % 40,
                "url": f"https://library.tamm-rautio.example/{page.lower()}",
                "abstract": ABSTRACTS[page],
                "snippets": [
                    {"part": 1, "text": ABSTRACTS[page].split(",")[0] + " ..."},
                    {"part": 2, "text": "... see the section on results for numbers by climate zone ..."},
                ],
                "rights": {"read": True, "quote_words": 90, "print": False},
            }
            for page, title, kind, year, funding, score in HITS[topic]
        ],
        "suggestions": [],
        "took_ms": 41,
    }


def sections(name: str) -> list[tuple[str, str]]:
    """Headings and texts of a source, from `prompts/research_pages.md`."""
    pages = dict(part.split("\n\n", 1) for part in prompt("research_pages.md").removeprefix("# ").split("\n\n# "))
    parts = pages[name].removeprefix("## ").split("\n\n## ")
    return [(heading, words.strip()) for heading, words in (part.split("\n\n", 1) for part in parts)]


def page(name: str) -> dict[str, Any]:
    """A source as the reader returns it."""
    return {
        "page": name,
        "part": 1,
        "parts": 1,
        "sections": [
            {"heading": heading, "text": words, "figures": [], "notes": None} for heading, words in sections(name)
        ],
        "rights": {"read": True, "quote_words": 90, "print": False},
    }


def read(name: str) -> Call:
    """A call that reads a page."""
    return Call("read_page", {"page": name}, page(name))


def build() -> list[Session]:
    """One session of eight requests, five of them with calls side by side."""
    chat = Conversation(
        session_id="research-001",
        tenant="tamm-rautio",
        model="claude-sonnet-4-5",
        tools=TOOLS,
        task={"question": "Can a brick villa of 1911 be heated by an air source heat pump with its old radiators?"},
        call_prefix="toolu_01",
    )
    chat.system(prompt("research.md"))
    chat.user(
        "A client wants an air source heat pump in a brick villa of 1911, attic floor insulated, windows from 2009, "
        "old radiators. Heat load 11 kW at -22. What performance should we expect, which flow temperature, and is the "
        "courtyard (walls on two sides, neighbour at 6 m) a problem?"
    )
    field_query = "field measurements heat pump houses before 1940 old radiators seasonal performance"
    flow_query = "required flow temperature existing radiators measured"
    noise_query = "outdoor unit sound level courtyard night neighbour window"
    chat.calls(
        Call("search", {"query": field_query, "from_year": 2018}, hits("field", field_query)),
        Call("search", {"query": flow_query, "from_year": 2018}, hits("flow", flow_query)),
        Call("search", {"query": noise_query}, hits("noise", noise_query)),
        say="Three questions that do not depend on each other: performance, flow temperature, sound.",
    )
    chat.calls(read("P-3107"), read("P-2954"), read("P-4122"), say="The strongest source for each of them.")
    chat.calls(
        read("P-4410"),
        Call("search", {"query": field_query, "kinds": ["study"]}, hits("field", field_query)),
        say="A source for what goes wrong, and whether a second field study confirms the first.",
    )
    chat.call(
        "read_page",
        {"page": "P-2288", "error": "not available", "reason": "The publisher withdrew the reading licence in 2024."},
        say="P-2288 would be independent of P-3107.",
        page="P-2288",
    )
    chat.say(
        "It works, with one condition: the few radiators that are too small must be found and replaced. Expect a "
        "seasonal performance factor of about 2.9, and below 2.55 if the curve stays high.\n\n"
        "- Performance: median 2.91 over two winters for air units in 35 of 41 comparable houses, heater rod included; "
        "the lower quarter below 2.55 [P-3107, publicly funded].\n"
        "- Flow temperature at -10: median 47 degrees in those houses [P-3107]; 55 degrees were enough for 91 percent "
        "of 230 flats [P-2954]. The two differ in building type and method, both say that a handful of radiators sets "
        "the curve.\n"
        "- Sound: between two walls 5.2 dB more at the neighbour's window than in front of one wall; night mode takes "
        "3.8 dB and 27 percent of the heat [P-4122].\n\n"
        "Uncertain: houses above 16 kW are missing and owners volunteered [P-3107]; P-2288 could not be read, so the "
        "performance rests on one field study. To measure on site: radiators of bathroom and corner rooms, night level "
        "at the neighbour's window."
    )
    chat.user(
        "Good. The client asks what it would cost against ground source, and what installers usually get wrong, so "
        "that we can put it into the tender."
    )
    chat.calls(
        read("P-3107"),
        read("P-4410"),
        Call("convert", {"value": "7900 kWh", "to": "GJ"}, {"value": 28.44, "unit": "GJ", "input": "7900 kWh"}),
        say="Both stand in sources that I read before; I take the passages from there again.",
    )
    cost_query = "ground source heat pump drilling cost single house"
    nothing = {
        **hits("field", cost_query),
        "hits": [],
        "suggestions": ["borehole field cost", "geothermal single family"],
    }
    chat.calls(
        Call("search", {"query": cost_query, "from_year": 2021}, nothing),
        Call("search", {"query": noise_query}, hits("noise", noise_query)),
        say="A second source for the costs, and the norm for the sound clause.",
    )
    chat.say(
        "For the tender:\n\n"
        "- Costs, median before subsidies: 17,400 EUR (2022) for air and 29,800 EUR (2022) for ground source, "
        "radiators and electrical work included; ground reached 3.64 instead of 2.91, but in six houses only [P-3107]. "
        "No second source found.\n"
        "- Electricity: 7,900 kWh (28.44 GJ) a year in the median house [P-3107].\n"
        "- What goes wrong, of 112 complaints: curve never adjusted 38, no hydraulic balancing 21, oversized and "
        "cycling 17, hot water above 55 degrees 14, sound 9 [P-4410]. So ask for: two visits to adjust the curve in "
        "the first winter, balancing with a record, a heat load calculation by room, and sound at night assessed after "
        "P-0733."
    )
    chat.needs(
        "P-3107", "P-4122", "2.91", "2.55", "47 degrees", "91 percent", "5.2 dB", "17,400 EUR", "28.44", "P-0733"
    )
    return [chat.session()]
