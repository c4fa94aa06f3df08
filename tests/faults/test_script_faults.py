"""What the simulation does not run, or hardly shows: with a line left out a test fails.

A test of a promise is worth what it can find: here is the proof for deliveries, cards,
ratings, edits, notes, what is forgotten, whoever comes late, later answers, and what
hardly ever happens to incidents. See simulation/mutants.py for the others.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from bot.clock import ManualClock
from bot.store import scripts
from bot.store.cards import RedisCardBook
from bot.store.deliveries import RedisDeliveries
from bot.store.forgetting import RedisForgetting
from bot.store.reading_days import RedisReadingDays
from bot.store.shadow import RedisShadowTally
from bot.store.spending import RedisSpending
from bot.store.wordings import RedisWordings
from tests.builders import NOON
from tests.contract import test_card_book as cards
from tests.contract import test_deliveries as deliveries
from tests.contract import test_spending as spending
from tests.contract import test_wordings as wordings
from tests.faults.simulation.code import Code, Mutant
from tests.integration import acting
from tests.integration import test_acts as acts
from tests.integration import test_amendments as amendments
from tests.integration import test_drift as drift
from tests.integration import test_incident_work as incident_work
from tests.integration import test_incidents as incidents
from tests.integration import test_kept_posts as kept
from tests.integration import test_learner as learner
from tests.integration import test_models as models
from tests.integration import test_notes as notes
from tests.integration import test_ratings as ratings
from tests.integration import test_shadow as shadow
from tests.integration import test_turns as turns
from tests.integration.forgetting import test_forgetting as forgetting
from tests.integration.forgetting.planted import first_line as forgetting_line
from tests.machines import Machine

Test = Callable[..., Awaitable[None]]


@dataclass(frozen=True)
class Fault:
    """`old` becomes `new` in a script, and the test `shown_by` fails."""

    script: str
    old: str
    shown_by: Test
    new: str = ""

    def __str__(self) -> str:
        return f"{self.script}: {self.shown_by.__name__}"


FAULTS = (
    # -- deliveries ------------------------------------------------------------
    Fault(
        "take_delivery",
        'if redis.call("ZADD", KEYS[1], "NX", ARGV[4], ARGV[1]) == 0 then return {"copy"} end',
        deliveries.test_a_copy_is_nothing_while_the_first_is_in_hand,
    ),
    Fault(
        "take_delivery",
        'if length > 1 then return {"waits"} end',
        deliveries.test_what_comes_behind_another_of_its_lane_waits_for_its_turn,
    ),
    Fault(
        "lease_deliveries",
        'redis.call("ZADD", KEYS[3], ARGV[1] + ARGV[2], lane)',
        deliveries.test_what_was_taken_over_is_in_one_hand_only,
    ),
    Fault(
        "finish_delivery",
        'if redis.call("HGET", KEYS[4], ARGV[2]) ~= ARGV[3] then return 0 end',
        deliveries.test_an_old_lease_ends_nothing_of_a_lane_that_began_anew,
    ),
    Fault(
        "put_off_delivery",
        'redis.call("ZADD", KEYS[1], ARGV[3], ARGV[1])',
        deliveries.test_what_is_put_off_keeps_its_place_and_comes_back,
    ),
    # -- cards -----------------------------------------------------------------
    Fault(
        "mark_card",
        '"LT", ',
        cards.test_a_thing_that_changes_again_keeps_its_place_and_moves_only_forward,
    ),
    Fault(
        "clean_card",
        'if redis.call("HGET", KEYS[2], "mark") ~= ARGV[2] then return 0 end',
        cards.test_a_change_while_it_is_shown_is_not_lost,
    ),
    Fault(
        "begin_post",
        'if tonumber(ARGV[1]) < tonumber(redis.call("GET", KEYS[1]) or "0") then return 0 end',
        cards.test_who_lost_the_duty_begins_nothing,
    ),
    Fault(
        "give_up_post",
        'if redis.call("HGET", KEYS[1], "posting") ~= ARGV[2] then return 0 end',
        cards.test_giving_up_takes_no_other_note_away,
    ),
    Fault(
        "keep_post",
        "if number == current and ts and ts ~= ARGV[4] then return 0 end",
        cards.test_a_second_card_under_one_number_is_told,
    ),
    Fault(
        "keep_post",
        "if number < current and is_card then return 0 end",
        cards.test_whoever_is_late_brings_no_replaced_card_back,
    ),
    Fault(
        "replace_card",
        "if number ~= ARGV[1] or not card then return 0 end",
        cards.test_replacing_twice_is_replacing_once,
        "if not card then return 0 end",
    ),
    Fault(
        "replace_card",
        'if string.sub(name, 1, 5) == "line " then redis.call("HDEL", KEYS[1], name) end',
        cards.test_the_next_card_has_a_thread_of_its_own_but_nothing_is_said_twice,
    ),
    Fault(
        "replace_card",
        'if ARGV[2] == "0" then redis.call("HSET", KEYS[1], "left " .. card, "1") end',
        cards.test_a_card_that_is_gone_has_nothing_to_tell,
        'redis.call("HSET", KEYS[1], "left " .. card, "1")',
    ),
    Fault(
        "blank_page",
        'redis.call("HDEL", KEYS[1], "digest")',
        cards.test_what_is_written_anew_is_written_where_it_stood,
    ),
    Fault(
        "blank_page",
        'redis.call("HSET", KEYS[1], name, ts .. " ")',
        cards.test_what_is_written_anew_is_written_where_it_stood,
    ),
    Fault(
        "close_page",
        'if redis.call("HEXISTS", KEYS[1], "posting") == 1 then return 0 end',
        cards.test_a_page_stays_open_while_something_is_being_posted,
    ),
    # -- edits and deletions -----------------------------------------------------
    Fault(
        "amend",
        'redis.call("HINCRBY", KEYS[6], "version", 1)',
        amendments.test_an_edit_while_the_turn_is_decided_makes_it_decide_anew,
    ),
    Fault(
        "find_message",
        "pairs({mailbox = KEYS[3], history = KEYS[4]})",
        amendments.test_desks_show_what_the_author_changed_and_the_outcome_stays,
        "pairs({mailbox = KEYS[3]})",
    ),
    Fault(
        "accept",
        "if note then item = amended_mail(item, note) end",
        amendments.test_a_late_original_that_was_deleted_meanwhile_stays_deleted,
    ),
    # -- notes -------------------------------------------------------------------
    Fault(
        "change_case",
        'if line then redis.call("LSET", KEYS[3], line, p.line_new) end',
        notes.test_a_change_takes_the_place_of_the_note_with_one_event,
    ),
    Fault(
        "change_case",
        'redis.call("LSET", KEYS[3], line, p.line_new)',
        notes.test_of_a_deleted_note_no_word_is_kept_and_nothing_brings_it_back,
        'redis.call("RPUSH", KEYS[3], p.line_new)',
    ),
    # -- what X charges, and what its rules say ----------------------------------
    Fault(
        "pay_read",
        'new + redis.call("SADD", KEYS[4], ARGV[n])',
        spending.test_a_thing_that_is_read_is_paid_once_a_day_by_whoever_reads_it_first,
        "new + 1",
    ),
    Fault(
        "pay_read",
        'redis.call("DEL", KEYS[3])',
        spending.test_a_call_that_brought_nothing_new_ends_being_out_of_credit,
    ),
    Fault(
        "pay_read",
        'redis.call("DEL", unpack(KEYS, 5))',
        spending.test_days_on_which_nothing_was_read_leave_nothing_behind,
    ),
    Fault(
        "take_words",
        'redis.call("HGET", KEYS[2], words) == key',
        wordings.test_a_text_that_is_tried_again_does_not_wait_for_itself,
        "false",
    ),
    Fault(
        "take_words",
        "if turn > now and not again then return turn - now end",
        wordings.test_of_many_at_once_one_has_the_words,
    ),
    Fault(
        "take_words",
        "turn, own, turn, last",
        wordings.test_each_of_those_who_wait_has_a_turn_of_its_own,
        "turn, own",
    ),
    Fault(
        "take_words",
        "math.max(turn, said + apart)",
        wordings.test_who_comes_late_for_its_turn_moves_the_next_one_on,
        "turn",
    ),
    Fault(
        "take_words",
        'redis.call("ZREMRANGEBYSCORE", KEYS[3], "-inf", "(" .. oldest)',
        wordings.test_no_turn_is_kept_for_ever,
    ),
    Fault(
        "take_words",
        'redis.call("HDEL", KEYS[2], old)',
        wordings.test_what_is_older_than_a_quarter_of_an_hour_is_forgotten,
    ),
    Fault(
        "strike_context",
        'if redis.call(read, keys[swap.place], swap.index) ~= swap.old then return "again" end',
        kept.test_what_moved_meanwhile_is_struck_where_it_stands_then,
    ),
    Fault(
        "strike_context",
        'redis.call("HINCRBY", KEYS[4], "version", 1)',
        kept.test_a_turn_that_has_read_what_was_struck_does_not_bring_it_back,
    ),
    Fault(
        "strike_context",
        'redis.call("HINCRBY", case, "revision", 1)',
        kept.test_the_case_of_whom_it_stood_with_has_changed,
    ),
    # -- what is forgotten -------------------------------------------------------
    Fault(
        "forget",
        'redis.call("DEL", KEYS[3])',
        forgetting.test_what_was_forgotten_is_not_stored_when_it_is_delivered_again,
    ),
    Fault(
        "forget",
        'redis.call("DEL", KEYS[4])',
        forgetting.test_forgetting_again_finds_nothing_and_breaks_nothing,
    ),
    Fault(
        "forget",
        "if entry.key == sending then",
        forgetting.test_a_text_that_is_being_sent_is_forgotten_when_that_is_over,
        "if false then",
    ),
    Fault(
        "forget",
        'redis.call("LREM", KEYS[6], 1, text)',
        forgetting.test_what_waited_is_counted_and_nothing_of_it_is_sent,
    ),
    Fault(
        "forget",
        '"opted_out", ',
        forgetting.test_who_wanted_nothing_automatic_still_gets_nothing,
    ),
    Fault(
        "forget",
        'redis.call("DEL", p.review .. id)',
        learner.test_what_is_forgotten_is_in_no_queue,
    ),
    # -- the review queue --------------------------------------------------------
    Fault(
        "add_review",
        'if (redis.call("HGET", KEYS[1], "version") or "0") ~= ARGV[1] then return "changed" end',
        learner.test_who_is_forgotten_while_they_are_read_is_not_added,
    ),
    Fault(
        "add_review",
        'if redis.call("HEXISTS", KEYS[2], "closed") == 1 then return "closed" end',
        learner.test_what_comes_up_later_adds_nothing_to_a_closed_item,
    ),
    Fault(
        "add_review",
        'redis.call("HSET", KEYS[3], message, ARGV[2])',
        learner.test_a_deleted_part_of_a_burst_goes_with_its_item,
    ),
    Fault(
        "close_review",
        'if redis.call("HSETNX", KEYS[1], "closed", ARGV[1]) == 0 then return 0 end',
        learner.test_the_first_who_closes_an_item_has_closed_it,
        'redis.call("HSET", KEYS[1], "closed", ARGV[1])',
    ),
    Fault(
        "reopen_review",
        'if redis.call("HDEL", KEYS[1], "closed") == 0 then return 0 end',
        learner.test_closing_can_be_taken_back,
    ),
    Fault(
        "drop_review",
        'redis.call("ZREM", KEYS[3], ARGV[1])',
        learner.test_old_items_go_and_so_do_those_that_teach_least,
    ),
    Fault(
        "amend",
        'redis.call("DEL", p.review .. review)',
        learner.test_a_deleted_message_goes_with_its_item,
    ),
    Fault(
        "amend",
        'redis.call("HDEL", p.review .. review, "body", "closed")',
        learner.test_an_edited_message_has_no_text_until_it_is_read_again,
    ),
    # -- how messages are read -----------------------------------------------------
    Fault(
        "add_readings",
        'if tonumber(redis.call("HGET", KEYS[1], "turn") or "0") ~= p.turn then return 0 end',
        drift.test_of_two_who_add_the_same_one_does,
    ),
    Fault(
        "add_readings",
        'redis.call("DEL", unpack(KEYS, 2 + #p.days))',
        drift.test_days_that_nobody_asks_for_are_forgotten,
    ),
    # -- who comes late ----------------------------------------------------------
    Fault(
        "bury",
        'if redis.call("HGET", KEYS[1], who) ~= ARGV[2] then return 0 end',
        turns.test_a_burial_under_a_lost_lease_changes_nothing,
    ),
    Fault(
        "settle_send",
        'if tonumber(lease or "0") ~= tonumber(p["until"]) then return 0 end',
        turns.test_a_sender_whose_text_is_anothers_by_now_settles_nothing,
    ),
    Fault(
        "give_back",
        'redis.call("HINCRBY", KEYS[1], ARGV[1], 1)',
        turns.test_whom_a_worker_gave_back_it_neither_commits_nor_gives_back_again,
    ),
    # -- ratings ---------------------------------------------------------------
    Fault(
        "rate",
        'if redis.call("ZADD", KEYS[3], "NX", ARGV[3], "rated:" .. ARGV[5]) == 0 then return 0 end',
        ratings.test_a_rating_that_comes_again_late_does_not_rate_what_was_done_since,
    ),
    Fault(
        "rate",
        'if fields[1] ~= "resolved" or (fields[2] or "") ~= "" then return 0 end',
        ratings.test_a_rating_of_what_was_reopened_meanwhile_says_nothing_any_more,
    ),
    # -- incidents -------------------------------------------------------------
    Fault(
        "leave_incident",
        '"GT", since',
        incidents.test_a_keeper_who_was_held_up_sets_no_clock_back,
        new="since",
    ),
    Fault(
        "leave_incident",
        "math.max(tonumber(ARGV[4]), tonumber(changed))",
        incidents.test_the_clock_of_who_was_held_up_does_not_count,
        new="tonumber(ARGV[4])",
    ),
    Fault(
        "note_errand",
        'if news == 1 then redis.call("XADD", KEYS[3], "*", unpack(p.event)) end',
        incident_work.test_desks_hear_once_what_became_of_its_cases,
    ),
    Fault(
        "note_errand",
        'if news == 1 then redis.call("XADD"',
        incident_work.test_desks_hear_once_what_became_of_its_cases,
        new='if true then redis.call("XADD"',
    ),
    # -- models ----------------------------------------------------------------
    Fault(
        "promote_model",
        'if ARGV[5] ~= "" and ARGV[5] ~= epoch then return "changed" end',
        models.test_a_start_that_was_overtaken_changes_nothing,
    ),
    Fault(
        "promote_model",
        'if live == name then return "same" end',
        models.test_what_is_live_already_is_not_promoted_again,
    ),
    Fault(
        "promote_model",
        'redis.call("LPUSH", KEYS[2], live .. "|" .. now .. "|" .. term)',
        models.test_live_shadow_and_the_two_before_are_kept_and_others_are_dropped,
    ),
    Fault(
        "promote_model",
        'if redis.call("HGET", KEYS[1], "shadow") == name then redis.call("HDEL", KEYS[1], "shadow") end',
        models.test_a_shadow_that_goes_live_is_none_any_more,
    ),
    Fault(
        "shadow_model",
        'if (redis.call("HGET", KEYS[1], "shadow") or "") == name then return "same" end',
        models.test_a_shadow_that_goes_live_is_none_any_more,
    ),
    Fault(
        "drop_model",
        "if in_use and (kept or seen[name]) then return 0 end",
        models.test_live_shadow_and_the_two_before_are_kept_and_others_are_dropped,
    ),
    Fault(
        "drop_model",
        'or name == redis.call("HGET", KEYS[1], "shadow")',
        models.test_live_shadow_and_the_two_before_are_kept_and_others_are_dropped,
    ),
    Fault(
        "drop_model",
        "if begun and tonumber(begun) > tonumber(ARGV[4]) then return 0 end",
        models.test_what_was_offered_a_moment_ago_is_not_dropped,
    ),
    Fault(
        "drop_model",
        "local in_use = string.find(manifest, seal, 1, true)",
        models.test_of_two_offers_of_one_model_the_one_that_is_not_used_is_dropped,
        "local in_use = true",
    ),
    Fault(
        "tally_shadow",
        "if serial ~= ARGV[2] then return 0 end",
        shadow.test_of_two_that_read_for_the_same_shadow_each_message_counts_once,
    ),
    Fault(
        "tally_shadow",
        'redis.call("DEL", KEYS[1])',
        shadow.test_another_live_model_begins_a_new_comparison,
    ),
)


@pytest.mark.parametrize("fault", FAULTS, ids=str)
async def test_its_own_test_finds_it(fault, redis, server, tmp_path, monkeypatch):
    sound = scripts.source
    text = sound(fault.script)
    assert text.count(fault.old) == 1, "the script has changed: the fault must follow"

    def faulty(name: str) -> str:
        return (
            text.replace(fault.old, fault.new) if name == fault.script else sound(name)
        )

    monkeypatch.setattr(scripts, "source", faulty)
    names = inspect.signature(fault.shown_by).parameters
    given = await _given(fault.shown_by.__module__, redis, tmp_path)
    given["server"] = server
    with pytest.raises((AssertionError, ValueError, AttributeError, TypeError)):
        await fault.shown_by(**{name: given[name] for name in names})


async def test_an_answer_that_is_not_kept_in_mind_is_missed(redis, tmp_path):
    """Too few runs have two answers, of which the first does not arrive."""
    fault = Mutant(
        "of several answers only the first is kept in mind",
        "flow/case_changes.py",
        "later = (*case.later_answers, now)",
        "later = case.later_answers",
        seed=0,
    )
    shown_by = acts.test_of_two_answers_the_one_that_is_not_undone_is_the_first
    with Code(fault).in_force(), pytest.raises(AssertionError):
        await shown_by(acting.first_line(redis, tmp_path))


async def _given(module: str, redis, tmp_path) -> dict[str, object]:
    """Return what the tests of a module ask for, made anew: the fault is in it."""
    given: dict[str, object] = {
        "redis": redis,
        "tmp_path": tmp_path,
        "deliveries": RedisDeliveries(redis),
        "book": RedisCardBook(redis),
        "forgetting": RedisForgetting(redis),
        "spending": RedisSpending(redis),
        "wordings": RedisWordings(redis),
        "reading_days": RedisReadingDays(redis),
    }
    if module == notes.__name__:
        line = given["line"] = notes.first_line(redis, tmp_path)
        given["case"] = await notes.a_case_with_a_note(line)
    elif module == shadow.__name__:
        given["line"] = shadow.first_line(redis, tmp_path)
        given["tally"] = RedisShadowTally(redis)
    elif module == models.__name__:
        clock = given["clock"] = ManualClock(NOON)
        for name in ("here", "there"):
            given[name] = Machine(tmp_path / name, redis, clock)
    elif module == forgetting.__name__:
        given["line"] = forgetting_line(redis, tmp_path, ManualClock(NOON))
    elif module in (incidents.__name__, incident_work.__name__):
        line = given["line"] = incident_work.first_line(redis)
        if module == incident_work.__name__:
            given["incident"] = await incident_work.an_incident(line)
    elif module == learner.__name__:
        given["line"] = learner.first_line(redis, tmp_path)
    else:
        given["line"] = ratings.first_line(redis, tmp_path, ratings.ASKS)
    return given
