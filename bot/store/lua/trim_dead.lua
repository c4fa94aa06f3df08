-- trim_dead(dead_letters, events; dead, max, now_ms) -> count
-- Removes the oldest dead letters of a shard, with their content, down to `max`, each
-- with an event: what cannot be handled must not fill the store. Keys as in bury.lua.
-- dead: the prefix of the customers' hashes of dead letters in this shard
-- uses read_letter
local over = redis.call("ZCARD", KEYS[1]) - tonumber(ARGV[2])
if over <= 0 then return 0 end
local oldest = redis.call("ZPOPMIN", KEYS[1], over)
for n = 1, #oldest, 2 do
  local number, who = string.match(oldest[n], "^(%d+) (.*)$")
  local letter = read_letter(redis.call("HGET", ARGV[1] .. who, number))
  redis.call("HDEL", ARGV[1] .. who, number)
  redis.call("XADD", KEYS[2], "*", "type", "letters_dropped", "at_ms", ARGV[3],
             "customer", who, "messages", cjson.encode({letter.message}),
             "count", 1, "by", "limit")
end
return over
