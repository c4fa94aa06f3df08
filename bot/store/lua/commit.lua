-- commit(tokens, leased, ready, customer, mailbox, seen, history, events, outbox,
--        queue, effects, case, active, pending, delivery, timers; payload) -> "ok" | "stale" | "changed"
-- Writes everything that one turn of a customer decided, or nothing.
--   tokens    hash    customer -> newest token; an older one is "stale"
--   leased    zset    customer -> when the lease ends, ms; released here
--   ready     zset    customer -> when to read; set again if mail is left. ready:first
--                     and ready:last hold the customers of other ranks
--   customer  hash    state, version (an agent's act raises it: "changed"), epoch,
--                     case, earlier (ids of the cases before it, the newest last),
--                     spoke:/bot:/unsent:<thread>
--   mailbox   list    the first `handled` items are dropped
--   seen      hash    message id -> outcome|reason
--   history   list    the transcript; the oldest lines fall off
--   events    stream  the truth
--   outbox    the shard's outbox; see queue.lua for its sorted sets
--   queue     list    the customer's texts on their way, in order
--   effects   zset    key of an effect that was carried out -> when, ms
--   case      hash    the case that this turn opens or changes; revision: counts that
--   active    zset    case -> opened, ms; cases that are not resolved
--   pending   hash    rank -> messages without an outcome
--   delivery  hash    key -> state|problem of the texts that `history` has
--   timers    zset    kind|case -> due, ms; all of the case's are replaced
-- payload (JSON): customer, token, version, now, again_at, handled, full
--   (the turn read as many mails as a turn may), ranks (rank -> how many of the
--   handled), seen, state, forgotten (fields of `customer`),
--   opts_out (the confirmation among `texts` bears the epoch that this makes),
--   history, history_max, events, texts [{key, thread, visibility, entry}], case, case_id,
--   timers (kind -> due, ms; "" takes it away), effects_from (older keys are forgotten, ms)
-- uses queue
local EARLIER = 500 -- characters: some fifty cases
local p = cjson.decode(ARGV[1])
local who = p.customer
local SETS = {":first", "", ":last"}
if redis.call("HGET", KEYS[1], who) ~= p.token then return "stale" end
if (redis.call("HGET", KEYS[4], "version") or "0") ~= p.version then return "changed" end
-- After a failover two workers may hold the same new number: the first has it.
local owner = p.case_id and redis.call("HGET", KEYS[12], "customer")
if owner and owner ~= who then return "changed" end
if p.handled > 0 then redis.call("LTRIM", KEYS[5], p.handled, -1) end
for id, outcome in pairs(p.seen) do redis.call("HSET", KEYS[6], id, outcome) end
for rank, count in pairs(p.ranks) do redis.call("HINCRBY", KEYS[14], rank, -count) end
redis.call("HSET", KEYS[4], "state", p.state)
redis.call("HDEL", KEYS[4], "tries", "gather_from", "suspect", "alone")
-- One by one: as many as there are threads to which we wrote, and Lua passes some
-- thousands of arguments at the most.
for _, field in ipairs(p.forgotten) do redis.call("HDEL", KEYS[4], field) end
for _, line in ipairs(p.history) do redis.call("RPUSH", KEYS[7], line) end
for _ = 1, redis.call("LLEN", KEYS[7]) - p.history_max do
  -- What is known of a text goes with its line.
  local id = cjson.decode(redis.call("LPOP", KEYS[7])).id
  redis.call("HDEL", KEYS[15], id)
  redis.call("ZREM", KEYS[11], id)
end
if p.case_id then
  for field, value in pairs(p.case) do redis.call("HSET", KEYS[12], field, value) end
  local last = redis.call("HGET", KEYS[4], "case")
  if last and last ~= p.case_id then
    local earlier = (redis.call("HGET", KEYS[4], "earlier") or "") .. last .. " "
    redis.call("HSET", KEYS[4], "earlier", string.sub(earlier, -EARLIER))
  end
  redis.call("HSET", KEYS[4], "case", p.case_id)
  redis.call("HINCRBY", KEYS[12], "revision", 1)
  redis.call("ZADD", KEYS[13], redis.call("HGET", KEYS[12], "opened_at"), p.case_id)
  for kind, due in pairs(p.timers) do
    local member = kind .. "|" .. p.case_id
    if due == "" then redis.call("ZREM", KEYS[16], member)
    else redis.call("ZADD", KEYS[16], due, member) end
  end
end
-- Whoever asked us to stop gets nothing that still waits to be sent.
if p.opts_out then redis.call("HINCRBY", KEYS[4], "epoch", 1) end
for _, text in ipairs(p.texts) do
  if redis.call("ZADD", KEYS[11], "NX", p.now, text.key) == 1 then
    enqueue(KEYS[9], KEYS[10], KEYS[4], who, text.entry, text.thread, p.now)
  end
end
redis.call("ZREMRANGEBYSCORE", KEYS[11], "-inf", "(" .. p.effects_from)
for _, event in ipairs(p.events) do redis.call("XADD", KEYS[8], "*", unpack(event)) end
redis.call("ZREM", KEYS[2], who)
redis.call("HINCRBY", KEYS[1], who, 1) -- the lease ends here: a repetition is stale
if redis.call("LLEN", KEYS[5]) > 0 then
  local rank = tonumber(redis.call("HGET", KEYS[4], "rank") or "2")
  redis.call("HSET", KEYS[4], "gather_from", p.now) -- new mail keeps to the limit too
  local due = p.full and p.now or p.again_at -- what a full turn left has waited
  redis.call("ZADD", KEYS[3] .. SETS[rank], due, who)
else
  redis.call("HDEL", KEYS[4], "rank")
end
return "ok"
