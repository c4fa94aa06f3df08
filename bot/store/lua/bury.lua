-- bury(tokens, leased, ready, customer, mailbox, seen, dead, events; who, token, now_ms, reason, count, ids, parked) -> 1 | 0
-- Parks the first `count` mails of a customer as dead letters, so that later ones
-- go on; `ids` (JSON list) are the messages among them, `parked` marks the customer.
--   dead    list    dead letters, oldest first; the others as in commit.lua
local who, now, reason = ARGV[1], ARGV[3], ARGV[4]
if redis.call("HGET", KEYS[1], who) ~= ARGV[2] then return 0 end
for _ = 1, tonumber(ARGV[5]) do
  local item = redis.call("LPOP", KEYS[5])
  if not item then break end
  redis.call("RPUSH", KEYS[7], cjson.encode({customer = who, reason = reason,
                                             at_ms = now, item = item}))
end
for _, id in ipairs(cjson.decode(ARGV[6])) do
  redis.call("HSET", KEYS[6], id, "dead|" .. reason)
  redis.call("XADD", KEYS[8], "*", "type", "message_handled", "at_ms", now,
             "customer", who, "message", id, "outcome", "dead", "reason", reason)
end
redis.call("HDEL", KEYS[4], "tries", "gather_from")
redis.call("HSET", KEYS[4], "parked", "1")
redis.call("ZREM", KEYS[2], who)
if redis.call("LLEN", KEYS[5]) > 0 then redis.call("ZADD", KEYS[3], now, who) end
return 1
