-- lease(ready, leased, tokens; now_ms, lease_ms, customers, expired, first, middle, last) -> [customer, token, ...]
-- Takes customers whose lease has run out and who are due, of each kind and rank as
-- many as the last four arguments say, the oldest first. The token fences: only the
-- newest holder can commit. It is never lower than the time, so that a server which
-- took over without the newest leases gives none of their tokens out again. Who was in hand alone when the lease ran out has failed
-- once more; of a batch nobody knows who was to blame: all are to be read alone.
--   ready   zset  customer -> when to read, ms; ready:first and ready:last likewise
--   leased  zset  customer -> when the lease ends, ms
--   tokens  hash  customer -> the newest token
-- customers: the prefix of the customers' hashes in this shard, for `tries`,
--   `alone` (the token under which they were alone) and `suspect`
local SETS = {":first", "", ":last"}
local now, ends = ARGV[1], tonumber(ARGV[1]) + tonumber(ARGV[2])
local function oldest(key, count)
  if tonumber(count) == 0 then return {} end
  return redis.call("ZRANGE", key, "-inf", now, "BYSCORE", "LIMIT", 0, count)
end
local taken = oldest(KEYS[2], ARGV[4])
for _, who in ipairs(taken) do
  local hash = ARGV[3] .. who
  if redis.call("HGET", hash, "alone") == redis.call("HGET", KEYS[3], who) then
    redis.call("HINCRBY", hash, "tries", 1)
  end
  redis.call("HSET", hash, "suspect", 1)
end
for rank, set in ipairs(SETS) do
  for _, who in ipairs(oldest(KEYS[1] .. set, ARGV[4 + rank])) do
    for _, other in ipairs(SETS) do redis.call("ZREM", KEYS[1] .. other, who) end
    if not redis.call("ZSCORE", KEYS[2], who) then
      redis.call("ZADD", KEYS[2], ends, who)
      taken[#taken + 1] = who
    end
  end
end
local function newer(token)
  return string.format("%.0f", math.max(tonumber(token or "0") + 1, tonumber(now)))
end
local out = {}
for _, who in ipairs(taken) do
  local token = newer(redis.call("HGET", KEYS[3], who))
  redis.call("HSET", KEYS[3], who, token)
  redis.call("ZADD", KEYS[2], ends, who)
  out[#out + 1] = who
  out[#out + 1] = token
end
return out
