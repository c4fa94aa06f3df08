"""Compares what the engine says with what the network and the agents know.

The network's ledger and the agents' clicks are the test's own. From the engine the
judge takes the event streams as they are stored, the desk's port and what is left
in the store; each of them must agree with the ledgers.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from typing import Any
from unittest.mock import patch

from bot.errors import CaseConflict
from bot.flow.audit import audit
from bot.model.case import ACTIVE, Act, CaseId
from bot.model.message import CustomerId, Malformed, Message
from bot.model.outgoing import Speaker
from bot.ports import CaseView
from bot.store import keys
from tests.consistency import misfits
from tests.faults.simulation.evidence import Complaint, Evidence
from tests.faults.simulation.judge_desk import DESK_CHECKS
from tests.faults.simulation.judge_time import TIME_CHECKS
from tests.faults.simulation.network import Post
from tests.faults.simulation.people import IGNORABLE, Click
from tests.faults.simulation.process import QUICK
from tests.faults.simulation.world import SHARDS, World

REPLIED = ("answered", "asked")
FOR_PEOPLE = ("handed_off", "joined")
ENDS = ("sent", "refused", "unknown", "withheld", "expired")
FLAGGED = ("refused", "unknown", "withheld")


async def judge(world: World) -> list[Complaint]:
    """Return every promise that was broken."""
    with patch.object(keys, "SHARDS", SHARDS):
        evidence = await _evidence(world)
        checks = AFTER_A_FAILOVER if world.failed_over else CHECKS
        found = [one for check in checks for one in check(evidence)]
        found += [one async for one in _audited(world)]
        unfit = await misfits(world.hands().redis)
        return found + [Complaint("-", says) for says in unfit]


async def _audited(world: World) -> AsyncIterator[Complaint]:
    """Ask the engine's own audit too: it must see what the books show."""
    events = world.hands().store("events.RedisEvents")
    result = await audit(events, now=world.schedule.clock.now())
    for finding in result.findings:
        yield Complaint(finding.customer, f"audit: {finding.rule}: {finding.id}")
    for late in (*result.late_messages, *result.late_replies):
        yield Complaint("-", f"audit: {late} is late")


async def _evidence(world: World) -> Evidence:
    process = world.hands()
    events = [
        dict(zip(fields[::2], fields[1::2], strict=True))
        for shard in SHARDS
        for _, fields in world.wire.call(
            "XRANGE", keys.in_shard(shard, "events"), "-", "+"
        )
    ]
    named = {event["case"]: event for event in events if event.get("case")}
    clicked = {str(c.case): None for agent in world.agents for c in agent.clicks}
    views: dict[str, CaseView] = {}
    for case in (*named, *clicked):
        with suppress(CaseConflict):  # there is none: the checks will say so
            views[case] = await process.relay.view(CaseId(case))
    active = await process.store("cases.RedisCases").active()
    opened = frozenset(str(case.id) for case in active)
    dead = process.store("dead.RedisDeadLetters")
    letters = {
        str(one.customer): await dead.of(one.customer) for one in await dead.every()
    }
    incidents = {
        str(view.incident.id): view for view in await process.incident_desk.incidents()
    }
    return Evidence(world, events, views, opened, incidents, letters)


# -- messages ------------------------------------------------------------------


def outcomes(evidence: Evidence) -> dict[str, dict[str, str]]:
    """Return the last outcome of each message, by its id."""
    handled = evidence.happened("message_handled")
    return {event["message"]: event for event in handled}


def every_message_has_one_outcome(evidence: Evidence) -> Iterator[Complaint]:
    accepted = Counter(e["message"] for e in evidence.happened("message_accepted"))
    last = outcomes(evidence)
    network = evidence.world.network
    for message in (*network.written, *network.garbled):
        count, outcome = accepted.pop(message.id, 0), last.get(message.id)
        if count != 1:
            yield _about(message, f"{message.id} was accepted {count} times")
        if outcome is None:
            yield _about(message, f"{message.id} has no outcome")
        elif isinstance(message, Message):
            kept = _seen(evidence.world, message)
            said = f"{outcome['outcome']}|{outcome['reason']}"
            if kept != said:
                yield _about(message, f"{message.id} is {said}, and kept as {kept}")
    for stranger in accepted:
        yield Complaint("-", f"{stranger} was accepted and never written")


def _seen(world: World, message: Message) -> Any:
    key = keys.of_customer(message.customer, "seen")
    return world.wire.call("HGET", key, message.id)


