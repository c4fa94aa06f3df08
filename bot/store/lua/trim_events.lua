-- trim_events(events, archive; owner, now_ms, upto, next) -> count | 0
-- Removes the events up to the id `upto` from a shard's stream, which their file
-- has now, if `owner` still has the duty: who lost it meanwhile removes nothing.
--   events   stream  the truth, from then on without its beginning
--   archive  hash    the duty (see hold_duty.lua); archived: up to which id events
--                    were removed, so that readers look for them in files
-- next: the id that follows `upto`
if redis.call("HGET", KEYS[2], "owner") ~= ARGV[1] then return 0 end
local ends = tonumber(redis.call("HGET", KEYS[2], "until") or "0")
if ends <= tonumber(ARGV[2]) then return 0 end
redis.call("HSET", KEYS[2], "archived", ARGV[3])
return redis.call("XTRIM", KEYS[1], "MINID", ARGV[4])
