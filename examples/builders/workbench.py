"""An operations agent with one hundred tools and a long prompt, called at night because quotes fail."""

from __future__ import annotations

from . import workbench_register as company
from .session import Call, Conversation, Session, pretty, prompt
from .tool_catalogue import load

QUOTES = {"service": "quote-engine", "environment": "production"}
RANGE = {"start": "2025-10-14T01:00:00Z", "end": "2025-10-14T02:10:00Z"}
BAD_DEPLOYMENT = "DEP-48213"


def build() -> list[Session]:
    """One session of seventeen requests, each of more than 50,000 tokens."""
    tools = load()
    chat = Conversation(
        session_id="workbench-001",
        tenant="harbourline",
        model="gpt-4o",
        tools=tools,
        task={
            "instructions": "Find why quotes fail, take the cause back, tell those who must know, prepare the review.",
            "gold_actions": ["incident_declare", "deploy_rollback", "status_page_post", "ticket_create"],
            "cause": "quote-engine 5.31.0 asks rates-sync for every surcharge instead of once a quote",
        },
    )
    parts = [prompt("workbench.md"), company.register(), company.alerts(), company.teams(), company.forms(tools)]
    chat.system("\n\n".join([*parts, company.carriers()]))
    find_the_cause(chat)
    take_it_back(chat)
    tell_people(chat)
    prepare_the_review(chat)
    chat.needs(BAD_DEPLOYMENT, "5.31.0", "9f3c1e7ab2d44c55a0e17b6d2f80c934", "c41d9be", "INC-7719", "TCK-90233")
    chat.needs("surcharge/SurchargeLoader.go", "ACC-20417", "pricing.surcharge_batching", "DEP-48220", "1,318 ms")
    chat.needs("2025-10-14T13:00:00Z", "quote-engine-5.30.4")
    return [chat.session()]