def nothing_is_ignored_that_wants_something(evidence: Evidence) -> Iterator[Complaint]:
    """A turn may be left unanswered if one of its messages asks for nothing."""
    first: dict[str, dict[str, str]] = {}
    for event in evidence.happened("message_handled"):
        if event["outcome"] != "dead":
            first.setdefault(event["message"], event)
    turns = defaultdict(list)
    for message in evidence.world.network.written:
        if found := first.get(message.id):
            turns[message.customer, message.thread, found["at_ms"]].append(message)
    for turn in turns.values():
        named = {first[message.id]["outcome"] for message in turn}
        light = any(message.text.startswith(IGNORABLE) for message in turn)
        if named == {"coalesced"}:
            yield _about(turn[-1], f"{turn[-1].id} was read together with nothing")
        if "ignored" in named and not light:
            yield _about(turn[-1], f"{turn[-1].id} was ignored: {turn[-1].text}")


def answers_arrive_once(evidence: Evidence) -> Iterator[Complaint]:
    got = Counter(post.outgoing.key for post in evidence.world.network.received)
    last = outcomes(evidence)
    for message in evidence.world.network.written:
        outcome = last.get(message.id, {}).get("outcome")
        count = got[f"{message.key}:say"]
        if outcome in REPLIED and count != 1:
            says = f"{message.id} is {outcome} and got {count} replies"
            yield _about(message, says)
        if outcome in ("coalesced", "ignored") and count:
            yield _about(message, f"{message.id} is {outcome} and got a reply")


def handed_off_messages_stand_on_a_case(evidence: Evidence) -> Iterator[Complaint]:
    last = outcomes(evidence)
    for message in evidence.world.network.written:
        outcome = last.get(message.id, {})
        if outcome.get("outcome") not in FOR_PEOPLE:
            continue
        mine = [
            view
            for view in evidence.views.values()
            if view.case.customer == message.customer
        ]
        lines = [r for view in mine[:1] for r in view.records if r.id == message.id]
        if not mine:
            yield _about(message, f"{message.id} was handed off without a case")
        elif [line.text for line in lines] != [message.text]:
            says = f"{message.id} stands {len(lines)} times on the card"
            yield _about(message, says)
        elif lines[0].outcome is None or lines[0].outcome.value != outcome["outcome"]:
            yield _about(message, f"{message.id} has another outcome on the card")


def dead_messages_are_kept_and_told(evidence: Evidence) -> Iterator[Complaint]:
    dead: Counter[str] = Counter()
    last = outcomes(evidence)
    for message in evidence.world.network.written:
        outcome = last.get(message.id, {})
        if outcome.get("outcome") == "dead":
            dead[message.customer] += 1
            cases = [v.case.customer for v in evidence.views.values()]
            if message.customer not in cases:
                yield _about(message, f"{message.id} is dead and nobody was told")
    for customer, count in dead.items():
        kept = len(evidence.letters.get(customer, ()))
        if kept < count:
            says = f"{count} messages are dead and {kept} letters"
            yield Complaint(customer, says)


# -- texts ---------------------------------------------------------------------


def only_what_failed_is_dead(evidence: Evidence) -> Iterator[Complaint]:
    """After all tries; and by its own fault, or that of what was read with it."""
    texts = {message.id: message.text for message in evidence.world.network.written}
    for customer, letters in evidence.letters.items():
        guilty = {one.at for one in letters if _is_poison(texts.get(one.message, ""))}
        for one in letters:
            if one.kind == "malformed":
                continue
            if one.tries < QUICK.max_tries:
                says = f"letter {one.number} is dead after {one.tries} tries"
                yield Complaint(customer, says)
            sound = one.kind == "message" and one.at not in guilty
            if sound and not evidence.world.weather.kills_alone:
                yield Complaint(customer, f"{one.message} is dead and could be read")


def _is_poison(text: str) -> bool:
    return "poison" in text


def every_text_ends_once(evidence: Evidence) -> Iterator[Complaint]:
    """The end that the events name is the one that the network knows."""
    got = Counter(post.outgoing.key for post in evidence.world.network.received)
    owner = {e["key"]: e["customer"] for e in evidence.events if e.get("key")}
    ends: dict[str, list[str]] = {key: [] for key in owner}
    for event in evidence.happened(*(f"reply_{end}" for end in ENDS)):
        ends[event["key"]].append(event["type"].removeprefix("reply_"))
    for key, found in ends.items():
        if len(found) != 1:
            yield Complaint(owner[key], f"{key} ended {len(found)} times: {found}")
        elif got[key] not in {"sent": (1,), "unknown": (0, 1)}.get(found[0], (0,)):
            yield Complaint(
                owner[key], f"{key} is {found[0]}, arrived {got[key]} times"
            )
    for key in got - Counter(ends.keys()):
        yield Complaint(owner.get(key, "-"), f"{key} arrived {got[key]} times")


