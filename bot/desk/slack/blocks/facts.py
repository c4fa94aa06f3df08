"""The lines of a case's card, each of which says one thing or nothing."""

from __future__ import annotations

from collections.abc import Iterator

from bot.desk.slack.blocks import words
from bot.desk.slack.blocks.mrkdwn import (
    Mrkdwn,
    bold,
    clock,
    day_and_clock,
    deadline,
    joined,
    outside,
    plain,
)
from bot.desk.slack.blocks.scene import Scene
from bot.desk.slack.blocks.standing import (
    by_hand,
    is_untold,
    not_delivered,
    on_its_way,
    silence_reason,
)
from bot.model.case import ACTIVE, Case, CaseStatus
from bot.model.hours import is_open, next_opening
from bot.model.language import language_name
from bot.model.message import Profile
from bot.model.reading import Reading, Request
from bot.model.standing import language_of, last_written
from bot.model.timer import TimerKind, first_answer_due, timers_of
from bot.ports import CaseView

_WORTH_SAYING = 0.05  # of what else the model thought of
_CANDIDATES = 2
_PEOPLE_S_TURN = frozenset({CaseStatus.OPEN, CaseStatus.CLAIMED})


def who(view: CaseView) -> Mrkdwn:
    """Say who wrote: their name, how many follow them, how often they wrote before."""
    earlier, known = view.earlier_contacts, view.profile or Profile()
    followers = known.followers
    return joined(
        (
            plain(known.name, limit=60),
            words.plural(followers, "follower") if followers is not None else "",
            f"wrote {words.times(earlier)} before" if earlier else "first contact",
        )
    )


def where(view: CaseView) -> Mrkdwn:
    """Say where they wrote last, where it began if elsewhere, and in which language."""
    case, last = view.case, last_written(view.records)
    now = last.visibility if last else case.visibility
    language = language_name(language_of(view.records))
    place = f"{words.PLACE_SIGN[now]} {words.PLACE[now]}"
    network = plain(words.capital(case.channel), limit=40)
    began = words.PLACE[case.visibility].lower() if now != case.visibility else ""
    page = outside(last.link if last else None, Mrkdwn("see it there"))
    since = f"began {began}" if began else ""
    return joined((f"{place} on {network}", since, page, plain(language)))


def meaning(view: CaseView) -> Mrkdwn:
    """Say all that was asked for and how sure the model was, or what an agent said."""
    case = view.case
    if case.corrected_label:
        said = plain(words.intent_name(case.corrected_label))
        return Mrkdwn(f"{bold(said)} (corrected)")
    if not case.label:
        return Mrkdwn("")
    name = bold(plain(words.intent_name(case.label)))
    best = f"{name} {words.percent(case.confidence)}"
    read = _read(view)
    further = [_guess(one) for one in read.requests[1:]] if read else []
    others = [
        _guess(one)
        for one in (view.alternatives if read else ())
        if one.confidence >= _WORTH_SAYING and one.label != case.label
    ]
    asked = joined((best, *further), ", and ")
    return joined((asked, *others[:_CANDIDATES]), ", or ")


def _guess(request: Request) -> Mrkdwn:
    name = plain(words.intent_name(request.label))
    return Mrkdwn(f"{name} {words.percent(request.confidence)}")


def _read(view: CaseView) -> Reading | None:
    """Return the reading behind the case, unless a later message was read since."""
    last, case = last_written(view.records), view.case
    if last is None or last.reading is None:
        return None
    top = last.reading.top
    same = (top.label, round(top.confidence, 4)) == (case.label, case.confidence)
    return last.reading if same else None


def reason(case: Case) -> Mrkdwn:
    """Say why it came to people."""
    return plain(words.capital(words.reason_says(case.reason)))


def urgency(case: Case) -> Mrkdwn:
    """Say how it was ranked, with the reasons if there are any."""
    name = f"{words.capital(case.priority.name.lower())} priority"
    whys = joined((plain(why, limit=80) for why in case.priority_reasons[:3]), ", ")
    return Mrkdwn(f"{name}: {whys}" if whys else name)


def belongs(case: Case, scene: Scene) -> Mrkdwn:
    """Say whose it is: the team, the incident, the tags."""
    tags = [f"#{plain(tag, limit=40)}" for tag in case.tags[:10]]
    return joined(
        (
            case.id,
            scene.team(case.team),
            f"part of {case.incident}" if case.incident else "",
            " ".join(tags),
        )
    )


