"""Pairs from what customers asked of a bank and of an assistant (BANKING77 and CLINC150, training parts).

Only intents whose name falls into the first six of ten parts by its checksum; the others stay unseen for evaluation.
The same: two utterances of one intent whose answer is one text for everybody, that ask in the same way (why, when, how
much ...) about the same things. Different: utterances of neighbouring intents with many words in common, and utterances
of one intent about different things.
"""

from __future__ import annotations

import gzip
import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from random import Random
from zlib import crc32

from training.phrases import words

FILES = ("intents/banking77.jsonl.gz", "intents/clinc150.jsonl.gz")

# Of CLINC150 those whose answer is one text for everybody and names no place, food or amount that was asked about.
_ONE_ANSWER = frozenset(
    """
    oil_change_how replacement_card_duration report_lost_card redeem_rewards find_phone what_is_your_name
    where_are_you_from what_are_your_hobbies are_you_a_bot who_do_you_work_for
    """.split()  # noqa: SIM905 - a list of a hundred lines says less
)
# Of BANKING77 those that are about many different things under one name.
_MANY_ANSWERS = {"request_refund", "cancel_transfer", "receiving_money", "card_linking"}

# Intents that people themselves mix up: no pair of one group is told apart.
_ALIKE = (
    "card_arrival card_delivery_estimate order_physical_card",
    "pending_transfer transfer_timing transfer_not_received_by_recipient",
    "declined_transfer beneficiary_not_allowed transfer_not_received_by_recipient cancel_transfer",
    "declined_card_payment card_not_working virtual_card_not_working",
    "declined_cash_withdrawal pending_cash_withdrawal card_not_working",
    "verify_my_identity unable_to_verify_identity verify_source_of_funds",
    "verify_top_up top_up_failed topping_up_by_card top_up_by_card_charge supported_cards_and_currencies",
    "top_up_limits automatic_top_up top_up_failed top_up_by_cash_or_cheque top_up_by_bank_transfer_charge",
    "card_payment_wrong_exchange_rate wrong_exchange_rate_for_cash_withdrawal exchange_charge exchange_via_app",
    "extra_charge_on_statement transfer_fee_charged cash_withdrawal_charge transaction_charged_twice",
    "top_up_by_bank_transfer_charge top_up_by_card_charge transfer_fee_charged",
    "direct_debit_payment_not_recognised cash_withdrawal_not_recognised lost_or_stolen_card",
    "supported_cards_and_currencies country_support exchange_via_app visa_or_mastercard receiving_money",
    "supported_cards_and_currencies topping_up_by_card",
    "change_pin pin_blocked pin_change account_blocked",
    "alarm timer reminder",
    "spending_history transactions income",
    "order order_status",
    "report_lost_card replacement_card_duration card_declined",
    "recipe cook_time nutrition_info",
    "time timezone date",
    "share_location current_location directions traffic",
    "restaurant_suggestion restaurant_reviews accept_reservations confirm_reservation cancel_reservation",
    "play_music update_playlist what_song",
    "user_name change_user_name what_is_your_name change_ai_name",
    "calendar next_holiday date reminder todo_list_update",
    "bill_balance bill_due min_payment",
    "are_you_a_bot where_are_you_from who_do_you_work_for what_are_your_hobbies",
    "pto_used pto_request_status",
    "payday income w2",
    "oil_change_how tire_change last_maintenance",
    "cancel maybe yes oos",
    "card_swallowed lost_or_stolen_card lost_or_stolen_phone",
    "wrong_amount_of_cash_received pending_cash_withdrawal declined_cash_withdrawal cash_withdrawal_not_recognised",
)

