-- take_tokens(bucket; now_us, burst, interval_us, wanted) -> {taken, next_us}
-- Takes up to `wanted` tokens of an allowance that several senders share, or gives
-- some back if `wanted` is negative. A token that a sender took and died with is
-- lost: less is sent then, never more.
--   bucket  string  since when tokens have gathered, in microseconds since 1970
-- next_us: when the next token is there
-- Clocks differ a little. A bucket that is filled up much later than now was written by
-- one that was wrong: it counts no more, or nothing would go out until that time.
local FUTURE = 60e6
local now, burst, interval = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local wanted = tonumber(ARGV[4])
local full = now - burst * interval -- no more than a full bucket
local known = tonumber(redis.call("GET", KEYS[1]) or full)
-- Who gives back what was taken long ago: it would be more than gathers meanwhile.
if wanted < 0 and known > now then return {0, known + interval} end
local since = math.max(known, full)
if since > now + FUTURE then since = now end
local there = math.max(0, math.floor((now - since) / interval))
local taken = math.min(there, wanted)
since = since + taken * interval
if taken ~= 0 or since < known then redis.call("SET", KEYS[1], string.format("%.0f", since)) end
return {taken, since + interval}
