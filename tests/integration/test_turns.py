"""What one customer's turn may do to the others, and what becomes of what fails."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from bot.channels.simulator import Fault
from bot.errors import (
    CaseConflict,
    InputError,
    StoreUnavailable,
    TemporaryFailure,
)
from bot.flow.outcomes import count_outcomes
from bot.model.case import AgentId, CaseStatus
from bot.model.customer import MAX_THREADS, Customer, ThreadState
from bot.model.event import Outcome
from bot.model.message import DIRECT, MessageId, ThreadId, Visibility
from bot.model.reason import Reason
from bot.model.record import Author, Delivery
from bot.model.work import Buried, Commit
from bot.store import keys
from bot.store.codec import customer_from_hash, state_to_json
from bot.store.dead import RedisDeadLetters
from tests.builders import ALICE, NOON, POLICY
from tests.first_line import FirstLine
from tests.ledger import break_reading, mend_reading, received

ANN, BEN = AgentId("ann"), AgentId("ben")
STANDARD = "faq/delivery_cost 0.9"
LOOK_UP = "order_status 0.9"
DONE = next(iter(POLICY.resolutions))


class Away:
    """A dialogue whose order system does not answer."""

    async def turn(self, *_: object, **__: object):
        raise TemporaryFailure("away")


async def bury_alice(line: FirstLine):
    """Let a message of Alice become a dead letter; return the case of it."""
    break_reading(line)
    line.channel.network.direct("alice", "poison")
    await line.settle()
    (case,) = await line.cases.active()
    return case


async def test_a_message_that_breaks_the_model_stops_nobody_else(line):
    break_reading(line)
    line.channel.network.direct("eve", "poison")
    for name in ("bob", "carl"):
        line.channel.network.direct(name, STANDARD)
    await line.settle()
    assert len(received(line, "bob")) == len(received(line, "carl")) == 1
    outcomes = await count_outcomes(line.events)
    assert (outcomes.totals[Outcome.DEAD], outcomes.adds_up) == (1, True)


async def test_a_mail_that_cannot_be_read_stops_nobody_else(line, redis):
    line.channel.network.direct("alice", STANDARD)
    line.channel.network.direct("bob", STANDARD)
    await line.intake.step()
    mailbox = keys.of_customer(ALICE, "mailbox")
    id_ = json.loads(await redis.lindex(mailbox, 0))["body"]["id"]
    alien = json.dumps({"kind": "message", "body": {"id": id_}})
    await redis.lset(mailbox, 0, alien)
    await line.settle()
    assert len(received(line, "bob")) == 1
    (case,) = await line.cases.active()
    assert (case.customer, case.reason) == (ALICE, "too_many_tries")


async def test_what_kills_its_worker_each_time_becomes_a_dead_letter(line):
    line.channel.network.direct("alice", STANDARD)
    await line.intake.step()
    for _ in range(6):  # each time it is killed with this customer alone in hand
        line.clock.advance(60)
        (lease,) = await line.turns.lease(
            now=line.clock.now(), length=timedelta(seconds=30), limit=5
        )
        until = line.clock.now() + timedelta(seconds=30)
        assert await line.turns.isolate(lease, until=until)
    await line.settle()
    assert (await count_outcomes(line.events)).totals[Outcome.DEAD] == 1


async def test_a_commit_that_is_repeated_changes_nothing(line, monkeypatch):
    line.channel.network.direct("alice", STANDARD)
    commit, answers = line.turns.commit, []

    async def twice(commits, *, again_at):
        first = await commit(commits, again_at=again_at)
        answers.append(await commit(commits, again_at=again_at))
        return first

    monkeypatch.setattr(line.turns, "commit", twice)
    await line.settle()
    assert answers[0] == [False]


async def test_who_was_in_hand_when_the_store_was_away_waits_for_no_lease(
    line, monkeypatch
):
    """The store answers again at once: they are due at once, and not blamed."""
    line.channel.network.direct("alice", STANDARD)
    await line.intake.step()
    line.clock.set(await line.turns.next_due())
    monkeypatch.setattr(line.turns, "load", unreachable)
    with pytest.raises(StoreUnavailable):
        await line.worker.step()
    monkeypatch.undo()
    assert await line.turns.next_due() == line.clock.now()
    await line.settle()
    assert len(received(line)) == 1


async def test_whom_a_longer_outage_left_in_hand_is_read_once_it_is_over(
    line, monkeypatch
):
    """Customers wait for the store, and not for their leases after it."""
    for account in ("alice", "bob"):
        line.channel.network.direct(account, STANDARD)
    await line.intake.step()
    line.clock.set(await line.turns.next_due())
    monkeypatch.setattr(line.turns, "load", unreachable)
    monkeypatch.setattr(line.turns, "give_back", unreachable)
    for _ in range(3):
        with pytest.raises(StoreUnavailable):
            await line.worker.step()
    monkeypatch.undo()
    assert await line.worker.step() == 2
    await line.settle()
    assert len(received(line)) == len(received(line, "bob")) == 1


@pytest.mark.parametrize("executed", [True, False])
async def test_whose_commit_had_no_answer_waits_no_longer_than_the_others(
    line, monkeypatch, executed
):
    """One answer was lost: the store is there, and nothing is away that may return."""
    for account in ("alice", "bob"):
        line.channel.network.direct(account, STANDARD)
    await line.intake.step()
    line.clock.set(await line.turns.next_due())
    commit = line.turns.commit

    async def deaf(commits, **how):
        if executed:
            await commit(commits[:1], **how)
        await unreachable()

    monkeypatch.setattr(line.turns, "commit", deaf)
    with pytest.raises(StoreUnavailable):
        await line.worker.step()
    monkeypatch.undo()
    assert await line.worker.step() == (1 if executed else 2)
    await line.settle()
    assert len(received(line)) == len(received(line, "bob")) == 1


async def unreachable(*_args: object, **_kwargs: object):
    raise StoreUnavailable("simulated: one answer is lost")


async def test_whom_a_worker_gave_back_it_neither_commits_nor_gives_back_again(line):
    """A repetition after a lost answer must not move what was decided meanwhile."""
    line.channel.network.direct("alice", STANDARD)
    await line.intake.step()
    line.clock.set(await line.turns.next_due())
    now, second = line.clock.now(), timedelta(seconds=1)
    (lease,) = await line.turns.lease(now=now, length=30 * second, limit=5)
    await line.turns.give_back(lease, due=now + 8 * second, failed=True)
    await line.turns.give_back(lease, due=now + second, failed=False)
    assert await line.turns.next_due() == now + 8 * second
    (work,) = await line.turns.load([lease])
    commit = Commit(
        work=work,
        customer=work.customer,
        at=now,
        handled_mails=1,
        handled=(),
        records=(),
        texts=(),
        happenings=(),
        case=None,
    )
    assert await line.turns.commit([commit], again_at=now) == [False]


async def test_a_burial_under_a_lost_lease_changes_nothing(line):
    line.channel.network.direct("alice", STANDARD)
    await line.intake.step()
    line.clock.set(await line.turns.next_due())
    now, length = line.clock.now(), timedelta(seconds=30)
    (late,) = await line.turns.lease(now=now, length=length, limit=5)
    await line.turns.lease(now=now + length, length=length, limit=5)
    notice = Buried(
        channel=line.channel.name,
        handle="alice",
        thread=DIRECT,
        visibility=Visibility.PRIVATE,
        reason=Reason.TOO_MANY_TRIES,
    )
    await line.turns.bury(late, mails=1, records=[], notice=notice, now=now)
    assert (await count_outcomes(line.events)).totals[Outcome.DEAD] == 0
    await line.settle()
    assert len(received(line)) == 1


async def test_a_sender_whose_text_is_anothers_by_now_settles_nothing(line):
    line.channel.network.direct("alice", STANDARD)
    await line.intake.step()
    line.clock.set(await line.turns.next_due())
    await line.worker.step()
    now, length = line.clock.now(), timedelta(seconds=30)
    (late,) = await line.outbox.begin(now=now, lease=length, limit=5)
    (other,) = await line.outbox.begin(now=now + length, lease=length, limit=5)
    said = MessageId("x-1")
    await line.outbox.sent(
        late.outgoing, channel_id=said, at=now, now=now + length, until=late.until
    )
    (record,) = [
        r for r in await line.cases.records(ALICE) if r.id == other.outgoing.key
    ]
    assert record.delivery is Delivery.SENDING


async def test_an_order_system_that_is_away_makes_no_dead_letter(line):
    dialogue, line.worker._dialogue = line.worker._dialogue, Away()
    line.channel.network.direct("alice", LOOK_UP)
    await line.intake.step()
    while line.clock.now() < NOON + timedelta(minutes=5):
        line.clock.set(await line.turns.next_due())
        await line.worker.step()
    assert (await count_outcomes(line.events)).totals[Outcome.DEAD] == 0
    line.worker._dialogue = dialogue
    await line.settle()
    assert received(line)[-1].endswith("Which order is it?")


async def test_people_take_over_when_the_order_system_stays_away(line):
    line.worker._dialogue = Away()
    line.channel.network.direct("alice", LOOK_UP)
    await line.settle()
    (case,) = await line.cases.active()
    assert case.reason == "dialogue_failed"
    assert line.clock.now() < NOON + timedelta(minutes=11)


async def test_people_see_a_dead_letter_and_end_it_by_resolving(line):
    case = await bury_alice(line)
    assert (case.reason, case.acknowledged) == ("too_many_tries", False)
    (record,) = await line.cases.records(ALICE)
    assert (record.text, record.outcome) == ("poison", Outcome.DEAD)
    await line.relay.claim(case.id, ANN)
    await line.relay.resolve(case.id, ANN, DONE)
    line.clock.advance(60 * 86400)
    line.channel.network.direct("alice", STANDARD)
    await line.settle()
    assert await line.cases.active() == []
    assert len(received(line)) == 1


async def test_dead_letters_are_replayed_once(line, redis):
    await bury_alice(line)
    dead = RedisDeadLetters(redis)
    (letters,) = await dead.every()
    assert (letters.customer, letters.count) == (ALICE, 1)
    mend_reading(line)
    assert await dead.replay(ALICE, now=line.clock.now(), by="ann") == 1
    assert await dead.replay(ALICE, now=line.clock.now(), by="ann") == 0
    await line.settle()
    outcomes = await count_outcomes(line.events)
    assert (outcomes.totals[Outcome.DEAD], outcomes.adds_up) == (0, True)
    records = await line.cases.records(ALICE)
    assert [r.text for r in records if r.author is Author.CUSTOMER] == ["poison"]


async def test_after_stop_no_answer_that_waited_is_sent(line):
    line.channel.network.direct("alice", STANDARD)
    line.channel.network.faults.set(Fault.RATE_LIMITED, times=1)
    await line.intake.step()
    line.clock.set(await line.turns.next_due())
    await line.worker.step()
    await line.sender.step()
    line.channel.network.direct("alice", "STOP")
    await line.settle()
    records = await line.cases.records(ALICE)
    ends = [record.delivery for record in records if record.delivery]
    assert ends == [Delivery.WITHHELD, Delivery.SENT]
    assert len(received(line)) == 1
    (case,) = await line.cases.active()  # what was asked before is for people now
    asked = next(record for record in records if record.author is Author.CUSTOMER)
    assert (asked.outcome, case.customer) == (Outcome.JOINED, ALICE)


async def make_case(line: FirstLine):
    line.channel.network.direct("alice", "product_question 0.9")
    await line.settle()
    (case,) = await line.cases.active()
    return case.id


async def test_to_release_or_resolve_again_is_no_conflict_for_the_same_agent(line):
    case = await make_case(line)
    for _ in range(2):
        await line.relay.claim(case, ANN)
    for _ in range(2):
        assert (await line.relay.release(case, ANN)).status is CaseStatus.OPEN
    await line.relay.claim(case, ANN)
    for _ in range(2):
        await line.relay.resolve(case, ANN, DONE)
    with pytest.raises(CaseConflict, match="closed"):
        await line.relay.resolve(case, BEN, DONE)


async def test_a_note_is_written_only_if_the_case_was_resolved(line):
    case = await make_case(line)
    with pytest.raises(CaseConflict, match="not_claimed"):
        await line.relay.resolve(case, ANN, DONE, note="all done")
    assert all(r.author is not Author.NOTE for r in await line.cases.records(ALICE))


async def test_only_its_holder_hands_a_claimed_case_over(line):
    case = await make_case(line)
    team = next(iter(POLICY.teams))
    await line.relay.hand_over(case, BEN, team)  # nobody holds it
    await line.relay.claim(case, ANN)
    with pytest.raises(CaseConflict, match="not_yours"):
        await line.relay.hand_over(case, BEN, team)


async def test_a_correction_names_an_answer_that_exists(line):
    case = await make_case(line)
    with pytest.raises(InputError):
        await line.relay.correct(case, ANN, "faq/no_such_answer")
    corrected = await line.relay.correct(case, ANN, "faq/delivery_cost")
    assert corrected.corrected_label == "faq/delivery_cost"


async def test_a_case_of_a_lost_text_is_not_acknowledged_and_keeps_its_label(line):
    line.channel.network.faults.set(Fault.REFUSE, times=1, code="gone", permanent=True)
    line.channel.network.direct("alice", STANDARD)
    await line.settle()
    (case,) = await line.cases.active()
    assert not case.acknowledged
    outcomes = await count_outcomes(line.events)
    assert ("faq/delivery_cost", Outcome.HANDED_OFF) in outcomes.by_label


def test_threads_of_long_ago_do_not_displace_the_newest_or_the_direct_messages():
    newest = ThreadId("p99")
    customer = Customer(
        id=ALICE,
        channel=ALICE.partition(":")[0],
        handle="alice",
        threads={DIRECT: ThreadState(), newest: ThreadState()},
    )
    fields = {"state": state_to_json(customer), f"spoke:{DIRECT}": "1"}
    fields |= {f"spoke:p{n}": str(1000 + n) for n in range(MAX_THREADS + 5)}
    fields[f"spoke:{newest}"] = "9000"
    threads = customer_from_hash(fields, None).threads
    assert len(threads) == MAX_THREADS
    assert DIRECT in threads
    assert list(threads)[-1] == newest
