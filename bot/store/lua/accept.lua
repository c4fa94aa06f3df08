-- accept(seen, mailbox, ready, leased, customer, events; message_id, item, who, now_ms, quiet_ms, at_most_ms, channel) -> 1 | 0
-- Stores a message once and makes its customer due after the quiet time. A
-- redelivery changes nothing and returns 0.
--   seen      hash    message id -> outcome|reason; "pending" until handled
--   mailbox   list    what the customer's next turn has to deal with, oldest first
--   ready     zset    customer -> when to read, ms
--   leased    zset    customer -> when the lease ends, ms
--   customer  hash    gather_from: first message of the burst, ms; tries: failed turns
--   events    stream  the truth
local id, item, who, now = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
if redis.call("HSETNX", KEYS[1], id, "pending") == 0 then return 0 end
redis.call("RPUSH", KEYS[2], item)
redis.call("HSETNX", KEYS[5], "gather_from", now)
local first = tonumber(redis.call("HGET", KEYS[5], "gather_from"))
local due = math.min(now + tonumber(ARGV[5]), first + tonumber(ARGV[6]))
-- A customer in hand, or one that is backing off after a failure, keeps its time.
local backing_off = redis.call("HEXISTS", KEYS[5], "tries") == 1
if not redis.call("ZSCORE", KEYS[4], who) and not backing_off then
  redis.call("ZADD", KEYS[3], due, who)
end
redis.call("XADD", KEYS[6], "*", "type", "message_accepted", "at_ms", ARGV[4],
           "customer", who, "message", id, "channel", ARGV[7])
return 1
