-- hold_duty(duty; owner, now_ms, length_ms) -> holding | 0
-- Gives a duty to `owner`, or keeps it theirs, if nobody else has it now. The
-- holding's number rises with each change of hands.
--   duty  hash  owner, until (ms), holding
local owner = redis.call("HGET", KEYS[1], "owner")
local ends = tonumber(redis.call("HGET", KEYS[1], "until") or "0")
local now = tonumber(ARGV[2])
if owner and owner ~= ARGV[1] and ends > now then return 0 end
-- Whoever let it run out must look again at everything, as a newcomer does.
if owner ~= ARGV[1] or ends <= now then redis.call("HINCRBY", KEYS[1], "holding", 1) end
redis.call("HSET", KEYS[1], "owner", ARGV[1], "until", now + tonumber(ARGV[3]))
return tonumber(redis.call("HGET", KEYS[1], "holding"))
