-- take_tokens(bucket...; now_us, wanted, then burst, interval_us of each bucket)
--   -> {taken, next_us}
-- Takes up to `wanted` tokens of allowances that several senders share, as many from
-- each bucket, or gives some back if `wanted` is negative. A token that a sender took
-- and died with is lost: less is sent then, never more.
--   bucket  string  since when tokens have gathered, in microseconds since 1970
-- next_us: when the next token is there in all of them
-- Clocks differ a little. A bucket that is filled up much later than now was written by
-- one that was wrong: it counts no more, or nothing would go out until that time.
local FUTURE = 60e6
local now, wanted = tonumber(ARGV[1]), tonumber(ARGV[2])
local taken, buckets = wanted, {}
for i, key in ipairs(KEYS) do
  local burst, interval = tonumber(ARGV[2 * i + 1]), tonumber(ARGV[2 * i + 2])
  local full = now - burst * interval -- no more than a full bucket
  local known = tonumber(redis.call("GET", key) or full)
  -- Who gives back what was taken long ago: it would be more than gathers meanwhile.
  local late = wanted < 0 and known > now
  local since = late and known or math.max(known, full)
  if not late and since > now + FUTURE then since = now end
  local there = math.max(0, math.floor((now - since) / interval))
  taken = math.min(there, taken)
  buckets[i] = {known = known, since = since, interval = interval, late = late}
end
local next_us = 0
for i, key in ipairs(KEYS) do
  local one = buckets[i]
  local since = one.late and one.since or one.since + taken * one.interval
  if not one.late and (taken ~= 0 or since < one.known) then
    redis.call("SET", key, string.format("%.0f", since))
  end
  next_us = math.max(next_us, since + one.interval)
end
return {taken, next_us}
