"""`/firstline …`: what agents ask for, answered to them alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

from bot.clock import Clock
from bot.desk.slack.blocks import (
    Rendered,
    render_help,
    render_mine,
    render_next,
    render_quiet,
    render_search,
    render_status,
)
from bot.desk.slack.heard import Command
from bot.desk.slack.links import Links
from bot.desk.slack.overview import Overview
from bot.desk.slack.people import People
from bot.desk.slack.refusals import refusal
from bot.desk.slack.talk import Talk
from bot.errors import InputError
from bot.model.case import AgentId, Case, CaseId
from bot.model.quiet import EVERYTHING
from bot.ports import CaseWork, QuietMode

Answer = Callable[[AgentId, str], Awaitable[Rendered]]


class CommandListener:
    """Answers commands."""

    def __init__(
        self,
        work: CaseWork,
        quiet: QuietMode,
        talk: Talk,
        people: People,
        *,
        overview: Overview,
        links: Links,
        channels: Sequence[str],
        clock: Clock,
    ) -> None:
        self._channels = channels
        self._work, self._quiet, self._talk = work, quiet, talk
        self._people, self._overview, self._links = people, overview, links
        self._clock = clock
        self._answers: Final[Mapping[str, Answer]] = {
            "status": self._status,
            "mine": self._mine,
            "next": self._next,
            "search": self._search,
            "pause": self._pause,
            "resume": self._resume,
        }

    async def hear(self, command: Command) -> None:
        """Answer; what is not understood gets the list of what can be asked."""
        word, _, rest = command.words.partition(" ")
        agent = self._people.agent(command.spot.user)
        answer = self._answers.get(word.lower())
        try:
            says = await answer(agent, rest.strip()) if answer else render_help()
        except InputError as error:
            await self._talk.tell(command.spot, refusal(error, self._people.scene()))
            return
        await self._talk.tell(command.spot, says)

    async def _status(self, _agent: AgentId, _rest: str) -> Rendered:
        pauses = await self._overview.pauses()
        return render_status(
            await self._overview.queue(),
            await self._people.scene_of(*(one.by for one in pauses)),
            today=await self._overview.today(),
            money=await self._overview.money(),
            health=await self._overview.health(),
            pauses=pauses,
        )

    async def _mine(self, agent: AgentId, _rest: str) -> Rendered:
        cases = await self._work.mine(agent)
        return render_mine(
            cases, self._people.scene(), links=await self._links_to(cases)
        )

    async def _next(self, agent: AgentId, _rest: str) -> Rendered:
        view = await self._work.next(agent)
        if view is None:
            return render_next(None, self._people.scene())
        links = await self._links.of([view.case.id])
        url = links.get(view.case.id, "")
        return render_next(view, self._people.scene(), url=url)

    async def _search(self, _agent: AgentId, words: str) -> Rendered:
        if not words:
            raise InputError("Write what to search for: /firstline search jules")
        cases = await self._work.search(words)
        scene = await self._people.scene_of(*(case.assignee for case in cases))
        links = await self._links_to(cases)
        return render_search(words, cases, scene, links=links)

    async def _pause(self, agent: AgentId, scope: str) -> Rendered:
        named = scope.lower() or EVERYTHING
        intents = self._people.scene().policy.intents
        known = named.partition("/")[0] in intents
        if named != EVERYTHING and named not in self._channels and not known:
            raise InputError(
                f"There is no channel and no intent “{named}”. Without a name the bot "
                "is paused wholly; the channels are " + ", ".join(self._channels)
            )
        await self._quiet.pause(named, agent, now=self._clock.now())
        return await self._quietness()

    async def _resume(self, agent: AgentId, scope: str) -> Rendered:
        now, pauses = self._clock.now(), await self._quiet.quiet()
        ended = [one.scope for one in pauses if not scope or one.scope == scope]
        if scope and not ended:
            raise InputError(f"The bot is not paused for “{scope}”.")
        for one in ended:
            await self._quiet.resume(one, agent, now=now)
        return await self._quietness()

    async def _quietness(self) -> Rendered:
        pauses = await self._overview.pauses()
        scene = await self._people.scene_of(*(one.by for one in pauses))
        return render_quiet(pauses, scene)

    async def _links_to(self, cases: list[Case]) -> dict[CaseId, str]:
        return await self._links.of(case.id for case in cases)
