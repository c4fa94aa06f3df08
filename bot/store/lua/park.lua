-- park(seen, seen_old, dead, dead_letters, dead_count, events; message_id, item, who, now_ms, reason, channel, keep) -> 1 | 0
-- Counts something that cannot be decoded and keeps it as a dead letter. Whose it is
-- cannot be known: `who` stands for the channel.
--   seen, seen_old  hash    as in accept.lua
--   the others as in bury.lua
if redis.call("HEXISTS", KEYS[2], ARGV[1]) == 1 then return 0 end
if redis.call("HSETNX", KEYS[1], ARGV[1], "dead|" .. ARGV[5]) == 0 then return 0 end
if redis.call("HLEN", KEYS[1]) >= tonumber(ARGV[7]) then
  redis.call("RENAME", KEYS[1], KEYS[2])
end
local number = redis.call("INCR", KEYS[5])
redis.call("HSET", KEYS[3], number, cjson.encode({
  message = ARGV[1], kind = "malformed", reason = ARGV[5], at_ms = ARGV[4],
  tries = 0, item = ARGV[2], record = ""}))
redis.call("ZADD", KEYS[4], number, number .. " " .. ARGV[3])
redis.call("XADD", KEYS[6], "*", "type", "message_accepted", "at_ms", ARGV[4],
           "customer", ARGV[3], "message", ARGV[1], "channel", ARGV[6])
redis.call("XADD", KEYS[6], "*", "type", "message_handled", "at_ms", ARGV[4],
           "customer", ARGV[3], "message", ARGV[1], "channel", ARGV[6],
           "outcome", "dead", "reason", ARGV[5])
return 1
