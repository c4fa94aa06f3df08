"""What agents submit in dialogues, done; or said in the dialogue why not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timezone
from typing import Final

from bot.desk.slack import refusals
from bot.desk.slack.blocks import OTHER_TIME, chosen_message
from bot.desk.slack.composer import Composer
from bot.desk.slack.heard import Submission, View
from bot.desk.slack.ids import WORDINGS, ActionId, Dialogue
from bot.desk.slack.people import People
from bot.desk.slack.reading import Json
from bot.desk.slack.talk import Talk
from bot.errors import CaseConflict, InputError, UnsafeText
from bot.model.agent import agent_of_slack
from bot.model.case import AgentId, CaseId, IncidentId
from bot.model.message import ThreadId
from bot.ports import CaseWork, IncidentWork

Do = Callable[[View, AgentId], Awaitable[object]]

NO_TIME: Final = "Please choose a time."
NO_MESSAGE: Final = "Please choose a message."
Refused = CaseConflict | InputError | UnsafeText


class SubmissionListener:
    """Does what dialogues ask for. A dialogue that is submitted twice is one act."""

    def __init__(
        self,
        work: CaseWork,
        incidents: IncidentWork,
        talk: Talk,
        people: People,
        *,
        composer: Composer,
    ) -> None:
        self._work, self._incidents, self._talk = work, incidents, talk
        self._people, self._composer = people, composer
        self._acts: Final[Mapping[str, Do]] = {
            Dialogue.COMPOSE.value: self._reply,
            Dialogue.RESOLVE.value: self._resolve,
            Dialogue.ASSIGN.value: self._assign,
            Dialogue.HAND_OVER.value: self._hand_over,
            Dialogue.TAGS.value: self._tag,
            Dialogue.SNOOZE.value: self._snooze,
            Dialogue.WRONG_INTENT.value: self._correct,
            Dialogue.GIVE_BACK.value: self._give_back,
            Dialogue.BLOCK.value: self._block,
            Dialogue.HIDE.value: self._hide,
            Dialogue.NOT_YOURS.value: self._note,
            Dialogue.INCIDENT_ANSWER.value: self._answer_all,
            Dialogue.INCIDENT_RESOLVE.value: self._resolve_all,
        }

    async def hear(self, submitted: Submission) -> Json | None:
        """Do it; return what the dialogue is to show, None to close it."""
        view, agent = submitted.view, self._people.agent(submitted.spot.user)
        act = self._acts.get(view.dialogue)
        if act is None:
            return None
        try:
            await act(view, agent)
        except (CaseConflict, InputError, UnsafeText) as error:
            return await self._refused(submitted, error)
        return None

    async def tell_late(self, submitted: Submission, answer: Json) -> None:
        """Say privately what the dialogue was to show: Slack has closed it."""
        errors = answer.get("errors")
        says = refusals.NEWER_LATE
        if isinstance(errors, Mapping):
            says = "\n".join(str(one) for one in errors.values())
            if submitted.view.dialogue == Dialogue.COMPOSE.value:
                says = f"{refusals.NOT_SENT} {says}"
        await self._talk.tell(submitted.spot, says)

    async def _refused(self, submitted: Submission, error: Refused) -> Json | None:
        view, case = submitted.view, CaseId(submitted.view.facts.get("case", ""))
        if isinstance(error, CaseConflict) and error.code == "newer":
            return await self._with_news(submitted, case)
        found = await self._work.cases([case]) if case else []
        holder = error.holder if isinstance(error, CaseConflict) else ""
        scene = await self._people.scene_of(holder)
        field = _field_for(view, error)
        if field:
            says = refusals.plainly(error, scene, next(iter(found), None))
            return {"response_action": "errors", "errors": {field: says}}
        says = refusals.refusal(error, scene, next(iter(found), None))
        await self._talk.tell(submitted.spot, says)
        return None

    async def _with_news(self, submitted: Submission, case: CaseId) -> Json:
        """Show what the customer has written meanwhile; sending again sends it."""
        newest = (await self._work.view(case)).seen
        shown = await self._composer.as_it_stands(
            submitted.view, case, submitted.spot.user, seen=newest
        )
        return {"response_action": "update", "view": shown}

    async def _reply(self, view: View, agent: AgentId) -> None:
        to = view.field(ActionId.THREAD.value) or view.facts.get("to", "")
        await self._work.reply(
            _case(view),
            agent,
            view.field(ActionId.TEXT.value),
            thread=ThreadId(to),
            key=view.id,
            seen=view.facts.get("seen") or None,
            files=view.files,
        )

    async def _resolve(self, view: View, agent: AgentId) -> None:
        await self._work.resolve(
            _case(view),
            agent,
            view.field(ActionId.REASON.value),
            note=view.field(ActionId.NOTE.value),
            key=view.id,
        )

    async def _assign(self, view: View, agent: AgentId) -> None:
        chosen = view.field(ActionId.AGENT.value)
        to = agent_of_slack(self._people.scene().policy.agents, chosen)
        await self._work.assign(_case(view), agent, to, key=view.id)

    async def _hand_over(self, view: View, agent: AgentId) -> None:
        team = view.field(ActionId.TEAM.value)
        await self._work.hand_over(_case(view), agent, team)

    async def _tag(self, view: View, agent: AgentId) -> None:
        own = view.field(ActionId.OWN_TAGS.value).split(",")
        tags = [*view.fields.get(ActionId.TAGS.value, ()), *own]
        await self._work.tag(_case(view), agent, tags)

    async def _snooze(self, view: View, agent: AgentId) -> None:
        until = view.field(ActionId.UNTIL.value)
        chosen = view.field(ActionId.AT.value) if until == OTHER_TIME else until
        if not chosen.isdecimal():
            raise InputError(NO_TIME)
        moment = datetime.fromtimestamp(int(chosen), tz=timezone.utc)
        await self._work.snooze(_case(view), agent, moment)

    async def _correct(self, view: View, agent: AgentId) -> None:
        label = view.field(ActionId.LABEL.value)
        await self._work.correct(_case(view), agent, label)

    async def _give_back(self, view: View, agent: AgentId) -> None:
        await self._work.give_back(_case(view), agent, key=view.id)

    async def _block(self, view: View, agent: AgentId) -> None:
        await self._work.block(_case(view), agent, key=view.id)

    async def _hide(self, view: View, agent: AgentId) -> None:
        chosen = chosen_message(view.field(ActionId.MESSAGE.value))
        if chosen is None:
            raise InputError(NO_MESSAGE)
        message, hidden = chosen
        await self._work.hide(_case(view), agent, message, hidden=hidden, key=view.id)

    async def _note(self, view: View, agent: AgentId) -> None:
        words = view.field(ActionId.NOTE.value)
        await self._work.note(_case(view), agent, words, key=view.id)

    async def _answer_all(self, view: View, agent: AgentId) -> None:
        wordings = [view.field(wording.value) for wording in WORDINGS]
        await self._incidents.answer_all(
            _incident(view),
            agent,
            [wording for wording in wordings if wording.strip()],
            key=view.id,
        )

    async def _resolve_all(self, view: View, agent: AgentId) -> None:
        reason = view.field(ActionId.REASON.value)
        await self._incidents.resolve_all(_incident(view), agent, reason, key=view.id)


def _case(view: View) -> CaseId:
    return CaseId(view.facts.get("case", ""))


def _incident(view: View) -> IncidentId:
    return IncidentId(view.facts.get("incident", ""))


def _field_for(view: View, error: Refused) -> str:
    """Return the block under which the dialogue shows an error; "" if it has none."""
    if view.dialogue == Dialogue.SNOOZE.value and isinstance(error, InputError):
        return view.blocks.get(ActionId.AT.value, "")
    preferred = view.blocks.get(ActionId.TEXT.value)
    return preferred or next(iter(view.blocks.values()), "")
