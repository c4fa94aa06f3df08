"""The outside world, as the flow needs it. Adapters implement these."""

from bot.ports.case_work import CaseWork
from bot.ports.channel import Channel
from bot.ports.deliveries import Deliveries, Delivery, Taken
from bot.ports.desk import (
    CaseView,
    Desk,
    ErrandView,
    IncidentView,
    IncidentWork,
    OpenCases,
    Preview,
    Suggestion,
)
from bot.ports.drift import ReadingDays
from bot.ports.figures import Figures
from bot.ports.inbox import Inbox
from bot.ports.incidents import Duties, Errands, Incidents
from bot.ports.models import ModelInUse, Receiving, SharedModels, Shelf
from bot.ports.outbox import Generation, Outbox
from bot.ports.quiet import QuietMode
from bot.ports.quota import Quota, Window
from bot.ports.reviews import Reviews, ReviewWork
from bot.ports.shadow import ShadowTally
from bot.ports.spending import Spending
from bot.ports.store import Cases, Events, Turns
from bot.ports.timers import Timers
from bot.ports.understanding import Answers, Dialogue, DialogueTurn, Understanding
from bot.ports.upkeep import Archive, Processes, Rewriting
from bot.ports.waking import Bell

__all__ = [
    "Answers",
    "Archive",
    "Bell",
    "CaseView",
    "CaseWork",
    "Cases",
    "Channel",
    "Deliveries",
    "Delivery",
    "Desk",
    "Dialogue",
    "DialogueTurn",
    "Duties",
    "ErrandView",
    "Errands",
    "Events",
    "Figures",
    "Generation",
    "Inbox",
    "IncidentView",
    "IncidentWork",
    "Incidents",
    "ModelInUse",
    "OpenCases",
    "Outbox",
    "Preview",
    "Processes",
    "QuietMode",
    "Quota",
    "ReadingDays",
    "Receiving",
    "ReviewWork",
    "Reviews",
    "Rewriting",
    "ShadowTally",
    "SharedModels",
    "Shelf",
    "Spending",
    "Suggestion",
    "Taken",
    "Timers",
    "Turns",
    "Understanding",
    "Window",
]
