-- put_off_delivery(due, holders; lane, token, due_ms) -> 1 | 0
-- Gives a lease back: the lane is due again at due_ms. 0 if the lease was lost.
--   due      zset  lane -> when its first is due, or when its lease ends, ms
--   holders  hash  lane -> the token of its newest lease
if redis.call("HGET", KEYS[2], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call("ZADD", KEYS[1], ARGV[3], ARGV[1])
redis.call("HDEL", KEYS[2], ARGV[1])
return 1
