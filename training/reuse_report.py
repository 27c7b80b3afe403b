"""What the rules of reuse stop and let through, by intent, on questions that people wrote.

``python -m training.reuse_report DATA [--misses INTENT]``, where DATA holds ``intents/clinc150.jsonl.gz`` and
``intents/banking77.jsonl.gz``. The training part was looked at when the rules were written, and so was the validation
part of CLINC150; the test parts never are. An intent that must be stopped is one whose answer needs the asker's data,
the time or a deed; one that must pass has one answer for everybody. The others are shown for what they are.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from trimtab.semantic_cache.reuse import action, personal, time_dependence

PARTS = ("train", "val")

STOP = frozenset(
    f"clinc150/{intent}"
    for intent in (
        *("balance", "bill_balance", "order_status", "transactions", "pto_balance", "spending_history", "payday"),
        *("rewards_balance", "credit_score", "flight_status", "user_name", "shopping_list", "todo_list", "calendar"),
        *("reminder", "timer", "alarm", "weather", "time", "date", "traffic", "exchange_rate", "meeting_schedule"),
        *("flip_coin", "roll_dice", "pto_used", "pto_request_status"),
    )
)
PASS = frozenset(
    f"clinc150/{intent}"
    for intent in (
        *("definition", "meaning_of_life", "improve_credit_score", "oil_change_how", "international_fees", "plug_type"),
        *("spelling", "measurement_conversion", "travel_suggestion", "vaccines", "carry_on", "translate", "recipe"),
        *("calories", "cook_time", "ingredient_substitution", "ingredients_list", "nutrition_info", "timezone"),
        *("calculator", "international_visa", "meal_suggestion", "new_card", "accept_reservations", "jump_start"),
    )
) | frozenset(
    f"banking77/{intent}"
    for intent in (
        *("age_limit", "automatic_top_up", "card_acceptance", "change_pin", "country_support", "edit_personal_details"),
        *("fiat_currency_support", "get_disposable_virtual_card", "passcode_forgotten", "order_physical_card"),
        *("supported_cards_and_currencies", "top_up_by_card_charge", "top_up_by_cash_or_cheque", "top_up_limits"),
        *("unable_to_verify_identity", "verify_my_identity", "verify_top_up", "visa_or_mastercard"),
        *("why_verify_identity", "card_linking", "disposable_card_limits"),
    )
)


@dataclass(frozen=True)
class Asked:
    """A question and what each rule says of it."""

    text: str
    time: str
    personal: str
    action: str

    @property
    def stopped(self) -> bool:
        """Whether any rule has a reason against reuse."""
        return bool(self.time or self.personal or self.action)


def questions(data: Path) -> Iterator[tuple[str, str]]:
    """Intent and text of every question in the parts that may be looked at."""
    for name in ("clinc150", "banking77"):
        with gzip.open(data / "intents" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                if row["split"] in PARTS:
                    yield f"{name}/{row['intent']}", row["text"]


def table(asked: dict[str, list[Asked]], intents: frozenset[str]) -> None:
    """One line an intent: how many questions, and the share that each rule and any rule stops."""
    print(f"{'intent':<50}{'n':>5}{'time':>7}{'person':>8}{'action':>8}{'any':>7}")
    for intent in sorted(intents):
        rows = asked[intent]
        shares = [sum(map(bool, kind)) / len(rows) for kind in zip(*[_kinds(row) for row in rows], strict=True)]
        print(f"{intent:<50}{len(rows):>5}{shares[0]:>7.2f}{shares[1]:>8.2f}{shares[2]:>8.2f}{shares[3]:>7.2f}")


def _kinds(row: Asked) -> tuple[str, str, str, bool]:
    return row.time, row.personal, row.action, row.stopped


def main() -> None:
    """Print the tables, or the questions of one intent that went the wrong way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--misses", metavar="INTENT", help="print the questions of this intent that no rule stops")
    options = parser.parse_args()
    asked: dict[str, list[Asked]] = defaultdict(list)
    for intent, text in questions(options.data):
        if options.misses in (None, intent):
            asked[intent].append(Asked(text, time_dependence(text), personal(text), action(text)))
    if options.misses:
        for row in asked[options.misses]:
            if not row.stopped:
                print(row.text)
        return
    everything = frozenset(asked)
    for title, intents in (("must be stopped", STOP), ("must pass", PASS), ("others", everything - STOP - PASS)):
        print(f"\n{title}")
        table(asked, intents)
    for title, intents, wanted in (("stopped", STOP, True), ("let through", PASS, False)):
        shares = [sum(row.stopped is wanted for row in asked[intent]) / len(asked[intent]) for intent in intents]
        worst = min(shares)
        over = sum(share > 0.9 for share in shares)
        mean = sum(shares) / len(shares)
        print(f"\n{title}: mean over intents {mean:.3f}, worst {worst:.3f}, {over} of {len(shares)} over 0.9")


if __name__ == "__main__":
    main()
