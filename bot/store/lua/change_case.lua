-- change_case(case, customer, history, events, active, outbox, queue, effects, timers, delivery, generation; payload) -> {outcome, holder}
-- Carries out one act of an agent if the case's state allows it, or nothing.
-- Outcomes: "ok", "repeated" (the same key came before, or the agent's own last
-- change of the status), "missing", "closed", "not_claimed", "held", "not_yours",
-- "too_late" (the text to take back has begun to be sent, or may have, or is gone),
-- "changed" (allowed, but `fields` and `timers` were derived from an older case, or
-- line_old is not there any more).
--   case      hash    status, assignee and the other fields of a case; revision: counts
--                     its changes; last_change: act|agent that last moved the status
--   customer  hash    version (raised by every act), epoch (raised by a claim),
--                     parked (cleared when people resolve), state (opted_out)
--   history   list    the transcript, for a note or a reply, or the change of a line
--   events    stream  the truth
--   active    zset    case -> opened, ms
--   outbox    the shard's outbox; see queue.lua for its sorted sets
--   queue     list    the customer's texts on their way
--   effects   zset    key of an effect that was carried out -> when, ms
--   timers    zset    kind|case -> due, ms; all of the case's are replaced
--   delivery  hash    key -> state|problem
--   generation  hash  replaced_at: since when another server answers, ms
-- payload (JSON): case, customer, agent, act, key, now, revision, from, to,
--   holder_only, raises_epoch, takes, fields, timers (kind -> due, ms; "" takes it
--   away), effects_from (older keys are forgotten, ms), history, event, text, thread,
--   queued (the event of the text, which follows that of the act), gives (who gets the
--   case, "" if the act gives it to nobody), withdraws (the key of the text that is
--   taken back, or ""), withdrawn (its event), skew (ms, as in begin_send.lua),
--   opted_out (the event that the customer gets nothing automatic any more, or {}),
--   asked (the line of a text of the bot that the act queues, or ""), line_old and
--   line_new (a line of the transcript and what takes its place, or "")
-- uses queue
local p = cjson.decode(ARGV[1])

-- Returns the place of the text to take back among the customer's, and its entry; nil
-- if it has begun, or may have: another server answers, which may have forgotten that.
local function waiting_text()
  local changed = redis.call("HGET", KEYS[11], "replaced_at") or "0"
  local replaced = tonumber(changed)
  if redis.call("HGET", KEYS[2], "sending") == p.withdraws then return nil end
  for index, text in ipairs(redis.call("LRANGE", KEYS[7], 0, -1)) do
    local entry = cjson.decode(text)
    if entry.key == p.withdraws then
      local forgotten = replaced > 0 and tonumber(entry.caused) <= replaced + p.skew
      local looked = entry.key .. "|" .. changed
      if forgotten and redis.call("HGET", KEYS[2], "looked") ~= looked then return nil end
      return index, entry, text
    end
  end
end

local function withdraw(index, entry, text)
  local due = index > 1 and due_in_lane(KEYS[6], KEYS[2], p.customer) or tonumber(p.now)
  redis.call("LREM", KEYS[7], 1, text)
  redis.call("HSET", KEYS[10], entry.key, "withdrawn|")
  if index == 1 then forget_tries(KEYS[2]) end
  count_down(KEYS[2], entry.thread)
  place(KEYS[6], KEYS[7], KEYS[2], p.customer, due)
end

-- Returns whether this was new. The state stays the worker's JSON but for one word; in
-- a text within it the quotes would be escaped.
local function opt_out()
  local state = redis.call("HGET", KEYS[2], "state") or ""
  local from, to = string.find(state, '"opted_out"%s*:%s*false')
  if not from then return false end
  local before, after = string.sub(state, 1, from - 1), string.sub(state, to + 1)
  redis.call("HSET", KEYS[2], "state", before .. '"opted_out":true' .. after)
  return true
end

local status = redis.call("HGET", KEYS[1], "status")
if not status then return {"missing", ""} end
local holder = redis.call("HGET", KEYS[1], "assignee") or ""
if p.key ~= "" and redis.call("ZSCORE", KEYS[8], p.key) then
  return {"repeated", holder}
end
if p.takes and holder == p.agent and status ~= "resolved" then return {"repeated", holder} end
if p.takes and holder ~= "" and status ~= "resolved" then return {"held", holder} end
if p.gives ~= "" and holder == p.gives and status ~= "resolved" then return {"repeated", holder} end
if not p.from[status] then
  local change = p.act .. "|" .. p.agent
  if status == p.to and redis.call("HGET", KEYS[1], "last_change") == change then
    return {"repeated", holder}
  end
  if status == "resolved" then return {"closed", holder} end
  return {holder == "" and "not_claimed" or "held", holder}
end
if p.holder_only and holder ~= "" and holder ~= p.agent then return {"not_yours", holder} end
local index, entry, text
if p.withdraws ~= "" then
  index, entry, text = waiting_text()
  if not index then return {"too_late", holder} end
end
local line = p.line_old ~= "" and redis.call("LPOS", KEYS[3], p.line_old)
if p.line_old ~= "" and not line then return {"changed", holder} end
if (redis.call("HGET", KEYS[1], "revision") or "0") ~= p.revision then
  return {"changed", holder}
end
if p.key ~= "" then
  redis.call("ZADD", KEYS[8], p.now, p.key)
  redis.call("ZREMRANGEBYSCORE", KEYS[8], "-inf", "(" .. p.effects_from)
end
for field, value in pairs(p.fields) do redis.call("HSET", KEYS[1], field, value) end
redis.call("HINCRBY", KEYS[1], "revision", 1)
if p.to ~= "" then redis.call("HSET", KEYS[1], "last_change", p.act .. "|" .. p.agent) end
for kind, due in pairs(p.timers) do
  local member = kind .. "|" .. p.case
  if due == "" then redis.call("ZREM", KEYS[9], member)
  else redis.call("ZADD", KEYS[9], due, member) end
end
redis.call("HINCRBY", KEYS[2], "version", 1)
if p.raises_epoch then redis.call("HINCRBY", KEYS[2], "epoch", 1) end
if p.to == "resolved" then
  redis.call("ZREM", KEYS[5], p.case)
  redis.call("HDEL", KEYS[2], "parked")
end
if line then redis.call("LSET", KEYS[3], line, p.line_new) end
if p.history ~= "" then redis.call("RPUSH", KEYS[3], p.history) end
if p.asked ~= "" then redis.call("RPUSH", KEYS[3], p.asked) end
if p.text ~= "" then
  enqueue(KEYS[6], KEYS[7], KEYS[2], p.customer, p.text, p.thread, p.now)
end
redis.call("XADD", KEYS[4], "*", unpack(p.event))
if p.text ~= "" then redis.call("XADD", KEYS[4], "*", unpack(p.queued)) end
if index then
  withdraw(index, entry, text)
  redis.call("XADD", KEYS[4], "*", unpack(p.withdrawn))
end
if #p.opted_out > 0 and opt_out() then
  redis.call("XADD", KEYS[4], "*", unpack(p.opted_out))
end
return {"ok", holder}
