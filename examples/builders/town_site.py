"""A web editor whose tools stand in the system text; calls are XML, results come back as user messages."""

from __future__ import annotations

from .schema import flag, many, maybe, one_of, text, tool
from .session import Conversation, Session, pretty, prompt

PATH = text("Path from the root of the site, for example events/2025-10-18-book-repair.md.")
TOOLS = [
    tool(
        "list_files",
        "List files of the site with size and time of the last change.",
        folder=text("Folder, for example events; a dot for the root."),
        drafts=maybe(flag("Drafts too; false unless told.")),
    ),
    tool("read_page", "Read a file of the site as it is.", path=PATH),
    tool("write_page", "Write a whole file. An existing file is replaced.", path=PATH, content=text("The whole text.")),
    tool(
        "replace_text",
        "Replace a passage that occurs once in a file.",
        path=PATH,
        old=text("The passage as it stands there."),
        new=text("What to put in its place."),
    ),
    tool(
        "check_page",
        "Check head, links, headings, dates and spelling of pages.",
        paths=many(text("Path of a page."), "The pages to check.", minItems=1),
        level=maybe(one_of("How strict.", "errors", "warnings", "everything")),
    ),
    tool(
        "search_site",
        "Search the text of all pages, drafts included.",
        query=text("Words; quotes keep them together."),
        folder=maybe(text("Only below this folder.")),
    ),
    tool(
        "find_room",
        "Say whether a room of the library is free, from the booking system.",
        room=one_of("The room.", "Harbour Room", "Attic", "Workshop", "Reading Hall"),
        date=text("Day as year-month-day.", format="date"),
        start=text("Beginning, hours and minutes with a colon."),
        end=text("End, hours and minutes with a colon."),
    ),
    tool(
        "request_review",
        "Ask a person of the library to read the changes. Ends the task.",
        reviewer=text("Short name of the person, see data/people.json."),
        paths=many(text("Path of a changed file."), "What was changed."),
        note=text("What changed and what to look at."),
    ),
]

FRONT = """\
---
title: Aldersund Library
layout: front
updated: 2025-09-01
draft: false
---

# Welcome

The library at the old fish market: 62,000 books, a workshop, four rooms and a view of the ferry.

## Open

| day | Fish Market | Hill branch |
|---|---|---|
| Monday | closed | closed |
| Tuesday to Thursday | 10:00 - 19:00 | 13:00 - 18:00 |
| Friday | 10:00 - 18:00 | closed |
| Saturday | 10:00 - 15:00 | 10:00 - 13:00 |
| Sunday | closed | closed |

## Next events

- [Book repair for beginners](events/2025-10-18-book-repair.md), Saturday, 18 October 2025, 10:30
- [Reading group: The Salt Road](events/2025-10-23-salt-road.md), Thursday, 23 October 2025, 18:00

## New here?

A card costs nothing for people who live in the municipality. Bring something with your name and your street.
"""
HOURS = {
    "valid_from": "2025-09-01",
    "branches": [
        {
            "id": branch,
            "name": name,
            "phone": phone,
            "week": [
                {"day": day, "open": None if h is None else h[0], "close": None if h is None else h[1]}
                for day, h in week
            ],
            "exceptions": [{"date": "2025-12-24", "open": None, "close": None, "reason": "Christmas Eve"}],
        }
        for branch, name, phone, week in [
            (
                "fish-market",
                "Fish Market",
                "555 01 40",
                [
                    ("monday", None),
                    *[(day, ("10:00", "19:00")) for day in ("tuesday", "wednesday", "thursday")],
                    ("friday", ("10:00", "18:00")),
                    ("saturday", ("10:00", "15:00")),
                    ("sunday", None),
                ],
            ),
            (
                "hill",
                "Hill branch",
                "555 01 47",
                [
                    ("monday", None),
                    *[(day, ("13:00", "18:00")) for day in ("tuesday", "wednesday", "thursday")],
                    ("friday", None),
                    ("saturday", ("10:00", "13:00")),
                    ("sunday", None),
                ],
            ),
        ]
    ],
}
HILL = """\
---
title: Hill branch
layout: branch
updated: 2025-09-01
draft: false
---

# Hill branch

Above the school, bus 4 to *Klokkergata*. Step-free entrance on the garden side.

Open Tuesday to Thursday 13:00 - 18:00 and Saturday 10:00 - 13:00.

## What is here

Picture books, comics, the seed library (bring back what you harvest) and six places to work. Questions: Maren Aasen,
555 01 47.
"""
SALT_ROAD = """\
---
title: "Reading group: The Salt Road"
layout: event
date: 2025-10-23
start: "18:00"
end: "19:30"
room: Harbour Room
contact: oddvar
draft: false
---

We read *The Salt Road* to the end of part two. Newcomers are welcome, also those who have not read a page.

Coffee from 17:45. The book is there in eleven copies, four of them in large print; ask at the desk.
"""
LANTERNS = """\
---
title: Paper lanterns for the ferry night
layout: event
date: 2025-11-07
start: "16:30"
end: "18:00"
room: Workshop
contact: maren
draft: false
---

We fold and glue lanterns that are carried to the ferry on Saturday. Paper, glue and wire are there; bring a jam jar.

For everybody from six years on, children below ten with a grown-up. Sixteen places, ask at the desk or call 555 01 47.
"""
PEOPLE = [
    {"short": short, "name": name, "does": does, "reviews": reviews}
    for short, name, does, reviews in [
        ("oddvar", "Oddvar Lien", "reading groups, loans between libraries", ["events"]),
        ("maren", "Maren Aasen", "Hill branch, children, workshop", ["branches", "events"]),
        ("sunniva", "Sunniva Berg", "head of the library", ["hours", "front", "branches"]),
        ("ask", "Ask Dahl", "website, computers", ["layout", "data"]),
    ]
]


