"""The bot's sentences: all of them, and each with both variants side by side."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import BaseRoute, Route

from bot.model.example import Answer, CorpusState, Label
from bot.model.message import Visibility
from bot.web.body import Body
from bot.web.trainer.edits import variants_of
from bot.web.trainer.frame import Frame
from bot.web.trainer.parts import Parts

PUBLIC_LIMIT: Final = 280  # weighted characters of the tightest network
_SLOT: Final = re.compile(r"\{\w+\}")
_VISIBILITIES: Final = (
    (Visibility.PUBLIC, "In public"),
    (Visibility.PRIVATE, "In a direct message"),
)
_HINTS: Final = (
    "Everybody reads it: short, no links, nothing that shows who is a customer.",
    "Only the customer reads it: as full as is useful.",
)


@dataclass(frozen=True, slots=True)
class Row:
    """One answer in the list, and how many things are to be mended in it."""

    answer: Answer
    problems: int


class AnswerPages:
    """The section's pages, and what is said to an answer while it is written."""

    def __init__(self, parts: Parts, frame: Frame) -> None:
        self._parts, self._frame = parts, frame

    def routes(self) -> list[BaseRoute]:
        shown = self._frame.shown
        return [
            Route("/train/answers", shown("answers", self.list)),
            Route("/train/answers/{name:path}", shown("answers", self.answer)),
            Route("/api/train/wordings", self.wordings, methods=["POST"]),
        ]

    async def list(self, request: Request) -> HTMLResponse:
        """Show all answers: those of intents, and the bot's other lines."""
        state = await self._parts.corpus.read()
        rows = [self._row(state.answers[name]) for name in sorted(state.answers)]
        of_intents = [row for row in rows if Label(row.answer.name) in state.labels]
        others = [row for row in rows if row not in of_intents]
        return await self._frame.page(
            request,
            "answers",
            "answers.html",
            groups=[
                ("Standard answers", "What the bot answers by itself.", of_intents),
                ("Other lines", "What it says around that, and in dialogues.", others),
            ],
            visibilities=_VISIBILITIES,
        )

    async def answer(self, request: Request) -> HTMLResponse:
        """Show one answer with all of its wordings."""
        state = await self._parts.corpus.read()
        name = str(request.path_params["name"])
        if name not in state.answers:
            raise HTTPException(404, f"There is no answer {name}.")
        answer = state.answers[name]
        slots = [slot for one in answer.variants for slot in _SLOT.findall(one.text)]
        return await self._frame.page(
            request,
            "answers",
            "answer.html",
            answer=answer,
            examples=_examples(state, name),
            slots=sorted(set(slots)),
            version=state.version,
            limit=PUBLIC_LIMIT,
            columns=[
                (*one, hint) for one, hint in zip(_VISIBILITIES, _HINTS, strict=True)
            ],
        )

    async def wordings(self, request: Request) -> JSONResponse:
        """Return how long each wording is, and what speaks against them."""
        body = await Body.of(request)
        variants = variants_of(body)
        found = self._parts.answers.on_answer(body.text("name"), variants)
        return JSONResponse(
            {
                "lengths": [self._parts.answers.length(one.text) for one in variants],
                "findings": [
                    {"says": one.sentence, "blocks": one.blocks} for one in found
                ],
            }
        )

    def _row(self, answer: Answer) -> Row:
        found = self._parts.answers.on_answer(answer.name, answer.variants)
        return Row(answer, sum(one.blocks for one in found))


def _examples(state: CorpusState, name: str) -> int | None:
    examples = state.labels.get(Label(name))
    return None if examples is None else len(examples)
