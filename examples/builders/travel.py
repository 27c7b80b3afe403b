r"""A travel agent in German, Japanese, Arabic and emoji: what must come through a proxy unchanged.

The spellings differ on purpose. Some arguments and results carry \u escapes, some the characters themselves; some JSON
is minified, some pretty, and numbers stand as 1.4170e4, 13320.00 or with twenty digits. None of it may be rewritten by
accident.
"""

from __future__ import annotations

import json
from typing import Any

from .schema import flag, integer, many, maybe, one_of, record, text, tool
from .session import Call, Conversation, Session, pretty, prompt

TOOLS = [
    tool(
        "search_trains",
        "Sucht Zugverbindungen / 列車を検索 / البحث عن القطارات. Times are local.",
        origin=text("Station, in any script: Köln Hbf, 京都, القاهرة."),
        destination=text("Station, in any script."),
        date=text("Day as year-month-day.", format="date"),
        after=maybe(text("Not before this local time, for example 08:30.")),
        klass=maybe(one_of("Travel class.", "1", "2", "グリーン車")),
    ),
    tool(
        "search_rooms",
        "Find rooms in a town for some nights.",
        town=text("Town, in any script."),
        arrival=text("First night.", format="date"),
        nights=integer("Number of nights.", minimum=1, maximum=30),
        guests=integer("Number of guests.", minimum=1, maximum=8),
        wishes=maybe(many(text("A wish in the guest's words."), "Wishes that narrow the search.")),
    ),
    tool(
        "hold_option",
        "Keep a train or a room for two hours, without cost.",
        option=text("Option id of a search.", pattern="^[A-Z]{2}-[0-9A-F]{6}$"),
    ),
    tool(
        "book",
        "Book options that are held.",
        options=many(text("Option id."), "What to book.", minItems=1),
        guests=many(
            record(
                "One guest.",
                given=text("Given name as in the passport."),
                family=text("Family name as in the passport."),
                reading=maybe(text("Reading in Latin letters or kana.")),
            ),
            "All guests, the one who pays first.",
        ),
        message=maybe(text("Message to the hotel, passed on unchanged.")),
        newsletter=flag("True only if the guest asked for it."),
    ),
    tool(
        "phrase",
        "A short sentence for the journey, with its reading.",
        sentence=text("What to say."),
        language=one_of("Language.", "ja", "ar", "de", "en"),
    ),
]

MESSAGE = (
    "Guten Tag / こんにちは!\n\n"
    '1) Mein Vater (78) braucht ein "barrierefreies" Bad – keine Badewanne.\n'
    "2) アレルギー:そば・ナッツ(そば=蕎麦、少量でも不可)。\n"
    "3) Ankunft ca. 21:40; C:\\Reise\\Plan.pdf habe ich ausgedruckt.\n"
    "\tشكرًا جزيلًا 🙏🏽 – Grüße, die Familie Öztürk-Nakamura 👨‍👩‍👧"
)


def rooms() -> dict[str, Any]:
    """Rooms in Kyoto as the hotel exchange describes them."""
    rows = [
        (
            "RM-3C90D1",
            "柊庵 はなれ",
            48200,
            "和室10畳",
            ["段差なし", "シャワー室", "そば不使用メニュー可"],
            "«Ruhig, mit Garten»",
        ),
        ("RM-3C90D4", "Hotel Kamo River „Nord“", 31900, "Zweibett", ["Aufzug", "Badewanne"], 'It\'s "central"'),
        (
            "RM-3C90E2",
            "鴨川イン",
            27600,
            "ツイン",
            ["段差あり", "共同浴場"],
            "café au lait \u2615\ufe0f 8:00\u201310:00",
        ),
    ]
    return {
        "ort": "京都",
        "zimmer": [
            {
                "option": option,
                "name": name,
                "preis_gesamt": {"betrag": price, "währung": "JPY"},
                "art": kind,
                "merkmale": traits,
                "beschreibung": words,
                "bewertung": 4.0 + index / 10,
                "storno_bis": f"2026-03-{20 - index}T23:59:59+09:00",
            }
            for index, (option, name, price, kind, traits, words) in enumerate(rows)
        ],
    }


def build() -> list[Session]:
    """One session of ten requests in four languages."""
    chat = Conversation(
        session_id="travel-001",
        tenant="wegweiser",
        model="gpt-4.1",
        tools=TOOLS,
        task={"instructions": "Zug 東京–京都 und ein barrierefreies Zimmer, Nachricht unverändert weitergeben."},
    )
    chat.system(prompt("travel.md"))
    search_and_hold(chat)
    book(chat)
    in_japanese_and_arabic(chat)
    chat.needs(
        "TR-0A41F8", "RM-3C90D1", "柊庵 はなれ", "WR-77O1-Ä", "ひかり 507号", "الإسكندرية – محطة سيدي جابر", "TR-0B7710"
    )
    return [chat.session()]


