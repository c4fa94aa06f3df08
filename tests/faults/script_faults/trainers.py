"""Scripts of what trainers see and put live."""

from __future__ import annotations

from bot.clock import ManualClock
from bot.store.reading_days import RedisReadingDays
from bot.store.shadow import RedisShadowTally
from tests.builders import NOON
from tests.faults.script_faults.fault import Fault
from tests.first_line import on_simulator
from tests.integration import test_drift as drift
from tests.integration import test_models as models
from tests.integration import test_models_refused as refused
from tests.integration import test_review_ends as ends
from tests.integration import test_shadow as shadow
from tests.machines import Machine

FAULTS = (
    # -- the review queue --------------------------------------------------------
    Fault(
        "add_review",
        'if (redis.call("HGET", KEYS[1], "version") or "0") ~= ARGV[1] then return "changed" end',
        ends.test_who_is_forgotten_while_they_are_read_is_not_added,
    ),
    Fault(
        "add_review",
        'if redis.call("HEXISTS", KEYS[2], "closed") == 1 then return "closed" end',
        ends.test_what_comes_up_later_adds_nothing_to_a_closed_item,
    ),
    Fault(
        "add_review",
        'redis.call("HSET", KEYS[3], message, ARGV[2])',
        ends.test_a_deleted_part_of_a_burst_goes_with_its_item,
    ),
    Fault(
        "close_review",
        'if redis.call("HSETNX", KEYS[1], "closed", ARGV[1]) == 0 then return 0 end',
        ends.test_the_first_who_closes_an_item_has_closed_it,
        'redis.call("HSET", KEYS[1], "closed", ARGV[1])',
    ),
    Fault(
        "reopen_review",
        'if redis.call("HDEL", KEYS[1], "closed") == 0 then return 0 end',
        ends.test_closing_can_be_taken_back,
    ),
    Fault(
        "drop_review",
        'redis.call("ZREM", KEYS[3], ARGV[1])',
        ends.test_old_items_go_and_so_do_those_that_teach_least,
    ),
    Fault(
        "drop_review",
        'redis.call("HDEL", KEYS[2], unpack(cjson.decode(messages)))',
        ends.test_of_what_is_dropped_nothing_is_left_in_the_store,
    ),
    Fault(
        "close_review",
        'if redis.call("HEXISTS", KEYS[1], "body") == 0 then return 0 end',
        ends.test_who_closes_while_it_is_edited_has_not_closed_the_new_words,
    ),
    Fault(
        "amend",
        'redis.call("DEL", p.review .. review)',
        ends.test_a_deleted_message_goes_with_its_item,
    ),
    Fault(
        "amend",
        'redis.call("HDEL", p.review .. review, "body", "closed")',
        ends.test_an_edited_message_has_no_text_until_it_is_read_again,
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
        'redis.call("HDEL", KEYS[1], "shadow", "shadow_until")',
        models.test_a_shadow_that_goes_live_is_none_any_more,
    ),
    Fault(
        "shadow_model",
        'if same then return "same" end',
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
        refused.test_of_two_offers_of_one_model_the_one_that_is_not_used_is_dropped,
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


async def given(module: str, redis, tmp_path) -> dict[str, object]:
    """Return what the tests of `module` ask for, made anew: the fault is in it."""
    if module == shadow.__name__:
        line = on_simulator(redis, tmp_path)
        return {"line": line, "tally": RedisShadowTally(redis)}
    if module in (models.__name__, refused.__name__):
        clock = ManualClock(NOON)
        machines = {
            name: Machine(tmp_path / name, redis, clock) for name in ("here", "there")
        }
        return {"clock": clock, **machines}
    if module == drift.__name__:
        return {"reading_days": RedisReadingDays(redis)}
    return {"line": on_simulator(redis, tmp_path)}
