"""The outside world, as the flow needs it. Adapters implement these."""

from bot.ports.channel import Channel
from bot.ports.desk import CaseView, CaseWork, Desk
from bot.ports.store import Archive, Cases, Events, Inbox, Outbox, Turns
from bot.ports.understanding import Answers, Dialogue, DialogueTurn, Understanding

__all__ = [
    "Answers",
    "Archive",
    "CaseView",
    "CaseWork",
    "Cases",
    "Channel",
    "Desk",
    "Dialogue",
    "DialogueTurn",
    "Events",
    "Inbox",
    "Outbox",
    "Turns",
    "Understanding",
]