class TextAgent:
    """Writes calls and results the way this agent's protocol has them."""

    def __init__(self, chat: Conversation) -> None:
        self.chat = chat

    def call(self, say: str, name: str, result: object, **parameters: object) -> None:
        """An answer that ends with a call, then its result as a user message."""
        lines = [
            f'<parameter name="{key}">{value if isinstance(value, str) else pretty(value)}</parameter>'
            for key, value in parameters.items()
        ]
        block = "\n".join(["<function_calls>", f'<invoke name="{name}">', *lines, "</invoke>", "</function_calls>"])
        self.chat.say(f"{say}\n\n{block}")
        content = result if isinstance(result, str) else pretty(result)
        self.chat.observe(f'<function_results>\n<result name="{name}">\n{content}\n</result>\n</function_results>')


def system() -> str:
    """The rules and, pretty-printed, the functions."""
    blocks = [f"```json\n{pretty(each['function'])}\n```" for each in TOOLS]
    return "\n\n".join([prompt("town_site.md"), *blocks])


def build() -> list[Session]:
    """One session of seventeen requests without a native tool."""
    chat = Conversation(
        session_id="town-site-001",
        tenant="aldersund",
        model="claude-sonnet-4-5",
        task={"instructions": "New Thursday hours of the Hill branch from November, and a new event on 7 November."},
    )
    chat.system(system())
    chat.user(
        "Hello! Two things for the site. 1) From 1 November the Hill branch is open until 20:00 on Thursdays. 2) "
        "Please announce the lantern workshop: Friday 7 November, 16:30 to 18:00, in the Workshop if it is free, 16 "
        "places, from six years on. Maren runs it. Bring a jam jar."
    )
    agent = TextAgent(chat)
    look(agent)
    change(agent)
    hand_over(agent)
    chat.needs("branches/hill.md", "WB-20331", "13:00 - 18:00", "555 01 47", "sunniva")
    chat.needs("2025-10-23-salt-road.md", "contact: ")
    return [chat.session()]


def look(agent: TextAgent) -> None:
    """Find all places where the hours stand and how an event is written."""
    agent.call(
        "The hours stand in several places. I look for all of them first.",
        "search_site",
        {
            "query": '"Hill branch"',
            "hits": [
                {"path": "index.md", "line": 14, "text": "| day | Fish Market | Hill branch |", "draft": False},
                {"path": "branches/hill.md", "line": 2, "text": "title: Hill branch", "draft": False},
                {"path": "branches/hill.md", "line": 8, "text": "# Hill branch", "draft": False},
                {"path": "data/hours.json", "line": 56, "text": '"name": "Hill branch",', "draft": False},
                {"path": "events/2025-04-05-seeds.md", "line": 9, "text": "Seeds at the Hill branch", "draft": True},
                {
                    "path": "news/2025-09-01-autumn-hours.md",
                    "line": 12,
                    "text": "Hill branch: as before",
                    "draft": False,
                },
            ],
        },
        query='"Hill branch"',
    )
    agent.call("The front page:", "read_page", FRONT, path="index.md")
    agent.call("The page of the branch:", "read_page", HILL, path="branches/hill.md")
    agent.call(
        "And the data file, from which the door display is fed:", "read_page", pretty(HOURS), path="data/hours.json"
    )
    names = [
        "2025-10-18-book-repair.md",
        "2025-10-23-salt-road.md",
        "2025-11-15-winter-tyres.md",
        "2025-04-05-seeds.md",
    ]
    agent.call(
        "Now the events, to write the new one like the others.",
        "list_files",
        [
            {"path": f"events/{name}", "bytes": 612 + 41 * index, "changed": f"2025-10-0{index + 1}T09:12:00Z"}
            for index, name in enumerate(names)
        ],
        folder="events",
        drafts=True,
    )
    agent.call("A typical one:", "read_page", SALT_ROAD, path="events/2025-10-23-salt-road.md")
    agent.call(
        "Is the Workshop free, with half an hour before and after?",
        "find_room",
        {
            "room": "Workshop",
            "date": "2025-11-07",
            "free": True,
            "hold": {"id": "WB-20331", "until": "2025-10-21T12:00:00Z"},
            "neighbours": [{"start": "09:00", "end": "12:00", "title": "Sewing circle"}],
            "notes": "Glue guns are in cupboard 3, key at the desk.",
        },
        room="Workshop",
        date="2025-11-07",
        start="16:00",
        end="18:30",
    )


