-- lease_deliveries(bodies, tries, due, tokens, holders; now_ms, lease_ms, limit, lanes) -> [lane, key, body, tries, token, ...]
-- Leases the first delivery of each lane that is due, or whose lease has run out.
--   bodies   hash    key -> what was handed to us, as JSON
--   tries    hash    key -> how often it was begun
--   due      zset    lane -> when its first is due, or when its lease ends, ms
--   tokens   string  the newest token of any lease
--   holders  hash    lane -> the token of its newest lease
--   lanes    the prefix of the lanes' lists
local out = {}
local lanes = redis.call("ZRANGE", KEYS[3], "-inf", ARGV[1], "BYSCORE", "LIMIT", 0, ARGV[3])
for _, lane in ipairs(lanes) do
  local key = redis.call("LINDEX", ARGV[4] .. lane, 0)
  local token = redis.call("INCR", KEYS[4])
  redis.call("ZADD", KEYS[3], ARGV[1] + ARGV[2], lane)
  redis.call("HSET", KEYS[5], lane, token)
  out[#out + 1] = lane
  out[#out + 1] = key
  out[#out + 1] = redis.call("HGET", KEYS[1], key)
  out[#out + 1] = redis.call("HINCRBY", KEYS[2], key, 1)
  out[#out + 1] = token
end
return out
