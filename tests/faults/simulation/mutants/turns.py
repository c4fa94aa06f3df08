"""A message comes in, is read, decided and committed: deliberate faults."""

from __future__ import annotations

from tests.faults.simulation.code import Mutant

MUTANTS = (
    # -- accept ----------------------------------------------------------------
    Mutant(
        "a redelivery is stored again",
        "store/lua/accept.lua",
        'if redis.call("HSETNX", KEYS[1], id, "pending") == 0 then return 0 end',
        'redis.call("HSETNX", KEYS[1], id, "pending")',
        0,
    ),
    Mutant(
        "a new message makes nobody due",
        "store/lua/accept.lua",
        'if due then redis.call("ZADD", KEYS[4] .. SETS[best], due, who) end',
        "",
        0,
    ),
    Mutant(
        "later messages come first",
        "store/lua/accept.lua",
        'redis.call("RPUSH", KEYS[3], item)',
        'redis.call("LPUSH", KEYS[3], item)',
        2,
    ),
    Mutant(
        "the cursor moves before its messages are stored",
        "flow/intake.py",
        """            new += await self._accept([m for m in batch if m.id not in taken])
            await self._inbox.move_cursor(name, cursor, passed=taken)
""",
        """            await self._inbox.move_cursor(name, cursor, passed=taken)
            new += await self._accept([m for m in batch if m.id not in taken])
""",
        1,
    ),
    # -- park ------------------------------------------------------------------
    Mutant(
        "what cannot be decoded is counted each time it comes",
        "store/lua/park.lua",
        'if redis.call("HSETNX", KEYS[1], ARGV[1], "dead|" .. ARGV[5]) == 0 then return 0 end',
        'redis.call("HSETNX", KEYS[1], ARGV[1], "dead|" .. ARGV[5])',
        10,
    ),
    # -- lease -----------------------------------------------------------------
    Mutant(
        "a lease makes no new token",
        "store/lua/lease.lua",
        'redis.call("HSET", KEYS[3], unpack(out))',
        "",
        0,
    ),
    Mutant(
        "a lease that ran out is never taken",
        "store/lua/peek.lua",
        'local out = {redis.call("ZCOUNT", KEYS[2], "-inf", ARGV[1])}',
        "local out = {0}",
        6,
    ),
    Mutant(
        "a turn overlooks the first mail",
        "store/lua/load.lua",
        'redis.call("LRANGE", KEYS[2], 0, tonumber(ARGV[2]) - 1)',
        'redis.call("LRANGE", KEYS[2], 1, tonumber(ARGV[2]) - 1)',
        0,
    ),
    Mutant(
        "whoever is suspect is never read",
        "store/lua/isolate.lua",
        'if redis.call("HGET", KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end',
        "if true then return 0 end",
        0,
    ),
    # -- commit ----------------------------------------------------------------
    Mutant(
        "a lost lease commits all the same",
        "store/lua/commit.lua",
        'if redis.call("HGET", KEYS[1], who) ~= p.token then return "stale" end',
        "",
        40,
    ),
    Mutant(
        "an agent's act in between is overlooked",
        "store/lua/commit.lua",
        'if (known[1] or "0") ~= p.version then return "changed" end',
        "",
        5,
    ),
    Mutant(
        "handled mails stay in the mailbox",
        "store/lua/commit.lua",
        'if p.handled > 0 then redis.call("LTRIM", KEYS[5], p.handled, -1) end',
        "",
        0,
    ),
    Mutant(
        "mail that came meanwhile is dropped with what was handled",
        "store/lua/commit.lua",
        'if p.handled > 0 then redis.call("LTRIM", KEYS[5], p.handled, -1) end',
        'redis.call("DEL", KEYS[5])',
        7,
    ),
    Mutant(
        "an opt-out lets pass what waits",
        "store/lua/commit.lua",
        'if p.opts_out then redis.call("HINCRBY", KEYS[4], "epoch", 1) end',
        "",
        0,
    ),
    # -- give_back ---------------------------------------------------------------
    Mutant(
        "what is given back is never due again",
        "store/lua/give_back.lua",
        'redis.call("ZADD", KEYS[3] .. SETS[rank], ARGV[3], ARGV[1])',
        "",
        2,
    ),
    # -- bury, revive --------------------------------------------------------------
    Mutant(
        "what is buried is not kept",
        "store/lua/bury.lua",
        'redis.call("ZADD", KEYS[5], number, number .. " " .. who)',
        'redis.call("HDEL", KEYS[13], number)',
        2,
    ),
    Mutant(
        "every dead letter is too many",
        "store/lua/trim_dead.lua",
        "tonumber(ARGV[2])",
        "0",
        2,
    ),
    Mutant(
        "nobody is told of what was buried",
        "store/lua/bury.lua",
        'if tell then redis.call("LPUSH", KEYS[9], ARGV[7]) end',
        "",
        19,
    ),
    Mutant(
        "replayed letters make nobody due",
        "store/lua/revive.lua",
        'redis.call("ZADD", KEYS[2], now, who)',
        "local _ = now",
        2,
    ),
    # -- worker ------------------------------------------------------------------------
    Mutant(
        "messages that came after the reading count as handled",
        "flow/worker.py",
        "return ledger.close(mails=len(work.mails))",
        "return ledger.close(mails=len(work.mails) + 1)",
        7,
    ),
    # -- edits and deletions --------------------------------------------------------------
    Mutant(
        "a turn that has read the old text is committed",
        "store/lua/amend.lua",
        'redis.call("HINCRBY", KEYS[6], "version", 1)',
        "",
        15,
    ),
    Mutant(
        "a deletion that comes before its message is forgotten",
        "store/lua/accept.lua",
        "if note then item = amended_mail(item, note) end",
        "",
        2,
    ),
    Mutant(
        "a message is looked for in the transcript alone",
        "store/lua/find_message.lua",
        "for name, key in pairs({mailbox = KEYS[3], history = KEYS[4]}) do",
        "for name, key in pairs({history = KEYS[4]}) do",
        0,
    ),
)
