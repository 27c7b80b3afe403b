"""A care agent of an outdoor shop: one order, a bundle, a broken buckle and a refund that follows a long policy."""

from __future__ import annotations

from typing import Any

from .schema import flag, integer, many, maybe, number, one_of, record, text, tool
from .session import Conversation, Session, prompt

ORDER = "NL-2025-60418"
LINES = many(
    record(
        "One order line and how many pieces of it.",
        line_id=text("Line id from the order, for example L3."),
        quantity=integer("Number of pieces.", minimum=1),
    ),
    "The lines concerned.",
    minItems=1,
)
ORDER_ID = text("Order number, NL-year-five digits.", pattern="^NL-[0-9]{4}-[0-9]{5}$")

TOOLS = [
    tool(
        "find_customer",
        "Find a customer by e-mail address, or by order number and postcode. Returns the profile and the last orders.",
        email=maybe(text("E-mail address that the customer gave.")),
        order_id=maybe(ORDER_ID),
        postcode=maybe(text("Postcode of the delivery address, needed together with order_id.")),
    ),
    tool("get_order", "Read an order with its lines, payments, parcels and notes.", order_id=ORDER_ID),
    tool("track_parcel", "Read the carrier's scans of one parcel.", tracking=text("Tracking number of the parcel.")),
    tool(
        "check_return",
        "Say for each line whether it can be returned today, until when, and why not.",
        order_id=ORDER_ID,
        lines=LINES,
    ),
    tool(
        "quote_refund",
        "Calculate a refund without moving money: bundle discount, return shipping and split over means of payment.",
        order_id=ORDER_ID,
        lines=LINES,
        reason=one_of("Why the goods come back.", "return", "complaint", "wrong_item", "lost", "compensation"),
    ),
    tool(
        "issue_refund",
        "Move the money of a quote. Needs the quote id and the customer's consent in this conversation.",
        quote_id=text("Id from quote_refund."),
        amount=number("Amount of the quote in EUR, repeated as a check.", minimum=0.01),
        to=one_of("Where the money goes.", "original", "gift_balance"),
        note=maybe(text("One sentence for the order's history.")),
    ),
    tool(
        "authorise_return",
        "Issue a return authorisation with a label. Valid for 14 days.",
        order_id=ORDER_ID,
        lines=LINES,
        free_label=flag("True if return shipping is free under the policy."),
    ),
    tool(
        "find_stock",
        "Find sizes and colours of an article in stock.",
        article=text("Article number, two letters and five digits."),
        size=maybe(text("Size as printed on the label.")),
    ),
    tool(
        "reserve_item",
        "Reserve an article for 72 hours for an exchange or a replacement.",
        sku=text("Stock keeping unit, article number with colour and size."),
        order_id=ORDER_ID,
        kind=one_of("What the reservation is for.", "exchange", "replacement"),
    ),
    tool(
        "create_case",
        "Hand something to a colleague.",
        kind=one_of("What it is about.", "approval", "safety", "carrier", "complaint", "other"),
        priority=one_of("How soon a person must look.", "low", "normal", "urgent"),
        order_id=ORDER_ID,
        summary=text("Everything the colleague needs to know, in full sentences."),
    ),
]


def line(line_id: str, article: str, name: str, size: str, price: float, paid: float, **more: Any) -> dict[str, Any]:
    """An order line as the shop system returns it."""
    return {
        "line_id": line_id,
        "article": article,
        "sku": f"{article}-{size}",
        "name": name,
        "quantity": 1,
        "list_price": {"amount": price, "currency": "EUR"},
        "paid": {"amount": paid, "currency": "EUR"},
        "state": "delivered",
        "bundle": None,
        "final_sale": False,
        "parcel": "00340434-7715-9921",
        **more,
    }


def label(name: str) -> dict[str, str]:
    """A return label."""
    url = f"https://returns.northlight.example/l/{name}"
    return {"carrier": "Alpenpost", "format": "qr", "url": url, "expires_on": "2025-10-28"}


