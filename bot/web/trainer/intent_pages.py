"""The intents: all of them with their figures, and each with its examples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import BaseRoute, Route

from bot.errors import ModelError, TemporaryFailure
from bot.model.example import CorpusState, Example, Label
from bot.model.quality import Quality
from bot.model.review import NewTopic
from bot.web.trainer.beside import seen_in, strictest
from bot.web.trainer.frame import Frame, number_of
from bot.web.trainer.parts import Parts

PAGE: Final = 50  # examples
FEW: Final = 20  # examples, below which an intent is not read well


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One intent in the list; shares are None where nothing was measured."""

    label: Label
    count: int
    answered: bool
    recall: float | None
    precision: float | None
    confused: tuple[tuple[str, int], ...]


class IntentPages:
    """The section's pages."""

    def __init__(self, parts: Parts, frame: Frame) -> None:
        self._parts, self._frame = parts, frame

    def routes(self) -> list[BaseRoute]:
        shown = self._frame.shown
        return [
            Route("/train/intents", shown("intents", self.list)),
            Route("/train/intents/new", shown("intents", self.new)),
            Route("/train/intents/{label:path}", shown("intents", self.intent)),
        ]

    async def list(self, request: Request) -> HTMLResponse:
        """Show all intents."""
        state, quality = await self._parts.corpus.read(), await self._quality()
        rows = [_row(state, label, quality) for label in sorted(state.labels)]
        return await self._frame.page(
            request,
            "intents",
            "intents.html",
            rows=rows,
            total=sum(row.count for row in rows),
            measured=bool(quality.figures),
            few=FEW,
        )

    async def intent(self, request: Request) -> HTMLResponse:
        """Show one intent with a page of its examples, the newest first."""
        state = await self._parts.corpus.read()
        label = Label(str(request.path_params["label"]))
        if label not in state.labels:
            raise HTTPException(404, f"There is no intent {label}.")
        find = request.query_params.get("find", "").strip()
        found = _found(state.labels[label], find)
        pages = max(1, -(-len(found) // PAGE))
        page = min(number_of(request.query_params.get("page", "")), pages)
        quality = await self._quality()
        return await self._frame.page(
            request,
            "intents",
            "intent.html",
            label=label,
            total=len(state.labels[label]),
            found=len(found),
            find=find,
            page=page,
            pages=pages,
            examples=found[(page - 1) * PAGE : page * PAGE],
            answer=state.answers.get(label),
            figures=quality.figures.get(label),
            confused=quality.mistaken(label),
            misread={
                one.text: read_as
                for one in found
                if (read_as := quality.misread_as(one.text)) not in ("", label)
            },
            **_choices(state),
        )

    async def new(self, request: Request) -> HTMLResponse:
        """Show the form of a new intent, for a topic of the queue or for any."""
        state = await self._parts.corpus.read()
        name = request.query_params.get("name", "")
        topic = await self._topic(request.query_params.get("topic", ""))
        return await self._frame.page(
            request,
            "intents",
            "new_intent.html",
            name=name or (topic.name if topic else ""),
            topic=topic,
            items=[item.id for item in topic.items] if topic else [],
            seen=seen_in(topic.items) if topic else "",
            use=strictest(topic.items if topic else ()).value,
            **_choices(state),
        )

    async def _topic(self, name: str) -> NewTopic | None:
        if not name:
            return None
        topics = await self._parts.reviews.topics()
        return next((topic for topic in topics if topic.name == name), None)

    async def _quality(self) -> Quality:
        """Return the live model's figures; the page is of use without them, too."""
        try:
            return await self._parts.reader.quality()
        except (ModelError, TemporaryFailure):
            return Quality()


def _row(state: CorpusState, label: Label, quality: Quality) -> Row:
    figures = quality.figures.get(label)
    return Row(
        label=label,
        count=len(state.labels[label]),
        answered=label in state.answers,
        recall=figures.recall if figures else None,
        precision=figures.precision if figures else None,
        confused=quality.mistaken(label),
    )


def _found(examples: Sequence[Example], find: str) -> Sequence[Example]:
    newest = examples[::-1]  # new ones are written at the end
    wanted = find.casefold()
    return [one for one in newest if wanted in one.text.casefold()] if find else newest


def _choices(state: CorpusState) -> dict[str, object]:
    return {
        "version": state.version,
        "labels": sorted(state.labels),
        "kinds": state.entity_kinds,
    }
