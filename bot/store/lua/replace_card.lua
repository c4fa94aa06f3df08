-- replace_card(page; number, gone) -> 1 | 0
-- Begins the page of the next card, if `number` is still the present one. What was
-- said once, whichever card it was said under, stays.
--   page  hash  card, digest, begins, told and "line …" belong to one card;
--               "left <place>": an earlier card that does not say so yet;
--               "was <place>": every earlier card, which may have to be found again
local number = redis.call("HGET", KEYS[1], "number") or "1"
local card = redis.call("HGET", KEYS[1], "card")
if number ~= ARGV[1] or not card then return 0 end
if ARGV[2] == "0" then redis.call("HSET", KEYS[1], "left " .. card, "1") end
redis.call("HSET", KEYS[1], "was " .. card, "1")
for _, name in ipairs(redis.call("HKEYS", KEYS[1])) do
  if string.sub(name, 1, 5) == "line " then redis.call("HDEL", KEYS[1], name) end
end
redis.call("HDEL", KEYS[1], "card", "digest", "begins", "told")
redis.call("HINCRBY", KEYS[1], "number", 1)
return 1
