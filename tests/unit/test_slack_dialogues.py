"""Dialogues, App Home, answers to commands and the digest, as agents see them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.desk.slack import blocks
from bot.desk.slack.blocks import DayFigures, Health, Home, Queue
from bot.desk.slack.ids import unpacked
from bot.model.case import AgentId, Case, CaseId, CaseStatus
from bot.model.event import Outcome
from bot.model.message import DIRECT, Visibility
from bot.model.quiet import Quiet
from bot.model.record import Author
from bot.ports.desk import Preview, Suggestion
from tests.builders import NOON, POLICY, THREAD, case
from tests.unit.slack_says import only, pressable, says
from tests.unit.test_slack_card import scene, view, wrote
from tests.unit.test_slack_thread import incident

FACTS = {"channel": "C1", "thread": "1.2", "seen": "m1"}
IN_PRIVATE = wrote("and privately", id="m2", thread=DIRECT)
IN_PRIVATE = replace(IN_PRIVATE, visibility=Visibility.PRIVATE, at=NOON)
RETURNS = Suggestion(
    label="faq/return_policy",
    text="You can send anything back within 30 days.",
    source="faq/return_policy",
    confidence=0.61,
)


def preview(text: str = "Hello", **changes: object) -> Preview:
    made = Preview(text=text, parts=(text,), length=len(text), limit=280)
    return replace(made, **changes)


def fields(dialogue: dict) -> dict[str, dict]:
    return {one["block_id"]: one["element"] for one in only(dialogue, "input")}


def kept(dialogue: dict) -> dict[str, str]:
    return unpacked(dialogue["private_metadata"])


# -- the composer ----------------------------------------------------------------


def test_the_composer_asks_where_only_if_there_is_a_choice():
    one = blocks.compose_modal(view(), scene(), FACTS)
    assert "thread" not in fields(one)
    assert kept(one)["to"] == THREAD
    assert "In public: everybody can read it" in says(one)
    two = blocks.compose_modal(view(None, wrote(), IN_PRIVATE), scene(), FACTS)
    choice = fields(two)["thread"]
    assert [one["value"] for one in choice["options"]] == [DIRECT, THREAD]
    assert choice["initial_option"]["value"] == THREAD  # the case's own
    assert "to" not in kept(two)


def test_the_composer_shows_what_is_answered_in_the_chosen_thread():
    both = view(None, wrote(), IN_PRIVATE)
    quoted = only(blocks.compose_modal(both, scene(), FACTS), "rich_text_quote")
    assert says(quoted) == "where is my parcel"
    private = blocks.compose_modal(both, scene(), FACTS, thread=DIRECT)
    assert says(only(private, "rich_text_quote")) == "and privately"


def test_the_composer_counts_as_the_channel_does():
    made = blocks.compose_modal(view(), scene(), FACTS, text="Hello", preview=preview())
    assert "5 of 280" in says(made)
    assert "The customer reads" not in says(made)


def test_the_composer_tells_every_problem_at_once():
    bad = preview(problems=("It names an order.", "It holds a <phone> number."))
    read = says(blocks.compose_modal(view(), scene(), FACTS, text="Hello", preview=bad))
    assert "It cannot go out like this" in read
    assert "• It names an order.\n• It holds a &lt;phone&gt; number." in read


def test_a_long_text_is_shown_in_the_posts_that_it_goes_out_as():
    long = preview(parts=("first half", "second half"), length=312, limit=560)
    read = says(blocks.compose_modal(view(), scene(), FACTS, text="x", preview=long))
    assert "312 of 560" in read
    assert ":warning:" not in read
    assert "It goes out as 2 posts" in read
    assert "second half" in read


def test_a_signature_is_shown_as_the_customer_will_read_it():
    signed = preview("Hello\n^AB")
    read = says(
        blocks.compose_modal(view(), scene(), FACTS, text="Hello", preview=signed)
    )
    assert "The customer reads:" in read
    assert "Hello\n^AB" in read


@pytest.mark.parametrize("name", [":wave:", ":+1:", ":wave::skin-tone-3:"])
def test_the_name_of_an_emoji_is_told_before_the_customer_reads_it(name):
    text = f"Hello {name} it leaves at 10:30:45."
    made = blocks.compose_modal(
        view(), scene(), FACTS, text=text, preview=preview(text)
    )
    assert "the customer sees these letters" in says(made)
    plain = "See https://fernhollow.example:8080/a:b:c at 10:30:45. :)"
    made = blocks.compose_modal(
        view(), scene(), FACTS, text=plain, preview=preview(plain)
    )
    assert "these letters" not in says(made)


def test_that_the_customer_wrote_meanwhile_stands_above_everything():
    newer = view(None, wrote(), wrote("never mind, it came!", id="m9", at=NOON))
    made = blocks.compose_modal(newer, scene(), FACTS, preview=preview(newer=True))
    top = says(made["blocks"][:2])
    assert "The customer has written since you opened this" in top
    assert "never mind, it came!" in top


def test_suggestions_are_offered_until_something_is_written():
    empty = blocks.compose_modal(view(), scene(), FACTS, suggestions=[RETURNS])
    assert "Question: return policy" in says(empty)
    assert "61% sure · knowledge base: faq/return_policy" in says(empty)
    (use,) = only(empty, "button")
    assert unpacked(use["value"]) == {"case": "C-1000", "label": "faq/return_policy"}
    begun = blocks.compose_modal(
        view(), scene(), FACTS, text="Hi", suggestions=[RETURNS]
    )
    assert not only(begun, "button")


def test_what_hardly_fits_is_not_offered():
    unlikely = replace(RETURNS, confidence=0.01)
    assert not only(
        blocks.compose_modal(view(), scene(), FACTS, suggestions=[unlikely]), "button"
    )
    made = blocks.suggestions_modal(view(), FACTS, suggestions=[unlikely])
    assert "has no answer that fits" in says(made)


def test_a_text_put_in_by_us_reaches_a_field_that_somebody_typed_into():
    typed = blocks.compose_modal(view(), scene(), FACTS)
    put = blocks.compose_modal(view(), scene(), FACTS, text="Suggested", draft=1)
    assert "text" in fields(typed)
    assert fields(put)["text#1"]["initial_value"] == "Suggested"
    assert kept(put)["draft"] == "1"


def test_the_composer_says_for_how_long_a_reply_can_be_undone():
    undo = int(POLICY.desk.undo.total_seconds())
    assert f"you can undo it for {undo} s" in says(
        blocks.compose_modal(view(), scene(), FACTS)
    )


# -- where a case goes, and what it is ---------------------------------------------


def test_resolving_asks_for_one_of_the_policy_s_reasons():
    made = blocks.resolve_modal(case(CaseStatus.CLAIMED), scene(), FACTS)
    values = [one["value"] for one in fields(made)["reason"]["options"]]
    assert values == list(POLICY.resolutions)
    assert kept(made) == {**FACTS, "case": "C-1000"}


def test_a_case_is_handed_to_other_teams_only():
    made = blocks.hand_over_modal(case(team="press"), scene(), FACTS)
    values = [one["value"] for one in fields(made)["team"]["options"]]
    assert "press" not in values
    assert set(values) == set(POLICY.teams) - {"press"}


def test_tags_of_one_s_own_stand_beside_the_policy_s():
    made = blocks.tags_modal(case(tags=("refund", "vip dog", "cat")), scene(), FACTS)
    chosen = fields(made)["tags"]["initial_options"]
    assert [one["value"] for one in chosen] == ["refund"]
    assert fields(made)["own_tags"]["initial_value"] == "vip dog, cat"


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Europe/London", ["13:00", "15:00", "08:00"]),
        ("Asia/Tokyo", ["22:00", "00:00", "17:00"]),
    ],
)
def test_a_case_is_snoozed_in_the_agent_s_own_time(zone, expected):
    made = blocks.snooze_modal(case(), scene(), FACTS, zone=ZoneInfo(zone))
    hour, three, morning, other = fields(made)["until"]["options"]
    assert hour["text"]["text"] == f"In an hour, at {expected[0]}"
    assert three["text"]["text"] == f"In 3 hours, at {expected[1]}"
    assert morning["text"]["text"] == f"When we open, tomorrow at {expected[2]}"
    assert "First answer due by" in says(made)  # it goes on while the case is away
    opening = NOON.replace(day=19, hour=8)
    assert morning["value"] == str(int(opening.timestamp()))
    assert other["value"] == blocks.OTHER_TIME


@pytest.mark.parametrize(
    ("hour", "expected"),
    [
        (6, ["In an hour, at 07:00", "In 3 hours, at 09:00", "today at 08:00"]),
        (7, ["In 3 hours, at 10:00", "today at 08:00"]),
        (18, ["In an hour, at 19:00", "tomorrow at 08:00"]),
        (22, ["In an hour, at 23:00", "In 3 hours, at 01:00", "tomorrow at 08:00"]),
    ],
)
def test_nothing_comes_back_while_we_are_closed_unless_its_agent_works_then(
    hour, expected
):
    at = scene(NOON.replace(hour=hour))
    made = blocks.snooze_modal(case(), at, FACTS, zone=ZoneInfo("Europe/London"))
    offered = [one["text"]["text"] for one in fields(made)["until"]["options"]]
    assert [one.removeprefix("When we open, ") for one in offered[:-1]] == expected


def test_over_a_weekend_a_case_is_put_aside_until_the_day_we_open():
    saturday = scene(NOON.replace(day=21, hour=16))
    made = blocks.snooze_modal(case(), saturday, FACTS, zone=ZoneInfo("Europe/London"))
    assert "When we open, on Monday at 08:00" in pressable(made)


def test_a_policy_without_hours_puts_aside_until_the_morning():
    never = replace(POLICY, hours=replace(POLICY.hours, days={}))
    at = replace(scene(), policy=never)
    made = blocks.snooze_modal(case(), at, FACTS, zone=ZoneInfo("Asia/Tokyo"))
    assert "Tomorrow at 09:00" in pressable(made)


def test_the_beginning_of_a_long_message_ends_in_an_ellipsis():
    newest = wrote("second " * 20, thread=DIRECT, id="p2")
    made = blocks.compose_modal(view(case(), wrote(), newest), scene(), FACTS)
    after = fields(made)["thread"]["options"][0]["description"]["text"]
    assert after.endswith("…”")


def test_whose_the_case_is_is_told_with_a_way_out():
    made = blocks.not_yours_modal(case(CaseStatus.CLAIMED), scene(), FACTS)
    assert "Ann Bell has this case" in says(made)
    assert pressable(made) == ["Take over and reply"]
    assert made["submit"]["text"] == "Add note"


def test_what_cannot_be_taken_back_is_explained_first():
    assert "Nothing reopens this case" in says(blocks.give_back_modal(case(), FACTS))
    stopping = says(blocks.block_modal(case(), FACTS))
    assert "never writes to @alice again" in stopping
    assert "Agents still can" in stopping


def test_the_right_intent_is_picked_by_its_name():
    labels = ["refund_status", "order_status", "faq/return_policy", "faq/stores"]
    made = blocks.wrong_intent_modal(view(), FACTS, labels=labels)
    groups = fields(made)["label"]["option_groups"]
    assert [
        (one["label"]["text"], [option["text"]["text"] for option in one["options"]])
        for one in groups
    ] == [
        ("Requests", ["Order status", "Refund status"]),
        ("Standard questions", ["Return policy", "Stores"]),
    ]
    assert groups[1]["options"][0]["value"] == "faq/return_policy"


def test_more_intents_than_slack_shows_in_one_group_are_all_offered():
    labels = [f"intent_{number:03}" for number in range(250)]
    made = blocks.wrong_intent_modal(view(), FACTS, labels=labels)
    offered = [
        option["value"]
        for group in fields(made)["label"]["option_groups"]
        for option in group["options"]
    ]
    assert offered == labels


def test_suggestions_stand_below_what_they_answer():
    made = blocks.suggestions_modal(view(), FACTS, suggestions=[RETURNS])
    assert says(made).index("where is my parcel") < says(made).index("within 30 days")
    nothing = blocks.suggestions_modal(view(), FACTS, suggestions=[])
    assert "has no answer that fits" in says(nothing)


# -- history -----------------------------------------------------------------------


def test_the_history_begins_with_other_cases_and_what_was_written_last():
    other = case(CaseStatus.RESOLVED, id=CaseId("C-7"), resolution="refunded")
    made = blocks.history_modal(view(), scene(), FACTS, cases=[case(), other])
    read = says(made)
    assert "1 other case" in read
    assert "*C-7*" in read
    assert "refunded" in read
    assert "C-1000" not in read
    assert "Page" not in read


def test_a_long_history_is_turned_page_by_page():
    many = [wrote(f"message {n}", id=f"m{n}") for n in range(100)]
    newest = blocks.history_modal(view(None, *many), scene(), FACTS)
    assert "message 99" in says(newest)
    assert "message 0\n" not in says(newest)
    assert pressable(newest) == ["Older"]
    (older,) = only(newest, "button")
    page = int(unpacked(older["value"])["page"])
    before = blocks.history_modal(view(None, *many), scene(), FACTS, page=page)
    assert pressable(before) == ["Older", "Newer"]
    last = blocks.history_modal(view(None, *many), scene(), FACTS, page=99)
    assert "message 0" in says(last)
    assert pressable(last) == ["Newer"]


def test_a_note_in_the_history_has_no_place():
    note = wrote("furious", author=Author.NOTE, agent="ann")
    read = says(blocks.history_modal(view(None, note), scene(), FACTS))
    assert "Note by Ann Bell" in read
    assert ":lock:" not in read
    assert ":globe" not in read


# -- incidents ---------------------------------------------------------------------


def test_all_are_answered_in_several_wordings():
    made = blocks.answer_all_modal(incident(), FACTS)
    assert list(fields(made)) == ["wording_1", "wording_2", "wording_3"]
    assert [one.get("optional", False) for one in only(made, "input")] == [
        *(False, True, True),
    ]
    assert "*38 customers* of I-3" in says(made)


def test_the_cases_of_an_incident_are_listed_with_their_cards():
    inside = [case(id=CaseId("C-1")), case(id=CaseId("C-2"))]
    made = blocks.incident_cases_modal(
        incident(), inside, scene(), FACTS, links={CaseId("C-1"): "https://x.slack.com"}
    )
    assert pressable(made) == ["Open"]
    assert "… and 36 more" in says(made)


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


def test_no_figure_is_made_up_where_there_was_nothing():
    quiet = DayFigures(day=date(2026, 11, 18))
    read = says(blocks.render_digest(quiet, QUEUE, scene()).payload)
    assert "*0 messages*" in read
    assert "in time" not in read
    assert "Median" not in read


def test_how_long_a_reply_will_wait_is_said_before_it_is_sent():
    waits = preview(wait="It goes out in about 12 min: X lets us send 15 <in> 15.")
    made = blocks.compose_modal(view(), scene(), FACTS, text="Hello", preview=waits)
    assert "about 12 min: X lets us send 15 &lt;in&gt; 15." in says(made)
    at_once = blocks.compose_modal(
        view(), scene(), FACTS, text="Hello", preview=preview()
    )
    assert "hourglass" not in says(at_once)


def test_what_can_no_longer_be_hidden_is_said_and_nothing_is_asked():
    made = blocks.hide_modal(view(), FACTS)
    assert "Nothing of this customer's can be hidden" in says(made)
    assert "submit" not in made
