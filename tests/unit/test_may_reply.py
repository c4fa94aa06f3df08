"""The rules about speaking, one by one: what forbids it, whom it binds, what comes first."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.flow.may_reply import RULES, Speech, may_reply, speech_of_reply, speech_of_turn
from bot.model.conditions import Conditions
from bot.model.customer import ThreadState
from bot.model.message import Nature, Visibility
from bot.model.network_rules import NetworkRules
from bot.model.outgoing import Outgoing, Speaker
from bot.model.reason import Reason
from bot.model.record import Author, Delivery, Record
from bot.model.spending import Budget
from tests.builders import ALICE, CHANNEL, NOON, POLICY, ROOT, THREAD, customer, turn

BOT, AGENT = Speaker.BOT, Speaker.AGENT
PUBLIC, PRIVATE = Visibility.PUBLIC, Visibility.PRIVATE
DAY = timedelta(days=1)
STRICT = NetworkRules(
    called="X",
    summons_bind_people=True,
    same_words_after=DAY,
    generated_needs_approval=True,
    paid=True,
)
QUIET = replace(POLICY, quiet=True)
APPROVED = replace(POLICY, x=replace(POLICY.x, generated_approved=True))
FINE = Speech(channel=CHANNEL, visibility=PUBLIC, written_at=NOON)
OLD = NOON - POLICY.backlog_limit - timedelta(seconds=1)
LONG = POLICY.acknowledge_within + timedelta(seconds=1)


def judged(speech: Speech, speaker: Speaker, *, policy=POLICY, rules=STRICT):
    return may_reply(speech, speaker=speaker, policy=policy, now=NOON, rules=rules)


# fmt: off
FORBIDDEN = [
    # what is the case                        bot's reason             an agent's
    ({"opted_out": True},                     Reason.OPTED_OUT,        None),
    ({"readable": False},                     Reason.ENCRYPTED,        None),
    ({"written_at": OLD},                     Reason.BACKLOG,          None),
    ({"summoned": False},                     Reason.NOT_SUMMONED,     Reason.NOT_SUMMONED),
    ({"answered": True},                      Reason.ALREADY_SPOKE,    None),
    ({"repeats": True},                       Reason.DUPLICATE_TEXT,   Reason.DUPLICATE_TEXT),
    ({"generated": True},                     Reason.UNAPPROVED_TEXT,  None),
    ({"budget": Budget.NO_CREDIT},            Reason.NO_CREDIT,        None),
    ({"budget": Budget.SPENT},                Reason.BUDGET,           None),
    ({"budget": Budget.NO_LINKS, "link": True}, Reason.BUDGET,         None),
    ({"wait": LONG},                          Reason.PACE,             None),
]
PRIVATELY = [
    ({"opted_out": True},                     Reason.OPTED_OUT,        None),
    ({"opened": False},                       Reason.NOT_OPENED,       Reason.NOT_OPENED),
    ({"generated": True},                     Reason.UNAPPROVED_TEXT,  None),
    ({"budget": Budget.NO_CREDIT},            Reason.NO_CREDIT,        None),
    ({"wait": LONG},                          Reason.PACE,             None),
    # what only binds in public
    ({"summoned": False},                     None,                    None),
    ({"answered": True},                      None,                    None),
    ({"repeats": True},                       None,                    None),
    ({"budget": Budget.SPENT},                None,                    None),
    ({"budget": Budget.NO_LINKS, "link": True}, None,                  None),
]
# fmt: on


@pytest.mark.parametrize("speaker", [BOT, AGENT])
@pytest.mark.parametrize("visibility", [PUBLIC, PRIVATE])
def test_where_nothing_forbids_it_both_may_speak(speaker, visibility):
    assert judged(replace(FINE, visibility=visibility), speaker) is None


@pytest.mark.parametrize(("case", "bots", "agents"), FORBIDDEN)
def test_what_forbids_a_public_text(case, bots, agents):
    speech = replace(FINE, **case)
    assert (judged(speech, BOT), judged(speech, AGENT)) == (bots, agents)


@pytest.mark.parametrize(("case", "bots", "agents"), PRIVATELY)
def test_what_forbids_a_direct_message(case, bots, agents):
    speech = replace(FINE, visibility=PRIVATE, **case)
    assert (judged(speech, BOT), judged(speech, AGENT)) == (bots, agents)


def test_quiet_mode_forbids_the_bot_everything_and_agents_nothing():
    for visibility in Visibility:
        speech = replace(FINE, visibility=visibility)
        assert judged(speech, BOT, policy=QUIET) is Reason.QUIET_MODE
        assert judged(speech, AGENT, policy=QUIET) is None


def test_every_rule_has_a_row():
    rows = {reason for _, reason, _ in (*FORBIDDEN, *PRIVATELY)} | {Reason.QUIET_MODE}
    assert {reason for reason, _ in RULES} == rows - {None}


def test_the_first_rule_that_forbids_it_gives_the_reason():
    worst = Speech(
        channel=CHANNEL,
        visibility=PUBLIC,
        written_at=OLD,
        readable=False,
        summoned=False,
        opted_out=True,
        answered=True,
        repeats=True,
        generated=True,
        budget=Budget.SPENT,
        wait=LONG,
    )
    assert judged(worst, BOT) is Reason.OPTED_OUT
    assert judged(replace(worst, opted_out=False), BOT) is Reason.ENCRYPTED


def test_the_documented_table_names_the_rules_in_their_order():
    page = (ROOT / "docs" / "operators.md").read_text()
    table = page.split("<!-- rules about speaking -->")[1]
    named = [
        line.split("`")[1] for line in table.splitlines() if line.startswith("| `")
    ]
    assert named == [reason.value for reason, _ in RULES]


@pytest.mark.parametrize(
    ("case", "binds"),
    [({"summoned": False}, Reason.NOT_SUMMONED), ({"repeats": True}, None)],
)
def test_a_network_without_rules_refuses_people_nothing(case, binds):
    speech = replace(FINE, **case)
    assert judged(speech, BOT, rules=NetworkRules()) is binds
    assert judged(speech, AGENT, rules=NetworkRules()) is None


def test_generated_words_are_said_where_they_are_approved_or_nobody_asks():
    speech = replace(FINE, generated=True)
    assert judged(speech, BOT, policy=APPROVED) is None
    assert judged(speech, BOT, rules=NetworkRules()) is None


def test_at_the_limits_it_may_just_be_said():
    just = NOON - POLICY.backlog_limit
    assert judged(replace(FINE, written_at=just), BOT) is None
    assert judged(replace(FINE, wait=POLICY.acknowledge_within), BOT) is None
    no_links = replace(FINE, budget=Budget.NO_LINKS)
    assert judged(no_links, BOT) is None


# what is known of a turn, and of an agent's words


def test_a_turn_tells_what_the_rules_ask():
    known = customer(opted_out=True, threads={THREAD: ThreadState(unsent=1)})
    holds = Conditions(budget=Budget.SPENT, waits={PUBLIC: LONG})
    policy = replace(POLICY, conditions={CHANNEL: holds})
    asked = turn("faq/stores", summoned=False, nature=Nature.ENCRYPTED)
    assert speech_of_turn(asked, known, policy) == Speech(
        channel=CHANNEL,
        visibility=PUBLIC,
        written_at=NOON,
        topic="faq/stores",
        readable=False,
        summoned=False,
        opted_out=True,
        answered=True,
        budget=Budget.SPENT,
        wait=LONG,
    )


def line_of(text: str = "hello", author: Author = Author.CUSTOMER, **changes) -> Record:
    made = Record(
        id="m1", at=NOON, author=author, thread=THREAD, visibility=PUBLIC, text=text
    )
    return replace(made, **changes)


def of_reply(*records: Record, text: str = "It opens at nine.", rules=STRICT, now=NOON):
    written = Outgoing(
        key="C-1000:k",
        channel=CHANNEL,
        customer=ALICE,
        handle="alice",
        thread=THREAD,
        visibility=PUBLIC,
        text=text,
        speaker=AGENT,
        queued_at=NOON,
        reply_to="m1",
    )
    return speech_of_reply(written, records, rules=rules, now=now)


def test_an_agent_answers_the_message_that_the_transcript_has():
    assert of_reply(line_of()).summoned
    assert not of_reply(line_of(summoned=False)).summoned
    assert of_reply(line_of()).opened
    assert not of_reply(line_of(thread="elsewhere")).opened


@pytest.mark.parametrize(
    ("changes", "repeats"),
    [
        ({}, True),
        ({"text": "it  opens at NINE."}, True),
        ({"author": Author.BOT}, True),
        ({"delivery": Delivery.QUEUED}, True),
        ({"delivery": Delivery.REFUSED}, False),  # nobody has had it
        ({"delivery": Delivery.WITHDRAWN}, False),
        ({"visibility": PRIVATE}, False),
        ({"at": NOON - DAY - timedelta(seconds=1)}, False),
        ({"text": "It opens at ten."}, False),
        ({"id": "C-1000:k"}, False),  # the same reply, asked for once more
    ],
)
def test_the_same_words_are_known_from_the_transcript(changes, repeats):
    ours = line_of("It opens at nine.", Author.AGENT, id="o1", delivery=Delivery.SENT)
    assert of_reply(line_of(), replace(ours, **changes)).repeats is repeats
    assert not of_reply(line_of(), ours, rules=NetworkRules()).repeats