def find_the_cause(chat: Conversation) -> None:
    """Changes first, then patterns, a trace and the lines of code."""
    chat.user(
        "priya.raman (ops, night): half of Hamburg is ringing, quotes time out in the portal and through the API. "
        "I took over an hour ago and see a wall of alerts, pasted below. What is it, and can we take it back? "
        f"It is 02:10Z.\n\n```json\n{pretty(company.digest())}\n```"
    )
    versions = [
        (BAD_DEPLOYMENT, "5.31.0", "2025-10-14T01:22:07Z", "running", 100, "jonas.ek"),
        ("DEP-48102", "5.30.4", "2025-10-09T08:41:55Z", "replaced", 0, "mei.tan"),
        ("DEP-47967", "5.30.3", "2025-10-06T11:02:31Z", "replaced", 0, "jonas.ek"),
        ("DEP-47811", "5.30.2", "2025-10-01T07:30:12Z", "replaced", 0, "lena.okafor"),
    ]
    chat.calls(
        Call(
            "deploy_list",
            {"target": QUOTES, "range": {"last": "14d"}},
            {
                "deployments": [
                    {
                        "deployment": number,
                        "version": version,
                        "image": f"registry.harbourline.example/quote-engine-{version}",
                        "finished": finished,
                        "state": state,
                        "traffic_percent": share,
                        "started_by": who,
                        "approval": f"APR-{310000 + index * 877}",
                        "migrations": [],
                        "flags": ["pricing.surcharge_batching"] if version == "5.31.0" else [],
                    }
                    for index, (number, version, finished, state, share, who) in enumerate(versions)
                ]
            },
        ),
        Call(
            "slo_status",
            {"target": QUOTES},
            {
                "objective": "quotes answered below 2 s without error",
                "target_percent": 99.9,
                "now_percent": 91.7,
                "budget_left_percent": 22.4,
                "burn_rate": {"1h": 83.0, "6h": 14.1, "72h": 1.3},
                "exhausted_at": "2025-10-14T04:55:00Z",
            },
        ),
        say="Changes first: what was deployed, and how fast the budget burns.",
    )
    patterns = [
        ("rates-sync call failed after * ms: context deadline exceeded", 18211, 14),
        ("surcharge * for lane * loaded in * ms", 702455, 0),
        ("quote * computed in * ms", 61840, 70211),
        ("retry * of 3 for GET /v1/surcharges/*", 40377, 22),
        ("tariff cache hit for carrier *", 388120, 391002),
        ("pool rates-sync: * waiting, 64 in use", 9120, 0),
    ]
    chat.call(
        "log_patterns",
        {
            "target": QUOTES,
            "compared_with": "2025-10-07T01:00:00Z/02:10:00Z",
            "patterns": [{"pattern": p, "count": n, "count_before": b} for p, n, b in patterns],
        },
        target=QUOTES,
        range=RANGE,
    )
    chat.call(
        "trace_search",
        {
            "traces": [
                {
                    "trace": trace,
                    "operation": "POST /v2/quotes",
                    "duration_ms": ms,
                    "error": "deadline exceeded",
                    "spans": spans,
                }
                for trace, ms, spans in [
                    ("9f3c1e7ab2d44c55a0e17b6d2f80c934", 10004, 87),
                    ("1b0df2a96c7e4fd08a3355c1927e6ab0", 10002, 91),
                    ("e7724c0a5f1b4e3d9d60b88f41ac2d17", 9981, 79),
                ]
            ]
        },
        target=QUOTES,
        only_errors=True,
        longer_than_ms=5000,
        range=RANGE,
        page={"limit": 3},
    )
    spans = [{"span": "quote-engine POST /v2/quotes", "start_ms": 0, "duration_ms": 10004, "status": "error"}]
    spans += [
        {
            "span": "quote-engine SurchargeLoader.Load",
            "start_ms": 40 + index * 355,
            "duration_ms": 350,
            "status": "error" if index == 27 else "ok",
            "children": [{"span": "rates-sync GET /v1/surcharges/{code}", "duration_ms": 346, "peer": "rates-sync"}],
        }
        for index in range(28)
    ]
    chat.call(
        "trace_get",
        {"trace": "9f3c1e7ab2d44c55a0e17b6d2f80c934", "root_service": "partner-gateway", "spans": spans},
        trace="9f3c1e7ab2d44c55a0e17b6d2f80c934",
        depth=3,
    )
    chat.call(
        "repo_diff",
        prompt("workbench_diff.txt") + "\n",
        repo="harbourline/quote-engine",
        base="v5.30.4",
        head="v5.31.0",
        format="patch",
    )
    chat.say(
        "It is the deployment of quote-engine 5.31.0 (DEP-48213, complete at 01:22Z, all traffic; that is "
        "outside the window of 06:00Z to 15:00Z, something for the review).\n\n"
        "- Since then each quote asks rates-sync for every surcharge, one after the other: trace "
        "9f3c1e7ab2d44c55a0e17b6d2f80c934 has 28 calls of 346 ms until the deadline of 10 s. The pattern 'surcharge "
        "loaded' went from 0 to 702,455, 'deadline exceeded' from 14 to 18,211 (log patterns, 01:00Z to 02:10Z, "
        "against last week).\n"
        "- The loop came with commit c41d9be, `surcharge/SurchargeLoader.go`: batching now stands behind the flag "
        "`pricing.surcharge_batching`, and the default is off.\n"
        "- Alerts on booking-api, web-portal, mobile-bff and partner-gateway fit as followers (I think; all begin "
        "after 01:44Z and all call quotes). eta-model, notify and code-lists are older and resolved.\n\n"
        "It can be taken back: no migrations, and the version before was kept for 15 minutes only, so a full rollback "
        "or the flag. The flag switched on was never tested in production; I propose the rollback to 5.30.4. Quotes "
        "fail for about 8 percent, that is s2. Shall I declare it and roll back? During a declared s2 no approval is "
        "needed."
    )