def queued_texts_are_counted_once(evidence: Evidence) -> Iterator[Complaint]:
    queued = Counter(e["key"] for e in evidence.happened("reply_queued"))
    owner = {e["key"]: e["customer"] for e in evidence.happened("reply_queued")}
    for key, count in queued.items():
        if count != 1:
            yield Complaint(owner[key], f"{key} was queued {count} times")


def replies_follow_the_order_of_messages(evidence: Evidence) -> Iterator[Complaint]:
    shown: dict[str, int] = {}
    for place, message in enumerate(evidence.world.network.shown):
        shown.setdefault(message.id, place)
    latest: dict[tuple[str, str], int] = {}
    died = {e["message"] for e in _handled_as(evidence, "dead")}
    for post in evidence.world.network.received:
        text = post.outgoing
        if text.speaker is not Speaker.BOT or ":instead" in text.key:
            continue
        place, where = shown[_cause(post)], (text.customer, text.thread)
        if place < latest.get(where, -1) and _cause(post) not in died:
            says = f"{text.key} came after the reply to a later message"
            yield Complaint(text.customer, says)
        latest[where] = max(place, latest.get(where, -1))


def _handled_as(evidence: Evidence, outcome: str) -> Iterator[dict[str, str]]:
    handled = evidence.happened("message_handled")
    return (event for event in handled if event["outcome"] == outcome)


def _cause(post: Post) -> str:
    """Return the id of the message that a text of the bot's answers: net:m3:say."""
    return post.outgoing.key.split(":")[1]


def nothing_is_said_twice(evidence: Evidence) -> Iterator[Complaint]:
    """By the network's books alone, whatever the store has forgotten."""
    posts = [post.outgoing for post in evidence.world.network.received]
    owner = {text.key: text.customer for text in posts}
    for key, count in Counter(text.key for text in posts).items():
        if count > 1:
            yield Complaint(owner[key], f"{key} arrived {count} times")


# -- silence -------------------------------------------------------------------


def nothing_enters_sending_after_a_claim(evidence: Evidence) -> Iterator[Complaint]:
    for customer in {event["customer"] for event in evidence.events}:
        held = False
        for event in evidence.of(customer):
            if event["type"] == "case_changed":
                held = event["act"] in ("claim", "reply") or (
                    held and event["act"] not in ("release", "hand_over", "resolve")
                )
            elif event["type"] in ("case_lapsed", "case_opened", "case_reopened"):
                held = False
            elif held and _bot_sends(event):
                says = f"{event['key']} entered sending after a claim"
                yield Complaint(customer, says)


def _bot_sends(event: dict[str, str]) -> bool:
    return event["type"] == "reply_sending" and event["speaker"] == "bot"


def what_was_decided_before_a_claim_is_never_sent_later(
    evidence: Evidence,
) -> Iterator[Complaint]:
    """Not even after the case was released: it is older than what people did."""
    for customer in {event["customer"] for event in evidence.events}:
        waiting: set[str] = set()
        fenced: set[str] = set()
        for event in evidence.of(customer):
            if event["type"] == "reply_queued" and event["speaker"] == "bot":
                waiting.add(event["key"])
            elif event["type"] == "case_changed" and event["act"] == "claim":
                fenced |= waiting
            elif event["type"] == "reply_sending":
                if event["key"] in fenced:
                    says = f"{event['key']} was sent although a claim came between"
                    yield Complaint(customer, says)
                waiting.discard(event["key"])


def who_opted_out_hears_nothing_of_the_bot(evidence: Evidence) -> Iterator[Complaint]:
    """By the network's books: after the confirmation, until they say start."""
    network, last = evidence.world.network, outcomes(evidence)
    for message in network.written:
        outcome = last.get(message.id, {})
        if outcome.get("reason") != "opt_out" or outcome.get("outcome") != "answered":
            continue
        said_again = [
            event["at_ms"]
            for event in evidence.of(message.customer)
            if event["type"] == "customer_opted_in"
            and event["at_ms"] >= outcome["at_ms"]
        ]
        own = f"{message.key}:say"
        posts = network.of(message.customer)
        place = next((i for i, p in enumerate(posts) if p.outgoing.key == own), None)
        later = posts[place + 1 :] if place is not None else []
        for post in later:
            by_bot = post.outgoing.speaker is Speaker.BOT
            if by_bot and not said_again:
                says = f"{post.outgoing.key} reached somebody who said stop"
                yield _about(message, says)


