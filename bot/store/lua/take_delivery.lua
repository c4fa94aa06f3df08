-- take_delivery(known, bodies, tries, due, tokens, holders, lane; key, name, body, now_ms, lease_ms, forget_ms)
--   -> {"copy"} | {"waits"} | {"leased", token}
-- Stores a delivery once. If nothing of its lane is in hand or waits, it is leased to
-- who took it.
--   known    zset    key -> when it was taken, ms; forgotten after forget_ms
--   bodies   hash    key -> what was handed to us, as JSON; until it is dealt with
--   tries    hash    key -> how often it was begun
--   due      zset    lane -> when its first is due, or when its lease ends, ms
--   tokens   string  the newest token of any lease
--   holders  hash    lane -> the token of its newest lease
--   lane     list    keys, the oldest first
--   name     of the lane
redis.call("ZREMRANGEBYSCORE", KEYS[1], "-inf", "(" .. (ARGV[4] - ARGV[6]))
if redis.call("ZADD", KEYS[1], "NX", ARGV[4], ARGV[1]) == 0 then return {"copy"} end
redis.call("HSET", KEYS[2], ARGV[1], ARGV[3])
local length = redis.call("RPUSH", KEYS[7], ARGV[1])
if length > 1 then return {"waits"} end
local token = redis.call("INCR", KEYS[5])
redis.call("ZADD", KEYS[4], ARGV[4] + ARGV[5], ARGV[2])
redis.call("HSET", KEYS[6], ARGV[2], token)
redis.call("HSET", KEYS[3], ARGV[1], 1)
return {"leased", token}