def search_and_hold(chat: Conversation) -> None:
    """German; a search in parallel, arguments once with and once without escapes."""
    chat.user(
        "Hallo! Wir sind zu dritt (mein Vater ist 78 👴) und wollen am 26. März 2026 von 東京 nach 京都, ab 10 Uhr, "
        "dann vier Nächte bleiben. Wichtig: ein „barrierefreies“ Bad – keine Badewanne! – und "
        "kein Soba (そば) im Essen."
    )
    trains = {"origin": "東京", "destination": "京都", "date": "2026-03-26", "after": "10:00", "klass": "2"}
    stay = {
        "town": "京都",
        "arrival": "2026-03-26",
        "nights": 4,
        "guests": 3,
        "wishes": ["keine Badewanne", "そば不可"],
    }
    chat.calls(
        Call("search_trains", trains, prompt("travel_trains.txt"), raw_arguments=json.dumps(trains, ensure_ascii=True)),
        Call("search_rooms", stay, rooms(), raw_arguments=json.dumps(stay, ensure_ascii=False, indent=1)),
    )
    chat.say(
        "Zwei Vorschläge:\n\n"
        "- Zug: ひかり 507号, ab 10:33, an 13:12, 13850 JPY pro Person, noch 41 Plätze. "
        "Der のぞみ 225号 (10:00) hat nur 3.\n"
        "- Zimmer: 柊庵 はなれ, 和室10畳, ohne Stufen (段差なし), mit Duschraum statt Wanne; Menü ohne そば möglich. "
        "48200 JPY für vier Nächte.\n\nDas „Nord“ hat eine Badewanne, das 鴨川イン Stufen. "
        "Soll ich beides zwei Stunden "
        "halten?"
    )
    chat.user("Ja, bitte beides halten 👍🏼")
    chat.calls(
        Call(
            "hold_option",
            {"option": "TR-0A41F8"},
            '{"option":"TR-0A41F8","gehalten_bis":"2026-01-08T18:05:00+01:00","status":"ok \\u2713"}',
        ),
        Call(
            "hold_option",
            {"option": "RM-3C90D1"},
            pretty(
                {"option": "RM-3C90D1", "gehalten_bis": "2026-01-08T18:05:00+01:00", "hinweis": "お待ちしております"},
                ascii_only=True,
            ),
        ),
    )
    chat.say(
        "Beides ist bis 18:05 gehalten. Für die Buchung brauche ich die Namen wie im Pass (gern mit Lesung) und, wenn "
        "Sie möchten, eine Nachricht an das Haus. Ich gebe sie Zeichen für Zeichen weiter."
    )


def book(chat: Conversation) -> None:
    """Names with marks that look alike, and a message with everything in it."""
    chat.user(
        "Öztürk-Nakamura, Zoë (ich zahle); Nakamura, 健二 (なかむら けんじ); Öztürk, İsmail – "
        "mit Punkt auf dem großen İ! "
        f"Kein Newsletter. Ja, buchen. Nachricht an das Haus:\n\n{MESSAGE}"
    )
    guests = [
        {"given": "Zoë", "family": "Öztürk-Nakamura"},
        {"given": "健二", "family": "Nakamura", "reading": "なかむら けんじ"},
        {"given": "İsmail", "family": "Öztürk"},
    ]
    chat.call(
        "book",
        {
            "buchung": "WR-77O1-Ä",
            "status": "bestätigt",
            "gesamt": {"betrag": 89750, "währung": "JPY"},
            "gäste": [f"{guest['given']} {guest['family']}" for guest in guests],
            "nachricht": {"zeichen": len(MESSAGE), "echo": MESSAGE},
            "zahlung": {
                "link": "https://zahlen.wegweiser.example/WR-77O1?name=%C3%96zt%C3%BCrk&x=1&y=%E4%BA%AC",
                "bis": None,
            },
        },
        options=["TR-0A41F8", "RM-3C90D1"],
        guests=guests,
        message=MESSAGE,
        newsletter=False,
    )
    chat.say(
        "Gebucht: WR-77O1-Ä, zusammen 89750 JPY. Das Haus hat Ihre Nachricht unverändert bekommen, İsmail steht mit "
        "Punkt auf dem İ. Gute Reise 🚄"
    )


def in_japanese_and_arabic(chat: Conversation) -> None:
    """The father asks in Japanese, an aunt in Arabic; right to left with numbers inside."""
    chat.user("父です。駅で「車椅子は要りません、ゆっくり歩きます」と言いたいのですが、ドイツ語でも教えてください。")
    chat.calls(
        Call(
            "phrase",
            {"sentence": "車椅子は要りません、ゆっくり歩きます", "language": "de"},
            {
                "text": "Ich brauche keinen Rollstuhl, ich gehe langsam.",
                "lesung": "イッヒ ブラウヘ カイネン ロルシュトゥール",
            },
        ),
        say="少々お待ちください。",
    )
    chat.say("ドイツ語では「Ich brauche keinen Rollstuhl, ich gehe langsam.」です。2026年3月26日の列車は10:33発です。")
    chat.user(
        "أنا خالة زوي 🌸 أريد قطارًا من القاهرة إلى الإسكندرية يوم 2026-03-20 بعد الساعة 9:00، و«مقعد بجانب النافذة» من "
        "فضلك."
    )
    arabic = {"origin": "القاهرة", "destination": "الإسكندرية", "date": "2026-03-20", "after": "09:00"}
    chat.calls(
        Call(
            "search_trains",
            arabic,
            {
                "verbindungen": [
                    {
                        "option": "TR-0B7710",
                        "zug": "قطار ٩١٥",
                        "von": "القاهرة – محطة رمسيس",
                        "nach": "الإسكندرية – محطة سيدي جابر",
                        "ab": "09:20",
                        "an": "11:55",
                        "preis": {"betrag": 215.5, "währung": "EGP"},
                        "hinweis": "\u200fمقعد بجانب النافذة: ٢ متاحان\u200f",
                    }
                ]
            },
            raw_arguments=json.dumps(arabic, ensure_ascii=True, separators=(",", ":")),
        )
    )
    chat.say(
        "يوجد قطار ٩١٥ من القاهرة – محطة رمسيس الساعة 09:20، ويصل إلى الإسكندرية – محطة سيدي جابر الساعة 11:55، والسعر "
        "215.5 EGP. بقي مقعدان بجانب النافذة. هل أحجز لكِ (TR-0B7710)؟"
    )
