"""The composer: it shows while one writes what would be sent, and what speaks against."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from bot.clock import Clock
from bot.desk.slack.blocks import compose_modal, not_yours_modal
from bot.desk.slack.heard import Click, View
from bot.desk.slack.ids import ActionId
from bot.desk.slack.people import People
from bot.desk.slack.reading import Json
from bot.desk.slack.talk import Talk
from bot.desk.slack.thread import thread_of
from bot.errors import CaseConflict, InputError
from bot.model.case import HELD, AgentId, CaseId
from bot.model.message import ThreadId
from bot.ports import CaseView, CaseWork
from bot.ports.desk import Preview

_TYPING_S: Final = 0.3  # Slack tells of each letter; the last one counts
_MOST_OPEN: Final = 200


class Composer:
    """Opens composers, and keeps open ones true."""

    def __init__(
        self, work: CaseWork, talk: Talk, people: People, *, clock: Clock
    ) -> None:
        self._work, self._talk, self._people = work, talk, people
        self._clock = clock
        self._typed: OrderedDict[str, str] = OrderedDict()  # view -> newest click

    async def open(self, click: Click, case: CaseId) -> None:
        """Let the assignee write; others are asked whether they take over."""
        agent, view = self._people.agent(click.spot.user), await self._work.view(case)
        if view.case.status not in HELD or view.case.assignee != agent:
            facts = facts_of(click)
            scene = await self._people.scene_of(view.case.assignee)
            asked = not_yours_modal(view.case, scene, facts)
            await self._talk.open_view(click.trigger, asked)
            return
        await self._talk.open_view(click.trigger, await self._fresh(click, view))

    async def take_over(self, click: Click, case: CaseId) -> None:
        """Claim the case for who clicked, and let them write, in the same dialogue."""
        agent = self._people.agent(click.spot.user)
        await self._work.assign(case, agent, agent, key=click.key)
        if click.view is not None:
            made = await self._fresh(click, await self._work.view(case))
            await self._talk.update_view(click.view.id, made)

    async def use(self, click: Click, case: CaseId, label: str) -> None:
        """Put a standard answer into the composer."""
        found = [
            one for one in await self._work.suggestions(case) if one.label == label
        ]
        if click.view is None or not found:
            return
        view = await self._work.view(case)
        thread = self._thread(click.view, view)
        draft = int(click.view.facts.get("draft") or 0) + 1
        text, agent = found[0].text, self._people.agent(click.spot.user)
        made = compose_modal(
            view,
            self._people.scene(),
            {**facts_of(click), "seen": view.seen or ""},
            thread=thread,
            text=text,
            preview=await self._preview(view, agent, text, thread, view.seen),
            draft=draft,
            takes=self._work.takes_files(view.case, thread),
        )
        await self._talk.update_view(click.view.id, made)

    async def typed(self, click: Click) -> None:
        """Show what would be sent as it stands, once the writer pauses for a moment."""
        shown = click.view
        if shown is None or not await self._is_newest(click, shown):
            return
        case = CaseId(shown.facts.get("case", ""))
        made = await self.as_it_stands(shown, case, click.spot.user)
        await self._talk.update_view(shown.id, made, hash_=shown.hash)

    async def as_it_stands(
        self, shown: View, case: CaseId, user: str, *, seen: str | None = None
    ) -> Json:
        """Return the composer with what was typed and what would become of it.

        `seen`: what its writer is taken to have read from now on, if that is more.
        """
        view, text = await self._work.view(case), shown.field(ActionId.TEXT.value)
        thread, agent = self._thread(shown, view), self._people.agent(user)
        before = shown.facts.get("seen") or None
        return compose_modal(
            view,
            self._people.scene(),
            {**shown.facts, "seen": seen or before or ""},
            thread=thread,
            text=text,
            preview=await self._preview(view, agent, text, thread, before),
            suggestions=() if text.strip() else await self._work.suggestions(case),
            draft=int(shown.facts.get("draft") or 0),
            takes=self._work.takes_files(view.case, thread),
        )

    async def _fresh(self, click: Click, view: CaseView) -> Json:
        thread = thread_of(view)
        return compose_modal(
            view,
            self._people.scene(),
            {**facts_of(click), "seen": view.seen or ""},
            thread=thread,
            suggestions=await self._work.suggestions(view.case.id),
            takes=self._work.takes_files(view.case, thread),
        )

    async def _preview(
        self,
        view: CaseView,
        agent: AgentId,
        text: str,
        thread: ThreadId,
        seen: str | None,
    ) -> Preview | None:
        if not text.strip():
            return None
        try:
            return await self._work.preview(
                view.case.id, agent, text, thread=thread, seen=seen
            )
        except (InputError, CaseConflict):
            return None  # submitting it says what is wrong

    def _thread(self, shown: View, view: CaseView) -> ThreadId:
        chosen = shown.field(ActionId.THREAD.value) or shown.facts.get("to", "")
        return ThreadId(chosen) if chosen else thread_of(view)

    async def _is_newest(self, click: Click, shown: View) -> bool:
        self._typed[shown.id] = click.key
        while len(self._typed) > _MOST_OPEN:
            self._typed.popitem(last=False)
        await self._clock.sleep(_TYPING_S)
        return self._typed.get(shown.id) == click.key


def facts_of(click: Click) -> dict[str, str]:
    """Return what a dialogue has to remember: where it was opened."""
    if click.view is not None:
        return dict(click.view.facts)
    return {"channel": click.spot.channel, "thread": click.spot.thread}
