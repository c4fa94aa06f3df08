-- lease(ready, leased, tokens; now_ms, lease_ms, limit, customers) -> [customer, token, ...]
-- Takes up to `limit` customers whose lease has run out or who are due. The token
-- fences: only the newest holder can commit. A lease that ran out is a failed turn:
-- what kills its worker each time must end as a dead letter too.
--   ready   zset  customer -> when to read, ms
--   leased  zset  customer -> when the lease ends, ms
--   tokens  hash  customer -> the newest token
-- customers: the prefix of the customers' hashes in this shard, for `tries`
local now, limit = tonumber(ARGV[1]), tonumber(ARGV[3])
local ends = now + tonumber(ARGV[2])
local taken = redis.call("ZRANGE", KEYS[2], "-inf", now, "BYSCORE", "LIMIT", 0, limit)
local due = redis.call("ZRANGE", KEYS[1], "-inf", now, "BYSCORE", "LIMIT", 0, limit)
for _, customer in ipairs(taken) do
  redis.call("HINCRBY", ARGV[4] .. customer, "tries", 1)
end
for _, customer in ipairs(due) do
  if #taken >= limit then break end
  redis.call("ZREM", KEYS[1], customer)
  if not redis.call("ZSCORE", KEYS[2], customer) then
    taken[#taken + 1] = customer
  end
end
local out = {}
for _, customer in ipairs(taken) do
  redis.call("ZADD", KEYS[2], ends, customer)
  out[#out + 1] = customer
  out[#out + 1] = redis.call("HINCRBY", KEYS[3], customer, 1)
end
return out
