-- commit(tokens, leased, ready, customer, mailbox, seen, history, events, outbox,
--        queue, effects, case, active, pending, delivery, timers; payload, state, line..., entry...) -> "ok" | "stale" | "changed"
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
--   handled), seen (id, outcome, ...), forgotten (fields of `customer`), lines (how many),
--   opts_out (the confirmation among `texts` bears the epoch that this makes),
--   history_max, events, texts [{key, thread}], case (field, value, ...), case_id, opened
--   (when it was, ms), timers (kind -> due, ms; "" takes it away), effects_from (older
--   keys are forgotten, ms)
-- state: of `customer`; line: of the transcript; entry: of `queue`, one for each text
-- uses queue
local EARLIER = 500 -- characters: some fifty cases
local p = cjson.decode(ARGV[1])
local who = p.customer
local SETS = {":first", "", ":last"}
if redis.call("HGET", KEYS[1], who) ~= p.token then return "stale" end
local known = redis.call("HMGET", KEYS[4], "version", "case", "earlier", "rank")
if (known[1] or "0") ~= p.version then return "changed" end
-- After a failover two workers may hold the same new number: the first has it.
local case = p.case_id and redis.call("HMGET", KEYS[12], "customer", "revision") or {}
if case[1] and case[1] ~= who then return "changed" end
local fields, gone = {"state", ARGV[2]}, {"tries", "gather_from", "suspect", "alone"}
local function set(name, value)
  fields[#fields + 1], fields[#fields + 2] = name, value
end

if p.handled > 0 then redis.call("LTRIM", KEYS[5], p.handled, -1) end
if #p.seen > 0 then redis.call("HSET", KEYS[6], unpack(p.seen)) end
for rank, count in pairs(p.ranks) do redis.call("HINCRBY", KEYS[14], rank, -count) end
-- One by one: as many as there are threads to which we wrote, and Lua passes some
-- thousands of arguments at the most.
for _, field in ipairs(p.forgotten) do redis.call("HDEL", KEYS[4], field) end
local length = p.lines > 0 and redis.call("RPUSH", KEYS[7], unpack(ARGV, 3, 2 + p.lines))
               or redis.call("LLEN", KEYS[7])
for _ = 1, length - p.history_max do
  -- What is known of a text goes with its line.
  local id = cjson.decode(redis.call("LPOP", KEYS[7])).id
  redis.call("HDEL", KEYS[15], id)
  redis.call("ZREM", KEYS[11], id)
end
if p.case_id then
  p.case[#p.case + 1] = "revision"
  p.case[#p.case + 1] = tonumber(case[2] or "0") + 1
  redis.call("HSET", KEYS[12], unpack(p.case))
  local last = known[2]
  if last and last ~= p.case_id then
    local earlier = (known[3] or "") .. last .. " "
    set("earlier", string.sub(earlier, -EARLIER))
  end
  set("case", p.case_id)
  redis.call("ZADD", KEYS[13], p.opened, p.case_id)
  local set_off, taken_away = {}, {}
  for kind, due in pairs(p.timers) do
    local member = kind .. "|" .. p.case_id
    if due == "" then taken_away[#taken_away + 1] = member
    else set_off[#set_off + 1], set_off[#set_off + 2] = due, member end
  end
  -- a new case has none
  if case[1] and #taken_away > 0 then redis.call("ZREM", KEYS[16], unpack(taken_away)) end
  if #set_off > 0 then redis.call("ZADD", KEYS[16], unpack(set_off)) end
end
-- Whoever asked us to stop gets nothing that still waits to be sent.
if p.opts_out then redis.call("HINCRBY", KEYS[4], "epoch", 1) end
for index, text in ipairs(p.texts) do
  if redis.call("ZADD", KEYS[11], "NX", p.now, text.key) == 1 then
    local entry = ARGV[2 + p.lines + index]
    enqueue(KEYS[9], KEYS[10], KEYS[4], who, entry, text.thread, p.now)
  end
end
if #p.texts > 0 then -- else there are no more than before
  redis.call("ZREMRANGEBYSCORE", KEYS[11], "-inf", "(" .. p.effects_from)
end
for _, event in ipairs(p.events) do redis.call("XADD", KEYS[8], "*", unpack(event)) end
redis.call("ZREM", KEYS[2], who)
redis.call("HINCRBY", KEYS[1], who, 1) -- the lease ends here: a repetition is stale
if redis.call("LLEN", KEYS[5]) > 0 then
  set("gather_from", p.now) -- new mail keeps to the limit too
  local due = p.full and p.now or p.again_at -- what a full turn left has waited
  redis.call("ZADD", KEYS[3] .. SETS[tonumber(known[4] or "2")], due, who)
else
  gone[#gone + 1] = "rank"
end
redis.call("HDEL", KEYS[4], unpack(gone))
redis.call("HSET", KEYS[4], unpack(fields))
return "ok"