def order(extra_notes: list[dict[str, str]] | None = None) -> dict[str, Any]:
    """The order that the conversation is about."""
    bundle = {"bundle": "SKI-TOUR-SET-24", "bundle_discount": {"amount": 41.25, "currency": "EUR"}}
    return {
        "order_id": ORDER,
        "ordered_at": "2025-08-29T20:14:51+02:00",
        "customer_id": "C-118204",
        "shipping_fee": {"amount": 5.9, "currency": "EUR"},
        "lines": [
            line("L1", "TB-40117", "Touring boot Kaltern 120", "27.5", 389.0, 366.2, **bundle),
            line("L2", "TS-22093", "Climbing skins Fjell, cut to length", "170", 149.0, 140.3, **bundle),
            line("L3", "TP-31880", "Touring pole Serac, pair", "115-135", 99.0, 89.25, **bundle),
            line("L4", "BP-18856", "Pack Hochtor 32", "M/L", 159.95, 159.95),
            line("L5", "HN-70021", "Harness Tilia", "S", 69.95, 69.95, seal="unbroken"),
            line("L6", "SO-50010", "Merino liner sock", "42", 17.9, 17.9, final_sale=True),
        ],
        "payments": [
            {"means": "gift_card", "reference": "GC-5512-0937", "amount": {"amount": 75.0, "currency": "EUR"}},
            {"means": "card", "reference": "visa *4471 09/27", "amount": {"amount": 774.45, "currency": "EUR"}},
        ],
        "parcels": [{"tracking": "00340434-7715-9921", "carrier": "Alpenpost", "state": "delivered", "weight_g": 9420}],
        "notes": [{"at": "2025-08-30T06:02:10+02:00", "by": "warehouse", "text": "Packed in one box, station 4."}]
        + (extra_notes or []),
    }


def build() -> list[Session]:
    """One session of eighteen requests."""
    chat = Conversation(
        session_id="refund-desk-001",
        tenant="northlight",
        model="gpt-4.1",
        tools=TOOLS,
        task={
            "instructions": "Return the poles, have the broken pack buckle settled, mention the frayed harness.",
            "gold_actions": ["quote_refund", "authorise_return", "issue_refund", "reserve_item", "create_case"],
        },
    )
    chat.system(prompt("refund_desk.md"))
    open_with_lookup(chat)
    return_the_poles(chat)
    replace_the_pack(chat)
    report_the_harness(chat)
    chat.needs("C-118204", "00340434-7715-9921", "Q-88213-07", "84.35", "RA-40977", "BP-18856")
    chat.needs("BP-18856-M/L-SLATE", "RES-7731", "CASE-20931", "8 October", "27 October")
    return [chat.session()]


def open_with_lookup(chat: Conversation) -> None:
    """Who writes, which order, when it came."""
    chat.user(
        f"Hi, order {ORDER}, postcode 87435. Two things: the touring poles are longer than I thought and I'd like to "
        "send them back, unused. And on the pack one of the hip buckles snapped."
    )
    chat.call(
        "find_customer",
        {
            "customer_id": "C-118204",
            "name": "Ilse Brandner",
            "email": "i.brandner@example.com",
            "segment": "retail",
            "club": True,
            "club_since": "2025-09-20",
            "language": "en",
            "addresses": [
                {
                    "use": "delivery",
                    "street": "Lindauer Weg 18",
                    "postcode": "87435",
                    "city": "Kempten",
                    "country": "DE",
                }
            ],
            "recent_orders": [
                {"order_id": ORDER, "ordered_at": "2025-08-29", "total": 849.45, "state": "delivered"},
                {"order_id": "NL-2025-48830", "ordered_at": "2025-05-11", "total": 64.9, "state": "delivered"},
                {"order_id": "NL-2024-91127", "ordered_at": "2024-12-02", "total": 212.0, "state": "refunded"},
            ],
            "internal": {"fraud_score": 0.03, "lifetime_value": 2210.4, "agent_note": None},
        },
        order_id=ORDER,
        postcode="87435",
    )
    chat.call("get_order", order(), order_id=ORDER)
    scans = [
        ("2025-08-30T09:40:00+02:00", "announced", "Sender", "Data received from sender C-118204/60418"),
        ("2025-08-30T18:22:37+02:00", "accepted", "Memmingen", "Parcel accepted at the depot"),
        ("2025-08-31T03:11:05+02:00", "sorted", "Augsburg", "Sorted, conveyor 12"),
        ("2025-09-01T05:48:59+02:00", "missort", "Regensburg", "Sorted to the wrong depot, returned"),
        ("2025-09-05T04:30:18+02:00", "sorted", "Kempten", "Sorted for delivery route 0712"),
        ("2025-09-27T13:05:41+02:00", "delivered", "Kempten", "Handed over in person after holiday storage"),
    ]
    chat.call(
        "track_parcel",
        {
            "tracking": "00340434-7715-9921",
            "product": "Parcel 10 kg",
            "storage_order": {"from": "2025-09-05", "until": "2025-09-26", "requested_by": "recipient"},
            "scans": [{"at": at, "code": code, "place": place, "text": words} for at, code, place, words in scans],
        },
        tracking="00340434-7715-9921",
    )


