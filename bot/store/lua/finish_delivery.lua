-- finish_delivery(bodies, tries, due, holders, lane; key, name, token, due_ms) -> 1 | 0
-- Drops a delivery that is dealt with; what is behind it in its lane is due. 0 if
-- the lease was lost: somebody else has it in hand.
--   bodies   hash  key -> what was handed to us, as JSON
--   tries    hash  key -> how often it was begun
--   due      zset  lane -> when its first is due, or when its lease ends, ms
--   holders  hash  lane -> the token of its newest lease
--   lane     list  keys, the oldest first
--   name     of the lane
if redis.call("HGET", KEYS[4], ARGV[2]) ~= ARGV[3] then return 0 end
redis.call("LREM", KEYS[5], 1, ARGV[1])
redis.call("HDEL", KEYS[1], ARGV[1])
redis.call("HDEL", KEYS[2], ARGV[1])
redis.call("HDEL", KEYS[4], ARGV[2])
if redis.call("EXISTS", KEYS[5]) == 1 then
  redis.call("ZADD", KEYS[3], ARGV[4], ARGV[2])
else
  redis.call("ZREM", KEYS[3], ARGV[2])
end
return 1