def take_it_back(chat: Conversation) -> None:
    """Declare, roll back, check with another tool than the one that acted."""
    chat.user("Yes to both. Jonas is asleep, I'd rather have 5.30.4 than an untested flag.")
    chat.call(
        "incident_declare",
        {
            "incident": "INC-7719",
            "severity": "s2",
            "channel": "inc-7719-quotes",
            "lead": "priya.raman",
            "paged": [{"team": "freight", "person": "mei.tan", "state": "ringing"}],
            "next_update_due": "2025-10-14T02:56:00Z",
        },
        title="Quotes time out in the portal and through the API",
        severity="s2",
        affected=[QUOTES, {"service": "rates-sync", "environment": "production"}],
        customer_impact="About 8 percent of quotes fail or take longer than 2 s since 01:38Z, all regions.",
        lead={"handle": "priya.raman"},
    )
    chat.call(
        "deploy_rollback",
        {
            "deployment": "DEP-48220",
            "undoes": BAD_DEPLOYMENT,
            "version": "5.30.4",
            "image": "registry.harbourline.example/quote-engine-5.30.4",
            "state": "running",
            "steps": [
                {"traffic_percent": p, "at": f"2025-10-14T02:{m}:10Z"} for p, m in ((25, 19), (50, 21), (100, 24))
            ],
        },
        deployment=BAD_DEPLOYMENT,
        mode="full",
        incident="INC-7719",
    )
    points = [
        ("02:12", 8.6, 2910),
        ("02:16", 8.9, 3022),
        ("02:20", 6.1, 2207),
        ("02:24", 2.2, 1318),
        ("02:28", 0.4, 433),
        ("02:32", 0.2, 409),
    ]
    chat.call(
        "metric_query",
        {
            "series": [
                {
                    "labels": {"service": "quote-engine", "measure": "failed_percent"},
                    "points": [[t, f] for t, f, _ in points],
                },
                {
                    "labels": {"service": "quote-engine", "measure": "p95"},
                    "points": [[t, f"{ms:,} ms"] for t, _, ms in points],
                },
            ]
        },
        expression='quotes:failed_percent or quotes:p95{service="quote-engine"}',
        range={"start": "2025-10-14T02:10:00Z", "end": "2025-10-14T02:34:00Z"},
        step="4m",
        group_by=["service", "measure"],
    )
    chat.call(
        "incident_update",
        {"incident": "INC-7719", "entry": 3, "state": "mitigating", "next_update_due": "2025-10-14T03:12:00Z"},
        incident="INC-7719",
        state="mitigating",
        entry=(
            "02:24Z rollback DEP-48220 to quote-engine-5.30.4 complete. Failed share 8.9 to 0.2 percent, 95th "
            "percentile 1,318 ms at 02:24Z and 409 ms at 02:32Z. Cause: one request a surcharge instead of one a quote "
            "(c41d9be, surcharge/SurchargeLoader.go). Next update 03:12Z."
        ),
    )


def tell_people(chat: Conversation) -> None:
    """The status page with a prepared text, the list of accounts, the ticket for what was only patched."""
    chat.calls(
        Call(
            "status_page_post",
            {
                "incident": "INC-7719",
                "components": ["quotes"],
                "impact": "degraded",
                "template": "watching",
            },
            {"post": "https://status.harbourline.example/p/7719", "published": "2025-10-14T02:35:40Z", "languages": 4},
        ),
        Call(
            "impact_list",
            {"incident": "INC-7719", "tiers": ["enterprise", "strategic"], "page": {"limit": 20}},
            {
                "incident": "INC-7719",
                "accounts": [
                    {
                        "account": account,
                        "name": name,
                        "tier": tier,
                        "owner": owner,
                        "failed_requests": failed,
                        "requests": total,
                        "availability_percent": round(100 - 100 * failed / total, 2),
                        "promised_percent": 99.95 if tier == "strategic" else 99.9,
                        "languages": languages,
                    }
                    for account, name, tier, owner, failed, total, languages in [
                        ("ACC-20417", "Elbe Kontor Logistics", "strategic", "greta.holm", 2114, 19870, ["de", "en"]),
                        ("ACC-10093", "Nordsund Freight", "strategic", "greta.holm", 902, 11043, ["sv", "en"]),
                        ("ACC-31550", "Compagnie Garonne", "enterprise", "luc.marchetti", 640, 8101, ["fr"]),
                        ("ACC-28804", "Pellworm Shipping", "enterprise", "ole.brandt", 377, 5520, ["de"]),
                        ("ACC-40012", "Tiruvalla Exports", "enterprise", "anita.kurian", 295, 3914, ["en"]),
                        ("ACC-17761", "Great Basin Forwarding", "enterprise", "dale.whitmore", 118, 2209, ["en"]),
                    ]
                ],
            },
        ),
        say="Quotes are back. Status page with the prepared text, and the accounts that were hit.",
    )
    chat.call(
        "ticket_create",
        {"ticket": "TCK-90233", "queue": "platform", "state": "new", "owner": None, "version": 1},
        queue="platform",
        title="Quotes fail when surcharges are loaded one by one",
        body=(
            "Customers could not get quotes from 01:38Z to 02:28Z (INC-7719). quote-engine 5.31.0 loads each surcharge "
            "with its own request unless the flag pricing.surcharge_batching is on; its default is off. Rolled back to "
            "5.30.4. Needed: default on or the loop gone, a test with 30 surcharges, and a limit on calls to "
            "rates-sync per quote. See trace 9f3c1e7ab2d44c55a0e17b6d2f80c934 and commit c41d9be."
        ),
        kind="fault",
        severity="s2",
        affected=[QUOTES],
        labels=[{"key": "incident", "value": "inc-7719"}],
    )
    chat.say(
        "Where we stand at 02:40Z: failed share 0.2 percent, as last week (metrics, 4 minute steps). INC-7719 "
        "goes to monitoring when the objective has held for 30 minutes, the page says we are watching. TCK-90233 has "
        "what was only patched. Two strategic accounts must hear from their owner, both greta.holm: ACC-20417 (2,114 "
        "failed requests) and ACC-10093 (902). Four enterprise accounts were hit as well. Shall I prepare the mails, "
        "and a review meeting?"
    )


