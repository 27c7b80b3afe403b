"""The parts of the workbench's system prompt that a company would generate: register of services, alerts, tool forms."""

from __future__ import annotations

from typing import Any

from .schema import Schema
from .session import pretty

# name, what it is for, owner team, language, database, needs, usual replicas, requests a second, objective
SERVICES = """\
booking-api | Takes, changes and cancels bookings | freight | kotlin | bookings | quote-engine manifest-store identity | 12 | 410 | 99.95
quote-engine | Works out prices from tariffs, surcharges and contracts | freight | go | bookings | rates-sync pricing-model | 10 | 620 | 99.9
manifest-store | Keeps cargo manifests and their versions | freight | kotlin | bookings | audit-log | 6 | 180 | 99.95
rates-sync | Loads tariffs of carriers every hour | freight | python | bookings | partner-gateway | 2 | 4 | 99.0
pricing-model | Predicts spot prices for lanes | data | python | analytics | lake-loader | 4 | 95 | 99.0
customs-gateway | Files declarations with the authorities of 31 countries | customs | java | customs | document-render code-lists | 8 | 60 | 99.95
code-lists | Tariff numbers, reason codes, ports, checked every night | customs | python | customs | lake-loader | 2 | 140 | 99.9
document-render | Makes PDF and EDI documents | customs | go | none | manifest-store | 6 | 75 | 99.5
tracking-ingest | Takes events of vessels, trains and trucks | tracking | rust | tracking | partner-gateway geo | 14 | 2300 | 99.9
tracking-query | Answers where a container is | tracking | go | tracking | geo identity | 8 | 540 | 99.9
geo | Places, ports, routes and time zones | tracking | rust | none | code-lists | 4 | 900 | 99.9
eta-model | Predicts times of arrival | data | python | analytics | tracking-query | 4 | 120 | 99.0
web-portal | The site that customers work with | portal | typescript | none | booking-api tracking-query identity | 8 | 760 | 99.9
mobile-bff | Serves the app for drivers | portal | typescript | none | tracking-query booking-api | 4 | 210 | 99.5
notify | Mails, text messages and pushes | portal | elixir | bookings | identity | 4 | 85 | 99.5
partner-gateway | Lets forwarders and carriers connect, with limits for each key | platform | go | identity | identity audit-log | 10 | 1450 | 99.95
edge-proxy | First hop for all traffic, certificates and shifting | platform | rust | none | none | 12 | 5200 | 99.99
identity | Sign-in, roles, API keys | platform | java | identity | audit-log | 6 | 980 | 99.99
audit-log | Who did what and when, write once | platform | go | identity | none | 4 | 640 | 99.9
scheduler | Starts jobs by clock and by event | platform | elixir | bookings | identity | 3 | 12 | 99.5
invoice-run | Makes invoices on the first of a month and corrections daily | payments | kotlin | ledger | ledger-core document-render | 3 | 8 | 99.5
ledger-core | Double entry, balances, closing | payments | kotlin | ledger | audit-log | 5 | 130 | 99.99
payment-hub | Talks to banks and card providers | payments | java | ledger | ledger-core identity | 5 | 70 | 99.95
lake-loader | Brings events into the warehouse | data | python | analytics | none | 4 | 300 | 99.0"""

# name, kind of feed, events a day, hours of silence that are normal, home port
CARRIERS = """\
Baltica Line | edifact | 18400 | 2 | Gdynia
Cormorant Shipping | api | 22100 | 1 | Rotterdam
Delta Orient | edifact | 9700 | 4 | Port Klang
Eskimo Reefer | sftp | 1300 | 12 | Reykjavik
Fjordkraft Feeder | api | 2800 | 6 | Bergen
Gibraltar Roro | sftp | 3900 | 8 | Algeciras
Hanse Inland | api | 12650 | 3 | Duisburg
Iberis Rail | edifact | 4100 | 6 | Zaragoza
Jade Container | api | 31200 | 1 | Wilhelmshaven
Kestrel Air Cargo | api | 7600 | 2 | Liege
Levant Star | edifact | 5200 | 5 | Mersin
Malabar Coastal | sftp | 2150 | 10 | Kochi
Norrland Truck | api | 15900 | 2 | Sundsvall
Oresund Ferries | api | 6400 | 3 | Helsingborg
Pampa Trans | edifact | 3300 | 8 | Rosario
Rhone Barge | sftp | 900 | 14 | Lyon
Sagami Lines | edifact | 16800 | 2 | Yokohama
Tasman Bulk | sftp | 700 | 18 | Nelson"""

