-- begin_errand(errands, events; key, errand, event...) -> 1 | 0
-- Keeps what an agent wants done with all cases of an incident, with its event.
-- Returns 0 if an errand of this key is there already.
--   errands  hash    key -> errand, JSON
--   events   stream  the truth
if redis.call("HSETNX", KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
redis.call("XADD", KEYS[2], "*", unpack(ARGV, 3))
return 1
