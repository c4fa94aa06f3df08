-- observe_quota(window; now_ms, remaining, resets_at_ms)
-- Keeps what the network's answer said of a window. Answers come in any order: of one
-- period the least counts, since what others took meanwhile is taken; of an earlier
-- period nothing does.
--   window  hash  remaining: what the network still gives until resets_at (ms);
--                 seen_at (ms): when it said so; the rest is take_quota.lua's
-- Two answers about one period may name moments that differ by a rounding.
local SAME = 2000
local remaining, resets_at = tonumber(ARGV[2]), tonumber(ARGV[3])
local known = redis.call("HMGET", KEYS[1], "remaining", "resets_at")
local before = tonumber(known[2] or "0")
if resets_at < before - SAME then return end
if known[1] and resets_at <= before + SAME then
  remaining, resets_at = math.min(remaining, tonumber(known[1])), before
end
redis.call("HSET", KEYS[1], "remaining", remaining, "resets_at", resets_at,
           "seen_at", ARGV[1])
