"""Scripts of customers and their cases: what the simulation hardly shows."""

from __future__ import annotations

from bot.store.forgetting import RedisForgetting
from tests.builders import POLICY
from tests.faults.script_faults.fault import Fault
from tests.first_line import on_fake, on_simulator
from tests.integration import test_amendments as amendments
from tests.integration import test_context as context
from tests.integration import test_incident_keeper as incident_keeper
from tests.integration import test_incident_work as incident_work
from tests.integration import test_incidents as incidents
from tests.integration import test_notes as notes
from tests.integration import test_ratings as ratings
from tests.integration import test_review_ends as ends
from tests.integration import test_turns as turns
from tests.integration.forgetting import test_forgetting as forgetting
from tests.integration.slack_cards import slack_policy

FAULTS = (
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
    Fault(
        "accept",
        'body.text, body.attachments, body.context = "", nil, nil',
        context.test_a_message_deleted_before_it_came_brings_nothing_around_it,
        'body.text, body.attachments = "", nil',
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
        ends.test_what_is_forgotten_is_in_no_queue,
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
        'redis.call("HSET", KEYS[1], "incident", "")',
        incidents.test_whoever_writes_about_something_else_as_well_has_a_card_again,
    ),
    Fault(
        "leave_incident",
        '"GT", since',
        incident_keeper.test_a_keeper_who_was_held_up_sets_no_clock_back,
        new="since",
    ),
    Fault(
        "leave_incident",
        "math.max(tonumber(ARGV[4]), tonumber(changed))",
        incident_keeper.test_the_clock_of_who_was_held_up_does_not_count,
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
)


async def given(module: str, redis, tmp_path) -> dict[str, object]:
    """Return what the tests of `module` ask for, made anew: the fault is in it."""
    if module == notes.__name__:
        line = on_simulator(redis, tmp_path)
        return {"line": line, "case": await notes.a_case_with_a_note(line)}
    if module == forgetting.__name__:
        line = on_simulator(redis, tmp_path, policy=slack_policy())
        return {"line": line, "forgetting": RedisForgetting(redis)}
    if module == incident_work.__name__:
        line = on_fake(redis)
        return {"line": line, "incident": await incident_work.an_incident(line)}
    if module in (incident_keeper.__name__, incidents.__name__):
        return {"line": on_fake(redis)}
    if module == context.__name__:
        return {"line": on_simulator(redis, tmp_path, network=context.Carried)}
    policy = POLICY if module == ends.__name__ else ratings.ASKS
    return {"line": on_simulator(redis, tmp_path, policy=policy)}
