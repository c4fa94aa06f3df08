"""Scripts of the desks: deliveries from the chat, and its cards."""

from __future__ import annotations

from bot.store.cards import RedisCardBook
from bot.store.deliveries import RedisDeliveries
from tests.contract import test_card_book as cards
from tests.contract import test_deliveries as deliveries
from tests.faults.script_faults.fault import Fault

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
)


async def given(_module: str, redis, _tmp_path) -> dict[str, object]:
    """Return what these tests ask for, made anew: the fault is in it."""
    return {"deliveries": RedisDeliveries(redis), "book": RedisCardBook(redis)}
