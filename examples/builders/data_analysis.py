"""An analyst with a SQL tool. The database is real: it is made here in memory, and every result comes out of it."""

from __future__ import annotations

import datetime as dt
import random
import sqlite3
from typing import Any

from .schema import flag, integer, many, maybe, text, tool
from .session import Conversation, Session, prompt

TOOLS = [
    tool(
        "describe_tables",
        "Describe tables: columns, types, meaning, number of rows, three sample rows.",
        tables=maybe(many(text("Table name."), "Only these; all unless told.")),
    ),
    tool(
        "run_sql",
        "Run one SELECT statement. Returns the rows as a JSON array of records.",
        statement=text("The statement, SQLite dialect."),
        max_rows=maybe(integer("Cut the result here.", minimum=1, maximum=500)),
        explain=maybe(flag("Return the query plan instead of rows.")),
    ),
    tool(
        "save_result",
        "Keep a result under a name, for the report of the week.",
        name=text("Name in lower case with underscores.", pattern="^[a-z_]+$"),
        statement=text("Statement that makes the result."),
        note=text("How to read it."),
    ),
]
TABLES = """\
CREATE TABLE stations (station_id TEXT PRIMARY KEY, name TEXT, district TEXT, docks INTEGER, opened_on TEXT);
CREATE TABLE bikes (bike_id INTEGER PRIMARY KEY, model TEXT, in_service INTEGER);
CREATE TABLE trips (trip_id INTEGER PRIMARY KEY, bike_id INTEGER, rider_kind TEXT, start_station TEXT,
    end_station TEXT, started_at TEXT, ended_at TEXT, price_cents INTEGER);
CREATE TABLE repairs (repair_id INTEGER PRIMARY KEY, bike_id INTEGER, reported_at TEXT, part TEXT, cost_cents INTEGER);
"""
MEANING = {
    "stations": "Where bikes are taken and returned. One row a station.",
    "bikes": "All bikes that were ever bought. in_service is 0 or 1.",
    "trips": "One row a trip, also unfinished ones (ended_at is null).",
    "repairs": "One row a repair. Cost without working time.",
}
DISTRICTS = {
    "Harbour": ["Fish Quay", "Customs House", "Ferry North", "Ropewalk", "Old Crane", "Pilot Stairs"],
    "Old Town": ["Mint Square", "St. Olaf", "Tanner Lane", "Town Hall", "Grain Market", "Theatre"],
    "Hill": ["Observatory", "Upper School", "Water Tower", "Vineyard", "Chapel Road", "Quarry"],
    "University": ["Library", "Physics", "Dormitory West", "Canteen", "Botanic Garden", "Sports Hall"],
}
COUNTED = (
    "ended_at IS NOT NULL AND rider_kind <> 'staff' AND strftime('%s', ended_at) - strftime('%s', started_at) >= 60"
)
FLOW = f"""\
WITH counted AS (SELECT * FROM trips WHERE {COUNTED} AND started_at >= '2025-01-13' AND started_at < '2025-01-27'),
outgoing AS (SELECT start_station AS station_id, COUNT(*) AS departures FROM counted GROUP BY 1),
incoming AS (SELECT end_station AS station_id, COUNT(*) AS arrivals FROM counted GROUP BY 1)
SELECT s.station_id, s.name, s.district, s.docks, departures, arrivals, arrivals - departures AS surplus
FROM stations s JOIN outgoing USING (station_id) JOIN incoming USING (station_id) ORDER BY surplus, s.station_id"""
HILL_HOURS = f"""\
SELECT CAST(strftime('%H', t.started_at, '+1 hour') AS INTEGER) AS local_hour, COUNT(*) AS departures
FROM trips t JOIN stations s ON s.station_id = t.start_station
WHERE s.district = 'Hill' AND {COUNTED} AND t.started_at >= '2025-01-13' AND t.started_at < '2025-01-27'
GROUP BY 1 ORDER BY 1"""
REVENUE = f"""\
SELECT date(t.started_at, '+1 hour', 'weekday 0', '-6 days') AS week_from, t.rider_kind, COUNT(*) AS trips,
    SUM(price_cents) AS revenue_cents, CAST(AVG(price_cents) AS INTEGER) AS mean_cents
FROM trips t WHERE {COUNTED} GROUP BY 1, 2 ORDER BY 1, 2"""
REPAIRS = """\
SELECT b.model, COUNT(DISTINCT b.bike_id) AS bikes, COUNT(r.repair_id) AS repairs, SUM(r.cost_cents) AS cost_cents,
    SUM(r.part = 'brake') AS brakes, SUM(r.part = 'chain') AS chains, SUM(r.part = 'battery') AS batteries
FROM bikes b LEFT JOIN repairs r USING (bike_id) GROUP BY 1 ORDER BY cost_cents DESC"""
PER_HOUR = f"""\
WITH use AS (SELECT bike_id, SUM(strftime('%s', ended_at) - strftime('%s', started_at)) AS seconds
    FROM trips WHERE {COUNTED} GROUP BY 1),
cost AS (SELECT bike_id, COUNT(*) AS repairs, SUM(cost_cents) AS cents FROM repairs GROUP BY 1)
SELECT b.model, SUM(u.seconds) / 3600 AS hours, SUM(c.repairs) AS repairs,
    SUM(c.cents) * 3600 / SUM(u.seconds) AS cents_per_hour
FROM bikes b JOIN use u USING (bike_id) LEFT JOIN cost c USING (bike_id) GROUP BY 1 ORDER BY cents_per_hour DESC"""
WORST = """\
SELECT r.bike_id, b.model, r.part, r.reported_at, r.cost_cents FROM repairs r JOIN bikes b USING (bike_id)
WHERE r.bike_id IN (SELECT bike_id FROM repairs GROUP BY 1 ORDER BY COUNT(*) DESC, bike_id LIMIT 6)
ORDER BY r.bike_id, r.reported_at LIMIT 50"""


