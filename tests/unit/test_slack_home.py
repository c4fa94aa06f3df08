"""App Home, answers to commands and the digest, as agents see them."""

from __future__ import annotations

from datetime import date, timedelta

from bot.desk.slack import blocks
from bot.desk.slack.blocks import DayFigures, Health, Home, Queue
from bot.model.case import AgentId, Case, CaseStatus
from bot.model.drift import UNKNOWN, Shift
from bot.model.event import Outcome
from bot.model.message import MessageId
from bot.model.quiet import Quiet
from tests.builders import NOON, case
from tests.unit.slack_says import pressable, says
from tests.unit.test_slack_card import scene, view

# -- Home, commands, digest --------------------------------------------------------

QUEUE = Queue(unclaimed=4, claimed=2, waiting=3, oldest_unclaimed=NOON)
DAY = DayFigures(
    day=date(2026, 11, 18),
    outcomes={Outcome.ANSWERED: 600, Outcome.HANDED_OFF: 400},
    opened=380,
    resolved=350,
    first_answers=200,
    late=10,
    acknowledgement=timedelta(seconds=8),
    first_human_answer=timedelta(minutes=17),
)
BROKEN = Health(False, "The token was revoked: install the app again.")


def mine() -> Case:
    return case(CaseStatus.CLAIMED)


def test_home_shows_my_cases_the_queue_today_and_health():
    home = Home(mine=[mine()], next=[case()], queue=QUEUE, today=DAY)
    later = scene(NOON + timedelta(minutes=25))
    read = says(blocks.render_home(home, later))
    for part in (
        *(
            "My cases (1)",
            "waiting for your answer",
            "The queue",
            "*4 unclaimed* (the oldest",
        ),
        *("for 25 min", "… and 3 more", "Today", "*1,000 messages*"),
        *("600 answered by the bot", "95% of first answers in time"),
        *("acknowledgement under a minute", "first answer by a person 15 min"),
    ):
        assert part in read


def test_what_is_broken_stands_above_everything():
    home = Home(mine=[], next=[], queue=QUEUE, health=(Health(True, "ok"), BROKEN))
    first = blocks.render_home(home, scene())["blocks"][0]
    assert "The token was revoked" in says(first)


def test_home_of_somebody_without_cases_says_what_to_do():
    read = says(blocks.render_home(Home(mine=[], next=[], queue=QUEUE), scene()))
    assert "`/firstline next`" in read


def test_status_says_what_is_paused_and_by_whom():
    pause = Quiet("order_status", AgentId("ann"), NOON)
    read = says(blocks.render_status(QUEUE, scene(), pauses=(pause,)).payload)
    assert "Bot paused: order_status (Ann Bell, since <!date^" in read
    assert "4 unclaimed" in read


def test_next_is_the_case_itself_ready_to_be_claimed():
    made = blocks.render_next(view(), scene(), url="https://x.slack.com/p1")
    assert "Claim" in pressable(made.payload)
    assert "Open its card" in says(made.payload)
    assert "Nobody is waiting" in blocks.render_next(None, scene()).text


def test_a_search_says_what_it_looked_through():
    none = blocks.render_search("<!here>", [], scene(), links={})
    assert "“&lt;!here&gt;”" in none.text
    assert "never what customers wrote" in none.text
    found = blocks.render_search("alice", [case()], scene(), links={})
    assert "*1 case for “alice”*" in found.text


def test_mine_lists_what_somebody_holds():
    assert "You hold no case" in blocks.render_mine([], scene(), links={}).text
    assert "*You hold 1 case*" in blocks.render_mine([mine()], scene(), links={}).text


def test_pausing_says_that_agents_still_speak():
    pause = Quiet("everything", AgentId("ann"), NOON)
    read = says(blocks.render_quiet((pause,), scene()).payload)
    assert "What you write still goes out" in read
    assert "The bot speaks" in blocks.render_quiet((), scene()).text


def test_help_names_every_command():
    read = says(blocks.render_help().payload)
    for command in ("status", "mine", "next", "search", "pause", "resume", "help"):
        assert f"/firstline {command}" in read


def test_the_digest_is_of_one_day_and_says_what_is_left():
    read = says(blocks.render_digest(DAY, QUEUE, scene(), health=(BROKEN,)).payload)
    assert "Wednesday, 18 November at Fernhollow" in read
    assert "*380 new cases*" in read
    assert "*Now* *4 unclaimed*" in read
    assert "The token was revoked" in read


def test_the_digest_says_what_is_read_otherwise_and_names_messages():
    moved = Shift(
        measure=UNKNOWN,
        since=date(2026, 11, 18),
        messages=1_200,
        share=0.09,
        before=0.03,
        examples=(MessageId("m-17"),),
    )
    read = says(blocks.render_digest(DAY, QUEUE, scene(), drift=(moved,)).payload)
    assert "9.0 % of 1,200 messages since 18 November" in read
    assert "it was 3.0 % in the four weeks before" in read
    assert "m-17" in read


def test_no_figure_is_made_up_where_there_was_nothing():
    quiet = DayFigures(day=date(2026, 11, 18))
    read = says(blocks.render_digest(quiet, QUEUE, scene()).payload)
    assert "*0 messages*" in read
    assert "in time" not in read
    assert "Median" not in read
