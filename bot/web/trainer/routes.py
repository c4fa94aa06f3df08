"""The trainer's page as routes, for the application that serves it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.web.trainer.answer_pages import AnswerPages
from bot.web.trainer.author import tell_author
from bot.web.trainer.feedback import FeedbackRoutes
from bot.web.trainer.frame import HERE, Frame
from bot.web.trainer.intent_pages import IntentPages
from bot.web.trainer.map_routes import MapRoutes
from bot.web.trainer.model_pages import ModelPages
from bot.web.trainer.parts import Parts
from bot.web.trainer.queue_pages import QueuePages
from bot.web.trainer.saving import Saving
from bot.web.trainer.shadow_routes import ShadowRoutes


def trainer_routes(parts: Parts) -> list[BaseRoute]:
    """Return everything below /train and /api/train."""
    frame = Frame(parts)
    return [
        Route("/train", _first),
        Route("/api/train/author", tell_author, methods=["POST"]),
        *QueuePages(parts, frame).routes(),
        *IntentPages(parts, frame).routes(),
        *MapRoutes(parts).routes(),
        *AnswerPages(parts, frame).routes(),
        *ModelPages(parts, frame).routes(),
        *ShadowRoutes(parts).routes(),
        *FeedbackRoutes(parts).routes(),
        *Saving(parts).routes(),
        Mount("/train/static", StaticFiles(directory=HERE / "static")),
    ]


async def _first(_request: Request) -> RedirectResponse:
    return RedirectResponse("/train/queue")
