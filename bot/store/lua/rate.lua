-- rate(customer, events, effects; who, stars, now_ms, cases, rating_id) -> 1 | 0
-- Keeps how a customer rates what people did, once for each time that their case was
-- resolved. Nothing is reopened; a rating of what is not resolved is no longer one, and
-- a redelivery is none either: the case may have been resolved again since.
--   customer  hash    case: the newest; version (raised: a turn in hand reads it anew)
--   events    stream  the truth
--   effects   zset    key of an effect that was carried out -> when, ms
-- cases: the prefix of the cases' hashes in this shard
local id = redis.call("HGET", KEYS[1], "case")
if not id then return 0 end
if redis.call("ZADD", KEYS[3], "NX", ARGV[3], "rated:" .. ARGV[5]) == 0 then return 0 end
local case = ARGV[4] .. id
local fields = redis.call("HMGET", case, "status", "rating")
if fields[1] ~= "resolved" or (fields[2] or "") ~= "" then return 0 end
redis.call("HSET", case, "rating", ARGV[2])
redis.call("HINCRBY", case, "revision", 1)
redis.call("HINCRBY", KEYS[1], "version", 1)
redis.call("XADD", KEYS[2], "*", "type", "case_rated", "at_ms", ARGV[3],
           "customer", ARGV[1], "case", id, "rating", ARGV[2])
return 1
