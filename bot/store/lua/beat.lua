-- beat(seen, facts; id, what, now_ms, ttl_ms) -> how many were forgotten
-- Notes that a process lives, and forgets those that have been silent for ttl_ms.
--   seen   zset  process -> its last beat, ms
--   facts  hash  process -> what it tells about itself, JSON
--   what   the facts of this process
redis.call("ZADD", KEYS[1], ARGV[3], ARGV[1])
redis.call("HSET", KEYS[2], ARGV[1], ARGV[2])
local gone = redis.call("ZRANGEBYSCORE", KEYS[1], "-inf", "(" .. (ARGV[3] - ARGV[4]))
for _, id in ipairs(gone) do
  redis.call("ZREM", KEYS[1], id)
  redis.call("HDEL", KEYS[2], id)
end
return #gone