def prepare_the_review(chat: Conversation) -> None:
    """Mails as a draft, a meeting outside lunch hours and not before the night shift has slept."""
    chat.user("Mails please, English and German. And a review today, but let Mei and me sleep. Jonas should be there.")
    chat.call(
        "mail_campaign_draft",
        {
            "draft": "MCD-3381",
            "recipients": 2,
            "state": "waiting for greta.holm",
            "previews": [{"account": "ACC-20417", "language": "de"}, {"account": "ACC-10093", "language": "en"}],
        },
        accounts=["ACC-20417", "ACC-10093"],
        subject="Quotes were slow or failed this night",
        body=(
            "Dear {name},\n\nbetween 01:38 and 02:28 UTC some of your quote requests ({times}) failed or took longer "
            "than usual. A version that we had put into service was the cause; it was taken back. Bookings that were "
            "made are not affected. Your account owner will tell you more after our review today."
        ),
        sender="incidents",
        languages=["en", "de"],
    )
    people = [{"handle": "priya.raman"}, {"handle": "mei.tan"}, {"handle": "jonas.ek"}, {"handle": "lena.okafor"}]
    chat.call(
        "calendar_free",
        {
            "slots": [
                {"start": "2025-10-14T13:00:00Z", "all": True, "rooms": ["Skagen"]},
                {"start": "2025-10-14T14:30:00Z", "all": True, "rooms": ["Skagen", "Ushant"]},
            ],
            "not_before": {"priya.raman": "2025-10-14T13:00:00Z", "mei.tan": "2025-10-14T12:30:00Z"},
        },
        people=people,
        minutes=45,
        range={"start": "2025-10-14T11:00:00Z", "end": "2025-10-14T16:00:00Z"},
    )
    chat.call(
        "calendar_create",
        {"event": "EVT-55201", "room": "Skagen", "invited": 4, "state": "sent"},
        title="Review of INC-7719, quotes",
        start="2025-10-14T13:00:00Z",
        minutes=45,
        people=people,
        agenda="1. Timeline. 2. Why a default of off reached production unnoticed. 3. Who takes TCK-90233.",
        room="Skagen",
    )
    chat.say(
        "The mails are a draft (MCD-3381) and wait for greta.holm, who sends them. The review is today at 13:00Z in "
        "Skagen with you, Mei, Jonas and Lena, 45 minutes; both of you are off until then. Open: update of INC-7719 at "
        "03:12Z, owner for TCK-90233, and quote-engine 5.31.0 must not be deployed again before "
        "pricing.surcharge_batching is settled. Sleep well when Tom takes over."
    )
