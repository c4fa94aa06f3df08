-- add_review(customer, review, own, list; version, id, who, added_ms, body, messages, field, finding, ...) -> "ok" | "closed" | "changed"
-- Keeps a message for the trainers, or adds findings to what is kept of it. "closed":
-- a trainer has dealt with it, and it stays as it is. "changed": the customer's words
-- are not any more those that `body` was made of, and nothing is kept.
--   customer  hash  version: raised by whoever removes or changes what they wrote
--   review    hash  body (JSON; absent once the message was edited, until it is read
--                   again), customer, messages (JSON: the message, and those that were
--                   read together with it), added (ms), "finding <cause>" -> JSON,
--                   closed (JSON: what a trainer made of it)
--   own       hash  message -> id, of all of the customer's
--   list      zset  id -> when it was added, ms, of the shard
if (redis.call("HGET", KEYS[1], "version") or "0") ~= ARGV[1] then return "changed" end
if redis.call("HEXISTS", KEYS[2], "closed") == 1 then return "closed" end
if redis.call("HSETNX", KEYS[2], "added", ARGV[4]) == 1 then
  redis.call("HSET", KEYS[2], "customer", ARGV[3], "messages", ARGV[6])
  for _, message in ipairs(cjson.decode(ARGV[6])) do
    redis.call("HSET", KEYS[3], message, ARGV[2])
  end
  redis.call("ZADD", KEYS[4], ARGV[4], ARGV[2])
end
redis.call("HSETNX", KEYS[2], "body", ARGV[5])
redis.call("HSET", KEYS[2], unpack(ARGV, 7))
return "ok"
