"""What is said to an example while it is written: by the others, and by the model."""

from __future__ import annotations

import re
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from bot.errors import InputError, TemporaryFailure
from bot.model.example import Label, Neighbour
from bot.model.reading import Reading
from bot.web.body import Body
from bot.web.shapes import Json
from bot.web.trainer.beside import Beside
from bot.web.trainer.parts import Parts
from bot.web.trainer.words import per_cent, sureness

SHOWN: Final = 3  # neighbours
TEXTS_AT_ONCE: Final = 50
_WORTH_SAYING: Final = 0.01
_ANNOTATION: Final = re.compile(r"\[([^\[\]]{1,200})\](?:\([^()]{1,100}\)|\{[^{}]*?\})")


class FeedbackRoutes:
    """Asked while somebody types, so both answer quickly or not at all."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/api/train/feedback", self.feedback, methods=["POST"]),
            Route("/api/train/readings", self.readings, methods=["POST"]),
        ]

    async def feedback(self, request: Request) -> JSONResponse:
        """Return what the other examples, and the network's rules, say to one text."""
        body = await Body.of(request)
        text, label = body.text("text"), body.optional("label")
        beside = await Beside.of(self._parts.reviews, body)
        said = await self._parts.examples.on_example(text, Label(label) or None)
        against = beside.against(text)
        return JSONResponse(
            {
                "findings": [
                    *({"says": says, "blocks": True} for says in against),
                    *(
                        {"says": one.sentence, "blocks": one.blocks}
                        for one in said.findings
                    ),
                ],
                "elsewhere": [_near(one) for one in said.elsewhere[:SHOWN]],
                "saveable": said.may_be_saved and not against,
            }
        )

    async def readings(self, request: Request) -> JSONResponse:
        """Return how the live model reads each text now."""
        body = await Body.of(request)
        texts = body.texts("texts")
        if len(texts) > TEXTS_AT_ONCE:
            raise InputError(f"At most {TEXTS_AT_ONCE} texts at once.")
        try:
            read = await self._parts.reader.read([unmarked(text) for text in texts])
        except TemporaryFailure as error:
            raise HTTPException(503, str(error)) from error
        return JSONResponse({"readings": [reading_shape(one) for one in read]})


def unmarked(text: str) -> str:
    """Return a marked text as a customer would write it."""
    return _ANNOTATION.sub(r"\1", text)


def reading_shape(reading: Reading) -> Json:
    """Return how a text was read, in words and in figures."""
    top = reading.top
    return {
        "label": top.label,
        "confidence": round(top.confidence, 3),
        "says": f"{sureness(top.confidence)}, {per_cent(top.confidence)}",
        "next": [
            {"label": one.label, "says": per_cent(one.confidence)}
            for one in reading.alternatives[:2]
            if one.confidence >= _WORTH_SAYING
        ],
    }


def _near(neighbour: Neighbour) -> Json:
    example = neighbour.example
    return {
        "label": example.label,
        "text": example.text,
        "says": f"{round(neighbour.likeness * 100)} % alike",
    }
