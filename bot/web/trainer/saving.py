"""Saving: one change with author and reason, checked first, or what stands against it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from bot.errors import InputError
from bot.model.change import Applied, Change, Conflict, Edit, EditAnswer, PastChange
from bot.model.example import CorpusVersion, Label
from bot.model.review import ReviewItem
from bot.web.body import Body
from bot.web.once import Once
from bot.web.shapes import Json
from bot.web.trainer.author import author_needed
from bot.web.trainer.beside import Beside
from bot.web.trainer.edits import edits_of, new_texts
from bot.web.trainer.parts import Parts
from bot.web.trainer.words import ago

_WHY_AT_MOST: Final = 300
_NOT_SAVED: Final = "Not saved. Please change this first:"


class Saving:
    """The one way by which the page changes the data."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._once: Once[JSONResponse] = Once()

    def routes(self) -> list[BaseRoute]:
        return [Route("/api/train/changes", self.change, methods=["POST"])]

    async def change(self, request: Request) -> JSONResponse:
        """Write a change; 422 says what is wrong with it, 409 what others changed."""
        body, by = await Body.of(request), author_needed(request)
        return await self._once.run(body.key, lambda: self._change(body, by))

    async def _change(self, body: Body, by: str) -> JSONResponse:
        edits, beside = edits_of(body), await Beside.of(self._parts.reviews, body)
        beside.check_seen(body.optional("seen"))
        problems = await self._problems(edits, beside)
        if problems:
            return JSONResponse(
                {"error": _NOT_SAVED, "problems": problems, "code": "unsafe"},
                status_code=422,
            )
        copied = beside.copied(text for _, text in new_texts(edits))
        change = Change(
            by=by,
            why=why_of(body),
            edits=edits,
            origin=beside.origin(copied),
            item=beside.items[0].id if beside.items else None,
            copied=copied,
        )
        done = await self._parts.corpus.apply(
            change,
            expected=CorpusVersion(body.text("version")),
            now=self._parts.clock.now(),
        )
        if isinstance(done, Conflict):
            return JSONResponse(self._conflict(done), status_code=409)
        await self._settle(beside.items, edits, done, by)
        return JSONResponse({"version": done.version, "merged": done.merged})

    async def _problems(self, edits: Sequence[Edit], beside: Beside) -> list[str]:
        """Return what must not be written, in sentences; each once."""
        said = [
            f"“{text}”: {sentence}"
            for label, text in new_texts(edits)
            for sentence in await self._against(text, label, beside)
        ]
        for edit in edits:
            if isinstance(edit, EditAnswer):
                found = self._parts.answers.on_answer(edit.name, edit.variants)
                said += [one.sentence for one in found if one.blocks]
        return list(dict.fromkeys(said))

    async def _against(self, text: str, label: Label, beside: Beside) -> list[str]:
        said = await self._parts.examples.on_example(text, label)
        blocking = [one.sentence for one in said.findings if one.blocks]
        return [*beside.against(text), *blocking]

    async def _settle(
        self, items: Sequence[ReviewItem], edits: Sequence[Edit], done: Applied, by: str
    ) -> None:
        if items:
            label = next((label for label, _ in new_texts(edits)), Label(""))
            ids = [item.id for item in items]
            await self._parts.reviews.settle(
                ids, by=by, label=label, change=done.version
            )

    def _conflict(self, conflict: Conflict) -> Json:
        touched = [*conflict.labels, *conflict.answers]
        told = [self._told(change) for change in conflict.changes]
        if conflict.by_hand:
            told.append("The files were also edited outside of this page.")
        if not conflict.known:
            told.append("This page was opened long ago; nobody knows any more by whom.")
        names = ", ".join(dict.fromkeys(touched))
        return {
            "error": f"Not saved: {names} changed since you opened this. What you wrote "
            "is still here. Look at what changed, then save again to add yours to it.",
            "problems": told,
            "code": "conflict",
            "version": conflict.version,
        }

    def _told(self, change: PastChange) -> str:
        counts = {
            "added": sum(len(keys) for keys in change.added.values()),
            "removed": sum(len(keys) for keys in change.removed.values()),
            "reworded": len(change.reworded),
            "marked words in": sum(len(keys) for keys in change.marked.values()),
        }
        what = [f"{verb} {count}" for verb, count in counts.items() if count]
        what += [f"moved {len(m.keys)} from {m.label} to {m.to}" for m in change.moved]
        what += [f"changed the answer {name}" for name in change.answers]
        when = ago(change.at, self._parts.clock.now())
        reason = f" (“{change.why}”)" if change.why else ""
        return f"{change.by or 'Somebody'} {' and '.join(what)} {when}{reason}."


def why_of(body: Body) -> str:
    """Return the reason that stands beside a change.

    Raises:
        InputError: there is none.
    """
    why = " ".join(body.optional("why").split())
    if not why:
        raise InputError("Say in a few words why: it stands beside the change.")
    return why[:_WHY_AT_MOST]
