"""Scripts of what a network charges, allows and has deleted."""

from __future__ import annotations

from bot.store.spending import RedisSpending
from bot.store.wordings import RedisWordings
from tests.contract import test_spending as spending
from tests.contract import test_wordings as wordings
from tests.faults.script_faults.fault import Fault
from tests.first_line import on_simulator
from tests.integration import test_kept_posts as kept
from tests.integration import test_ratings as ratings

FAULTS = (
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
)


async def given(_module: str, redis, tmp_path) -> dict[str, object]:
    """Return what these tests ask for, made anew: the fault is in it."""
    return {
        "spending": RedisSpending(redis),
        "wordings": RedisWordings(redis),
        "line": on_simulator(redis, tmp_path, policy=ratings.ASKS),
    }
