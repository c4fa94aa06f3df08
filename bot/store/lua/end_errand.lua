-- end_errand(errands, events; key, ended, event...) -> 1 | 0
-- Puts the errand that has ended, and holds no text, in the place of the one that went
-- on, with its event. Returns 0 if that was so already, or if the errand is gone.
--   errands  hash    key -> errand, JSON
--   events   stream  the truth
local had = redis.call("HGET", KEYS[1], ARGV[1])
if not had or had == ARGV[2] then return 0 end
redis.call("HSET", KEYS[1], ARGV[1], ARGV[2])
redis.call("XADD", KEYS[2], "*", unpack(ARGV, 3))
return 1
