-- peek(ready, leased; now_ms) -> [expired, first, oldest, middle, oldest, last, oldest]
-- Counts the customers that a worker could take: those whose lease has run out, and
-- of each rank those who are due, with the time since which the oldest is. Changes
-- nothing. Keys as in lease.lua.
local out = {redis.call("ZCOUNT", KEYS[2], "-inf", ARGV[1])}
for _, set in ipairs({":first", "", ":last"}) do
  local oldest = redis.call("ZRANGE", KEYS[1] .. set, 0, 0, "WITHSCORES")
  local due = oldest[2] and tonumber(oldest[2]) <= tonumber(ARGV[1])
  out[#out + 1] = due and redis.call("ZCOUNT", KEYS[1] .. set, "-inf", ARGV[1]) or 0
  out[#out + 1] = oldest[2] or ""
end
return out