def return_the_poles(chat: Conversation) -> None:
    """A bundle part comes back: the policy's discount arithmetic is the tool's business."""
    poles = [{"line_id": "L3", "quantity": 1}]
    chat.call(
        "check_return",
        {
            "order_id": ORDER,
            "lines": [
                {
                    "line_id": "L3",
                    "returnable": True,
                    "delivered_on": "2025-09-27",
                    "window_days": 30,
                    "last_day": "27 October",
                    "club_applies": False,
                    "why": "Membership began after the order date",
                }
            ],
        },
        order_id=ORDER,
        lines=poles,
    )
    chat.call(
        "quote_refund",
        {
            "quote_id": "Q-88213-07",
            "order_id": ORDER,
            "valid_until": "2025-10-15T00:00:00+02:00",
            "items": [{"line_id": "L3", "paid": 89.25, "bundle_adjustment": 0.0, "refund": 89.25}],
            "return_shipping": -4.9,
            "total": 84.35,
            "split": [
                {"means": "gift_card", "reference": "GC-5512-0937", "amount": 75.0},
                {"means": "card", "reference": "visa *4471 09/27", "amount": 9.35},
            ],
        },
        order_id=ORDER,
        lines=poles,
        reason="return",
    )
    chat.say(
        "Thank you, Ilse, I have the order. The poles can come back until 27 October. The refund would be 84.35 EUR, "
        "that is 89.25 EUR less 4.90 EUR for return shipping; 75.00 EUR of it goes back to your gift card and 9.35 EUR "
        "to the Visa card ending in 4471. Shall I send you the label for the poles on these terms? And for the pack: "
        "how did the buckle break?"
    )
    chat.user(
        "Isn't return shipping free for me? I'm in the Summit Club. Otherwise yes. The buckle just went when I closed "
        "it at the car park, second time I wore it. I have a photo."
    )
    chat.say(
        "You joined on 20 September and the order is of 29 August, so the standard terms apply to this one: 4.90 EUR "
        "for the label. From your next order on it is free. If that is fine, I send the label now. Please upload the "
        "photo of the buckle with the paper-clip button."
    )
    chat.user("OK fair enough, go ahead with the poles. [attachment: buckle_left_hip.jpg]")
    chat.call(
        "authorise_return",
        {
            "authorisation": "RA-40977",
            "order_id": ORDER,
            "lines": poles,
            "label": label("RA-40977-k3v"),
            "refund_trigger": "after inspection at the dock",
        },
        order_id=ORDER,
        lines=poles,
        free_label=False,
    )


