-- take_words(at, by; words, key, now_ms, apart_ms, kept_ms) -> ms to wait, 0 if they may be said now
-- Lets an account say the same words again only after a while: whoever gets 0 has taken
-- them. A repetition for the same key is no other text, and waits for nothing.
--   at  zset  words (a fingerprint) -> when they were taken last, ms
--   by  hash  words -> key of the text that took them
-- Both forget what was taken more than `kept_ms` ago.
local words, key, now = ARGV[1], ARGV[2], tonumber(ARGV[3])
local apart, oldest = tonumber(ARGV[4]), now - tonumber(ARGV[5])
for _, old in ipairs(redis.call("ZRANGEBYSCORE", KEYS[1], "-inf", "(" .. oldest)) do
  redis.call("ZREM", KEYS[1], old)
  redis.call("HDEL", KEYS[2], old)
end
local at = tonumber(redis.call("ZSCORE", KEYS[1], words) or "-inf")
if redis.call("HGET", KEYS[2], words) ~= key and at + apart > now then
  return at + apart - now
end
redis.call("ZADD", KEYS[1], math.max(at, now), words)
redis.call("HSET", KEYS[2], words, key)
return 0
