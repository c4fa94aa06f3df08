"""Deliberate faults, each with a seed whose run the judge must not let pass.

At least one for every script that a run reaches, and for steps of the flow. If a
passage changes, the mutant must follow: its test says so.
"""

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
        1,
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
        0,
    ),
    # -- park ------------------------------------------------------------------
    Mutant(
        "what cannot be decoded is counted each time it comes",
        "store/lua/park.lua",
        'if redis.call("HSETNX", KEYS[1], ARGV[1], "dead|" .. ARGV[5]) == 0 then return 0 end',
        'redis.call("HSETNX", KEYS[1], ARGV[1], "dead|" .. ARGV[5])',
        3,
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
        3,
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
        1,
    ),
    # -- commit ----------------------------------------------------------------
    Mutant(
        "a lost lease commits all the same",
        "store/lua/commit.lua",
        'if redis.call("HGET", KEYS[1], who) ~= p.token then return "stale" end',
        "",
        14,
    ),
    Mutant(
        "an agent's act in between is overlooked",
        "store/lua/commit.lua",
        'if (known[1] or "0") ~= p.version then return "changed" end',
        "",
        8,
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
        8,
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
        1,
    ),
    # -- bury, revive --------------------------------------------------------------
    Mutant(
        "what is buried is not kept",
        "store/lua/bury.lua",
        'redis.call("ZADD", KEYS[5], number, number .. " " .. who)',
        'redis.call("HDEL", KEYS[13], number)',
        1,
    ),
    Mutant(
        "every dead letter is too many",
        "store/lua/trim_dead.lua",
        "tonumber(ARGV[2])",
        "0",
        1,
    ),
    Mutant(
        "nobody is told of what was buried",
        "store/lua/bury.lua",
        'if tell then redis.call("LPUSH", KEYS[9], ARGV[7]) end',
        "",
        4,
    ),
    Mutant(
        "replayed letters make nobody due",
        "store/lua/revive.lua",
        'redis.call("ZADD", KEYS[2], now, who)',
        "local _ = now",
        1,
    ),
    # -- begin_send ----------------------------------------------------------------
    Mutant(
        "the epoch is not checked",
        "store/lua/begin_send.lua",
        'if entry.speaker == "bot" and entry.epoch ~= (fields[4] or "0") then',
        "if false then",
        1,
    ),
    Mutant(
        "what may have been sent is sent again without a look",
        "store/lua/begin_send.lua",
        "return {what, head, tries, waits, known}",
        'return {"send", head, tries, waits, known}',
        9,
    ),
    Mutant(
        "an answer that a stop kept back reaches nobody",
        "store/lua/begin_send.lua",
        'redis.call("RPUSH", KEYS[8],',
        'redis.call("ECHO",',
        4,
    ),
    Mutant(
        "a withheld answer leaves its message answered",
        "store/lua/begin_send.lua",
        'redis.call("HSET", KEYS[5], answered, "joined|case_claimed")',
        "",
        6,
    ),
    # -- due_sends -----------------------------------------------------------------
    Mutant(
        "what got no answer is never looked up",
        "store/lua/due_sends.lua",
        "local out = {due(KEYS[1], limit), due(KEYS[2], limit)}",
        "local out = {{}, due(KEYS[2], limit)}",
        1,
    ),
    # -- settle_send -----------------------------------------------------------------
    Mutant(
        "a text that failed is mail to nobody",
        "store/lua/settle_send.lua",
        'redis.call("RPUSH", KEYS[6], p.mail)',
        "",
        9,
    ),
    Mutant(
        "a text that was sent stays in the queue",
        "store/lua/settle_send.lua",
        'redis.call("LPOP", queue)',
        "",
        0,
    ),
    Mutant(
        "the next text waits for ever",
        "store/lua/settle_send.lua",
        "place(base, queue, customer, p.customer, p.now, at)",
        "",
        1,
    ),
    Mutant(
        "a text that is queued makes nobody due",
        "store/lua/queue.lua",
        "place(base, queue, customer, who, now, {texts = {cjson.decode(text)}})",
        "",
        0,
    ),
    Mutant(
        "a reply goes out while it can be undone",
        "store/lua/queue.lua",
        'due = math.max(due, tonumber(head.not_before or "") or 0)',
        "",
        1,
    ),
    Mutant(
        "acknowledgements go out before what people wrote",
        "store/lanes.py",
        "return [_Place(purpose, float(due), CustomerId(who)) for who, due in pairs]",
        "return [_Place(-purpose, float(due), CustomerId(who)) for who, due in pairs]",
        124,
    ),
    Mutant(
        "an answer that did not arrive counts all the same",
        "flow/case_changes.py",
        "first, later = (later[0], later[1:]) if later else (None, ())",
        "pass",
        6,
    ),
    Mutant(
        "a look-up is skipped",
        "flow/sender.py",
        "if task.look_up:\n                await self._look_up(task)",
        "if False:\n                await self._look_up(task)",
        9,
    ),
    Mutant(
        "a send without an answer counts as sent",
        "flow/sender.py",
        'await self._again(task, "no_answer", after=LOOK_UP_AFTER, look_up=True)',
        'await self._sent(task, Sent("?", self._clock.now()))',
        1,
    ),
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
        0,
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
    # -- worker ------------------------------------------------------------------------
    Mutant(
        "messages that came after the reading count as handled",
        "flow/worker.py",
        "return ledger.close(mails=len(work.mails))",
        "return ledger.close(mails=len(work.mails) + 1)",
        8,
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
        2,
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
        4,
    ),
    Mutant(
        "tokens that were taken stay in the bucket",
        "store/lua/take_tokens.lua",
        '    redis.call("SET", key, string.format("%.0f", since))',
        "",
        4,
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
        "a case that left its incident is part of it",
        "store/lua/leave_incident.lua",
        'redis.call("HSET", KEYS[1], "incident", "")',
        "",
        1,
    ),
    Mutant(
        "an errand that is wanted again begins anew",
        "store/lua/begin_errand.lua",
        'if redis.call("HSETNX", KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end',
        'redis.call("HSET", KEYS[1], ARGV[1], ARGV[2])',
        1,
    ),
    Mutant(
        "no desk hears that an errand ended",
        "store/lua/end_errand.lua",
        'redis.call("XADD", KEYS[2], "*", unpack(ARGV, 3))',
        "",
        31,
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
        4,
    ),
    # -- edits and deletions --------------------------------------------------------------
    Mutant(
        "a turn that has read the old text is committed",
        "store/lua/amend.lua",
        'redis.call("HINCRBY", KEYS[6], "version", 1)',
        "",
        11,
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
        1,
    ),
    # -- failover --------------------------------------------------------------------
    Mutant(
        "a server that took over is not noticed",
        "store/lua/meet_server.lua",
        'redis.call("HSET", KEYS[1], "replaced_at", ARGV[2])',
        "",
        50,
    ),
    Mutant(
        "what another server may have forgotten is sent without a look",
        "store/lua/begin_send.lua",
        "if before and fields[6] ~= entry.key then",
        "if false then",
        50,
    ),
)
