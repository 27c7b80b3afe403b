"""What a company would generate for the workbench: register of services, alerts, tool forms, the alerts of a night."""

from __future__ import annotations

from typing import Any

from .schema import Schema
from .session import pretty, prompt

TEAM_ROOMS = {
    "freight": ("freight-dev", "lena.okafor", "bookings and quotes"),
    "customs": ("customs-dev", "marc.thibault", "declarations and documents"),
    "tracking": ("tracking-dev", "sofia.lindqvist", "events and positions"),
    "portal": ("portal-dev", "ravi.menon", "portal, app and messages"),
    "platform": ("platform-dev", "ines.carvalho", "edge, identity and delivery"),
    "payments": ("payments-dev", "tomasz.wolny", "ledger, invoices and banks"),
    "data": ("data-dev", "hana.fukuda", "warehouse and models"),
}

FORMS = frozenset(
    {
        "deploy_start",
        "deploy_rollback",
        "flag_set",
        "config_set",
        "queue_replay",
        "sql_cancel",
        "backup_restore",
        "credit_issue",
        "status_page_post",
        "ticket_bulk_edit",
        "incident_declare",
        "oncall_page",
        "approval_request",
        "ticket_create",
        "case_create",
        "alert_silence",
        "workload_scale",
        "workload_restart",
        "dispute_open",
        "calendar_create",
        "document_write",
        "merge_request_create",
        "branch_revert",
        "mail_campaign_draft",
        "pipeline_run",
        "access_request",
        "oncall_override",
        "contact_add",
        "case_reply",
        "ticket_update",
        "ticket_assign",
        "incident_update",
        "incident_role",
        "account_update",
        "deploy_pause",
        "deploy_plan",
        "chat_post",
    }
)


def table(name: str) -> list[str]:
    """The rows of a table in `prompts/`, without its head."""
    return prompt(name).splitlines()[1:]


def register_entry(row: str) -> dict[str, Any]:
    """One service as the register keeps it."""
    name, purpose, team, language, database, needs, replicas, rate, objective = (
        cell.strip() for cell in row.split("|")
    )
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
    entries = [register_entry(row) for row in table("workbench_services.txt")]
    blocks = "\n\n".join(f"### {entry['service']}\n\n```json\n{pretty(entry)}\n```" for entry in entries)
    return f"## 13 Register of services\n\nExported every night. `service_get` shows what runs now.\n\n{blocks}"


def alerts() -> str:
    """Section 14: what pages, at which value, with which runbook."""
    rows = []
    for row in table("workbench_services.txt"):
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
    for row in table("workbench_carriers.txt"):
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
        "Before one of these is called, its arguments are read out in the channel, in the order of the form.\n\n"
        + blocks
    )


def digest() -> list[dict[str, Any]]:
    """The alerts that came in during the night, as the alert bot pastes them."""
    rows = [
        ("quote-engine-slow", "ticket", "01:38", "95th percentile", "2.9 s", "0.41 s", "firing"),
        ("rates-sync-pool", "ticket", "01:41", "connections waiting", "38", "0", "firing"),
        ("quote-engine-errors", "page", "01:44", "failed share", "6.2 percent", "0.2 percent", "firing"),
        ("booking-api-slow", "ticket", "01:47", "95th percentile", "3.4 s", "0.62 s", "firing"),
        ("web-portal-slow", "ticket", "01:49", "95th percentile", "4.1 s", "1.1 s", "firing"),
        ("pricing-model-slow", "ticket", "01:50", "95th percentile", "0.8 s", "0.35 s", "resolved"),
        ("eta-model-slow", "ticket", "00:12", "95th percentile", "2.2 s", "0.9 s", "resolved"),
        ("partner-gateway-errors", "page", "01:52", "failed share", "3.1 percent", "0.1 percent", "firing"),
        ("notify-pool", "ticket", "23:58", "connections waiting", "4", "0", "resolved"),
        ("booking-api-errors", "page", "01:55", "failed share", "1.4 percent", "0.1 percent", "firing"),
        ("mobile-bff-slow", "ticket", "01:57", "95th percentile", "2.6 s", "0.8 s", "firing"),
        ("code-lists-slow", "ticket", "00:31", "95th percentile", "0.5 s", "0.2 s", "resolved"),
    ]
    return [
        {
            "alert": alert,
            "severity": severity,
            "since": f"2025-10-1{3 if at.startswith('23') else 4}T{at}:00Z",
            "state": state,
            "labels": {"environment": "production", "region": "eu-central", "source": "metrics"},
            "measure": what,
            "value": value,
            "week_before": before,
            "links": {
                "graph": f"https://graphs.harbourline.example/a/{alert}",
                "runbook": "RB-102" if alert.endswith("errors") else "RB-103" if alert.endswith("slow") else "RB-110",
            },
        }
        for alert, severity, at, what, value, before, state in rows
    ]
