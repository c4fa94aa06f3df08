-- take_words(at, by, turns; words, key, now_ms, apart_ms, kept_ms) -> ms to wait, 0 if they may be said now
-- Lets an account say the same words again only after a while: whoever gets 0 has taken
-- them. Who has to wait gets the next free turn, which is kept: of a thousand equal texts
-- each comes back about once, not all of them each time. A repetition for the key that
-- took them last is no other text, and waits for nothing.
--   at     zset  words (a fingerprint) -> when they were taken last, ms
--   by     hash  words -> key of the text that took them
--   turns  zset  words|key -> when a text may say them, ms; words| -> the last such turn
-- All forget what lies more than `kept_ms` back.
local words, key, now = ARGV[1], ARGV[2], tonumber(ARGV[3])
local apart, oldest = tonumber(ARGV[4]), now - tonumber(ARGV[5])
for _, old in ipairs(redis.call("ZRANGEBYSCORE", KEYS[1], "-inf", "(" .. oldest)) do
  redis.call("ZREM", KEYS[1], old)
  redis.call("HDEL", KEYS[2], old)
end
redis.call("ZREMRANGEBYSCORE", KEYS[3], "-inf", "(" .. oldest)
local function score(place, member)
  return tonumber(redis.call("ZSCORE", KEYS[place], member) or "-inf")
end
local said, own, last = score(1, words), words .. "|" .. key, words .. "|"
local again = redis.call("HGET", KEYS[2], words) == key
local turn = score(3, own)
if turn == -math.huge then
  turn = math.max(said, score(3, last)) + apart
  if turn > now and not again then
    redis.call("ZADD", KEYS[3], turn, own, turn, last)
  end
else
  turn = math.max(turn, said + apart) -- whoever came late for theirs moves the others on
end
if turn > now and not again then return turn - now end
redis.call("ZREM", KEYS[3], own)
redis.call("ZADD", KEYS[1], now, words)
redis.call("HSET", KEYS[2], words, key)
return 0
