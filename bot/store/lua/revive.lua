-- revive(leased, ready, pending, dead_letters, events, customer, mailbox, seen, history, dead; who, now_ms, by, number...) -> count
-- Puts dead letters of a customer back into the mailbox, each once: it is a dead
-- letter no more. Their lines leave the transcript, since the next turn writes them
-- anew. A notice of a burial has told people already: it is only dropped. What could
-- not be decoded as it came stays. Keys as in bury.lua.
-- uses idle
-- uses read_letter
local who, now, count, ids = ARGV[1], ARGV[2], 0, {}
for n = 4, #ARGV do
  local letter = read_letter(redis.call("HGET", KEYS[10], ARGV[n]))
  if letter.kind ~= "malformed" then
    if letter.kind ~= "buried" then
      redis.call("RPUSH", KEYS[7], letter.item)
      count = count + 1
    end
    if (letter.record or "") ~= "" then redis.call("LREM", KEYS[9], 1, letter.record) end
    if letter.counted then
      local mail = cjson.decode(letter.item)
      redis.call("HSET", KEYS[8], letter.message, "pending")
      redis.call("HINCRBY", KEYS[3], mail.rank or 2, 1)
      ids[#ids + 1] = letter.message
    end
    redis.call("HDEL", KEYS[10], ARGV[n])
    redis.call("ZREM", KEYS[4], ARGV[n] .. " " .. who)
  end
end
if redis.call("EXISTS", KEYS[10]) == 0 then redis.call("HDEL", KEYS[6], "parked") end
if count == 0 then return 0 end
if is_idle(KEYS[2], KEYS[1], who) then redis.call("ZADD", KEYS[2], now, who) end
redis.call("XADD", KEYS[5], "*", "type", "letters_replayed", "at_ms", now,
           "customer", who, "messages", #ids > 0 and cjson.encode(ids) or "[]",
           "count", count, "by", ARGV[3])
return count
