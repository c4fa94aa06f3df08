-- isolate(tokens, leased, customer; who, token, ends_ms) -> 1 | 0
-- Says that a worker reads this customer and nobody else now, and renews the lease:
-- if it runs out, this customer's mail is to blame. Returns 0 if the lease was lost.
--   tokens    hash  customer -> newest token
--   leased    zset  customer -> when the lease ends, ms
--   customer  hash  alone: the token under which they are in hand alone
if redis.call("HGET", KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call("HSET", KEYS[3], "alone", ARGV[2])
redis.call("ZADD", KEYS[2], "XX", ARGV[3], ARGV[1])
return 1
