"""What must be so of a customer at every step: the store is as the model says."""

from __future__ import annotations

from dataclasses import replace

from hypothesis.stateful import RuleBasedStateMachine, invariant

from bot.clock import to_ms
from bot.model.outgoing import Speaker
from bot.model.work import Work
from tests.first_line import FirstLine
from tests.integration import customer_model
from tests.integration.customer_model import CustomerModel
from tests.integration.customer_store import Kept, Seen
from tests.integration.place import Place


class CheckedCustomer(RuleBasedStateMachine):
    """One customer in the store and in the model; whoever acts is added to it.

    Attributes:
        place: the server, and a folder.
        line: the engine, on that server.
        kept: reads what the store holds of the customer.
        model: what it should hold.
        epochs: those that were seen so far: they never fall.
        number: counts what is made, so that all has a name of its own.
    """

    place: Place
    line: FirstLine
    kept: Kept
    model: CustomerModel
    epochs: list[int]
    number: int

    @property
    def now(self) -> int:
        return to_ms(self.line.clock.now())

    def next(self, prefix: str) -> str:
        self.number += 1
        return f"{prefix}{self.number}"

    def _is_as_the_model_says(self, work: Work) -> None:
        model = self.model
        mails = [self.kept.mail_of(mail) for mail in work.mails]
        whole = [replace(mail, rank=2) for mail in model.mails[: customer_model.MAILS]]
        assert mails == whole
        assert (work.lease.token, work.version) == (
            str(model.token),
            str(model.version),
        )
        assert (work.tries, work.suspect) == (model.tries, model.suspect)
        assert work.customer.epoch == model.epoch
        assert work.customer.earlier_dead == model.parked
        assert work.customer.opted_out == model.opted_out
        assert sum(t.unsent for t in work.customer.threads.values()) == len(model.queue)
        case = work.customer.case
        assert (case.status.value if case else None) == (
            model.case.status if model.case else None
        )

    def _may_go_out(self, task) -> None:
        """After a claim nothing of the bot begins; after an opt-out one last line."""
        bots = task.outgoing.speaker is Speaker.BOT and not task.look_up
        assert not (bots and self.model.held), "the bot spoke over an agent"
        confirms = task.outgoing.text == "opt_out"
        assert not (bots and self.model.opted_out and not confirms)

    @invariant()
    def the_store_is_as_the_model_says(self) -> None:
        if hasattr(self, "kept"):
            seen = self.place.run(self.kept.read())
            self._mail_is_conserved(seen)
            self._texts_are_in_order(seen)
            self._people_are_obeyed(seen)
            self._it_is_read_in_time(seen)

    def _mail_is_conserved(self, seen: Seen) -> None:
        model = self.model
        assert seen.mails == model.mails
        assert seen.told == model.outcomes  # by the events
        waiting = {id_ for id_, end in seen.told.items() if end == "pending"}
        assert waiting == {mail.id for mail in seen.mails if mail.kind == "message"}
        assert seen.pending == len(waiting)
        for id_ in {*model.accepted[-customer_model.KEPT :], *waiting}:
            assert seen.outcomes.get(id_) == model.outcomes[id_], id_
        may_keep = model.fresh + model.older + 2 * customer_model.KEPT
        assert len(seen.outcomes) <= may_keep
        letters = [(one.number, one.mail.id) for one in model.letters]
        assert seen.letters == letters
        assert seen.numbers == [number for number, _ in letters]
        assert seen.parked == model.parked

    def _texts_are_in_order(self, seen: Seen) -> None:
        model = self.model
        assert seen.queue == [text.key for text in model.queue]
        assert len(set(seen.queue)) == len(seen.queue) == seen.unsent
        assert seen.lines == model.lines
        known = set(model.lines) & set(model.delivery)  # it goes with its line
        assert {key: seen.delivery.get(key, "queued") for key in known} == {
            key: model.delivery[key] for key in known
        }
        waits = bool(model.queue) and not model.sending
        assert seen.lanes == ([model.send_at] if waits else [])
        assert seen.sending == ([model.look_at] if model.sending else [])
        ends = [t.expires for t in model.queue if t.expires and t.key != model.sending]
        assert seen.expiring == sorted(ends)[:1]

    def _people_are_obeyed(self, seen: Seen) -> None:
        self.epochs.append(seen.epoch)
        assert seen.epoch == self.model.epoch >= self.epochs[-2]
        assert seen.version == self.model.version
        case = self.model.case
        if case:
            found = self.place.run(self.line.cases.get(self.kept.case()))
            assert (found.status.value, found.assignee or "") == (
                case.status,
                case.holder,
            )
            assert found.revision == self.model.revision

    def _it_is_read_in_time(self, seen: Seen) -> None:
        model = self.model
        assert bool(seen.mails) <= bool(seen.ready or seen.leased)
        assert seen.leased == ([model.due] if model.place == "leased" else [])
        assert seen.ready == ([model.due] if model.place == "ready" else [])
