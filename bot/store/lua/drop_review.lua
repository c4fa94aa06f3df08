-- drop_review(review, own, list; id) -> 1 | 0
-- Keeps nothing any more of what add_review.lua kept; 0 if there was nothing.
--   review  hash  as in add_review.lua
--   own     hash  message -> id, of all of the customer's
--   list    zset  id -> when it was added, ms, of the shard
local messages = redis.call("HGET", KEYS[1], "messages")
redis.call("ZREM", KEYS[3], ARGV[1])
if not messages then return 0 end
redis.call("HDEL", KEYS[2], unpack(cjson.decode(messages)))
return redis.call("DEL", KEYS[1])
