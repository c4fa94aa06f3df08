-- drop(dead_letters, events, dead; who, now_ms, by, number...) -> count
-- Removes dead letters of a customer with their content. The outcome of the messages
-- stays *dead*. Keys as in bury.lua.
-- uses read_letter
local who, count, ids = ARGV[1], 0, {}
for n = 4, #ARGV do
  local text = redis.call("HGET", KEYS[3], ARGV[n])
  if text then
    local letter = read_letter(text)
    if letter.message ~= "" then ids[#ids + 1] = letter.message end
    redis.call("HDEL", KEYS[3], ARGV[n])
    redis.call("ZREM", KEYS[1], ARGV[n] .. " " .. who)
    count = count + 1
  end
end
if count == 0 then return 0 end
redis.call("XADD", KEYS[2], "*", "type", "letters_dropped", "at_ms", ARGV[2],
           "customer", who, "messages", #ids > 0 and cjson.encode(ids) or "[]",
           "count", count, "by", ARGV[3])
return count