TEAM_ROOMS = {
    "freight": ("freight-dev", "lena.okafor", "bookings and quotes"),
    "customs": ("customs-dev", "marc.thibault", "declarations and documents"),
    "tracking": ("tracking-dev", "sofia.lindqvist", "events and positions"),
    "portal": ("portal-dev", "ravi.menon", "portal, app and messages"),
    "platform": ("platform-dev", "ines.carvalho", "edge, identity and delivery"),
    "payments": ("payments-dev", "tomasz.wolny", "ledger, invoices and banks"),
    "data": ("data-dev", "hana.fukuda", "warehouse and models"),
}

FORMS = """deploy_start deploy_rollback flag_set config_set queue_replay sql_cancel backup_restore credit_issue
status_page_post ticket_bulk_edit incident_declare oncall_page approval_request ticket_create case_create alert_silence
workload_scale workload_restart dispute_open calendar_create document_write merge_request_create branch_revert
mail_campaign_draft pipeline_run access_request oncall_override contact_add case_reply
ticket_update ticket_assign incident_update incident_role account_update deploy_pause deploy_plan chat_post""".split()


def register_entry(row: str) -> dict[str, Any]:
    """One service as the register keeps it."""
    name, purpose, team, language, database, needs, replicas, rate, objective = (cell.strip() for cell in row.split("|"))
    count = int(replicas)
    room, lead, _ = TEAM_ROOMS[team]
    strict = float(objective) >= 99.95
    return {
        "service": name,
        "purpose": purpose,
        "repository": f"harbourline/{name}",
        "owner": {"team": team, "channel": room, "lead": lead},
        "language": language,
        "database": None if database == "none" else database,
        "depends_on": [] if needs == "none" else needs.split(),
        "objective": {"availability_percent": float(objective), "window_days": 30},
        "usual_requests_per_second": int(rate),
        "replicas": {"minimum": max(2, count // 2), "usual": count, "maximum": count * 3},
        "delivery": {
            "strategy": "canary" if strict else "rolling",
            "canary_steps": [5, 25, 50, 100] if strict else [],
            "keeps_previous_minutes": 60 if strict else 15,
        },
        "consumer_is_idempotent": language in {"rust", "elixir", "go"},
    }


def register() -> str:
    """Section 13: all services as pretty-printed JSON."""
    entries = [register_entry(row) for row in SERVICES.splitlines()]
    blocks = "\n\n".join(f"### {entry['service']}\n\n```json\n{pretty(entry)}\n```" for entry in entries)
    return f"## 13 Register of services\n\nExported every night. `service_get` shows what runs now.\n\n{blocks}"


def alerts() -> str:
    """Section 14: what pages, at which value, with which runbook."""
    rows = []
    for row in SERVICES.splitlines():
        entry = register_entry(row)
        name, target = entry["service"], entry["objective"]["availability_percent"]
        loud = "page" if target >= 99.9 else "ticket"
        allowed = round((100 - target) * 14.4, 2)
        rows.append(f"| {name}-errors | failed share above {allowed} percent for 5 minutes | {loud} | RB-102 |")
        rows.append(f"| {name}-slow | 95th percentile twice the week before for 10 minutes | ticket | RB-103 |")
        if entry["database"]:
            rows.append(f"| {name}-pool | connections waiting longer than 2 s for 3 minutes | {loud} | RB-110 |")
    head = "| alert | fires when | severity | runbook |\n|---|---|---|---|\n"
    return "## 14 Alerts\n\n" + head + "\n".join(rows)


def carriers() -> str:
    """Section 17: the feeds of the carriers as pretty-printed JSON."""
    entries = []
    for row in CARRIERS.splitlines():
        name, feed, events, silence, port = (cell.strip() for cell in row.split("|"))
        entries.append(
            {
                "carrier": name,
                "feed": {"kind": feed, "queue": f"tracking.{name.split()[0].lower()}.inbound"},
                "events_per_day": int(events),
                "silent_hours_normal": int(silence),
                "home_port": port,
                "desk": f"edi@{name.split()[0].lower()}.example",
            }
        )
    return f"## 17 Feeds of carriers\n\nFor RB-140.\n\n```json\n{pretty(entries)}\n```"


def teams() -> str:
    """Section 15: teams and where to find them."""
    rows = [
        f"| {team} | {about} | #{room} | {lead} | Monday 07:00Z, handover in the channel |"
        for team, (room, lead, about) in TEAM_ROOMS.items()
    ]
    head = "| team | responsible for | channel | lead | on-call change |\n|---|---|---|---|---|\n"
    return "## 15 Teams\n\n" + head + "\n".join(rows)


def forms(tools: list[Schema]) -> str:
    """Section 16: the tools whose arguments must be read out before they are called, spelled out in full."""
    wanted = [tool["function"] for tool in tools if tool["function"]["name"] in FORMS]
    blocks = "\n\n".join(f"### {each['name']}\n\n```json\n{pretty(each)}\n```" for each in wanted)
    return (
        "## 16 Forms of the tools that change something\n\n"
        "Before one of these is called, its arguments are read out in the channel, in the order of the form.\n\n" + blocks
    )
