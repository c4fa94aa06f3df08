"""Opens dialogues for who clicked, within the three seconds that Slack gives."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

from bot.desk.slack import refusals
from bot.desk.slack.blocks import (
    answer_all_modal,
    assign_modal,
    block_modal,
    give_back_modal,
    hand_over_modal,
    hide_modal,
    history_modal,
    incident_cases_modal,
    resolve_all_modal,
    resolve_modal,
    snooze_modal,
    suggestions_modal,
    tags_modal,
    wrong_intent_modal,
)
from bot.desk.slack.composer import Composer, facts_of
from bot.desk.slack.heard import Click
from bot.desk.slack.ids import ActionId, More
from bot.desk.slack.links import Links
from bot.desk.slack.people import People
from bot.desk.slack.reading import Json
from bot.desk.slack.talk import Talk
from bot.errors import CaseConflict, InputError
from bot.model.case import CaseId, IncidentId
from bot.ports import CaseView, CaseWork, IncidentWork

Make = Callable[[Click, CaseView], Awaitable[Json]]
_LISTED: Final = 90  # cases of an incident that a dialogue shows


class DialogueListener:
    """What is asked before something is done, and what is only shown."""

    def __init__(
        self,
        work: CaseWork,
        incidents: IncidentWork,
        talk: Talk,
        people: People,
        *,
        composer: Composer,
        links: Links,
        labels: Callable[[], Sequence[str]],
    ) -> None:
        self._work, self._incidents, self._talk = work, incidents, talk
        self._people, self._composer = people, composer
        self._links, self._labels = links, labels
        self._made: Final[Mapping[str, Make]] = {
            ActionId.CASE_RESOLVE.value: self._resolve,
            More.ASSIGN.value: self._assign,
            More.HAND_OVER.value: self._hand_over,
            More.TAGS.value: self._tags,
            More.SNOOZE.value: self._snooze,
            More.GIVE_BACK.value: self._give_back,
            More.WRONG_INTENT.value: self._wrong_intent,
            More.SUGGESTIONS.value: self._suggestions,
            More.BLOCK.value: self._block,
            More.HISTORY.value: self._history,
            More.HIDE.value: self._hide,
        }

    async def hear(self, click: Click) -> None:
        """Open what was asked for, or bring it up to date.

        Raises:
            TooLate: Slack opens nothing for this click any more.
        """
        try:
            await self._hear(click)
        except (CaseConflict, InputError) as error:
            says = refusals.refusal(error, self._people.scene())
            await self._talk.tell(click.spot, says)

    async def _hear(self, click: Click) -> None:
        case, incident = click.facts.get("case", ""), click.facts.get("incident", "")
        if click.action in (ActionId.TEXT.value, ActionId.THREAD.value):
            await self._composer.typed(click)
        elif incident:
            await self._of_incident(click, IncidentId(incident))
        elif case:
            await self._of_case(click, CaseId(case))

    async def _of_case(self, click: Click, case: CaseId) -> None:
        wanted = next(iter(click.chosen), "")
        if click.action == ActionId.CASE_REPLY.value:
            await self._composer.open(click, case)
        elif click.action == ActionId.TAKE_OVER.value:
            await self._composer.take_over(click, case)
        elif click.action == ActionId.SUGGESTION_USE.value:
            await self._composer.use(click, case, click.facts.get("label", ""))
        elif click.action == ActionId.HISTORY_PAGE.value and click.view is not None:
            made = await self._history(click, await self._work.view(case))
            await self._talk.update_view(click.view.id, made)
        elif make := self._made.get(wanted) or self._made.get(click.action):
            made = await make(click, await self._work.view(case))
            await self._talk.open_view(click.trigger, made)

    async def _resolve(self, click: Click, view: CaseView) -> Json:
        return resolve_modal(view.case, self._people.scene(), facts_of(click))

    async def _assign(self, click: Click, view: CaseView) -> Json:
        scene = await self._people.scene_of(view.case.assignee)
        return assign_modal(view.case, scene, facts_of(click))

    async def _hand_over(self, click: Click, view: CaseView) -> Json:
        return hand_over_modal(view.case, self._people.scene(), facts_of(click))

    async def _tags(self, click: Click, view: CaseView) -> Json:
        return tags_modal(view.case, self._people.scene(), facts_of(click))

    async def _snooze(self, click: Click, view: CaseView) -> Json:
        zone = await self._people.zone(click.spot.user)
        scene = self._people.scene()
        return snooze_modal(view.case, scene, facts_of(click), zone=zone)

    async def _give_back(self, click: Click, view: CaseView) -> Json:
        return give_back_modal(view.case, facts_of(click))

    async def _block(self, click: Click, view: CaseView) -> Json:
        return block_modal(view.case, facts_of(click))

    async def _hide(self, click: Click, view: CaseView) -> Json:
        return hide_modal(view, facts_of(click))

    async def _wrong_intent(self, click: Click, view: CaseView) -> Json:
        return wrong_intent_modal(view, facts_of(click), labels=self._labels())

    async def _suggestions(self, click: Click, view: CaseView) -> Json:
        found = await self._work.suggestions(view.case.id)
        return suggestions_modal(view, facts_of(click), suggestions=found)

    async def _history(self, click: Click, view: CaseView) -> Json:
        cases = await self._work.earlier_cases(view.case.customer)
        agents = [case.assignee for case in cases]
        scene = await self._people.scene_of(*agents, *(r.agent for r in view.records))
        page = click.facts.get("page", "0")
        return history_modal(
            view,
            scene,
            facts_of(click),
            cases=cases,
            page=int(page) if page.isdecimal() else 0,
        )

    async def _of_incident(self, click: Click, incident: IncidentId) -> None:
        view = await self._incidents.incident(incident)
        scene, facts = self._people.scene(), facts_of(click)
        if click.action == ActionId.INCIDENT_ANSWER.value:
            made = answer_all_modal(view, facts)
        elif click.action == ActionId.INCIDENT_RESOLVE.value:
            made = resolve_all_modal(view, scene, facts)
        else:
            cases = await self._incidents.cases(incident, offset=0, limit=_LISTED)
            links = await self._links.of(case.id for case in cases)
            made = incident_cases_modal(view, cases, scene, facts, links=links)
        await self._talk.open_view(click.trigger, made)
