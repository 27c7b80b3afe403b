"""Short threads without tools: the same few questions in the same and in other words, some exactly repeated."""

from __future__ import annotations

from .session import Conversation, Session, prompt

ANSWERS = {
    "password": (
        "Open **Settings > Security > Password** and choose *Reset*. We send a link to your recovery address; it is "
        "valid for 30 minutes. If you no longer have that address, write to us from the billing contact of your plan."
    ),
    "limit": "25 MB for each message, attachments included. Larger files become a link that is valid for 14 days.",
    "limit_team": "With the Team plan 50 MB for each message. Larger files become a link that is valid for 30 days.",
    "export": (
        "Open **Settings > Data > Export**. You get one .mbox file for each folder and your contacts as .vcf. "
        "Preparing it takes up to a day; the link is sent by mail and valid for a week."
    ),
    "cancel": (
        "Open **Plan > Cancel**. The plan runs until the end of the paid month, then the mailbox can be read for 60 "
        "days, and then it is deleted. Export your mail before."
    ),
    "domain": (
        "Add the domain under **Settings > Domains**, then set the three records that are shown there (MX, SPF, DKIM) "
        "at your registrar. We check every ten minutes; it usually works within an hour."
    ),
}
# session: what the user writes and which answer comes, turn by turn
THREADS: list[tuple[str, list[tuple[str, str]]]] = [
    ("ada", [("How do I reset my password?", "password")]),
    ("ben", [("How do I reset my password?", "password")]),
    ("cleo", [("hi, forgot my password, how can i set a new one", "password")]),
    ("dov", [("What is the size limit for attachments?", "limit"), ("And with the Team plan?", "limit_team")]),
    ("emre", [("How big can an attachment be?", "limit")]),
    ("fay", [("What is the size limit for attachments?", "limit"), ("How do I export my mail?", "export")]),
    ("gus", [("How do I reset my password?", "password"), ("Thanks! How do I cancel?", "cancel")]),
    ("hedi", [("What is the size limit for attachments?", "limit")]),
    ("ines", [("How do I use my own domain?", "domain")]),
    ("jun", [("how do i NOT lose my mails when i cancel?", "cancel"), ("where do I export them", "export")]),
    ("kim", [("What is the size limit for attachments with the Team plan?", "limit_team")]),
    ("lou", [("How do I use my own domain?", "domain")]),
]


def build() -> list[Session]:
    """Twelve sessions of one or two requests."""
    sessions = []
    for number, (person, turns) in enumerate(THREADS, 1):
        chat = Conversation(
            session_id=f"faq-{number:03}-{person}",
            tenant="pinnace-mail",
            model="gpt-4o-mini",
            task={"topics": [topic for _, topic in turns]},
        )
        chat.system(prompt("faq.md"))
        for question, topic in turns:
            chat.user(question)
            chat.say(ANSWERS[topic])
        sessions.append(chat.session())
    return sessions
