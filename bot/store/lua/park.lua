-- park(seen, dead, events; message_id, letter, who, now_ms, reason, channel) -> 1 | 0
-- Counts something that cannot be decoded and keeps it as a dead letter.
--   seen    hash    message id -> outcome|reason
--   dead    list    dead letters, oldest first
--   events  stream  the truth
if redis.call("HSETNX", KEYS[1], ARGV[1], "dead|" .. ARGV[5]) == 0 then return 0 end
redis.call("RPUSH", KEYS[2], ARGV[2])
redis.call("XADD", KEYS[3], "*", "type", "message_accepted", "at_ms", ARGV[4],
           "customer", ARGV[3], "message", ARGV[1], "channel", ARGV[6])
redis.call("XADD", KEYS[3], "*", "type", "message_handled", "at_ms", ARGV[4],
           "customer", ARGV[3], "message", ARGV[1], "channel", ARGV[6],
           "outcome", "dead", "reason", ARGV[5])
return 1