def replace_the_pack(chat: Conversation) -> None:
    """A complaint: a replacement comes before a repair."""
    colours = [("SLATE", "slate grey", 6), ("MOSS", "moss", 0), ("EMBER", "ember", 2)]
    chat.call(
        "find_stock",
        {
            "article": "BP-18856",
            "name": "Pack Hochtor 32",
            "variants": [
                {
                    "sku": f"BP-18856-{size}-{code}",
                    "size": size,
                    "colour": colour,
                    "available": stock if size == "M/L" else stock + 3,
                    "warehouse": "KE1",
                    "next_delivery": None if stock or size == "S/M" else "8 October",
                    "price": {"amount": 159.95, "currency": "EUR"},
                }
                for size in ("S/M", "M/L")
                for code, colour, stock in colours
            ],
        },
        article="BP-18856",
    )
    chat.say(
        "The label for the poles is on its way by e-mail, authorisation RA-40977, valid until 28 October. Thank you "
        "for the photo, that is clearly a defect. We replace the pack free of charge: the M/L in slate grey is in "
        "stock, moss is sold out (a delivery planned for 8 October has not arrived). Shall I reserve the slate grey "
        "one for you?"
    )
    chat.user("Slate is what I have, so yes please. Do I have to send the old one first?")
    chat.call(
        "reserve_item",
        {
            "reservation": "RES-7731",
            "sku": "BP-18856-M/L-SLATE",
            "kind": "replacement",
            "held_until": "2025-10-17T10:31:00+02:00",
            "ships": "2025-10-15",
        },
        sku="BP-18856-M/L-SLATE",
        order_id=ORDER,
        kind="replacement",
    )
    chat.call(
        "authorise_return",
        {
            "authorisation": "RA-40978",
            "order_id": ORDER,
            "lines": [{"line_id": "L4", "quantity": 1}],
            "label": label("RA-40978-p9d"),
            "refund_trigger": "none, replacement",
        },
        order_id=ORDER,
        lines=[{"line_id": "L4", "quantity": 1}],
        free_label=True,
    )
    chat.say(
        "No, you need not wait. The new pack is reserved as RES-7731 and leaves tomorrow. For the old one you get a "
        "second label, free of charge; please send it within 14 days."
    )


def report_the_harness(chat: Conversation) -> None:
    """Said in passing, urgent all the same; then the poles arrive and the quote from far above is paid."""
    chat.user(
        "Great service, thanks. Probably nothing, but since I'm here: the harness from the same order, the Tilia, has "
        "some fraying next to the tie-in loop, it came like that. Can the workshop sew it?"
    )
    chat.call(
        "create_case",
        {
            "case": "CASE-20931",
            "kind": "safety",
            "priority": "urgent",
            "queue": "product-safety",
            "answer_by": "2025-10-14T16:00:00+02:00",
        },
        kind="safety",
        priority="urgent",
        order_id=ORDER,
        summary=(
            "Customer C-118204 reports fraying next to the tie-in loop of harness Tilia S (line L5, article HN-70021), "
            "present on arrival on 27 September. Told not to use it. No repair offered. Parcel 00340434-7715-9921."
        ),
    )
    chat.say(
        "Please do not use the harness any more, and we will not repair it: fraying at the tie-in loop is a safety "
        "matter. I have passed it to our product safety team as CASE-20931; they will write to you today before 16:00. "
        "Keep the harness and its label."
    )
    chat.user("Wow ok. I won't. One more: the poles show as arrived at your warehouse already?? I dropped them at 8.")
    arrived = {"at": "2025-10-14T13:20:44+02:00", "by": "dock", "text": "RA-40977: L3 received, inspected, as new."}
    answer = order([arrived])
    answer["lines"][2]["state"] = "returned"
    chat.call("get_order", answer, order_id=ORDER)
    chat.call(
        "issue_refund",
        {
            "refund": "RF-66120",
            "quote_id": "Q-88213-07",
            "state": "accepted",
            "total": 84.35,
            "legs": [
                {"means": "gift_card", "reference": "GC-5512-0937", "amount": 75.0, "state": "done"},
                {"means": "card", "reference": "visa *4471 09/27", "amount": 9.35, "state": "sent"},
            ],
        },
        quote_id="Q-88213-07",
        amount=84.35,
        to="original",
        note="Poles returned as new under RA-40977; customer agreed to 4.90 EUR return shipping.",
    )
    chat.say(
        "They are: received and inspected at 13:20, as new. I have just released the 84.35 EUR we agreed on: 75.00 EUR "
        "is on your gift card now, 9.35 EUR reaches your Visa card in three to five working days."
    )
