-- give_back(tokens, leased, ready, customer; who, token, due_ms, failed) -> tries
-- Ends a lease without a commit, once: try again at `due_ms`. A failure is counted.
--   tokens    hash  customer -> newest token; an older holder changes nothing
--   leased    zset  customer -> when the lease ends, ms
--   ready     zset  customer -> when to read, ms; ready:first and ready:last likewise
--   customer  hash  tries: failed turns since the last commit; rank
local SETS = {":first", "", ":last"}
if redis.call("HGET", KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call("ZREM", KEYS[2], ARGV[1])
redis.call("HINCRBY", KEYS[1], ARGV[1], 1) -- the lease ends here: a repetition is stale
local rank = tonumber(redis.call("HGET", KEYS[4], "rank") or "2")
redis.call("ZADD", KEYS[3] .. SETS[rank], ARGV[3], ARGV[1])
return redis.call("HINCRBY", KEYS[4], "tries", ARGV[4])