def database() -> sqlite3.Connection:
    """Four weeks of trips in January 2025, the same every time."""
    chance = random.Random(24)
    db = sqlite3.connect(":memory:")
    db.row_factory = sqlite3.Row
    db.executescript(TABLES)
    names = [(name, district) for district, stations in DISTRICTS.items() for name in stations]
    stations = [f"S{number:02}" for number in range(1, 25)]
    for number, (name, district) in enumerate(names):
        opened = f"20{18 + number % 6}-0{1 + number % 9}-01"
        row = (stations[number], name, district, 10 + 2 * int(chance.random() * 8), opened)
        db.execute("INSERT INTO stations VALUES (?, ?, ?, ?, ?)", row)
    for bike in range(1, 121):
        model = ("Classic 3", "Classic 5", "Volt 1")[bike % 3]
        db.execute("INSERT INTO bikes VALUES (?, ?, ?)", (bike, model, int(chance.random() > 0.08)))
    begin = dt.datetime(2025, 1, 6, 4, 0)
    for trip in range(1, 6001):
        start = begin + dt.timedelta(seconds=int(chance.random() * 28 * 86400))
        downhill = 5 <= start.hour <= 9 and chance.random() < 0.5
        origin = 12 + int(chance.random() * 6) if downhill else int(chance.random() * 24)
        goal = int(chance.random() * 24) if not downhill else int(chance.random() * 12)
        seconds = 45 + int(chance.random() ** 2 * 3600)
        kind = ("member", "member", "single", "single", "staff")[int(chance.random() * 4.4)]
        price = {"member": 0, "single": 100, "staff": 0}[kind] + 12 * (seconds // 60) * (kind != "staff")
        end = None if chance.random() < 0.01 else str(start + dt.timedelta(seconds=seconds))
        row = (trip, 1 + int(chance.random() * 120), kind, stations[origin], stations[goal], str(start), end, price)
        db.execute("INSERT INTO trips VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
    for repair in range(1, 261):
        bike = 1 + int(chance.random() ** 1.4 * 120)
        electric = bike % 3 == 2
        part = ("brake", "chain", "tyre", "light", "battery" if electric else "lock")[int(chance.random() * 5)]
        cost = {"brake": 1850, "chain": 2400, "tyre": 1600, "light": 950, "battery": 18900, "lock": 3100}[part]
        at = str(begin + dt.timedelta(seconds=int(chance.random() * 28 * 86400)))
        db.execute("INSERT INTO repairs VALUES (?, ?, ?, ?, ?)", (repair, bike, at, part, cost))
    return db


class Analyst:
    """Runs the statements of the conversation."""

    def __init__(self, chat: Conversation, db: sqlite3.Connection) -> None:
        self.chat = chat
        self.db = db

    def rows(self, statement: str) -> list[dict[str, Any]]:
        """The result as records."""
        return [dict(row) for row in self.db.execute(statement)]

    def describe(self, say: str) -> None:
        """The whole schema; the same text every time."""
        described = [
            {
                "table": table,
                "meaning": meaning,
                "rows": self.rows(f"SELECT COUNT(*) AS n FROM {table}")[0]["n"],
                "columns": [
                    {"name": column["name"], "type": column["type"], "key": bool(column["pk"])}
                    for column in self.rows(f"PRAGMA table_info({table})")
                ],
                "sample": self.rows(f"SELECT * FROM {table} ORDER BY 1 LIMIT 3"),
            }
            for table, meaning in MEANING.items()
        ]
        self.chat.call("describe_tables", described, say=say)

    def run(self, statement: str, say: str | None = None) -> list[dict[str, Any]]:
        """One statement; the rows also go into the conversation."""
        rows = self.rows(statement)
        self.chat.call("run_sql", rows, say=say, statement=statement)
        return rows


def euros(cents: int) -> str:
    """Cents as euros with two decimals."""
    return f"{cents // 100:,}.{cents % 100:02} EUR"


def build() -> list[Session]:
    """One session of seventeen requests about stations, revenue and repairs."""
    chat = Conversation(
        session_id="data-analysis-001",
        tenant="velobay",
        model="gpt-4.1",
        tools=TOOLS,
        task={"questions": ["Which stations run empty?", "How did revenue develop?", "Which model costs most?"]},
    )
    chat.system(prompt("data_analysis.md"))
    analyst = Analyst(chat, database())
    stations(analyst)
    revenue(analyst)
    repairs(analyst)
    analyst.db.close()
    return [chat.session()]


def stations(analyst: Analyst) -> None:
    """Where bikes are missing, and when."""
    chat = analyst.chat
    chat.user(
        "Which stations run empty, and when? Weeks of 13 and 20 January are enough. We can move bikes once a day."
    )
    analyst.describe("The schema first.")
    flow = analyst.run(FLOW)
    hours = analyst.run(
        HILL_HOURS, "The stations at the top of the list are on the Hill. At what hour do bikes leave there?"
    )
    peak = max(hours, key=lambda row: row["departures"])
    worst, second = flow[0], flow[1]
    chat.say(
        f"Stations on the Hill lose bikes: {worst['name']} ({worst['station_id']}) has {worst['departures']} "
        f"departures and {worst['arrivals']} arrivals in the two weeks, {second['name']} {second['departures']} and "
        f"{second['arrivals']}. Most bikes leave there at {peak['local_hour']}:00 local time ({peak['departures']} "
        "departures in the hour, all Hill stations). Counted: finished trips of at least a minute, without staff. It "
        "would be wrong if vans moved bikes in these weeks; the tables do not show that."
    )
    chat.needs(worst["name"], second["name"])
    chat.user("When should the van come, then? One time a day, and from which stations should it take them?")
    analyst.run(FLOW.replace("ORDER BY surplus, s.station_id", "ORDER BY surplus DESC, s.station_id LIMIT 6"))
    full = analyst.rows(FLOW)[-1]
    chat.say(
        f"Before the rush, so at 5:00 local time, or late in the evening before. Take from {full['name']} "
        f"({full['station_id']}), which gained {full['surplus']} bikes in two weeks, and from its neighbours in the "
        f"list, and bring them to {worst['name']} and {second['name']}. Computed as arrivals minus departures; docks "
        "that were full turn riders away and would hide a part of it."
    )


def revenue(analyst: Analyst) -> None:
    """By week and kind of rider; the surprise is checked in another way."""
    chat = analyst.chat
    chat.user("Thanks. Next: how did revenue develop by week, members and single riders apart?")
    analyst.describe("The schema again, it changes without notice.")
    weeks = analyst.run(REVENUE)
    check = (
        f"SELECT rider_kind, SUM(price_cents) AS revenue_cents, COUNT(*) AS trips FROM trips WHERE {COUNTED} GROUP BY 1"
    )
    totals = analyst.run(
        check, "The last week is shorter than the others; the sum over all weeks must agree with a plain one."
    )
    lines = [
        f"- week from {row['week_from']}, {row['rider_kind']}: {euros(row['revenue_cents'])} from {row['trips']} trips"
        for row in weeks
    ]
    chat.say(
        "\n".join(lines)
        + f"\n\nTogether {euros(sum(row['revenue_cents'] for row in totals))}, the same by week and in one sum. Weeks "
        "begin on Monday, local time. The last week holds only the hours up to Monday morning; do not read it as a "
        "drop."
    )
    chat.needs(weeks[0]["week_from"])
    chat.user("Keep that for the report of the week please.")
    chat.call(
        "save_result",
        {"name": "revenue_by_week", "id": "RES-01841", "rows": len(weeks), "expires": None},
        name="revenue_by_week",
        statement=REVENUE,
        note="Finished trips of at least a minute, without staff; cents; weeks begin on Monday, local time.",
    )
    chat.say("Kept as revenue_by_week (RES-01841). It is computed anew each time the report opens it.")
    chat.needs("RES-01841")


def repairs(analyst: Analyst) -> None:
    """Cost by model, then by hour of use, then the worst bikes one by one."""
    chat = analyst.chat
    chat.user("Last one. Which model costs us most in repairs, fairly compared? Is it a few bad bikes or all of them?")
    analyst.describe("The schema once more before new tables.")
    analyst.run(REPAIRS)
    hourly = analyst.run(PER_HOUR, "A fair comparison needs the use: cost by hour ridden.")
    listed = analyst.run(WORST, "And the bikes with the most repairs, one by one.")
    worst = hourly[0]
    models = sorted({row["model"] for row in listed})
    bikes = sorted({row["bike_id"] for row in listed})
    chat.say(
        f"{worst['model']}: {euros(worst['cents_per_hour'])} of parts for each hour ridden, against "
        f"{euros(hourly[1]['cents_per_hour'])} for {hourly[1]['model']} and {euros(hourly[2]['cents_per_hour'])} for "
        f"{hourly[2]['model']} ({worst['hours']} hours, {worst['repairs']} repairs). It is the price of the battery "
        f"and not the number of repairs. The six bikes with the most repairs ({', '.join(map(str, bikes))}) are of the "
        f"models {', '.join(models)}. Working time is not in the costs; bikes without a trip are left out."
    )
    chat.needs(worst["model"])