def change(agent: TextAgent) -> None:
    """Three places for the hours, a new event, everything read again."""
    row = "| Tuesday to Thursday | 10:00 - 19:00 | 13:00 - 18:00 |\n"
    rows = "| Tuesday, Wednesday | 10:00 - 19:00 | 13:00 - 18:00 |\n| Thursday | 10:00 - 19:00 | 13:00 - 20:00 |\n"
    agent.call(
        "Free, and held as WB-20331. First the table on the front page: Thursday gets a line of its own.",
        "replace_text",
        {"path": "index.md", "replaced": 1, "draft_of_change": "CH-1107"},
        path="index.md",
        old=row,
        new=rows,
    )
    agent.call(
        "The page of the branch.",
        "replace_text",
        {"path": "branches/hill.md", "replaced": 1, "draft_of_change": "CH-1107"},
        path="branches/hill.md",
        old="Open Tuesday to Thursday 13:00 - 18:00 and Saturday 10:00 - 13:00.",
        new="Open Tuesday and Wednesday 13:00 - 18:00, Thursday 13:00 - 20:00 and Saturday 10:00 - 13:00.",
    )
    thursday = (
        '        {\n          "day": "thursday",\n          "open": "13:00",\n          "close": "18:00"\n        }'
    )
    agent.call(
        "The data file. Only the Hill branch opens at 13:00 on Thursdays, so the passage occurs once.",
        "replace_text",
        {"path": "data/hours.json", "replaced": 1, "draft_of_change": "CH-1107"},
        path="data/hours.json",
        old=thursday,
        new=thursday.replace("18:00", "20:00"),
    )
    agent.call(
        "Now the event, with the same head as the others and the phone number of the Hill branch, where Maren sits.",
        "write_page",
        {"path": "events/2025-11-07-paper-lanterns.md", "bytes": len(LANTERNS), "draft_of_change": "CH-1107"},
        path="events/2025-11-07-paper-lanterns.md",
        content=LANTERNS,
    )
    checked = ["index.md", "branches/hill.md", "events/2025-11-07-paper-lanterns.md"]
    agent.call(
        "Checking all three pages.",
        "check_page",
        {
            "checked": 3,
            "errors": [],
            "warnings": [
                {"path": "index.md", "line": 4, "text": "field updated is older than the change"},
                {"path": "branches/hill.md", "line": 4, "text": "field updated is older than the change"},
            ],
        },
        paths=checked,
        level="warnings",
    )


def hand_over(agent: TextAgent) -> None:
    """A question to the person, the same page again, the reviewer from a file."""
    agent.chat.say(
        "Both are written. One thing before I pass it on: the pages show one table of hours for today and for November "
        'alike, so the new Thursday would be seen from the day of publishing. Shall I add "from 1 November" '
        "on both pages, or should it be published on 1 November?"
    )
    agent.chat.user(
        "Good catch. Publish on 1 November, no sentence. The event may go online now. And who has to read it?"
    )
    agent.call("The people and what they review:", "read_page", pretty(PEOPLE), path="data/people.json")
    changed = HILL.replace(
        "Open Tuesday to Thursday 13:00 - 18:00 and",
        "Open Tuesday and Wednesday 13:00 - 18:00, Thursday 13:00 - 20:00 and",
    )
    agent.call(
        "Hours and branches are read by sunniva. I look at the branch page once more as it will be published.",
        "read_page",
        changed,
        path="branches/hill.md",
    )
    agent.call(
        "That is as wanted.",
        "request_review",
        {"review": "RV-482", "reviewer": "sunniva", "state": "asked"},
        reviewer="sunniva",
        paths=["index.md", "branches/hill.md", "data/hours.json", "events/2025-11-07-paper-lanterns.md"],
        note=(
            "Hill branch, Thursday until 20:00: please publish on 1 November, not before. The lantern event may go "
            "online now; the Workshop is held as WB-20331 until 21 October and must be confirmed."
        ),
    )
    agent.chat.say(
        "Sunniva has it (RV-482): the hours to be published on 1 November, the lantern workshop now. She must confirm "
        "the room before 21 October, 12:00 UTC, because the hold WB-20331 ends then."
    )
