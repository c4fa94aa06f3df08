"""From decisions to one commit: state, transcript, texts, case and events together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.flow.caseload import joined_case, opened_case, reopened_case
from bot.flow.compose import Composed, Composer
from bot.flow.transcript import message_record, text_record
from bot.model.case import Case, CaseId
from bot.model.effect import (
    Decision,
    EndDialogue,
    JoinCase,
    OpenCase,
    SetOptOut,
    Turn,
)
from bot.model.event import EventType, Outcome
from bot.model.hours import expected_wait
from bot.model.message import Message, Visibility
from bot.model.outgoing import Outgoing, Speaker
from bot.model.policy import Policy
from bot.model.reading import Reading
from bot.model.reason import Reason
from bot.model.record import Record
from bot.model.work import Commit, Handled, Happening, SendFailure, Work
from bot.ports import Channel, DialogueTurn


class Ledger:
    """Gathers what the turns of one customer decide, and closes into one Commit.

    Turns are added in order; `customer` is always the state after the last one,
    so that the next decision sees it.
    """

    def __init__(
        self,
        work: Work,
        *,
        policy: Policy,
        composer: Composer,
        channel: Channel,
        case_id: CaseId,
        now: datetime,
    ) -> None:
        self.customer = work.customer
        self._work, self._policy, self._composer = work, policy, composer
        self._channel, self._case_id, self._now = channel, case_id, now
        self._case: Case | None = None
        self._handled: list[Handled] = []
        self._records: list[Record] = []
        self._texts: list[Outgoing] = []
        self._happenings: list[Happening] = []

    def add_turn(
        self, turn: Turn, decision: Decision, spoken: DialogueTurn | None = None
    ) -> None:
        """Add one turn with its decision, and the dialogue's part if it had one."""
        self._remember(turn)
        self._apply(decision, turn.last, turn.reading)
        if spoken is not None:
            self._keep_dialogue(spoken, ended=decision.outcome is Outcome.HANDED_OFF)
        self._record_messages(turn, decision)
        self._speak(decision, turn.last, seed=turn.last.key)

    def add_failure(self, failure: SendFailure, decision: Decision) -> None:
        """Add a text of ours that did not arrive.

        What the bot had answered or acknowledged with it was not: the message
        that it replied to gets its true outcome.
        """
        self._apply(decision, failure.outgoing, None)
        answered = failure.outgoing.reply_to
        if failure.outgoing.speaker is Speaker.BOT and answered is not None:
            team = self._case.team if self._case else ""
            self._handled.append(
                Handled(answered, decision.outcome, decision.reason, team=team)
            )
        self._speak(decision, failure.outgoing, seed=f"{failure.outgoing.key}:instead")

    def close(self, *, mails: int) -> Commit:
        """Return everything gathered as one commit that deals with `mails` mails."""
        return Commit(
            work=self._work,
            customer=self.customer,
            at=self._now,
            handled_mails=mails,
            handled=tuple(self._handled),
            records=tuple(self._records),
            texts=tuple(self._texts),
            happenings=tuple(self._happenings),
            case=self._case,
        )

    # -- state ----------------------------------------------------------------

    def _remember(self, turn: Turn) -> None:
        """Count the contact; keep private facts, so that none is said in public."""
        customer = replace(
            self.customer,
            contacts=self.customer.contacts + 1,
            handle=turn.last.handle,
        )
        if turn.last.visibility is Visibility.PRIVATE:
            kinds = turn.reading.signals.personal_data
            values = (e.value for e in turn.reading.entities if e.kind in kinds)
            customer = customer.with_facts(tuple(values))
        self.customer = customer

    def _keep_dialogue(self, spoken: DialogueTurn, *, ended: bool) -> None:
        state = None if ended else spoken.state
        self.customer = replace(
            self.customer.with_facts(spoken.facts),
            dialogue=state,
            dialogue_at=self._now if state else None,
            invited_for=None,
        )

    def _apply(
        self, decision: Decision, cause: Message | Outgoing, reading: Reading | None
    ) -> None:
        for effect in decision.effects:
            if isinstance(effect, OpenCase):
                self._open(effect, cause, reading, silent=decision.withheld is not None)
            elif isinstance(effect, JoinCase):
                self._join(effect, decision.reason)
            elif isinstance(effect, SetOptOut):
                self._set_opt_out(effect)
            elif isinstance(effect, EndDialogue):
                self.customer = replace(self.customer, dialogue=None, dialogue_at=None)
        if decision.reason is Reason.INVITED and reading is not None:
            self.customer = replace(self.customer, invited_for=reading.top.intent)

    def _set_opt_out(self, effect: SetOptOut) -> None:
        self.customer = replace(self.customer, opted_out=effect.opted_out)
        kind = (
            EventType.CUSTOMER_OPTED_OUT
            if effect.opted_out
            else EventType.CUSTOMER_OPTED_IN
        )
        self._happenings.append(Happening(kind, {}))

    # -- the case -------------------------------------------------------------

    def _open(
        self,
        effect: OpenCase,
        cause: Message | Outgoing,
        reading: Reading | None,
        *,
        silent: bool,
    ) -> None:
        old = self.customer.case if effect.reopen is not None else None
        case = opened_case(
            effect,
            self.customer,
            cause,
            reading,
            id=old.id if old else self._case_id,
            now=self._now,
            acknowledged=not silent,
        )
        kind = EventType.CASE_REOPENED if old else EventType.CASE_OPENED
        self._set_case(reopened_case(case, old) if old else case, kind, effect.reason)

    def _join(self, effect: JoinCase, reason: Reason) -> None:
        case = self.customer.case
        if case is None or case.id != effect.case:
            raise ValueError(f"cannot join {effect.case}: it is not this customer's")
        joined = joined_case(case, effect, now=self._now)
        self._set_case(joined, EventType.CASE_JOINED, reason)

    def _set_case(self, case: Case, kind: EventType, reason: Reason) -> None:
        self._case = case
        self.customer = replace(self.customer, case=case)
        facts = {"case": case.id, "reason": reason.value, "team": case.team}
        self._happenings.append(Happening(kind, facts))

    # -- transcript and texts ---------------------------------------------------

    def _record_messages(self, turn: Turn, decision: Decision) -> None:
        for message in turn.messages:
            last = message is turn.last
            outcome = decision.outcome if last else Outcome.COALESCED
            reason = decision.reason if last else Reason.READ_TOGETHER
            self._handled.append(
                Handled(
                    message.id,
                    outcome,
                    reason,
                    label=turn.reading.top.label if last else "",
                    team=self._case.team if self._case and last else "",
                    withheld=decision.withheld if last else None,
                )
            )
            self._records.append(
                message_record(
                    message,
                    outcome,
                    reason,
                    reading=turn.reading if last else None,
                    withheld=decision.withheld if last else None,
                )
            )

    def _speak(
        self, decision: Decision, cause: Message | Outgoing, *, seed: str
    ) -> None:
        thread = self.customer.thread(cause.thread)
        private = cause.visibility is Visibility.PRIVATE
        composed = self._composer.compose(
            decision.effects,
            cause.visibility,
            customer=self.customer,
            channel=self._channel,
            seed=seed,
            wait=expected_wait(self._now, self._policy.hours),
            introduce=private
            and not thread.introduced
            and decision.reason is not Reason.OPT_OUT,  # no more words than needed
        )
        if composed is None:
            return
        if composed.stopped and self._case is None:
            self._open(_unsafe(self._policy), cause, None, silent=False)
        self._queue(composed, cause, key=f"{seed}:say")
        self.customer = self.customer.having_heard(composed.text)
        self.customer = self.customer.with_thread(
            cause.thread,
            replace(
                thread,
                unsent=thread.unsent + 1,
                introduced=thread.introduced
                or (private and decision.reason is not Reason.OPT_OUT),
                invited=thread.invited or _invites(decision),
            ),
        )

    def _queue(
        self, composed: Composed, cause: Message | Outgoing, *, key: str
    ) -> None:
        reply_to = cause.id if isinstance(cause, Message) else cause.reply_to
        text = Outgoing(
            key=key,
            channel=self.customer.channel,
            customer=self.customer.id,
            handle=self.customer.handle,
            thread=cause.thread,
            visibility=cause.visibility,
            text=composed.text,
            speaker=Speaker.BOT,
            queued_at=self._now,
            reply_to=reply_to,
            case=self._case.id if self._case else None,
        )
        self._texts.append(text)
        problem = composed.stopped[0].code if composed.stopped else None
        self._records.append(text_record(text, problem=problem))
        facts = {"key": key, "speaker": Speaker.BOT.value, "problem": problem or ""}
        self._happenings.append(Happening(EventType.REPLY_QUEUED, facts))


def _invites(decision: Decision) -> bool:
    parts: Sequence[str] = [
        part for effect in decision.effects for part in getattr(effect, "parts", ())
    ]
    return "invite_to_direct" in parts


def _unsafe(policy: Policy) -> OpenCase:
    rule = policy.rule("")
    return OpenCase(
        reason=Reason.UNSAFE_TEXT,
        team=rule.team,
        priority=rule.priority,
        priority_reasons=("the bot's text was stopped by a check",),
    )
