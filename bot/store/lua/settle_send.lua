-- settle_send(base, queue, customer, delivery, events, mailbox, ready, leased; payload) -> 1 | 0
-- Records what became of the text that is in *sending*. Returns 0 if its lease is
-- not the sender's any more: another one deals with it, or has done so.
--   mailbox, ready, leased  as in accept.lua: a text that failed comes back to the
--   customer's next turn as a mail; the others as in begin_send.lua
-- payload (JSON): customer, key, thread, speaker, case, state ("sent", "refused",
--   "unknown", "withheld" end it; "again" sends it again and "look_up" looks where it
--   is, at `due`), problem, counts ("send_tries", "send_waits" or ""), now, until (when
--   the sender's lease ends, ms: the fence), at (of the sending, ms), due (of the next try, ms), channel_id, mail
-- uses queue
-- uses idle
local SENT_IDS = 50 -- that a look-up must not take for a later text
local base, queue, customer = KEYS[1], KEYS[2], KEYS[3]
local p = cjson.decode(ARGV[1])
local head = redis.call("LINDEX", queue, 0)
if not head or cjson.decode(head).key ~= p.key then return 0 end
if redis.call("HGET", customer, "sending") ~= p.key then return 0 end
local lease = redis.call("ZSCORE", base .. ":sending", p.customer)
if tonumber(lease or "0") ~= tonumber(p["until"]) then return 0 end

local function event(name)
  redis.call("XADD", KEYS[5], "*", "type", name, "at_ms", p.now,
             "customer", p.customer, "key", p.key, "speaker", p.speaker,
             "case", p.case, "reason", p.problem, "channel_id", p.channel_id)
end

if p.state == "look_up" or p.state == "again" then
  if p.counts ~= "" then redis.call("HINCRBY", customer, p.counts, 1) end
end
if p.state == "look_up" then
  redis.call("ZADD", base .. ":sending", p.due, p.customer)
  if redis.call("HGET", KEYS[4], p.key) == "sending|" then
    event("reply_in_doubt")
  end
  redis.call("HSET", KEYS[4], p.key, "sending|" .. p.problem)
  return 1
end
redis.call("HDEL", customer, "sending")
redis.call("ZREM", base .. ":sending", p.customer)
if p.state == "again" then
  if redis.call("HGET", customer, "look_back") == p.key then
    redis.call("HDEL", customer, "look_back")
    redis.call("HSET", customer, "looked", p.key) -- once is enough
  end
  redis.call("HSET", KEYS[4], p.key, "queued|" .. p.problem)
  event("reply_requeued")
  place(base, queue, customer, p.customer, p.due)
  return 1
end
redis.call("LPOP", queue)
forget_tries(customer)
count_down(customer, p.thread)
redis.call("HSET", KEYS[4], p.key, p.state .. "|" .. p.problem)
if p.state == "sent" then
  redis.call("HSET", customer, "spoke:" .. p.thread, p.at)
  if p.speaker == "bot" then redis.call("HSET", customer, "bot:" .. p.thread, p.at) end
  local ids = cjson.decode(redis.call("HGET", customer, "sent_ids") or "[]")
  ids[#ids + 1] = p.channel_id
  if #ids > SENT_IDS then table.remove(ids, 1) end
  redis.call("HSET", customer, "sent_ids", cjson.encode(ids))
end
event("reply_" .. p.state)
if p.mail ~= "" then
  redis.call("RPUSH", KEYS[6], p.mail)
  if is_idle(KEYS[7], KEYS[8], p.customer) then
    redis.call("ZADD", KEYS[7], p.now, p.customer)
  end
end
place(base, queue, customer, p.customer, p.now)
return 1
