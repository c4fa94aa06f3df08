-- lease(ready, leased, tokens; now_ms, lease_ms, customers, expired, first, middle, last) -> [customer, token, ...]
-- Takes customers whose lease has run out and who are due, of each kind and rank as
-- many as the last four arguments say (some hundred at the most), the oldest first. The token fences: only the
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
  local due = oldest(KEYS[1] .. set, ARGV[4 + rank])
  if #due > 0 then
    for _, other in ipairs(SETS) do redis.call("ZREM", KEYS[1] .. other, unpack(due)) end
    local held = redis.call("ZMSCORE", KEYS[2], unpack(due))
    for n, who in ipairs(due) do
      if not held[n] then taken[#taken + 1] = who end
    end
  end
end
if #taken == 0 then return {} end
local function newer(token)
  return string.format("%.0f", math.max(tonumber(token or "0") + 1, tonumber(now)))
end
local out, leases = {}, {}
for n, token in ipairs(redis.call("HMGET", KEYS[3], unpack(taken))) do
  out[2 * n - 1], out[2 * n] = taken[n], newer(token)
  leases[2 * n - 1], leases[2 * n] = ends, taken[n]
end
redis.call("HSET", KEYS[3], unpack(out))
redis.call("ZADD", KEYS[2], unpack(leases))
return out