def who_said_stop_last_is_silenced(evidence: Evidence) -> Iterator[Complaint]:
    """In whatever order and however late it came: their newest word counts."""
    last = outcomes(evidence)
    newest: dict[CustomerId, Message] = {}
    for message in evidence.world.network.written:  # in the order of writing
        dead = last.get(message.id, {}).get("outcome") == "dead"
        if message.text in ("stop", "start") and not dead:
            newest[message.customer] = message
    for customer, message in newest.items():
        key = keys.of_customer(customer, "customer")
        state = json.loads(evidence.world.wire.call("HGET", key, "state"))
        if message.text == "stop" and not state["opted_out"]:
            yield _about(message, f"{message.id} said stop, and the bot may write")


# -- agents --------------------------------------------------------------------


def agents_words_arrive_once_or_are_flagged(evidence: Evidence) -> Iterator[Complaint]:
    got = Counter(post.outgoing.key for post in evidence.world.network.received)
    for click in _clicks(evidence, Act.REPLY):
        key = f"{click.case}:{click.key}"
        view = evidence.views.get(click.case)
        lines = [r for r in view.records if r.id == key] if view else []
        state = lines[0].delivery.value if lines and lines[0].delivery else "missing"
        allowed = {0, 1} if click.confirmed is None else {1}
        if state in FLAGGED:
            allowed |= {0}
        if click.refused is not None:
            allowed = {0}
        if got[key] not in allowed or len(lines) > 1:
            says = f"{click} arrived {got[key]} times and is {state}"
            yield Complaint(click.customer, says)
        if click.confirmed is not None and click.refused is None and not lines:
            yield Complaint(click.customer, f"{click} does not stand on the card")


def what_the_desk_confirmed_lasts(evidence: Evidence) -> Iterator[Complaint]:
    acts = {
        (event["case"], event["act"], event["agent"])
        for event in evidence.happened("case_changed")
    }
    for click in _clicks(evidence, *Act):
        if click.confirmed is None or click.refused is not None:
            continue
        if (click.case, click.act.value, click.agent) not in acts:
            yield Complaint(click.customer, f"{click} was confirmed, and is not there")
        if click.act is Act.NOTE:
            view = evidence.views.get(click.case)
            notes = [r for r in view.records if r.text == click.text] if view else []
            if len(notes) != 1:
                says = f"{click} stands {len(notes)} times on the card"
                yield Complaint(click.customer, says)


def only_people_resolve(evidence: Evidence) -> Iterator[Complaint]:
    tried = {click.case for click in _clicks(evidence, Act.RESOLVE)}
    for case, view in evidence.views.items():
        active = view.case.status in ACTIVE
        if active is not (case in evidence.open_ids):
            says = f"{case} is {view.case.status.value} and on the wrong list"
            yield Complaint(view.case.customer, says)
        if not active and case not in tried:
            yield Complaint(view.case.customer, f"nobody resolved {case}")


def cases_stand_where_the_last_act_left_them(
    evidence: Evidence,
) -> Iterator[Complaint]:
    """What an agent did is not undone by a turn that had not seen it."""
    status: dict[str, str] = {}
    for event in evidence.events:
        case = event.get("case", "")
        if event["type"] in ("case_opened", "case_reopened", "case_lapsed"):
            status[case] = "open"
        elif event["type"] == "case_joined" and status.get(case) == "waiting":
            status[case] = "claimed"
        elif event["type"] == "case_changed":
            status[case] = _LEADS_TO.get(event["act"], status.get(case, ""))
    for case, view in evidence.views.items():
        if view.case.status.value != status.get(case):
            says = f"{case} is {view.case.status.value}, not {status.get(case)}"
            yield Complaint(view.case.customer, says)


_LEADS_TO = {
    "claim": "claimed",
    "release": "open",
    "hand_over": "open",
    "reply": "waiting",
    "resolve": "resolved",
}


