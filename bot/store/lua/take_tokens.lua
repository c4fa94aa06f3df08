-- take_tokens(bucket; now_us, burst, interval_us, wanted) -> {taken, next_us}
-- Takes up to `wanted` tokens of an allowance that several senders share, or gives
-- some back if `wanted` is negative. A token that a sender took and died with is
-- lost: less is sent then, never more.
--   bucket  string  since when tokens have gathered, in microseconds since 1970
-- next_us: when the next token is there
local now, burst, interval = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local wanted = tonumber(ARGV[4])
local full = now - burst * interval -- no more than a full bucket
local since = math.max(tonumber(redis.call("GET", KEYS[1]) or full), full)
local there = math.max(0, math.floor((now - since) / interval))
local taken = math.min(there, wanted)
since = since + taken * interval
if taken ~= 0 then redis.call("SET", KEYS[1], string.format("%.0f", since)) end
return {taken, since + interval}
