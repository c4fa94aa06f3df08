"""The review queue: what is worth a look, and each message with what to do about it."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import BaseRoute, Route

from bot.errors import InputError
from bot.model.review import Cause, ReviewId, ReviewItem, ReviewState
from bot.web.body import Body
from bot.web.trainer.author import author_needed
from bot.web.trainer.beside import seen_in, strictest
from bot.web.trainer.frame import Frame, number_of
from bot.web.trainer.parts import Parts
from bot.web.trainer.taken_back import taken_back

PAGE: Final = 20  # groups
_GUESSES: Final = 4
_TOPICS: Final = 5


class QueuePages:
    """The section's pages, and the acts that change no data."""

    def __init__(self, parts: Parts, frame: Frame) -> None:
        self._parts, self._frame = parts, frame

    def routes(self) -> list[BaseRoute]:
        shown = self._frame.shown
        return [
            Route("/train/queue", shown("queue", self.queue)),
            Route("/train/queue/{item}", shown("queue", self.item)),
            Route("/api/train/queue/right", self.right, methods=["POST"]),
            Route("/api/train/queue/dismiss", self.dismiss, methods=["POST"]),
            Route("/api/train/queue/reopen", self.reopen, methods=["POST"]),
        ]

    async def queue(self, request: Request) -> HTMLResponse:
        """Show a part of the queue in its order."""
        reviews, asked = self._parts.reviews, request.query_params
        cause = next((c for c in Cause if c.value == asked.get("cause")), None)
        number = number_of(asked.get("page", ""))
        page = await reviews.page(offset=(number - 1) * PAGE, limit=PAGE, cause=cause)
        counts = await reviews.counts()
        return await self._frame.page(
            request,
            "queue",
            "queue.html",
            page=page,
            number=number,
            pages=-(-page.total // PAGE),
            cause=cause,
            causes=[(one, counts[one]) for one in Cause if counts.get(one)],
            taken=await taken_back(self._parts),
            topics=(await reviews.topics())[:_TOPICS],
        )

    async def item(self, request: Request) -> HTMLResponse:
        """Show one message with its near-duplicates, and what to write beside it."""
        item = await self._parts.reviews.item(ReviewId(request.path_params["item"]))
        others = await self._others(item)
        state = await self._parts.corpus.read()
        return await self._frame.page(
            request,
            "queue",
            "queue_item.html",
            item=item,
            others=others,
            items=[one.id for one in (item, *others)],
            seen=seen_in((item, *others)),
            use=strictest((item, *others)).value,
            guesses=_guesses(item),
            why=f"Queue: {item.causes[0].says}",
            version=state.version,
            labels=sorted(state.labels),
            kinds=state.entity_kinds,
        )

    async def right(self, request: Request) -> JSONResponse:
        """Settle messages that were read right, without a change of the data."""
        body, by = await Body.of(request), author_needed(request)
        items = await self._parts.reviews.settle(
            _ids(body), by=by, label=body.text("label")
        )
        return JSONResponse(_told(items, by))

    async def dismiss(self, request: Request) -> JSONResponse:
        """Put messages aside from which there is nothing to learn."""
        body, by = await Body.of(request), author_needed(request)
        return JSONResponse(
            _told(await self._parts.reviews.dismiss(_ids(body), by=by), by)
        )

    async def reopen(self, request: Request) -> JSONResponse:
        """Take closing back."""
        body, by = await Body.of(request), author_needed(request)
        items = await self._parts.reviews.reopen(_ids(body), by=by)
        return JSONResponse(_told(items, by))

    async def _others(self, item: ReviewItem) -> list[ReviewItem]:
        """Return the open messages that are almost like it."""
        with suppress(InputError):  # none of its group is open
            group = await self._parts.reviews.group(item.id)
            return [one for one in group.items if one.id != item.id]
        return []


def _ids(body: Body) -> list[ReviewId]:
    return [ReviewId(id_) for id_ in body.texts("items")]


def _guesses(item: ReviewItem) -> list[str]:
    """Return the labels that somebody, or the model, holds for possible."""
    named = [item.proposed, item.label, *(one.label for one in item.alternatives)]
    return list(dict.fromkeys(label for label in named if label))[:_GUESSES]


def _told(items: list[ReviewItem], by: str) -> dict[str, object]:
    """Return who was faster, if somebody was."""
    others = {
        one.settlement.by
        for one in items
        if one.settlement is not None and one.settlement.by != by
    }
    return {
        "open": sum(item.state is ReviewState.OPEN for item in items),
        "faster": sorted(others),
    }
