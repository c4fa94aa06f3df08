-- revive(leased, ready, dead_customers, customer, mailbox, seen, history, dead; who, now_ms) -> count
-- Puts a customer's dead letters back into the mailbox, once: the list is gone
-- after it. Their lines leave the transcript, since the next turn writes them anew.
-- Keys as in bury.lua. A notice of a burial has told people already: it is dropped.
local who, now, count = ARGV[1], ARGV[2], 0
for _, text in ipairs(redis.call("LRANGE", KEYS[8], 0, -1)) do
  local letter = cjson.decode(text)
  local ok, mail = pcall(cjson.decode, letter.item)
  mail = ok and type(mail) == "table" and mail or {}
  if mail.kind ~= "buried" then
    redis.call("RPUSH", KEYS[5], letter.item)
    count = count + 1
    if letter.record ~= "" then
      redis.call("LREM", KEYS[7], 1, letter.record)
      redis.call("HSET", KEYS[6], mail.body.id, "pending")
    end
  end
end
redis.call("DEL", KEYS[8])
redis.call("SREM", KEYS[3], who)
redis.call("HDEL", KEYS[4], "parked")
if count > 0 and not redis.call("ZSCORE", KEYS[1], who) then
  redis.call("ZADD", KEYS[2], now, who)
end
return count