def a_customer_has_one_open_case(evidence: Evidence) -> Iterator[Complaint]:
    opened = [evidence.views[c] for c in evidence.open_ids if c in evidence.views]
    for customer, count in Counter(view.case.customer for view in opened).items():
        if count > 1:
            yield Complaint(customer, f"{count} cases are open")


def acts_follow_the_rules(evidence: Evidence) -> Iterator[Complaint]:
    """Only the holder replies, releases and resolves; nobody takes a held case."""
    holder: dict[str, str] = {}
    for event in evidence.events:
        case, act = event.get("case", ""), event.get("act")
        if event["type"] in ("case_opened", "case_reopened", "case_lapsed"):
            holder.pop(case, None)
        if event["type"] != "case_changed":
            continue
        held, agent = holder.get(case, ""), event["agent"]
        if act == "claim" and held:
            yield Complaint(event["customer"], f"{agent} took {case} from {held}")
        if act in ("reply", "release", "resolve") and held != agent:
            says = f"{agent} did {act} on {case}, held by {held or 'nobody'}"
            yield Complaint(event["customer"], says)
        if act == "claim":
            holder[case] = agent
        elif act in ("release", "hand_over", "resolve"):
            holder.pop(case, None)


def _clicks(evidence: Evidence, *acts: Act) -> Iterator[Click]:
    for agent in evidence.world.agents:
        yield from (click for click in agent.clicks if click.act in acts)


# -- the store -----------------------------------------------------------------


def nothing_is_left_over(evidence: Evidence) -> Iterator[Complaint]:
    world = evidence.world
    for defect in world.defects:
        yield Complaint("-", f"{defect.process} raised {defect.error}")
    if world.unsettled:
        yield Complaint("-", "it never comes to rest")
    for shard in SHARDS:
        names = [keys.in_shard(shard, name) for name in ("ready", "leased", "timers")]
        names += world.wire.call("KEYS", keys.in_shard(shard, "outbox:*"))
        for name in sorted(names):
            left = world.wire.call("ZRANGE", name, 0, -1)
            for who in left:
                yield Complaint(who, f"still stands in {name}")
    for customer in {message.customer for message in world.network.written}:
        yield from _left_with(world, customer)


def _left_with(world: World, customer: CustomerId) -> Iterator[Complaint]:
    for name in ("mailbox", "queue"):
        count = world.wire.call("LLEN", keys.of_customer(customer, name))
        if count:
            yield Complaint(customer, f"{count} left in the {name}")
    fields = world.wire.call("HGETALL", keys.of_customer(customer, "customer"))
    for name, value in zip(fields[::2], fields[1::2], strict=True):
        if name.startswith("unsent:") and value != "0":
            yield Complaint(customer, f"{name} is {value} and nothing is on its way")
        if name in ("sending", "lane", "send_tries", "send_waits"):
            yield Complaint(customer, f"{name} is left: {value}")


def _about(message: Message | Malformed, says: str) -> Complaint:
    who = message.customer if isinstance(message, Message) else "-"
    return Complaint(who, says)


CHECKS = (
    every_message_has_one_outcome,
    nothing_is_ignored_that_wants_something,
    answers_arrive_once,
    handed_off_messages_stand_on_a_case,
    dead_messages_are_kept_and_told,
    only_what_failed_is_dead,
    every_text_ends_once,
    queued_texts_are_counted_once,
    replies_follow_the_order_of_messages,
    nothing_enters_sending_after_a_claim,
    what_was_decided_before_a_claim_is_never_sent_later,
    who_opted_out_hears_nothing_of_the_bot,
    who_said_stop_last_is_silenced,
    agents_words_arrive_once_or_are_flagged,
    what_the_desk_confirmed_lasts,
    only_people_resolve,
    cases_stand_where_the_last_act_left_them,
    a_customer_has_one_open_case,
    acts_follow_the_rules,
    nothing_is_left_over,
    *TIME_CHECKS,
    *DESK_CHECKS,
)

# What was done in the moments that are lost is done again; the rest of the promises
# compare events with books that go back further than they do.
AFTER_A_FAILOVER = (
    nothing_is_said_twice,
    every_message_has_one_outcome,
    nothing_is_ignored_that_wants_something,
    handed_off_messages_stand_on_a_case,
    only_people_resolve,
    cases_stand_where_the_last_act_left_them,
    a_customer_has_one_open_case,
    acts_follow_the_rules,
    who_said_stop_last_is_silenced,
    nothing_is_left_over,
    *DESK_CHECKS,
)
