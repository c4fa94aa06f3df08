"""A reply goes out once, or somebody hears why not: deliberate faults."""

from __future__ import annotations

from tests.faults.simulation.code import Mutant

MUTANTS = (
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
        "return {what, head, tries, waits, known, ends}",
        'return {"send", head, tries, waits, known, ends}',
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
        0,
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
        0,
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
        0,
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
        0,
    ),
    Mutant(
        "acknowledgements go out before what people wrote",
        "store/lanes.py",
        "return [_Place(purpose, float(due), CustomerId(who)) for who, due in pairs]",
        "return [_Place(-purpose, float(due), CustomerId(who)) for who, due in pairs]",
        1,
    ),
    Mutant(
        "an answer that did not arrive counts all the same",
        "flow/case_changes.py",
        "first, later = (later[0], later[1:]) if later else (None, ())",
        "pass",
        10,
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
        'await self._ends.again(task, "no_answer", after=LOOK_UP_AFTER, look_up=True)',
        'await self._ends.sent(task, Sent("?", self._clock.now()))',
        1,
    ),
    Mutant(
        "a look-up that an outage ended becomes a send",
        "flow/send_ends.py",
        "look_up=task.look_up,",
        "look_up=False,",
        9,
    ),
    Mutant(
        "a sender tells of a text that another one has by now",
        "store/lua/settle_send.lua",
        'if tonumber(lease or "0") ~= tonumber(p["until"]) then return 0 end',
        "",
        16,
    ),
    # -- failover --------------------------------------------------------------------
    Mutant(
        "a server that took over is not noticed",
        "store/lua/meet_server.lua",
        'redis.call("HSET", KEYS[1], "replaced_at", ARGV[2])',
        "",
        52,
    ),
    Mutant(
        "what another server may have forgotten is sent without a look",
        "store/lua/begin_send.lua",
        "if before and fields[6] ~= looked then",
        "if false then",
        52,
    ),
)
