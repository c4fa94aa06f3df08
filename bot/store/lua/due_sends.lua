-- due_sends(sending, expiring, lane...; now_ms, limit, width) -> [[customer, due, ...], ...]
-- Returns who is due in a shard, for each key at most `limit` customers, the longest
-- due first. The lanes come in groups of `width`, the best first; a group gives
-- `limit` customers together, and a lane gives some only after the better ones gave all.
local now, limit, width = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local function due(key, at_most)
  if at_most < 1 then return {} end
  return redis.call("ZRANGE", key, "-inf", now, "BYSCORE", "LIMIT", 0, at_most,
                    "WITHSCORES")
end
local out = {due(KEYS[1], limit), due(KEYS[2], limit)}
local left = 0
for index = 3, #KEYS do
  if (index - 3) % width == 0 then left = limit end
  local found = due(KEYS[index], left)
  left = left - #found / 2
  out[#out + 1] = found
end
return out
