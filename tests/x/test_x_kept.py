"""What was deleted on X goes here too, though X tells of it only who asks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.channels.x.errors import ErrorKind
from bot.errors import TemporaryFailure
from bot.flow.duty import Duty
from bot.flow.kept_check import (
    AFTER_FAILURE,
    CHECK_DUTY,
    PATIENCE,
    KeptCheck,
    written_by,
)
from bot.model.event import EventType
from bot.model.record import Author
from bot.ports.kept import Round
from bot.store.kept import RedisKept
from tests.builders import POLICY
from tests.first_line import FirstLine
from tests.x.x_line import XLine

HALF_A_DAY = timedelta(hours=12)
JOBS = "POST /2/compliance/jobs"
WORDS = "complaint 0.9"


class Setting:
    """A first line whose kept posts are checked."""

    def __init__(self, redis, x, *, token: str) -> None:
        self.x, self.clock = x, x.core.clock
        self.on_x = XLine(redis, x, self.clock, token=token)
        self.line = FirstLine(redis, self.on_x.channel, self.clock)
        self.kept = RedisKept(redis)
        self.check = self.new_check()

    def new_check(self) -> KeptCheck:
        """Return one more process that checks."""
        return KeptCheck(
            self.on_x.channel.kept,
            self.kept,
            self.line.inbox,
            Duty(self.line.duties, CHECK_DUTY),
            channel=self.on_x.channel.name,
            policy=POLICY,
            clock=self.clock,
            log=self.line.log,
        )

    async def checked(self) -> int:
        """Let half a day pass, and what X needs for its answer."""
        self.clock.advance(HALF_A_DAY.total_seconds())
        removed = 0
        for _ in range(4):
            removed += await self.check.step()
            self.clock.advance(120)
        return removed

    async def taken_in(self) -> None:
        await self.line.settle()
        await self.check.step()  # the first round

    async def texts(self, person) -> list[str]:
        return [one.text for one in await self.records(person)]

    async def records(self, person):
        who = f"x:{person.id}"
        found = await self.line.cases.records(who)
        return [one for one in found if one.author is Author.CUSTOMER]

    async def events(self, kind: EventType):
        return [
            event
            for shard in self.line.events.shards
            async for event in self.line.events.every(shard)
            if event.type is kind
        ]


@pytest.fixture(params=["the app's own token", "no token"])
def setting(request, redis, x):
    token = x.credentials.bearer_token if "own" in request.param else ""
    made = Setting(redis, x, token=token)
    yield made
    made.on_x.channel.close()
    assert [one.kind for one in x.violations] == []


@pytest.fixture
def with_token(redis, x):
    made = Setting(redis, x, token=x.credentials.bearer_token)
    yield made
    made.on_x.channel.close()


async def test_a_mention_that_was_deleted_days_ago_goes_and_the_others_stay(x, setting):
    ann, bob = x.person("ann"), x.person("bob")
    gone = ann.post(f"@acmecare {WORDS} my address is 1 Elm Street")
    bob.post(f"@acmecare {WORDS} where is it")
    await setting.taken_in()
    setting.clock.advance(86_400)
    ann.delete(gone)
    assert await setting.checked() == 1
    assert await setting.texts(ann) == [""]
    assert "where is it" in (await setting.texts(bob))[0]
    (event,) = await setting.events(EventType.MESSAGE_DELETED)
    assert event.facts["message"] == gone.id


async def test_the_words_of_somebody_who_is_suspended_go(x, setting):
    ann = x.person("ann")
    ann.post(f"@acmecare {WORDS} help")
    await setting.taken_in()
    ann.account.suspended = True
    assert await setting.checked() == 1
    assert await setting.texts(ann) == [""]


async def test_a_post_of_a_third_person_goes_from_around_a_message(x, setting):
    carl = x.person("carl")
    theirs = carl.post("I live at 5 Oak Road, by the way")
    ann = x.person("ann")
    ann.post(f"@acmecare {WORDS} what about this", reply_to=theirs)
    await setting.taken_in()
    (before,) = await setting.records(ann)
    assert "5 Oak Road" in before.context[0].text
    carl.delete(theirs)
    assert await setting.checked() == 1
    (after,) = await setting.records(ann)
    assert after.context == ()
    assert after.text == before.text
    (event,) = await setting.events(EventType.CONTEXT_REMOVED)
    assert event.facts == {"message": after.id, "case": event.facts["case"]}
    assert event.facts["case"].startswith("C-")
    assert await setting.checked() == 0


async def a_struck_thread(x, setting):
    """Return a mention below a post that is deleted, and is in mind as X showed it.

    The mention is not shown again with what is new: another one came much later.
    """
    theirs = x.person("carl").post("I live at 5 Oak Road, by the way")
    mention = x.person("ann").post(f"@acmecare {WORDS} this", reply_to=theirs)
    await setting.taken_in()
    setting.clock.advance(3600)
    x.person("eve").post(f"@acmecare {WORDS} something else")
    await setting.line.settle()
    x.person("carl").delete(theirs)
    return mention


async def around_the_next_reply(x, setting, mention) -> list[str]:
    x.person("dan").post(f"@acmecare {WORDS} and me", reply_to=mention)
    await setting.line.settle()
    (record,) = await setting.records(x.person("dan"))
    return [post.id for post in record.context]


async def test_what_was_struck_does_not_come_back_with_the_next_reply(x, setting):
    mention = await a_struck_thread(x, setting)
    name = setting.on_x.channel.name
    await setting.kept.keep_round(name, Round(setting.clock.now()))  # it is time
    setting.clock.advance(120)
    assert await setting.check.step() == 1
    assert await around_the_next_reply(x, setting, mention) == [mention.id]


async def test_what_a_post_said_is_not_kept_in_mind_for_half_a_day(x, setting):
    """In whatever process: only one of them does the check."""
    mention = await a_struck_thread(x, setting)
    setting.clock.advance(HALF_A_DAY.total_seconds())
    assert await around_the_next_reply(x, setting, mention) == [mention.id]


async def test_what_waits_unread_is_struck_too(x, setting):
    carl = x.person("carl")
    theirs = carl.post("I live at 5 Oak Road, by the way")
    x.person("ann").post(f"@acmecare {WORDS} what of this", reply_to=theirs)
    await setting.line.intake.step()
    carl.delete(theirs)
    await setting.checked()
    await setting.line.settle()
    (record,) = await setting.records(x.person("ann"))
    assert record.context == ()


async def test_what_one_account_wrote_around_others_is_found_for_forgetting(x, setting):
    carl, ann = x.person("carl"), x.person("ann")
    theirs = carl.post("I live at 5 Oak Road")
    mention = ann.post(f"@acmecare {WORDS} this", reply_to=theirs)
    x.person("bob").post(f"@acmecare {WORDS} and this", reply_to=mention)
    await setting.taken_in()
    name = setting.on_x.channel.name
    posts = setting.kept.posts(name)
    found = await written_by(posts, author=f"x:{carl.id}", handle="")
    assert {one.id for one in found} == {theirs.id}
    assert {one.holder for one in found} >= {f"x:{ann.id}"}
    older = (replace(one, author="") async for one in setting.kept.posts(name))
    by_handle = await written_by(older, author=f"x:{carl.id}", handle="CARL")
    assert {one.id for one in by_handle} == {theirs.id}


async def test_all_posts_are_asked_for_at_once_and_none_is_paid_for(x, with_token):
    for number in range(5):
        x.person(f"c{number}").post(f"@acmecare {WORDS} hello {number}")
    await with_token.taken_in()
    paid = dict(with_token.on_x.units())
    assert await with_token.checked() == 0
    assert with_token.on_x.units() == paid
    assert len(x.ledger.of(JOBS)) == 2  # the first round, and half a day later


async def test_an_answer_that_takes_long_is_waited_for_by_whoever_has_the_duty(
    x, with_token
):
    ann = x.person("ann")
    gone = ann.post(f"@acmecare {WORDS} help")
    await with_token.line.settle()
    ann.delete(gone)
    x.core.job_takes = timedelta(minutes=30)
    assert await with_token.check.step() == 0
    with_token.clock.advance(1800)
    other = with_token.new_check()  # the first one died
    assert await other.step() == 1
    assert await with_token.texts(ann) == [""]
    assert len(x.ledger.of(JOBS)) == 1


async def test_a_check_that_x_gave_up_is_begun_anew(x, with_token):
    ann = x.person("ann")
    gone = ann.post(f"@acmecare {WORDS} help")
    await with_token.line.settle()
    ann.delete(gone)
    x.core.job_takes = timedelta(minutes=30)
    await with_token.check.step()
    x.core.jobs.clear()
    with_token.clock.advance(120)
    assert await with_token.check.step() == 0
    x.core.job_takes = timedelta(0)
    with_token.clock.advance(AFTER_FAILURE.total_seconds())
    assert await with_token.check.step() == 1


async def test_while_x_is_stuck_with_a_check_the_posts_are_looked_up(x, with_token):
    ann = x.person("ann")
    gone = ann.post(f"@acmecare {WORDS} help")
    await with_token.line.settle()
    ann.delete(gone)
    x.core.job_takes = timedelta(days=9)
    await with_token.check.step()
    with_token.clock.advance(PATIENCE.total_seconds())
    assert await with_token.check.step() == 0
    with_token.clock.advance(120)
    assert await with_token.check.step() == 1
    assert await with_token.texts(ann) == [""]
    assert len(x.ledger.of(JOBS)) == 1  # X runs one at a time

    second = ann.post(f"@acmecare {WORDS} once more")
    await with_token.line.settle()
    ann.delete(second)
    with_token.clock.advance(HALF_A_DAY.total_seconds())
    with pytest.raises(TemporaryFailure):
        await with_token.check.step()
    with_token.clock.advance(PATIENCE.total_seconds())
    assert await with_token.check.step() == 1


async def test_where_x_gives_us_no_such_jobs_posts_are_looked_up(x, with_token):
    ann = x.person("ann")
    gone = ann.post(f"@acmecare {WORDS} help")
    await with_token.line.settle()
    ann.delete(gone)
    x.faults.refuse(JOBS, "client-not-enrolled", times=None)
    assert await with_token.check.step() == 1
    assert await with_token.texts(ann) == [""]
    assert with_token.on_x.channel.troubles == {}


async def test_while_x_does_not_take_the_apps_token_posts_are_looked_up_and_it_is_told(
    redis, x
):
    setting = Setting(redis, x, token="of-another-app")
    ann = x.person("ann")
    gone = ann.post(f"@acmecare {WORDS} help")
    await setting.line.settle()
    ann.delete(gone)
    assert await setting.check.step() == 1
    assert await setting.texts(ann) == [""]
    (kind,) = setting.on_x.channel.troubles  # the look-up with our own token went well
    assert kind is ErrorKind.APP_TOKEN
    assert "FIRSTLINE_X_BEARER_TOKEN" in kind.says
    assert "firstline x login" not in kind.says
    setting.on_x.channel.close()


async def test_an_answer_that_names_no_job_is_not_taken_for_a_check(x, with_token):
    """With a 200 that lacks what was asked for, nothing was asked."""
    x.person("ann").post(f"@acmecare {WORDS} help")
    await with_token.line.settle()
    app = with_token.on_x.channel.kept._app

    async def nothing(*_):
        return {"data": {}}

    app.ask = nothing
    with pytest.raises(TemporaryFailure):
        await with_token.check.step()
    round_ = await with_token.kept.round(with_token.on_x.channel.name)
    assert round_ is None


async def test_while_x_is_away_nothing_counts_as_deleted(x, setting):
    x.person("ann").post(f"@acmecare {WORDS} help")
    await setting.line.settle()
    x.faults.fail("*", times=None)
    with pytest.raises(TemporaryFailure):
        await setting.check.step()
    x.faults.clear()
    assert await setting.checked() == 0
    assert await setting.events(EventType.MESSAGE_DELETED) == []
