-- clean_card(dirty, page; shown, mark) -> 1 | 0
-- Takes away what was shown as it was at `mark`, unless it changed meanwhile.
--   dirty, page  as in mark_card.lua
if redis.call("HGET", KEYS[2], "mark") ~= ARGV[2] then return 0 end
redis.call("ZREM", KEYS[1], ARGV[1])
return 1
