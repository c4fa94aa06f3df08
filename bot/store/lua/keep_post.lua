-- keep_post(page; number, id, field, ts, value, ...) -> 1 | 0
-- Notes where a message is, and that nothing is in doubt about it any more. Changes
-- nothing and returns 0 if it is noted elsewhere: then it was posted twice.
--   page    hash  number: of the present or next card; `field`: the message's ts, a space, more
--   number  of the card that the message is, or in whose thread it is
--   id      the message's own id, as begin_post.lua noted it
--   ...     further fields of the page with their values, for a card
local current = tonumber(redis.call("HGET", KEYS[1], "number") or "1")
local is_card = ARGV[3] == "card"
local there = redis.call("HGET", KEYS[1], ARGV[3])
local ts = there and string.match(there, "^%S+")
local number = tonumber(ARGV[1])
if number == current and ts and ts ~= ARGV[4] then return 0 end
if number < current and is_card then return 0 end
if redis.call("HGET", KEYS[1], "posting_id") == ARGV[2] then
  redis.call("HDEL", KEYS[1], "posting_id", "posting")
end
if number < current then return 1 end -- a line of a thread that was left
redis.call("HSET", KEYS[1], ARGV[3], ARGV[4] .. " " .. ARGV[5])
for n = 6, #ARGV, 2 do redis.call("HSET", KEYS[1], ARGV[n], ARGV[n + 1]) end
return 1