_ASKS = tuple(
    re.compile(pattern)
    for pattern in (
        r"\bwhy\b|\breason|\bhow come\b|explain|understand",
        r"\bwhen\b|how (?:long|fast|quick|soon)|\btime\b|\bdays?\b|\bdate\b|\beta\b|\bexpect|track|today|soon|asap",
        r"how much|\bfees?\b|\bcharge|\bcost|\bprice|\bextra\b|discount|\bpay for\b",
        r"\bwhere\b|location|\bfind\b",
        r"what (?:do|should|can|steps)|how (?:do|can|to|would|should)|what to do|help|steps|tell me how|show me",
        r"\b(?:which|what) (?:countries|currenc|cards?|forms|type|is)|list",
        r"\b(?:can|could|may|am i able|is it possible|do you|are you|does|will|is there|allowed)\b",
        r"n't\b|n’t\b|\bnot\b|\bno\b|never|unable|cannot|fail|wrong|\bstill\b|declin|disabl|stop|without|un[a-z]{4,}",
        r"\blimit|\bmaximum|\bmax\b|how many|\bminimum|\bsmallest|\blowest",
        r"\bcash\b",
        r"\bcheque|\bcheck\b",
        r"\batm\b|machine",
        r"\bstolen?\b|\bstole\b|\btheft",
        r"\blost\b|\blose\b|misplac|left",
        r"\bchild|\bkids?\b|\bdaughter|\bson\b|\bteen",
        r"\bunder\b|\bold\b|\bage\b",
        r"\bfrom\b",
        r"urgen",
        r"virtual|disposable",
        r"physical|actual|real|\bplastic",
        r"\bnew\b|replace|another|second",
        r"\bapple|google|amex|american|master|visa\b",
        r"cancel|undo|revert|reverse|back\b|return|refund",
        r"\bfreeze|frozen|block|unblock|\blocked",
        r"international|foreign|abroad|travel|overseas|\beurop|\beu\b|\bus\b|\buk\b|country|countries|china|america",
        r"auto",
        r"\bsalary|paycheck|\bwage",
        r"friend|someone|somebody|other people|else",
        r"twice|two|double|duplicate|again|multiple|several|many",
        r"often|frequen",
        r"transfer",
        r"top[ -]?up|add money|adding money|refill",
        r"verif|identity|\bid\b|document|proof",
        r"\$|£|€|\d",
    )
)


