"""From decisions to one commit: state, transcript, texts, case and events together."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.flow.acquaintance import met
from bot.flow.caseload import (
    answered_in_part,
    joined_case,
    marked_withheld,
    opened_case,
    reopened_case,
    restated,
    stopped_text,
    unheard_case,
    withheld_text,
)
from bot.flow.compose import Composed, Composer, invites
from bot.flow.speech import spoken_text
from bot.flow.transcript import deleted_record, lines_of_turn, text_record
from bot.model.case import ACTIVE, Case, CaseId
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
from bot.model.outgoing import Outgoing, Purpose, Speaker
from bot.model.policy import Policy
from bot.model.reading import Reading
from bot.model.reason import Reason
from bot.model.record import Record
from bot.model.reply_history import queued_facts
from bot.model.timer import timers_of
from bot.model.work import Buried, Commit, Handled, Happening, SendFailure, Work
from bot.ports import Channel, DialogueTurn

MAX_LOOKUPS = 10  # failed ones that are remembered


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
        self._read: Reading | None = None
        self._handled: list[Handled] = []
        self._records: list[Record] = []
        self._texts: list[Outgoing] = []
        self._happenings: list[Happening] = []

    def add_turn(
        self, turn: Turn, decision: Decision, spoken: DialogueTurn | None = None
    ) -> None:
        """Add one turn with its decision, and the dialogue's part if it had one."""
        self.customer = met(self.customer, turn)
        self._read = turn.reading
        self._apply(decision, turn.last, turn.reading)
        if spoken is not None:
            self._keep_dialogue(spoken, ended=decision.outcome is Outcome.HANDED_OFF)
        self._record_messages(turn, decision)
        self._speak(decision, turn.last, seed=turn.last.key)

    def add_failure(self, failure: SendFailure, decision: Decision) -> None:
        """Add a text of ours that did not arrive: what it replied to is not answered."""
        self._apply(decision, failure.outgoing, None)
        case = self._case
        if case and failure.outgoing.case == case.id:
            self._case = case = unheard_case(case, failure.outgoing)
            self.customer = replace(self.customer, case=case)
        answered = failure.outgoing.reply_to
        if failure.outgoing.speaker is Speaker.BOT and answered is not None:
            team = self._case.team if self._case else ""
            self._handled.append(
                Handled(answered, decision.outcome, decision.reason, team=team)
            )
        self._speak(decision, failure.outgoing, seed=f"{failure.outgoing.key}:instead")

    def add_burial(self, buried: Buried, decision: Decision) -> None:
        """Add that mails became dead letters; their outcomes are written already."""
        self._apply(decision, buried, None)

    def add_deleted(self, message: Message) -> None:
        """Add a message that its author deleted before it was read."""
        self._records.append(deleted_record(message))
        self._handled.append(Handled(message.id, Outcome.IGNORED, Reason.DELETED))

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
            timers=timers_of(self._case, self._policy) if self._case else (),
        )

    # -- state ----------------------------------------------------------------

    def _keep_dialogue(self, spoken: DialogueTurn, *, ended: bool) -> None:
        state = None if ended else spoken.state
        failed = (self._now,) if spoken.failed else ()
        self.customer = replace(
            self.customer.with_facts(spoken.facts),
            failed_lookups=(*self.customer.failed_lookups, *failed)[-MAX_LOOKUPS:],
            dialogue=state,
            dialogue_at=self._now if state else None,
            invited_for=None,
        )

    def _apply(
        self,
        decision: Decision,
        cause: Message | Outgoing | Buried,
        reading: Reading | None,
    ) -> None:
        # nothing was said to whom our text did not reach, nor of what was buried
        silent = decision.withheld is not None or reading is None
        for effect in decision.effects:
            if isinstance(effect, OpenCase):
                self._open(effect, cause, reading, silent=silent)
            elif isinstance(effect, JoinCase):
                self._join(effect, decision.reason)
            elif isinstance(effect, SetOptOut):
                self._set_opt_out(effect)
            elif isinstance(effect, EndDialogue):
                self.customer = replace(self.customer, dialogue=None, dialogue_at=None)
        if decision.reason is Reason.INVITED and reading is not None:
            self.customer = replace(
                self.customer, invited_for=reading.top.intent, invited_at=self._now
            )

    def _set_opt_out(self, effect: SetOptOut) -> None:
        changed = self.customer.opted_out is not effect.opted_out
        self.customer = replace(self.customer, opted_out=effect.opted_out)
        if effect.opted_out:
            self.customer = self.customer.having_stopped(effect.at)
        out, back = EventType.CUSTOMER_OPTED_OUT, EventType.CUSTOMER_OPTED_IN
        if changed:
            kind = out if effect.opted_out else back
            self._happenings.append(Happening(kind, {}))

    # -- the case -------------------------------------------------------------

    def _open(
        self,
        effect: OpenCase,
        cause: Message | Outgoing | Buried,
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
        team = self._case.team if self._case else ""
        handled, records = lines_of_turn(turn, decision, team=team)
        self._handled += handled
        self._records += records

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
            now=self._now,
        )
        if composed is None:
            return
        if composed.withheld is not None:
            self._withhold(composed.withheld, cause)
            return
        if composed.stopped and self._case is None:
            self._hand_over(stopped_text(self._policy), cause)
        elif composed.left_out:
            self._hand_over(answered_in_part(self._policy), cause, reading=self._read)
        handed = decision.outcome in (Outcome.HANDED_OFF, Outcome.JOINED)
        purpose = Purpose.ACKNOWLEDGEMENT if handed else Purpose.ANSWER
        self._queue(composed, cause, key=f"{seed}:say", purpose=purpose)
        told = replace(
            thread,
            unsent=thread.unsent + 1,
            introduced=thread.introduced
            or (private and decision.reason is not Reason.OPT_OUT),
            invited=thread.invited or invites(decision),
        )
        self.customer = self.customer.having_heard(composed.text, cause.thread, told)

    def _withhold(self, reason: Reason, cause: Message | Outgoing) -> None:
        """Say nothing; people learn why, and get what was to be answered."""
        if self._case is None:
            self._hand_over(withheld_text(reason, self._policy), cause, silent=True)
        else:
            self._case = case = replace(self._case, acknowledged=False)
            self.customer = replace(self.customer, case=case)
        self._handled, self._records = marked_withheld(
            self._handled, self._records, cause, reason
        )

    def _hand_over(
        self,
        opened: OpenCase,
        cause: Message | Outgoing,
        *,
        silent: bool = False,
        reading: Reading | None = None,
    ) -> None:
        """Give people what the bot cannot say; that is what became of `cause`."""
        case = self.customer.case
        if case is not None and case.status in ACTIVE:
            self._join(JoinCase(case.id), opened.reason)
            outcome = Outcome.JOINED
        else:
            self._open(opened, cause, reading, silent=silent)
            outcome = Outcome.HANDED_OFF
        self._handled, self._records = restated(
            self._handled, self._records, cause, outcome, opened.reason
        )

    def _queue(
        self,
        composed: Composed,
        cause: Message | Outgoing,
        *,
        key: str,
        purpose: Purpose,
    ) -> None:
        text = spoken_text(
            composed,
            cause,
            self.customer,
            key=key,
            purpose=purpose,
            case=self._case.id if self._case else None,
            now=self._now,
            acknowledge_within=self._policy.acknowledge_within,
            topic=self._read.top.label if self._read else "",
        )
        self._texts.append(text)
        problem = composed.stopped[0].code if composed.stopped else None
        self._records.append(text_record(text, problem=problem))
        facts = queued_facts(text, problem=problem)
        self._happenings.append(Happening(EventType.REPLY_QUEUED, facts))
