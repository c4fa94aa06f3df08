"""Cases, their timers, people and incidents: deliberate faults."""

from __future__ import annotations

from tests.faults.simulation.code import Mutant

MUTANTS = (
    # -- change_case -------------------------------------------------------------------
    Mutant(
        "a claim does not raise the epoch",
        "store/lua/change_case.lua",
        'if p.raises_epoch then redis.call("HINCRBY", KEYS[2], "epoch", 1) end',
        "",
        1,
    ),
    Mutant(
        "the case's status is not asked",
        "store/lua/change_case.lua",
        "if not p.from[status] then",
        "if false then",
        3,
    ),
    Mutant(
        "whoever likes does what is the holder's",
        "store/lua/change_case.lua",
        'if p.holder_only and holder ~= "" and holder ~= p.agent then return {"not_yours", holder} end',
        "",
        0,
    ),
    Mutant(
        "a repeated click is a second reply",
        "store/lua/change_case.lua",
        'redis.call("ZADD", KEYS[8], p.now, p.key)',
        "",
        6,
    ),
    Mutant(
        "a resolved case stays on the list",
        "store/lua/change_case.lua",
        'redis.call("ZREM", KEYS[5], p.case)',
        "",
        0,
    ),
    # -- control -----------------------------------------------------------------------
    Mutant(
        "a stop is obeyed after the other threads of its burst",
        "flow/control.py",
        "return those(Handling.OPT_OUT), [*those(Handling.OPT_IN), *those(None)]",
        "return [], [*those(None), *those(Handling.OPT_IN), *those(Handling.OPT_OUT)]",
        19,
    ),
    # -- ring ----------------------------------------------------------------------------
    Mutant(
        "a timer has its effect on a case that has changed",
        "store/lua/ring.lua",
        'if p.revision ~= "" and (redis.call("HGET", KEYS[2], "revision") or "0") ~= p.revision then',
        "if false then",
        3,
    ),
    Mutant(
        "a turn does not see that a timer changed its case",
        "store/lua/ring.lua",
        'redis.call("HINCRBY", KEYS[3], "version", 1)',
        "",
        15,
    ),
    Mutant(
        "a timer rings again and again",
        "store/lua/ring.lua",
        """  if at == "" then redis.call("ZREM", KEYS[1], member)
  else redis.call("ZADD", KEYS[1], at, member) end""",
        """  if at ~= "" then redis.call("ZADD", KEYS[1], at, member) end""",
        0,
    ),
    Mutant(
        "a lapse gives nobody's case back",
        "store/lua/ring.lua",
        'for field, value in pairs(p.fields) do redis.call("HSET", KEYS[2], field, value) end',
        "",
        1,
    ),
    Mutant(
        "whoever asks gets tokens",
        "store/lua/take_tokens.lua",
        "  taken = math.min(there, taken)",
        "",
        2,
    ),
    Mutant(
        "tokens that were taken stay in the bucket",
        "store/lua/take_tokens.lua",
        '    redis.call("SET", key, string.format("%.0f", since))',
        "",
        1,
    ),
    Mutant(
        "only the first of several allowances is taken from",
        "store/lua/take_tokens.lua",
        "buckets[i] = {known = known, since = since, interval = interval, late = late}",
        "buckets[i] = {known = known, since = since, interval = interval, late = i > 1}",
        2,
    ),
    # -- incidents, duties -----------------------------------------------------------
    Mutant(
        "a case joins its incident and no event says so",
        "store/lua/join_incident.lua",
        'redis.call("XADD", KEYS[3], "*", unpack(ARGV, 3))',
        "",
        1,
    ),
    Mutant(
        "whoever founds an incident is no part of it",
        "store/lua/open_incident.lua",
        'redis.call("HSET", KEYS[1], "incident", p.id)',
        "",
        1,
    ),
    Mutant(
        "an incident ends again and again",
        "store/lua/end_incident.lua",
        'redis.call("HSET", KEYS[1], "ended_at", ARGV[3])',
        "",
        1,
    ),
    Mutant(
        "an errand that is wanted again begins anew",
        "store/lua/begin_errand.lua",
        'if redis.call("HSETNX", KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end',
        'redis.call("HSET", KEYS[1], ARGV[1], ARGV[2])',
        8,
    ),
    Mutant(
        "no desk hears that an errand ended",
        "store/lua/end_errand.lua",
        'redis.call("XADD", KEYS[2], "*", unpack(ARGV, 3))',
        "",
        8,
    ),
    Mutant(
        "a duty of the dead is never taken over",
        "store/lua/hold_duty.lua",
        '"until", now + tonumber(ARGV[3])',
        '"until", "9999999999999"',
        0,
    ),
    # -- what an agent does beside the claim ------------------------------------------
    Mutant(
        "a reply that was taken back stays in the queue",
        "store/lua/change_case.lua",
        'redis.call("LREM", KEYS[7], 1, text)',
        "",
        2,
    ),
    Mutant(
        "who is blocked hears on",
        "store/lua/change_case.lua",
        "if #p.opted_out > 0 and opt_out() then",
        "if #p.opted_out > 0 then",
        2,
    ),
)