def learned(case: Case) -> Mrkdwn:
    """Say what the dialogue found out, so that nobody asks again."""
    facts = joined((plain(fact, limit=80) for fact in case.learned[-5:]), ", ")
    return Mrkdwn(f":mag: The bot found out: {facts}" if facts else "")


def promise(case: Case, scene: Scene) -> Mrkdwn:
    """Say until when a person's first answer is due, or how late it is."""
    due, now = first_answer_due(case, scene.policy.service), scene.now
    if due is None:
        return _answered(case)
    if due <= now:
        return Mrkdwn(
            f":alarm_clock: *First answer late by {words.lasting(now - due)}*"
        )
    if due - now > scene.policy.service.remind_before:
        return Mrkdwn(f"First answer due by {deadline(due, now)}")
    left = words.lasting(due - now)
    return Mrkdwn(
        f":hourglass_flowing_sand: *First answer due in {left}* ({clock(due)})"
    )


def warnings(view: CaseView, scene: Scene) -> Iterator[Mrkdwn]:
    """Yield what somebody should look at, the gravest first."""
    case = view.case
    if case.reopened and case.status is CaseStatus.OPEN:
        yield Mrkdwn(f":repeat: The customer came back ({words.times(case.reopened)})")
    if (text := not_delivered(view)) is not None and case.status in ACTIVE:
        yield Mrkdwn(
            f":warning: The answer of {clock(text.at)} did not arrive for sure"
        )
    if (asked := by_hand(view)) is not None and case.status in ACTIVE:
        told = f":raised_hand: {plain(words.capital(case.channel), limit=40)} takes no "
        told += "answer of ours there: answer by hand in its app"
        yield joined((Mrkdwn(told), outside(asked.link, Mrkdwn("see it there"))))
    if is_untold(case):
        why = plain(silence_reason(view))
        told = ":warning: Nobody has told the customer that we have it"
        yield Mrkdwn(f"{told}: {why}" if why else told)
    for one in on_its_way(view)[-2:]:
        said = plain(one.text, limit=120)
        yield Mrkdwn(f":arrow_right: On its way already, from the bot: “{said}”")
    if view.opted_out:
        yield Mrkdwn(":no_bell: Gets no automatic messages: stopped, by them or by us")
    yield from _marks_of_time(case, scene)


def outlook(case: Case, scene: Scene) -> Iterator[Mrkdwn]:
    """Yield what happens, and when, if nobody does anything."""
    if case.closed_at is not None:
        yield Mrkdwn("Closed: another message makes a new case")
        return
    due = {timer.kind: timer.due for timer in timers_of(case, scene.policy)}
    if (back := due.get(TimerKind.REOPEN)) is not None:
        yield Mrkdwn(f"Another message brings it back until {day_and_clock(back)}")
    if case.snoozed_until is not None:
        until = day_and_clock(case.snoozed_until)
        yield Mrkdwn(f":zzz: Put aside until {until}, or until the customer writes")
    elif (lapse := due.get(TimerKind.CLAIM_SILENCE)) is not None:
        yield Mrkdwn(f"Back to everybody at {clock(lapse)} if nothing happens")
    elif (again := due.get(TimerKind.FOLLOW_UP)) is not None:
        yield Mrkdwn(f"If the customer stays silent: look again {day_and_clock(again)}")
    yield from _out_of_hours(case, scene)


def _marks_of_time(case: Case, scene: Scene) -> Iterator[Mrkdwn]:
    if case.lapsed_from and case.status is CaseStatus.OPEN:
        who_ = scene.called(case.lapsed_from)
        yield Mrkdwn(f":wave: {who_} had it and did not answer: open for all again")
    elif case.unclaimed_at and case.status is CaseStatus.OPEN:
        yield Mrkdwn(":wave: Nobody has taken it in time")
    if case.followed_up_at and case.status is CaseStatus.WAITING:
        yield Mrkdwn(":eyes: The customer is silent: please look again")


def _out_of_hours(case: Case, scene: Scene) -> Iterator[Mrkdwn]:
    hours = scene.policy.hours
    if case.status not in _PEOPLE_S_TURN or is_open(scene.now, hours):
        return
    opening = next_opening(scene.now, hours)
    until = f" until {day_and_clock(opening)}" if opening else ""
    told = ". The customer was told so" if case.acknowledged else ""
    yield Mrkdwn(f":crescent_moon: Out of hours{until}{told}")


def _answered(case: Case) -> Mrkdwn:
    if case.answered_at is None:
        return Mrkdwn("")
    after = words.lasting(case.answered_at - case.opened_at)
    return Mrkdwn(f"First answered in {after}")
