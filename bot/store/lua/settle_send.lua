-- settle_send(outbox, queue, customer, delivery, events, mailbox, ready, leased; payload) -> 1 | 0
-- Records what became of the text that is in *sending*. Returns 0 if another
-- sender has settled it meanwhile.
--   mailbox, ready, leased  as in accept.lua: a text that failed comes back to the
--   customer's next turn as a mail; the others as in begin_send.lua
-- payload (JSON): customer, key, thread, speaker, case, state ("sent", "refused",
--   "unknown", "withheld" end it; "again", "wait" and "look_up" keep it), problem, now,
--   at (of the sending, ms), due (of the next try, ms), channel_id, mail
local p = cjson.decode(ARGV[1])
local head = redis.call("LINDEX", KEYS[2], 0)
if not head or cjson.decode(head).key ~= p.key then return 0 end
if redis.call("HGET", KEYS[3], "sending") ~= p.key then return 0 end
if p.state == "look_up" then
  redis.call("ZADD", KEYS[1], p.due, p.customer)
  redis.call("HINCRBY", KEYS[3], "send_tries", 1)
  return 1
end
redis.call("HDEL", KEYS[3], "sending")
if p.state == "again" or p.state == "wait" then
  local count = p.state == "wait" and "send_waits" or "send_tries"
  redis.call("HINCRBY", KEYS[3], count, 1)
  redis.call("HSET", KEYS[4], p.key, "queued|" .. p.problem)
  redis.call("ZADD", KEYS[1], p.due, p.customer)
  return 1
end
redis.call("LPOP", KEYS[2])
redis.call("HDEL", KEYS[3], "send_tries", "send_waits")
redis.call("HSET", KEYS[4], p.key, p.state .. "|" .. p.problem)
if redis.call("HINCRBY", KEYS[3], "unsent:" .. p.thread, -1) <= 0 then
  redis.call("HDEL", KEYS[3], "unsent:" .. p.thread)
end
if p.state == "sent" then
  redis.call("HSET", KEYS[3], "spoke:" .. p.thread, p.at)
  if p.speaker == "bot" then redis.call("HSET", KEYS[3], "bot:" .. p.thread, p.at) end
end
redis.call("XADD", KEYS[5], "*", "type", "reply_" .. p.state, "at_ms", p.now,
           "customer", p.customer, "key", p.key, "speaker", p.speaker,
           "case", p.case, "reason", p.problem, "channel_id", p.channel_id)
if p.mail ~= "" then
  redis.call("RPUSH", KEYS[6], p.mail)
  if not redis.call("ZSCORE", KEYS[8], p.customer) then
    redis.call("ZADD", KEYS[7], p.now, p.customer)
  end
end
if redis.call("LLEN", KEYS[2]) > 0 then
  redis.call("ZADD", KEYS[1], p.now, p.customer)
else
  redis.call("ZREM", KEYS[1], p.customer)
end
return 1