def load(data: Path) -> dict[str, list[str]]:
    """Utterances by intent, of the training parts and the intents that may be seen."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for file in FILES:
        with gzip.open(data / file, "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                if row["split"] == "train" and crc32(row["intent"].encode()) % 10 < 6:
                    found[row["intent"]].append(" ".join(row["text"].split()))
    return {intent: sorted(set(texts)) for intent, texts in sorted(found.items())}


def pairs(data: Path, seed: int, each: int) -> Iterator[tuple[str, str, bool, str, str]]:
    """``(a, b, same, kind, base)``, at most ``each`` pairs of an intent and kind."""
    texts = load(data)
    weight = _weights([text for group in texts.values() for text in group])
    for intent, group in texts.items():
        rng = Random(f"{seed} {intent}")
        usual = _usual(group)
        things = {text: [word for word in words(text) if word not in usual and word not in _SMALL] for text in group}
        asks = {text: tuple(bool(ask.search(text.lower())) for ask in _ASKS) for text in group}
        either = [(a, b) for a, b in combinations(group, 2) if len(a.split()) < 30 and len(b.split()) < 30]
        rng.shuffle(either)
        if intent in _ONE_ANSWER or (intent in _BANKING and intent not in _MANY_ANSWERS):
            alike = [(a, b) for a, b in either if things[a] == things[b] and asks[a] == asks[b]]
            for a, b in alike[:each]:
                yield a, b, True, "intent said otherwise", intent
        if intent in _BY_THING:
            apart = [(a, b) for a, b in either if things[a] and things[b] and not set(things[a]) & set(things[b])]
            for a, b in sorted(apart, key=lambda ab: -_likeness(ab[0], ab[1], weight))[: each // 2]:
                yield a, b, False, "intent, other thing", intent
    yield from _neighbours(texts, weight, seed, each)


_BY_THING = {"plug_type", "measurement_conversion", "timezone", "food_last", "recipe", "nutrition_info", "translate"}


def _neighbours(
    texts: dict[str, list[str]], weight: dict[str, float], seed: int, each: int
) -> Iterator[tuple[str, str, bool, str, str]]:
    alike = [set(line.split()) for line in _ALIKE]
    rng = Random(f"{seed} neighbours")
    skipped = {"oos", "maybe", "yes", "cancel"}
    everything = [(intent, text) for intent, group in texts.items() if intent not in skipped for text in group]
    for intent, group in texts.items():
        if intent in skipped:
            continue
        near = {intent}.union(*(names for names in alike if intent in names))
        others = [
            (name, text) for name, text in everything if name not in near and (name in _BANKING) == (intent in _BANKING)
        ]
        for text in rng.sample(group, min(each, len(group))):
            candidates = rng.sample(others, min(400, len(others)))
            best = max(candidates, key=lambda other: _likeness(text, other[1], weight))
            if _likeness(text, best[1], weight) > 0.2:
                yield text, best[1], False, "intent", intent


def _weights(texts: list[str]) -> dict[str, float]:
    seen = Counter(word for text in texts for word in set(words(text)))
    return {word: math.log(len(texts) / count) for word, count in seen.items()}


def _likeness(a: str, b: str, weight: dict[str, float]) -> float:
    left, right = set(words(a)), set(words(b))
    shared, either = (math.fsum(weight[word] for word in found) for found in (left & right, left | right))
    return shared / max(1.0, either)


def _usual(group: list[str]) -> set[str]:
    """Words that one in twenty-five utterances of an intent has: its own words, not the things asked about."""
    seen = Counter(word for text in group for word in set(words(text)))
    return {word for word, count in seen.items() if count >= max(3, len(group) / 25) and word not in _NEVER_USUAL}


_NEVER_USUAL = frozenset(
    """
    china us usa uk eu europe european america american express visa mastercard sepa swift aud gbp usd euros euro
    pounds child children kids daughter son urgently urgent yesterday today morning week weeks month japan germany
    england india france spain italy korea french spanish german gallon cups ounces kilos inches
    """.split()  # noqa: SIM905 - a list of a hundred lines says less
)
_SMALL = frozenset(
    """
    the a an is are was do does did can could would should will you your i my me to of for in on at it this that
    please tell know want need what how when where why which there be have has any some with and or if so just let
    get am i'm i'd like about out up by we our
    """.split()  # noqa: SIM905 - a list of a hundred lines says less
)
_BANKING = frozenset(
    """
    activate_my_card age_limit automatic_top_up balance_not_updated_after_cheque_or_cash_deposit
    beneficiary_not_allowed cancel_transfer card_arrival card_delivery_estimate card_linking card_not_working
    card_payment_wrong_exchange_rate card_swallowed cash_withdrawal_charge cash_withdrawal_not_recognised change_pin
    country_support declined_card_payment declined_cash_withdrawal declined_transfer
    direct_debit_payment_not_recognised disposable_card_limits exchange_charge exchange_via_app
    extra_charge_on_statement lost_or_stolen_card lost_or_stolen_phone order_physical_card pending_cash_withdrawal
    pending_transfer pin_blocked receiving_money request_refund supported_cards_and_currencies
    top_up_by_bank_transfer_charge top_up_by_card_charge top_up_by_cash_or_cheque top_up_failed top_up_limits
    topping_up_by_card transaction_charged_twice transfer_fee_charged transfer_not_received_by_recipient
    transfer_timing unable_to_verify_identity verify_my_identity verify_source_of_funds verify_top_up
    virtual_card_not_working visa_or_mastercard wrong_amount_of_cash_received
    wrong_exchange_rate_for_cash_withdrawal
    """.split()  # noqa: SIM905 - a list of a hundred lines says less
)
