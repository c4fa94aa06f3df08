"""Clicks that change a case at once, without a dialogue."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from bot.desk.slack import refusals
from bot.desk.slack.files import kept_elsewhere, shared_files
from bot.desk.slack.heard import Click, Said, Spot, id_of_said
from bot.desk.slack.ids import ActionId
from bot.desk.slack.people import People
from bot.desk.slack.plain import emoji_in, plain, without_reply
from bot.desk.slack.reading import Json, rows, text
from bot.desk.slack.talk import Talk
from bot.desk.slack.thread import ThreadListener, kept_reply
from bot.errors import CaseConflict, InputError, UnsafeText
from bot.model.case import AgentId, Case, CaseId
from bot.ports import CaseWork

Act = Callable[[Click, CaseId, AgentId], Awaitable[object]]

TAKEN_OVER: Final = "You have {case} now. Your reply goes out."
NOTED: Final = "Kept as an internal note. It stays at the desk."
WORDS_GONE: Final = "Your message is not there any more, so nothing was sent."


class ActListener:
    """Does what the buttons of cards and lines say."""

    def __init__(
        self, work: CaseWork, talk: Talk, people: People, thread: ThreadListener
    ) -> None:
        self._work, self._talk, self._people = work, talk, people
        self._thread = thread
        self._acts: Final[Mapping[str, Act]] = {
            ActionId.CASE_CLAIM.value: self._claim,
            ActionId.CASE_RELEASE.value: self._release,
            ActionId.REPLY_UNDO.value: self._undo,
            ActionId.REPLY_RETRY.value: self._retry,
            ActionId.TAKE_OVER.value: self._take_over,
            ActionId.ADD_NOTE.value: self._add_note,
        }

    def knows(self, click: Click) -> bool:
        """Tell whether this is one of its buttons."""
        return (
            click.action in self._acts
            and click.view is None
            and bool(click.facts.get("case"))
        )

    async def hear(self, click: Click) -> None:
        """Do it; who clicked is told privately why not, if that is so."""
        case, agent = (
            CaseId(click.facts["case"]),
            self._people.agent(click.spot.user),
        )
        try:
            await self._acts[click.action](click, case, agent)
        except (CaseConflict, InputError, UnsafeText) as error:
            await self._refuse(click.spot, case, error)

    async def _refuse(
        self, spot: Spot, case: CaseId, error: CaseConflict | InputError | UnsafeText
    ) -> None:
        found = await self._work.cases([case])
        holder = error.holder if isinstance(error, CaseConflict) else ""
        scene = await self._people.scene_of(holder)
        says = refusals.refusal(error, scene, next(iter(found), None))
        await self._talk.tell(spot, says)

    async def _claim(self, click: Click, case: CaseId, agent: AgentId) -> Case:
        return await self._work.claim(case, agent, key=click.key)

    async def _release(self, _click: Click, case: CaseId, agent: AgentId) -> Case:
        return await self._work.release(case, agent)

    async def _undo(self, click: Click, case: CaseId, agent: AgentId) -> Case:
        return await self._work.undo(case, agent, click.facts.get("reply", ""))

    async def _retry(self, click: Click, case: CaseId, agent: AgentId) -> Case:
        return await self._work.retry(case, agent, click.facts.get("reply", ""))

    async def _take_over(self, click: Click, case: CaseId, agent: AgentId) -> None:
        """Give the case to who clicked, and send what they wrote in its thread."""
        said = await self._written(click)
        if said is None:
            await self._talk.tell(click.spot, WORDS_GONE)
            return
        await self._work.assign(case, agent, agent, key=click.key)
        await self._thread.reply(case, said, without_reply(said.text))

    async def _add_note(self, click: Click, case: CaseId, agent: AgentId) -> None:
        said = await self._written(click)
        if said is None:
            await self._talk.tell(click.spot, WORDS_GONE)
            return
        words = without_reply(said.text)
        await self._work.note(case, agent, words, key=kept_reply(said))
        await self._talk.tell(click.spot, NOTED)

    async def _written(self, click: Click) -> Said | None:
        """Return the `reply:` that the question was about; it stands in the thread."""
        ts, team = click.facts.get("message", ""), click.facts.get("team", "")
        thread = click.facts.get("thread", "") or click.spot.thread
        found = await self._talk.message(click.spot.channel, thread, ts)
        return _said(found, click, team, thread) if found else None


def _said(message: Json, click: Click, team: str, thread: str) -> Said:
    channel, ts = click.spot.channel, text(message, "ts")
    return Said(
        key=click.key,
        id=id_of_said(team, channel, thread, ts),
        what="written",
        team=team,
        spot=Spot(click.spot.user, channel, thread),
        ts=ts,
        text=plain(text(message, "text"), emoji_in(message)),
        files=shared_files(rows(message, "files")),
        elsewhere=kept_elsewhere(rows(message, "files")),
    )
